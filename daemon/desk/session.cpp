#include "daemon/desk/session.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "daemon/desk/frames.hpp"

namespace fd::desk {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr std::size_t early_max = 10'000;  // notices kept until the welcome is sent
constexpr std::size_t reads_max = 64;      // contacts with a read mark that waits; an agent has not as many
constexpr Duration typing_repeat{1'000};
constexpr Duration detach_total{60'000};
constexpr Duration retry_least{200}, retry_most{5'000};

std::string_view text_at(const json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v != nullptr && v->is_string() ? std::string_view(v->get_string()) : std::string_view();
}

Duration pause_of(const bus::Retry& retry) { return std::clamp(Duration{retry.after_ms}, retry_least, retry_most); }

}  // namespace

Session::Session(asio::any_io_executor executor, SessionPorts ports, std::shared_ptr<const Settings> settings,
                 SignedIn who, std::shared_ptr<http::Socket> socket)
    : executor_(std::move(executor)),
      ports_(std::move(ports)),
      settings_(std::move(settings)),
      who_(std::move(who)),
      socket_(std::move(socket)),
      frames_(settings_->frames_burst, settings_->frames_per_s, ports_.clock.steady()),
      excess_(settings_->frames_burst, 1.0, ports_.clock.steady()),
      hello_timer_(executor_),
      sign_in_timer_(executor_),
      read_timer_(executor_),
      retry_timer_(executor_) {}

asio::awaitable<void> Session::run() {
  const auto self = shared_from_this();
  watch_hello();
  watch_sign_in();
  http::Close close;
  for (;;) {
    auto got = co_await socket_->receive();
    if (auto* end = std::get_if<http::Close>(&got)) {
      close = std::move(*end);
      break;
    }
    if (!ended_) handle(std::get<std::string>(got));
  }
  ended_ = true;
  subscription_.reset();
  hello_timer_.cancel();
  sign_in_timer_.cancel();
  read_timer_.cancel();
  retry_timer_.cancel();
  flush_reads();
  if (hello_) co_await detach(close.reason == "pong");
}

void Session::end_sign_in(std::string_view text) { end_with(close_session_over, "session_over", text); }
void Session::disable(std::string_view text) { end_with(close_disabled, "disabled", text); }

void Session::end_with(std::uint16_t code, std::string_view error, std::string_view text) {
  if (ended_) return;
  send(error_frame(error, text));
  ended_ = true;
  commands_.clear();  // of somebody who may not be here
  socket_->close({code, std::string(error)});
}

// --- what the router says -------------------------------------------------------------------------------------------

void Session::on_notice(const json::object& frame) {
  if (ended_) return;
  if (text_at(frame, "type") == "error") {
    // A router that tells all sockets of an agent names the session that ended.
    const auto session = text_at(frame, "session");
    if (!session.empty() && session != who_.session.str()) return;
    if (text_at(frame, "code") == "session_over") return end_sign_in(text_at(frame, "text"));
    if (text_at(frame, "code") == "disabled") return disable(text_at(frame, "text"));
  }
  if (welcomed_) return send(frame);
  if (early_.size() < early_max) return early_.push_back(frame);
  early_.clear();  // attached again, the router sends the whole picture
  attach_again();
}

void Session::on_resync() { attach_again(); }

void Session::on_link(bool up) {
  if (up && attached_epoch_ != 0 && attached_epoch_ != ports_.edge.epoch()) attach_again();
}

// --- what the page says ---------------------------------------------------------------------------------------------

// A page is told to wait; who goes on all the same is no page.
bool Session::too_fast() {
  const auto now = ports_.clock.steady();
  const auto wait = frames_.take(now);
  if (wait == 0) return false;
  if (excess_.take(now) > 0)
    end_with(1008, "too_fast", "far too many frames; the socket is closed");
  else
    send(slow_down_frame(wait));
  return true;
}

void Session::handle(const std::string& text) {
  if (too_fast()) return;
  auto frame = parse(text, who_.agent);
  const bool needs_hello = !std::holds_alternative<HelloFrame>(frame) && !std::holds_alternative<PingFrame>(frame) &&
                           !std::holds_alternative<BadFrame>(frame);
  if (needs_hello && !hello_) return send(error_frame("bad_frame", "hello must be the first frame"));
  std::visit([this](auto& one) { take(std::move(one)); }, frame);
}

void Session::take(HelloFrame hello) {
  if (hello_) return send(error_frame("bad_frame", "hello was said before"));
  hello_ = std::move(hello);
  hello_timer_.cancel();
  attachment_ = ports_.edge.new_attachment();
  subscription_ = ports_.edge.subscribe(attachment_, *this);
  attach_again();
}

void Session::take(CommandFrame frame) {
  if (bus::row(frame.command.verb).supervisor && role_ == "agent")
    return send(refused_frame(frame.id, "forbidden", "only a supervisor may do this"));
  if (commands_.size() >= settings_->commands_max) return send(slow_down_frame(1000));
  commands_.push_back(std::move(frame));
  if (sending_ || !welcomed_) return;
  sending_ = true;
  spawn(send_commands(), "commands");
}

void Session::take(AskFrame frame) {
  if (!welcomed_ || asks_ >= settings_->asks_max) {
    return send(answer_frame(frame, bus::Retry{1000, "busy", {}}));
  }
  ++asks_;
  spawn(ask(std::move(frame)), "ask");
}

void Session::take(TypingFrame frame) {
  const auto now = ports_.clock.steady();
  const bool same = frame.contact == last_typing_.contact && frame.on == last_typing_.on;
  if (!welcomed_ || (same && now - last_typing_at_ < typing_repeat)) return;
  last_typing_ = frame;
  last_typing_at_ = now;
  ports_.edge.signal({attachment_, frame.contact, frame.on});
}

void Session::take(ReadFrame frame) {
  keep_read(frame.contact, frame.seq);
  if (reads_waiting_) return;
  flush_reads();
  wait_for_reads();
}

void Session::take(AcknowledgeFrame frame) {
  if (!welcomed_ || asks_ >= settings_->asks_max)
    return send(answer_frame(AskFrame{"acknowledge", {}, {}}, bus::Retry{1000, "busy", {}}));
  ++asks_;
  spawn(acknowledge(std::move(frame.queue)), "acknowledge");
}

void Session::take(ResyncFrame) { attach_again(); }
void Session::take(PingFrame) { send(pong_frame(site_time())); }
void Session::take(BadFrame frame) { send(frame.answer); }

// --- attach ---------------------------------------------------------------------------------------------------------

void Session::attach_again() {
  if (ended_ || !hello_) return;
  attach_wanted_ = true;
  if (std::exchange(attaching_, true)) return;
  spawn(attach(), "attach");
}

asio::awaitable<void> Session::attach() {
  while (attach_wanted_ && !ended_) {
    attach_wanted_ = false;
    const bool attached = co_await attach_once();
    if (!attached) attach_wanted_ = true;
  }
  attaching_ = false;
}

asio::awaitable<bool> Session::attach_once() {
  bus::Attach request;
  request.attachment = attachment_;
  request.kind = bus::AttachKind::desk;
  request.agent = who_.agent;
  request.page = hello_->page;
  request.wall = hello_->wall;
  const auto epoch = ports_.edge.epoch();
  auto answer = co_await ports_.edge.request(std::move(request), settings_->attach_patience);
  if (ended_) co_return true;
  if (auto* ack = std::get_if<bus::Ack>(&answer)) {
    attached_epoch_ = epoch;
    auto* body = ack->body.if_contains("welcome");
    welcome(body != nullptr && body->is_object() ? std::move(body->get_object()) : json::object{});
    co_return true;
  }
  if (auto* reject = std::get_if<bus::Reject>(&answer)) {
    if (reject->code == "session_over")
      end_sign_in(reject->text);
    else
      disable(reject->text);
    co_return true;
  }
  const auto pause = pause_of(std::get<bus::Retry>(answer));
  if (!welcomed_) send(slow_down_frame(pause.count()));
  retry_timer_.expires_after(pause);
  co_await retry_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return false;
}

void Session::welcome(json::object body) {
  if (const auto* me = body.if_contains("me"); me != nullptr && me->is_object())
    role_ = std::string(text_at(me->get_object(), "role"));
  const auto* at = body.if_contains("at");
  welcome_at_ = at != nullptr && at->is_int64() ? Instant{at->get_int64()} : ports_.clock.wall();
  welcome_at_steady_ = ports_.clock.steady();
  if (std::exchange(welcomed_, true)) return;  // attached again: what follows is the snapshot
  send(welcome_frame(std::move(body), who_.until, settings_->sockets.message_bytes_max));
  for (const auto& frame : std::exchange(early_, {})) send(frame);
  if (commands_.empty()) return;
  sending_ = true;
  spawn(send_commands(), "commands");
}

// --- commands, asks, read marks -------------------------------------------------------------------------------------

// One at a time: the order is the page's, and what a Retry leaves behind is simple (everything after it).
asio::awaitable<void> Session::send_commands() {
  while (!commands_.empty()) {
    auto frame = std::move(commands_.front());
    commands_.pop_front();
    const auto answer = co_await ports_.edge.request(std::move(frame.command), settings_->request_patience);
    send(answer_frame(frame.id, answer));
    // The rest would only hear `gap`; the page sends everything unanswered again.
    if (std::holds_alternative<bus::Retry>(answer)) commands_.clear();
  }
  sending_ = false;
}

asio::awaitable<void> Session::ask(AskFrame frame) {
  const auto answer = co_await ports_.edge.request(frame.ask, settings_->request_patience);
  --asks_;
  send(answer_frame(frame, answer));
}

// The first mark goes at once, what comes within the pause goes together when it is over.
void Session::wait_for_reads() {
  reads_waiting_ = true;
  read_timer_.expires_after(settings_->read_every);
  read_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!self) return;
    self->reads_waiting_ = false;
    if (error || self->ended_ || self->reads_.empty()) return;
    self->flush_reads();
    self->wait_for_reads();
  });
}

void Session::keep_read(ContactId contact, std::uint64_t seq) {
  if (reads_.size() >= reads_max && !reads_.contains(contact)) return;
  auto& kept = reads_[contact];
  kept = std::max(kept, seq);
}

void Session::flush_reads() {
  if (reads_.empty() || std::exchange(reading_, true)) return;
  spawn(send_reads(), "read");
}

// One at a time, so that no socket fills the router's line. What is not taken goes with the next ones.
asio::awaitable<void> Session::send_reads() {
  auto marks = std::exchange(reads_, {});
  bool taken = true;
  while (taken && !marks.empty()) {
    bus::Command command;
    command.verb = bus::Verb::read;
    command.agent = who_.agent;
    command.contact = marks.begin()->first;
    command.seq = marks.begin()->second;
    const auto answer = co_await ports_.edge.request(std::move(command), settings_->request_patience);
    taken = !std::holds_alternative<bus::Retry>(answer);
    if (taken) marks.erase(marks.begin());
  }
  reading_ = false;
  if (ended_) {
    if (taken) flush_reads();  // what came meanwhile
    co_return;
  }
  for (const auto& [contact, seq] : marks) keep_read(contact, seq);
  if (!reads_.empty() && !reads_waiting_) wait_for_reads();
}

// That it is done comes with the wall, to everybody; only a refusal is said here.
asio::awaitable<void> Session::acknowledge(std::string queue) {
  bus::Command command;
  command.verb = bus::Verb::acknowledge;
  command.agent = who_.agent;
  command.queue = std::move(queue);
  const auto answer = co_await ports_.edge.request(std::move(command), settings_->request_patience);
  --asks_;
  if (!std::holds_alternative<bus::Ack>(answer)) send(answer_frame(AskFrame{"acknowledge", {}, {}}, answer));
}

// --- ends -----------------------------------------------------------------------------------------------------------

asio::awaitable<void> Session::detach(bool lost) {
  const auto until = ports_.clock.steady() + detach_total;
  for (;;) {
    const bus::Detach request{attachment_, lost};
    const auto answer = co_await ports_.edge.request(request, settings_->request_patience);
    const auto* retry = std::get_if<bus::Retry>(&answer);
    // A router that never hears it learns by the edge's hello or its silence.
    if (retry == nullptr || ports_.clock.steady() >= until) co_return;
    retry_timer_.expires_after(pause_of(*retry));
    co_await retry_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

void Session::watch_hello() {
  hello_timer_.expires_after(settings_->hello_wait);
  hello_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self || self->hello_) return;
    self->end_with(1008, "bad_frame", "no hello came in time");
  });
}

// A session ends at its time; until then a socket keeps it from ending for want of use.
void Session::watch_sign_in() {
  const Duration left = who_.until - ports_.clock.wall(), use = Duration{settings_->session_idle} / 3;
  sign_in_timer_.expires_after(std::clamp(left, Duration{0}, use));
  sign_in_timer_.async_wait([weak = weak_from_this(), last = left <= use](const boost::system::error_code& error) {
    const auto self = error ? nullptr : weak.lock();
    if (!self) return;
    if (last) return self->end_sign_in("the sign-in is over");
    self->spawn(self->touch_sign_in(), "touch");
    self->watch_sign_in();
  });
}

asio::awaitable<void> Session::touch_sign_in() {
  bus::Command command;
  command.verb = bus::Verb::session_touch;
  command.agent = who_.agent;
  command.session = who_.session;
  bus::Request request = std::move(command);
  const auto answer = co_await ports_.edge.request(std::move(request), settings_->request_patience);
  if (const auto* reject = std::get_if<bus::Reject>(&answer)) end_sign_in(reject->text);
}

void Session::send(const json::object& frame) {
  if (!ended_) socket_->send(json::serialize(frame));
}

void Session::spawn(asio::awaitable<void> work, const char* what) {
  asio::co_spawn(executor_, std::move(work), [self = shared_from_this(), what](std::exception_ptr thrown) {
    if (!thrown) return;
    std::string text = std::string("desk ") + what + ": ";
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      text += e.what();
    } catch (...) {
      text += "unknown exception";
    }
    self->ports_.report(text);
    if (!std::exchange(self->ended_, true)) self->socket_->close({1011, "internal error"});
  });
}

Instant Session::site_time() const {
  if (!welcomed_) return ports_.clock.wall();
  return welcome_at_ + (ports_.clock.steady() - welcome_at_steady_);
}

}  // namespace fd::desk
