// The gateway whole: pages, handshake and WebSocket over the real listener, with a recorded bus behind it.

#include "daemon/desk/desk.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <map>

#include "channels/http/pages.hpp"
#include "tests/support/asking.hpp"
#include "tests/unit/desk/fixture.hpp"

namespace fd::http {

// This program's own front end.
std::span<const Page> pages() noexcept {
  static const Page all[] = {
      {"/desk/index.html", "text/html; charset=utf-8", "0123456789abcdef", "<title>desk</title>", "", "", false}};
  return all;
}

}  // namespace fd::http

namespace fd::desk::test {
namespace {

using namespace std::chrono_literals;
using tcp = asio::ip::tcp;

// One connection of a browser, spoken by hand (RFC 6455), in coroutines on the test's own loop.
class Browser {
 public:
  Browser(asio::io_context& context, std::uint16_t port) : socket_(context), port_(port) {}

  asio::awaitable<std::string> request(std::string head, std::string body = {}) {
    const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), port_);
    if (!socket_.is_open()) co_await socket_.async_connect(server, asio::use_awaitable);
    if (!body.empty())
      head += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    const std::string bytes = head + "\r\n" + body;
    co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
    co_return co_await read_until("\r\n\r\n");
  }
  asio::awaitable<json::object> frame() {
    const auto head = co_await take(2);
    std::size_t size = static_cast<unsigned char>(head[1]) & 0x7FU;
    if (size == 126) {
      const auto more = co_await take(2);
      size = static_cast<std::size_t>(static_cast<unsigned char>(more[0])) << 8U | static_cast<unsigned char>(more[1]);
    }
    const auto payload = co_await take(size);
    if ((head[0] & 0x0F) != 8) co_return json::parse(payload).as_object();
    const auto code = static_cast<unsigned char>(payload[0]) << 8U | static_cast<unsigned char>(payload[1]);
    co_return json::object{{"type", "close"}, {"code", code}};
  }
  asio::awaitable<bool> say(std::string text) {
    std::string bytes{'\x81', static_cast<char>(0x80U | text.size())};
    bytes += std::string(4, '\0') + text;  // masked with zeros
    co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
    co_return true;
  }

 private:
  asio::awaitable<std::string> read_until(std::string mark) {
    const auto n = co_await asio::async_read_until(socket_, asio::dynamic_buffer(in_), mark, asio::use_awaitable);
    co_return cut(n);
  }
  asio::awaitable<std::string> take(std::size_t n) {
    if (in_.size() < n)
      co_await asio::async_read(socket_, asio::dynamic_buffer(in_), asio::transfer_at_least(n - in_.size()),
                                asio::use_awaitable);
    co_return cut(n);
  }
  std::string cut(std::size_t n) {
    auto out = in_.substr(0, n);
    in_.erase(0, n);
    return out;
  }

  tcp::socket socket_;
  std::uint16_t port_;
  std::string in_;
};

class DeskGateway : public ::testing::Test {
 protected:
  DeskGateway() {
    Settings settings = accounts(false);
    edge.answer_with = [this](const bus::Request& r) { return answer(r); };
    desk = std::make_unique<Desk>(
        settings, edge, clock,
        [](std::string password, std::string) -> asio::awaitable<Verdict> {
          co_return password == "right" ? Verdict::right : Verdict::wrong;
        },
        [](std::string_view text) { ADD_FAILURE() << text; });
    desk->mount(*routes);
    auto listening = http::listen(context, "127.0.0.1:0", routes, {});
    listener = std::move(std::get<std::unique_ptr<http::Listener>>(listening));
    host = "127.0.0.1:" + std::to_string(listener->port());
  }
  ~DeskGateway() override {
    browsers.clear();
    run_until(context, [this] { return desk->sockets() == 0; });
    listener.reset();
  }

  static Settings accounts(bool disabled) {
    Settings settings;
    settings.sockets = {1'024, 100'000, 7s, 21s, 3s};
    settings.accounts["1024"] = {AgentId{"a1024"}, "1024", "some hash", disabled};
    return settings;
  }
  bus::Answer answer(const bus::Request& request) {
    if (const auto* command = std::get_if<bus::Command>(&request)) {
      if (command->verb == bus::Verb::session_open) open = command->session.str();
      if (command->verb == bus::Verb::session_close) open.clear();
      return bus::Ack{};
    }
    if (std::holds_alternative<bus::Attach>(request)) return bus::Ack{welcome_body()};
    const auto* ask = std::get_if<bus::Ask>(&request);
    if (ask == nullptr) return bus::Ack{};
    if (open.empty() || ask->session.str() != open) return bus::Reject{"not_found", "no such session", {}};
    return bus::Ack{{{"agent", "a1024"}}};
  }

  Browser& browser() {
    browsers.push_back(std::make_unique<Browser>(context, listener->port()));
    return *browsers.back();
  }
  std::string get(const std::string& path, const std::string& more = {}) {
    return result_of(context, browser().request("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + more));
  }
  std::string post(const std::string& path, const std::string& body, const std::string& more = {}) {
    return result_of(context, browser().request("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + more, body));
  }
  std::string sign_in() {
    const auto response = post("/desk/login", R"({"staff_no":"1024","password":"right"})");
    const auto at = response.find("frontdesk_session=");
    return at == std::string::npos ? std::string() : response.substr(at, response.find(';', at) - at);
  }
  std::string upgrade(Browser& one, const std::map<std::string, std::string>& change = {}) {
    std::map<std::string, std::string> headers{{"Host", host},
                                               {"Upgrade", "websocket"},
                                               {"Connection", "Upgrade"},
                                               {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                               {"Sec-WebSocket-Version", "13"},
                                               {"Sec-WebSocket-Protocol", "frontdesk.desk.v1"},
                                               {"Origin", "http://" + host}};
    for (const auto& [name, value] : change) headers[name] = value;
    std::string head = "GET /desk HTTP/1.1\r\n";
    for (const auto& [name, value] : headers)
      if (!value.empty()) head += name + ": " + value + "\r\n";
    return result_of(context, one.request(head));
  }
  static std::string status(const std::string& response) { return response.substr(9, 3); }

  asio::io_context context{1};
  ManualClock clock;
  fd::test::RecordingEdge edge;
  std::unique_ptr<Desk> desk;
  std::unique_ptr<http::Listener> listener;
  std::vector<std::unique_ptr<Browser>> browsers;
  std::shared_ptr<http::Routes> routes = std::make_shared<http::Routes>();
  std::string host, open;
};

TEST_F(DeskGateway, ServesItsPage) {
  const auto to = get("/desk");
  EXPECT_EQ(status(to), "308");
  EXPECT_NE(to.find("/desk/\r\n"), std::string::npos);
  for (const auto* path : {"/desk/", "/desk/wall", "/desk/index.html"}) EXPECT_EQ(status(get(path)), "200") << path;
  EXPECT_EQ(status(get("/desk/nosuch.js")), "404");
}

TEST_F(DeskGateway, OnlyOurPageWithACookieMayConnect) {
  const auto cookie = sign_in();
  ASSERT_FALSE(cookie.empty());
  EXPECT_EQ(status(upgrade(browser(), {{"Cookie", cookie}})), "101");  // control
  EXPECT_EQ(status(upgrade(browser())), "401");
  EXPECT_EQ(status(upgrade(browser(), {{"Cookie", "frontdesk_session=" + std::string(43, 'A') + ".a1024"}})), "401");
  EXPECT_EQ(status(upgrade(browser(), {{"Cookie", cookie}, {"Origin", "https://evil.example"}})), "403");
  EXPECT_EQ(status(upgrade(browser(), {{"Cookie", cookie}, {"Origin", "null"}})), "403");
  EXPECT_EQ(status(upgrade(browser(), {{"Cookie", cookie}, {"Origin", ""}})), "403");
  EXPECT_EQ(status(upgrade(browser(), {{"Cookie", cookie}, {"Sec-WebSocket-Protocol", "frontdesk.chat.v1"}})), "400");
}

TEST_F(DeskGateway, ItsSocketsKeepTheConfiguredLimits) {
  const auto limits = accounts(false).sockets;
  auto request = fd::test::request_for("GET", "/desk",
                                       {{"cookie", sign_in()},
                                        {"host", host},
                                        {"origin", "http://" + host},
                                        {"sec-websocket-protocol", "frontdesk.desk.v1"}});
  const auto answer = fd::test::knock(context, *routes, request);
  EXPECT_EQ(std::get<http::Upgrade>(answer).limits, limits);
  EXPECT_EQ(fd::test::socket_at(*routes, "/desk").handshake_time_max, limits.handshake_time_max);

  auto& one = browser();
  upgrade(one, {{"Cookie", request.headers.at("cookie")}});
  result_of(context, one.say(R"({"type":"hello","v":1,"page":"p1"})"));
  EXPECT_EQ(result_of(context, one.frame()).at("limits").at("bytes"), limits.message_bytes_max) << "the page is told";
}

TEST_F(DeskGateway, TalksOverARealWebSocketUntilSignedOut) {
  const auto cookie = sign_in();
  auto& one = browser();
  const auto response = upgrade(one, {{"Cookie", cookie}});
  ASSERT_EQ(status(response), "101");
  EXPECT_NE(response.find("frontdesk.desk.v1"), std::string::npos);
  result_of(context, one.say(R"({"type":"hello","v":1,"page":"p1"})"));
  EXPECT_EQ(result_of(context, one.frame()).at("type"), "welcome");
  result_of(context, one.say(R"({"type":"next","queue":"counter","id":"p1:1"})"));
  EXPECT_EQ(result_of(context, one.frame()).at("id"), "p1:1");
  EXPECT_EQ(desk->sockets(), 1U);
  EXPECT_EQ(status(post("/desk/logout", "{}", "Cookie: " + cookie + "\r\n")), "200");
  EXPECT_EQ(result_of(context, one.frame()).at("code"), "session_over");
  EXPECT_EQ(result_of(context, one.frame()).at("code"), 4401);
  EXPECT_EQ(status(upgrade(browser(), {{"Cookie", cookie}})), "401");
}

TEST_F(DeskGateway, ADisabledAccountIsPutOut) {
  const auto cookie = sign_in();
  auto& one = browser();
  ASSERT_EQ(status(upgrade(one, {{"Cookie", cookie}})), "101");
  desk->set_settings(accounts(false));  // control: read again without a change
  result_of(context, one.say(R"({"type":"ping"})"));
  EXPECT_EQ(result_of(context, one.frame()).at("type"), "pong");
  desk->set_settings(accounts(true));
  EXPECT_EQ(result_of(context, one.frame()).at("code"), "disabled");
  EXPECT_EQ(result_of(context, one.frame()).at("code"), 4403);
  EXPECT_EQ(status(upgrade(browser(), {{"Cookie", cookie}})), "401");
}

TEST_F(DeskGateway, AnotherPasswordPutsOutWhoIsSignedIn) {
  const auto cookie = sign_in();
  auto& one = browser();
  ASSERT_EQ(status(upgrade(one, {{"Cookie", cookie}})), "101");
  auto settings = accounts(false);
  settings.accounts["1031"] = {AgentId{"a1031"}, "1031", "another hash", false};
  desk->set_settings(settings);
  settings.accounts["1031"].password = "a new hash";
  desk->set_settings(settings);  // control: somebody else's
  result_of(context, one.say(R"({"type":"ping"})"));
  EXPECT_EQ(result_of(context, one.frame()).at("type"), "pong");
  EXPECT_EQ(status(get("/desk/session", "Cookie: " + cookie + "\r\n")), "200");
  settings.accounts["1024"].password = "a new hash";
  desk->set_settings(settings);
  EXPECT_EQ(result_of(context, one.frame()).at("code"), "session_over");
  EXPECT_EQ(result_of(context, one.frame()).at("code"), 4401);
  EXPECT_EQ(status(get("/desk/session", "Cookie: " + cookie + "\r\n")), "401");
  EXPECT_EQ(status(upgrade(browser(), {{"Cookie", cookie}})), "401");
}

}  // namespace
}  // namespace fd::desk::test
