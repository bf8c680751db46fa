#pragma once
// A desk's socket against a recorded bus.

#include "daemon/desk/session.hpp"
#include "tests/unit/desk/fixture.hpp"

namespace fd::desk::test {

using namespace std::chrono_literals;
inline const std::string contact = "01KATJ3W00000000000000000A";

class DeskSession : public ::testing::Test {
 protected:
  ~DeskSession() override {
    if (ran_ && !over_) socket->hang_up({1001, "test over"});
    edge.stop_holding();
    edge.answer_with = [](const bus::Request&) { return bus::Answer{bus::Ack{}}; };
    while (edge.held() > 0) edge.release(bus::Ack{});
    settle(context);
  }

  void start() {
    session = std::make_shared<Session>(
        context.get_executor(), SessionPorts{edge, clock, [this](std::string_view t) { reports.emplace_back(t); }},
        std::make_shared<const Settings>(settings),
        SignedIn{AgentId{"a1024"}, SessionHash{"hash-1"}, clock.wall() + until}, socket);
    ran_ = true;
    asio::co_spawn(context, session->run(), [this](std::exception_ptr thrown) {
      over_ = true;
      EXPECT_FALSE(thrown);
    });
    settle(context);
  }
  void say(const std::string& frame) {
    socket->say(frame);
    settle(context);
  }
  void welcome(const char* role = "agent", bool wall = false) {
    start();
    edge.script(bus::Ack{welcome_body(role)});
    say(wall ? R"({"type":"hello","v":1,"page":"p1","wall":true})" : R"({"type":"hello","v":1,"page":"p1"})");
  }
  static std::string next(int n) { return R"({"type":"next","queue":"counter","id":"p1:)" + std::to_string(n) + "\"}"; }
  [[nodiscard]] bus::AttachmentId attachment() const { return edge.all<bus::Attach>().at(0).attachment; }
  [[nodiscard]] std::vector<std::uint64_t> numbers() const {
    std::vector<std::uint64_t> out;
    for (const auto& c : edge.all<bus::Command>()) out.push_back(c.n);
    return out;
  }

  asio::io_context context{1};
  ManualClock clock;
  fd::test::RecordingEdge edge;
  Settings settings;
  Duration until{12h};
  std::shared_ptr<ScriptedSocket> socket = std::make_shared<ScriptedSocket>(context);
  std::shared_ptr<Session> session;
  std::vector<std::string> reports;
  bool ran_ = false, over_ = false;
};

}  // namespace fd::desk::test
