// Presence of agents (routing-semantics §5.7) and what losing one means for the contacts (§5.6).
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {

void Core::set_presence(AgentNode& node, Presence to, const std::string& reason, const AgentId& actor) {
  Agent& row = touch(node);
  const Presence from = row.presence;
  const bool changes = from != to || row.reason != reason;
  row.next.reset();
  row.next_reason.clear();
  row.lost_at = {};  // whoever decides this decides it: nothing is given back
  if (changes) {
    row.presence = to;
    row.reason = to == Presence::available ? "" : reason;
    if (from != to) row.since = now;
    step.transitions.push_back(
        {'a', row.id.str(), std::string(word(from)), std::string(word(to)), "presence", reason, actor});
  }
  if (to == Presence::available) {
    row.missed = 0;
    if (from != to) row.idle_since = now;  // back of the line: toggling gains nothing
  }
  settle(node);
  if (to != Presence::available) withdraw_offers(node, "agent_left");
}

void Core::on(const SetPresence& e) {
  AgentNode* agent = nullptr;
  if (!begin(e.from, agent)) return;
  const Presence at = agent->row->presence;
  if (e.presence == Presence::not_responding) return refuse(e.from, "bad_request", "not_responding cannot be chosen");
  if (e.presence == Presence::available && !agent->row->attached)
    return refuse(e.from, "no_socket", "open the desk first");
  const bool impossible =
      (at == Presence::offline && (e.presence == Presence::away || e.presence == Presence::draining)) ||
      ((at == Presence::away || at == Presence::not_responding) && e.presence == Presence::draining);
  if (impossible) return refuse(e.from, "wrong_state", "presence is " + std::string(word(at)));
  if (!e.counter.empty() && e.counter != agent->row->counter) {
    if (counter_taken(*agent, e.counter)) return refuse(e.from, "counter_taken", "another agent is at this counter");
    touch(*agent).counter = e.counter;
  }
  if (e.presence == Presence::available) {
    if (at != Presence::available) set_presence(*agent, Presence::available, {}, agent->row->id);
    return done(e.from);
  }
  if (e.presence == Presence::draining) {
    if (at != Presence::draining) set_presence(*agent, Presence::draining, e.reason, agent->row->id);
    return done(e.from);
  }
  leave(*agent, e.presence, e.reason);
  done(e.from);
}

bool Core::counter_taken(const AgentNode& agent, const std::string& counter) const {
  return !counter.empty() && std::any_of(agents.begin(), agents.end(), [&](const auto& other) {
    return &other.second != &agent && other.second.row->counter == counter &&
           other.second.row->presence != Presence::offline;
  });
}

void Core::leave(AgentNode& node, Presence to, const std::string& reason) {
  const Presence at = node.row->presence;
  if (at == Presence::offline && to == Presence::offline) return;
  withdraw_offers(node, "agent_left");
  const bool keeps_working = has_work(node) && at != Presence::offline && at != Presence::away &&
                             !(at == Presence::not_responding && to == Presence::away);
  if (!keeps_working) return set_presence(node, to, reason, node.row->id);
  set_presence(node, Presence::draining, reason, node.row->id);
  Agent& row = touch(node);
  row.next = to;
  row.next_reason = reason;
}

void Core::work_ended(AgentNode& node) {
  if (has_work(node) || node.row->presence != Presence::draining || !node.row->next) return;
  const Presence next = *node.row->next;
  const std::string reason = node.row->next_reason;
  set_presence(node, next, reason, node.row->id);
}

void Core::lease_over(AgentNode& node) {
  Agent& row = touch(node);
  row.lease = {};
  row.before = row.presence;
  row.before_reason = row.reason;
  if (row.presence == Presence::draining && row.next) row.before = *row.next, row.before_reason = row.next_reason;
  if (row.presence != Presence::offline) set_presence(node, Presence::offline, "lease");
  row.lost_at = now;
  drop_contacts(node, false);
}

// The agent is gone; what it had goes on without it. `forced`: by a supervisor or the roster, so nothing is held for
// it.
void Core::drop_contacts(AgentNode& agent, bool forced) {
  withdraw_offers(agent, forced ? "supervisor" : "agent_left");
  const std::set<ContactId> own = agent.own;
  for (const ContactId id : own) {
    ContactNode* node = find(id);
    if (!node || node->row->owner != agent.row->id) continue;
    const ContactState state = node->row->state;
    const bool counter = !node->row->ticket.empty();
    if (state == ContactState::connecting) {
      if (node->channel->media && !forced) continue;  // its own 15 s decide
      end_offers(*node, OfferState::withdrawn, "agent_left");
      back_in_line(*node, ContactEvent::agent_lost, "agent_lost");
    } else if (state == ContactState::active) {
      if (!forced && node->channel->media) continue;  // the adapter is asked whether the call lives
      if (!forced && counter) {                       // the customer stands there
        step.rest.push_back(Alarm{"counter_unattended", id});
        continue;
      }
      back_in_line(*node, ContactEvent::agent_lost, "agent_lost");
      if (!forced) {
        Contact& row = touch(*node);
        row.held_for = agent.row->id;
        row.held_until = now + settings.sticky_wait;
        settle(*node);
      }
    } else if (state == ContactState::paused && forced) {
      touch(*node).owner = {};
      settle(*node);
    } else if (state == ContactState::wrapup) {
      close(*node, ContactEvent::agent_lost,
            node->row->reason == CloseReason::none ? CloseReason::expired : node->row->reason);
    }
  }
}

void Core::on(const ForcePresence& e) {
  AgentNode* actor = nullptr;
  if (!begin(e.from, actor)) return;
  AgentNode* target = find(e.agent);
  if (!supervises(*actor, target ? *target : *actor))
    return refuse(e.from, "not_permitted", "only a supervisor of this agent's team may do this");
  if (e.reason.empty()) return refuse(e.from, "reason_missing", "give a reason");
  if (!target || !target->account) return refuse(e.from, "not_found", "no such agent");
  if (e.presence == Presence::available && !target->row->attached)
    return refuse(e.from, "no_socket", "the agent's desk is not open");
  set_presence(*target, e.presence, e.reason, actor->row->id);
  if (e.presence == Presence::offline) drop_contacts(*target, true);
  done(e.from);
}

void Core::forget_account(AgentNode& node) {
  withdraw_offers(node, "config");
  if (node.row->presence != Presence::offline) set_presence(node, Presence::offline, "config");
  drop_contacts(node, true);
  Agent& row = touch(node);
  row.attached = false;
  row.lease = {};
  row.lost_at = {};
  step.rest.push_back(SessionOver{node.row->id, {}});
}

void Core::forget_the_gone(AgentNode& node) {
  const bool gone = !node.account || node.account->disabled;
  const bool there = node.row->presence != Presence::offline || node.row->attached || node.row->lease.set();
  if (gone && (there || !node.own.empty() || !node.work.empty())) forget_account(node);
}

void Core::on(const Roster& e) {
  settings.roster = e.roster;
  for (const auto& [id, account] : settings.roster)
    if (!agents.contains(id)) {
      AgentNode& node = agents[id];
      node.row = std::make_shared<Agent>();
      node.row->id = id;
    }
  for (auto& [name, queue] : queues) queue.delays.clear();
  // every account pointer is of the old roster: all are renewed before anything else looks at one
  for (auto& [id, node] : agents) attach_account(node);
  for (AgentNode* node : in_order(agents)) {
    forget_the_gone(*node);
    settle(*node);
  }
  step.transitions.push_back({'s', settings.site.str(), "", "", "roster", "", {}});
  for (ContactNode* node : in_order(contacts)) {  // delays are deadlines of contacts
    settle(*node);
    dirty_contacts.push_back(node);
  }
  if (e.ref != 0) step.replies.push_back(Done_{e.ref, {}, 0, {}});
}

}  // namespace fd::engine
