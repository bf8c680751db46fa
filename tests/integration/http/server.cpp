#include "server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

namespace fd::http::test {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> for_ever() {
  asio::steady_timer never{co_await asio::this_coro::executor, std::chrono::steady_clock::time_point::max()};
  co_await never.async_wait(asio::use_awaitable);
}

}  // namespace

Server::Server(Limits limits, SocketLimits sockets, std::string address) : sockets_{sockets} {
  const auto outboxes = make_outboxes(limits.outbox_total_bytes_max);
  const auto open = [&](const std::string& at) {
    auto made = listen(loop_, at, make_routes(), limits, outboxes);
    if (const auto* error = std::get_if<ListenError>(&made)) throw std::runtime_error{error->text};
    return std::move(std::get<std::unique_ptr<Listener>>(made));
  };
  listener_ = open(address);
  other_ = open("127.0.0.1:0");
  port_ = listener_->port();
  thread_ = std::thread{[this] { loop_.run(); }};
}

Server::~Server() {
  close_listener();
  on_loop([this] { other_.reset(); });
  release();
  work_.reset();
  thread_.join();
}

void Server::close_listener() {
  on_loop([this] { listener_.reset(); });
}

std::size_t Server::connections() {
  return on_loop([this] { return listener_->connections(); });
}

std::uint64_t Server::refused(std::string_view limit) {
  return on_loop([this, limit] {
    const auto counts = listener_->refusals();
    const auto found = counts.find(limit);
    return found == counts.end() ? 0 : found->second;
  });
}

void Server::release() {
  on_loop([this] { gate_.cancel(); });
}

std::size_t Server::waiting() {
  return on_loop([this] { return waiting_; });
}

std::string Server::take_last_close() {
  return on_loop([this] { return std::exchange(last_close_, std::string{}); });
}

std::future<void> Server::drain(std::chrono::milliseconds wait) {
  auto done = std::make_shared<std::promise<void>>();
  auto future = done->get_future();
  asio::co_spawn(loop_, listener_->drain(wait), [done](const std::exception_ptr& thrown) {
    if (thrown)
      done->set_exception(thrown);
    else
      done->set_value();
  });
  return future;
}

asio::awaitable<Response> Server::wait() {
  ++waiting_;
  const auto [error] = co_await gate_.async_wait(asio::as_tuple(asio::use_awaitable));
  static_cast<void>(error);
  --waiting_;
  co_return json_response(200, "\"released\"");
}

void Server::refill(const std::shared_ptr<Socket>& socket, int frames, int times) {
  if (times == 0) return socket->send("done");
  for (int left = frames; left > 0; --left) socket->send(std::string(1024, 'x'));
  socket->when_drained([socket, frames, times] { refill(socket, frames, times - 1); });
}

asio::awaitable<void> Server::session(std::shared_ptr<Socket> socket) {
  while (true) {
    const auto got = co_await socket->receive();
    if (const auto* close = std::get_if<Close>(&got)) {
      last_close_ = std::to_string(close->code) + " " + close->reason;
      co_return;
    }
    const auto& text = std::get<std::string>(got);
    if (text == "bye") co_return;
    reply(socket, text);
  }
}

void Server::reply(const std::shared_ptr<Socket>& socket, const std::string& text) {
  if (text == "crash") throw std::runtime_error{"session crashed on purpose"};
  if (text.starts_with("refill ")) {
    refill(socket, std::stoi(text.substr(7)), 5);
  } else if (text.starts_with("spill ")) {
    for (int left = std::stoi(text.substr(6)); left > 0; --left) socket->send(std::string(1024, 'x'));
  } else {
    socket->send(text);
  }
}

class Server::Listening final : public Hearer {
 public:
  Listening(Server& server, std::shared_ptr<Socket> socket) : server_{server}, socket_{std::move(socket)} {}
  void hear(std::string text) override {
    if (text == "bye") return socket_->close({});
    reply(socket_, text);
  }
  void end(const Close& close) override { server_.last_close_ = std::to_string(close.code) + " " + close.reason; }

 private:
  Server& server_;
  std::shared_ptr<Socket> socket_;
};

asio::awaitable<void> Server::listening(std::shared_ptr<Socket> socket) {
  socket->listen(std::make_shared<Listening>(*this, socket));
  co_return;
}

std::shared_ptr<Routes> Server::make_routes() {
  auto routes = std::make_shared<Routes>();
  routes->add("GET", "/hello",
              [](const Request&) -> asio::awaitable<Response> { co_return json_response(200, "\"hello\""); });
  const Handler echo = [](const Request& request) -> asio::awaitable<Response> {
    co_return json_response(200, request.body);
  };
  routes->add("POST", "/echo", echo);
  routes->add("POST", "/upload", echo, 1024 * 1024);
  routes->add("GET", "/throw", [](const Request&) -> asio::awaitable<Response> {
    throw std::runtime_error{"handler failed on purpose"};
    co_return Response{};
  });
  routes->add("GET", "/throw-early",
              [](const Request&) -> asio::awaitable<Response> { throw std::runtime_error{"failed on purpose"}; });
  routes->add("GET", "/never", [](const Request&) -> asio::awaitable<Response> {
    co_await for_ever();
    co_return Response{};
  });
  routes->add("GET", "/wait", [this](const Request&) { return wait(); });
  routes->add("GET", "/who", [](const Request& request) -> asio::awaitable<Response> {
    co_return json_response(200, request.remote + " " + std::string{request.header("x-list")} + " " +
                                     request.cookie("b") + " " + (request.secure ? "secure" : "plain"));
  });
  routes->add("GET", "/a/{b}/c", [](const Request& request) -> asio::awaitable<Response> {
    co_return json_response(200,
                            request.params.at("b") + "?" + (request.query.contains("q") ? request.query.at("q") : ""));
  });
  SocketRoute echo_socket;
  echo_socket.handshake = [this](const Request&) -> asio::awaitable<std::variant<Upgrade, Refusal>> {
    Upgrade upgrade{"frontdesk.test.v1", sockets_, {}};
    co_return upgrade;
  };
  echo_socket.session = [this](Request, std::any, std::shared_ptr<Socket> socket) {
    return listens ? listening(std::move(socket)) : session(std::move(socket));
  };
  SocketRoute refused = echo_socket;
  refused.handshake = [](const Request&) -> asio::awaitable<std::variant<Upgrade, Refusal>> {
    Refusal refusal{error_response(403, "origin", "this origin is not allowed")};
    co_return refusal;
  };
  SocketRoute slow = echo_socket;
  slow.handshake_time_max = sockets_.handshake_time_max;
  slow.handshake = [](const Request&) -> asio::awaitable<std::variant<Upgrade, Refusal>> {
    co_await for_ever();
    Upgrade upgrade;
    co_return upgrade;
  };
  SocketRoute silent = echo_socket;
  // Reads its capture after a wait: a route outlives the sessions it made.
  silent.session = [this, last = std::string(100, 'r')](Request, std::any,
                                                        std::shared_ptr<Socket> socket) -> asio::awaitable<void> {
    co_await wait();
    socket->send(last);
  };
  routes->add_socket("/socket", std::move(echo_socket));
  routes->add_socket("/refused", std::move(refused));
  routes->add_socket("/slow", std::move(slow));
  routes->add_socket("/silent", std::move(silent));
  return routes;
}

}  // namespace fd::http::test
