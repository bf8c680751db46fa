#pragma once
// What can happen to the engine. One event, one step, one entry of the event stream. No body text: a BodyRef says which
// body the shell will join to the mutation that appends it (site/bodies.hpp).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "router/engine/settings.hpp"
#include "router/model/contact.hpp"
#include "router/model/message.hpp"

namespace fd::engine {

using RequestRef = std::uint64_t;  // whom to answer; 0 = nobody. Opaque to the engine
struct BodyRef {
  std::uint64_t n = 0;
};  // 0 = no body

struct Classification {  // what the rules said (site.cpp carries it across)
  QueueName queue;
  std::string rule;  // id of the rule that fired; "default" when none did
  Priority priority = Priority::medium;
  Urgency urgency = Urgency::medium;
  std::string kind;
  std::vector<SkillNeed> needs;
  std::vector<std::string> tags;
  std::optional<Duration> head_start;  // else by priority
  std::int32_t band = 1;
  std::string failure;  // a rule failed at run time and the default queue was taken
};

struct Seen {  // the original answer to a message that came before
  ContactId contact;
  std::uint64_t seq = 0;
  CaseNumber number;
};

// Look-up facts: only what the engine does not hold (design §5).
struct Facts {
  std::optional<Seen> seen;           // duplicate, found by `seen` key or by cid
  std::optional<Visitor> visitor;     // stored visitor, used when no live contact of it is known
  std::optional<Customer> customer;   // found by identity
  std::optional<Case> previous_case;  // of the visitor's newest contact, when it is closed
  std::optional<Contact> previous;    // that contact
};

// Who speaks through the control socket; no account can have this id.
inline constexpr std::string_view operator_id = "@operator";

// --- customers ---
struct CustomerMessage {
  RequestRef ref = 0;
  ChannelName channel;
  VisitorId visitor;
  std::string page;
  std::uint64_t n = 0;
  std::string external_id;
  std::string seen_digest;  // key of `seen`, made by the shell; empty: no such key for this channel
  std::vector<std::pair<std::string, std::string>> identities;  // kind, keyed hash
  bool known = false;                                           // one of the identities is verified
  std::string owner;  // mark of who has the visitor attached, signed in; empty: nobody
  std::string name, grade, masked, locale, service;
  Attributes attributes;
  BodyRef body;
  Classification classification;
  Facts facts;
};
struct VisitorBound {  // a website has signed in who holds the token: its visitor is that person's from now on
  Visitor visitor;     // as stored, with its owner
};
struct CustomerAttached {
  ContactId contact;
};
struct CustomerDetached {
  ContactId contact;
};
struct CustomerEnd {
  RequestRef ref = 0;
  ContactId contact;
};  // chat end, ticket cancel
struct CustomerRead {
  RequestRef ref = 0;
  ContactId contact;
  std::uint64_t seq = 0;
};

// --- agents. `page`,`n`: duplicate rule; empty page: none. `v`: version seen ---
struct From {
  RequestRef ref = 0;
  AgentId agent;
  std::string page;
  std::uint64_t n = 0;
};
struct AgentAttached {
  AgentId agent;
};
struct AgentDetached {
  AgentId agent;
  bool lost = false;
};
struct SetPresence {
  From from;
  Presence presence = Presence::offline;
  std::string reason, counter;
};
struct Accept {
  From from;
  ContactId contact;
  OfferId offer;
};
struct Decline {
  From from;
  ContactId contact;
  OfferId offer;
  std::string reason;
};
struct AgentMessage {
  From from;
  ContactId contact;
  BodyRef body;
};
struct AgentNote {
  From from;
  ContactId contact;
  BodyRef body;
  Facts facts;  // of a contact already closed: `previous`, which takes the note
};
struct AgentRead {
  RequestRef ref = 0;
  AgentId agent;
  ContactId contact;
  std::uint64_t seq = 0;
};
struct Transfer {
  From from;
  ContactId contact;
  std::uint64_t v = 0;
  std::optional<QueueName> queue;
  std::optional<AgentId> agent;
  std::string reason;
};
struct Resolve {
  From from;
  ContactId contact;
  std::uint64_t v = 0;
  std::uint64_t seq = 0;
  std::string kind, disposition;
  BodyRef text;
  Facts facts;  // of a contact already closed: `previous` and `previous_case`; fills the case's missing disposition
};
struct Classify {
  From from;
  ContactId contact;
  std::uint64_t v = 0;
  std::string kind;
  Facts facts;  // of a contact already closed: `previous` and `previous_case`, whose kind is corrected
};
struct Extend {
  From from;
  ContactId contact;
};  // wrap-up +30 s
struct Next {
  From from;
  QueueName queue;
};
struct Recall {
  From from;
  ContactId contact;
};
struct Serve {
  From from;
  ContactId contact;
};
struct AbsentCustomer {
  From from;
  ContactId contact;
};
struct Done {
  From from;
  ContactId contact;
  std::string kind, disposition;
};

// --- supervisors; reason required ---
struct Reassign {
  From from;
  ContactId contact;
  std::uint64_t v = 0;
  AgentId agent;
  bool force = false;
  std::string reason;
};
struct Reprioritise {
  From from;
  ContactId contact;
  std::uint64_t v = 0;
  Priority priority = Priority::medium;
  std::string reason;
};
struct PauseQueue {
  From from;
  QueueName queue;
  bool paused = true;
  std::string reason;
};
struct ForcePresence {
  From from;
  AgentId agent;
  Presence presence = Presence::offline;
  std::string reason;
};

// --- media adapters (simulation only until phone exists) ---
struct Connected {
  ContactId contact;
  OfferId offer;
};
struct ConnectFailed {
  ContactId contact;
  OfferId offer;
};

// --- adapters of channels with an outbox ---
struct JobDone {
  RequestRef ref = 0;
  std::uint64_t n = 0;
  Instant at;          // of the job: after a backup was restored, n may have been another one's
  std::string failed;  // empty: the customer has it; else why it cannot be delivered
  Facts facts;         // failed, of a contact already closed: `previous` and `previous_case`, which is open again
};

// --- the shell ---
struct SessionOpen {
  RequestRef ref = 0;
  SessionHash session;
  AgentId agent;
  Instant until{};  // set: a session that has a socket, and ends then; unset: it begins
};
struct SessionClose {  // signed out: as set offline
  RequestRef ref = 0;
  SessionHash session;
  AgentId agent;
};
struct Roster {
  RequestRef ref = 0;
  std::map<AgentId, Account> roster;
};
struct Lead {};  // a router took the lead: open offers withdrawn(restart), leases get grace
struct Tick {};  // nothing but what is due
struct ClockMoved {
  Duration by{0};
};

using Event = std::variant<CustomerMessage, VisitorBound, CustomerAttached, CustomerDetached, CustomerEnd, CustomerRead,
                           AgentAttached, AgentDetached, SetPresence, Accept, Decline, AgentMessage, AgentNote,
                           AgentRead, Transfer, Resolve, Classify, Extend, Next, Recall, Serve, AbsentCustomer, Done,
                           Reassign, Reprioritise, PauseQueue, ForcePresence, Connected, ConnectFailed, JobDone,
                           SessionOpen, SessionClose, Roster, Lead, Tick, ClockMoved>;

}  // namespace fd::engine
