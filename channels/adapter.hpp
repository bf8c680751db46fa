#pragma once
// What every adapter of a channel is. It translates: what customers do becomes requests on the bus, what the router
// says becomes what customers see. It decides nothing and keeps nothing that must survive.
// Strand: the one io_context. An adapter outlives the sessions it made.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string_view>

#include "channels/http/http.hpp"

namespace fd {

class Adapter {
 public:
  virtual ~Adapter() = default;
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  // Its doors at the public listener; called once, before it listens.
  virtual void add_routes(http::Routes&) = 0;

  // Its own standing work (a poller, a sweeper). Returns when there is none or after drain(); an exception is a fault
  // that the process should not survive.
  virtual boost::asio::awaitable<void> run() = 0;

  // Takes nothing new, and returns when everything that was taken is answered, at the latest after `wait`. What then
  // is still unanswered was never acknowledged, so its sender repeats it.
  virtual boost::asio::awaitable<void> drain(std::chrono::milliseconds wait) = 0;
};

}  // namespace fd
