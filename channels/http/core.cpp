#include "channels/http/core.hpp"

#include <sodium.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fd::http {

Seat::Seat(std::shared_ptr<Core> core, PerAddress* of_address) : core_{std::move(core)}, of_address_{of_address} {
  ++core_->seats_;
  if (of_address_ != nullptr) ++of_address_->second;
}

Seat::~Seat() {
  if (!core_) return;
  if (of_address_ != nullptr && --of_address_->second == 0) {
    const std::string key = of_address_->first;
    core_->per_address_.erase(key);
  }
  if (--core_->seats_ == 0) core_->empty_.cancel();
}

Peer::Peer(Seat seat) : core_{seat.core()}, seat_{std::move(seat)} { core().peers_.push_back(*this); }

void Peer::arm(Clock::time_point at) {
  disarm();
  deadline_ = at;
  core().deadlines_.insert(*this);
  core().wait_for_first();
}

void Peer::disarm() {
  using Hook = boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>,
                                               boost::intrusive::optimize_size<true>>;
  Hook::unlink();
}

std::shared_ptr<Outboxes> make_outboxes(std::size_t bytes_max) { return std::make_shared<Outboxes>(bytes_max); }

void Outboxes::add(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= bytes_max_) return;
  Peer* slowest = nullptr;
  for (Core* core : cores_) slowest = core->slowest(slowest);
  if (slowest != nullptr) slowest->shed();
}

Core::Core(boost::asio::io_context& loop_, std::shared_ptr<const Routes> routes_, Limits limits_, Networks trusted_,
           std::shared_ptr<Outboxes> outboxes_)
    : loop{loop_},
      routes{std::move(routes_)},
      limits{std::move(limits_)},
      trusted{std::move(trusted_)},
      outboxes{std::move(outboxes_)},
      timer_{loop_},
      empty_{loop_} {
  outboxes->cores_.push_back(this);
}

Core::~Core() { std::erase(outboxes->cores_, this); }

std::variant<Seat, std::string_view> Core::seat(const Remote& remote) {
  if (seats_ >= limits.connections_max) return "connections";
  Seat::PerAddress* of_address = nullptr;
  if (remote.address && !trusted.contains(*remote.address)) {
    of_address = &*per_address_.try_emplace(seat_key(*remote.address), 0).first;
    if (of_address->second >= limits.connections_per_address_max) return "connections_per_address";
  }
  return Seat{shared_from_this(), of_address};
}

void Core::wait_for_first() {
  if (deadlines_.empty()) return;
  const auto first = deadlines_.begin()->deadline();
  if (first >= timer_at_) return;
  timer_at_ = first;
  timer_.expires_at(first);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto core = weak.lock();
    if (core && !error) core->fire();
  });
}

void Core::fire() {
  timer_at_ = Clock::time_point::max();
  const auto now = Clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->deadline() <= now) {
    Peer& peer = *deadlines_.begin();
    deadlines_.erase(deadlines_.begin());
    peer.due();
  }
  wait_for_first();
}

// The call may close a peer but never destroys one: that happens when its operations complete, on a later turn.
template <class Call>
void Core::each(Call call) {
  for (auto at = peers_.begin(); at != peers_.end();) call(*at++);
}

Peer* Core::slowest(Peer* other) {
  each([&](Peer& peer) {
    if (other == nullptr || peer.queued_bytes() > other->queued_bytes()) other = &peer;
  });
  return other;
}

void Core::restart_all() {
  const auto spread = static_cast<std::uint32_t>(limits.restart_retry_spread.count());
  each([&](Peer& peer) {
    // Jitter, so that ten thousand pages do not come back in one instant.
    peer.restart(limits.restart_retry_min + std::chrono::milliseconds{randombytes_uniform(spread + 1)});
  });
}

void Core::cut_all() {
  each([](Peer& peer) { peer.cut(); });
}

boost::asio::awaitable<void> Core::empty(std::chrono::milliseconds wait) {
  if (seats_ == 0) co_return;
  empty_.expires_after(wait);
  const auto [error] = co_await empty_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  static_cast<void>(error);  // canceled is the good case: the last one left
}

}  // namespace fd::http
