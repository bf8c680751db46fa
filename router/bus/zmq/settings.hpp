#pragma once
// Settings of both ends of the bus. Endpoints are inproc:// or ipc://; tcp:// is refused, because without CURVE keys
// and an allow-list anybody on the network could speak as an edge.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "router/bus/envelope.hpp"

namespace fd::bus {

struct EdgeSettings {
  EdgeId id{"edge-1"};  // also the ZeroMQ routing id; unique among the edges of a site
  std::vector<std::string> endpoints{"inproc://frontdesk"};  // one a router
  std::uint32_t window_intake = 1024;                        // unanswered requests a lane, until a router says its own
  std::uint32_t window_agents = 256;
  std::chrono::milliseconds heartbeat{2000};   // a hello this often, also when all is quiet
  std::chrono::milliseconds gone_after{6000};  // a router silent for so long is lost
  std::chrono::milliseconds linger{500};       // what is still unsent at stop() gets so long
  int queue_frames_max = 4096;    // ZMQ high-water mark of what goes out; above both windows and their signals
  std::size_t signals_max = 256;  // waiting to be sent; the oldest is dropped
};

struct RouterSettings {
  std::vector<std::string> endpoints{"inproc://frontdesk"};
  std::chrono::milliseconds heartbeat{2000};   // how often silence is looked for
  std::chrono::milliseconds gone_after{6000};  // an edge silent for so long is gone
  std::chrono::milliseconds linger{500};
  std::chrono::milliseconds retry_blocked{20};  // how often an edge that could not be written is tried again
  int queue_frames_max = 4096;                  // ZMQ high-water mark of what goes out, an edge
  std::size_t edges_max = 64;
  std::size_t stale_max = 10'000;  // attachments named in one resync; more: all of the edge's
};

}  // namespace fd::bus
