// The doors of chat: who gets a socket, what a page may read, and what is served.

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "channels/chat/chat.hpp"
#include "channels/chat/form.hpp"
#include "channels/chat/origin.hpp"
#include "channels/http/pages.hpp"
#include "tests/support/asking.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/recording_edge.hpp"
#include "tests/support/scripted_socket.hpp"

namespace fd::http {

// The pages of this test program, in place of the daemon's.
std::span<const Page> pages() noexcept {
  static constexpr std::array<Page, 5> all{
      Page{"/widget.js", "text/javascript; charset=utf-8", "0123456789abcdef", "widget", {}, {}, true},
      Page{"/chat/widget.css", "text/css; charset=utf-8", "0123456789abcdef", ".fd{}", {}, {}, false},
      Page{"/chat/words.en.json", "application/json", "0123456789abcdef", R"({"send":"Send"})", {}, {}, false},
      Page{"/chat/index.html", "text/html; charset=utf-8", "0123456789abcdef", "chat", {}, {}, false},
      Page{"/demo/index.html", "text/html; charset=utf-8", "0123456789abcdef", "demo", {}, {}, false}};
  return all;
}

}  // namespace fd::http

namespace fd::chat {
namespace {

using namespace std::chrono_literals;

constexpr const char* shop = "https://shop.example.cn";

class ChatDoors : public testing::Test {
 protected:
  ChatDoors() {
    edge.answer_with = [](const bus::Request& request) -> bus::Answer {
      if (!std::holds_alternative<bus::Attach>(request)) return bus::Ack{};
      return bus::Ack{boost::json::parse(R"({"welcome":{"contact":null,"seq":0,"from":1}})").as_object()};
    };
    chat.add_routes(routes);
  }

  static std::shared_ptr<Settings> made() {
    auto settings = std::make_shared<Settings>();
    settings->token_key = "0123456789abcdef0123456789abcdef";
    settings->public_url = "https://kf.example.cn/";
    settings->sockets = {20'480, 100'000, 7s, 21s, 3s};
    Website site;
    site.token = "demo";
    site.origins = {shop, "http://localhost:8000"};
    site.name = {{"zh", "示例"}, {"en", "Example"}};
    site.topics = {{"repair", {{"zh", "维修"}}}};
    site.phone = "400 000 0000";
    settings->websites["demo"] = site;
    site.token = "asking";
    site.consent = {"2026-11", {{"en", "By sending you agree"}}, "https://shop.example.cn/privacy"};
    site.prechat = {{"phone", Answer::phone, {{"en", "Phone"}}, true, {}},
                    {"about", Answer::list, {{"en", "About"}}, false, {{"repair", {{"en", "A repair"}}}}}};
    settings->websites["asking"] = site;
    site.token = "app";
    site.allow_app = true;
    site.consent = {};
    site.prechat = {};
    settings->websites["app"] = site;
    return settings;
  }
  test::Headers from(const std::string& origin) const {
    test::Headers headers{{"sec-websocket-protocol", "x, frontdesk.chat.v1"}, {"host", "kf.example.cn"}};
    if (!origin.empty()) headers["origin"] = origin;
    return headers;
  }
  std::variant<http::Upgrade, http::Refusal> knock(const std::string& target, test::Headers headers) {
    auto request = test::request_for("GET", target, std::move(headers));
    return test::knock(io, routes, request);
  }
  unsigned refusal(const std::string& target, test::Headers headers) {
    const auto answer = knock(target, std::move(headers));
    const auto* refused = std::get_if<http::Refusal>(&answer);
    return refused ? refused->response.status : 0;
  }
  http::Response get(const std::string& target, test::Headers headers = {}) {
    auto request = test::request_for("GET", target, std::move(headers));
    return test::ask(io, routes, request);
  }

  boost::asio::io_context io{1};
  test::RecordingEdge edge;
  test::ManualClock clock;
  http::Routes routes;
  Chat chat{io, edge, clock, made()};
};

TEST_F(ChatDoors, AListedOriginGetsASocket) {
  const auto answer = knock("/chat?w=demo", from(shop));
  const auto* upgrade = std::get_if<http::Upgrade>(&answer);
  ASSERT_TRUE(upgrade);
  EXPECT_EQ(upgrade->subprotocol, "frontdesk.chat.v1");
  EXPECT_EQ(upgrade->limits, made()->sockets);
  EXPECT_FALSE(std::any_cast<Visit>(upgrade->context).needs_identity);
  EXPECT_EQ(std::any_cast<Visit>(upgrade->context).website->token, "demo");
}

// The first message of a chat as a page writes it: the longest text, and a full form.
boost::json::object fullest(const Website& site, std::size_t chars, const std::string& answer) {
  std::string text;
  for (std::size_t i = 0; i < chars; ++i) text += "\U0001F600";
  boost::json::object prechat;
  for (const auto& question : site.prechat) prechat[question.key] = answer;
  return {{"type", "msg"},
          {"cid", std::string(64, 'p') + ":9007199254740991"},
          {"text", std::move(text)},
          {"consent", site.consent.version},
          {"prechat", std::move(prechat)}};
}

TEST_F(ChatDoors, TheLongestTextWithAFullFormFitsAFrame) {
  auto settings = made();
  settings->sockets.message_bytes_max = 16 * 1024;
  settings->text_chars_max = 4000;
  auto& site = settings->websites["asking"];
  site.consent.version = std::string(60, 'v');
  site.prechat.clear();
  for (std::size_t i = 0; i < questions_max; ++i)
    site.prechat.push_back({"question_" + std::to_string(i), Answer::text, {{"en", "?"}}, true, {}});
  chat.set_settings(settings);
  const auto limit = [&](const std::string& target) {
    return std::get<http::Upgrade>(knock(target, from(shop))).limits.message_bytes_max;
  };
  for (const std::string& answer : {std::string(answer_bytes_max, 'a'), std::string(answer_bytes_max, '"')}) {
    const auto frame = boost::json::serialize(fullest(site, 4000, answer));
    EXPECT_GT(frame.size(), 16U * 1024) << "control: more than a frame without a form";
    EXPECT_LE(frame.size(), limit("/chat?w=asking"));
    const auto parsed = parse_frame(frame);
    ASSERT_TRUE(parsed) << parsed.error().text;
    Message message;
    EXPECT_FALSE(fill_in(site, std::get<Msg>(*parsed), message));
    EXPECT_EQ(message.attributes.at("prechat.question_7"), answer);
  }
  EXPECT_EQ(limit("/chat?w=demo"), 16U * 1024) << "who is asked nothing gets no room for it";
}

TEST_F(ChatDoors, AHandshakeMayTakeAsLongAsConfigured) {
  EXPECT_EQ(test::socket_at(routes, "/chat").handshake_time_max, 3s);
}

TEST_F(ChatDoors, OriginsAreExact) {  // the controls of the test above
  for (const auto* origin : {"http://shop.example.cn", "https://shop.example.cn:443", "https://shop.example.cn.evil.cn",
                             "https://evil.shop.example.cn", "https://SHOP.example.cn", "https://shop.example.cn/",
                             "null", "", "http://localhost:80000", "https://kf.example.cn.evil.cn"})
    EXPECT_EQ(refusal("/chat?w=demo", from(origin)), 403U) << origin;
  EXPECT_EQ(refusal("/chat?w=demo", from("https://kf.example.cn")), 0U);  // our own pages
}

TEST_F(ChatDoors, EachRefusalSaysWhy) {
  EXPECT_EQ(refusal("/chat?w=other", from(shop)), 404U);
  EXPECT_EQ(refusal("/chat", from(shop)), 404U);
  EXPECT_EQ(refusal("/chat?w=demo", {{"origin", shop}}), 400U);
  EXPECT_EQ(refusal("/chat?w=demo", {{"origin", shop}, {"sec-websocket-protocol", "frontdesk.chat.v10"}}), 400U);
  const auto answer = knock("/chat?w=demo", from("https://evil.example"));
  const auto& body = std::get<http::Refusal>(answer).response.body;
  EXPECT_NE(body.find("https://evil.example"), std::string::npos) << body;
  EXPECT_NE(body.find("chat.websites"), std::string::npos) << body;
}

TEST_F(ChatDoors, AnAppNeedsASignedIdentity) {
  for (const auto* origin : {"null", ""}) {
    const auto answer = knock("/chat?w=app", from(origin));
    ASSERT_TRUE(std::holds_alternative<http::Upgrade>(answer)) << origin;
    EXPECT_TRUE(std::any_cast<Visit>(std::get<http::Upgrade>(answer).context).needs_identity);
  }
  EXPECT_EQ(refusal("/chat?w=app", from("https://evil.example")), 403U);
}

TEST_F(ChatDoors, ASessionRunsOnTheSocketThatWasOpened) {
  auto request = test::request_for("GET", "/chat?w=demo", from(shop));
  const auto answer = test::knock(io, routes, request);
  std::string allow;
  const auto* found = routes.find("SOCKET", "/chat", request.params, allow);
  const auto socket = std::make_shared<test::ScriptedSocket>(io);
  boost::asio::co_spawn(io, found->socket->session(request, std::get<http::Upgrade>(answer).context, socket),
                        boost::asio::detached);
  test::settle(io);
  socket->say(R"({"type":"hello","v":1,"page":"p","locale":"en"})");
  test::settle(io);
  EXPECT_EQ(edge.all<bus::Attach>().size(), 1U);
  socket->hang_up();
  EXPECT_TRUE(test::run_until(io, [&] { return edge.subscriptions() == 0; }));
}

TEST_F(ChatDoors, AnyPageMayReadWhetherItIsAllowed) {
  for (const auto& [origin, allowed] :
       std::map<std::string, bool>{{shop, true}, {"https://evil.example", false}, {"null", false}}) {
    const auto response = get("/chat/settings?w=demo", {{"origin", origin}});
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(test::header_of(response, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(test::header_of(response, "Vary"), "Origin");
    const auto body = boost::json::parse(response.body).as_object();
    EXPECT_EQ(body.at("allowed"), allowed) << origin;
    EXPECT_EQ(body.contains("error"), !allowed) << origin;
    EXPECT_EQ(response.body.find("allow-list of website demo: add " + origin) != std::string::npos, !allowed);
  }
  const auto body = boost::json::parse(get("/chat/settings?w=demo", {{"origin", shop}}).body).as_object();
  EXPECT_EQ(body.at("name").at("zh"), "示例");
  EXPECT_FALSE(body.contains("words"));
  EXPECT_EQ(body.at("topics").at(0).at("id"), "repair");
  EXPECT_EQ(body.at("limits").at("chars"), 4000);
  EXPECT_EQ(body.at("phone"), "400 000 0000");
  EXPECT_FALSE(body.contains("secret"));
  EXPECT_FALSE(body.contains("origins"));
}

TEST_F(ChatDoors, TheSettingsSpeakTheLanguageAskedForAndBringTheWidgetsWords) {
  const auto body = boost::json::parse(get("/chat/settings?w=demo&l=en", {{"origin", shop}}).body);
  EXPECT_EQ(body.at("name"), "Example");
  EXPECT_EQ(body.at("greeting"), "");
  EXPECT_EQ(body.at("topics").at(0).at("name"), "维修");  // the website has it in no other language
  EXPECT_EQ(body.at("words").at("send"), "Send");
  EXPECT_EQ(body.at("css"), ".fd{}");
  EXPECT_EQ(body.at("lang"), "en");
  for (const auto& [wanted, name] : std::map<std::string, std::string>{{"zh-Hans-CN,en", "示例"},
                                                                       {",fr-FR,ZH_tw", "示例"},
                                                                       {"fr,EN_gb,zh", "Example"},
                                                                       {"fr", "Example"},
                                                                       {"../index.html", "Example"}}) {
    const auto other = boost::json::parse(get("/chat/settings?w=demo&l=" + wanted).body);
    EXPECT_STREQ(other.at("name").as_string().c_str(), name.c_str()) << wanted;
  }
}

TEST_F(ChatDoors, TheSettingsSayWhatIsAskedBeforeTheFirstMessage) {
  const auto body = boost::json::parse(get("/chat/settings?w=asking&l=en", {{"origin", shop}}).body);
  EXPECT_EQ(body.at("consent"), boost::json::parse(R"({"version": "2026-11", "text": "By sending you agree",
      "url": "https://shop.example.cn/privacy"})"));
  auto phone = body.at("prechat").at(0).as_object();
  EXPECT_EQ(phone.at("pattern").as_string(), pattern(Answer::phone));
  phone.erase("pattern");
  EXPECT_EQ(phone, boost::json::parse(R"({"key": "phone", "type": "phone", "label": "Phone", "required": true,
      "mode": "tel"})"));
  EXPECT_EQ(body.at("prechat").at(1), boost::json::parse(R"({"key": "about", "type": "list", "label": "About",
      "required": false, "options": [{"id": "repair", "name": "A repair"}]})"));
  const auto none = boost::json::parse(get("/chat/settings?w=app&l=en").body).as_object();
  EXPECT_FALSE(none.contains("consent") || none.contains("prechat"));
}

TEST_F(ChatDoors, AnUnknownWebsiteIsReadableToo) {
  const auto response = get("/chat/settings?w=x", {{"origin", shop}});
  EXPECT_EQ(response.status, 404U);
  EXPECT_EQ(test::header_of(response, "Access-Control-Allow-Origin"), "*");
}

TEST_F(ChatDoors, OnlyTheWebsiteMayFrameItsPage) {
  const auto response = get("/chat/demo");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, "chat");
  const auto policy = test::header_of(response, "Content-Security-Policy");
  EXPECT_NE(policy.find("frame-ancestors 'self' https://shop.example.cn http://localhost:8000"), std::string::npos)
      << policy;
  EXPECT_EQ(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(get("/chat/unknown").status, 404U);
  const auto demo = get("/demo/");  // the control: another page keeps its policy
  EXPECT_NE(test::header_of(demo, "Content-Security-Policy").find("frame-ancestors 'none'"), std::string::npos);
}

TEST_F(ChatDoors, ServesTheWidgetAndTheDemo) {
  EXPECT_EQ(get("/widget.js").body, "widget");
  EXPECT_EQ(get("/demo/").body, "demo");
  EXPECT_EQ(get("/demo/none.js").status, 404U);
}

TEST_F(ChatDoors, DrainRefusesNewSocketsAndReturnsWhenNothingIsOpen) {
  EXPECT_EQ(refusal("/chat?w=demo", from(shop)), 0U);
  bool drained = false;
  boost::asio::co_spawn(io, chat.drain(std::chrono::seconds(60)), [&](std::exception_ptr) { drained = true; });
  test::settle(io);
  EXPECT_TRUE(drained);
  EXPECT_EQ(refusal("/chat?w=demo", from(shop)), 503U);
}

TEST_F(ChatDoors, DrainWaitsForWhatIsUnanswered) {
  auto request = test::request_for("GET", "/chat?w=demo", from(shop));
  const auto answer = test::knock(io, routes, request);
  std::string allow;
  const auto* found = routes.find("SOCKET", "/chat", request.params, allow);
  const auto socket = std::make_shared<test::ScriptedSocket>(io);
  bool drained = false;
  boost::asio::co_spawn(io, found->socket->session(request, std::get<http::Upgrade>(answer).context, socket),
                        boost::asio::detached);
  socket->say(R"({"type":"hello","v":1,"page":"p","locale":"en"})");
  test::settle(io);
  edge.hold();
  socket->say(R"({"type":"msg","cid":"p:1","text":"x"})");
  test::settle(io);
  boost::asio::co_spawn(io, chat.drain(std::chrono::seconds(60)), [&](std::exception_ptr) { drained = true; });
  test::settle(io);
  EXPECT_FALSE(drained);
  edge.stop_holding();
  edge.release(bus::Ack{});
  test::settle(io);
  EXPECT_TRUE(drained);
  EXPECT_EQ(socket->sent_of("ack").size(), 1U);
  socket->hang_up();
  EXPECT_TRUE(test::run_until(io, [&] { return edge.subscriptions() == 0; }));
}

TEST_F(ChatDoors, WithoutAKeyNothingStarts) {
  auto settings = made();
  settings->token_key.clear();
  EXPECT_THROW(Chat(io, edge, clock, settings), std::invalid_argument);
  EXPECT_THROW(chat.set_settings(settings), std::invalid_argument);
}

TEST(ChatOrigin, OursIsPublicUrlOrElseTheHost) {
  EXPECT_EQ(own_origin("https://kf.example.cn/base/", "x", true), "https://kf.example.cn");
  EXPECT_EQ(own_origin("", "127.0.0.1:8080", false), "http://127.0.0.1:8080");
  EXPECT_EQ(own_origin("", "kf.example.cn", true), "https://kf.example.cn");
  EXPECT_EQ(own_origin("", "", true), "");
}

TEST(ChatOrigin, AddsTheDirectiveWhereThereIsNone) {
  Website site;
  site.origins = {"https://a.example"};
  EXPECT_EQ(allow_framing("default-src 'none'", site), "default-src 'none'; frame-ancestors 'self' https://a.example");
  EXPECT_EQ(allow_framing("frame-ancestors 'none'; base-uri 'none'", site),
            "frame-ancestors 'self' https://a.example; base-uri 'none'");
}

}  // namespace
}  // namespace fd::chat
