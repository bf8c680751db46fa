#pragma once
// The store in memory answers at once: its awaitables as plain calls.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>
#include <utility>

namespace fd::simulation {

// For what never suspends; a result has no default value, so it is carried out in an optional.
template <class T>
T run(boost::asio::io_context& io, boost::asio::awaitable<T> awaitable) {
  std::optional<T> result;
  const auto keep = [](boost::asio::awaitable<T> inner, std::optional<T>& out) -> boost::asio::awaitable<void> {
    out.emplace(co_await std::move(inner));
  };
  auto done = boost::asio::co_spawn(io, keep(std::move(awaitable), result), boost::asio::use_future);
  io.restart();
  io.poll();
  done.get();
  return std::move(*result);
}

}  // namespace fd::simulation
