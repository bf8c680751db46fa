#include "router/bus/zmq/router.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <set>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "router/bus/zmq/frames.hpp"
#include "router/bus/zmq/pump.hpp"
#include "router/bus/zmq/taken.hpp"

namespace fd::bus {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

Frames framed(RequestId id, Answer answer, std::uint64_t batch) {
  Envelope e;
  e.id = id;
  e.batch = batch;
  std::visit([&](auto&& one) { e.body = std::forward<decltype(one)>(one); }, std::move(answer));
  auto frames = encode(e);
  if (fits(frames)) return frames;
  e.body = Reject{"too_large", "the answer is longer than 1 MiB: ask for less", {}};
  return encode(e);
}

template <class Body>
Frames framed(Body body) {
  Envelope e;
  e.body = std::move(body);
  return encode(e);
}

}  // namespace

class ZmqRouter::Impl : public std::enable_shared_from_this<ZmqRouter::Impl> {
 public:
  Impl(asio::io_context&, ::zmq::context_t&, RouterSettings);

  static asio::awaitable<void> run(std::shared_ptr<Impl> self);
  void stop();
  void close();
  void set_leading(const Leading&);
  void answer(const EdgeId&, RequestId token, Answer);
  template <class Unasked>  // Notice, Job
  void unasked(const EdgeId&, Unasked);
  [[nodiscard]] std::vector<EdgeStatus> edges() const;

  RouterSink* sink_ = nullptr;
  Leading leading_;
  RouterCounters counters_;

 private:
  struct Edge {
    std::string run;
    steady_clock::time_point heard;
    std::deque<Frames> outbox;  // what the socket did not take: leading and answers, in order
    std::set<AttachmentId> stale;
    bool all_stale = false;
    std::uint64_t resyncs = 0;
    [[nodiscard]] bool blocked() const { return !outbox.empty() || !stale.empty() || all_stale; }
  };

  Pump::Left turn();
  void take(const Parts&);
  void take_hello(const EdgeId&, const Hello&);
  void take_request(const EdgeId&, Edge&, RequestId, Request);
  void deliver(const EdgeId&, Edge&, Frames);
  void send_or_drop(const EdgeId&, const Frames&);
  Sent put(const EdgeId&, const Frames&);
  void stale(const EdgeId&, Edge&, const AttachmentId&);
  void flush(const EdgeId&, Edge&);
  bool send_resync(const EdgeId&, Edge&);
  void flush_blocked();
  void retry_later();
  void beat(bool late);
  [[nodiscard]] std::size_t outbox_max() const { return 2ULL * (leading_.window_intake + leading_.window_agents) + 16; }

  const RouterSettings settings_;
  ::zmq::socket_t socket_;
  std::shared_ptr<Pump> pump_;
  asio::steady_timer tick_;
  asio::steady_timer retry_;
  bool retrying_ = false;
  bool stopping_ = false;
  std::exception_ptr failure_;
  Taken taken_;
  std::unordered_map<EdgeId, Edge> edges_;
  std::set<EdgeId> blocked_;
};

ZmqRouter::Impl::Impl(asio::io_context& io, ::zmq::context_t& context, RouterSettings settings)
    : settings_(std::move(settings)), socket_(context, ::zmq::socket_type::router), tick_(io), retry_(io) {
  for (const auto& endpoint : settings_.endpoints) check_endpoint(endpoint);
  tune(socket_, {settings_.linger, std::chrono::milliseconds(0), settings_.gone_after, settings_.queue_frames_max});
  socket_.set(::zmq::sockopt::router_mandatory, true);
  socket_.set(::zmq::sockopt::router_handover, true);  // an edge started anew takes its name back from its dead self
  for (const auto& endpoint : settings_.endpoints) try {
      socket_.bind(endpoint);
    } catch (const ::zmq::error_t& e) {
      throw std::runtime_error("bus: cannot bind " + endpoint + ": " + e.what());
    }
  pump_ = std::make_shared<Pump>(
      io, socket_, [this] { return turn(); },
      [this](std::exception_ptr e) {
        failure_ = std::move(e);
        tick_.cancel();
      });
}

// --- in -------------------------------------------------------------------------------------------------------------

Pump::Left ZmqRouter::Impl::turn() {
  Parts parts;
  int read = 0;
  for (; read < Pump::budget && receive(socket_, parts); ++read) take(parts);
  flush_blocked();
  return read == Pump::budget ? Pump::Left::input : Pump::Left::nothing;
}

void ZmqRouter::Impl::take(const Parts& parts) {
  const EdgeId from{std::string(parts.at(0))};
  const auto known = edges_.find(from);
  if (known != edges_.end()) known->second.heard = steady_clock::now();
  auto envelope =
      parts.size == 3 ? decode(parts.at(1), parts.at(2)) : CodecError{"a message has two frames, header and payload"};
  if (!envelope) {
    ++counters_.undecodable;
    const auto id = parts.size >= 2 ? id_of(parts.at(1)) : 0;
    if (id != 0) send_or_drop(from, framed(id, Reject{"bad_request", envelope.error().text, {}}, 0));
    return;
  }
  ++counters_.received;
  if (const auto* hello = std::get_if<Hello>(&envelope->body)) return take_hello(from, *hello);
  if (known == edges_.end()) {
    if (envelope->id != 0) send_or_drop(from, framed(envelope->id, Retry{0, "hello", {}}, 0));
    return;
  }
  auto& edge = known->second;
  std::visit(
      [&](auto&& body) {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_constructible_v<Request, Body>) {
          take_request(from, edge, envelope->id, std::move(body));
        } else if constexpr (std::is_same_v<Body, Signal>) {
          if (sink_ != nullptr && leading_.leading) sink_->on_signal(from, std::move(body));
        } else {
          ++counters_.undecodable;  // a type that only routers say
          if (envelope->id != 0)
            send_or_drop(from, framed(envelope->id, Reject{"bad_request", "only a router says this", {}}, 0));
        }
      },
      std::move(envelope->body));
}

void ZmqRouter::Impl::take_hello(const EdgeId& from, const Hello& hello) {
  if (hello.edge != from)
    return send_or_drop(from, framed(Reject{"bad_request", "hello.edge must be the routing id of the socket", {}}));
  auto at = edges_.find(from);
  if (at == edges_.end() && edges_.size() >= settings_.edges_max) {
    spdlog::error("event=bus.edge.refused edge={} edges={}", from.str(), edges_.size());
    return send_or_drop(from, framed(Reject{"busy", "too many edges", {}}));
  }
  if (at == edges_.end()) at = edges_.emplace(from, Edge{}).first;
  auto& edge = at->second;
  edge.heard = steady_clock::now();
  const bool started_anew = edge.run != hello.run;
  if (started_anew) {
    taken_.forget(from);
    edge = Edge{hello.run, edge.heard, {}, {}, false, edge.resyncs};
    blocked_.erase(from);
  }
  deliver(from, edge, framed(leading_));
  if (started_anew && sink_ != nullptr) sink_->on_hello(from, hello.run);
}

void ZmqRouter::Impl::take_request(const EdgeId& from, Edge& edge, RequestId id, Request request) {
  const auto reply = [&](Answer a) { deliver(from, edge, framed(id, std::move(a), leading_.batch)); };
  if (sink_ == nullptr || !leading_.leading) return reply(Retry{1000, "not_leading", {}});
  if (taken_.has(from, id)) {
    ++counters_.repeated;  // the answer to the first copy is on its way
    return;
  }
  const auto lane = lane_of(request);
  if (taken_.in_flight(from, lane) >= (lane == Lane::intake ? leading_.window_intake : leading_.window_agents)) {
    ++counters_.busy;
    return reply(Retry{1000, "busy", {}});
  }
  sink_->on_request(from, taken_.take(from, id, lane), std::move(request));
}

// --- out ------------------------------------------------------------------------------------------------------------

void ZmqRouter::Impl::answer(const EdgeId& to, RequestId token, Answer a) {
  const auto id = taken_.release(to, token);
  const auto edge = edges_.find(to);
  if (!id || edge == edges_.end()) {
    ++counters_.unanswerable;
    return;
  }
  ++counters_.answered;
  deliver(to, edge->second, framed(*id, std::move(a), leading_.batch));
}

Sent ZmqRouter::Impl::put(const EdgeId& to, const Frames& frames) {
  if (!pump_) return Sent::nobody;  // closed
  const auto sent = send(socket_, to.str(), frames);
  pump_->kick();  // the send may have used up the edge that the pump waits for
  return sent;
}

// An answer to an edge that is not connected is dropped: the edge asks again when it is back.
void ZmqRouter::Impl::deliver(const EdgeId& to, Edge& edge, Frames frames) {
  if (edge.outbox.empty()) {
    if (put(to, frames) != Sent::full) return;
  }
  if (edge.outbox.size() >= outbox_max()) {  // an edge that keeps to its windows cannot come here
    ++counters_.unanswerable;
    return;
  }
  edge.outbox.push_back(std::move(frames));
  blocked_.insert(to);
  retry_later();
}

void ZmqRouter::Impl::send_or_drop(const EdgeId& to, const Frames& frames) {
  if (put(to, frames) != Sent::yes) ++counters_.unanswerable;
}

template <class Unasked>
void ZmqRouter::Impl::unasked(const EdgeId& to, Unasked n) {
  const auto at = edges_.find(to);
  if (at == edges_.end()) return;
  auto& edge = at->second;
  const auto attachment = n.attachment;
  const auto frames = framed(std::move(n));
  if (!fits(frames)) {  // a resync would only bring it again
    ++counters_.notices_too_long;
    spdlog::error("event=bus.notice.left_out edge={} bytes={}", to.str(), frames.payload.size());
    return;
  }
  // Behind what waits in the outbox nothing may pass, and what is stale already is rebuilt as a whole.
  if (!edge.outbox.empty() || edge.all_stale || edge.stale.contains(attachment)) return stale(to, edge, attachment);
  if (put(to, frames) != Sent::yes) return stale(to, edge, attachment);
  ++counters_.notices;
}

void ZmqRouter::Impl::stale(const EdgeId& to, Edge& edge, const AttachmentId& attachment) {
  ++counters_.notices_stale;
  if (!edge.all_stale) edge.stale.insert(attachment);
  if (edge.stale.size() > settings_.stale_max) {
    edge.stale.clear();
    edge.all_stale = true;
  }
  blocked_.insert(to);
  retry_later();
}

void ZmqRouter::Impl::flush(const EdgeId& to, Edge& edge) {
  for (; !edge.outbox.empty(); edge.outbox.pop_front())
    if (put(to, edge.outbox.front()) == Sent::full) return;
  if ((edge.all_stale || !edge.stale.empty()) && send_resync(to, edge)) {
    edge.stale.clear();
    edge.all_stale = false;
    ++edge.resyncs;
    ++counters_.resyncs;
  }
}

bool ZmqRouter::Impl::send_resync(const EdgeId& to, Edge& edge) {
  Resync r;  // empty: all
  if (!edge.all_stale) r.attachments.assign(edge.stale.begin(), edge.stale.end());
  auto frames = framed(std::move(r));
  if (!fits(frames)) frames = framed(Resync{});  // names as long as these come from no edge of ours
  return put(to, frames) == Sent::yes;
}

void ZmqRouter::Impl::flush_blocked() {
  for (auto at = blocked_.begin(); at != blocked_.end();) {
    const auto edge = edges_.find(*at);
    if (edge != edges_.end()) flush(*at, edge->second);
    at = edge != edges_.end() && edge->second.blocked() ? std::next(at) : blocked_.erase(at);
  }
  if (!blocked_.empty()) retry_later();
}

// With several edges POLLOUT does not say which of them can be written, so the blocked ones are tried in turn.
void ZmqRouter::Impl::retry_later() {
  if (stopping_ || std::exchange(retrying_, true)) return;
  retry_.expires_after(settings_.retry_blocked);
  retry_.async_wait([self = weak_from_this()](const boost::system::error_code& ec) {
    const auto alive = self.lock();
    if (ec || !alive || !alive->pump_) return;
    alive->retrying_ = false;
    alive->pump_->kick();
  });
}

// --- life -----------------------------------------------------------------------------------------------------------

void ZmqRouter::Impl::set_leading(const Leading& l) {
  const bool other_epoch = l.epoch != leading_.epoch;
  leading_ = l;
  for (auto& [id, edge] : edges_) {
    if (other_epoch) taken_.forget(id);  // the engine that held them is gone; the edges send them again
    deliver(id, edge, framed(leading_));
  }
}

asio::awaitable<void> ZmqRouter::Impl::run(std::shared_ptr<Impl> self) {
  auto& me = *self;
  if (me.pump_) me.pump_->kick();
  while (!me.stopping_ && !me.failure_) {
    me.tick_.expires_after(me.settings_.heartbeat);
    co_await me.tick_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (me.stopping_ || me.failure_) break;
    me.beat(steady_clock::now() - me.tick_.expiry() > me.settings_.heartbeat);
  }
  me.close();
  if (me.failure_) std::rethrow_exception(me.failure_);
}

// A late tick says that this thread stood still, not that the edges did: their hellos may lie unread.
void ZmqRouter::Impl::beat(bool late) {
  const auto now = steady_clock::now();
  std::vector<EdgeId> gone;
  for (auto& [id, edge] : edges_) {
    if (late) edge.heard = now;
    if (now - edge.heard > settings_.gone_after) gone.push_back(id);
  }
  for (const auto& id : gone) {
    taken_.forget(id);
    edges_.erase(id);
    blocked_.erase(id);
    if (sink_ != nullptr) sink_->on_edge_gone(id);
  }
}

void ZmqRouter::Impl::stop() {
  stopping_ = true;
  tick_.cancel();
}

void ZmqRouter::Impl::close() {
  stop();
  retry_.cancel();
  if (!failure_) flush_blocked();
  if (const auto pump = std::exchange(pump_, nullptr)) pump->stop();
  if (socket_) socket_.close();
}

std::vector<EdgeStatus> ZmqRouter::Impl::edges() const {
  std::vector<EdgeStatus> list;
  const auto now = steady_clock::now();
  for (const auto& [id, edge] : edges_)
    list.push_back({id, taken_.in_flight(id), edge.stale.size(), edge.resyncs,
                    std::chrono::duration_cast<milliseconds>(now - edge.heard)});
  return list;
}

// --- the port -------------------------------------------------------------------------------------------------------

ZmqRouter::ZmqRouter(asio::io_context& io, ::zmq::context_t& context, RouterSettings settings)
    : impl_(std::make_shared<Impl>(io, context, std::move(settings))) {}
ZmqRouter::~ZmqRouter() { impl_->close(); }

asio::awaitable<void> ZmqRouter::run() { return Impl::run(impl_); }
void ZmqRouter::stop() { impl_->stop(); }
void ZmqRouter::set_sink(RouterSink* sink) { impl_->sink_ = sink; }
void ZmqRouter::set_leading(const Leading& l) { impl_->set_leading(l); }
void ZmqRouter::committed(std::uint64_t batch) { impl_->leading_.batch = batch; }
void ZmqRouter::answer(const EdgeId& to, RequestId token, Answer a) { impl_->answer(to, token, std::move(a)); }
void ZmqRouter::notice(const EdgeId& to, Notice n) { impl_->unasked(to, std::move(n)); }
void ZmqRouter::job(const EdgeId& to, Job j) { impl_->unasked(to, std::move(j)); }
const RouterCounters& ZmqRouter::counters() const { return impl_->counters_; }
std::vector<EdgeStatus> ZmqRouter::edges() const { return impl_->edges(); }

}  // namespace fd::bus
