// Offers: open, accept, decline, end (routing-semantics §5.2).
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {

void Core::open_offer(ContactNode& node, AgentNode& agent, ContactEvent event, std::string why, const AgentId& giver) {
  Offer offer;
  offer.id = OfferId(make_id());
  offer.agent = agent.row->id;
  offer.why = why;
  const Queue* queue = node.line ? node.line->settings : find(node.row->queue)->settings;
  offer.due = now + queue->offer_deadline.value_or(node.channel->offer_deadline);
  const bool sibling = event == ContactEvent::offer && node.row->state == ContactState::offered;
  const AgentId& by = giver.empty() ? agent.row->id : giver;
  if (!sibling) move(node, event, ContactState::offered, why, by);
  Contact& row = touch(node);
  row.offers.push_back(offer);
  step.transitions.push_back({'o', offer.id.str(), "", "pending", "offer", why, by});
  if (queue->strategy == Strategy::round_robin && event == ContactEvent::offer && !sibling)
    touch(*find(row.queue)).cursor = agent.row->id;
  step.offers.push_back(OfferOpened{agent.row->id, node.row, offer, std::move(why)});
  settle(node);
}

// Ends one open offer; the contact's state is the caller's to move (offers_over or further).
void Core::end_offer(ContactNode& node, const AgentId& agent, OfferState end, std::string_view reason,
                     const AgentId& by) {
  Contact& row = touch(node);
  const auto it = std::find_if(row.offers.begin(), row.offers.end(), [&](const Offer& o) { return o.agent == agent; });
  if (it == row.offers.end()) return;
  if (!allowed(it->state, end))
    throw std::logic_error("offer " + it->id.str() + ": " + std::string(word(it->state)) + " -> " +
                           std::string(word(end)));
  step.transitions.push_back({'o', it->id.str(), std::string(word(it->state)), std::string(word(end)),
                              std::string(word(end)), std::string(reason), by});
  row.last_offer = LastOffer{it->id, agent, end, std::string(reason)};
  step.offer_ends.push_back(OfferEnded{agent, row.id, it->id, end, std::string(reason), by});
  row.offers.erase(it);
  if (end == OfferState::accepted) return;
  if (!row.giver.empty()) {  // a transfer to this agent came to nothing: the giver is told and not asked again at once
    const AgentId giver = std::exchange(row.giver, {});
    exclude(node, giver);
    step.rest.push_back(TransferFailed{giver, node.row, agent, end, std::string(reason)});
  }
  if (row.offers.empty() && row.state == ContactState::offered && end != OfferState::canceled) offers_over(node);
}

void Core::end_offers(ContactNode& node, OfferState end, std::string_view reason, const AgentId& by) {
  while (!node.row->offers.empty()) end_offer(node, AgentId(node.row->offers.front().agent), end, reason, by);
}

// One of several accepted. The record says why; the word of the desks is their contract's.
void Core::withdraw_siblings(ContactNode& node, const AgentId& winner) {
  for (const Offer& offer : std::vector<Offer>(node.row->offers)) {
    if (offer.agent == winner) continue;
    end_offer(node, offer.agent, OfferState::withdrawn, "sibling_won", winner);
    std::get<OfferEnded>(step.offer_ends.back()).reason = "answered_elsewhere";
  }
}

void Core::offers_over(ContactNode& node) {
  move(node, ContactEvent::offers_ended, ContactState::queued);
  settle(node);
  const bool overflows = std::exchange(touch(node).overflow_due, false);
  if (fire_ttl(node)) return;  // it passed while offered
  if (overflows) overflow(node);
}

void Core::withdraw_offers(AgentNode& agent, std::string_view reason) {
  std::vector<ContactId> offered;
  for (const auto& [id, cost] : agent.work) offered.push_back(id);
  for (const ContactId id : offered)
    if (ContactNode* node = find(id); node && node->row->state == ContactState::offered)
      end_offer(*node, agent.row->id, OfferState::withdrawn, reason);
}

void Core::exclude(ContactNode& node, const AgentId& agent) {
  Contact& row = touch(node);
  std::erase_if(row.excluded, [&](const Exclusion& e) { return e.agent == agent; });
  const auto at =
      std::find_if(row.excluded.begin(), row.excluded.end(), [&](const Exclusion& e) { return agent < e.agent; });
  row.excluded.insert(
      at, {agent, now + settings.decline_delay, now + settings.reoffer_after});  // in order, as it is stored
  if (row.held_for == agent) row.held_for = {}, row.held_until = {};             // it was asked first; now all are
}

void Core::missed(AgentNode& agent, const Channel& channel) {
  Agent& row = touch(agent);
  ++row.missed;
  if (row.missed < channel.missed_max || row.presence != Presence::available) return;
  set_presence(agent, Presence::not_responding, "missed");
}

// The agent has the contact: it leaves the line; joined and greeting are the first lines of an accepted conversation.
void Core::give(ContactNode& node, AgentNode& agent) {
  Contact& row = touch(node);
  row.owner = agent.row->id;
  row.last_agent = agent.row->id;
  if (!row.ticket.empty()) row.counter = agent.row->counter;
  row.held_for = {};
  row.held_until = {};
  row.giver = {};
  row.served = true;
  row.excluded.clear();
  row.max_wait_at = {};
  row.ttl_at = {};
  row.overflow_due = false;
  row.lease = now + node.channel->active_max;
  Agent& a = touch(agent);
  a.missed = 0;
  a.idle_since = now;
  ++on_day(a).today;
  settle(node);
  settle(agent);
  if (!node.channel->can_reply || !row.ticket.empty()) return;
  event_line(node, "joined", agent.row->id);
  Line greeting;
  greeting.by = Author::agent;
  greeting.kind = MessageKind::greeting;
  greeting.agent = agent.row->id;
  const Instant last_at = row.last_at;
  const Author last_by = row.last_by;
  append(node, std::move(greeting), {});
  node.row->last_at = std::max(last_at, now);
  node.row->last_by = last_by;  // "not yet answered" until a person writes
}

void Core::on(const Accept& e) {
  AgentNode* agent = nullptr;
  if (!begin(e.from, agent, e.contact)) return;
  ContactNode* node = find(e.contact);
  if (!node) {
    if (const Recent* lately = lately_closed(e.contact))
      if (const auto& last = lately->contact->last_offer; last && last->id == e.offer)
        return refuse(e.from, "offer_closed", last->reason);
    return refuse(e.from, "gone", "this offer is no longer known");
  }
  const Contact& row = *node->row;
  const auto it = std::find_if(row.offers.begin(), row.offers.end(), [&](const Offer& o) { return o.id == e.offer; });
  if (it == row.offers.end()) {
    if (!row.last_offer || row.last_offer->id != e.offer)
      return refuse(e.from, "gone", "this offer is no longer known");
    if (row.last_offer->agent != agent->row->id) return refuse(e.from, "not_found", "this offer is another agent's");
    if (row.last_offer->state == OfferState::accepted && row.owner == agent->row->id) return done(e.from, row.id);
    return refuse(e.from, "offer_closed", row.last_offer->reason, node);
  }
  if (it->agent != agent->row->id) return refuse(e.from, "not_found", "this offer is another agent's");
  if (it->state == OfferState::accepting) return done(e.from, row.id);
  if (node->line) {
    node->line->departures.push_back(now);
    if (node->line->departures.size() > 10) node->line->departures.pop_front();
  }
  move(*node, ContactEvent::accept, ContactState::connecting, {}, agent->row->id);
  Contact& c = touch(*node);
  c.owner = agent->row->id;
  withdraw_siblings(*node, agent->row->id);
  if (node->channel->media) {
    Offer& offer = *std::find_if(c.offers.begin(), c.offers.end(), [&](const Offer& o) { return o.id == e.offer; });
    step.transitions.push_back({'o', offer.id.str(), "pending", "accepting", "accept", "", agent->row->id});
    offer.state = OfferState::accepting;
    c.lease = now + settings.media_setup;
    settle(*node);
  } else {
    end_offer(*node, agent->row->id, OfferState::accepted, "accepted", agent->row->id);
    move(*node, ContactEvent::connected, ContactState::active, {}, agent->row->id);
    give(*node, *agent);
  }
  done(e.from, row.id);
}

void Core::on(const Decline& e) {
  AgentNode* agent = nullptr;
  if (!begin(e.from, agent, e.contact)) return;
  ContactNode* node = find(e.contact);
  const auto* row = node ? node->row.get() : nullptr;
  const bool is_open = row && std::any_of(row->offers.begin(), row->offers.end(), [&](const Offer& o) {
                         return o.id == e.offer && o.agent == agent->row->id && o.state == OfferState::pending;
                       });
  if (!is_open) {
    if (row && row->last_offer && row->last_offer->id == e.offer && row->last_offer->agent == agent->row->id) {
      if (row->last_offer->state == OfferState::declined) return done(e.from, row->id);
      return refuse(e.from, "offer_closed", row->last_offer->reason, node);
    }
    return refuse(e.from, "gone", "this offer is no longer known");
  }
  if (e.reason.empty()) return refuse(e.from, "reason_missing", "say why", node);
  ++on_day(touch(*agent)).declined;
  exclude(*node, agent->row->id);
  end_offer(*node, agent->row->id, OfferState::declined, e.reason, agent->row->id);
  settle(*node);
  done(e.from, node->row->id);
}

void Core::on(const Connected& e) {
  ContactNode* node = find(e.contact);
  if (!node || node->row->state != ContactState::connecting || !node->channel->media) return;
  AgentNode* agent = find(node->row->owner);
  if (!agent || node->row->offers.empty() || node->row->offers.front().id != e.offer) return;
  end_offer(*node, agent->row->id, OfferState::accepted, "accepted", agent->row->id);
  touch(*agent).connect_failed = 0;
  move(*node, ContactEvent::connected, ContactState::active, {}, agent->row->id);
  give(*node, *agent);
}

void Core::on(const ConnectFailed& e) {
  ContactNode* node = find(e.contact);
  if (!node || node->row->state != ContactState::connecting || !node->channel->media) return;
  if (node->row->offers.empty() || node->row->offers.front().id != e.offer) return;
  media_failed(*node, ContactEvent::connect_failed, "connect_failed");
}

// Set-up failed or took too long: not counted as missed; several in a row are the agent's device.
void Core::media_failed(ContactNode& node, ContactEvent event, std::string_view reason) {
  const AgentId owner = node.row->owner;
  end_offers(node, OfferState::failed, reason);
  back_in_line(node, event, reason);
  AgentNode* agent = find(owner);
  if (agent && ++touch(*agent).connect_failed >= settings.connect_failed_max) {
    touch(*agent).connect_failed = 0;
    if (agent->row->presence != Presence::offline) set_presence(*agent, Presence::away, "device");
  }
}

}  // namespace fd::engine
