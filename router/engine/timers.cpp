// Deadlines: what is due next for a row, and what happens when it is. One heap; no Redis write for a deadline alone.
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {
namespace {

void earlier(Instant& at, Instant candidate) {
  if (candidate.set() && candidate < at) at = candidate;
}

}  // namespace

Instant Core::due(const ContactNode& node, bool confirming) const {
  const Contact& row = *node.row;
  Instant at = never;
  if (confirming) earlier(at, node.unconfirmed);
  if (row.state == ContactState::queued || row.state == ContactState::offered) {
    if (row.state == ContactState::queued) earlier(at, row.ttl_at);
    if (!row.overflow_due) earlier(at, row.max_wait_at);
    if (node.line) {
      const auto& steps = node.line->settings->steps;
      if (row.step < steps.size()) earlier(at, row.virtual_start + steps[row.step].after);
      if (row.state == ContactState::queued)
        for (const Duration delay : node.line->delays)  // another agent begins to see it
          if (row.virtual_start + delay > now) {
            earlier(at, row.virtual_start + delay);
            break;
          }
    }
    if (row.away.set() && node.channel->presence && !row.served) {
      if (!row.skip) earlier(at, row.away + node.channel->away_skip);
      earlier(at, row.away + node.channel->away_abandon);
    }
    if (!row.held_for.empty()) earlier(at, row.held_until);
    earlier(at, row.skip_until);
    for (const Exclusion& e : row.excluded) {
      earlier(at, e.soft);
      earlier(at, e.until);
    }
    for (const Offer& offer : row.offers) earlier(at, offer.due);
    return at;
  }
  earlier(at, row.lease);
  if (row.state == ContactState::active && row.away.set() && node.channel->presence)
    earlier(at, std::max(row.away, row.last_at) + node.channel->away_pause);
  return at;
}

Instant Core::due(const AgentNode& node) const {
  Instant at = never;
  earlier(at, node.row->lease);
  if (node.row->presence == Presence::not_responding && settings.not_responding_return.count() > 0)
    earlier(at, node.row->since + settings.not_responding_return);
  return at;
}

bool Core::Due::operator>(const Due& o) const noexcept {
  if (at != o.at) return at > o.at;
  if (!agent != !o.agent) return agent != nullptr;  // contacts first
  return agent ? o.agent->row->id < agent->row->id : o.contact < contact;
}

// A deadline that moves away, as the one of a conversation does with each line, leaves its entry where it is: that one
// fires for nothing and is set anew. So the heap holds one entry a row, and a few that came earlier.
void Core::watch(Instant at, Instant& heap_at, ContactId contact, AgentNode* agent) {
  if (at >= heap_at) return;
  heap_at = at;
  heap.push({at, contact, agent});
}

Instant Core::next_due() {
  while (!heap.empty()) {
    const Due& top = heap.top();
    const ContactNode* contact = top.agent ? nullptr : find(top.contact);
    if (top.agent ? top.agent->heap_at == top.at : contact && contact->heap_at == top.at) return top.at;
    heap.pop();
  }
  return never;
}

void Core::fire_due() {
  const auto is_due = [this] { return !heap.empty() && heap.top().at <= now && next_due() <= now; };
  for (std::size_t fired = 0; fired < settings.fire_max && is_due(); ++fired) {
    const Due top = heap.top();
    heap.pop();
    if (top.agent) {
      top.agent->heap_at = never;
      fire(*top.agent);
      settle(*top.agent);
      continue;
    }
    ContactNode& node = *find(top.contact);
    node.heap_at = never;
    for (int rounds = 0; rounds < 16 && fire(node); ++rounds) {
    }
    settle(node);
  }
}

void Core::fire(AgentNode& node) {
  const Agent& row = *node.row;
  if (passed(row.lease)) return lease_over(node);
  if (row.presence == Presence::not_responding && settings.not_responding_return.count() > 0 &&
      row.since + settings.not_responding_return <= now)
    set_presence(node, Presence::available, "returned");
}

// The order in which what is due at once must be decided. A step that closes or moves the contact ends the round.
bool Core::fire(ContactNode& node) {
  if (fire_unconfirmed(node)) return true;
  switch (node.row->state) {
    case ContactState::queued:
    case ContactState::offered:
      if (fire_offer(node) || fire_customer_left(node) || fire_ttl(node) || fire_max_wait(node) ||
          fire_relaxation(node) || fire_holds(node) || fire_exclusion(node))
        return true;
      dirty_contacts.push_back(&node);  // a delay passed: more agents see it now
      return false;
    case ContactState::closed: return false;
    default: return fire_lease(node) || fire_silence(node);
  }
}

bool Core::fire_unconfirmed(ContactNode& node) {
  if (!passed(node.unconfirmed)) return false;
  node.unconfirmed = {};
  if (!node.row->away.set()) touch(node).away = now;
  return true;
}

// The lease of a state outside the line.
bool Core::fire_lease(ContactNode& node) {
  if (!passed(node.row->lease)) return false;
  const CloseReason reason = node.row->reason == CloseReason::none ? CloseReason::expired : node.row->reason;
  switch (node.row->state) {
    case ContactState::connecting:
      if (node.channel->media) {
        media_failed(node, ContactEvent::lease, "no_media");
        break;
      }
      end_offers(node, OfferState::accepted, "arrival_assumed");
      move(node, ContactEvent::arrival_assumed, ContactState::active);
      touch(node).arrival_assumed = true;
      give(node, *find(node.row->owner));
      break;
    case ContactState::active: step.rest.push_back(Alarm{"active_expired", node.row->id}); [[fallthrough]];
    case ContactState::paused: to_wrapup(node, ContactEvent::lease, CloseReason::expired); break;
    case ContactState::wrapup: close(node, ContactEvent::wrapup_over, reason); break;
    case ContactState::abandoned:
      if (node.row->absent >= 2)
        close(node, ContactEvent::no_show, CloseReason::no_show);
      else
        close(node, ContactEvent::lease, CloseReason::abandoned);
      break;
    default: return false;
  }
  return true;
}

// Away, and nobody has written for a while: the work waits without taking capacity.
bool Core::fire_silence(ContactNode& node) {
  const Contact& row = *node.row;
  if (row.state != ContactState::active || !row.away.set() || !node.channel->presence) return false;
  if (std::max(row.away, row.last_at) + node.channel->away_pause > now) return false;
  move(node, ContactEvent::silence, ContactState::paused);
  touch(node).lease = now + node.channel->paused_max;
  settle(node);
  return true;
}

bool Core::fire_offer(ContactNode& node) {
  const auto& offers = node.row->offers;
  const auto it = std::find_if(offers.begin(), offers.end(), [this](const Offer& offer) { return offer.due <= now; });
  if (it == offers.end()) return false;
  const AgentId id = it->agent;
  exclude(node, id);
  end_offer(node, id, OfferState::expired, "deadline");
  if (AgentNode* agent = find(id)) missed(*agent, *node.channel);
  return true;
}

bool Core::fire_customer_left(ContactNode& node) {
  const Contact& at = *node.row;
  if (!at.away.set() || !node.channel->presence || at.served || at.away + node.channel->away_abandon > now)
    return false;
  end_offers(node, OfferState::canceled, "customer_left");
  const bool at_once = settings.left_at_once(*node.row, node.row->away);
  move(node, ContactEvent::customer_left, ContactState::abandoned, at_once ? "short_abandon" : "");
  Contact& row = touch(node);
  row.short_abandon = at_once;
  row.lease = now + node.channel->resume_window;
  row.skip = false;
  settle(node);
  return true;
}

// Waited too long: the fallback queue once; then only somebody is told. While offered it waits for the offer's end.
bool Core::fire_ttl(ContactNode& node) {
  if (!passed(node.row->ttl_at) || node.row->state != ContactState::queued) return false;
  step.rest.push_back(Alarm{"ttl", node.row->id});
  if (node.channel->ttl_closes) {
    close(node, ContactEvent::ttl, CloseReason::expired);
    return true;
  }
  Contact& row = touch(node);
  row.ttl_at = now + (node.line && node.line->settings->ttl ? *node.line->settings->ttl : node.channel->ttl);
  if (std::exchange(row.ttl_fired, true)) return true;
  if (QueueNode* fallback = find(settings.default_queue); fallback && fallback != node.line)
    to_queue(node, *fallback, ContactEvent::ttl, Duration{0}, {}, "ttl");
  return true;
}

bool Core::fire_max_wait(ContactNode& node) {
  if (!passed(node.row->max_wait_at) || node.row->overflow_due) return false;
  if (node.row->state == ContactState::offered)
    touch(node).overflow_due = true;
  else
    overflow(node);
  return true;
}

bool Core::fire_relaxation(ContactNode& node) {
  if (!node.line || node.row->step >= node.line->settings->steps.size()) return false;
  const RelaxStep& relax = node.line->settings->steps[node.row->step];
  if (node.row->virtual_start + relax.after > now) return false;
  Contact& row = touch(node);
  ++row.step;
  std::map<std::string, int> needs;
  for (const SkillNeed& need : relax.replace.value_or(row.needs)) needs[need.skill] = need.level;
  for (const SkillNeed& need : relax.needs)
    if (const auto it = needs.find(need.skill); it != needs.end()) it->second = std::min(it->second, need.level);
  for (const SkillNeed& need : relax.add) needs[need.skill] = std::max(needs[need.skill], need.level);
  row.needs.clear();
  for (const auto& [skill, level] : needs)
    if (level > 0) row.needs.push_back({skill, level});
  settle(node);
  dirty_contacts.push_back(&node);
  return true;
}

// Away long enough to be passed over; held or skipped long enough to be as the others again.
bool Core::fire_holds(ContactNode& node) {
  const Contact& row = *node.row;
  if (row.away.set() && !row.skip && !row.served && node.channel->presence &&
      row.away + node.channel->away_skip <= now) {
    touch(node).skip = true;
  } else if (!row.held_for.empty() && passed(row.held_until)) {
    Contact& c = touch(node);
    c.held_for = {};
    c.held_until = {};
  } else if (passed(row.skip_until)) {
    touch(node).skip_until = {};
  } else {
    return false;
  }
  settle(node);
  return true;
}

bool Core::fire_exclusion(ContactNode& node) {
  const auto& excluded = node.row->excluded;
  const auto it = std::find_if(excluded.begin(), excluded.end(),
                               [this](const Exclusion& e) { return passed(e.until) || passed(e.soft); });
  if (it == excluded.end()) return false;
  const AgentId agent = it->agent;
  const bool over = passed(it->until);
  Contact& row = touch(node);
  if (over) std::erase_if(row.excluded, [&](const Exclusion& e) { return e.agent == agent; });
  for (Exclusion& e : row.excluded)
    if (e.agent == agent) e.soft = {};
  dirty_contacts.push_back(&node);
  return true;
}

void Core::on(const ClockMoved& e) {
  for (ContactNode* node : in_order(contacts)) {
    if (node->row->offers.empty()) continue;
    Contact& row = touch(*node);
    for (Offer& offer : row.offers) offer.due = offer.due + e.by;
    if (row.state == ContactState::connecting) row.lease = row.lease + e.by;
    settle(*node);
  }
  for (AgentNode* node : in_order(agents)) {
    if (!node->row->lease.set()) continue;
    Agent& row = touch(*node);
    row.lease = row.lease + e.by;
    settle(*node);
  }
}

}  // namespace fd::engine
