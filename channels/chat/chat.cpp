#include "channels/chat/chat.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "channels/chat/form.hpp"
#include "channels/chat/origin.hpp"
#include "channels/http/pages.hpp"

namespace fd::chat {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

const Website* find(const Settings& settings, const std::string& token) {
  const auto at = settings.websites.find(token);
  return at == settings.websites.end() ? nullptr : &at->second;
}

const Website* asked_for(const Settings& settings, const http::Request& request) {
  const auto w = request.query.find("w");
  return w == request.query.end() ? nullptr : find(settings, w->second);
}

std::string own(const Settings& settings, const http::Request& request) {
  return own_origin(settings.public_url, request.header("host"), request.secure);
}

bool offers(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto one = list.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one == wanted) return true;
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

// The first of a comma list that the widget has words in ("zh-Hans-CN,en_GB"), else English; none for no list.
std::string spoken(std::string_view wanted) {
  if (wanted.empty()) return {};
  while (!wanted.empty()) {
    const auto comma = wanted.find(',');
    const auto one = wanted.substr(0, comma);
    std::string primary;
    for (const char c : one.substr(0, one.find_first_of("-_"))) primary += static_cast<char>(c | 0x20);  // lower case
    if (primary == "zh") return "zh-CN";
    if (primary == "en") return primary;
    wanted = comma == std::string_view::npos ? std::string_view() : wanted.substr(comma + 1);
  }
  return "en";
}

// In the language asked for, else in any there is; all of them by language when none is asked for.
json::value said(const std::map<std::string, std::string>& words, const std::string& language) {
  if (!language.empty()) {
    const auto in = words.find(language.substr(0, 2));
    return in != words.end() ? json::value(in->second) : json::value(words.empty() ? "" : words.begin()->second);
  }
  json::object out;
  for (const auto& [key, text] : words) out[key] = text;
  return out;
}

// Topics, or options of a list.
template <class Named>
json::array named(const std::vector<Named>& list, const std::string& language) {
  json::array out;
  for (const auto& item : list) {
    json::object one;
    one["id"] = item.id;
    one["name"] = said(item.name, language);
    out.push_back(std::move(one));
  }
  return out;
}

json::array prechat(const Website& website, const std::string& language) {
  json::array out;
  for (const auto& question : website.prechat) {
    json::object one;
    one["key"] = question.key;
    one["type"] = word(question.type);
    one["label"] = said(question.label, language);
    one["required"] = question.required;
    if (const auto form = pattern(question.type); !form.empty()) {
      one["pattern"] = form;
      one["mode"] = question.type == Answer::phone ? "tel" : "email";
    }
    if (question.type == Answer::list) one["options"] = named(question.options, language);
    out.push_back(std::move(one));
  }
  return out;
}

json::object public_settings(const Settings& settings, const Website& website, const std::string& language) {
  json::object out;
  out["v"] = version;
  out["name"] = said(website.name, language);
  out["greeting"] = said(website.greeting, language);
  out["topics"] = named(website.topics, language);
  if (const auto& consent = website.consent; !consent.version.empty()) {
    json::object line;
    line["version"] = consent.version;
    line["text"] = said(consent.text, language);
    if (!consent.url.empty()) line["url"] = consent.url;
    out["consent"] = std::move(line);
  }
  if (!website.prechat.empty()) out["prechat"] = prechat(website, language);
  if (!website.phone.empty()) out["phone"] = website.phone;
  if (!website.mail.empty()) out["mail"] = website.mail;
  json::object limits;
  limits["chars"] = settings.text_chars_max;
  limits["bytes"] = settings.sockets.message_bytes_max;
  out["limits"] = std::move(limits);
  // The widget carries no words and no style sheet of its own.
  const auto* words = http::find_page("/chat/words." + language + ".json");
  const auto* css = http::find_page("/chat/widget.css");
  if (words && css) {
    out["lang"] = language;
    out["words"] = json::parse(http::text_of(*words));
    out["css"] = http::text_of(*css);
  }
  return out;
}

// With a short key anybody could sign; whoever wires us forgot it, and nothing must go on.
std::shared_ptr<const Settings> with_key(std::shared_ptr<const Settings> settings) {
  if (settings->token_key.size() < 32) throw std::invalid_argument("chat: token_key has fewer than 32 bytes");
  return settings;
}

std::string not_listed(const Website& website, std::string_view origin) {
  const std::string site(origin.empty() ? "(no origin)" : origin.substr(0, 200));
  return "this site is not on the allow-list of website " + website.token + ": add " + site +
         " to chat.websites…origins";
}

http::Response no_website() {
  return http::error_response(404, "no_website",
                              "no website has this token; compare it with chat.websites in the configuration");
}

http::Response page_or_404(const std::string& path, const http::Request& request) {
  if (const auto* page = http::find_page(path)) return http::serve(*page, request);
  return http::error_response(404, "no_page", "this daemon carries no page " + path);
}

}  // namespace

Chat::Chat(asio::io_context& io, bus::EdgePort& edge, const Clock& clock, std::shared_ptr<const Settings> settings)
    : around_{io, edge, clock}, settings_(with_key(std::move(settings))) {}

void Chat::set_settings(std::shared_ptr<const Settings> settings) { settings_ = with_key(std::move(settings)); }

void Chat::add_routes(http::Routes& routes) {
  http::SocketRoute socket;
  socket.handshake = [this](const http::Request& request) { return handshake(request); };
  socket.session = [this](const http::Request&, const std::any& context, std::shared_ptr<http::Socket> open) {
    return Session::start(std::make_shared<Session>(around_, std::any_cast<Visit>(context), std::move(open)));
  };
  socket.handshake_time_max = settings_->sockets.handshake_time_max;
  routes.add_socket("/chat", std::move(socket));
  routes.add("GET", "/chat/settings", [this](const http::Request& request) -> asio::awaitable<http::Response> {
    co_return settings_for(request);
  });
  routes.add("GET", "/chat/{token}",
             [this](const http::Request& request) -> asio::awaitable<http::Response> { co_return page_for(request); });
  routes.add("GET", "/widget.js", [](const http::Request& request) -> asio::awaitable<http::Response> {
    co_return page_or_404(request.path, request);
  });
  const auto demo = [](const http::Request& request) -> asio::awaitable<http::Response> {
    const bool front = request.path == "/demo" || request.path == "/demo/";
    co_return page_or_404(front ? "/demo/index.html" : request.path, request);
  };
  routes.add("GET", "/demo/", demo);
  routes.add("GET", "/demo/*", demo);
}

// Sessions are driven by the listener; nothing stands by itself.
asio::awaitable<void> Chat::run() { co_return; }

asio::awaitable<void> Chat::drain(std::chrono::milliseconds wait) {
  around_.draining = true;
  if (around_.unanswered == 0) co_return;
  around_.quiet.expires_after(wait);
  co_await around_.quiet.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<std::variant<http::Upgrade, http::Refusal>> Chat::handshake(const http::Request& request) {
  co_return judge(request);
}

std::variant<http::Upgrade, http::Refusal> Chat::judge(const http::Request& request) const {
  if (around_.draining) {
    auto later = http::error_response(503, "restart", "this server is about to restart; connect again");
    later.headers.emplace_back("Retry-After", "1");
    return http::Refusal{std::move(later)};
  }
  const auto* website = asked_for(*settings_, request);
  if (!website) return http::Refusal{no_website()};
  if (!offers(request.header("sec-websocket-protocol"), subprotocol))
    return http::Refusal{http::error_response(
        400, "no_subprotocol", "ask for the subprotocol " + std::string(subprotocol) + "; it is the only one here")};
  const std::string origin(request.header("origin"));
  const auto door = door_for(*website, origin, own(*settings_, request));
  if (door == Door::shut)
    return http::Refusal{http::error_response(403, "origin_refused", not_listed(*website, origin))};
  http::Upgrade upgrade;
  upgrade.subprotocol = subprotocol;
  upgrade.limits = settings_->sockets;
  upgrade.limits.message_bytes_max += form_bytes(*website);
  upgrade.context = Visit{settings_, website, door == Door::needs_identity};
  return upgrade;
}

// Any origin may read it: a refused upgrade is invisible to a script, so this is where a page learns why.
http::Response Chat::settings_for(const http::Request& request) const {
  auto response = no_website();
  if (const auto* website = asked_for(*settings_, request)) {
    const auto origin = request.header("origin");
    // A page of our own origin sends no Origin with a plain GET.
    const auto door = origin.empty() ? Door::open : door_for(*website, origin, own(*settings_, request));
    const auto wanted = request.query.find("l");
    auto body = public_settings(*settings_, *website, wanted == request.query.end() ? "" : spoken(wanted->second));
    body["allowed"] = door != Door::shut;
    if (door == Door::shut) body["error"] = {{"code", "origin_refused"}, {"message", not_listed(*website, origin)}};
    body["needs_identity"] = door == Door::needs_identity;
    response = http::json_response(200, json::serialize(body));
    response.headers.emplace_back("Cache-Control", "private, max-age=60");
  }
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  response.headers.emplace_back("Vary", "Origin");
  return response;
}

http::Response Chat::page_for(const http::Request& request) const {
  const auto* website = find(*settings_, request.params.at("token"));
  if (!website) return no_website();
  auto response = page_or_404("/chat/index.html", request);
  for (auto& [header, value] : response.headers)
    if (header == "Content-Security-Policy") value = allow_framing(value, *website);
  return response;
}

}  // namespace fd::chat
