// Deadlines: what is due next for a row, and what happens when it is. One heap; no Redis write for a deadline alone.
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {
namespace {

void earlier(Instant& at, Instant candidate) {
  if (candidate.set() && candidate < at) at = candidate;
}

}  // namespace

Instant Core::due(const ContactNode& node) const {
  const Contact& row = *node.row;
  Instant at = never;
  if (node.unconfirmed.set()) earlier(at, node.unconfirmed);
  if (row.state == ContactState::queued || row.state == ContactState::offered) {
    earlier(at, row.ttl_at);
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
    if (row.away.set() && node.channel->presence) {
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

Instant Core::next_due() {
  while (!heap.empty()) {
    const Due& top = heap.top();
    const Instant current = top.contact ? top.contact->heap_at : top.agent->heap_at;
    if (current == top.at) return top.at;
    heap.pop();
  }
  return never;
}

void Core::fire_due() {
  for (std::size_t fired = 0; fired < settings.fire_max && next_due() <= now; ++fired) {
    const Due top = heap.top();
    heap.pop();
    if (top.contact) {
      ContactNode& node = *top.contact;
      node.heap_at = {};
      for (int rounds = 0; rounds < 16 && fire(node); ++rounds) {
      }
      settle(node);
    } else {
      top.agent->heap_at = {};
      fire(*top.agent);
      settle(*top.agent);
    }
  }
}

bool Core::fire(AgentNode& node) {
  const Agent& row = *node.row;
  if (row.lease.set() && row.lease <= now) {
    lease_over(node);
    return true;
  }
  if (row.presence == Presence::not_responding && settings.not_responding_return.count() > 0 &&
      row.since + settings.not_responding_return <= now)
    set_presence(node, Presence::available, "returned");
  return false;
}

// One thing that is due of a contact, in the order in which they must be decided; true: look again.
bool Core::fire(ContactNode& node) {
  const Contact& row = *node.row;
  const auto passed = [this](Instant at) { return at.set() && at <= now; };
  if (passed(node.unconfirmed)) {
    node.unconfirmed = {};
    if (!row.away.set()) touch(node).away = now;
    return true;
  }
  switch (row.state) {
    case ContactState::queued:
    case ContactState::offered: break;
    case ContactState::connecting:
      if (!passed(row.lease)) return false;
      if (node.channel->media) {
        end_offers(node, OfferState::failed, "no_media");
        back_in_line(node, ContactEvent::lease, "no_media");
      } else {
        end_offer(node, row.owner, OfferState::accepted, "arrival_assumed");
        move(node, ContactEvent::arrival_assumed, ContactState::active);
        give(node, *find(row.owner), ContactEvent::arrival_assumed);
        touch(node).arrival_assumed = true;
      }
      return true;
    case ContactState::active:
      if (passed(row.lease)) {
        step.rest.push_back(Alarm{"active_expired", row.id});
        to_wrapup(node, ContactEvent::lease, CloseReason::expired);
        return true;
      }
      if (row.away.set() && node.channel->presence && std::max(row.away, row.last_at) + node.channel->away_pause <= now) {
        move(node, ContactEvent::silence, ContactState::paused);
        touch(node).lease = now + node.channel->paused_max;
        settle(node);
        return true;
      }
      return false;
    case ContactState::paused:
      if (!passed(row.lease)) return false;
      to_wrapup(node, ContactEvent::lease, CloseReason::expired);
      return true;
    case ContactState::wrapup:
      if (!passed(row.lease)) return false;
      close(node, ContactEvent::wrapup_over, row.reason == CloseReason::none ? CloseReason::expired : row.reason);
      return true;
    case ContactState::abandoned:
      if (!passed(row.lease)) return false;
      if (row.absent >= 2) close(node, ContactEvent::no_show, CloseReason::no_show);
      else close(node, ContactEvent::lease, CloseReason::abandoned);
      return true;
    default: return false;
  }
  // queued or offered
  for (const Offer& offer : row.offers) {
    if (offer.due > now) continue;
    AgentNode* agent = find(offer.agent);
    const AgentId id = offer.agent;
    exclude(node, id);
    end_offer(node, id, OfferState::expired, "deadline");
    if (agent) missed(*agent, *node.channel);
    return true;
  }
  if (row.away.set() && node.channel->presence && row.away + node.channel->away_abandon <= now) {
    end_offers(node, OfferState::canceled, "customer_left");
    const Instant lease = now + node.channel->resume_window;
    move(node, ContactEvent::customer_left, ContactState::abandoned);
    Contact& c = touch(node);
    c.lease = lease;
    c.skip = false;
    return true;
  }
  if (passed(row.ttl_at) && row.state == ContactState::queued) {
    step.rest.push_back(Alarm{"ttl", row.id});
    if (node.channel->ttl_closes) {
      close(node, ContactEvent::ttl, CloseReason::expired);
      return true;
    }
    Contact& c = touch(node);
    c.ttl_at = now + (node.line && node.line->settings->ttl ? *node.line->settings->ttl : node.channel->ttl);
    if (std::exchange(c.ttl_fired, true)) return true;  // a second time: alarm only
    if (QueueNode* fallback = find(settings.default_queue); fallback && fallback != node.line)
      to_queue(node, *fallback, ContactEvent::ttl, Duration{0}, {}, "ttl");
    return true;
  }
  if (passed(row.max_wait_at) && !row.overflow_due) {
    if (row.state == ContactState::offered) touch(node).overflow_due = true;
    else overflow(node);
    return true;
  }
  if (node.line && row.step < node.line->settings->steps.size()) {
    const RelaxStep& relax = node.line->settings->steps[row.step];
    if (row.virtual_start + relax.after <= now) {
      Contact& c = touch(node);
      ++c.step;
      for (const SkillNeed& need : relax.needs) {
        if (need.level == 0) std::erase_if(c.needs, [&](const SkillNeed& n) { return n.skill == need.skill; });
        for (SkillNeed& n : c.needs)
          if (n.skill == need.skill) n.level = need.level;
      }
      settle(node);
      dirty_contacts.push_back(&node);
      return true;
    }
  }
  if (row.away.set() && !row.skip && node.channel->presence && row.away + node.channel->away_skip <= now) {
    touch(node).skip = true;
    return true;
  }
  if (!row.held_for.empty() && passed(row.held_until)) {
    Contact& c = touch(node);
    c.held_for = {};
    c.held_until = {};
    return true;
  }
  if (passed(row.skip_until)) {
    touch(node).skip_until = {};
    return true;
  }
  for (std::size_t i = 0; i < row.excluded.size(); ++i) {
    if (passed(row.excluded[i].until)) {
      Contact& c = touch(node);
      c.excluded.erase(c.excluded.begin() + static_cast<std::ptrdiff_t>(i));
      dirty_contacts.push_back(&node);
      return true;
    }
    if (passed(row.excluded[i].soft)) {
      touch(node).excluded[i].soft = {};
      dirty_contacts.push_back(&node);
      return true;
    }
  }
  dirty_contacts.push_back(&node);  // a delay passed: more agents see it now
  return false;
}

void Core::on(const ClockMoved& e) {
  for (auto& [id, node] : contacts) {
    if (node.row->offers.empty()) continue;
    for (Offer& offer : touch(node).offers) offer.due = offer.due + e.by;
    settle(node);
  }
  for (auto& [id, node] : agents) {
    if (!node.row->lease.set()) continue;
    Agent& row = touch(node);
    row.lease = row.lease + e.by;
    settle(node);
  }
}

}  // namespace fd::engine
