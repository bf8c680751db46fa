// Pull queues (routing-semantics §5.6): an agent at a counter calls the next number; called is `connecting`, and 60 s
// after the call it counts as served. Two counters pressing at once are two events, one after the other.
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {

void Core::call(ContactNode& node, AgentNode& agent) {
  const bool again = node.row->state == ContactState::connecting;
  move(node, ContactEvent::call, ContactState::connecting, again ? "recall" : "next", agent.row->id);
  Contact& row = touch(node);
  row.owner = agent.row->id;
  row.last_agent = agent.row->id;
  row.counter = agent.row->counter;
  row.lease = now + settings.called_for;
  row.held_for = {};
  row.held_until = {};
  row.skip_until = {};
  row.arrival_assumed = false;
  if (row.offers.empty()) {
    Offer offer{OfferId(make_id()), agent.row->id, OfferState::accepting, row.lease, {}};
    step.transitions.push_back({'o', offer.id.str(), "", "accepting", "call", "", agent.row->id});
    row.offers.push_back(std::move(offer));
  } else {
    row.offers.front().due = row.lease;
  }
  settle(node);
  if (!row.ticket.empty()) step.rest.push_back(Called{node.row, again});
}

void Core::on(const Next& e) {
  AgentNode* agent = nullptr;
  if (!begin(e.from, agent)) return;
  QueueNode* queue = find(e.queue);
  if (!queue) return refuse(e.from, "not_found", "no such queue");
  if (queue->settings->mode != Mode::pull) return refuse(e.from, "wrong_mode", "this queue offers by itself");
  if (std::none_of(agent->memberships.begin(), agent->memberships.end(),
                   [&](const Member& m) { return m.queue == queue; }))
    return refuse(e.from, "not_permitted", "you are not in this queue's team");
  if (queue->row->paused) return refuse(e.from, "paused", queue->row->reason);
  for (const ContactId id : agent->own)
    if (const ContactNode* node = find(id);
        node && !node->row->ticket.empty() &&
        (node->row->state == ContactState::connecting || node->row->state == ContactState::active))
      return refuse(e.from, "busy", "finish the customer at your counter first", node);
  if (agent->room.channels == 0) return refuse(e.from, "not_available", std::string(status_words[status_of(*agent)]));
  ContactNode* node = best_for(*agent, queue);
  if (!node) {
    const bool some = std::any_of(queue->heads.begin(), queue->heads.end(),
                                  [&](const auto& head) { return !fits(*agent, *head.second->channel); });
    if (some) return refuse(e.from, "capacity", "no capacity for who is waiting");
    return refuse(e.from, "empty", "nobody is waiting");
  }
  const bool ticket = !node->row->ticket.empty();
  if (ticket && agent->row->counter.empty()) return refuse(e.from, "no_counter", "name your counter first");
  const auto member = std::find_if(agent->memberships.begin(), agent->memberships.end(),
                                   [&](const Member& m) { return m.queue == queue; });
  decide(*node, agent, {}, &*member);
  queue->departures.push_back(now);
  if (queue->departures.size() > 10) queue->departures.pop_front();
  call(*node, *agent);
  if (!ticket && !node->channel->media) {  // a chat, say: nobody has to walk to a counter
    end_offer(*node, agent->row->id, OfferState::accepted, "accepted", agent->row->id);
    move(*node, ContactEvent::connected, ContactState::active, {}, agent->row->id);
    give(*node, *agent);
  } else if (!ticket) {
    touch(*node).lease = now + settings.media_setup;
    touch(*node).offers.front().due = node->row->lease;
    settle(*node);
  }
  done(e.from, node->row->id);
}

ContactNode* Core::called(const From& from, ContactId id, AgentNode*& agent) {
  if (!begin(from, agent, id)) return nullptr;
  ContactNode* node = find(id);
  if (!node) return refuse(from, "closed", "the contact is closed"), nullptr;
  if (node->row->ticket.empty()) return refuse(from, "bad_request", "this contact has no ticket", node), nullptr;
  const AgentId& who = node->row->state == ContactState::abandoned ? node->row->last_agent : node->row->owner;
  if (who != agent->row->id) return refuse(from, "not_owner", "this number was called by another agent", node), nullptr;
  return node;
}

void Core::on(const Recall& e) {
  AgentNode* agent = nullptr;
  ContactNode* node = called(e.from, e.contact, agent);
  if (!node) return;
  const ContactState state = node->row->state;
  if (state != ContactState::connecting && state != ContactState::abandoned)
    return refuse(e.from, "wrong_state", "the contact is " + std::string(word(state)), node);
  if (state == ContactState::abandoned && !fits(*agent, *node->channel))
    return refuse(e.from, "busy", "finish the customer at your counter first", node);
  call(*node, *agent);
  done(e.from, node->row->id);
}

void Core::on(const Serve& e) {
  AgentNode* agent = nullptr;
  ContactNode* node = called(e.from, e.contact, agent);
  if (!node) return;
  if (node->row->state == ContactState::active) return done(e.from, node->row->id);
  if (node->row->state != ContactState::connecting)
    return refuse(e.from, "wrong_state", "the contact is " + std::string(word(node->row->state)), node);
  end_offer(*node, agent->row->id, OfferState::accepted, "accepted", agent->row->id);
  move(*node, ContactEvent::connected, ContactState::active, "serve", agent->row->id);
  give(*node, *agent);
  done(e.from, node->row->id);
}

void Core::on(const AbsentCustomer& e) {
  AgentNode* agent = nullptr;
  ContactNode* node = called(e.from, e.contact, agent);
  if (!node) return;
  const ContactState state = node->row->state;
  if (state != ContactState::connecting && state != ContactState::active)
    return refuse(e.from, "wrong_state", "the contact is " + std::string(word(state)), node);
  end_offers(*node, OfferState::canceled, "absent", agent->row->id);
  Contact& row = touch(*node);
  ++row.absent;
  if (row.absent == 1) {
    row.skip_until = now + settings.absent_skip;
    back_in_line(*node, ContactEvent::absent, "absent", agent->row->id);
  } else {
    row.last_agent = row.owner;
    move(*node, ContactEvent::absent, ContactState::abandoned, "absent", agent->row->id);
    row.owner = {};
    row.lease = now + settings.absent_window;
    settle(*node);
  }
  done(e.from, row.id);
}

void Core::on(const Done& e) {
  AgentNode* agent = nullptr;
  ContactNode* node = called(e.from, e.contact, agent);
  if (!node) return;
  const ContactState state = node->row->state;
  if (state != ContactState::connecting && state != ContactState::active && state != ContactState::wrapup)
    return refuse(e.from, "wrong_state", "the contact is " + std::string(word(state)), node);
  std::string kind = e.kind;
  if (!code_ok(e.from, node, kind, e.disposition)) return;
  if (!node->row->offers.empty()) end_offer(*node, agent->row->id, OfferState::accepted, "accepted", agent->row->id);
  resolve_row(*node, e.from, kind, e.disposition);
  done(e.from, e.contact);
}

}  // namespace fd::engine
