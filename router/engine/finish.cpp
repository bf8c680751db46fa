// The end of a step: the difference between the rows before and after becomes mutations and effects.
#include "router/engine/core.hpp"

namespace fd::engine {
namespace {

bool waits(const Contact* c) { return c && (c->state == ContactState::queued || c->state == ContactState::offered); }
bool listed(const Contact* c) {  // stands on the list of its owner
  return c && !c->owner.empty() &&
         (c->state == ContactState::connecting || c->state == ContactState::active ||
          c->state == ContactState::paused || c->state == ContactState::wrapup);
}

// What the customer sees (frames: state).
int shown(const Contact* c) {
  if (!c) return -1;
  switch (c->state) {
    case ContactState::connecting:
    case ContactState::active: return 1;
    case ContactState::paused: return 2;
    case ContactState::wrapup:
    case ContactState::closed: return 3;
    default: return 0;
  }
}

void queue_mutations(StepState& step, const Contact* before, const Contact& after) {
  const bool was = waits(before);
  const bool is = waits(&after);
  const bool same = was && is && before->queue == after.queue && before->key() == after.key();
  if (same) return;
  if (was && (!is || before->queue != after.queue)) step.mutations.push_back(QueueRemove{before->queue, after.id});
  if (is) step.mutations.push_back(QueueAdd{after.queue, after.key()});
}

// How a call in the hall ended; empty: it did not in this step. Who is served may turn out to be absent all the same.
const char* call_end(const Contact* before, const Contact& after) {
  if (!before) return "";
  if (after.absent != before->absent) return "absent";
  if (before->state != ContactState::connecting) return "";
  const bool served = after.state == ContactState::active || after.reason == CloseReason::resolved;
  return served ? "served" : "withdrawn";
}

void desk_effects(StepState& step, const Contact* before, const std::shared_ptr<Contact>& row) {
  const bool was = listed(before);
  const bool is = listed(row.get());
  if (was && (!is || before->owner != row->owner)) {
    const auto why = row->state == ContactState::closed ? word(row->reason) : word(row->state);
    step.rows.push_back(RowGone{before->owner, row->id, std::string(why)});
  }
  if (is && (!was || before->v != row->v || before->away != row->away || before->lease != row->lease ||
             before->owner != row->owner || before->notes != row->notes))
    step.rows.push_back(RowChanged{row->owner, row});
  if (row->ticket.empty() || row->state == ContactState::connecting) return;  // Called says it
  const std::string end = call_end(before, *row);
  if (!end.empty() || waits(before) != waits(row.get())) step.rest.push_back(DisplayChanged{row, end});
}

bool presence_differs(const Agent& before, const Agent& after) {
  return before.presence != after.presence || before.reason != after.reason || before.next != after.next ||
         before.next_reason != after.next_reason || before.missed != after.missed || before.counter != after.counter;
}

// A read mark is a field of the contact, no event (design §8).
bool only_a_mark(const StepState& step) {
  if (!step.transitions.empty() || step.mutations.size() != 1) return false;
  const auto* put = std::get_if<PutContact>(&step.mutations.front());
  if (!put || !put->before) return false;
  Contact before = *put->before;
  before.read_agent = put->after->read_agent;
  before.read_customer = put->after->read_customer;
  return before == *put->after;
}

void gather(Effects& all, Effects& part) {
  all.insert(all.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
}

}  // namespace

// Closed contacts leave; remembered for a moment, for the store may not have it yet.
void Core::drop_closed() {
  for (const ContactId id : std::exchange(closed, {})) {
    auto gone = contacts.extract(id);
    if (gone.empty()) continue;
    const Contact& row = *gone.mapped().row;
    const auto registered = cases.find(row.number);
    const bool newest = registered != cases.end() && registered->second.row->contact == id;
    recent.try_emplace(id, Recent{gone.mapped().row, newest ? registered->second.row : nullptr});
    recent_order.emplace_back(now + std::chrono::seconds{60}, id);
    if (newest) step.gone_cases.push_back(cases.extract(registered));
    step.gone.push_back(std::move(gone));
  }
}

void Core::forget_recent() {
  for (; !recent_order.empty() && recent_order.front().first < now; recent_order.pop_front()) {
    const auto gone = recent.extract(recent_order.front().second);
    const auto visitor = visitors.find(gone.mapped().contact->visitor);
    if (visitor != visitors.end() && visitor->second.row.contact == gone.key()) visitors.erase(visitor);
  }
}

Step Core::finish() {
  const auto kept_for = [this](ContactId id) {
    const bool unsolved = std::find(step.unsolved.begin(), step.unsolved.end(), id) != step.unsolved.end();
    return unsolved ? Duration{0} : settings.closed_kept;
  };
  for (ContactNode* node : step.contacts) {
    const auto kept = std::exchange(node->before, nullptr);
    const Contact* before = kept.get();
    if (before && *before == *node->row) continue;
    step.mutations.push_back(PutContact{kept, node->row});
    if (!before) step.mutations.push_back(LiveAdd{node->row->id});
    queue_mutations(step, before, *node->row);
    if (node->row->state == ContactState::closed && (!before || before->state != ContactState::closed))
      step.mutations.push_back(LiveRemove{node->row->id, kept_for(node->row->id)});
    if (shown(before) != shown(node->row.get()) || (before && before->owner != node->row->owner && shown(before) == 1))
      step.states.push_back(StateChanged{node->row});
    desk_effects(step, before, node->row);
  }
  for (AgentNode* node : step.agents) {
    const auto before = std::exchange(node->before, nullptr);
    if (*before == *node->row) continue;
    step.mutations.push_back(PutAgent{before, node->row});
    if (presence_differs(*before, *node->row)) step.rest.push_back(PresenceChanged{node->row});
    if (before->todo != node->row->todo) step.rest.push_back(TodoChanged{node->row});
  }
  for (AgentNode* node : step.counted)
    if (node->used != node->used_before)
      step.rest.push_back(CapacityChanged{node->row->id, node->used, node->account ? node->account->capacity : 0});
  for (CaseNode* node : step.cases) step.mutations.push_back(PutCase{std::exchange(node->before, nullptr), node->row});
  for (VisitorNode* node : step.visitors) step.mutations.push_back(PutVisitor{node->row});
  for (QueueNode* node : step.queues) step.mutations.push_back(PutQueueState{*node->row});

  for (Effect& reply : step.replies)
    if (auto* kept = std::get_if<Kept>(&reply); kept && kept->row && !kept->row->ticket.empty())
      if (const auto at = place(kept->contact)) kept->position = at->position, kept->estimate = at->estimate;
  Effects effects = std::move(step.replies);
  for (Effects* part : {&step.states, &step.offer_ends, &step.rows, &step.lines, &step.offers, &step.rest})
    gather(effects, *part);
  const bool written = !step.mutations.empty() || !step.transitions.empty();
  const bool recorded = written && !only_a_mark(step);
  if (recorded) sequence = step.sequence;
  if (written) batch = step.batch;

  drop_closed();
  forget_recent();
  return Step{recorded ? sequence : 0,   now,
              std::move(step.mutations), std::move(step.transitions),
              std::move(step.decisions), Held<Effects>(std::move(effects), written ? step.batch : step.quiet)};
}

}  // namespace fd::engine
