#include "channels/http/websocket.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <list>

#include "channels/http/fault.hpp"
#include "channels/http/request.hpp"

namespace fd::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = boost::beast::websocket;
using namespace std::string_literals;
using boost::system::error_code;

constexpr std::size_t chunk_bytes = 4096;
constexpr std::chrono::milliseconds linger_time_max{1000};
constexpr std::string_view slow_down = R"({"type":"slow_down","retry_ms":1000,"reason":"busy"})";
constexpr std::size_t close_reason_bytes_max = 123;  // RFC 6455 §5.5: a control frame carries 125 bytes

// RFC 6455 §7.4: what an endpoint may put on the wire.
std::uint16_t sendable(std::uint16_t code) {
  const bool reserved = code < 1000 || code == 1004 || code == 1005 || code == 1006 || (code > 1014 && code < 3000);
  return reserved || code > 4999 ? 1000 : code;
}

std::string_view cut_reason(std::string_view reason) {
  if (reason.size() <= close_reason_bytes_max) return reason;
  std::size_t size = close_reason_bytes_max;
  while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xC0) == 0x80) --size;
  return reason.substr(0, size);
}

// Beast waits without limit for the peer to close TCP. We say that nothing more comes, let the session hear the end at
// once, and linger ourselves (finish()).
class EndingStream : public Stream {
 public:
  explicit EndingStream(Stream stream) : Stream{std::move(stream)} {}
  bool peer_closed = false;
  bool torn_down = false;
};

template <class Handler>
void async_teardown(beast::role_type, EndingStream& stream, Handler&& handler) {
  stream.torn_down = true;
  error_code ignored;  // it may be gone already
  stream.shutdown(Stream::shutdown_send, ignored);
  asio::post(stream.get_executor(), beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}

using Incoming = std::variant<std::string, Close>;

// An idle one holds: this object, Beast's stream (with its read buffer of 1.5 KiB), one pending read; and the frames of
// receive() and of the session, unless it is listened to. No timer, no buffer: the deadline is the listener's.
class WebSocket final : public Socket, public Peer, public std::enable_shared_from_this<WebSocket> {
 public:
  WebSocket(Seat seat, Stream stream, SocketLimits limits, const Routes::Found& route)
      : Peer{std::move(seat)}, limits_{limits}, route_{route}, stream_{EndingStream{std::move(stream)}} {}
  ~WebSocket() override { core().outboxes->remove(outbox_bytes_); }

  void accept(Request request, Upgrade upgrade);

  asio::awaitable<Incoming> receive() override;
  void listen(std::shared_ptr<Hearer> to) override;
  void send(std::string text) override;
  [[nodiscard]] std::size_t outbox_bytes() const override { return outbox_bytes_; }
  void when_drained(std::function<void()> then) override;
  void close(Close reason) override;

  void due() override;
  void restart(std::chrono::milliseconds retry) override;
  void cut() override;
  [[nodiscard]] std::size_t queued_bytes() const override { return state_ == State::open ? outbox_bytes_ : 0; }
  void shed() override { overflow(); }

 private:
  enum class State : std::uint8_t { opening, open, closing, close_sent, over };

  [[nodiscard]] asio::mutable_buffer room();
  [[nodiscard]] std::optional<Incoming> took(error_code error, std::size_t size);  // none: there is more of it
  void pass(std::optional<Incoming> in, std::shared_ptr<Hearer> to);
  void failed(const std::exception_ptr& thrown);
  void heard() { heard_ = Clock::now(); }
  void arm_next();
  void ping();
  std::size_t put(std::list<std::string>::iterator before, std::string text);
  void pump();
  void begin_close(Close reason);
  void start_close();
  void overflow();
  void finish();
  void linger();
  [[nodiscard]] std::list<std::string>::iterator unwritten();
  void drop_queued();
  [[nodiscard]] Close ended(error_code error);

  SocketLimits limits_;
  const Routes::Found& route_;
  ws::stream<EndingStream, false> stream_;
  std::list<std::string> outbox_;
  std::size_t outbox_bytes_ = 0;
  std::function<void()> drained_;
  Clock::time_point heard_;
  Clock::time_point pinged_;
  Close end_{0, {}};                      // why we end it; code 0: we do not
  std::chrono::milliseconds restart_{0};  // asked for during the handshake
  State state_ = State::opening;
  bool writing_ = false, pinging_ = false, listened_ = false;
  bool slowed_ = false;  // told to slow down since the outbox was empty
  std::string text_;     // of the message that is being read: its first `taken_` bytes, and room for more
  std::size_t taken_ = 0;
  std::unique_ptr<std::array<char, 1024>> sink_;  // while we linger
};

// The minimal request that Beast needs for its answer; ours has been checked already.
beast::http::request<beast::http::empty_body> handshake_of(const Request& request) {
  beast::http::request<beast::http::empty_body> message{beast::http::verb::get, "/", 11};
  const auto key = request.header("sec-websocket-key");
  message.set(beast::http::field::host, "frontdesk");
  message.set(beast::http::field::connection, "upgrade");
  message.set(beast::http::field::upgrade, "websocket");
  message.set(beast::http::field::sec_websocket_key, beast::string_view{key.data(), key.size()});
  message.set(beast::http::field::sec_websocket_version, "13");
  return message;
}

void WebSocket::accept(Request request, Upgrade upgrade) {
  stream_.read_message_max(limits_.message_bytes_max);
  stream_.auto_fragment(false);
  stream_.text(true);
  // Naming a protocol that was not offered makes a client fail the connection (RFC 6455 §4.1).
  const bool offered = list_has(request.header("sec-websocket-protocol"), upgrade.subprotocol);
  stream_.set_option(
      ws::stream_base::decorator([protocol = offered ? upgrade.subprotocol : ""s](ws::response_type& response) {
        if (!protocol.empty()) response.set(beast::http::field::sec_websocket_protocol, protocol);
        response.set(beast::http::field::server, "frontdesk");
      }));
  stream_.control_callback([this](ws::frame_type type, beast::string_view) {
    heard();
    stream_.next_layer().peer_closed = type == ws::frame_type::close;
  });
  arm_in(limits_.handshake_time_max);
  const auto message = std::make_shared<beast::http::request<beast::http::empty_body>>(handshake_of(request));
  stream_.async_accept(*message, [self = shared_from_this(), message, request = std::move(request),
                                  context = std::move(upgrade.context)](error_code error) mutable {
    if (error || self->state_ != State::opening) return self->finish();
    self->stream_.set_option(ws::stream_base::decorator([](ws::response_type&) {}));
    self->state_ = State::open;
    self->heard_ = self->pinged_ = Clock::now();
    self->arm_next();
    if (self->restart_.count() > 0) return self->restart(self->restart_);
    asio::co_spawn(self->core().loop, self->route_.socket->session(std::move(request), std::move(context), self),
                   [self](const std::exception_ptr& thrown) {
                     if (thrown) return self->failed(thrown);
                     if (!self->listened_) self->close({1000, {}});
                   });
  });
}

void WebSocket::failed(const std::exception_ptr& thrown) {
  if (state_ == State::open) log_fault("http.session.failed", route_.pattern, thrown);
  close({1011, "internal error"});
}

asio::awaitable<Incoming> WebSocket::receive() {
  const auto self = shared_from_this();
  for (;;) {
    const auto into = room();
    const auto [error, size] = co_await stream_.async_read_some(into, asio::as_tuple(asio::use_awaitable));
    if (auto in = took(error, size)) co_return std::move(*in);
  }
}

// The pending read alone keeps the hearer, which keeps the socket: were it a member, they would keep each other.
void WebSocket::listen(std::shared_ptr<Hearer> to) {
  listened_ = true;
  stream_.async_read_some(room(),
                          [self = shared_from_this(), to = std::move(to)](error_code error, std::size_t size) mutable {
                            self->pass(self->took(error, size), std::move(to));
                          });
}

void WebSocket::pass(std::optional<Incoming> in, std::shared_ptr<Hearer> to) {
  try {
    if (const auto* close = in ? std::get_if<Close>(&*in) : nullptr) return to->end(*close);
    if (in) to->hear(std::get<std::string>(std::move(*in)));
  } catch (...) {
    return failed(std::current_exception());
  }
  listen(std::move(to));
}

// A read waits for what a string holds without memory of its own; the size of the rest is known when it comes.
asio::mutable_buffer WebSocket::room() {
  text_.resize(taken_ == 0 ? text_.capacity() : taken_ + std::min(chunk_bytes, stream_.read_size_hint(chunk_bytes)));
  return {text_.data() + taken_, text_.size() - taken_};
}

std::optional<Incoming> WebSocket::took(error_code error, std::size_t size) {
  if (error) return ended(error);
  heard();
  if (!stream_.got_text()) {
    close({1003, "text only"});
    return end_;
  }
  taken_ += size;
  if (!stream_.is_message_done()) return std::nullopt;
  text_.resize(std::exchange(taken_, 0));
  return std::exchange(text_, {});
}

// While it lives: a ping when nothing was heard for ping_every, the end when nothing for dead_after.
void WebSocket::arm_next() {
  arm(std::min(std::max(heard_, pinged_) + limits_.ping_every, heard_ + limits_.dead_after));
}

void WebSocket::due() {
  if (state_ != State::open) return cut();
  const auto now = Clock::now();
  if (now - heard_ >= limits_.dead_after) {
    core().count_refusal("pong");
    end_ = {1006, "pong"};
    return cut();
  }
  if (now - std::max(heard_, pinged_) >= limits_.ping_every) ping();
  arm_next();
}

void WebSocket::ping() {
  pinged_ = Clock::now();
  if (pinging_) return;  // the last one still waits for a peer that does not read
  pinging_ = true;
  stream_.async_ping({}, [self = shared_from_this()](error_code) { self->pinging_ = false; });
}

void WebSocket::send(std::string text) {
  if (state_ != State::open) return;
  if (outbox_bytes_ + text.size() > limits_.outbox_bytes_max) return overflow();
  auto added = put(outbox_.end(), std::move(text));
  if (!slowed_ && outbox_bytes_ > limits_.outbox_bytes_max / 2) {
    slowed_ = true;
    added += put(unwritten(), std::string{slow_down});  // ahead of what is queued: it is no news when it comes last
  }
  pump();
  core().outboxes->add(added);
}

std::size_t WebSocket::put(std::list<std::string>::iterator before, std::string text) {
  const auto size = text.size();
  outbox_.insert(before, std::move(text));
  outbox_bytes_ += size;
  return size;
}

void WebSocket::when_drained(std::function<void()> then) {
  if (outbox_.empty()) return then();
  drained_ = std::move(then);
}

void WebSocket::pump() {
  if (writing_ || state_ == State::close_sent || state_ == State::over) return;
  if (outbox_.empty()) {
    if (state_ == State::closing) return start_close();
    slowed_ = false;
    if (const auto then = std::exchange(drained_, nullptr)) then();
    return;
  }
  writing_ = true;
  stream_.async_write(asio::buffer(outbox_.front()), [self = shared_from_this()](error_code error, std::size_t) {
    self->writing_ = false;
    const auto size = self->outbox_.front().size();
    self->outbox_.pop_front();
    self->outbox_bytes_ -= size;
    self->core().outboxes->remove(size);
    if (error) return self->cut();
    self->pump();
  });
}

// A peer that does not read gets no more than it holds already, and is told why; what we could not send is made good at
// its return.
void WebSocket::overflow() {
  if (state_ != State::open) return;
  core().count_refusal("outbox_bytes");
  drop_queued();
  begin_close({1013, "too slow"});
  core().outboxes->add(put(outbox_.end(), std::string{slow_down}));
  pump();
}

std::list<std::string>::iterator WebSocket::unwritten() {
  return writing_ ? std::next(outbox_.begin()) : outbox_.begin();
}

void WebSocket::drop_queued() {
  for (auto at = unwritten(); at != outbox_.end(); at = outbox_.erase(at)) {
    outbox_bytes_ -= at->size();
    core().outboxes->remove(at->size());
  }
}

void WebSocket::close(Close reason) {
  if (state_ != State::open) return;
  begin_close(std::move(reason));
  pump();
}

void WebSocket::begin_close(Close reason) {
  state_ = State::closing;
  end_ = std::move(reason);
  drained_ = nullptr;
  arm_in(core().limits.close_time_max);
}

void WebSocket::start_close() {
  state_ = State::close_sent;
  const auto text = cut_reason(end_.reason);
  const ws::close_reason reason{static_cast<ws::close_code>(sendable(end_.code)),
                                beast::string_view{text.data(), text.size()}};
  stream_.async_close(reason, [self = shared_from_this()](error_code error) {
    if (!error) self->stream_.next_layer().peer_closed = true;  // its close frame was read
    self->finish();
  });
}

void WebSocket::restart(std::chrono::milliseconds retry) {
  if (state_ == State::opening) {  // the peer may hold the 101 already: it gets the frame when we know so
    restart_ = retry;
    return;
  }
  send(R"({"type":"restart","retry_ms":)" + std::to_string(retry.count()) + "}");
  close({1012, "restart"});
}

void WebSocket::cut() {
  if (state_ == State::open && end_.code == 0) end_ = {1006, "lost"};
  state_ = State::over;
  drained_ = nullptr;
  disarm();
  error_code ignored;  // there is nobody left to tell
  stream_.next_layer().close(ignored);
}

// Closing over unread bytes makes the kernel send RST, and the peer may never read why we close.
void WebSocket::finish() {
  const auto& stream = stream_.next_layer();
  if (!stream.torn_down || stream.peer_closed) return cut();
  if (sink_) return;
  sink_ = std::make_unique<std::array<char, 1024>>();
  state_ = State::over;
  arm_in(linger_time_max);
  linger();
}

void WebSocket::linger() {
  stream_.next_layer().async_read_some(asio::buffer(*sink_),
                                       [self = shared_from_this()](error_code error, std::size_t) {
                                         if (error) return self->cut();
                                         self->linger();
                                       });
}

Close WebSocket::ended(error_code error) {
  if (end_.code == 0) {
    if (error == ws::error::closed) {
      const auto& reason = stream_.reason();
      const auto code = static_cast<std::uint16_t>(reason.code);
      end_ = {code == 0 ? std::uint16_t{1005} : code, std::string{reason.reason.data(), reason.reason.size()}};
    } else if (error == ws::error::message_too_big || error == ws::error::buffer_overflow) {
      core().count_refusal("message_bytes");
      end_ = {1009, "too big"};
    } else if (error == ws::error::bad_frame_payload) {
      end_ = {1007, "not UTF-8"};
    } else if (error == ws::condition::protocol_violation) {
      end_ = {1002, "protocol"};
    } else {
      end_ = {1006, "lost"};
    }
  }
  finish();
  return end_;
}

}  // namespace

void start_socket(Seat seat, Stream stream, Request request, Upgrade upgrade, const Routes::Found& route) {
  const auto socket = std::make_shared<WebSocket>(std::move(seat), std::move(stream), upgrade.limits, route);
  socket->accept(std::move(request), std::move(upgrade));
}

}  // namespace fd::http
