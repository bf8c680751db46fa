#pragma once
// A few threads for work that would hold up the loop (argon2, hostile MIME, compiling configuration), with a bounded
// queue. Strand: run() and the counters belong to the loop; only the given function runs elsewhere, so it owns all that
// it touches.

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace fd::http {

// The queue is full; nothing was run. Answer 503 with Retry-After.
struct WorkerBusy {
  std::size_t queued = 0;
};

class Worker {
 public:
  Worker(std::size_t threads, std::size_t queue_max) : threads_{threads}, queue_max_{queue_max}, pool_{threads} {}

  [[nodiscard]] std::size_t running() const noexcept { return std::min(*under_way_, threads_); }
  [[nodiscard]] std::size_t queued() const noexcept { return *under_way_ - running(); }

  // Moves `job` to a thread of the pool, resumes on the caller's executor. An exception of the job comes out here. A
  // canceled caller still waits for it: a hash cannot be stopped half way. Its result is not void and is
  // default-constructible. Takes a named job only: what a closure captured that is written inside a co_await, g++ 12
  // destroys twice.
  template <class F>
  boost::asio::awaitable<std::variant<std::invoke_result_t<F>, WorkerBusy>> run(F& job) {
    using Result = std::invoke_result_t<F>;
    if (*under_way_ >= threads_ + queue_max_) co_return WorkerBusy{queued()};
    const Place place{under_way_};
    // No slot: a cancellation of the caller would reach into a coroutine of another thread.
    const boost::asio::cancellation_slot none;
    Result result = co_await boost::asio::co_spawn(
        pool_, call<Result>(std::move(job)), boost::asio::bind_cancellation_slot(none, boost::asio::use_awaitable));
    co_return std::variant<Result, WorkerBusy>{std::in_place_index<0>, std::move(result)};
  }

 private:
  // Shared, since a frame that waits may be destroyed with the loop, after the worker.
  class Place {
   public:
    explicit Place(std::shared_ptr<std::size_t> count) : count_{std::move(count)} { ++*count_; }
    ~Place() { --*count_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    std::shared_ptr<std::size_t> count_;
  };

  template <class Result, class F>
  static boost::asio::awaitable<Result> call(F f) {
    co_return f();
  }

  std::size_t threads_;
  std::size_t queue_max_;
  std::shared_ptr<std::size_t> under_way_ = std::make_shared<std::size_t>(0);
  boost::asio::thread_pool pool_;
};

}  // namespace fd::http
