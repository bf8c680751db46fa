#pragma once
// What a site keeps, in memory: the twin of a Redis server. Several MemoryStores on one server are several routers on
// one Redis: the leader's record fences them. Records are kept as they are, contacts by pointer: nothing is encoded.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "router/store/shapes.hpp"
#include "router/store/store.hpp"

namespace fd::store {

class MemoryServer {
 public:
  struct Leader {
    std::string router;
    std::uint64_t epoch = 0, batch = 0, sequence = 0;
    Instant now;
    std::string poisoned;
  };
  explicit MemoryServer(bool keep_events = true) : keep_events_(keep_events) {}
  MemoryServer(const MemoryServer&) = delete;
  MemoryServer& operator=(const MemoryServer&) = delete;

  // What a hand at redis-cli could do; tests and FaultyStore use it. nullopt: the record is deleted.
  std::optional<Leader> leader;
  std::string break_next;  // not empty: the next batch meets this error inside, is applied, and poisons

  [[nodiscard]] const std::vector<EventEntry>& events() const noexcept { return events_; }  // all since the start
  [[nodiscard]] std::optional<Duration> keeps(ContactId id) const;  // until a closed contact goes; nullopt: no limit

 private:
  friend class MemoryStore;
  struct KeptContact {
    std::shared_ptr<const Contact> contact;
    std::vector<Line> lines;
    std::vector<Note> notes;
    std::optional<std::string> facts;
    Instant until = never;
  };
  template <class T>
  struct Kept {
    T value{};
    Instant until = never;
    bool watched = false;  // stands in due_
  };
  template <class T>
  using Names = std::unordered_map<std::string, Kept<T>>;
  struct SeenEntry {
    ContactId contact;
    std::uint64_t seq = 0;
  };
  enum class Kind : std::uint8_t { visitor, seen, session, case_record, customer, identity, contacts };
  struct Due {
    Instant at;
    Kind kind = Kind::visitor;
    std::string name;
    bool operator>(const Due& other) const noexcept { return at > other.at; }
  };
  struct ContactDue {
    Instant at;
    ContactId id;
    bool operator>(const ContactDue& other) const noexcept { return at > other.at; }
  };
  template <class T>
  using Heap = std::priority_queue<T, std::vector<T>, std::greater<>>;

  void apply(const Batch& batch);
  void apply(const engine::Mutation& mutation, Instant now);
  template <class T>
  void keep(Names<T>& names, const std::string& name, Kind kind, Instant until);
  void let_go(Instant now);
  template <class T>
  void let_go(Names<T>& names, const Due& due, Instant now);
  [[nodiscard]] boost::system::result<Image, Failure> image() const;

  bool keep_events_;
  bool schema_ = false;
  std::unordered_map<ContactId, KeptContact> contacts_;
  std::unordered_set<ContactId> live_;
  std::unordered_map<AgentId, std::shared_ptr<const Agent>> agents_;
  std::unordered_map<QueueName, QueueState> queue_states_;
  std::unordered_map<QueueName, std::unordered_map<ContactId, double>> queues_;
  Names<std::shared_ptr<const Case>> cases_;
  Names<Visitor> visitors_;
  Names<SeenEntry> seen_;
  Names<SignIn> sessions_;
  Names<Customer> customers_;
  Names<CustomerId> identities_;
  Names<std::vector<ContactId>> customer_contacts_;  // oldest first
  std::unordered_map<std::string, std::vector<ContactId>> agent_contacts_;
  std::unordered_map<std::string, std::uint64_t> counters_;
  std::unordered_map<std::uint64_t, Job> jobs_;
  std::vector<EventEntry> events_;
  std::uint64_t last_event_ = 0;
  Heap<Due> due_;
  Heap<ContactDue> contacts_due_;
};

}  // namespace fd::store
