#include "router/bus/zmq/edge.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <random>
#include <unordered_map>
#include <utility>

#include "router/bus/zmq/outstanding.hpp"
#include "router/bus/zmq/peer.hpp"

namespace fd::bus {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

std::string random_run() {
  std::random_device device;
  std::string text;
  for (int i = 0; i < 4; ++i) text += fmt::format("{:08x}", device());
  return text;
}

Request moved(Request& r) { return std::move(r); }

Envelope envelope_of(Request request, RequestId id, std::int64_t deadline_ms) {
  Envelope e;
  e.id = id;
  e.deadline_ms = deadline_ms;
  std::visit([&](auto&& one) { e.body = std::forward<decltype(one)>(one); }, moved(request));
  return e;
}

}  // namespace

// A new leader, or the old one on a new connection, gets everything outstanding again, in the order of the calls.
class ZmqEdge::Impl {
 public:
  Impl(asio::io_context&, ::zmq::context_t&, const Clock&, EdgeSettings);

  static asio::awaitable<Answer> request(std::shared_ptr<Impl> self, Request, milliseconds patience);
  static asio::awaitable<void> run(std::shared_ptr<Impl> self);
  void stop();
  void close();

  void signal(Signal);
  bool flush();  // false: the socket did not take all
  Subscription subscribe(std::weak_ptr<Impl> self, const AttachmentId&, AttachmentSink&);

  const EdgeSettings settings_;
  const std::string run_ = random_run();
  Peer* leader_ = nullptr;
  std::uint64_t epoch_ = 0;  // of leader_
  std::uint64_t attachments_ = 0;
  std::array<std::uint32_t, 2> window_;
  Outstanding outstanding_;
  EdgeCounters counters_;

 private:
  void on_envelope(Peer&, Envelope);
  void on_leading(Peer&, const Leading&);
  void on_answer(Peer&, RequestId, std::uint64_t batch, Answer);
  void on_resync(const Resync&);
  void on_connection(Peer&, bool up);
  void choose();
  void tell_link(bool up);
  void tell_resync(const std::vector<AttachmentId>&);
  [[nodiscard]] std::vector<AttachmentId> attached() const;
  void hello(Peer&);
  void lose(Peer&);
  void beat(bool late);

  asio::io_context& io_;
  const Clock& clock_;
  Peer::Owner owner_;
  std::vector<std::unique_ptr<Peer>> peers_;
  asio::steady_timer tick_;
  bool stopping_ = false;
  bool closed_ = false;
  std::exception_ptr failure_;
  RequestId last_id_ = 0;
  std::deque<Frames> signals_;
  std::unordered_map<AttachmentId, AttachmentSink*> sinks_;
  std::uint64_t top_epoch_ = 0;  // highest epoch any router said it leads
  std::uint64_t top_batch_ = 0;  // highest batch such a router said is kept
  bool was_up_ = false;
};

ZmqEdge::Impl::Impl(asio::io_context& io, ::zmq::context_t& context, const Clock& clock, EdgeSettings settings)
    : settings_(std::move(settings)),
      window_{settings_.window_intake, settings_.window_agents},
      io_(io),
      clock_(clock),
      tick_(io) {
  for (const auto& endpoint : settings_.endpoints) check_endpoint(endpoint);
  owner_.on_envelope = [this](Peer& p, Envelope e) { on_envelope(p, std::move(e)); };
  owner_.on_connection = [this](Peer& p, bool up) { on_connection(p, up); };
  owner_.on_turn = [this](Peer& p) { return &p == leader_ && !flush(); };
  owner_.on_garbage = [this](Peer& p, const std::string& why) {
    ++counters_.garbage;
    spdlog::warn("event=bus.unreadable edge={} router={} error=\"{}\"", settings_.id.str(), p.endpoint(), why);
  };
  owner_.on_failure = [this](std::exception_ptr e) {
    failure_ = std::move(e);
    tick_.cancel();
  };
  for (std::size_t i = 0; i < settings_.endpoints.size(); ++i)
    peers_.push_back(std::make_unique<Peer>(io_, context, settings_, settings_.endpoints[i],
                                            "frontdesk-monitor-" + run_ + "-" + std::to_string(i), owner_));
}

// --- requests -------------------------------------------------------------------------------------------------------

asio::awaitable<Answer> ZmqEdge::Impl::request(std::shared_ptr<Impl> self, Request request, milliseconds patience) {
  if (self->stopping_) co_return Retry{1000, "stopping", {}};
  const auto lane = lane_of(request);
  if (self->outstanding_.in_flight(lane) >= self->window_[static_cast<std::size_t>(lane)]) {
    ++self->counters_.busy;
    co_return Retry{1000, "busy", {}};
  }
  const auto id = ++self->last_id_;
  const auto deadline = self->clock_.wall() + patience;
  Outstanding::Waiting w{
      lane, encode(envelope_of(std::move(request), id, deadline.ms)), asio::steady_timer(self->io_), {}, 0};
  if (!fits(w.frames)) co_return Reject{"bad_request", "longer than 1 MiB on the bus", {}};
  const Outstanding::Place place(self->outstanding_, id, w, self);
  w.timer.expires_after(patience);
  self->flush();
  if (!w.answer) co_await w.timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (w.answer) co_return std::move(*w.answer);
  co_return Retry{1000, "deadline", {}};
}

bool ZmqEdge::Impl::flush() {
  if (leader_ == nullptr) return true;
  while (auto* const w = outstanding_.next()) {
    if (!leader_->send(w->frames)) return false;
    ++counters_.sent;
    if (w->times_sent != 0) ++counters_.resent;
    outstanding_.next_is_sent(*w);
  }
  for (; !signals_.empty(); signals_.pop_front())
    if (!leader_->send(signals_.front())) return false;
  return true;
}

void ZmqEdge::Impl::signal(Signal s) {
  if (leader_ == nullptr) return;  // lossy by contract: nobody wants to hear of typing a minute ago
  if (signals_.size() >= settings_.signals_max) {
    signals_.pop_front();
    ++counters_.signals_dropped;
  }
  Envelope e;
  e.body = std::move(s);
  signals_.push_back(encode(e));
  flush();
}

void ZmqEdge::Impl::on_answer(Peer& from, RequestId id, std::uint64_t batch, Answer answer) {
  if (&from == leader_) top_batch_ = std::max(top_batch_, batch);
  if (const auto* retry = std::get_if<Retry>(&answer)) {
    if (retry->reason == "hello") {  // it was started anew, and we wrote before we noticed
      lose(from);
      return hello(from);
    }
    if (retry->reason == "not_leading" || retry->reason == "fenced") {  // kept here until somebody leads
      from.said.leading = false;
      return choose();
    }
  }
  if (outstanding_.answer(id, std::move(answer)))
    ++counters_.answered;
  else
    ++counters_.unknown;
}

// --- who leads ------------------------------------------------------------------------------------------------------

void ZmqEdge::Impl::on_envelope(Peer& from, Envelope e) {
  from.heard = steady_clock::now();
  if (auto* ack = std::get_if<Ack>(&e.body)) return on_answer(from, e.id, e.batch, std::move(*ack));
  if (auto* retry = std::get_if<Retry>(&e.body)) return on_answer(from, e.id, e.batch, std::move(*retry));
  if (auto* reject = std::get_if<Reject>(&e.body)) {
    if (e.id != 0) return on_answer(from, e.id, e.batch, std::move(*reject));
    spdlog::error("event=bus.refused edge={} router={} code={} reason=\"{}\"", settings_.id.str(), from.endpoint(),
                  reject->code, reject->text);
    return;
  }
  if (const auto* leading = std::get_if<Leading>(&e.body)) return on_leading(from, *leading);
  if (&from != leader_) return;  // what a former leader has still to say is no longer true
  if (const auto* notice = std::get_if<Notice>(&e.body)) {
    if (const auto at = sinks_.find(notice->attachment); at != sinks_.end()) at->second->on_notice(notice->frame);
    return;
  }
  if (const auto* job = std::get_if<Job>(&e.body)) {
    if (const auto at = sinks_.find(job->attachment); at != sinks_.end()) at->second->on_job(*job);
    return;
  }
  if (const auto* resync = std::get_if<Resync>(&e.body)) return on_resync(*resync);
}

void ZmqEdge::Impl::on_leading(Peer& from, const Leading& l) {
  const bool rolled_back = l.leading && l.epoch >= top_epoch_ && l.batch < top_batch_;
  if (rolled_back) {
    if (!std::exchange(from.refused, true))
      spdlog::error(
          "event=bus.rolled_back edge={} router={} epoch={} batch={} acknowledged={} reason=\"its store lost what "
          "customers were told is kept; refused until it is restored or the edges are restarted\"",
          settings_.id.str(), from.endpoint(), l.epoch, l.batch, top_batch_);
    return lose(from);
  }
  from.refused = false;
  from.greeted = true;
  from.said = l;
  if (l.leading && l.epoch >= top_epoch_) {
    top_epoch_ = l.epoch;
    top_batch_ = l.batch;
  }
  choose();
}

void ZmqEdge::Impl::choose() {
  Peer* best = nullptr;
  for (const auto& p : peers_)
    if (p->greeted && p->said.leading && p->said.epoch >= top_epoch_) best = p.get();
  const auto best_epoch = best == nullptr ? 0 : best->said.epoch;
  if (best != nullptr) window_ = {best->said.window_intake, best->said.window_agents};
  if (best == leader_ && best_epoch == epoch_) return;
  const bool up_before = leader_ != nullptr;
  leader_ = best;
  epoch_ = best_epoch;
  signals_.clear();
  if (leader_ == nullptr) {
    if (up_before) tell_link(false);
    return;
  }
  outstanding_.all_again();
  flush();
  if (!up_before) tell_link(true);
  if (std::exchange(was_up_, true)) tell_resync(attached());
}

void ZmqEdge::Impl::lose(Peer& p) {
  p.greeted = false;
  choose();
}

void ZmqEdge::Impl::on_connection(Peer& p, bool up) {
  lose(p);
  if (!up) return;
  p.heard = steady_clock::now();
  hello(p);
}

void ZmqEdge::Impl::hello(Peer& p) {
  Envelope e;
  e.body = Hello{settings_.id, run_};
  (void)p.send(encode(e));  // not now: the next beat says it again
}

// --- attachments ----------------------------------------------------------------------------------------------------

Subscription ZmqEdge::Impl::subscribe(std::weak_ptr<Impl> self, const AttachmentId& id, AttachmentSink& sink) {
  sinks_[id] = &sink;
  return Subscription([self = std::move(self), id] {
    if (const auto alive = self.lock()) alive->sinks_.erase(id);
  });
}

std::vector<AttachmentId> ZmqEdge::Impl::attached() const {
  std::vector<AttachmentId> ids;
  ids.reserve(sinks_.size());
  for (const auto& [id, sink] : sinks_) ids.push_back(id);
  return ids;
}

void ZmqEdge::Impl::on_resync(const Resync& r) { tell_resync(r.attachments.empty() ? attached() : r.attachments); }

// A sink may leave, and end others, while it is told: each is looked up when its turn comes.
void ZmqEdge::Impl::tell_resync(const std::vector<AttachmentId>& ids) {
  for (const auto& id : ids) {
    const auto at = sinks_.find(id);
    if (at == sinks_.end()) continue;
    ++counters_.resyncs;
    at->second->on_resync();
  }
}

void ZmqEdge::Impl::tell_link(bool up) {
  for (const auto& id : attached())
    if (const auto at = sinks_.find(id); at != sinks_.end()) at->second->on_link(up);
}

// --- life -----------------------------------------------------------------------------------------------------------

asio::awaitable<void> ZmqEdge::Impl::run(std::shared_ptr<Impl> self) {
  auto& me = *self;
  for (const auto& p : me.peers_) {
    p->open();
    p->heard = steady_clock::now();
    me.hello(*p);
  }
  while (!me.stopping_ && !me.failure_) {
    me.tick_.expires_after(me.settings_.heartbeat);
    co_await me.tick_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (me.stopping_ || me.failure_) break;
    me.beat(steady_clock::now() - me.tick_.expiry() > me.settings_.heartbeat);
  }
  me.close();
  if (me.failure_) std::rethrow_exception(me.failure_);
}

// A late tick says that this thread stood still, not that the routers did: their answers may lie unread.
void ZmqEdge::Impl::beat(bool late) {
  const auto now = steady_clock::now();
  for (const auto& p : peers_) {
    if (late) p->heard = now;
    if (now - p->heard > settings_.gone_after) {
      lose(*p);
      p->open();  // a fresh socket: inproc never reconnects by itself
      p->heard = now;
    }
    hello(*p);
  }
}

void ZmqEdge::Impl::stop() {
  stopping_ = true;
  tick_.cancel();
}

void ZmqEdge::Impl::close() {
  stop();
  if (std::exchange(closed_, true)) return;
  if (!failure_) flush();
  for (const auto& p : peers_) p->close();
  choose();
  outstanding_.answer_all(Retry{1000, "stopping", {}});
}

// --- the port -------------------------------------------------------------------------------------------------------

ZmqEdge::ZmqEdge(asio::io_context& io, ::zmq::context_t& context, const Clock& clock, EdgeSettings settings)
    : impl_(std::make_shared<Impl>(io, context, clock, std::move(settings))) {}
ZmqEdge::~ZmqEdge() { impl_->close(); }

asio::awaitable<void> ZmqEdge::run() { return Impl::run(impl_); }
void ZmqEdge::stop() { impl_->stop(); }
asio::awaitable<Answer> ZmqEdge::request(Request request, milliseconds patience) {
  return Impl::request(impl_, std::move(request), patience);
}
void ZmqEdge::signal(Signal s) { impl_->signal(std::move(s)); }
AttachmentId ZmqEdge::new_attachment() {
  return AttachmentId(impl_->run_.substr(0, 16) + "." + std::to_string(++impl_->attachments_));
}
Subscription ZmqEdge::subscribe(const AttachmentId& id, AttachmentSink& sink) {
  return impl_->subscribe(impl_, id, sink);
}
bool ZmqEdge::up() const { return impl_->leader_ != nullptr; }
std::uint64_t ZmqEdge::epoch() const { return impl_->epoch_; }
EdgeCounters ZmqEdge::counters() const { return impl_->counters_; }
std::uint32_t ZmqEdge::in_flight(Lane lane) const { return impl_->outstanding_.in_flight(lane); }
std::uint32_t ZmqEdge::window(Lane lane) const { return impl_->window_[static_cast<std::size_t>(lane)]; }

}  // namespace fd::bus
