#include "channels/http/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "channels/http/fault.hpp"
#include "channels/http/refusal.hpp"
#include "channels/http/reply.hpp"
#include "channels/http/request.hpp"
#include "channels/http/routes.hpp"
#include "channels/http/websocket.hpp"

namespace fd::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Parser = beast::http::request_parser<beast::http::string_body>;

constexpr std::size_t read_bytes = 4096;
constexpr std::size_t linger_bytes_max = 256 * 1024;
constexpr std::chrono::milliseconds linger_time_max{1000};
constexpr auto tuple = asio::as_tuple(asio::use_awaitable);

class Connection final : public Peer, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Seat seat, Stream stream, Remote remote)
      : Peer{std::move(seat)},
        stream_{std::move(stream)},
        remote_{std::move(remote)},
        buffer_{core().limits.header_bytes_max + read_bytes} {}

  asio::awaitable<void> run();

  void due() override;
  void restart(std::chrono::milliseconds) override;
  void cut() override;

 private:
  enum class Phase { idle, header, body, handler, write };

  asio::awaitable<bool> exchange();
  asio::awaitable<bool> wait_for_bytes();
  asio::awaitable<bool> read_more();
  asio::awaitable<std::optional<BadRequest>> read_header(Parser&);
  asio::awaitable<std::optional<BadRequest>> read_body(Parser&, std::size_t bytes_max);
  asio::awaitable<Response> answer(const Request&, const Routes::Found*, const std::string& allow);
  asio::awaitable<void> upgrade(Request, const Routes::Found&);
  asio::awaitable<bool> write(const Response&, Framing);
  asio::awaitable<bool> refuse(const BadRequest&, bool head);
  asio::awaitable<void> linger();
  template <class Result>
  asio::awaitable<std::variant<Result, std::exception_ptr>> call(asio::awaitable<Result> work,
                                                                 std::chrono::milliseconds);
  BadRequest late(std::string_view what, std::string_view limit, std::chrono::milliseconds span) const;
  Response fault_response(const std::exception_ptr&, const std::string& pattern);

  Stream stream_;
  Remote remote_;
  beast::flat_buffer buffer_;
  asio::cancellation_signal stop_;
  std::size_t requests_ = 0;
  Phase phase_ = Phase::idle;
  bool timed_out_ = false;
  bool gone_ = false;     // the peer closed, or we cut
  bool closing_ = false;  // no further request is taken
};

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  while (co_await exchange()) ++requests_;
  disarm();
  cut();
}

void Connection::due() {
  timed_out_ = true;
  switch (phase_) {
    case Phase::idle:
    case Phase::write: cut(); break;
    case Phase::header:
    case Phase::body: {
      error_code ignored;  // a canceled read is seen by who awaits it
      stream_.cancel(ignored);
      break;
    }
    case Phase::handler: stop_.emit(asio::cancellation_type::terminal); break;
  }
}

void Connection::restart(std::chrono::milliseconds) {
  closing_ = true;
  if (phase_ == Phase::idle) cut();
}

void Connection::cut() {
  gone_ = true;
  error_code ignored;  // there is nobody left to tell
  stream_.close(ignored);
  stop_.emit(asio::cancellation_type::terminal);
}

// Idle connections hold no buffer: the wait needs none.
asio::awaitable<bool> Connection::wait_for_bytes() {
  timed_out_ = false;
  if (buffer_.size() > 0) {
    phase_ = Phase::header;
    arm_in(core().limits.header_time_max);
    co_return true;
  }
  buffer_.clear();
  buffer_.shrink_to_fit();
  phase_ = Phase::idle;
  if (closing_) co_return false;
  arm_in(requests_ == 0 ? core().limits.header_time_max : core().limits.keep_alive_idle);
  const auto [error] = co_await stream_.async_wait(Stream::wait_read, tuple);
  if (error || gone_ || closing_) co_return false;
  phase_ = Phase::header;
  // The first request's time runs from the connect: bytes do not buy any.
  if (requests_ > 0) arm_in(core().limits.header_time_max);
  co_return true;
}

asio::awaitable<bool> Connection::read_more() {
  const auto room = std::min(read_bytes, buffer_.max_size() - buffer_.size());
  if (room == 0) co_return false;
  const auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(room), tuple);
  if (error || gone_) {
    gone_ = gone_ || !timed_out_;
    co_return false;
  }
  buffer_.commit(size);
  co_return !timed_out_;
}

BadRequest Connection::late(std::string_view what, std::string_view limit, std::chrono::milliseconds span) const {
  return {408, "too_slow", std::string{what} + " took longer than " + std::to_string(span.count()) + " ms in total",
          limit};
}

asio::awaitable<std::optional<BadRequest>> Connection::read_header(Parser& parser) {
  const auto& limits = core().limits;
  parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
  parser.body_limit(boost::none);  // known when the route is
  while (true) {
    if (buffer_.size() > 0) {
      error_code error;
      if (!parser.got_some()) buffer_.consume(skip_blank_lines(buffer_.cdata()));
      if (buffer_.size() > 0) buffer_.consume(parser.put(buffer_.cdata(), error));
      if (parser.is_header_done()) co_return std::nullopt;
      if (error && error != beast::http::error::need_more)
        co_return bad_request_of(static_cast<beast::http::error>(error.value()));
    }
    if (co_await read_more()) continue;
    if (timed_out_) co_return late("the header", "header_time", limits.header_time_max);
    if (gone_) co_return std::nullopt;
    co_return bad_request_of(beast::http::error::header_limit);
  }
}

asio::awaitable<std::optional<BadRequest>> Connection::read_body(Parser& parser, std::size_t bytes_max) {
  const auto& limits = core().limits;
  const BadRequest too_large{413, "body_too_large",
                             "the body is larger than " + std::to_string(bytes_max) + " bytes (limit body_bytes)",
                             "body_bytes"};
  const auto length = parser.content_length();
  if (length && *length > bytes_max) co_return too_large;
  if (parser.is_done()) co_return std::nullopt;
  parser.body_limit(bytes_max);
  parser.eager(true);
  phase_ = Phase::body;
  const auto begin = Clock::now();
  std::uint64_t taken = 0;
  const auto earn = [&] {  // bytes buy time, up to the total
    auto span = limits.body_time_max;
    if (limits.body_rate_min > 0)
      span = std::min(span, limits.body_rate_after + std::chrono::milliseconds{taken * 1000 / limits.body_rate_min});
    arm(begin + span);
  };
  earn();
  if (wants_continue(parser.get())) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto [error, size] = co_await asio::async_write(stream_, asio::buffer(go_on), tuple);
    gone_ = gone_ || error || size != go_on.size();
  }
  while (!gone_ && !timed_out_) {
    if (buffer_.size() > 0) {
      error_code error;
      const auto used = parser.put(buffer_.cdata(), error);
      buffer_.consume(used);
      taken += used;
      if (error == beast::http::error::body_limit) co_return too_large;
      if (error && error != beast::http::error::need_more)
        co_return bad_request_of(static_cast<beast::http::error>(error.value()));
      if (parser.is_done()) co_return std::nullopt;
      earn();
    }
    if (!co_await read_more() && !gone_ && !timed_out_) co_return bad_request_of(beast::http::error::header_limit);
  }
  if (!timed_out_) co_return std::nullopt;
  if (Clock::now() - begin >= limits.body_time_max) co_return late("the body", "body_time", limits.body_time_max);
  co_return BadRequest{408, "too_slow",
                       "the body came slower than " + std::to_string(limits.body_rate_min) + " bytes a second",
                       "body_rate"};
}

asio::awaitable<bool> Connection::exchange() {
  if (!co_await wait_for_bytes()) co_return false;
  const auto parser = std::make_unique<Parser>();
  auto bad = co_await read_header(*parser);
  if (gone_) co_return false;
  Request request;
  std::string target;
  if (!bad) bad = take_request(parser->get(), core().limits, request, target);
  const bool head = request.method == "HEAD";
  if (bad) co_return co_await refuse(*bad, head);
  request.remote = remote_.text;
  if (!remote_.address || core().trusted.contains(*remote_.address))
    request.remote = forwarded_client(request.header("x-forwarded-for"), core().trusted).value_or(remote_.text);

  std::string allow;
  if (const auto* socket = core().routes->find("SOCKET", target, request.params, allow);
      socket != nullptr && asks_for_socket(request)) {
    if (!parser->is_done() || buffer_.size() > 0) {
      const BadRequest early{400, "early_bytes", "nothing may follow an upgrade before it is answered"};
      co_return co_await refuse(early, head);
    }
    co_await upgrade(std::move(request), *socket);
    co_return false;
  }
  const auto* found = core().routes->find(request.method, target, request.params, allow);
  bad = co_await read_body(
      *parser, found != nullptr && found->body_bytes_max ? *found->body_bytes_max : core().limits.body_bytes_max);
  if (gone_) co_return false;
  if (bad) co_return co_await refuse(*bad, head);
  request.body = std::move(parser->get().body());
  const auto response = co_await answer(request, found, allow);
  const bool keep = parser->get().keep_alive() && requests_ + 1 < core().limits.keep_alive_requests_max && !closing_;
  const Framing framing{keep, head};
  if (!co_await write(response, framing)) co_return false;
  if (!keep) co_await linger();
  co_return keep;
}

// Runs a handler under a deadline. It is canceled at its next wait, and what it throws is a value here.
template <class Result>
asio::awaitable<std::variant<Result, std::exception_ptr>> Connection::call(asio::awaitable<Result> work,
                                                                           std::chrono::milliseconds span) {
  phase_ = Phase::handler;
  arm_in(span);
  auto [thrown, result] =
      co_await asio::co_spawn(core().loop, std::move(work), asio::bind_cancellation_slot(stop_.slot(), tuple));
  disarm();
  if (thrown) co_return thrown;
  co_return std::move(result);
}

Response Connection::fault_response(const std::exception_ptr& thrown, const std::string& pattern) {
  if (timed_out_) {
    core().count_refusal("handler_time");
    auto response = error_response(503, "no_answer_in_time",
                                   "no answer in time; it may have been kept: repeat it with the same key");
    response.headers.emplace_back("Retry-After", "1");
    return response;
  }
  if (!gone_) log_fault("http.handler.failed", pattern, thrown);
  return error_response(500, "internal", "the request failed inside; the log of the daemon says why");
}

asio::awaitable<Response> Connection::answer(const Request& request, const Routes::Found* found,
                                             const std::string& allow) {
  if (found == nullptr) {
    if (allow.empty()) co_return error_response(404, "not_found", "nothing is at this address");
    const bool socket_only = allow == "GET" && request.method == "GET";
    auto response = socket_only ? error_response(426, "upgrade_required", "this address is a WebSocket")
                                : error_response(405, "method_not_allowed", "this address takes " + allow);
    response.headers.emplace_back("Allow", allow);
    if (socket_only) response.headers.emplace_back("Upgrade", "websocket");
    co_return response;
  }
  std::exception_ptr thrown;
  try {
    auto outcome = co_await call(found->handler(request), core().limits.handler_time_max);
    if (auto* response = std::get_if<Response>(&outcome)) co_return std::move(*response);
    thrown = std::get<std::exception_ptr>(outcome);
  } catch (...) {
    thrown = std::current_exception();  // a handler that is no coroutine throws before there is one
  }
  co_return fault_response(thrown, found->pattern);
}

asio::awaitable<void> Connection::upgrade(Request request, const Routes::Found& found) {
  using Outcome = std::variant<Upgrade, Refusal>;
  const Framing last{false, false};
  if (auto bad = bad_upgrade(request)) {
    auto response = error_response(bad->status, bad->code, bad->text);
    if (bad->status == 426) response.headers.emplace_back("Sec-WebSocket-Version", "13");
    if (co_await write(response, last)) co_await linger();
    co_return;
  }
  std::optional<Outcome> outcome;
  std::exception_ptr thrown;
  try {
    auto done = co_await call(found.socket->handshake(request), found.socket->handshake_time_max);
    if (auto* value = std::get_if<Outcome>(&done))
      outcome = std::move(*value);
    else
      thrown = std::get<std::exception_ptr>(done);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (gone_) co_return;
  if (outcome && std::holds_alternative<Upgrade>(*outcome) && !closing_) {
    start_socket(take_seat(), std::move(stream_), std::move(request), std::get<Upgrade>(std::move(*outcome)), found);
    co_return;
  }
  Response response;
  if (!outcome)
    response = fault_response(thrown, found.pattern);
  else if (auto* refusal = std::get_if<Refusal>(&*outcome))
    response = std::move(refusal->response);
  else
    response = error_response(503, "restarting", "the daemon restarts; come again in a moment");
  if (co_await write(response, last)) co_await linger();
}

asio::awaitable<bool> Connection::write(const Response& response, Framing framing) {
  phase_ = Phase::write;
  timed_out_ = false;
  arm_in(core().limits.write_time_max);
  const auto head = head_of(response, framing);
  const std::array<asio::const_buffer, 2> parts{
      asio::buffer(head), has_body(response, framing) ? asio::buffer(response.body) : asio::const_buffer{}};
  const auto [error, size] = co_await asio::async_write(stream_, parts, tuple);
  static_cast<void>(size);
  if (timed_out_ && error) core().count_refusal("write_time");
  co_return !error && !gone_;
}

asio::awaitable<bool> Connection::refuse(const BadRequest& bad, bool head) {
  if (!bad.limit.empty()) core().count_refusal(bad.limit);
  const auto response = error_response(bad.status, bad.code, bad.text);
  const Framing framing{false, head};
  if (co_await write(response, framing)) co_await linger();
  co_return false;
}

// Closing over unread bytes makes the kernel send RST, and the peer may never see the answer (RFC 9112 §9.6).
asio::awaitable<void> Connection::linger() {
  error_code error;
  stream_.shutdown(Stream::shutdown_send, error);
  if (error) co_return;
  arm_in(linger_time_max);
  for (std::size_t total = buffer_.size(); total < linger_bytes_max;) {
    buffer_.clear();
    const auto [failed, size] = co_await stream_.async_read_some(buffer_.prepare(read_bytes), tuple);
    if (failed || gone_) break;
    total += size;
  }
}

}  // namespace

void start_connection(Seat seat, Stream stream, Remote remote) {
  const auto connection = std::make_shared<Connection>(std::move(seat), std::move(stream), std::move(remote));
  asio::co_spawn(connection->core().loop, connection->run(), [](const std::exception_ptr& thrown) {
    if (thrown) log_fault("http.connection.failed", "", thrown);
  });
}

}  // namespace fd::http
