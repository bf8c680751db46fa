#include "router/store/redis/link.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <utility>
#include <variant>

namespace fd::store::redis {

namespace asio = boost::asio;
using boost::system::error_code;

template <class Handler>
struct Link::WaiterOf final : Link::Waiter {
  WaiterOf(Handler h, const asio::any_io_executor& fallback)
      : handler(std::move(h)), executor(asio::get_associated_executor(handler, fallback)), work(executor) {}
  void complete(Answer answer) override {
    // Posted, not called: who is resumed may ask again or let the link go, while it is in the middle of its replies.
    asio::post(executor, [h = std::move(handler), a = std::move(answer)]() mutable { std::move(h)(std::move(a)); });
  }
  Handler handler;
  asio::associated_executor_t<Handler, asio::any_io_executor> executor;
  asio::executor_work_guard<asio::associated_executor_t<Handler, asio::any_io_executor>> work;
};

Link::Link(Socket socket, Duration reply_deadline)
    : socket_(std::move(socket)), reply_deadline_(reply_deadline), timer_(socket_.get_executor()) {
  buffer_.resize(64 * 1024);
}

asio::awaitable<Answer> Link::ask(const Request& request) {
  auto self = shared_from_this();  // an answer may come after the last owner let go
  auto start = [&](auto handler) {
    using Handler = std::decay_t<decltype(handler)>;
    auto waiter = std::make_unique<WaiterOf<Handler>>(std::move(handler), socket_.get_executor());
    send(request, std::move(waiter));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Answer)>(start, asio::use_awaitable);
}

void Link::send(const Request& request, std::unique_ptr<Waiter> waiter) {
  if (!up()) {
    waiter->complete(Lost{lost_});
    return;
  }
  if (request.commands() == 0) {
    waiter->complete(Replies{});
    return;
  }
  outgoing_.append(request.bytes());
  owed_.push_back({request.commands(), {}, std::move(waiter), std::chrono::steady_clock::now()});
  owed_.back().got.reserve(request.commands());
  write();
  read();
  watch();
}

void Link::write() {
  if (is_writing_ || outgoing_.empty()) return;
  is_writing_ = true;
  writing_.swap(outgoing_);
  asio::async_write(socket_, asio::buffer(writing_), [self = shared_from_this()](error_code error, std::size_t) {
    self->is_writing_ = false;
    std::string().swap(self->writing_);  // nothing is kept of the largest batch there ever was
    if (error) return self->close("writing: " + error.message());
    if (self->up()) self->write();
  });
}

void Link::read() {
  if (is_reading_ || owed_.empty()) return;
  is_reading_ = true;
  socket_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](error_code error, std::size_t n) {
    self->is_reading_ = false;
    if (error) return self->close("reading: " + error.message());
    self->take(n);
  });
}

void Link::take(std::size_t bytes) {
  if (!up()) return;
  if (!reader_.feed(std::string_view(buffer_).substr(0, bytes), fresh_)) return close("protocol: " + reader_.error());
  for (auto& reply : fresh_) {
    if (owed_.empty()) return close("protocol: an answer to no question");
    auto& first = owed_.front();
    first.got.push_back(std::move(reply));
    if (first.got.size() < first.replies) continue;
    auto whole = std::move(first);
    owed_.pop_front();
    whole.waiter->complete(std::move(whole.got));
  }
  fresh_.clear();
  if (owed_.empty())
    timer_.cancel();
  else
    read();
}

// One timer for all: the oldest question decides.
void Link::watch() {
  if (is_watching_ || owed_.empty()) return;
  is_watching_ = true;
  timer_.expires_at(owed_.front().since + reply_deadline_);
  timer_.async_wait([self = shared_from_this()](error_code) {
    self->is_watching_ = false;
    if (!self->up() || self->owed_.empty()) return;
    if (self->owed_.front().since + self->reply_deadline_ > std::chrono::steady_clock::now()) return self->watch();
    self->close("no answer for " + std::to_string(self->reply_deadline_.count()) + " ms");
  });
}

void Link::close(const std::string& why) {
  if (!up()) return;
  lost_ = why.empty() ? "closed" : why;
  error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
  fresh_.clear();
  for (auto owed = std::exchange(owed_, {}); auto& one : owed) one.waiter->complete(Lost{lost_});
}

namespace {

struct Target {
  std::string host, port;
};
Target split(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) return {address, "6379"};
  auto host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return {std::move(host), address.substr(colon + 1)};
}

// Connected, or why not. The socket lives with the caller: the deadline may win while the connect is under way.
asio::awaitable<std::string> connect(Link::Socket& socket, const std::string& address) {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  if (address.find('/') != std::string::npos) {
    if (address.size() > 107) co_return "a socket path ends at 107 bytes";  // sun_path of sockaddr_un
    const asio::local::stream_protocol::endpoint endpoint(address);
    co_await socket.async_connect(Link::Socket::endpoint_type(endpoint), token);
    co_return error ? error.message() : std::string{};
  }
  const auto target = split(address);
  asio::ip::tcp::resolver resolver(socket.get_executor());
  const auto found = co_await resolver.async_resolve(target.host, target.port, token);
  if (error) co_return "resolving " + target.host + ": " + error.message();
  for (const auto& entry : found) {
    error_code ignored;
    if (socket.is_open()) socket.close(ignored);
    co_await socket.async_connect(Link::Socket::endpoint_type(entry.endpoint()), token);
    if (error) continue;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    co_return std::string{};
  }
  co_return error ? error.message() : "no address";
}

}  // namespace

asio::awaitable<boost::system::result<std::shared_ptr<Link>, Lost>> Link::dial(std::string address,
                                                                               Duration connect_deadline,
                                                                               Duration reply_deadline) {
  using asio::experimental::awaitable_operators::operator||;
  const auto executor = co_await asio::this_coro::executor;
  Socket socket(executor);
  asio::steady_timer deadline(executor);
  deadline.expires_after(connect_deadline);
  error_code timer_error;
  auto timer_token = asio::redirect_error(asio::use_awaitable, timer_error);
  auto first = co_await (connect(socket, address) || deadline.async_wait(timer_token));
  if (first.index() == 1)
    co_return Lost{address + ": not reached in " + std::to_string(connect_deadline.count()) + " ms"};
  if (auto why = std::get<0>(first); !why.empty()) co_return Lost{address + ": " + why};
  co_return std::make_shared<Link>(std::move(socket), reply_deadline);
}

}  // namespace fd::store::redis
