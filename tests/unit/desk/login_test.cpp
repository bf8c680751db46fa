// Sign-in: cookie, lock-out, foreign pages, handshake.

#include "daemon/desk/login.hpp"

#include <algorithm>
#include <map>

#include "channels/http/crypto.hpp"
#include "daemon/desk/password.hpp"
#include "tests/unit/desk/fixture.hpp"

namespace fd::desk::test {
namespace {

using namespace std::chrono_literals;

class DeskLogin : public ::testing::Test {
 protected:
  DeskLogin() {
    settings.accounts["1024"] = {AgentId{"a1024"}, "1024", "hash-of:right", false};
    settings.accounts["1031"] = {AgentId{"a1031"}, "1031", "hash-of:right", true};
    settings.accounts["1055"] = {AgentId{"a1055"}, "1055", "", false};
    edge.answer_with = [this](const bus::Request& request) { return answer(request); };
  }

  bus::Answer answer(const bus::Request& request) {
    if (const auto* command = std::get_if<bus::Command>(&request)) {
      if (command->verb == bus::Verb::session_open) open[command->session.str()] = command->agent.str();
      if (command->verb == bus::Verb::session_close) open.erase(command->session.str());
      return bus::Ack{};
    }
    const auto& ask = std::get<bus::Ask>(request);
    const auto at = open.find(ask.session.str());
    if (at == open.end()) return bus::Reject{"not_found", "no such session", {}};
    return bus::Ack{{{"agent", at->second}, {"until", 1'795'550'400'000}}};
  }

  Login& login() {
    if (!login_)
      login_ = std::make_unique<Login>(std::make_shared<const Settings>(settings), edge, clock,
                                       [this](std::string password, std::string encoded) -> asio::awaitable<Verdict> {
                                         verified.push_back(encoded);
                                         if (busy) co_return Verdict::busy;
                                         co_return encoded == "hash-of:" + password ? Verdict::right : Verdict::wrong;
                                       });
    return *login_;
  }

  static http::Request request(std::string body = {}) {
    http::Request r;
    r.method = "POST";
    r.headers = {{"host", "desk.local:8081"}, {"content-type", "application/json"}};
    r.body = std::move(body);
    r.remote = "10.0.0.7";
    return r;
  }
  http::Response sign_in(const std::string& no, const std::string& password, const std::string& from = "10.0.0.7") {
    auto r = request(json::serialize(json::object{{"staff_no", no}, {"password", password}}));
    r.remote = from;
    return result_of(context, login().sign_in(r));
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }
  static std::string cookie_of(const http::Response& response) {
    const auto text = header(response, "Set-Cookie");
    return text.substr(0, text.find(';'));
  }
  http::Request with_cookie(const http::Response& response) {
    auto r = request();
    r.headers["cookie"] = "a=b; " + cookie_of(response);
    return r;
  }

  asio::io_context context{1};
  ManualClock clock;
  fd::test::RecordingEdge edge;
  Settings settings;
  bool busy = false;
  std::vector<std::string> verified;
  std::map<std::string, std::string> open;

 private:
  std::unique_ptr<Login> login_;
};

TEST_F(DeskLogin, TheCookieCarriesTheTokenAndTheRouterItsHash) {
  const auto response = sign_in("1024", "right");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, R"({"agent":"a1024"})");
  const auto cookie = header(response, "Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("frontdesk_session="));
  for (const auto* flag : {"; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=43200"})
    EXPECT_NE(cookie.find(flag), std::string::npos) << flag;
  EXPECT_EQ(cookie.find("Secure"), std::string::npos);
  EXPECT_EQ(cookie.find("Domain"), std::string::npos);
  const auto value = cookie_of(response).substr(18);
  const auto token = value.substr(0, 43);
  EXPECT_EQ(value.substr(43), ".a1024") << "32 random bytes, and whose they are";
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open.begin()->first, http::sha256_hex(token + "\nhash-of:right"));
  for (const auto& command : edge.all<bus::Command>()) EXPECT_NE(command.session.str(), token);
  EXPECT_NE(cookie_of(sign_in("1024", "right")), cookie_of(response)) << "a new one for each sign-in";
}

TEST_F(DeskLogin, OverHttpsTheCookieIsHostBoundAndSecure) {
  settings.secure = true;
  settings.public_url = "https://desk.example.cn/";
  const auto response = sign_in("1024", "right");
  const auto cookie = header(response, "Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-frontdesk_session="));
  EXPECT_NE(cookie.find("; Secure"), std::string::npos);
  EXPECT_EQ(result_of(context, login().session(with_cookie(response))).status, 200U);
}

TEST_F(DeskLogin, OneSentenceForAnyCause) {
  const auto wrong = sign_in("1024", "wrong");
  EXPECT_EQ(wrong.status, 401U);
  EXPECT_EQ(header(wrong, "Set-Cookie"), "");
  for (const auto& [no, password] :
       std::vector<std::pair<std::string, std::string>>{{"9999", "right"}, {"1031", "right"}, {"1055", "x"}}) {
    const auto other = sign_in(no, password);
    EXPECT_EQ(other.status, wrong.status) << no;
    EXPECT_EQ(other.body, wrong.body) << no;
  }
  EXPECT_TRUE(open.empty());
}

TEST_F(DeskLogin, AnUnknownStaffNumberCostsAHashToo) {
  (void)sign_in("9999", "right");
  (void)sign_in("1055", "x");  // an account without password
  EXPECT_EQ(verified, (std::vector<std::string>{unknown_account_hash, unknown_account_hash}));
  EXPECT_TRUE(std::string_view(unknown_account_hash).starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
}

TEST_F(DeskLogin, FiveWrongTriesLockTheAccountForAWhile) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(sign_in("1024", "wrong", "10.0.0." + std::to_string(i)).status, 401U);
    clock.advance(1s);
  }
  const auto locked = sign_in("1024", "right");
  EXPECT_EQ(locked.status, 429U) << "even with the right password";
  EXPECT_EQ(json::parse(locked.body).at("error").at("seconds"), 15 * 60 - 5);
  EXPECT_EQ(header(locked, "Retry-After"), "895");
  EXPECT_EQ(verified.size(), 5U) << "no hash is computed for a locked account";
  EXPECT_EQ(sign_in("9999", "x").status, 401U) << "another account is not locked";
  clock.advance(15min);
  EXPECT_EQ(sign_in("1024", "right").status, 200U);
}

TEST_F(DeskLogin, ControlTheRightPasswordForgetsWrongTries) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(sign_in("1024", "wrong", std::to_string(round * 4 + i)).status, 401U);
    EXPECT_EQ(sign_in("1024", "right").status, 200U);
  }
}

TEST_F(DeskLogin, AnUnknownStaffNumberLocksLikeAKnownOne) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("9999", "x").status, 401U);
  EXPECT_EQ(sign_in("9999", "x").status, 429U);
}

TEST_F(DeskLogin, OneAddressCannotTryAllAccounts) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(sign_in("no-" + std::to_string(i), "x").status, 401U);
  EXPECT_EQ(sign_in("1024", "right").status, 429U);
  EXPECT_EQ(sign_in("1024", "right", "10.0.0.8").status, 200U) << "from elsewhere";
}

TEST_F(DeskLogin, AFullWorkerPoolIsNoWrongTry) {
  busy = true;
  for (int i = 0; i < 30; ++i) EXPECT_EQ(sign_in("1024", "right").status, 503U);
  busy = false;
  EXPECT_EQ(sign_in("1024", "right").status, 200U);
}

TEST_F(DeskLogin, WithoutARouterNobodyIsSignedIn) {
  edge.answer_with = [](const bus::Request&) { return bus::Answer{bus::Retry{3000, "not_leading", {}}}; };
  const auto response = sign_in("1024", "right");
  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(header(response, "Retry-After"), "3");
  EXPECT_EQ(header(response, "Set-Cookie"), "");
}

TEST_F(DeskLogin, ForeignPagesCannotSignInOrOut) {
  const auto status = [&](const std::string& name, const std::string& value) {
    auto r = request(R"({"staff_no":"1024","password":"right"})");
    r.headers[name] = value;
    return result_of(context, login().sign_in(r)).status;
  };
  EXPECT_EQ(status("origin", "https://evil.example"), 403U);
  EXPECT_EQ(status("origin", "null"), 403U);
  EXPECT_EQ(status("sec-fetch-site", "cross-site"), 403U);
  EXPECT_EQ(status("sec-fetch-site", "same-site"), 403U);
  EXPECT_EQ(status("content-type", "text/plain"), 415U);
  EXPECT_EQ(status("origin", "http://desk.local:8081"), 200U);  // control
  EXPECT_EQ(status("sec-fetch-site", "same-origin"), 200U);
  auto r = with_cookie(sign_in("1024", "right"));
  r.headers["origin"] = "https://evil.example";
  EXPECT_EQ(result_of(context, login().sign_out(r, [](const SessionHash&) { FAIL(); })).status, 403U);
}

TEST_F(DeskLogin, BadBodiesAreRefusedBeforeAnyWork) {
  for (const auto* body : {"", "[]", "{}", R"({"staff_no":1,"password":"x"})", R"({"staff_no":"","password":"x"})",
                           R"({"staff_no":"1024","password":""})"})
    EXPECT_EQ(result_of(context, login().sign_in(request(body))).status, 400U) << body;
  EXPECT_EQ(sign_in(std::string(65, '1'), "x").status, 400U);
  EXPECT_EQ(sign_in("1024", std::string(1025, 'x')).status, 400U);
  EXPECT_TRUE(verified.empty());
}

TEST_F(DeskLogin, SessionSaysWhoHoldsTheCookie) {
  const auto response = sign_in("1024", "right");
  const auto mine = result_of(context, login().session(with_cookie(response)));
  EXPECT_EQ(mine.status, 200U);
  EXPECT_EQ(mine.body, R"({"agent":"a1024","until":1795550400000})");
  EXPECT_EQ(result_of(context, login().session(request())).status, 401U);
  auto forged = request();
  forged.headers["cookie"] = "frontdesk_session=" + std::string(43, 'A') + ".a1024";
  EXPECT_EQ(result_of(context, login().session(forged)).status, 401U);
  const auto asked = edge.requests.size();
  const auto token = cookie_of(response).substr(18, 43);
  for (const std::string& value :
       {std::string("short"), std::string("short.a1024"), token, token + ".", token + ".nobody"}) {
    forged.headers["cookie"] = "frontdesk_session=" + value;
    EXPECT_EQ(result_of(context, login().session(forged)).status, 401U) << value;
  }
  EXPECT_EQ(edge.requests.size(), asked) << "what cannot be a session is not asked for";
}

TEST_F(DeskLogin, AnotherPasswordOpensNothingWithTheOldCookie) {
  const auto response = sign_in("1024", "right");
  settings.accounts["1031"].password = "hash-of:another";  // control: of somebody else
  login().set_settings(std::make_shared<const Settings>(settings));
  EXPECT_EQ(result_of(context, login().session(with_cookie(response))).status, 200U);
  settings.accounts["1024"].password = "hash-of:new";
  login().set_settings(std::make_shared<const Settings>(settings));
  EXPECT_EQ(result_of(context, login().session(with_cookie(response))).status, 401U);
  EXPECT_EQ(result_of(context, login().session(with_cookie(sign_in("1024", "new")))).status, 200U);
}

TEST_F(DeskLogin, ASessionIsOfTheAgentThatTheRouterNames) {
  settings.accounts["1032"] = {AgentId{"a1032"}, "1032", "hash-of:right", false};
  const auto response = sign_in("1024", "right");
  for (auto& [hash, agent] : open) agent = "a1032";
  EXPECT_EQ(result_of(context, login().session(with_cookie(response))).status, 401U);
}

TEST_F(DeskLogin, APasswordChangedWhileTheRouterIsAskedCounts) {
  const auto response = sign_in("1024", "right");
  edge.answer_with = [this](const bus::Request& request) {
    settings.accounts["1024"].password = "hash-of:new";
    login().set_settings(std::make_shared<const Settings>(settings));
    return answer(request);
  };
  EXPECT_EQ(result_of(context, login().session(with_cookie(response))).status, 401U);
}

TEST_F(DeskLogin, ADisabledAccountsSessionIsOver) {
  const auto response = sign_in("1024", "right");
  settings.accounts["1024"].disabled = true;
  login().set_settings(std::make_shared<const Settings>(settings));
  EXPECT_EQ(result_of(context, login().session(with_cookie(response))).status, 401U);
}

TEST_F(DeskLogin, SignOutClosesTheSessionAndClearsTheCookie) {
  const auto response = sign_in("1024", "right");
  const auto r = with_cookie(response);
  std::string closed;
  const auto out = result_of(context, login().sign_out(r, [&](const SessionHash& hash) { closed = hash.str(); }));
  EXPECT_EQ(out.status, 200U);
  EXPECT_NE(header(out, "Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(closed, http::sha256_hex(cookie_of(response).substr(18, 43) + "\nhash-of:right"));
  EXPECT_TRUE(open.empty());
  EXPECT_EQ(result_of(context, login().session(r)).status, 401U);
}

TEST(DeskOrigin, OwnHostOnly) {
  Settings settings;
  http::Request r;
  r.headers["host"] = "desk.local:8081";
  const auto own = [&](const char* origin) {
    r.headers["origin"] = origin;
    return own_origin(r, settings);
  };
  EXPECT_TRUE(own("http://desk.local:8081"));
  EXPECT_TRUE(own("http://DESK.local:8081"));
  for (const auto* origin : {"", "null", "http://desk.local", "http://desk.local:8081.evil.example",
                             "http://evil.example/desk.local:8081", "https://evil-desk.local:8081"})
    EXPECT_FALSE(own(origin)) << origin;
  settings.public_url = "https://Desk.example.cn/desk/";
  EXPECT_TRUE(own("https://desk.example.cn"));
  EXPECT_FALSE(own("http://desk.example.cn"));
  EXPECT_FALSE(own("http://desk.local:8081")) << "the host of the request counts only without a public address";
}

TEST(DeskPassword, HashesAreArgon2id) {
  const auto encoded = hash_password("correct horse");
  EXPECT_TRUE(encoded.starts_with("$argon2id$v=19$m=65536,t=3,p=1$")) << "as costly as the one of unknown accounts";
  EXPECT_TRUE(password_fits("correct horse", encoded));
  EXPECT_FALSE(password_fits("correct house", encoded));
  EXPECT_FALSE(password_fits("", unknown_account_hash));
  EXPECT_NE(hash_password("correct horse"), encoded) << "salted";
}

TEST(DeskPassword, IsJudgedInTheWorkerPool) {
  asio::io_context context{1};
  http::Worker worker{1, 0};
  const auto verify = verify_in(worker);
  const auto encoded = hash_password("x");
  std::vector<Verdict> verdicts;
  for (int i = 0; i < 2; ++i)
    asio::co_spawn(context, verify("x", encoded), [&](std::exception_ptr thrown, Verdict verdict) {
      EXPECT_FALSE(thrown);
      verdicts.push_back(verdict);
    });
  ASSERT_TRUE(run_until(context, [&] { return verdicts.size() == 2; }));
  EXPECT_EQ(std::count(verdicts.begin(), verdicts.end(), Verdict::busy), 1) << "one thread, no queue";
  EXPECT_EQ(std::count(verdicts.begin(), verdicts.end(), Verdict::right), 1);
}

}  // namespace
}  // namespace fd::desk::test
