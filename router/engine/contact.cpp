// What customers do: write, come, go, end, read (routing-semantics §5.6).
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {

Visitor Core::known_visitor(const CustomerMessage& e) const {
  if (const auto it = visitors.find(e.visitor); it != visitors.end()) return it->second.row;
  if (e.facts.visitor) return *e.facts.visitor;
  Visitor v;
  v.id = e.visitor;
  return v;
}

// The counter rule of design §8. False: answered (seen before, or a gap).
bool Core::counter_ok(const CustomerMessage& e, const Visitor& visitor) {
  const auto kept = [&](const Seen& seen) {
    ContactNode* node = find(seen.contact);
    step.replies.push_back(
        Kept{e.ref, seen.contact, seen.seq, seen.number, true, now, node ? node->row : nullptr, 0, {}});
    return false;
  };
  if (e.facts.seen) return kept(*e.facts.seen);
  if (e.n == 0) return true;
  const auto page =
      std::find_if(visitor.pages.begin(), visitor.pages.end(), [&](const PageCounter& p) { return p.page == e.page; });
  const std::uint64_t last = page == visitor.pages.end() ? 0 : page->n;
  if (e.n == last + 1) return true;
  if (e.n <= last) {
    ContactNode* node = find(visitor.contact);
    return kept({visitor.contact, 0, node ? node->row->number : CaseNumber{}});
  }
  step.replies.push_back(Gap{e.ref, last + 1});
  return false;
}

void Core::on(const CustomerMessage& e) {
  const auto channel = settings.channels.find(e.channel.str());
  if (channel == settings.channels.end()) {
    step.replies.push_back(Refused{e.ref, "unknown_channel", "no channel of this name is configured", nullptr});
    return;
  }
  Visitor visitor = known_visitor(e);
  if (!counter_ok(e, visitor)) return;
  if (visitor.owner.empty()) visitor.owner = e.owner;
  if (e.n > 0) {
    std::erase_if(visitor.pages, [&](const PageCounter& p) { return p.page == e.page; });
    visitor.pages.push_back({e.page, e.n});
    if (visitor.pages.size() > 16) visitor.pages.erase(visitor.pages.begin());
  }
  ContactNode* live = e.visitor.empty() ? nullptr : find(visitor.contact);
  ContactNode& node = live ? *live : intake(e, visitor);
  if (live && !e.visitor.empty()) {
    VisitorNode& v = visitors[e.visitor];
    touch(v);
    v.row = std::move(visitor);
  }
  if (live) take_line(node, e);
  if (!e.seen_digest.empty())
    step.mutations.push_back(PutSeen{e.channel.str(), e.seen_digest, node.row->id, node.row->seq});
  step.replies.push_back(Kept{e.ref, node.row->id, node.row->seq, node.row->number, false, now, node.row, 0, {}});
}

void Core::on(const VisitorBound& e) {
  const auto live = visitors.find(e.visitor.id);
  if (live == visitors.end()) {
    step.mutations.push_back(PutVisitor{e.visitor});
  } else if (live->second.row.owner.empty()) {  // the first one stays
    touch(live->second);
    live->second.row.owner = e.visitor.owner;
  }
}

void Core::take_line(ContactNode& node, const CustomerMessage& e) {
  if (e.body.n != 0) {
    Line line;
    line.by = Author::customer;
    line.cid = e.external_id;
    append(node, std::move(line), e.body);
  }
  wake(node);
}

void Core::wake(ContactNode& node) {
  Contact& row = touch(node);
  node.unconfirmed = {};
  row.away = {};  // who writes is here
  row.skip = false;
  switch (row.state) {
    case ContactState::active: row.lease = now + node.channel->active_max; break;
    case ContactState::paused: {
      AgentNode* owner = find(row.owner);
      if (owner && why_no_room(*owner, *node.channel).empty()) {
        move(node, ContactEvent::message, ContactState::active, {}, row.owner);
        row.lease = now + node.channel->active_max;
      } else {
        const AgentId held = row.owner;
        back_in_line(node, ContactEvent::message, "owner_busy");
        if (!held.empty()) row.held_for = held, row.held_until = now + settings.sticky_wait;
      }
      break;
    }
    case ContactState::wrapup:
      move(node, ContactEvent::message, ContactState::active, {}, row.owner);
      row.reason = CloseReason::none;
      row.disposition.clear();
      row.lease = now + node.channel->active_max;
      break;
    case ContactState::abandoned: back_in_line(node, ContactEvent::message); break;
    default: break;
  }
  settle(node);
}

// To its line under the old key: nothing of virtual start or head start changes.
void Core::back_in_line(ContactNode& node, ContactEvent event, std::string_view reason, const AgentId& actor) {
  move(node, event, ContactState::queued, reason, actor);
  Contact& row = touch(node);
  if (!row.owner.empty()) row.last_agent = row.owner;
  row.owner = {};
  row.lease = {};
  row.counter.clear();
  row.giver = {};
  row.short_abandon = false;  // back again
  row.overflow_due = false;   // what it waited for is due now
  const QueueNode* queue = find(row.queue);
  const Instant at_once = now + Duration{1};
  if (queue && !row.ttl_at.set()) {
    enter_queue(row, *queue);
  } else {  // its clocks ran on, for it was never served; what passed meanwhile is due now
    row.ttl_at = std::max(row.ttl_at, at_once);
    if (row.max_wait_at.set()) row.max_wait_at = std::max(row.max_wait_at, at_once);
  }
  settle(node);
}

void Core::on(const CustomerAttached& e) {
  ContactNode* node = find(e.contact);
  if (!node) return;
  node->unconfirmed = {};
  const Contact& row = *node->row;
  if (row.state == ContactState::abandoned && row.ticket.empty()) {
    Contact& c = touch(*node);
    c.away = {};
    back_in_line(*node, ContactEvent::customer_back);
  } else if (row.away.set() || row.skip) {
    Contact& c = touch(*node);
    c.away = {};
    c.skip = false;
  }
  settle(*node);
}

void Core::on(const CustomerDetached& e) {
  ContactNode* node = find(e.contact);
  if (!node || !node->channel->presence || node->row->away.set()) return;
  node->unconfirmed = {};
  const ContactState state = node->row->state;
  if (state == ContactState::queued || state == ContactState::offered || state == ContactState::active)
    touch(*node).away = now;
  settle(*node);
}

void Core::on(const CustomerEnd& e) {
  const auto answer = [&](ContactId id) {
    if (e.ref != 0) step.replies.push_back(Done_{e.ref, id, 0, {}});
  };
  ContactNode* node = find(e.contact);
  answer(e.contact);  // ended already: the same answer
  if (!node) return;
  switch (node->row->state) {
    case ContactState::queued:
    case ContactState::offered:
    case ContactState::connecting: touch(*node).short_abandon = settings.left_at_once(*node->row, now); [[fallthrough]];
    case ContactState::abandoned:
      end_offers(*node, OfferState::canceled, "customer_left");
      close(*node, ContactEvent::end, CloseReason::abandoned);
      break;
    case ContactState::active: to_wrapup(*node, ContactEvent::end, CloseReason::ended); break;
    case ContactState::paused: close(*node, ContactEvent::end, CloseReason::ended); break;
    default: break;
  }
}

void Core::on(const CustomerRead& e) {
  step.replies.push_back(Done_{e.ref, {}, 0, {}});
  ContactNode* node = find(e.contact);
  if (!node || e.seq <= node->row->read_customer || e.seq > node->row->seq) return;
  touch(*node).read_customer = e.seq;
  step.rest.push_back(ReadMark{node->row, Author::customer, e.seq});
}

}  // namespace fd::engine
