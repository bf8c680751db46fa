#pragma once
// A small site for tests of the engine: two agents, a supervisor, a few queues, a store in memory that every step is
// committed to; effects are opened with its receipt. Rows and answers become short text, so that tests are tables.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "router/engine/engine.hpp"
#include "router/model/words.hpp"
#include "router/store/memory/memory_store.hpp"

namespace fd::engine::test {

using namespace std::chrono_literals;
using std::string;

inline const Instant start{1'795'500'000'000};  // 2026-11-24

[[nodiscard]] Settings small_settings();

class SmallSite {
 public:
  explicit SmallSite(Settings settings = small_settings());

  Step& apply(const Event&);  // at now(); commits, opens
  void pass(Duration);        // time goes on, and a tick
  void wait(Duration d) { now = now + d; }

  // customers
  ContactId chat(const string& visitor, Classification = {});  // next line of this visitor; a new contact if none
  ContactId chat(const string& visitor, const string& page, std::uint64_t n);
  ContactId ticket(const string& service = "tax");
  ContactId call(const string& caller);  // phone: media
  void gone(ContactId id) { apply(CustomerDetached{id}); }
  void back(ContactId id) { apply(CustomerAttached{id}); }
  void end(ContactId id) { apply(CustomerEnd{9, id}); }
  // agents
  void desk(const string& agent);  // socket open and available
  void attach(const string& agent) { apply(AgentAttached{AgentId(agent)}); }
  void detach(const string& agent, bool lost = false) { apply(AgentDetached{AgentId(agent), lost}); }
  void presence(const string& agent, Presence, const string& reason = "lunch", const string& counter = {});
  void accept(const string& agent, ContactId);
  void decline(const string& agent, ContactId);
  void say(const string& agent, ContactId);
  void resolve(const string& agent, ContactId, const string& kind = "billing", const string& disposition = "solved");
  void transfer(const string& agent, ContactId, const string& queue);
  void hand(const string& agent, ContactId, const string& target);
  void reassign(const string& target, ContactId, bool force = false);
  void force(const string& agent, Presence);
  void pause(const string& queue, bool paused = true);
  void next(const string& agent, const string& queue = "counter");
  void restart(Duration down = 0s);  // the store is loaded into a fresh engine, which leads

  [[nodiscard]] From from(const string& agent) const { return {7, AgentId(agent), {}, 0}; }
  [[nodiscard]] Row row(ContactId) const;                                                 // live or closed
  [[nodiscard]] std::shared_ptr<const Case> server_case(const CaseNumber& number) const;  // as stored
  [[nodiscard]] string show(ContactId) const;            // "offered a1", "queued away skip", "closed:ended a1"
  [[nodiscard]] string show(const string& agent) const;  // "draining>away used 25"
  [[nodiscard]] string answer() const;  // of the last event: "done", "kept 1", "refused stale", "gap 2", ""
  [[nodiscard]] string said() const;    // names of its effects
  [[nodiscard]] string told_of_failed_transfer() const;  // "giver: target end", or ""
  [[nodiscard]] string moved() const;                    // its transitions of contacts: "queued>offered active>queued"
  [[nodiscard]] OfferId offer(ContactId) const;          // open, else the last one
  [[nodiscard]] int used(const string& agent) const { return engine.agent(AgentId(agent))->used; }
  [[nodiscard]] Image image() const { return engine.image(); }

  Settings settings;
  std::shared_ptr<store::MemoryServer> server = std::make_shared<store::MemoryServer>();
  store::MemoryStore store{server, "r"};
  Engine engine;
  Instant now = start;
  std::uint64_t batch = 0;
  std::optional<Step> last;
  Effects effects;
  std::map<string, std::uint64_t> counters;
  std::uint64_t body = 0;
};

}  // namespace fd::engine::test
