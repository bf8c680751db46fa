#pragma once
// A site under random events by seed: customers, agents, supervisors, media, time and crashes, over the real engine and
// the store in memory behind FaultyStore. Steps gather in a batch while the one before is under way; events and time go
// on as long as a fault holds it. A crash loses what was not committed, or the reply of what was; a fault that ends the
// lead is followed by another router. Nobody believes anything that did not come out of an opened Held.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "router/engine/engine.hpp"
#include "router/store/memory/memory_store.hpp"
#include "tests/simulation/checker.hpp"
#include "tests/support/faulty_store.hpp"

namespace fd::simulation {

struct Report {
  std::vector<std::string> wrong;
  std::set<std::string> rows;  // of the table of states that were gone through
  std::map<fd::test::Fault::Kind, std::uint64_t> faults;
  std::uint64_t steps = 0, crashes = 0, lost_replies = 0, reloads = 0, transitions = 0;
  std::uint64_t held_steps = 0;  // taken while a batch was under way
};

// What is broken on purpose, and what must be found by it.
enum class Control : std::uint8_t { none, lease, early };

class World {
 public:
  explicit World(std::uint64_t seed, Control control = Control::none);
  void step();  // one event
  [[nodiscard]] const Report& report() const noexcept { return report_; }

 private:
  struct Customer {
    VisitorId id;
    std::uint64_t n = 0;                // of the page, acknowledged
    std::optional<std::uint64_t> open;  // sent, not answered
    std::string channel = "chat";
    std::set<std::uint64_t> acked;
    bool attached = false;
  };
  struct Desk {
    AgentId id;
    std::uint64_t n = 0;
    bool waiting = false;
  };

  struct UnderWay {  // the one batch that was sent and not answered
    store::Batch batch;
    std::optional<boost::system::result<Receipt, store::Failure>> result;
  };

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  void time_passes();
  void remove_a_lease();  // a row whose lease is gone, as if the engine had forgotten it
  void apply(const engine::Event&);

  // --- writes.cpp ---
  void send_batch();
  void store_goes_on();  // what was held long enough is over; its outcome is taken
  void take_outcome();
  void release();
  void settle_writes();  // until all is durable
  void hear(const engine::Effects&);
  void crash(bool committed);
  void stand_down(const store::Failure&);
  void next_router();
  void lead();
  void compare_with_store();
  void check_kept();
  // The shell's line: whoever sent under this key waits until it is committed.
  [[nodiscard]] bool waits(const std::string& key) const;
  void in_line(const std::string& key) { lines_[key] = filling_.number; }

  void customer_event();
  void send(Customer&);
  void agent_event();
  void counter_event();
  void supervisor_event();
  void media_event();
  void roster_event();
  void job_done();
  using Row = engine::Row;
  [[nodiscard]] Row pick(const std::vector<ContactState>& states, const AgentId& owner = {});
  [[nodiscard]] engine::From from(Desk&);

  std::mt19937_64 random_;
  Control control_;
  engine::Settings settings_;
  std::shared_ptr<store::MemoryServer> server_;
  // In this order: what a router leaves suspended is destroyed with its io_context, after its stores.
  std::unique_ptr<boost::asio::io_context> io_;
  std::unique_ptr<store::MemoryStore> memory_;
  std::unique_ptr<boost::asio::steady_timer> hold_;  // of FaultyStore, in simulated time
  std::unique_ptr<fd::test::FaultyStore> store_;
  std::unique_ptr<fd::test::EarlyReceiptStore> early_;  // over it, for the control
  Instant hold_until_ = never;
  std::shared_ptr<UnderWay> under_way_;
  std::optional<engine::Engine> engine_;
  std::optional<Checker> checker_;
  Instant now_;
  std::uint64_t batch_ = 0, body_ = 0, routers_ = 0, tickets_ = 0;  // batch_: committed
  store::Batch filling_;                                            // number 0: nothing to write yet
  std::deque<engine::Held<engine::Effects>> held_;
  std::optional<Receipt> receipt_;
  std::map<std::string, BatchNumber> lines_;
  std::vector<Customer> customers_;
  std::vector<Desk> desks_;
  std::set<ContactId> believed_;  // acknowledged to somebody
  engine::Image image_;
  Report report_;
};

}  // namespace fd::simulation
