#include "channels/walkin/walkin.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "channels/http/pages.hpp"
#include "channels/walkin/device.hpp"
#include "channels/walkin/display.hpp"
#include "router/model/utf8.hpp"

namespace fd::walkin {
namespace asio = boost::asio;
namespace {

using Settled = std::variant<http::Upgrade, http::Refusal>;

http::Response no_page(const std::string& path) {
  return http::error_response(404, "no_page", "this daemon carries no page " + path);
}

std::string locale_of(const http::Request& request) {
  const auto at = request.query.find("lang");
  return at == request.query.end() ? "zh-CN" : std::string(cut_utf8(at->second, 35));
}

// With a short key anybody could sign; whoever wires us forgot it, and nothing must go on.
std::shared_ptr<const Settings> with_key(std::shared_ptr<const Settings> settings) {
  if (settings->ticket_key.size() < 32) throw std::invalid_argument("walkin: ticket_key has fewer than 32 bytes");
  return settings;
}

// Holds the display: a member coroutine that has not started holds nothing.
asio::awaitable<void> show(std::shared_ptr<Display> display) { co_await display->run(); }

bool offers(std::string_view list, std::string_view wanted) {
  const auto at = list.find(wanted);
  if (at == std::string_view::npos) return false;
  const auto end = at + wanted.size();
  const bool begins = at == 0 || list[at - 1] == ' ' || list[at - 1] == ',';
  return begins && (end == list.size() || list[end] == ' ' || list[end] == ',');
}

}  // namespace

Walkin::Walkin(asio::io_context& io, bus::EdgePort& edge, const Clock& clock, std::shared_ptr<const Settings> settings)
    : io_(io), edge_(edge), settings_(with_key(std::move(settings))), tickets_(edge, clock, settings_) {}

void Walkin::set_settings(std::shared_ptr<const Settings> settings) {
  settings_ = with_key(std::move(settings));
  tickets_.set_settings(settings_);
}

void Walkin::add_routes(http::Routes& routes) {
  add_tickets(routes);
  http::SocketRoute socket;
  socket.handshake = [this](const http::Request& request) -> asio::awaitable<Settled> { co_return judge(request); };
  socket.session = [this](const http::Request& request, const std::any& /*context*/,
                          std::shared_ptr<http::Socket> open) {
    return show(std::make_shared<Display>(io_, edge_, settings_, locale_of(request), std::move(open)));
  };
  socket.handshake_time_max = settings_->sockets.handshake_time_max;
  routes.add_socket("/v1/walkin/display", std::move(socket));
  add_pages(routes);
}

void Walkin::add_tickets(http::Routes& routes) {
  using Wait = asio::awaitable<http::Response>;
  routes.add("GET", "/v1/walkin/services", [this](const http::Request& r) -> Wait { return tickets_.services(r); });
  routes.add("POST", "/v1/walkin/tickets", [this](const http::Request& r) -> Wait { return tickets_.issue(r); });
  routes.add("GET", "/v1/walkin/tickets/{token}", [this](const http::Request& r) -> Wait { return tickets_.look(r); });
  routes.add("POST", "/v1/walkin/tickets/{token}/cancel",
             [this](const http::Request& r) -> Wait { return tickets_.cancel(r); });
  routes.add("GET", "/t/{token}/qr.svg", [this](const http::Request& r) -> Wait { co_return tickets_.qr(r); });
}

void Walkin::add_pages(http::Routes& routes) {
  using Wait = asio::awaitable<http::Response>;
  for (const std::string folder : {"/kiosk/", "/display/"}) {
    const auto page = [this, folder](const http::Request& r) -> Wait { co_return device_page(r, folder); };
    routes.add("GET", folder, page);
    routes.add("GET", folder + "*", page);
  }
  routes.add("GET", "/t/{token}", [this](const http::Request& r) -> Wait { co_return ticket_page(r); });
}

// A foreign page could open the socket with our cookie: SameSite keeps the cookie from it, and its Origin betrays it.
Settled Walkin::judge(const http::Request& request) const {
  if (draining_) {
    auto later = http::error_response(503, "restart", "this server is about to restart; connect again");
    later.headers.emplace_back("Retry-After", "1");
    return http::Refusal{std::move(later)};
  }
  if (device_of(*settings_, request).empty()) return http::Refusal{no_device()};
  const std::string origin(request.header("origin"));
  const auto scheme = origin.find("://");
  const bool ours = scheme != std::string::npos && origin.substr(scheme + 3) == request.header("host");
  if (!origin.empty() && !ours)
    return http::Refusal{http::error_response(403, "origin_refused",
                                              "a call display opens its socket from our own page /display/ only")};
  http::Upgrade upgrade;
  upgrade.limits = settings_->sockets;
  const auto wanted = request.header("sec-websocket-protocol");
  if (offers(wanted, display_subprotocol))
    upgrade.subprotocol = display_subprotocol;
  else if (!wanted.empty())
    return http::Refusal{http::error_response(
        400, "no_subprotocol", "ask for the subprotocol " + std::string(display_subprotocol) + ", or for none")};
  return upgrade;
}

http::Response Walkin::device_page(const http::Request& request, const std::string& folder) const {
  const bool front = request.path == folder || request.path + "/" == folder;
  const auto path = front ? folder + "index.html" : request.path;
  const auto* page = http::find_page(path);
  if (!page) return no_page(path);
  auto response = http::serve(*page, request);
  if (auto cookie = device_cookie(*settings_, request); front && !cookie.empty())
    response.headers.emplace_back("Set-Cookie", std::move(cookie));
  return response;
}

// A wrong link gets the page all the same, which says in words that there is no such ticket.
http::Response Walkin::ticket_page(const http::Request& request) const {
  if (const auto* part = http::find_page(request.path)) return http::serve(*part, request);
  const auto* page = http::find_page("/t/index.html");
  if (!page) return no_page("/t/index.html");
  auto response = http::serve(*page, request);
  if (response.status == 200 && !tickets_.holds(request.params.at("token"))) response.status = 404;
  return response;
}

// Requests and displays are driven by the listener; nothing stands by itself.
asio::awaitable<void> Walkin::run() { co_return; }

asio::awaitable<void> Walkin::drain(std::chrono::milliseconds wait) {
  draining_ = true;
  tickets_.stop_issuing();
  if (tickets_.issuing() == 0) co_return;
  asio::steady_timer limit(io_, wait);
  tickets_.when_quiet([&limit] { limit.cancel(); });
  co_await limit.async_wait(asio::as_tuple(asio::use_awaitable));
  tickets_.when_quiet(nullptr);
}

}  // namespace fd::walkin
