#include "daemon/desk/desk.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "channels/http/pages.hpp"

namespace fd::desk {
namespace asio = boost::asio;
namespace {

bool offers_subprotocol(std::string_view header) {
  while (!header.empty()) {
    const auto comma = std::min(header.find(','), header.size());
    auto word = header.substr(0, comma);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    if (word == subprotocol) return true;
    header.remove_prefix(std::min(comma + 1, header.size()));
  }
  return false;
}

// An address of the desk without an extension is a face of the same page unless it has a page of its own.
const http::Page* page_for(const std::string& path) {
  if (const auto* exact = http::find_page(path)) return exact;
  if (path == "/desk/") return http::find_page("/desk/index.html");
  if (path != "/desk/wall") return nullptr;
  for (const auto* name : {"/desk/wall.html", "/desk/wall/index.html", "/desk/index.html"})
    if (const auto* page = http::find_page(name)) return page;
  return nullptr;
}

asio::awaitable<http::Response> answer_page(const http::Request& request) {
  const auto* page = page_for(request.path);
  if (page == nullptr) co_return http::error_response(404, "not_found", "no page " + request.path);
  co_return http::serve(*page, request);
}

asio::awaitable<http::Response> to_desk(const http::Request&) {
  http::Response response;
  response.status = 308;
  response.type = "text/plain; charset=utf-8";
  response.headers.emplace_back("Location", "/desk/");
  co_return response;
}

}  // namespace

Desk::Desk(Settings settings, bus::EdgePort& edge, const Clock& clock, Verify verify,
           std::function<void(std::string_view)> report)
    : settings_(std::make_shared<const Settings>(std::move(settings))),
      ports_{edge, clock, std::move(report)},
      login_(settings_, edge, clock, std::move(verify)) {}

void Desk::mount(http::Routes& routes) {
  routes.add("POST", "/desk/login", [this](const http::Request& r) { return login_.sign_in(r); });
  routes.add("POST", "/desk/logout", [this](const http::Request& r) {
    return login_.sign_out(r, [this](const SessionHash& hash) { close_session(hash); });
  });
  routes.add("GET", "/desk/session", [this](const http::Request& r) { return login_.session(r); });
  routes.add("GET", "/desk", to_desk);
  routes.add("GET", "/desk/", answer_page);
  routes.add("GET", "/desk/*", answer_page);
  routes.add_socket("/desk", {[this](const http::Request& r) { return handshake(r); },
                              [this](http::Request, std::any who, std::shared_ptr<http::Socket> socket) {
                                return serve(std::any_cast<SignedIn>(std::move(who)), std::move(socket));
                              },
                              settings_->sockets.handshake_time_max});
}

asio::awaitable<std::variant<http::Upgrade, http::Refusal>> Desk::handshake(const http::Request& request) {
  if (!own_origin(request, *settings_))
    co_return http::Refusal{http::error_response(403, "forbidden_origin", "only the desk's own page may connect")};
  if (!offers_subprotocol(request.header("sec-websocket-protocol")))
    co_return http::Refusal{http::error_response(400, "bad_subprotocol", "offer the subprotocol frontdesk.desk.v1")};
  auto who = co_await login_.identify(request);
  if (auto* refusal = std::get_if<http::Response>(&who)) co_return http::Refusal{std::move(*refusal)};
  co_return http::Upgrade{std::string(subprotocol), settings_->sockets, std::get<SignedIn>(std::move(who))};
}

asio::awaitable<void> Desk::serve(SignedIn who, std::shared_ptr<http::Socket> socket) {
  const auto executor = co_await asio::this_coro::executor;
  const auto session = std::make_shared<Session>(executor, ports_, settings_, std::move(who), std::move(socket));
  struct Guard {
    std::set<std::shared_ptr<Session>>& all;
    std::shared_ptr<Session> one;
    ~Guard() { all.erase(one); }
  };
  sessions_.insert(session);
  const Guard guard{sessions_, session};
  judge(*session);  // the accounts may have been read again since the handshake
  co_await session->run();
}

void Desk::set_settings(Settings settings) {
  settings_ = std::make_shared<const Settings>(std::move(settings));
  login_.set_settings(settings_);
  for (const auto& session : std::set(sessions_)) judge(*session);
}

void Desk::judge(Session& session) const {
  const auto& who = session.who();
  for (const auto& [no, account] : settings_->accounts) {
    if (account.agent != who.agent || account.disabled) continue;
    if (account.password != who.password) session.end_sign_in("the password was changed");
    return;
  }
  session.disable("the account was disabled");
}

void Desk::close_session(const SessionHash& hash) {
  for (const auto& session : std::set(sessions_))
    if (session->who().session == hash) session->end_sign_in("signed out");
}

}  // namespace fd::desk
