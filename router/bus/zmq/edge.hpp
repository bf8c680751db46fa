#pragma once
// The edge's end of the bus: one DEALER a router, requests to whoever leads, resent until answered. Strand: the
// io_context given, which must run on one thread. docs/bus.md says what crosses the wire.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>

#include "router/bus/ports.hpp"
#include "router/bus/zmq/settings.hpp"
#include "router/model/time.hpp"

namespace zmq {
class context_t;
}

namespace fd::bus {

struct EdgeCounters {
  std::uint64_t sent = 0;      // request frames, resends included
  std::uint64_t resent = 0;    // of these: sent before
  std::uint64_t answered = 0;  // answers that found their request
  std::uint64_t unknown = 0;   // answers to nobody: duplicates, or after patience was over
  std::uint64_t busy = 0;      // refused here, the lane's window being full
  std::uint64_t garbage = 0;   // frames that could not be read
  std::uint64_t signals_dropped = 0;
  std::uint64_t resyncs = 0;  // attachments told to attach again
};

class ZmqEdge final : public EdgePort {
 public:
  // Throws std::invalid_argument for an endpoint that is neither inproc nor ipc. The context and the clock must outlive
  // it.
  ZmqEdge(boost::asio::io_context&, ::zmq::context_t&, const Clock&, EdgeSettings);
  ZmqEdge(const ZmqEdge&) = delete;
  ZmqEdge& operator=(const ZmqEdge&) = delete;
  ~ZmqEdge() override;  // closes the sockets; requests still open are answered Retry{stopping}

  // Connects, and keeps the connections, until stop(). Throws what broke a socket. Once only.
  boost::asio::awaitable<void> run();
  void stop();

  boost::asio::awaitable<Answer> request(Request, std::chrono::milliseconds patience) override;
  void signal(Signal) override;
  [[nodiscard]] AttachmentId new_attachment() override;
  [[nodiscard]] Subscription subscribe(const AttachmentId&, AttachmentSink&) override;
  [[nodiscard]] bool up() const override;
  [[nodiscard]] std::uint64_t epoch() const override;  // of the leader; 0 while there is none

  [[nodiscard]] EdgeCounters counters() const;
  [[nodiscard]] std::uint32_t in_flight(Lane) const;
  [[nodiscard]] std::uint32_t window(Lane) const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with suspended requests, which may outlive the edge
};

}  // namespace fd::bus
