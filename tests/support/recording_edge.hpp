#pragma once
// An EdgePort without a bus: remembers what an adapter asks and answers from a script. Answers are taken in this order:
// the queue filled by `script`, then `answer_with`, then Retry{deadline}. After `hold()` a request stays open until
// `release` (oldest first) or until its patience is over, as on the real bus.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "router/bus/ports.hpp"

// GCC PR 109224: at -O2 a coroutine frame's own operator delete is taken for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace fd::test {

class RecordingEdge final : public bus::EdgePort {
 public:
  std::vector<bus::Request> requests;
  std::vector<std::chrono::milliseconds> patience;  // of each request
  std::vector<bus::Signal> signals;
  std::function<bus::Answer(const bus::Request&)> answer_with;

  void script(bus::Answer answer) { script_.push_back(std::move(answer)); }
  void hold() { holding_ = true; }
  [[nodiscard]] std::size_t held() const { return held_.size(); }
  void release(bus::Answer answer) {
    const auto oldest = held_.front();
    held_.pop_front();
    oldest->answer = std::move(answer);
    oldest->timer.cancel();
  }
  void stop_holding() { holding_ = false; }

  // The requests of one kind, in order: `edge.all<bus::Submit>()`.
  template <class Kind>
  [[nodiscard]] std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const auto& r : requests)
      if (const auto* one = std::get_if<Kind>(&r)) found.push_back(*one);
    return found;
  }

  // What the router would do.
  bool notice(const bus::AttachmentId& to, const boost::json::object& frame) {
    const auto at = sinks_.find(to);
    if (at == sinks_.end()) return false;
    at->second->on_notice(frame);
    return true;
  }
  bool resync(const bus::AttachmentId& to) {
    const auto at = sinks_.find(to);
    if (at == sinks_.end()) return false;
    at->second->on_resync();
    return true;
  }
  void set_up(bool up) {
    up_ = up;
    for (const auto& [id, sink] : std::map(sinks_))
      if (sinks_.contains(id)) sink->on_link(up);
  }
  void set_epoch(std::uint64_t epoch) { epoch_ = epoch; }
  [[nodiscard]] bool subscribed(const bus::AttachmentId& id) const { return sinks_.contains(id); }
  [[nodiscard]] std::size_t subscriptions() const { return sinks_.size(); }

  boost::asio::awaitable<bus::Answer> request(bus::Request r, std::chrono::milliseconds wait) override {
    requests.push_back(r);
    patience.push_back(wait);
    if (holding_) {
      auto open = std::make_shared<Held>(co_await boost::asio::this_coro::executor, wait);
      held_.push_back(open);
      co_await open->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      if (open->answer) co_return std::move(*open->answer);
      std::erase(held_, open);
      co_return bus::Retry{1000, "deadline", {}};
    }
    if (!script_.empty()) {
      auto answer = std::move(script_.front());
      script_.pop_front();
      co_return answer;
    }
    if (answer_with) co_return answer_with(r);
    co_return bus::Retry{1000, "deadline", {}};
  }
  void signal(bus::Signal s) override { signals.push_back(std::move(s)); }
  bus::AttachmentId new_attachment() override { return bus::AttachmentId("a" + std::to_string(++attachments_)); }
  bus::Subscription subscribe(const bus::AttachmentId& id, bus::AttachmentSink& sink) override {
    sinks_[id] = &sink;
    return bus::Subscription([this, id] { sinks_.erase(id); });
  }
  [[nodiscard]] bool up() const override { return up_; }
  [[nodiscard]] std::uint64_t epoch() const override { return epoch_; }

 private:
  struct Held {
    Held(const boost::asio::any_io_executor& executor, std::chrono::milliseconds wait) : timer(executor, wait) {}
    boost::asio::steady_timer timer;
    std::optional<bus::Answer> answer;
  };

  std::deque<bus::Answer> script_;
  std::deque<std::shared_ptr<Held>> held_;
  bool holding_ = false;
  bool up_ = true;
  std::uint64_t epoch_ = 1;
  std::uint64_t attachments_ = 0;
  std::map<bus::AttachmentId, bus::AttachmentSink*> sinks_;
};

}  // namespace fd::test

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
