#pragma once
// The one list of names for each struct of an event: walked by the writer and by the reader of record.cpp. A name here
// is a name in every stream that was ever written: added, never renamed.

#include <concepts>
#include <type_traits>

#include "router/engine/event.hpp"
#include "router/engine/step.hpp"

namespace fd::store::fields {

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

void walk(auto& a, Is<engine::BodyRef> auto& v) { a("n", v.n); }
void walk(auto& a, Is<SkillNeed> auto& v) { a("skill", v.skill), a("level", v.level, 1); }
void walk(auto& a, Is<PageCounter> auto& v) { a("page", v.page), a("n", v.n); }
void walk(auto& a, Is<Offer> auto& v) {
  a("id", v.id), a("agent", v.agent), a("state", v.state), a("due", v.due), a("why", v.why);
}
void walk(auto& a, Is<LastOffer> auto& v) {
  a("id", v.id), a("agent", v.agent), a("state", v.state, OfferState::expired), a("reason", v.reason);
}
void walk(auto& a, Is<Exclusion> auto& v) { a("agent", v.agent), a("soft", v.soft), a("until", v.until); }

void walk(auto& a, Is<Contact> auto& v) {
  a("id", v.id), a("v", v.v), a("case", v.number), a("channel", v.channel), a("queue", v.queue);
  a("state", v.state, ContactState::queued), a("reason", v.reason), a("customer", v.customer), a("visitor", v.visitor);
  a("name", v.name), a("grade", v.grade), a("masked", v.masked), a("locale", v.locale), a("kind", v.kind);
  a("disposition", v.disposition);
  a("priority", v.priority, Priority::medium), a("urgency", v.urgency, Urgency::medium), a("needs", v.needs);
  a("tags", v.tags), a("rule", v.rule), a("band", v.band, 1), a("start", v.virtual_start);
  a("head_start", v.head_start), a("transfer_head_start", v.transfer_head_start), a("step", v.step);
  a("hops", v.hops), a("transfers", v.transfers);
  a("overflow_due", v.overflow_due), a("ttl_fired", v.ttl_fired), a("arrival_assumed", v.arrival_assumed);
  a("served", v.served), a("short_abandon", v.short_abandon);
  a("seq", v.seq), a("notes", v.notes), a("last", v.last_at), a("last:by", v.last_by);
  a("seq:customer", v.customer_seq), a("read:customer", v.read_customer), a("read:agent", v.read_agent);
  a("owner", v.owner), a("last_agent", v.last_agent), a("held_for", v.held_for), a("held_until", v.held_until);
  a("away", v.away), a("skip", v.skip), a("skip_until", v.skip_until), a("absent", v.absent), a("since", v.since);
  a("due", v.lease), a("ttl", v.ttl_at), a("max_wait", v.max_wait_at), a("ticket", v.ticket), a("service", v.service);
  a("counter", v.counter), a("attributes", v.attributes), a("previous", v.previous), a("giver", v.giver),
      a("offers", v.offers);
  a("last_offer", v.last_offer), a("excluded", v.excluded);
}
void walk(auto& a, Is<Case> auto& v) {
  a("number", v.number), a("state", v.state), a("customer", v.customer), a("contact", v.contact), a("kind", v.kind);
  a("disposition", v.disposition), a("agent", v.agent), a("opened", v.opened), a("resolved", v.resolved);
}
void walk(auto& a, Is<Visitor> auto& v) {
  a("id", v.id), a("contact", v.contact), a("before", v.before), a("customer", v.customer), a("owner", v.owner);
  a("pages", v.pages);
}
void walk(auto& a, Is<Customer> auto& v) {
  a("id", v.id), a("name", v.name), a("grade", v.grade), a("masked", v.masked), a("locale", v.locale);
  a("first", v.first), a("last", v.last), a("known", v.known);
}

void walk(auto& a, Is<engine::Classification> auto& v) {
  a("queue", v.queue), a("rule", v.rule), a("priority", v.priority, Priority::medium);
  a("urgency", v.urgency, Urgency::medium), a("kind", v.kind), a("needs", v.needs), a("tags", v.tags);
  a("head_start", v.head_start), a("band", v.band, 1), a("failure", v.failure);
}
void walk(auto& a, Is<engine::Seen> auto& v) { a("contact", v.contact), a("seq", v.seq), a("case", v.number); }
void walk(auto& a, Is<engine::Facts> auto& v) {
  a("seen", v.seen), a("visitor", v.visitor), a("customer", v.customer), a("previous_case", v.previous_case);
  a("previous", v.previous);
}
void walk(auto& a, Is<engine::From> auto& v) { a("ref", v.ref), a("agent", v.agent), a("page", v.page), a("n", v.n); }
void walk(auto& a, Is<engine::TeamMembership> auto& v) {
  a("queue", v.queue), a("rank", v.rank, 1), a("delay", v.delay);
}
void walk(auto& a, Is<engine::Account> auto& v) {
  a("id", v.id), a("staff_no", v.staff_no), a("name", v.name), a("role", v.role), a("teams", v.teams);
  a("skills", v.skills), a("capacity", v.capacity, 100), a("channels", v.channels), a("disabled", v.disabled);
}

void walk(auto& a, Is<engine::CustomerMessage> auto& v) {
  a("ref", v.ref), a("channel", v.channel), a("visitor", v.visitor), a("page", v.page), a("n", v.n);
  a("external_id", v.external_id), a("seen_digest", v.seen_digest), a("identities", v.identities), a("known", v.known);
  a("owner", v.owner);
  a("name", v.name);
  a("grade", v.grade), a("masked", v.masked), a("locale", v.locale), a("service", v.service), a("body", v.body);
  a("attributes", v.attributes), a("classification", v.classification), a("facts", v.facts);
}
void walk(auto& a, Is<engine::VisitorBound> auto& v) { a("visitor", v.visitor); }
void walk(auto& a, Is<engine::CustomerAttached> auto& v) { a("contact", v.contact); }
void walk(auto& a, Is<engine::CustomerDetached> auto& v) { a("contact", v.contact); }
void walk(auto& a, Is<engine::CustomerEnd> auto& v) { a("ref", v.ref), a("contact", v.contact); }
void walk(auto& a, Is<engine::CustomerRead> auto& v) { a("ref", v.ref), a("contact", v.contact), a("seq", v.seq); }
void walk(auto& a, Is<engine::AgentAttached> auto& v) { a("agent", v.agent); }
void walk(auto& a, Is<engine::AgentDetached> auto& v) { a("agent", v.agent), a("lost", v.lost); }
void walk(auto& a, Is<engine::SetPresence> auto& v) {
  a("from", v.from), a("presence", v.presence), a("reason", v.reason), a("counter", v.counter);
}
void walk(auto& a, Is<engine::Accept> auto& v) { a("from", v.from), a("contact", v.contact), a("offer", v.offer); }
void walk(auto& a, Is<engine::Decline> auto& v) {
  a("from", v.from), a("contact", v.contact), a("offer", v.offer), a("reason", v.reason);
}
void walk(auto& a, Is<engine::AgentMessage> auto& v) { a("from", v.from), a("contact", v.contact), a("body", v.body); }
void walk(auto& a, Is<engine::AgentNote> auto& v) {
  a("from", v.from), a("contact", v.contact), a("body", v.body), a("facts", v.facts);
}
void walk(auto& a, Is<engine::AgentRead> auto& v) {
  a("ref", v.ref), a("agent", v.agent), a("contact", v.contact), a("seq", v.seq);
}
void walk(auto& a, Is<engine::Transfer> auto& v) {
  a("from", v.from), a("contact", v.contact), a("v", v.v), a("queue", v.queue), a("agent", v.agent);
  a("reason", v.reason);
}
void walk(auto& a, Is<engine::Resolve> auto& v) {
  a("from", v.from), a("contact", v.contact), a("v", v.v), a("seq", v.seq), a("kind", v.kind);
  a("disposition", v.disposition), a("text", v.text), a("facts", v.facts);
}
void walk(auto& a, Is<engine::Classify> auto& v) {
  a("from", v.from), a("contact", v.contact), a("v", v.v), a("kind", v.kind), a("facts", v.facts);
}
void walk(auto& a, Is<engine::Extend> auto& v) { a("from", v.from), a("contact", v.contact); }
void walk(auto& a, Is<engine::Next> auto& v) { a("from", v.from), a("queue", v.queue); }
void walk(auto& a, Is<engine::Recall> auto& v) { a("from", v.from), a("contact", v.contact); }
void walk(auto& a, Is<engine::Serve> auto& v) { a("from", v.from), a("contact", v.contact); }
void walk(auto& a, Is<engine::AbsentCustomer> auto& v) { a("from", v.from), a("contact", v.contact); }
void walk(auto& a, Is<engine::Done> auto& v) {
  a("from", v.from), a("contact", v.contact), a("kind", v.kind), a("disposition", v.disposition);
}
void walk(auto& a, Is<engine::Reassign> auto& v) {
  a("from", v.from), a("contact", v.contact), a("v", v.v), a("agent", v.agent), a("force", v.force);
  a("reason", v.reason);
}
void walk(auto& a, Is<engine::Reprioritise> auto& v) {
  a("from", v.from), a("contact", v.contact), a("v", v.v), a("priority", v.priority, Priority::medium);
  a("reason", v.reason);
}
void walk(auto& a, Is<engine::PauseQueue> auto& v) {
  a("from", v.from), a("queue", v.queue), a("paused", v.paused, true), a("reason", v.reason);
}
void walk(auto& a, Is<engine::ForcePresence> auto& v) {
  a("from", v.from), a("agent", v.agent), a("presence", v.presence), a("reason", v.reason);
}
void walk(auto& a, Is<engine::Connected> auto& v) { a("contact", v.contact), a("offer", v.offer); }
void walk(auto& a, Is<engine::ConnectFailed> auto& v) { a("contact", v.contact), a("offer", v.offer); }
void walk(auto& a, Is<engine::JobDone> auto& v) {
  a("ref", v.ref), a("n", v.n), a("at", v.at), a("failed", v.failed), a("facts", v.facts);
}
void walk(auto& a, Is<engine::SessionOpen> auto& v) {
  a("ref", v.ref), a("session", v.session), a("agent", v.agent), a("until", v.until);
}
void walk(auto& a, Is<engine::SessionClose> auto& v) { a("ref", v.ref), a("session", v.session), a("agent", v.agent); }
void walk(auto& a, Is<engine::Roster> auto& v) { a("ref", v.ref), a("roster", v.roster); }
void walk(auto&, Is<engine::Lead> auto&) {}
void walk(auto&, Is<engine::Tick> auto&) {}
void walk(auto& a, Is<engine::ClockMoved> auto& v) { a("by", v.by); }

void walk(auto& a, Is<engine::Transition> auto& v) {
  a("o", v.object, 'c'), a("id", v.id), a("from", v.from), a("to", v.to), a("event", v.event);
  a("reason", v.reason), a("actor", v.actor);
}

}  // namespace fd::store::fields
