#include "channels/walkin/display.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace fd::walkin {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

json::object typed(std::string_view type) {
  json::object frame;
  frame["type"] = type;
  return frame;
}

json::object error(std::string_view code, std::string_view text) {
  auto frame = typed("error");
  frame["code"] = code;
  frame["text"] = text;
  return frame;
}

}  // namespace

Display::Display(asio::io_context& io, bus::EdgePort& edge, std::shared_ptr<const Settings> settings,
                 std::string locale, std::shared_ptr<http::Socket> socket)
    : edge_(edge),
      settings_(std::move(settings)),
      locale_(std::move(locale)),
      socket_(std::move(socket)),
      wake_timer_(io),
      busy_timer_(io),
      retry_timer_(io) {}

asio::awaitable<void> Display::run() {
  using namespace asio::experimental::awaitable_operators;
  const auto alive = shared_from_this();
  attachment_ = edge_.new_attachment();
  subscription_ = edge_.subscribe(attachment_, *this);
  co_await (listen() && work());
  subscription_.reset();
}

asio::awaitable<void> Display::listen() {
  while (!ended_) {
    auto in = co_await socket_->receive();
    if (const auto* close = std::get_if<http::Close>(&in)) {
      ended_ = true;
      lost_ = close->reason == "pong";
    } else {
      take(std::get<std::string>(in));
    }
  }
  retry_timer_.cancel();
  wake_timer_.cancel();
}

void Display::take(const std::string& text) {
  boost::system::error_code failed;
  json::parse_options options;
  options.max_depth = 4;
  const auto value = json::parse(text, failed, {}, options);
  const auto* frame = failed ? nullptr : value.if_object();
  const auto* type = frame ? frame->if_contains("type") : nullptr;
  if (!type || !type->is_string()) return send(error("bad_frame", "the frame must be a JSON object with a type"));
  if (*type == "ping") return send(typed("pong"));
  if (*type != "hello") send(error("bad_type", "a display sends hello and ping only"));
}

void Display::on_notice(const json::object& frame) {
  if (holding_)
    held_ = frame;
  else
    send(frame);
}

void Display::on_resync() {
  attach_due_ = true;
  wake_timer_.cancel();
}

// A request waits in the port for the next leader, and each new leader asks for a resync: nothing to do here.
void Display::on_link(bool /*up*/) {}

asio::awaitable<void> Display::work() {
  while (!ended_) {
    if (attach_due_) {
      co_await attach();
    } else {
      wake_timer_.expires_at(asio::steady_timer::time_point::max());
      co_await wake_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
  bus::Request request = bus::Detach{attachment_, lost_};
  co_await edge_.request(std::move(request), settings_->request_patience);
}

asio::awaitable<void> Display::attach() {
  using namespace asio::experimental::awaitable_operators;
  attach_due_ = false;
  holding_ = true;
  const auto first = co_await (attach_until_answered() || tell_busy());
  const auto* answer = std::get_if<0>(&first);
  if (!answer || !*answer || ended_) co_return;
  if (const auto* reject = std::get_if<bus::Reject>(&**answer)) {
    send(error("refused", reject->text));
    socket_->close(http::Close{1008, "refused"});
    co_return;
  }
  const auto* ack = std::get_if<bus::Ack>(&**answer);
  if (!ack) co_return;
  auto welcome = typed("welcome");
  welcome["v"] = 1;
  if (const auto* body = ack->body.if_contains("welcome"); body && body->is_object())
    for (const auto& [key, value] : body->get_object()) welcome[key] = value;
  send(welcome);
  holding_ = false;
  if (const auto frame = std::exchange(held_, {}); !frame.empty()) send(frame);
}

asio::awaitable<std::optional<bus::Answer>> Display::attach_until_answered() {
  for (;;) {
    bus::Attach attach;
    attach.attachment = attachment_;
    attach.kind = bus::AttachKind::display;
    attach.locale = locale_;
    bus::Request request = std::move(attach);
    auto answer = co_await edge_.request(std::move(request), settings_->request_patience);
    const auto* retry = std::get_if<bus::Retry>(&answer);
    if (!retry) co_return answer;
    if (ended_) co_return std::nullopt;
    retry_timer_.expires_after(std::clamp(Duration(retry->after_ms), Duration{20}, settings_->busy_every));
    co_await retry_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (ended_) co_return std::nullopt;
  }
}

asio::awaitable<void> Display::tell_busy() {
  for (;;) {
    busy_timer_.expires_after(settings_->busy_every);
    const auto [failed] = co_await busy_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (failed) co_return;
    auto frame = typed("slow_down");
    frame["retry_ms"] = settings_->busy_every.count();
    frame["reason"] = "busy";
    send(frame);
  }
}

void Display::send(const json::object& frame) {
  if (!ended_) socket_->send(json::serialize(frame));
}

}  // namespace fd::walkin
