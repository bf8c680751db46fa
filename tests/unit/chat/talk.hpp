#pragma once
// A chat session with a scripted page on one side and a recording router on the other.

#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <exception>
#include <memory>
#include <string>

#include "channels/chat/session.hpp"
#include "channels/chat/token.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/recording_edge.hpp"
#include "tests/support/running.hpp"
#include "tests/support/scripted_socket.hpp"

namespace fd::chat {

inline const std::string live = "01KATJ3W00000000000000000A";
inline const std::string later = "01KATJ3X00000000000000000A";

inline boost::json::object object(const std::string& text) { return boost::json::parse(text).as_object(); }

inline bus::Ack welcome_ack(const std::string& contact, std::uint64_t seq, std::uint64_t from, bool reset = false) {
  auto body = object(R"({"at":1795507200000,"online":true,"read":{"customer":0,"agent":0},"last":0})");
  if (contact.empty())
    body["contact"] = nullptr;
  else
    body["contact"] = contact;
  body["seq"] = seq;
  body["from"] = from;
  body["reset"] = reset;
  boost::json::object whole;
  whole["welcome"] = std::move(body);
  return {whole};
}

inline bus::Ack kept(std::uint64_t seq, const std::string& contact = live) {
  auto body = object(R"({"case":"20261124-000001","at":1795507201000,"duplicate":false})");
  body["contact"] = contact;
  body["seq"] = seq;
  return {body};
}

inline boost::json::object line(std::uint64_t seq, const std::string& contact = live) {
  auto frame = object(R"({"type":"msg","at":1795507202000,"by":"agent","kind":"text","text":"好"})");
  frame["contact"] = contact;
  frame["seq"] = seq;
  return frame;
}

inline bus::Answer polite(const bus::Request& request) {  // a router with nothing to say
  if (std::holds_alternative<bus::Attach>(request)) return welcome_ack("", 0, 1);
  if (std::holds_alternative<bus::Submit>(request)) return kept(std::get<bus::Submit>(request).message.n);
  return bus::Ack{};
}

class Talk {
 public:
  Talk() {
    auto s = std::make_shared<Settings>();
    s->token_key = "0123456789abcdef0123456789abcdef";
    s->busy_every = std::chrono::milliseconds(5);
    s->read_every = std::chrono::milliseconds(20);
    Website site;
    site.token = "demo";
    site.secret = "secret";
    s->websites["demo"] = site;
    settings = s;
    edge.answer_with = polite;
  }
  ~Talk() {
    if (!ended() && socket) socket->hang_up();
    edge.stop_holding();
    while (edge.held() > 0) edge.release(bus::Ack{});
    test::run_until(io, [this] { return ended(); });
  }
  Talk(const Talk&) = delete;
  Talk& operator=(const Talk&) = delete;

  void open(bool needs_identity = false) {
    socket = std::make_shared<test::ScriptedSocket>(io);
    session =
        std::make_shared<Session>(around, Visit{settings, &settings->websites.at("demo"), needs_identity}, socket);
    boost::asio::co_spawn(io, Session::start(session), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
    settle();
  }
  void hello(const std::string& more = {}) {
    say(R"({"type":"hello","v":1,"page":"p1","locale":"zh-CN")" + more + "}");
  }
  void start(const std::string& more = {}) {
    open();
    hello(more);
  }
  void say(const std::string& frame) {
    socket->say(frame);
    settle();
  }
  void msg(int n, const std::string& page = "p1") {
    say(R"({"type":"msg","cid":")" + page + ":" + std::to_string(n) + R"(","text":"m)" + std::to_string(n) + R"("})");
  }
  void settle() { test::settle(io); }
  [[nodiscard]] bool ended() const { return !session || session->over(); }
  [[nodiscard]] bool until(const std::function<bool()>& done) { return test::run_until(io, done); }
  [[nodiscard]] bus::AttachmentId attachment() const { return edge.all<bus::Attach>().back().attachment; }
  [[nodiscard]] std::vector<bus::Command> commands(bus::Verb verb) const {
    auto all = edge.all<bus::Command>();
    std::erase_if(all, [&](const bus::Command& one) { return one.verb != verb; });
    return all;
  }
  void hang_up(http::Close close = {1001, "going away"}) {
    socket->hang_up(std::move(close));
    settle();
  }

  boost::asio::io_context io{1};
  test::RecordingEdge edge;
  test::ManualClock clock;
  Surroundings around{io, edge, clock};
  std::shared_ptr<Settings> settings;
  std::shared_ptr<test::ScriptedSocket> socket;
  std::shared_ptr<Session> session;
};

}  // namespace fd::chat
