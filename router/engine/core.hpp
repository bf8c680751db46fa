#pragma once
// Inside of the engine: the step under way, over the nodes of nodes.hpp. Private to router/engine.
//
// The idea: handlers change rows only (through touch()), then settle() brings everything derived (lines, groups, free
// lists, occupancy, heap) in agreement with the row. Restoring settles each row once; so a reload gives an equal engine
// by construction. finish() turns the difference between the rows before and after into mutations and effects.

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <queue>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "router/engine/engine.hpp"
#include "router/engine/nodes.hpp"
#include "router/engine/states.hpp"
#include "router/model/words.hpp"

namespace fd::engine {

struct StepState {  // of the step under way
  BatchNumber batch, quiet;
  std::uint64_t sequence = 0;
  std::uint32_t ids = 0;  // k-th id of this step hashes (sequence, k)
  std::vector<Mutation> mutations;
  std::vector<Transition> transitions;
  std::vector<Decision> decisions;
  Effects replies, states, offer_ends, rows, lines, offers, rest;
  std::vector<ContactNode*> contacts;
  std::vector<AgentNode*> agents, counted;
  std::vector<CaseNode*> cases;
  std::vector<VisitorNode*> visitors;
  std::vector<QueueNode*> queues;
  std::vector<ContactId> unsolved;  // closed, its case on somebody's list: kept until that is done
  // closed in this step: no longer found by anybody, alive until the next step because the lists above point at them
  std::vector<std::unordered_map<ContactId, ContactNode>::node_type> gone;
  std::vector<std::unordered_map<CaseNumber, CaseNode>::node_type> gone_cases;
};

// Nodes of a hash map by id: what one step does to many must not depend on where they lie in memory.
template <class Map>
[[nodiscard]] auto in_order(Map& map) {
  std::vector<typename Map::mapped_type*> list;
  list.reserve(map.size());
  for (auto& [id, node] : map) list.push_back(&node);
  std::sort(list.begin(), list.end(), [](const auto* a, const auto* b) { return a->row->id < b->row->id; });
  return list;
}

class Core {
 public:
  explicit Core(Settings);

  Step apply(const Event&, Instant now, BatchNumber written, BatchNumber quiet);
  void restore(const Image&);
  [[nodiscard]] Image image() const;
  [[nodiscard]] std::string derived() const;
  [[nodiscard]] Instant next_due();
  void watch(Instant at, Instant& heap_at, ContactId, AgentNode*);

  // --- rows (core.cpp) ---
  Contact& touch(ContactNode&);
  Agent& touch(AgentNode&);
  QueueState& touch(QueueNode&);
  Case& touch(CaseNode&);
  void touch(VisitorNode&);
  [[nodiscard]] ContactNode* find(ContactId);
  [[nodiscard]] AgentNode* find(const AgentId&);
  [[nodiscard]] QueueNode* find(const QueueName&);
  [[nodiscard]] CaseNode* find(const CaseNumber&);
  [[nodiscard]] Ulid make_id();
  std::uint64_t count(const std::string& name);  // +1
  [[nodiscard]] const std::string& today();
  Agent& on_day(Agent& row);  // its counts are today's
  void move(ContactNode&, ContactEvent, ContactState to, std::string_view reason = {}, const AgentId& actor = {});
  void append(ContactNode&, Line line, BodyRef body);
  void event_line(ContactNode&, std::string_view event, const AgentId& agent);
  void open_job(ContactNode&, std::uint64_t seq);  // outbox.cpp
  void drop_closed();
  void forget_recent();
  Step finish();

  // --- derived (settle.cpp) ---
  void settle(ContactNode&);
  void settle(AgentNode&);
  void attach_account(AgentNode&);
  [[nodiscard]] Group& group_of(QueueNode&, const ContactNode&);
  [[nodiscard]] Mask mask_of(const std::vector<SkillNeed>&, bool& wide);
  [[nodiscard]] Status status_of(const AgentNode&) const;

  [[nodiscard]] std::optional<Place> place(ContactId, Instant at = {});  // view.cpp

  // --- timers (timers.cpp) ---
  [[nodiscard]] Instant due(const ContactNode&, bool confirming = true) const;
  [[nodiscard]] Instant due(const AgentNode&) const;
  void fire_due();
  void fire(AgentNode&);
  bool fire(ContactNode&);  // one thing that is due; true: look again
  bool fire_unconfirmed(ContactNode&);
  bool fire_lease(ContactNode&);
  bool fire_silence(ContactNode&);
  bool fire_offer(ContactNode&);
  bool fire_customer_left(ContactNode&);
  bool fire_ttl(ContactNode&);
  bool fire_max_wait(ContactNode&);
  bool fire_relaxation(ContactNode&);
  bool fire_holds(ContactNode&);
  bool fire_exclusion(ContactNode&);
  [[nodiscard]] bool passed(Instant at) const { return at.set() && at <= now; }

  // --- events ---
  void on(const CustomerMessage&);
  void on(const VisitorBound&);
  void on(const CustomerAttached&);
  void on(const CustomerDetached&);
  void on(const CustomerEnd&);
  void on(const CustomerRead&);
  void on(const AgentAttached&);
  void on(const AgentDetached&);
  void on(const SetPresence&);
  void on(const Accept&);
  void on(const Decline&);
  void on(const AgentMessage&);
  void on(const AgentNote&);
  void on(const AgentRead&);
  void on(const Transfer&);
  void on(const Resolve&);
  void on(const Classify&);
  void on(const Extend&);
  void on(const Next&);
  void on(const Recall&);
  void on(const Serve&);
  void on(const AbsentCustomer&);
  void on(const Done&);
  void on(const Reassign&);
  void on(const Reprioritise&);
  void on(const PauseQueue&);
  void on(const ForcePresence&);
  void on(const Connected&);
  void on(const ConnectFailed&);
  void on(const JobDone&);
  void on(const SessionOpen&);
  void on(const SessionClose&);
  void on(const Roster&);
  void on(const Lead&);
  void on(const Tick&) {}
  void on(const ClockMoved&);

  // --- customers (contact.cpp, intake.cpp) ---
  [[nodiscard]] Visitor known_visitor(const CustomerMessage&) const;
  [[nodiscard]] bool counter_ok(const CustomerMessage&, const Visitor&);
  ContactNode& intake(const CustomerMessage&, Visitor);
  void describe(Contact&, const CustomerMessage&) const;
  void register_case(ContactNode&, const Contact* previous, const Case* previous_case);
  void register_customer(Contact&, const CustomerMessage&);
  void take_line(ContactNode&, const CustomerMessage&);
  void wake(ContactNode&);  // the customer wrote: P, W, B go on
  [[nodiscard]] bool counter_taken(const AgentNode&, const std::string& counter) const;
  void back_in_line(ContactNode&, ContactEvent, std::string_view reason = {}, const AgentId& actor = {});

  // --- offers (offer.cpp) ---
  // `giver`: who passes it to this agent; empty: matching does
  void open_offer(ContactNode&, AgentNode&, ContactEvent, std::string why, const AgentId& giver = {});
  void end_offer(ContactNode&, const AgentId&, OfferState, std::string_view reason, const AgentId& by = {});
  void end_offers(ContactNode&, OfferState, std::string_view reason, const AgentId& by = {});
  void withdraw_siblings(ContactNode&, const AgentId& winner);
  void offers_over(ContactNode&);  // the last one ended: back to the line, overflow that waited for it
  void withdraw_offers(AgentNode&, std::string_view reason);
  void exclude(ContactNode&, const AgentId&);
  void give(ContactNode&, AgentNode&);  // connecting or active: the agent has it
  void missed(AgentNode&, const Channel&);
  void media_failed(ContactNode&, ContactEvent, std::string_view reason);
  [[nodiscard]] static bool serves(const AgentNode&, const Channel&);  // the account names it
  [[nodiscard]] static bool fits(const AgentNode&, const Channel&);    // and there is capacity for one more
  [[nodiscard]] std::uint64_t bit(const Channel&) const;
  [[nodiscard]] Room room_of(const AgentNode&, Status) const;
  [[nodiscard]] std::string why_no_room(const AgentNode&, const Channel&) const;  // empty: one more may come

  // --- agents (agent.cpp) ---
  // False: answered already (unknown, gap, or a repetition, which is told of `contact` again).
  [[nodiscard]] bool begin(const From&, AgentNode*& agent, std::optional<ContactId> contact = {}, bool line = false);
  void done(const From&, std::optional<ContactId> contact = {}, std::uint64_t seq = 0);
  void refuse(const From&, std::string code, std::string why, const ContactNode* now = nullptr);
  void set_presence(AgentNode&, Presence, const std::string& reason, const AgentId& actor = {});
  void leave(AgentNode&, Presence to, const std::string& reason);  // away or offline by the own will: work is finished
  void work_ended(AgentNode&);
  void lease_over(AgentNode&);
  void drop_contacts(AgentNode&, bool forced);
  void forget_account(AgentNode&);  // removed or disabled
  void forget_the_gone(AgentNode&);
  [[nodiscard]] static bool has_work(const AgentNode& a) { return !a.work.empty(); }
  // An admin, or a supervisor: of the team, and one without a team of all.
  [[nodiscard]] bool supervises(const AgentNode&, const QueueName&) const;
  [[nodiscard]] bool supervises(const AgentNode&, const AgentNode& other) const;

  // --- cases and closing (closing.cpp) ---
  void end_case(ContactNode&, bool solved, const AgentId& actor);
  void close(ContactNode&, ContactEvent, CloseReason, const AgentId& actor = {});
  void to_wrapup(ContactNode&, ContactEvent, CloseReason, const AgentId& actor = {});
  [[nodiscard]] bool code_ok(const From&, const ContactNode*, std::string& kind, const std::string& disposition);
  void resolve_row(ContactNode&, const From&, const std::string& kind, const std::string& disposition);
  [[nodiscard]] Recent* lately_closed(ContactId contact);  // within the last minute
  [[nodiscard]] const Contact* ended(ContactId, const Facts&);
  void remember(std::shared_ptr<const Contact> row, std::shared_ptr<const Case> registered = {});
  [[nodiscard]] const Case* case_of_closed(ContactId, const Facts&);
  void undelivered_late(const Job&, const Facts&);
  [[nodiscard]] const Case* closed_case(const From&, ContactId, const Facts&, const AgentNode&);
  void add_late_note(const Contact&, AgentNode&, BodyRef);
  void note_closed(const From&, ContactId, const Facts&, AgentNode&, BodyRef);
  void classify_closed(const Classify&, AgentNode&);
  void resolve_closed(const Resolve&, AgentNode&);
  bool todo_add(const AgentId&, const CaseNumber&);  // false: nobody of this name
  void todo_remove(const AgentId&, const CaseNumber&);

  // --- moving (transfer.cpp) ---
  [[nodiscard]] ContactNode* versioned(const From&, ContactId, std::uint64_t v, AgentNode& agent, bool owner_needed);
  [[nodiscard]] ContactNode* supervised(const From&, ContactId, std::uint64_t v, AgentNode& actor,
                                        const std::string& reason);  // by a supervisor, who says why
  void to_queue(ContactNode&, QueueNode& target, ContactEvent, Duration extra, const AgentId& actor,
                std::string_view reason);
  void to_agent(ContactNode&, AgentNode& target, const AgentId& actor, std::string_view reason);
  void overflow(ContactNode&);
  void enter_queue(Contact&, const QueueNode&);  // clocks of a queue just entered

  // --- counters (counter.cpp) ---
  [[nodiscard]] ContactNode* called(const From&, ContactId, AgentNode*& agent);  // refuses when it is not this agent's
  void call(ContactNode&, AgentNode&);

  // --- matching (matching.cpp) ---
  void run_matching();
  bool match(ContactNode&, AgentNode* asking = nullptr);
  bool match(AgentNode&);
  [[nodiscard]] ContactNode* best_for(AgentNode&, const QueueNode* only);
  [[nodiscard]] ContactNode* first_in(Group&, AgentNode&, Duration delay);
  [[nodiscard]] std::string why_not(const AgentNode&, const ContactNode&, bool soft) const;
  [[nodiscard]] bool nobody_else(const ContactNode&, const AgentNode&);
  void decide(const ContactNode&, const AgentNode* winner, std::vector<Considered>, const Member* member);

  Settings settings;
  Instant now;
  std::uint64_t sequence = 0;
  BatchNumber batch;
  std::uint64_t step_no = 0;
  StepState step;

  std::unordered_map<ContactId, ContactNode> contacts;
  std::unordered_map<AgentId, AgentNode> agents;
  std::map<QueueName, QueueNode> queues;
  std::unordered_map<CaseNumber, CaseNode> cases;
  std::unordered_map<VisitorId, VisitorNode> visitors;
  std::unordered_map<std::string, std::uint64_t> counters;
  std::map<std::uint64_t, Job> jobs;
  std::unordered_map<ContactId, Recent> recent;
  std::deque<std::pair<Instant, ContactId>> recent_order;  // until when
  std::map<std::pair<std::string, int>, std::size_t> skill_bit;
  std::vector<const Channel*> channel_bit;

  struct Due {  // contacts by id: one that closed is gone before its entry is
    Instant at;
    ContactId contact;
    AgentNode* agent = nullptr;                                 // instead of a contact; never removed
    [[nodiscard]] bool operator>(const Due& o) const noexcept;  // total: a reloaded engine fires in the same order
  };
  std::priority_queue<Due, std::vector<Due>, std::greater<>>
      heap;  // lazy: an entry counts when it is the node's heap_at, which is never later than what is due
  std::vector<AgentNode*> dirty_agents;
  std::vector<ContactNode*> dirty_contacts;
  std::vector<ContactId> closed;  // to be dropped at the end of the step
  std::string day;
  Instant day_until;
  ContactId check_contact;  // where the self-check goes on
  AgentId check_agent;
};

}  // namespace fd::engine
