#pragma once
// An http::Socket whose other end is the test: say() puts a frame in, `sent` holds what came out.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "channels/http/http.hpp"

namespace fd::test {

class ScriptedSocket final : public http::Socket {
 public:
  explicit ScriptedSocket(boost::asio::io_context& io) : io_(io), arrived_(io) {}

  std::vector<boost::json::object> sent;
  std::optional<http::Close> closed;  // by our side
  bool reading = true;                // false: what is sent stays in the outbox until read()
  std::size_t outbox_max = 256 * 1024;

  // The other end reads all that is queued.
  void read() {
    outbox_bytes_ = 0;
    if (const auto then = std::exchange(drained_, nullptr)) then();
  }

  void say(std::string frame) { put(std::move(frame)); }
  void hang_up(http::Close close = {1001, "going away"}) { put(std::move(close)); }

  [[nodiscard]] std::vector<boost::json::object> sent_of(std::string_view type) const {
    std::vector<boost::json::object> found;
    for (const auto& frame : sent)
      if (frame.at("type").as_string() == type) found.push_back(frame);
    return found;
  }
  [[nodiscard]] std::vector<std::string> sent_types() const {
    std::vector<std::string> types;
    for (const auto& frame : sent) types.emplace_back(frame.at("type").as_string());
    return types;
  }

  boost::asio::awaitable<std::variant<std::string, http::Close>> receive() override {
    while (in_.empty()) {
      arrived_.expires_at(boost::asio::steady_timer::time_point::max());
      co_await arrived_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    auto next = std::move(in_.front());
    in_.pop_front();
    co_return next;
  }
  // `to` keeps this socket, as sessions do.
  void listen(std::shared_ptr<http::Hearer> to) override {
    boost::asio::co_spawn(io_, pass(*this, std::move(to)), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  void send(std::string text) override {
    if (closed) return;
    if (outbox_bytes_ + text.size() > outbox_max) return close({1013, "too slow"});
    if (!reading) outbox_bytes_ += text.size();
    sent.push_back(boost::json::parse(text).as_object());
  }
  [[nodiscard]] std::size_t outbox_bytes() const override { return outbox_bytes_; }
  void when_drained(std::function<void()> then) override {
    if (outbox_bytes_ == 0) return then();
    drained_ = std::move(then);
  }
  void close(http::Close close) override {
    if (closed) return;
    closed = close;
    put(std::move(close));
  }

 private:
  void put(std::variant<std::string, http::Close> in) {
    in_.push_back(std::move(in));
    arrived_.cancel();
  }

  static boost::asio::awaitable<void> pass(ScriptedSocket& socket, std::shared_ptr<http::Hearer> to) {
    for (;;) {
      auto in = co_await socket.receive();
      if (const auto* close = std::get_if<http::Close>(&in)) {
        to->end(*close);
        co_return;
      }
      to->hear(std::get<std::string>(std::move(in)));
    }
  }

  boost::asio::io_context& io_;
  std::deque<std::variant<std::string, http::Close>> in_;
  boost::asio::steady_timer arrived_;
  std::size_t outbox_bytes_ = 0;
  std::function<void()> drained_;
};

}  // namespace fd::test
