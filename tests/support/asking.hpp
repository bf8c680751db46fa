#pragma once
// Asks a table of routes as the listener would, without a socket.

#include <string>
#include <utility>
#include <variant>

#include "channels/http/http.hpp"
#include "channels/http/routes.hpp"
#include "tests/support/running.hpp"

namespace fd::test {

using Headers = std::map<std::string, std::string>;

// "/chat/settings?w=demo"; the query is taken as it is written.
inline http::Request request_for(std::string method, const std::string& target, Headers headers = {},
                                 std::string body = {}) {
  http::Request request;
  request.method = std::move(method);
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  for (auto at = mark; at != std::string::npos;) {
    const auto next = target.find('&', at + 1);
    const auto pair = target.substr(at + 1, next == std::string::npos ? next : next - at - 1);
    const auto equals = pair.find('=');
    request.query.emplace(pair.substr(0, equals), equals == std::string::npos ? "" : pair.substr(equals + 1));
    at = next;
  }
  request.headers = std::move(headers);
  request.body = std::move(body);
  return request;
}

inline http::Response ask(boost::asio::io_context& io, const http::Routes& routes, http::Request& request) {
  std::string allow;
  const auto* found = routes.find(request.method, request.path, request.params, allow);
  if (!found) return http::error_response(allow.empty() ? 404 : 405, "no_route", allow);
  return result_of(io, found->handler(request));
}

inline std::variant<http::Upgrade, http::Refusal> knock(boost::asio::io_context& io, const http::Routes& routes,
                                                        http::Request& request) {
  std::string allow;
  const auto* found = routes.find("SOCKET", request.path, request.params, allow);
  if (!found || !found->socket) return http::Refusal{http::error_response(404, "no_route", "no socket here")};
  return result_of(io, found->socket->handshake(request));
}

inline const http::SocketRoute& socket_at(const http::Routes& routes, const std::string& path) {
  std::map<std::string, std::string> params;
  std::string allow;
  return routes.find("SOCKET", path, params, allow)->socket.value();
}

inline std::string header_of(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

}  // namespace fd::test
