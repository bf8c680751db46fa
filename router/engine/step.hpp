#pragma once
// What one event did: mutations (what must be durable), effects (what may be said once it is), transitions and trace.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "router/engine/event.hpp"
#include "router/model/contact.hpp"
#include "router/model/receipt.hpp"

namespace fd::engine {

// --- mutations: typed, absolute values, one Redis type a key pattern ---
struct PutContact {
  std::shared_ptr<const Contact> before, after;
};  // before == null: new. The codec writes what differs
struct PutAgent {
  std::shared_ptr<const Agent> before, after;
};
struct PutCase {
  std::shared_ptr<const Case> before, after;
};
struct PutVisitor {
  Visitor visitor;
};
struct PutCustomer {  // of this and the next two `keep` is how long from now; 0: for good
  Customer customer;
  Duration keep{0};
};
struct PutIdentity {
  std::string kind, digest;
  CustomerId customer;
  Duration keep{0};
};
struct CustomerContact {
  CustomerId customer;
  ContactId contact;
  Duration keep{0};
};  // newest first, 50 kept
struct AgentContact {
  AgentId agent;
  ContactId contact;
};  // whom it had when it closed: newest first, 50 kept
struct PutQueueState {
  QueueState state;
};
struct QueueAdd {
  QueueName queue;
  OrderKey key;
};
struct QueueRemove {
  QueueName queue;
  ContactId contact;
};
struct LiveAdd {
  ContactId contact;
};
struct LiveRemove {
  ContactId contact;
  Duration keep{0};
};  // and EXPIRE of its keys; 0: they stay, its case is on somebody's list
struct AppendLine {
  ContactId contact;
  Line line;
  BodyRef body;
};  // line.text is filled by the shell at bodies.hpp
struct AppendNote {
  ContactId contact;
  Note note;
  BodyRef body;
};
struct PutSeen {
  std::string channel, digest;
  ContactId contact;
  std::uint64_t seq = 0;
};
struct PutCounter {
  std::string name;
  std::uint64_t value = 0;
};  // "case:20261124", "ticket:A:20261124", "kind:<k>:<day>"
struct PutSession {
  SessionHash session;
  AgentId agent;
  Instant until;       // it ends then, however much it is used
  Duration life{0};    // from now; without another put it ends sooner
  bool again = false;  // only if it is still there: it may have been signed out since it was looked up
};
struct DropSession {
  SessionHash session;
};
struct CaseExpire {
  CaseNumber number;
  Duration keep{0};
};
struct CasePersist {
  CaseNumber number;
};
struct PutJob {
  Job job;
};
struct DropJob {
  std::uint64_t n = 0;
};
struct PutFacts {
  ContactId contact;
};  // explain data; joined by the shell
using Mutation =
    std::variant<PutContact, PutAgent, PutCase, PutVisitor, PutCustomer, PutIdentity, CustomerContact, AgentContact,
                 PutQueueState, QueueAdd, QueueRemove, LiveAdd, LiveRemove, AppendLine, AppendNote, PutSeen, PutCounter,
                 PutSession, DropSession, CaseExpire, CasePersist, PutJob, DropJob, PutFacts>;

// --- effects: self-contained copies, for they are rendered after the commit, when the engine is further on ---
using Row = std::shared_ptr<const Contact>;
struct Kept {
  RequestRef ref = 0;
  ContactId contact;
  std::uint64_t seq = 0;
  CaseNumber number;
  bool duplicate = false;
  Instant at;
  Row row;
  std::size_t position = 0;          // walk-in: place in the line, 0 = not in line
  std::optional<Duration> estimate;  // unset: unknown
};
struct Done_ {
  RequestRef ref = 0;
  std::optional<ContactId> contact;
  std::uint64_t seq = 0;
  std::string cid;  // of a line that was taken before: the shell finds its seq
};
struct Refused {
  RequestRef ref = 0;
  std::string code;
  std::string why;
  Row now;
};
struct Gap {
  RequestRef ref = 0;
  std::uint64_t next = 0;
};  // chat counter ahead
struct LineAdded {
  Row row;
  Line line;
  BodyRef body;
};  // to the customer and to the owner's sockets
struct NoteAdded {
  Row row;
  Note note;
  BodyRef body;
};  // agents only
struct StateChanged {
  Row row;
};  // to the customer
struct RowChanged {
  AgentId agent;
  Row row;
};  // desk: whole row
struct RowGone {
  AgentId agent;
  ContactId contact;
  std::string why;
};
struct OfferOpened {
  AgentId agent;
  Row row;
  Offer offer;
  std::string why;
};
struct OfferEnded {
  AgentId agent;
  ContactId contact;
  OfferId offer;
  OfferState end = OfferState::expired;
  std::string reason;
  AgentId by;
};
struct TransferFailed {
  AgentId giver;
  Row row;
  AgentId to;
  OfferState end = OfferState::expired;
  std::string reason;
};  // who gave it is told: it is back in its line, or the customer left
struct JobOpened {
  Job job;
};
struct JobClosed {
  Job job;
};
struct PresenceChanged {
  std::shared_ptr<const Agent> agent;
};
struct CapacityChanged {
  AgentId agent;
  int used = 0, total = 100;
};
struct TodoChanged {
  std::shared_ptr<const Agent> agent;
};
struct ReadMark {
  Row row;
  Author by = Author::customer;
  std::uint64_t seq = 0;
};
struct Called {
  Row row;
  bool recall = false;
};  // call display
struct DisplayChanged {
  Row row;
  std::string end;  // served, absent, withdrawn: how its call ended; empty: none did
};                  // display: a number leaves it, or the line became longer or shorter
struct SessionOver {
  AgentId agent;
  SessionHash session;  // its sockets are closed 4401; empty: the account is disabled, all of the agent's with 4403
};
struct Alarm {
  std::string what;
  ContactId contact;
};
using Effect = std::variant<Kept, Done_, Refused, Gap, LineAdded, NoteAdded, StateChanged, RowChanged, RowGone,
                            OfferOpened, OfferEnded, TransferFailed, JobOpened, JobClosed, PresenceChanged,
                            CapacityChanged, TodoChanged, ReadMark, Called, DisplayChanged, SessionOver, Alarm>;
using Effects = std::vector<Effect>;

// Move-only; opens only against the proof that its batch, or a later one, is durable.
template <class T>
class Held {
 public:
  Held(T value, BatchNumber batch) : value_(std::move(value)), batch_(batch) {}
  Held(Held&&) noexcept = default;
  Held& operator=(Held&&) noexcept = default;
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  [[nodiscard]] BatchNumber batch() const noexcept { return batch_; }
  // nullopt when the receipt is for an earlier batch; the value stays held then.
  [[nodiscard]] std::optional<T> open(const Receipt& receipt) && {
    if (receipt.batch() < batch_) return std::nullopt;
    return std::move(value_);
  }

 private:
  T value_;
  BatchNumber batch_;
};

struct Transition {   // written with the state (invariant 7)
  char object = 'c';  // c contact, o offer, a agent, q queue, k case, j job, s site
  std::string id;
  std::string from, to;
  std::string event;  // why: word of the table's event
  std::string reason;
  AgentId actor;
};

// Why: the decision trace, kept with the contact as `facts` when the step placed or offered it.
struct Considered {
  AgentId agent;
  std::string reason;  // not_available, capacity, skill zh 1 < 2, excluded, delay, channel, held
};
struct Decision {  // one matching decision
  ContactId contact;
  QueueName queue;
  AgentId winner;  // empty: nobody
  std::string strategy;
  Duration waited{0};
  std::int64_t value = 0;              // of the strategy's first criterion (idle ms, used, …)
  std::vector<Considered> runners_up;  // <= 8
  std::vector<std::pair<std::string, std::uint32_t>> excluded;  // first failing reason -> count
};

struct Step {
  std::uint64_t sequence = 0;  // of the event stream; 0 = no transition and no mutation, nothing to write
  Instant at;
  std::vector<Mutation> mutations;
  std::vector<Transition> transitions;
  std::vector<Decision> decisions;
  Held<Effects> effects;
};

}  // namespace fd::engine
