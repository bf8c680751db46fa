// The half of a session that speaks with the router: attach, messages in order, read marks, detach.

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/value.hpp>
#include <stdexcept>

#include "channels/chat/form.hpp"
#include "channels/chat/session.hpp"

namespace fd::chat {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr std::size_t held_max = 2000;  // notices kept back before a welcome; above: attach again
constexpr std::uint16_t abuse = 1008, token_over = 4401;

std::optional<ContactId> contact_of(const json::object& frame) {
  const auto* value = frame.if_contains("contact");
  if (!value || !value->is_string()) return std::nullopt;
  return ContactId::parse(std::string_view(value->as_string()));
}

std::uint64_t number_of(const json::object& frame, std::string_view name) {
  const auto* value = frame.if_contains(name);
  if (!value || !value->is_number()) return 0;
  boost::system::error_code failed;
  const auto number = value->to_number<std::uint64_t>(failed);
  return failed ? 0 : number;
}

}  // namespace

// --- what the router says -------------------------------------------------------------------------------------------

void Session::on_notice(const json::object& frame) {
  if (!holding_) return pass(frame);
  if (held_.size() < held_max) {
    held_.push_back(frame);
    return;
  }
  held_.clear();
  on_resync();
}

void Session::on_resync() {
  attach_due_ = true;
  wake();
}

// A request waits in the port for the next leader, and each new leader asks for a resync: nothing to do here.
void Session::on_link(bool /*up*/) {}

void Session::pass(const json::object& frame) {
  const auto* type = frame.if_contains("type");
  if (type && *type == "more") return more();
  const auto contact = contact_of(frame);
  if (type && *type == "msg" && contact) seen_.line(*contact, number_of(frame, "seq"));
  if (type && *type == "state" && contact) {
    const auto* state = frame.if_contains("state");
    if (!state || *state != "closed")
      live_ = contact;
    else if (live_ == contact)
      live_.reset();
  }
  send(frame);
}

// The router has sent its share of what was missed. The rest is asked for when the page has taken it: so the outbox
// stays small however much that is and however slowly the page reads.
void Session::more() {
  if (ended_ || closing_) return;
  more_ = true;
  socket_->when_drained([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->more_) self->on_resync();
  });
}

// --- the dialogue with the router -----------------------------------------------------------------------------------

asio::awaitable<void> Session::work() {
  for (;;) {
    if (attach_due_ && !ended_)
      co_await attach();
    else if (!waiting_.empty())
      co_await hand_over();
    else if (read_ && (read_allowed_ || ended_))
      co_await send_read();
    else
      break;
  }
  if (!ended_) {
    working_ = false;  // here, where nothing was found to do: what comes from now on wakes another
    co_return;
  }
  finished_ = true;
  if (read_timer_) read_timer_->cancel();
  if (attach_sent_) co_await detach();
  working_ = false;
}

asio::awaitable<void> Session::attach() {
  using namespace asio::experimental::awaitable_operators;
  attach_due_ = false;
  more_ = false;
  holding_ = true;
  patience_ = std::make_unique<Patience>(Patience{asio::steady_timer(around_.io), asio::steady_timer(around_.io)});
  const auto first = co_await (attach_until_answered() || tell_busy());
  patience_.reset();
  const auto* answer = std::get_if<0>(&first);
  if (!answer || !*answer || ended_) co_return;
  if (const auto* ack = std::get_if<bus::Ack>(&**answer))
    welcome(*ack);
  else if (const auto* reject = std::get_if<bus::Reject>(&**answer))
    reject->code == "not_yours"
        ? refuse({"expired", {}, "the visitor token was bound to a signed identity; say hello without it"}, token_over)
        : refuse({"refused", {}, reject->text}, abuse);
}

asio::awaitable<std::optional<bus::Answer>> Session::attach_until_answered() {
  for (;;) {
    bus::Request request = attach_request();
    attach_sent_ = true;
    auto answer = co_await around_.edge.request(std::move(request), visit_.settings->request_patience);
    const auto* retry = std::get_if<bus::Retry>(&answer);
    if (!retry) co_return answer;
    if (ended_) co_return std::nullopt;
    patience_->retry.expires_after(std::clamp(Duration(retry->after_ms), Duration{20}, visit_.settings->busy_every));
    co_await patience_->retry.async_wait(asio::as_tuple(asio::use_awaitable));
    if (ended_) co_return std::nullopt;
  }
}

bus::Request Session::attach_request() const {
  bus::Attach attach;
  attach.attachment = attachment_;
  attach.kind = bus::AttachKind::chat;
  attach.visitor = speaker_.visitor;
  attach.owner = owner_;
  attach.page = page_;
  attach.contact = seen_.contact();
  attach.last_seq = seen_.seq();
  attach.locale = speaker_.locale;
  return attach;
}

asio::awaitable<void> Session::tell_busy() {
  for (;;) {
    patience_->busy.expires_after(visit_.settings->busy_every);
    const auto [failed] = co_await patience_->busy.async_wait(asio::as_tuple(asio::use_awaitable));
    if (failed) co_return;
    send(slow_down_frame(visit_.settings->busy_every.count(), "busy"));
  }
}

void Session::welcome(const bus::Ack& ack) {
  const auto* inner = ack.body.if_contains("welcome");
  if (!inner || !inner->is_object()) throw std::runtime_error("the answer to Attach carries no welcome");
  const auto& body = inner->as_object();
  live_ = contact_of(body);
  if (live_) seen_.welcome(*live_, number_of(body, "from"));
  if (const auto at = number_of(body, "at"); at > 0)
    site_base_ = Instant{static_cast<std::int64_t>(at)} - around_.clock.steady();
  const Limits limits{visit_.settings->text_chars_max, visit_.settings->sockets.message_bytes_max};
  const auto said = std::exchange(first_words_, nullptr);
  send(said ? welcome_frame(body, said->token, said->identity_fault, limits) : welcome_frame(body, {}, {}, limits));
  holding_ = false;
  for (const auto& frame : std::exchange(held_, {})) pass(frame);
}

asio::awaitable<void> Session::hand_over() {
  const auto work = std::move(waiting_.front());
  waiting_.pop_front();
  if (lacks_answers(work)) co_return;
  bus::Request request = request_for(work);
  const auto answer = co_await around_.edge.request(std::move(request), visit_.settings->request_patience);
  settle(work, answer);
}

bus::Request Session::request_for(const Work& work) const {
  if (const auto* message = std::get_if<Message>(&work.what)) return bus::Submit{*message};
  bus::Command command;
  command.verb = bus::Verb::end;
  command.visitor = speaker_.visitor;
  command.contact = std::get<End>(work.what).contact;
  return command;
}

// Until the router has answered Attach nobody here knows whether a chat goes on: not asked of it then.
bool Session::lacks_answers(const Work& work) {
  const auto* message = std::get_if<Message>(&work.what);
  if (!message || live_ || holding_) return false;
  const auto open = left_open(*visit_.website, *message);
  if (open) send(error_frame(*open));
  return open.has_value();
}

void Session::settle(const Work& work, const bus::Answer& answer) {
  const auto* message = std::get_if<Message>(&work.what);
  const std::string cid = message ? message->external_id : std::string();
  if (const auto* retry = std::get_if<bus::Retry>(&answer)) return postpone(*retry);
  if (const auto* reject = std::get_if<bus::Reject>(&answer)) {
    const bool ours = reject->code == "closed" || reject->code == "too_long";
    return send(error_frame({ours ? reject->code : "refused", cid, reject->text}));
  }
  if (!message) return;  // the end shows as state{closed}
  const auto& body = std::get<bus::Ack>(answer).body;
  if (const auto contact = contact_of(body)) {
    live_ = contact;
    seen_.line(*contact, number_of(body, "seq"));
  }
  send(ack_frame(cid, body));
}

// What waits behind a refused message would only make gaps: the page sends all of it again, in order.
void Session::postpone(const bus::Retry& retry) {
  waiting_.clear();
  if (retry.reason == "gap")
    send(slow_down_frame(retry.after_ms, "gap", number_of(retry.body, "next")));
  else
    send(slow_down_frame(retry.after_ms, "busy"));
}

asio::awaitable<void> Session::send_read() {
  const Read read = *std::exchange(read_, std::nullopt);
  read_allowed_ = false;
  if (!read_timer_) read_timer_ = std::make_unique<asio::steady_timer>(around_.io);
  read_timer_->expires_after(visit_.settings->read_every);
  read_timer_->async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
    const auto self = failed ? nullptr : weak.lock();
    if (!self) return;
    self->read_allowed_ = true;
    self->wake();
  });
  bus::Request request = request_for(read);
  const auto answer = co_await around_.edge.request(std::move(request), visit_.settings->request_patience);
  if (std::holds_alternative<bus::Retry>(answer) && !read_ && !ended_) read_ = read;
}

bus::Request Session::request_for(const Read& read) const {
  bus::Command command;
  command.verb = bus::Verb::customer_read;
  command.visitor = speaker_.visitor;
  command.contact = read.contact;
  command.seq = read.seq;
  return command;
}

// The router ends an attachment only when it is told to, or when the whole edge is gone.
asio::awaitable<void> Session::detach() {
  asio::steady_timer pause(around_.io);
  for (int attempt = 0; attempt < 5; ++attempt) {
    bus::Request request = bus::Detach{attachment_, lost_};
    const auto answer = co_await around_.edge.request(std::move(request), visit_.settings->request_patience);
    const auto* retry = std::get_if<bus::Retry>(&answer);
    if (!retry) co_return;
    pause.expires_after(std::clamp(Duration(retry->after_ms), Duration{20}, visit_.settings->busy_every));
    co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace fd::chat
