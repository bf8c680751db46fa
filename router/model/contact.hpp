#pragma once
// The records the router keeps: contact with its offers, agent, case, visitor, customer, queue state. Plain values;
// what may happen to them is router/engine, how they are stored is router/store. Every field that can change a
// decision is here and is stored (design §5); occupancy, groups, free lists and the heap are derived.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/model/attributes.hpp"
#include "router/model/ids.hpp"
#include "router/model/message.hpp"
#include "router/model/time.hpp"

namespace fd {

// Values are written as words (words.hpp); the numbers are only memory layout.
enum class ContactState : std::uint8_t {
  scheduled,
  queued,
  offered,
  connecting,
  active,
  paused,
  wrapup,
  abandoned,
  closed
};
enum class CloseReason : std::uint8_t {
  none,
  resolved,
  ended,
  abandoned,
  no_show,
  expired,
  voicemail,
  transferred_out,
  merged,
  canceled
};
enum class OfferState : std::uint8_t { pending, accepting, accepted, declined, expired, withdrawn, canceled, failed };
enum class Presence : std::uint8_t { offline, available, away, draining, not_responding };
enum class CaseState : std::uint8_t { open, resolved };
enum class Priority : std::uint8_t { high, medium, low };  // ours; gives the default head start
enum class Urgency : std::uint8_t { high, medium, low };   // the customer's

struct SkillNeed {
  std::string skill;
  int level = 1;
  auto operator<=>(const SkillNeed&) const = default;
};

// The place in a queue, fixed at entry (routing-semantics §5.4). Lower is sooner.
struct OrderKey {
  std::int32_t band = 1;      // strict class, 0 … 2047
  std::int64_t start_ms = 0;  // virtual start - head start
  ContactId id;
  auto operator<=>(const OrderKey&) const = default;
  // 11 bits of band above 42 bits of ms: exact in a double, so Redis' score orders as we do.
  [[nodiscard]] double score() const noexcept {
    return static_cast<double>(band) * 4398046511104.0 + static_cast<double>(start_ms);
  }
};

struct Offer {
  OfferId id;
  AgentId agent;
  OfferState state = OfferState::pending;
  Instant due;
  std::string why;  // longest_idle, last_agent, …; of a transfer its reason
  bool operator==(const Offer&) const = default;
};

struct LastOffer {  // the end of the newest ended offer: what a late accept is answered with
  OfferId id;
  AgentId agent;
  OfferState state = OfferState::expired;
  std::string reason;
  bool operator==(const LastOffer&) const = default;
};

struct Exclusion {  // declined or missed: not offered again to this agent
  AgentId agent;
  Instant soft;   // from here again if nobody else is eligible
  Instant until;  // from here as before
  bool operator==(const Exclusion&) const = default;
};

struct Contact {
  ContactId id;
  std::uint64_t v = 0;  // counts transitions and field changes by verbs, not messages
  CaseNumber number;
  ChannelName channel;
  QueueName queue;
  ContactState state = ContactState::queued;
  CloseReason reason = CloseReason::none;
  CustomerId customer;
  VisitorId visitor;
  std::string name;  // as shown to agents
  std::string grade;
  std::string masked;  // signed phone or email as agents may see it; the clear one is not kept
  std::string locale;
  std::string kind;  // catalogue id of settings, empty = not yet classified
  std::string disposition;
  Priority priority = Priority::medium;
  Urgency urgency = Urgency::medium;
  std::vector<SkillNeed> needs;  // now, after relaxation steps
  std::vector<std::string> tags;
  std::string rule;  // id of the rule that fired
  std::int32_t band = 1;
  Instant virtual_start;
  Duration head_start{0};           // of its priority, or as a rule says
  Duration transfer_head_start{0};  // on top, by transfers
  std::uint32_t step = 0;           // relaxation steps already applied
  std::uint32_t hops = 0;           // overflows so far (cap 8)
  std::uint32_t transfers = 0;
  bool overflow_due = false;  // max_wait passed while offered
  bool ttl_fired = false;
  bool arrival_assumed = false;
  std::uint64_t seq = 0;  // last line of the transcript
  std::uint64_t notes = 0;
  Instant last_at;  // newest line by either side
  Author last_by = Author::customer;
  std::uint64_t customer_seq = 0;  // newest line by the customer
  std::uint64_t read_customer = 0;
  std::uint64_t read_agent = 0;
  AgentId owner;       // while connecting, active, paused, wrapup; the last one in closed
  AgentId last_agent;  // preferred when the contact resumes
  AgentId held_for;    // sticky: only this agent until held_until
  Instant held_until;
  Instant away;        // last socket gone since; unset = here
  bool skip = false;   // away too long: not matched
  Instant skip_until;  // counter: absent once
  std::uint32_t absent = 0;
  bool served = false;         // an agent had it: whoever goes away now has not abandoned it
  bool short_abandon = false;  // the customer left sooner than anybody could answer
  Instant since;               // of the state
  Instant lease;               // due of the state; unset where the state is bound by other timers
  Instant ttl_at;
  Instant max_wait_at;
  std::string ticket;         // walk-in number, A001
  std::string service;        // walk-in service id
  std::string counter;        // where the customer was called to
  Attributes attributes;      // of its first message
  ContactId previous;         // reopened: the contact before on the same case
  AgentId giver;              // open transfer to an agent: who gave it, or had it given
  std::vector<Offer> offers;  // open ones
  std::optional<LastOffer> last_offer;
  std::vector<Exclusion> excluded;

  bool operator==(const Contact&) const = default;
  [[nodiscard]] OrderKey key() const noexcept { return {band, virtual_start.ms - advantage().count(), id}; }
  [[nodiscard]] Duration advantage() const noexcept { return head_start + transfer_head_start; }
};

// A line for the customer that an adapter has to carry outside (design §7): kept until the adapter reports its end.
struct Job {
  std::uint64_t n = 0;  // counts up within the site; the bus says "j-N-AT"
  ChannelName channel;
  ContactId contact;
  std::uint64_t seq = 0;
  Instant at;
  bool operator==(const Job&) const = default;
};

struct PageCounter {  // the highest id taken of a page; newest page last
  std::string page;
  std::uint64_t n = 0;
  bool operator==(const PageCounter&) const = default;
};

struct Agent {  // the stored half; name, skills, capacity come from settings
  AgentId id;
  Presence presence = Presence::offline;
  std::string reason;
  Instant since;
  std::optional<Presence> next;  // taken when the last work ends
  std::string next_reason;
  bool attached = false;                // at least one socket
  Instant lease;                        // set while no socket: end of grace
  Presence before = Presence::offline;  // presence lost with the lease, given back within 60 s
  std::string before_reason;
  Instant lost_at;
  std::uint32_t missed = 0;
  std::uint32_t connect_failed = 0;
  Instant idle_since;
  std::uint32_t today = 0;      // contacts accepted on `day`
  std::uint32_t declined = 0;   // offers declined on `day`
  std::uint32_t passed_on = 0;  // contacts transferred to others on `day`
  std::string day;
  std::string counter;             // 窗口
  std::vector<PageCounter> pages;  // the last 8
  std::vector<CaseNumber> todo;    // cases without disposition (own key)
  bool operator==(const Agent&) const = default;
};

struct QueueState {
  QueueName name;
  bool paused = false;
  AgentId by;
  std::string reason;
  AgentId cursor;  // round_robin: who was served last
  bool operator==(const QueueState&) const = default;
};

struct Case {
  CaseNumber number;
  CaseState state = CaseState::open;
  CustomerId customer;
  ContactId contact;  // newest
  std::string kind;
  std::string disposition;
  AgentId agent;  // who last had it
  Instant opened;
  Instant resolved;
  bool operator==(const Case&) const = default;
};

struct Visitor {
  VisitorId id;
  ContactId contact;  // newest contact, live or not
  ContactId before;   // the one before it: duplicates are looked for in both
  CustomerId customer;
  std::vector<PageCounter> pages;  // the last 16
  std::string owner{};             // mark of the signed id it is bound to; empty: of whoever holds its token
  bool operator==(const Visitor&) const = default;
};

struct Customer {
  CustomerId id;
  std::string name;
  std::string grade;
  std::string masked;
  std::string locale;
  Instant first;
  Instant last;
  bool known = false;  // a verified identity names it: kept for good
  bool operator==(const Customer&) const = default;
};

}  // namespace fd
