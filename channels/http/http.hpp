#pragma once
// HTTP and WebSocket behind plain interfaces; the only headers of this module that others include. Beast stays in the
// .cpp files. Knows nothing of contacts. Limits and total timers: settings.hpp. Strand: the one io_context.
// Sources: RFC 9110, 9112 (HTTP), RFC 6455 (WebSocket).

#include <any>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "channels/http/settings.hpp"

namespace fd::http {

struct Request {
  std::string method;                          // GET, POST, …
  std::string path;                            // decoded, without query
  std::map<std::string, std::string> query;    // decoded; the first of a name counts
  std::map<std::string, std::string> headers;  // names in lower case
  std::map<std::string, std::string> params;   // {name} segments of the route's pattern
  std::string body;
  std::string remote;   // the client's address without port; "unix:UID" of a peer on a Unix socket
  bool secure = false;  // public_url is https (a proxy speaks TLS for us)
  [[nodiscard]] std::string_view header(std::string_view lower_name) const noexcept;
  [[nodiscard]] std::string cookie(std::string_view name) const;  // empty when absent
};

struct Response {
  unsigned status = 200;
  std::string type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};
[[nodiscard]] Response json_response(unsigned status, std::string body);
// {"error":{"code":…,"message":…}}; message says what, where, how to mend.
[[nodiscard]] Response error_response(unsigned status, std::string_view code, std::string_view message);

using Handler = std::function<boost::asio::awaitable<Response>(const Request&)>;

struct Close {
  std::uint16_t code = 1000;
  std::string reason;
};

// Who hears a socket. What a call throws ends the socket with 1011, and no other call follows.
class Hearer {
 public:
  virtual void hear(std::string text) = 0;
  virtual void end(const Close&) = 0;  // how it ended; the last call

 protected:
  ~Hearer() = default;
};

// One open WebSocket. Text frames only; a binary frame closes with 1003, invalid UTF-8 with 1007, too big with 1009.
class Socket {
 public:
  virtual ~Socket() = default;
  // The next text frame, or how it ended (peer closed, timed out without pong: code 1006 and reason "pong").
  virtual boost::asio::awaitable<std::variant<std::string, Close>> receive() = 0;
  // Instead of receive(), for sockets that come by the ten thousand: from now on `to` is called, and kept until its
  // end(). The session's coroutine may return at once; that no longer ends the socket.
  virtual void listen(std::shared_ptr<Hearer> to) = 0;
  // Queues a frame; never blocks. Above half of the outbox limit it tells the peer to slow down, above all of it it
  // closes with 1013 by itself.
  virtual void send(std::string text) = 0;
  [[nodiscard]] virtual std::size_t outbox_bytes() const = 0;
  // Calls `then` once: when nothing is queued any more, at once when nothing is. Of several the last counts.
  virtual void when_drained(std::function<void()> then) = 0;
  virtual void close(Close) = 0;  // after what is queued; receive() then ends
};

struct Refusal {
  Response response;
};
struct Upgrade {
  std::string subprotocol;  // said only when the client offered it
  SocketLimits limits;
  std::any context;
};  // context is handed to the session
// The request is the session's own to drop: its headers are memory that an idle session need not hold.
struct SocketRoute {
  std::function<boost::asio::awaitable<std::variant<Upgrade, Refusal>>(const Request&)> handshake;
  std::function<boost::asio::awaitable<void>(Request, std::any context, std::shared_ptr<Socket>)> session;
  std::chrono::milliseconds handshake_time_max = SocketLimits{}.handshake_time_max;  // for the handler above
};

// A table of routes of one listener. Patterns: "/v1/walkin/tickets/{token}/cancel"; a trailing "/*" matches the rest
// (param "*"). A literal segment wins over {name}, {name} over *. GET answers HEAD too. A path may have a GET handler
// and a socket: an upgrade goes to the socket. Adding the same method and pattern twice throws std::logic_error.
class Routes {
 public:
  void add(std::string_view method, std::string pattern, Handler);
  // With a body limit of its own instead of Limits::body_bytes_max (webhooks, uploads).
  void add(std::string_view method, std::string pattern, Handler, std::size_t body_bytes_max);
  void add_socket(std::string pattern, SocketRoute);
  struct Found;
  // `path` still percent-encoded, `params` decoded; method "SOCKET" looks for a socket. Null: `allow` names the methods
  // of this path (405), or is empty (404).
  [[nodiscard]] const Found* find(std::string_view method, std::string_view path,
                                  std::map<std::string, std::string>& params, std::string& allow) const;

 private:
  struct Entry;
  std::vector<std::shared_ptr<Entry>> entries_;
};

// One listening address (TCP "127.0.0.1:8080", "[::1]:0", or "unix:/path").
class Listener {
 public:
  virtual ~Listener() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual std::size_t connections() const = 0;
  virtual void stop_accepting() = 0;
  // Sends restart{retry_ms} + close 1012 to every WebSocket, waits for requests in flight (<= wait), then closes all.
  virtual boost::asio::awaitable<void> drain(std::chrono::milliseconds wait) = 0;
  // How often each limit refused, by its name: the values of refusals_total{limit}.
  [[nodiscard]] virtual std::map<std::string_view, std::uint64_t> refusals() const { return {}; }
};

struct ListenError {
  std::string text;
};  // names the address and errno, and how to mend it

// What the WebSockets of all listeners that share it have queued; above `bytes_max` the slowest reader of all is
// closed.
class Outboxes;
[[nodiscard]] std::shared_ptr<Outboxes> make_outboxes(std::size_t bytes_max);

// The listener must be destroyed before the io_context. Without `outboxes` it has its own, of outbox_total_bytes_max.
[[nodiscard]] std::variant<std::unique_ptr<Listener>, ListenError> listen(boost::asio::io_context&,
                                                                          const std::string& address,
                                                                          std::shared_ptr<const Routes>, Limits,
                                                                          std::shared_ptr<Outboxes> outboxes = {});

}  // namespace fd::http
