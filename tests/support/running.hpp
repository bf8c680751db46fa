#pragma once
// Runs an io_context in a test: until nothing is ready, or until something is true (with a deadline, never a sleep).

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>

namespace fd::test {

inline void settle(boost::asio::io_context& io) {
  io.restart();
  while (io.poll() > 0) io.restart();
}

inline bool run_until(boost::asio::io_context& io, const std::function<bool()>& done,
                      std::chrono::milliseconds limit = std::chrono::seconds(10)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!done() && std::chrono::steady_clock::now() < deadline) {
    io.restart();
    if (io.run_one_for(std::chrono::milliseconds(50)) == 0 && io.stopped()) settle(io);
  }
  return done();
}

// The result of a coroutine that ends by itself.
template <class Result>
Result result_of(boost::asio::io_context& io, boost::asio::awaitable<Result> work) {
  std::optional<Result> result;
  std::exception_ptr failed;
  boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, Result value) {
    failed = error;
    result = std::move(value);
  });
  if (!run_until(io, [&] { return result.has_value(); })) throw std::runtime_error("the coroutine did not end");
  if (failed) std::rethrow_exception(failed);
  return *std::move(result);
}

}  // namespace fd::test
