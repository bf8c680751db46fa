#pragma once
// The two ends of the bus as their owners see them. Edges hold an EdgePort, the site a RouterPort; bus/zmq implements
// both over DEALER and ROUTER, tests/support records. Strand: everything here runs on the one io_context.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "router/bus/envelope.hpp"

namespace fd::bus {

// What an attached session hears. Owned by the session; must outlive its Subscription.
class AttachmentSink {
 public:
  virtual void on_notice(const boost::json::object& frame) = 0;
  virtual void on_job(const Job&) {}  // an adapter's; report its end with job_done, also when it came before
  virtual void on_resync() = 0;       // attach again with the last seq
  virtual void on_link(bool up) = 0;  // a leading router is reachable, or not

 protected:
  ~AttachmentSink() = default;
};

class Subscription {  // move-only guard: leaves the table when it dies
 public:
  Subscription() = default;
  explicit Subscription(std::function<void()> leave) : leave_(std::move(leave)) {}
  Subscription(Subscription&& other) noexcept : leave_(std::exchange(other.leave_, nullptr)) {}
  Subscription& operator=(Subscription&& other) noexcept {
    if (this != &other) {
      reset();
      leave_ = std::exchange(other.leave_, nullptr);
    }
    return *this;
  }
  ~Subscription() { reset(); }
  void reset() {
    if (auto f = std::exchange(leave_, nullptr)) f();
  }

 private:
  std::function<void()> leave_;
};

class EdgePort {
 public:
  virtual ~EdgePort() = default;

  // Sends, resends to whoever leads until answered, and returns the answer. Retry{busy} at once when the lane's window
  // is full; Retry{deadline} when `patience` is over (the request may still be kept: repeat it with the same ids).
  // g++ 12 frees parts of a braced temporary twice inside a co_await: name the request first,
  // `Request r = Ask{…}; co_await edge.request(std::move(r), …)`, never `co_await edge.request(Ask{…}, …)`.
  virtual boost::asio::awaitable<Answer> request(Request, std::chrono::milliseconds patience) = 0;
  virtual void signal(Signal) = 0;
  [[nodiscard]] virtual AttachmentId new_attachment() = 0;
  [[nodiscard]] virtual Subscription subscribe(const AttachmentId&, AttachmentSink&) = 0;
  [[nodiscard]] virtual bool up() const = 0;  // a leader answered hello
  [[nodiscard]] virtual std::uint64_t epoch() const = 0;
};

// What the router's side does with what arrives.
class RouterSink {
 public:
  virtual void on_request(const EdgeId&, RequestId, Request) = 0;
  virtual void on_signal(const EdgeId&, Signal) = 0;
  virtual void on_hello(const EdgeId&, const std::string& run) = 0;  // a new run: its old attachments are gone
  virtual void on_edge_gone(const EdgeId&) = 0;                      // no heartbeat for 6 s

 protected:
  ~RouterSink() = default;
};

class RouterPort {
 public:
  virtual ~RouterPort() = default;
  virtual void set_sink(RouterSink*) = 0;
  virtual void set_leading(const Leading&) = 0;                 // told to every edge, and to each that says hello
  virtual void committed(std::uint64_t batch) { (void)batch; }  // answers from now on carry it; no frame of its own
  virtual void answer(const EdgeId&, RequestId, Answer) = 0;
  virtual void notice(const EdgeId&,
                      Notice) = 0;           // not writable: the attachment is marked stale, resync follows by itself
  virtual void job(const EdgeId&, Job) = 0;  // likewise
};

}  // namespace fd::bus
