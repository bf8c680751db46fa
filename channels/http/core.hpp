#pragma once
// What the connections of one listener share: limits, routes, one timer for all deadlines, counts. Strand: the loop's.
// Connections keep it alive; it knows them only while they live.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "channels/http/address.hpp"
#include "channels/http/http.hpp"

namespace fd::http {

using Clock = std::chrono::steady_clock;

class Core;

// A place among the connections counted; gives it back when destroyed.
class Seat {
 public:
  using PerAddress = std::unordered_map<std::string, std::size_t>::value_type;
  Seat(std::shared_ptr<Core> core, PerAddress* of_address);
  Seat(Seat&&) noexcept = default;
  Seat& operator=(Seat&&) = delete;
  ~Seat();
  [[nodiscard]] const std::shared_ptr<Core>& core() const noexcept { return core_; }

 private:
  std::shared_ptr<Core> core_;  // null when moved from
  PerAddress* of_address_;
};

// One connection as the listener sees it: it has at most one deadline, and it can be told to end.
class Peer : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
             public boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>,
                                                    boost::intrusive::optimize_size<true>> {
 public:
  explicit Peer(Seat seat);
  virtual ~Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  virtual void due() = 0;                               // the deadline came; it is disarmed
  virtual void restart(std::chrono::milliseconds) = 0;  // the daemon ends: finish what is under way, then close
  virtual void cut() = 0;                               // close now
  [[nodiscard]] virtual std::size_t queued_bytes() const { return 0; }
  virtual void shed() {}  // of all, this one has queued most, and together it is too much

  [[nodiscard]] Clock::time_point deadline() const noexcept { return deadline_; }
  [[nodiscard]] Core& core() const noexcept { return *core_; }

 protected:
  void arm(Clock::time_point at);
  void arm_in(std::chrono::milliseconds span) { arm(Clock::now() + span); }
  void disarm();
  Seat take_seat() noexcept { return std::move(seat_); }

 private:
  std::shared_ptr<Core> core_;
  Seat seat_;
  Clock::time_point deadline_;
};

class Outboxes {
 public:
  explicit Outboxes(std::size_t bytes_max) : bytes_max_{bytes_max} {}
  void add(std::size_t bytes);
  void remove(std::size_t bytes) noexcept { bytes_ -= bytes; }

 private:
  friend class Core;
  std::vector<Core*> cores_;
  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
};

class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(boost::asio::io_context& loop, std::shared_ptr<const Routes> routes, Limits limits, Networks trusted,
       std::shared_ptr<Outboxes> outboxes);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // A seat for a caller, or the name of the limit that refuses it.
  [[nodiscard]] std::variant<Seat, std::string_view> seat(const Remote&);
  [[nodiscard]] std::size_t seats() const noexcept { return seats_; }

  void count_refusal(std::string_view limit) { ++refusals_[limit]; }
  [[nodiscard]] const std::map<std::string_view, std::uint64_t>& refusals() const noexcept { return refusals_; }

  // Of these peers and `other`, the one that has queued most.
  [[nodiscard]] Peer* slowest(Peer* other);

  void restart_all();
  void cut_all();
  // Returns when no connection is left, at the latest after `wait`.
  [[nodiscard]] boost::asio::awaitable<void> empty(std::chrono::milliseconds wait);

  boost::asio::io_context& loop;
  const std::shared_ptr<const Routes> routes;
  const Limits limits;
  const Networks trusted;
  const std::shared_ptr<Outboxes> outboxes;

 private:
  friend class Seat;
  friend class Peer;
  struct Earlier {
    bool operator()(const Peer& a, const Peer& b) const noexcept { return a.deadline() < b.deadline(); }
  };
  void wait_for_first();
  void fire();
  template <class Call>
  void each(Call call);

  boost::intrusive::list<Peer, boost::intrusive::constant_time_size<false>> peers_;
  boost::intrusive::multiset<Peer, boost::intrusive::compare<Earlier>, boost::intrusive::constant_time_size<false>>
      deadlines_;
  boost::asio::steady_timer timer_;
  Clock::time_point timer_at_ = Clock::time_point::max();
  boost::asio::steady_timer empty_;
  std::unordered_map<std::string, std::size_t> per_address_;
  std::size_t seats_ = 0;
  std::map<std::string_view, std::uint64_t> refusals_;
};

}  // namespace fd::http
