#pragma once
// Rows and what is derived from them: contacts, agents, queues and how they find one another. Private to router/engine.

#include <algorithm>
#include <array>
#include <bitset>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ranked_index.hpp>
#include <boost/multi_index_container.hpp>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "router/engine/settings.hpp"

namespace fd::engine {

inline constexpr std::size_t skill_bits =
    512;  // distinct (skill, level) pairs matched by bitset; more are compared by name
using Mask = std::bitset<skill_bits>;

struct QueueNode;
struct AgentNode;
struct ContactNode;

// A node keeps where it stands in both: leaving costs no search. The line also knows the place of each in log n.
struct Standing {
  OrderKey key;
  ContactNode* node = nullptr;
};
using WaitingLine =
    boost::multi_index_container<Standing, boost::multi_index::indexed_by<boost::multi_index::ranked_unique<
                                               boost::multi_index::member<Standing, OrderKey, &Standing::key>>>>;
using GroupLine = std::map<OrderKey, ContactNode*>;
struct Group;
using GroupHeads = std::map<OrderKey, Group*>;

struct Group {  // matchable contacts of one queue with one requirement signature, in order
  std::vector<SkillNeed> needs;
  const Channel* channel = nullptr;
  Mask mask;
  bool wide = false;  // some need has no bit
  QueueNode* queue = nullptr;
  GroupLine waiting;
  GroupHeads::iterator head;  // in queue->heads while anybody waits
};

struct ContactNode {
  std::shared_ptr<Contact> row;
  const Channel* channel = nullptr;
  // derived
  QueueNode* line = nullptr;  // in whose line it stands (queued, offered), under `key`
  OrderKey key;
  WaitingLine::iterator in_line;
  GroupLine::iterator in_group;
  std::multiset<Instant>::iterator start;  // in line->starts
  Group* group = nullptr;                  // matchable: in this group
  AgentNode* held_by = nullptr;            // matchable, but only for this agent
  std::vector<AgentNode*> occupants;
  bool owned = false;              // the occupant has it, not only an offer
  AgentNode* listed_by = nullptr;  // on whose list it stands
  Instant heap_at = never;
  Instant unconfirmed;  // after a restart: its socket must come back until then
  // step
  std::shared_ptr<const Contact> before;
  std::uint64_t touched = 0;
};

// Agents of a queue that could take one more, best first: (first, second) by the queue's strategy, then id.
struct FreeKey {
  std::int64_t first = 0, second = 0;
  AgentNode* agent = nullptr;
  [[nodiscard]] bool operator<(const FreeKey& o) const noexcept;
};
using FreeList = std::set<FreeKey>;

// For which channels an agent has room, one bit each (Core::bit). Agents alike in this share a list, so that a contact
// walks past nobody who has no room for it: there are few lists, and many agents in each.
struct Room {
  bool full = false;                       // no capacity left: only what interrupts comes in
  std::uint64_t channels = 0, serves = 0;  // room for; named by the account
  auto operator<=>(const Room&) const = default;
};

struct Member {  // an agent in a queue
  QueueNode* queue = nullptr;
  int rank = 1;
  Duration delay{0};
  std::size_t status = 0;  // counted in queue->status
  FreeList* in = nullptr;  // one of queue->free
  FreeKey key;
};

enum Status : std::size_t { offline, away, draining, not_responding, detached, full, available, statuses };
inline constexpr std::array<std::string_view, statuses> status_words{
    "offline", "away", "draining", "not_responding", "detached", "capacity", "available"};

struct AgentNode {
  std::shared_ptr<Agent> row;
  const Account* account = nullptr;  // null: no longer in the roster
  Mask mask;
  // derived
  std::vector<Member> memberships;           // by rank
  std::map<ContactId, const Channel*> work;  // offers, connecting, active, wrapup
  int used = 0;
  int used_seen = 0;  // when last settled: room that came back is looked at
  Room room;
  std::set<ContactId> own;  // rows on the agent's list: connecting, active, paused, wrapup
  std::set<OrderKey> held;  // contacts held for this agent only
  Instant heap_at = never;
  bool dirty = false;
  // step
  std::shared_ptr<const Agent> before;
  int used_before = 0;
  std::uint64_t touched = 0;
  std::uint64_t counted = 0;
};

struct QueueNode {
  const Queue* settings = nullptr;
  std::shared_ptr<QueueState> row;
  WaitingLine waiting;            // queued and offered: the line
  std::multiset<Instant> starts;  // virtual starts of the same
  std::map<std::pair<std::vector<SkillNeed>, std::string>, Group> groups;
  GroupHeads heads;               // groups where somebody waits, by their first
  std::map<Room, FreeList> free;  // agents with room for something
  std::vector<AgentNode*> members;
  std::vector<Duration> delays;  // distinct delays of members, > 0, ascending
  std::array<std::uint32_t, statuses> status{};
  std::deque<Instant> departures;  // newest 10 left the line to an agent; feeds the estimate, decides nothing
  std::uint64_t touched = 0;
};

struct CaseNode {
  std::shared_ptr<Case> row;
  std::shared_ptr<const Case> before;
  std::uint64_t touched = 0;
};

struct VisitorNode {
  Visitor row;
  std::uint64_t touched = 0;
};

// A contact closed a moment ago, while the store may not have it yet; its visitor stays as long. Facts say the same
// once it is committed, so this never changes a decision; it is not part of the image.
struct Recent {
  std::shared_ptr<const Contact> contact;
  std::shared_ptr<const Case> registered;  // null: another contact is the newest of its case
};

}  // namespace fd::engine
