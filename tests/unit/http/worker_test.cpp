// Work leaves the loop and comes back to it; a full queue is an answer, not a wait.

#include "channels/http/worker.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace fd::http {
namespace {

namespace asio = boost::asio;

TEST(Worker, RunsElsewhereAndResumesHere) {
  asio::io_context loop{1};
  Worker worker{1, 1};
  std::thread::id ran, resumed;
  auto job = [&]() -> asio::awaitable<void> {
    auto task = [&] {
      ran = std::this_thread::get_id();
      return 42;
    };
    const auto result = co_await worker.run(task);
    resumed = std::this_thread::get_id();
    EXPECT_EQ(std::get<0>(result), 42);
  };
  std::exception_ptr thrown;
  asio::co_spawn(loop, job(), [&](std::exception_ptr fault) { thrown = fault; });
  loop.run();
  EXPECT_EQ(thrown, nullptr);
  EXPECT_EQ(resumed, std::this_thread::get_id());
  EXPECT_NE(ran, resumed);
  EXPECT_NE(ran, std::thread::id{});
}

template <class F>
concept Runs = requires(Worker& worker, F job) {
  worker.run(static_cast<F&&>(job));
};

// A closure written inside a co_await would be destroyed twice by g++ 12, so that does not compile.
TEST(Worker, TakesNamedJobsOnly) {
  auto token = std::make_shared<int>(7);
  auto named = [token] { return *token; };
  static_assert(Runs<decltype(named)&>);
  static_assert(!Runs<decltype(named)>);
  asio::io_context loop{1};
  Worker worker{1, 1};
  auto job = [&]() -> asio::awaitable<void> {
    const auto result = co_await worker.run(named);
    EXPECT_EQ(std::get<0>(result), 7);
  };
  asio::co_spawn(loop, job(), [](std::exception_ptr fault) { EXPECT_EQ(fault, nullptr); });
  loop.run();
  EXPECT_EQ(token.use_count(), 1) << "moved to the pool and gone with the job";
}

TEST(Worker, FullQueueIsAValueAndPlacesComeBack) {
  asio::io_context loop{1};
  Worker worker{1, 2};
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  int done = 0;
  int busy = 0;
  auto job = [&]() -> asio::awaitable<void> {
    auto task = [opened] {
      opened.wait();
      return 1;
    };
    const auto result = co_await worker.run(task);
    if (const auto* full = std::get_if<WorkerBusy>(&result)) {
      EXPECT_EQ(full->queued, 2U);
      ++busy;
      gate.set_value();
    } else {
      ++done;
    }
  };
  auto check = [](std::exception_ptr fault) { EXPECT_EQ(fault, nullptr); };
  for (int i = 0; i < 4; ++i) asio::co_spawn(loop, job(), check);
  loop.run();
  EXPECT_EQ(busy, 1) << "1 running, 2 queued, the fourth is refused";
  EXPECT_EQ(done, 3);
  EXPECT_EQ(worker.running() + worker.queued(), 0U);
}

TEST(Worker, WhatIsThrownComesOut) {
  asio::io_context loop{1};
  Worker worker{1, 1};
  std::string text;
  auto job = [&]() -> asio::awaitable<void> {
    auto task = []() -> int { throw std::runtime_error{"no memory for argon2"}; };
    try {
      static_cast<void>(co_await worker.run(task));
    } catch (const std::runtime_error& fault) {
      text = fault.what();
    }
  };
  asio::co_spawn(loop, job(), [](std::exception_ptr fault) { EXPECT_EQ(fault, nullptr); });
  loop.run();
  EXPECT_EQ(text, "no memory for argon2");
  EXPECT_EQ(worker.running(), 0U);
}

TEST(Worker, NeverRunsMoreThanItsThreads) {
  asio::io_context loop{1};
  Worker worker{2, 100};
  std::atomic<int> now{0};
  std::atomic<int> most{0};
  auto job = [&]() -> asio::awaitable<void> {
    auto task = [&] {
      const int running = ++now;
      for (int seen = most; running > seen && !most.compare_exchange_weak(seen, running);) {
      }
      std::this_thread::yield();
      --now;
      return 0;
    };
    static_cast<void>(co_await worker.run(task));
  };
  for (int i = 0; i < 100; ++i)
    asio::co_spawn(loop, job(), [](std::exception_ptr fault) { EXPECT_EQ(fault, nullptr); });
  loop.run();
  EXPECT_LE(most.load(), 2);
  EXPECT_GE(most.load(), 1);
}

}  // namespace
}  // namespace fd::http
