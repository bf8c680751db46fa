#pragma once
// The invariants of routing-semantics §5.5, checked from outside: rows before and after a step, and the step. Shares no
// code with the engine, so that the same mistake is not made twice.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "router/engine/engine.hpp"

namespace fd::simulation {

class Checker {
 public:
  // Begins from a stored site; what was accepted and closed before is not known.
  explicit Checker(const engine::Image& image) { reset(image); }
  void reset(const engine::Image& image);

  // Everything that is wrong after `step`, which led to `after` at `next_due`; empty: nothing.
  [[nodiscard]] std::vector<std::string> check(const engine::Settings&, const engine::Event&, const engine::Step&,
                                               const engine::Image& after, Instant next_due);
  void sent() { sent_.merge(ending_); }                        // the steps so far are a batch of their own,
  void committed() { ended_.merge(sent_); }                    // which is durable; reset() forgets the others
  void forced(ContactId contact) { forced_.insert(contact); }  // a supervisor passed capacity for it

 private:
  void say(const std::string& what) { wrong_.push_back(what); }
  void states(const engine::Settings&, Instant next_due);    // 1, 2, 4, 5
  void capacity(const engine::Settings&);                    // 3
  void history(const engine::Event&, const engine::Step&);   // 6, 7, 10
  void recorded(const engine::Event&, const engine::Step&);  // 7
  void jobs(const engine::Settings&, const engine::Event&, const engine::Step&, const engine::Image&);
  void conserves_work(const engine::Settings&, const engine::Step&);  // 9
  using Work = std::vector<const Contact*>;                           // what takes an agent's capacity
  void within(const engine::Settings&, const AgentId&, const Work&);
  // `without`: as if the agent did not have this one
  [[nodiscard]] bool room(const engine::Settings&, const Agent&, const Contact&, const Contact* without) const;
  [[nodiscard]] bool eligible(const engine::Settings&, const Agent&, const Contact&, bool soft,
                              const Contact* without = nullptr) const;
  [[nodiscard]] bool wants(const engine::Settings&, const Contact&) const;

  std::vector<std::string> wrong_;
  std::map<ContactId, Contact> before_, after_;
  std::map<AgentId, Work> work_;
  std::map<QueueName, bool> paused_;
  std::vector<Agent> agents_;
  std::set<ContactId> forced_, ended_, sent_, ending_;
  std::map<std::string, int> folded_;  // live contacts by state, from transitions alone
  std::map<std::uint64_t, Job> jobs_;  // what must be open
  std::uint64_t sequence_ = 0;
  Instant now_;
};

}  // namespace fd::simulation
