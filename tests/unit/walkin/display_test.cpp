// The call display: who may open it, and that it shows the newest whole state after each welcome.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "channels/walkin/display.hpp"
#include "tests/support/scripted_socket.hpp"
#include "tests/unit/walkin/counter.hpp"

namespace fd::walkin {
namespace {

using testing::ElementsAre;

boost::json::object calls(int at) {
  auto frame =
      object(R"({"type":"display","calls":[{"number":"A023","counter":"3","at":1,"recall":false}],"waiting":[]})");
  frame["at"] = at;
  return frame;
}

class WalkinDisplay : public testing::Test, public Counter {
 protected:
  ~WalkinDisplay() override {
    if (socket) {
      edge.stop_holding();
      while (edge.held() > 0) edge.release(bus::Ack{});
      socket->hang_up();
      test::run_until(io, [&] { return ended; });
    }
  }
  unsigned refusal(const std::string& target, test::Headers headers) {
    auto request = test::request_for("GET", target, std::move(headers));
    const auto answer = test::knock(io, routes, request);
    const auto* refused = std::get_if<http::Refusal>(&answer);
    return refused ? refused->response.status : 0;
  }
  void open(const std::string& lang = "en") {
    auto request = test::request_for("GET", "/v1/walkin/display?lang=" + lang);
    std::string allow;
    const auto* found = routes.find("SOCKET", request.path, request.params, allow);
    socket = std::make_shared<test::ScriptedSocket>(io);
    ended = false;
    boost::asio::co_spawn(io, found->socket->session(request, {}, socket), [&](std::exception_ptr) { ended = true; });
    test::settle(io);
  }
  void say(const std::string& frame) {
    socket->say(frame);
    test::settle(io);
  }
  [[nodiscard]] bus::AttachmentId attachment() const { return edge.all<bus::Attach>().back().attachment; }

  std::shared_ptr<test::ScriptedSocket> socket;
  bool ended = true;
};

TEST_F(WalkinDisplay, OnlyADeviceOnOurOwnPageOpensIt) {
  const std::string good = "/v1/walkin/display?device=wall-secret";
  EXPECT_EQ(refusal(good, {}), 0U);
  EXPECT_EQ(refusal(good, {{"host", "kf.example.cn"}, {"origin", "https://kf.example.cn"}}), 0U);
  EXPECT_EQ(refusal("/v1/walkin/display", {{"cookie", "fd_device=wall-secret"}}), 0U);
  EXPECT_EQ(refusal("/v1/walkin/display", {}), 401U);
  EXPECT_EQ(refusal("/v1/walkin/display?device=guess", {}), 401U);
  EXPECT_EQ(refusal(good, {{"host", "kf.example.cn"}, {"origin", "https://evil.example"}}), 403U);
  EXPECT_EQ(refusal(good, {{"host", "kf.example.cn"}, {"origin", "https://kf.example.cn.evil.example"}}), 403U);
  EXPECT_EQ(refusal(good, {{"sec-websocket-protocol", "other"}}), 400U);
  EXPECT_EQ(refusal(good, {{"sec-websocket-protocol", "frontdesk.display.v1"}}), 0U);
}

TEST_F(WalkinDisplay, ALongLanguageIsCutBetweenCharacters) {
  std::string many;
  for (int i = 0; i < 20; ++i) many += "\u5BA2";
  open(many);
  say(R"({"type":"hello","v":1})");
  EXPECT_EQ(edge.all<bus::Attach>().at(0).locale, many.substr(0, 33));
}

TEST_F(WalkinDisplay, ItsSocketKeepsTheConfiguredLimits) {
  auto request = test::request_for("GET", "/v1/walkin/display?device=wall-secret");
  const auto answer = test::knock(io, routes, request);
  EXPECT_EQ(std::get<http::Upgrade>(answer).limits, made()->sockets);
  EXPECT_EQ(test::socket_at(routes, "/v1/walkin/display").handshake_time_max, std::chrono::seconds(3));
}

TEST_F(WalkinDisplay, ItAttachesAndPassesWhatTheRouterSends) {
  edge.script(bus::Ack{});
  open();
  say(R"({"type":"hello","v":1,"page":"d","locale":"en"})");
  const auto attach = edge.all<bus::Attach>().at(0);
  EXPECT_EQ(attach.kind, bus::AttachKind::display);
  EXPECT_EQ(attach.locale, "en");
  edge.notice(attach.attachment, calls(1));
  EXPECT_THAT(socket->sent_types(), ElementsAre("welcome", "display"));
  EXPECT_EQ(socket->sent[1], calls(1));
}

TEST_F(WalkinDisplay, BeforeTheWelcomeOnlyTheNewestStateIsHeld) {
  edge.hold();
  open();
  edge.notice(attachment(), calls(1));
  edge.notice(attachment(), calls(2));
  EXPECT_TRUE(socket->sent.empty());
  edge.release(bus::Ack{});
  test::settle(io);
  EXPECT_THAT(socket->sent_types(), ElementsAre("welcome", "display"));
  EXPECT_EQ(socket->sent[1], calls(2));
}

TEST_F(WalkinDisplay, ASilentRouterIsSaidAndTheSocketStays) {
  edge.hold();
  open();
  ASSERT_TRUE(test::run_until(io, [&] { return !socket->sent_of("slow_down").empty(); }));
  EXPECT_FALSE(socket->closed);
  say(R"({"type":"ping"})");
  EXPECT_EQ(socket->sent.back().at("type"), "pong");
}

TEST_F(WalkinDisplay, AResyncAttachesAgain) {
  edge.answer_with = [](const bus::Request&) -> bus::Answer { return bus::Ack{}; };
  open();
  edge.resync(attachment());
  test::settle(io);
  EXPECT_EQ(edge.all<bus::Attach>().size(), 2U);
  EXPECT_EQ(socket->sent_of("welcome").size(), 2U);
}

TEST_F(WalkinDisplay, AnythingElseIsNamed) {
  edge.script(bus::Ack{});
  open();
  say("nonsense");
  say(R"({"type":"next"})");
  EXPECT_EQ(socket->sent.at(1).at("code"), "bad_frame");
  EXPECT_EQ(socket->sent.at(2).at("code"), "bad_type");
}

TEST_F(WalkinDisplay, TheEndDetaches) {
  edge.answer_with = [](const bus::Request&) -> bus::Answer { return bus::Ack{}; };
  open();
  socket->hang_up({1006, "pong"});
  ASSERT_TRUE(test::run_until(io, [&] { return ended; }));
  ASSERT_EQ(edge.all<bus::Detach>().size(), 1U);
  EXPECT_TRUE(edge.all<bus::Detach>()[0].lost);
  EXPECT_EQ(edge.subscriptions(), 0U);
}

}  // namespace
}  // namespace fd::walkin
