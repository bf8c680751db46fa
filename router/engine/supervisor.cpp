// Supervisors' verbs: reassign, reprioritise, pause a queue. Actor and reason are recorded; rights are checked here
// too.
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {

ContactNode* Core::supervised(const From& from, ContactId id, std::uint64_t v, AgentNode& actor,
                              const std::string& reason) {
  const ContactNode* node = find(id);
  if (node ? !supervises(actor, node->row->queue) : actor.account->role == Role::agent)
    return refuse(from, "not_permitted", "only a supervisor of its team may do this"), nullptr;
  if (reason.empty()) return refuse(from, "reason_missing", "give a reason"), nullptr;
  return versioned(from, id, v, actor, false);
}

void Core::on(const Reassign& e) {
  AgentNode* actor = nullptr;
  if (!begin(e.from, actor, e.contact)) return;
  ContactNode* node = supervised(e.from, e.contact, e.v, *actor, e.reason);
  if (!node) return;
  AgentNode* target = find(e.agent);
  if (!target || !target->account) return refuse(e.from, "not_found", "no such agent", node);
  std::string no = why_no_room(*target, *node->channel);
  const auto& asked = node->row->offers;
  const bool already = std::any_of(asked.begin(), asked.end(), [&](const Offer& o) { return o.agent == e.agent; });
  if ((e.force || already) && (no == "capacity" || no == "channel")) no.clear();  // its place is kept for this one
  if (!no.empty()) return refuse(e.from, "target_unavailable", std::move(no), node);
  const Contact& row = *node->row;
  switch (row.state) {
    case ContactState::queued: break;
    case ContactState::offered:
      // withdrawn without going back to the line in between: the new offer takes its place in the same step
      for (const Offer& offer : std::vector<Offer>(row.offers)) {
        Contact& c = touch(*node);
        step.transitions.push_back({'o', offer.id.str(), std::string(word(offer.state)), "withdrawn", "withdrawn",
                                    "supervisor", actor->row->id});
        step.offer_ends.push_back(
            OfferEnded{offer.agent, row.id, offer.id, OfferState::withdrawn, "supervisor", actor->row->id});
        c.last_offer = LastOffer{offer.id, offer.agent, OfferState::withdrawn, "supervisor"};
        if (const AgentId giver = std::exchange(c.giver, {}); !giver.empty())
          step.rest.push_back(TransferFailed{giver, node->row, offer.agent, OfferState::withdrawn, "supervisor"});
      }
      touch(*node).offers.clear();
      settle(*node);
      break;
    case ContactState::active:
    case ContactState::paused:
      if (row.owner == target->row->id) return refuse(e.from, "bad_request", "the agent has it already", node);
      event_line(*node, "transferred", row.owner);
      break;
    default: return refuse(e.from, "wrong_state", "the contact is " + std::string(word(row.state)), node);
  }
  to_agent(*node, *target, actor->row->id, e.reason);
  done(e.from, row.id);
}

void Core::on(const Reprioritise& e) {
  AgentNode* actor = nullptr;
  if (!begin(e.from, actor, e.contact)) return;
  ContactNode* node = supervised(e.from, e.contact, e.v, *actor, e.reason);
  if (!node) return;
  if (node->row->state == ContactState::wrapup || node->row->state == ContactState::abandoned)
    return refuse(e.from, "wrong_state", "the contact is " + std::string(word(node->row->state)), node);
  Contact& row = touch(*node);
  row.priority = e.priority;
  row.head_start = settings.head_start(e.priority);
  ++row.v;
  step.transitions.push_back({'c', row.id.str(), std::string(word(row.state)), std::string(word(row.state)),
                              "reprioritise", e.reason, actor->row->id});
  settle(*node);
  done(e.from, row.id);
}

void Core::on(const PauseQueue& e) {
  AgentNode* actor = nullptr;
  const bool at_the_machine = e.from.agent.str() == operator_id;
  if (!at_the_machine && !begin(e.from, actor)) return;
  if (!at_the_machine && !supervises(*actor, e.queue))
    return refuse(e.from, "not_permitted", "only a supervisor of its team may do this");
  if (e.reason.empty()) return refuse(e.from, "reason_missing", "give a reason");
  QueueNode* queue = find(e.queue);
  if (!queue) return refuse(e.from, "not_found", "no such queue");
  if (queue->row->paused != e.paused) {
    QueueState& row = touch(*queue);
    row.paused = e.paused;
    row.by = e.from.agent;
    row.reason = e.reason;
    step.transitions.push_back({'q', row.name.str(), e.paused ? "open" : "paused", e.paused ? "paused" : "open",
                                "pause", e.reason, e.from.agent});
    if (!e.paused)
      for (AgentNode* agent : queue->members)
        if (!std::exchange(agent->dirty, true)) dirty_agents.push_back(agent);
    if (!e.paused)
      for (const auto& [key, node] : queue->waiting)  // held for somebody who need not be a member
        if (node->held_by) dirty_contacts.push_back(node);
  }
  done(e.from);
}

}  // namespace fd::engine
