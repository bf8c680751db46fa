#pragma once
// The pure heart: apply(event, now) -> Step. No I/O, no clock, no randomness of its own, no threads, no body text.
// States and events: states.hpp and routing-semantics; order and matching: matching.cpp. Not thread-safe: one strand.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "router/engine/event.hpp"
#include "router/engine/image.hpp"
#include "router/engine/settings.hpp"
#include "router/engine/step.hpp"

namespace fd::engine {

class Core;

struct Place {                       // in the line
  std::size_t position = 0;          // 1 = next
  std::optional<Duration> estimate;  // nullopt: too few contacts left this queue lately
};

struct QueueView {
  const Queue* settings = nullptr;
  QueueState state;
  std::size_t waiting = 0;
  Instant oldest;  // virtual start of the one who waits longest; unset = nobody
  std::size_t free_agents = 0;
};

struct AgentView {
  std::shared_ptr<const Agent> row;
  const Account* account = nullptr;
  int used = 0;
  std::vector<ContactId> contacts;  // offers, connecting, active, paused, wrapup
};

// Why an agent would not get a contact now; empty = it would.
using Reason = std::string;

class Engine {
 public:
  explicit Engine(Settings);
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

  // Takes over a stored site as it was. Event Lead, applied next, then does what a restart does to it.
  void restore(const Image&);
  // Everything stored, in a canonical order: restore(image()) is an equal engine.
  [[nodiscard]] Image image() const;
  // Derived state in a canonical text, for the same comparison.
  [[nodiscard]] std::string derived() const;

  // Fires what is due (<= Settings::fire_max), applies the event, matches. `now` never goes backwards: an earlier one
  // counts as the last. `written` is the number the mutations will be committed under and effects are held for; those
  // of a step that wrote nothing are held for `quiet` (the newest batch whose state they may show). Throws
  // std::logic_error when an invariant is broken: drop the engine and reload.
  [[nodiscard]] Step apply(const Event&, Instant now, BatchNumber written, BatchNumber quiet);
  [[nodiscard]] Step apply(const Event& e, Instant now, BatchNumber batch) { return apply(e, now, batch, batch); }
  [[nodiscard]] Instant next_due() const;  // fd::never when nothing is

  [[nodiscard]] const Settings& settings() const noexcept;
  [[nodiscard]] std::uint64_t sequence() const noexcept;
  [[nodiscard]] std::size_t live() const noexcept;
  [[nodiscard]] Row contact(ContactId) const;                                 // live ones; null otherwise
  [[nodiscard]] std::optional<ContactId> contact_of(const VisitorId&) const;  // live contact of a visitor
  [[nodiscard]] std::optional<Visitor> visitor(const VisitorId&) const;  // while its contact is live or closed lately
  [[nodiscard]] std::optional<ContactId> contact_of(const CaseNumber&) const;
  [[nodiscard]] std::optional<AgentView> agent(const AgentId&) const;
  [[nodiscard]] std::vector<AgentView> agents() const;
  [[nodiscard]] std::vector<QueueView> queues() const;
  // What was counted today (the site's calendar day) as `what`: "kind" of what was resolved; by name.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counted(std::string_view what) const;
  [[nodiscard]] const std::string& today() const;  // YYYYMMDD in the site's zone
  // Waiting ones; in log n. `at`: the time of asking, unset: of the last event.
  [[nodiscard]] std::optional<Place> place(ContactId, Instant at = {}) const;
  // How many a contact that came now would find ahead of it in its line.
  [[nodiscard]] std::size_t ahead(const Classification&, Instant now) const;
  // One pass over a queue's line, soonest first; stops when the callback says false.
  void walk(const QueueName&, const std::function<bool(std::size_t position, ContactId)>&) const;
  [[nodiscard]] Reason why_not(const AgentId&, ContactId) const;
  // Looks at <= `objects` contacts and as many agents from where it stopped, at <= `free_each` free agents for each
  // contact, and at all groups of the queues; returns what it found wrong (must be empty).
  [[nodiscard]] std::vector<std::string> self_check(std::size_t objects, std::size_t free_each = SIZE_MAX);

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace fd::engine
