#pragma once
// A site under random events by seed: customers, agents, supervisors, media, time and crashes, over the real engine and
// the store in memory. Steps gather in a batch; a crash loses the batch that was not committed, or the reply of the one
// that was. Nobody believes anything that did not come out of an opened Held.

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
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
  std::uint64_t steps = 0, crashes = 0, lost_replies = 0, reloads = 0, closed = 0, transitions = 0;
};

class World {
 public:
  explicit World(std::uint64_t seed);
  void step();            // one event
  void remove_a_lease();  // the control: a row whose lease is gone, as if the engine had forgotten it
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

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  void time_passes();
  void apply(const engine::Event&);
  void commit(bool reply_lost);
  void hear(const engine::Effects&);
  void crash(bool committed);
  void lead();
  void compare_with_store();
  void check_kept();
  void customer_event();
  void send(Customer&);
  void agent_event();
  void counter_event();
  void supervisor_event();
  void media_event();
  void roster_event();
  using Row = engine::Row;
  [[nodiscard]] Row pick(const std::vector<ContactState>& states, const AgentId& owner = {});
  [[nodiscard]] engine::From from(Desk&);

  std::mt19937_64 random_;
  engine::Settings settings_;
  std::shared_ptr<store::MemoryServer> server_;
  boost::asio::io_context io_;
  std::unique_ptr<store::MemoryStore> memory_;
  std::unique_ptr<fd::test::FaultyStore> store_;
  std::optional<engine::Engine> engine_;
  std::optional<Checker> checker_;
  Instant now_;
  std::uint64_t batch_ = 0, body_ = 0, routers_ = 0, tickets_ = 0;
  store::Batch filling_;
  std::vector<engine::Held<engine::Effects>> held_;
  std::vector<Customer> customers_;
  std::vector<Desk> desks_;
  std::set<ContactId> believed_;  // acknowledged to somebody
  engine::Image image_;
  Report report_;
};

}  // namespace fd::simulation
