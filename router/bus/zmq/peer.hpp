#pragma once
// One router as an edge sees it: a DEALER socket, its monitor, and what the router said of itself. Decides nothing.
// Included by bus/zmq sources only.

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <zmq.hpp>

#include "router/bus/codec.hpp"
#include "router/bus/zmq/frames.hpp"
#include "router/bus/zmq/pump.hpp"
#include "router/bus/zmq/settings.hpp"

namespace fd::bus {

class Peer {
 public:
  struct Owner {  // what the edge wants to hear; called inside a turn of the pump
    std::function<void(Peer&, Envelope)> on_envelope;
    std::function<void(Peer&, const std::string& why)> on_garbage;
    std::function<void(Peer&, bool up)> on_connection;  // not for inproc, which has no connections
    std::function<bool(Peer&)> on_turn;                 // the socket may take more; true: it did not take all
    std::function<void(std::exception_ptr)> on_failure;
  };

  Peer(boost::asio::io_context&, ::zmq::context_t&, const EdgeSettings&, std::string endpoint, std::string monitor_name,
       const Owner&);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { close(); }

  void open();  // closes first, so it is also "open anew". Throws zmq::error_t
  void close();
  [[nodiscard]] bool send(const Frames&);  // false: not now; on_turn comes when it is worth another try

  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }

  // What the router said; kept for the edge.
  bool greeted = false;  // it answered hello on this connection
  bool refused = false;  // its store is older than what it told before
  Leading said;
  std::chrono::steady_clock::time_point heard;

 private:
  Pump::Left turn();
  Pump::Left monitor_turn();

  boost::asio::io_context& io_;
  ::zmq::context_t& context_;
  const EdgeSettings& settings_;
  std::string endpoint_;
  std::string monitor_name_;
  std::uint64_t opened_ = 0;
  const Owner& owner_;
  ::zmq::socket_t socket_;
  ::zmq::socket_t monitor_;
  std::shared_ptr<Pump> pump_;
  std::shared_ptr<Pump> monitor_pump_;
};

}  // namespace fd::bus
