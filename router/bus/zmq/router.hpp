#pragma once
// The router's end of the bus: one ROUTER socket for all edges. Strand: the io_context given, which must run on one
// thread. docs/bus.md says what crosses the wire.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "router/bus/ports.hpp"
#include "router/bus/zmq/settings.hpp"

namespace zmq {
class context_t;
}

namespace fd::bus {

struct RouterCounters {
  std::uint64_t received = 0;     // frames that could be read
  std::uint64_t undecodable = 0;  // and those that could not
  std::uint64_t repeated = 0;     // requests whose first copy was still under way: not handed on
  std::uint64_t busy = 0;         // beyond the window: answered Retry{busy} here
  std::uint64_t answered = 0;
  std::uint64_t unanswerable = 0;   // answers whose edge is gone or started anew
  std::uint64_t notices = 0;        // sent
  std::uint64_t notices_stale = 0;  // not sent: their attachment will be told to attach again
  std::uint64_t notices_too_long = 0;
  std::uint64_t resyncs = 0;
};

struct EdgeStatus {
  EdgeId edge;
  std::size_t in_flight = 0;
  std::size_t stale = 0;  // attachments waiting for a resync
  std::uint64_t resyncs = 0;
  std::chrono::milliseconds silent_for{0};
};

class ZmqRouter final : public RouterPort {
 public:
  // Binds at once. Throws std::invalid_argument for an endpoint that is neither inproc nor ipc, std::runtime_error
  // naming the endpoint that cannot be bound. The context must outlive it.
  ZmqRouter(boost::asio::io_context&, ::zmq::context_t&, RouterSettings);
  ZmqRouter(const ZmqRouter&) = delete;
  ZmqRouter& operator=(const ZmqRouter&) = delete;
  ~ZmqRouter() override;

  // Reads and writes until stop(). Throws what broke the socket. Once only.
  boost::asio::awaitable<void> run();
  void stop();

  void set_sink(RouterSink*) override;  // null: every request is answered Retry{not_leading}
  void set_leading(const Leading&) override;
  void committed(std::uint64_t batch) override;
  void answer(const EdgeId&, RequestId, Answer) override;  // the id that on_request gave, once
  void notice(const EdgeId&, Notice) override;
  void job(const EdgeId&, Job) override;

  [[nodiscard]] const RouterCounters& counters() const;
  [[nodiscard]] std::vector<EdgeStatus> edges() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with a suspended run()
};

}  // namespace fd::bus
