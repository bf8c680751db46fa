#pragma once
// Whole messages in and out of a ZeroMQ socket, without waiting. Included by bus/zmq sources only.

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <zmq.hpp>

#include "router/bus/codec.hpp"

namespace fd::bus {

struct Parts {  // one received message; `size` counts also the parts beyond the array, which are read and thrown away
  std::array<::zmq::message_t, 3> part;
  std::size_t size = 0;
  [[nodiscard]] std::string_view at(std::size_t i) const {
    return {static_cast<const char*>(part[i].data()), part[i].size()};
  }
};

enum class Sent : std::uint8_t { yes, full, nobody };  // full: the queue to it is; nobody: no such peer is connected

[[nodiscard]] bool receive(::zmq::socket_ref, Parts&);                             // false: nothing there
[[nodiscard]] Sent send(::zmq::socket_ref, const Frames&);                         // DEALER
[[nodiscard]] Sent send(::zmq::socket_ref, const std::string& to, const Frames&);  // ROUTER

// Refuses what the bus does not do: another scheme, tcp without keys. Throws std::invalid_argument naming the endpoint.
void check_endpoint(const std::string&);

// What both ends set alike.
struct Tuning {
  std::chrono::milliseconds linger, heartbeat, gone_after;
  int queue_frames_max;
};
void tune(::zmq::socket_t&, const Tuning&);

}  // namespace fd::bus
