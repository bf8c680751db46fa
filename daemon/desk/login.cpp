#include "daemon/desk/login.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <optional>
#include <utility>

#include "channels/http/crypto.hpp"

namespace fd::desk {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr std::size_t staff_no_bytes_max = 64, password_bytes_max = 1024, token_bytes = 32;
constexpr std::string_view wrong_text = "the staff number or the password is wrong";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

// scheme://host[:port] of an address, in lower case.
std::string origin_of(std::string_view url) {
  const auto slashes = url.find("://");
  if (slashes == std::string_view::npos) return {};
  return lower(url.substr(0, url.find('/', slashes + 3)));
}

struct Credentials {
  std::string staff_no, password;
};
std::optional<Credentials> credentials_of(const std::string& body) {
  json::error_code error;
  const auto value = json::parse(body, error);
  if (error || !value.is_object()) return std::nullopt;
  const auto* no = value.get_object().if_contains("staff_no");
  const auto* password = value.get_object().if_contains("password");
  if (no == nullptr || password == nullptr || !no->is_string() || !password->is_string()) return std::nullopt;
  Credentials out{std::string(no->get_string()), std::string(password->get_string())};
  if (out.staff_no.empty() || out.staff_no.size() > staff_no_bytes_max) return std::nullopt;
  if (out.password.empty() || out.password.size() > password_bytes_max) return std::nullopt;
  return out;
}

http::Response later(std::chrono::milliseconds wait) {
  auto response = http::error_response(503, "busy", "the switchboard cannot answer now: try again in a moment");
  const auto seconds = std::max<std::int64_t>(1, (wait.count() + 999) / 1000);
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

http::Response too_many(Duration wait) {
  const auto seconds = std::max<std::int64_t>(1, (wait.count() + 999) / 1000);
  const json::object body{{"error",
                           {{"code", "too_many_tries"},
                            {"message", "too many wrong tries: wait, then sign in again"},
                            {"seconds", seconds}}}};
  auto response = http::json_response(429, json::serialize(body));
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

http::Response not_signed_in() {
  return http::error_response(401, "not_signed_in", "no valid session: sign in with POST /desk/login");
}

bool token_ok(std::string_view token) {
  const auto bytes = http::base64url_decode(token);
  return bytes && bytes->size() == token_bytes;
}

// What the router keeps: another password makes another hash, so a session ends with the password that opened it.
SessionHash hash_of(std::string_view token, const Account& account) {
  return SessionHash(http::sha256_hex(std::string(token) + "\n" + account.password));
}

const Account* find_agent(const Settings& settings, std::string_view agent) {
  for (const auto& [no, account] : settings.accounts)
    if (account.agent.str() == agent) return &account;
  return nullptr;
}

}  // namespace

bool own_origin(const http::Request& request, const Settings& settings) {
  const auto origin = lower(request.header("origin"));
  if (!settings.public_url.empty()) return !origin.empty() && origin == origin_of(settings.public_url);
  const auto host = lower(request.header("host"));
  return !host.empty() && (origin == "http://" + host || origin == "https://" + host);
}

Login::Login(std::shared_ptr<const Settings> settings, bus::EdgePort& edge, const Clock& clock, Verify verify)
    : settings_(std::move(settings)),
      edge_(edge),
      clock_(clock),
      verify_(std::move(verify)),
      by_account_(settings_->tries_max, settings_->tries_window),
      by_address_(settings_->tries_address_max, settings_->tries_window) {}

void Login::set_settings(std::shared_ptr<const Settings> settings) { settings_ = std::move(settings); }

std::string Login::cookie_name() const { return settings_->secure ? "__Host-frontdesk_session" : "frontdesk_session"; }

std::string Login::cookie(const std::string& value, std::chrono::seconds life) const {
  auto text =
      cookie_name() + "=" + value + "; Path=/; Max-Age=" + std::to_string(life.count()) + "; HttpOnly; SameSite=Strict";
  if (settings_->secure) text += "; Secure";
  return text;
}

// A form or script of another site cannot send this; a program without a browser sends no Origin and may.
std::optional<http::Response> Login::foreign(const http::Request& request) const {
  const auto site = request.header("sec-fetch-site");
  const bool from_elsewhere = !site.empty() && site != "same-origin" && site != "none";
  if (from_elsewhere || (!request.header("origin").empty() && !own_origin(request, *settings_)))
    return http::error_response(403, "forbidden_origin", "only the desk's own page may send this");
  return std::nullopt;
}

asio::awaitable<http::Response> Login::sign_in(const http::Request& request) {
  if (auto refusal = foreign(request)) co_return *refusal;
  if (!lower(request.header("content-type")).starts_with("application/json"))  // no form of another site can say so
    co_return http::error_response(415, "bad_type", "send Content-Type: application/json");
  const auto given = credentials_of(request.body);
  if (!given) co_return http::error_response(400, "bad_request", "send {\"staff_no\": text, \"password\": text}");

  const auto now = clock_.steady();
  if (const auto wait = by_account_.charge(given->staff_no, now)) co_return too_many(*wait);
  if (const auto wait = by_address_.charge(request.remote, now)) {
    by_account_.give_back(given->staff_no);
    co_return too_many(*wait);
  }

  const auto settings = settings_;  // the accounts may be read again meanwhile
  const auto at = settings->accounts.find(given->staff_no);
  const bool known = at != settings->accounts.end() && !at->second.password.empty();
  const std::string encoded = known ? at->second.password : unknown_account_hash;
  const auto verdict = co_await verify_(given->password, encoded);
  if (verdict == Verdict::wrong || (verdict == Verdict::right && (!known || at->second.disabled)))
    co_return http::error_response(401, "sign_in_failed", wrong_text);
  by_address_.give_back(request.remote);
  if (verdict == Verdict::busy) {
    by_account_.give_back(given->staff_no);
    co_return later(std::chrono::seconds{2});
  }
  by_account_.forget(given->staff_no);
  co_return co_await open_session(at->second);
}

asio::awaitable<http::Response> Login::open_session(const Account& account) {
  const auto token = http::random_token(token_bytes);
  const auto agent = account.agent;
  bus::Command command;
  command.verb = bus::Verb::session_open;
  command.agent = agent;
  command.session = hash_of(token, account);
  const auto answer = co_await edge_.request(std::move(command), settings_->request_patience);
  if (const auto* retry = std::get_if<bus::Retry>(&answer)) co_return later(std::chrono::milliseconds{retry->after_ms});
  // An account the router does not know: the same sentence, for it says whether an account exists.
  if (std::holds_alternative<bus::Reject>(answer)) co_return http::error_response(401, "sign_in_failed", wrong_text);
  auto response = http::json_response(200, json::serialize(json::object{{"agent", agent.str()}}));
  response.headers.emplace_back("Set-Cookie", cookie(token + "." + agent.str(), settings_->session_life));
  response.headers.emplace_back("Cache-Control", "no-store");
  co_return response;
}

asio::awaitable<http::Response> Login::sign_out(const http::Request& request,
                                                std::function<void(const SessionHash&)> closed) {
  if (auto refusal = foreign(request)) co_return *refusal;
  auto response = http::json_response(200, "{}");
  response.headers.emplace_back("Set-Cookie", cookie("", std::chrono::seconds{0}));
  auto who = co_await identify(request);
  if (auto* refusal = std::get_if<http::Response>(&who)) {
    if (refusal->status == 503) co_return std::move(*refusal);
    co_return response;  // there is no session: that is what was asked for
  }
  const auto& signed_in = std::get<SignedIn>(who);
  bus::Command command;
  command.verb = bus::Verb::session_close;
  command.agent = signed_in.agent;
  command.session = signed_in.session;
  const auto answer = co_await edge_.request(std::move(command), settings_->request_patience);
  if (const auto* retry = std::get_if<bus::Retry>(&answer)) co_return later(std::chrono::milliseconds{retry->after_ms});
  closed(signed_in.session);
  co_return response;
}

asio::awaitable<http::Response> Login::session(const http::Request& request) {
  auto who = co_await identify(request);
  if (auto* refusal = std::get_if<http::Response>(&who)) co_return std::move(*refusal);
  const auto& signed_in = std::get<SignedIn>(who);
  auto response = http::json_response(
      200, json::serialize(json::object{{"agent", signed_in.agent.str()}, {"until", signed_in.until.ms}}));
  response.headers.emplace_back("Cache-Control", "no-store");
  co_return response;
}

// The cookie is TOKEN.AGENT.
asio::awaitable<std::variant<SignedIn, http::Response>> Login::identify(const http::Request& request) {
  const std::string value = request.cookie(cookie_name());
  const auto dot = value.find('.');
  if (dot == std::string::npos || !token_ok(value.substr(0, dot))) co_return not_signed_in();
  const auto* account = find_agent(*settings_, value.substr(dot + 1));
  if (account == nullptr || account->disabled) co_return not_signed_in();
  const auto token = value.substr(0, dot);
  const auto agent = account->agent;
  const auto hash = hash_of(token, *account);
  bus::Ask question;
  question.what = bus::What::session;
  question.session = hash;
  const auto answer = co_await edge_.request(std::move(question), settings_->request_patience);
  if (const auto* retry = std::get_if<bus::Retry>(&answer)) co_return later(std::chrono::milliseconds{retry->after_ms});
  const auto* ack = std::get_if<bus::Ack>(&answer);
  const auto* held = ack == nullptr ? nullptr : ack->body.if_contains("agent");
  if (held == nullptr || !held->is_string() || held->get_string() != agent.str()) co_return not_signed_in();
  account = find_agent(*settings_, agent.str());  // the accounts may have been read again meanwhile
  if (account == nullptr || account->disabled || hash_of(token, *account) != hash) co_return not_signed_in();
  const auto* until = ack->body.if_contains("until");
  const auto end = until != nullptr && until->is_int64() ? Instant{until->get_int64()}
                                                         : clock_.wall() + Duration{settings_->session_life};
  co_return SignedIn{agent, hash, end, account->password};
}

}  // namespace fd::desk
