// Moving a contact: to another queue, to one agent, by overflow (routing-semantics §5.6).
#include "router/engine/core.hpp"

namespace fd::engine {

ContactNode* Core::versioned(const From& from, ContactId id, std::uint64_t v, AgentNode& agent, bool owner_needed) {
  ContactNode* node = find(id);
  if (!node) return refuse(from, "closed", "the contact is closed"), nullptr;
  if (owner_needed && node->row->owner != agent.row->id && !supervises(agent, node->row->queue))
    return refuse(from, "not_owner", "this contact is another agent's", node), nullptr;
  if (node->row->v != v) return refuse(from, "stale", "the contact has changed", node), nullptr;
  return node;
}

// virtual start never moves; `extra` head start is added once.
void Core::to_queue(ContactNode& node, QueueNode& target, ContactEvent event, Duration extra, const AgentId& actor,
                    std::string_view reason) {
  move(node, event, ContactState::queued, reason, actor);
  Contact& row = touch(node);
  if (!row.owner.empty()) row.last_agent = row.owner;
  row.owner = {};
  row.lease = {};
  row.held_for = {};
  row.held_until = {};
  row.counter.clear();
  row.transfer_head_start += extra;
  enter_queue(row, target);
  settle(node);
}

void Core::to_agent(ContactNode& node, AgentNode& target, const AgentId& actor, std::string_view reason) {
  Contact& row = touch(node);
  row.giver = actor;
  if (!row.owner.empty()) {
    row.last_agent = row.owner;
    if (row.owner != actor) exclude(node, row.owner);  // a supervisor took it away: it is not given back at once
  }
  row.owner = {};
  row.lease = {};
  row.held_for = {};
  row.held_until = {};
  if (const QueueNode* queue = find(row.queue); queue && !row.ttl_at.set()) enter_queue(row, *queue);
  open_offer(node, target, ContactEvent::transfer_agent, std::string(reason), actor);
}

void Core::overflow(ContactNode& node) {
  const Contact& row = *node.row;
  touch(node).max_wait_at = {};
  QueueNode* target = node.line && node.line->settings->overflow ? find(*node.line->settings->overflow) : nullptr;
  if (!target || target == node.line) return;
  const bool loop = row.hops >= settings.hops_max;
  if (loop) {  // the default queue takes it for good, and somebody is told
    step.rest.push_back(Alarm{"overflow_loop", row.id});
    target = find(settings.default_queue);
    if (target == node.line) return;
  } else {
    ++touch(node).hops;
  }
  to_queue(node, *target, ContactEvent::overflow, Duration{0}, {}, "max_wait");
  if (loop) touch(node).max_wait_at = {}, settle(node);
}

void Core::on(const Transfer& e) {
  AgentNode* agent = nullptr;
  if (!begin(e.from, agent, e.contact)) return;
  ContactNode* node = versioned(e.from, e.contact, e.v, *agent, true);
  if (!node) return;
  const Contact& row = *node->row;
  if (row.state != ContactState::active && row.state != ContactState::paused)
    return refuse(e.from, "wrong_state", "the contact is " + std::string(word(row.state)), node);
  if (e.reason.empty()) return refuse(e.from, "reason_missing", "say why", node);
  if (row.transfers >= settings.transfers_max && !supervises(*agent, row.queue))
    return refuse(e.from, "transfers_max", "passed on often enough: ask the supervisor", node);
  if (e.queue) {
    QueueNode* target = find(*e.queue);
    if (!target) return refuse(e.from, "not_found", "no such queue", node);
    ++touch(*node).transfers;
    ++on_day(touch(*agent)).passed_on;
    const AgentId giver = row.owner;
    event_line(*node, "transferred", agent->row->id);
    if (!giver.empty()) exclude(*node, giver);
    to_queue(*node, *target, ContactEvent::transfer, settings.transfer_head_start, agent->row->id, e.reason);
    return done(e.from, row.id);
  }
  AgentNode* target = e.agent ? find(*e.agent) : nullptr;
  if (!target || !target->account) return refuse(e.from, "not_found", "no such agent", node);
  if (target->row->id == row.owner) return refuse(e.from, "bad_request", "the agent has it already", node);
  if (std::string no = why_no_room(*target, *node->channel); !no.empty())
    return refuse(e.from, "target_unavailable", std::move(no), node);
  ++touch(*node).transfers;
  ++on_day(touch(*agent)).passed_on;
  event_line(*node, "transferred", agent->row->id);
  to_agent(*node, *target, agent->row->id, e.reason);
  done(e.from, row.id);
}

}  // namespace fd::engine
