// Who does what in the simulated site. Most of it makes sense; some of it is late, double, or not allowed.
#include <algorithm>

#include "tests/simulation/now.hpp"
#include "tests/simulation/world.hpp"

namespace fd::simulation {

using namespace std::chrono_literals;
using State = ContactState;

World::Row World::pick(const std::vector<State>& states, const AgentId& owner) {
  std::vector<const Contact*> fit;
  for (const Contact& c : image_.contacts)
    if (std::find(states.begin(), states.end(), c.state) != states.end() && (owner.empty() || c.owner == owner))
      fit.push_back(&c);
  if (fit.empty()) return nullptr;
  return engine_->contact(fit[below(fit.size())]->id);
}

engine::From World::from(Desk& d) {
  d.waiting = true;
  const auto ref = static_cast<engine::RequestRef>(&d - desks_.data()) + 1;
  const std::uint64_t n = one_in(40) ? d.n : d.n + 1;  // a repetition now and then
  return {ref, d.id, n == 0 ? "" : "desk", n};
}

void World::send(Customer& c) {
  if (!c.open) c.open = c.n + 1;
  engine::CustomerMessage m;
  m.ref = 101 + static_cast<engine::RequestRef>(&c - customers_.data());
  m.channel = ChannelName(c.channel);
  m.visitor = c.id;
  m.page = "p";
  m.n = *c.open;
  m.external_id = "p:" + std::to_string(m.n);
  m.body = {++body_};
  m.identities = {{"visitor", c.id.str()}};
  m.classification.queue = QueueName(c.channel == "phone" ? "phone" : one_in(4) ? "vip" : "online");
  m.classification.priority = static_cast<Priority>(below(3));
  m.classification.rule = "r";
  if (one_in(3)) m.classification.needs = {{"en", static_cast<int>(below(4)) + 1}};
  if (one_in(9)) m.classification.band = 0;
  m.facts = memory_->look_up_now({c.channel, {}, c.id, m.external_id, m.identities});
  c.attached = true;
  apply(m);
}

void World::customer_event() {
  Customer& c = customers_[below(customers_.size())];
  const auto contact = engine_->contact_of(c.id);
  const auto what = below(20);
  if (what < 9 || !contact) {
    if (contact && !c.attached) apply(engine::CustomerAttached{*contact});
    send(c);
  } else if (what < 13) {
    c.attached = false;
    apply(engine::CustomerDetached{*contact});
  } else if (what < 17) {
    c.attached = true;
    apply(engine::CustomerAttached{*contact});
  } else if (what < 18) {
    apply(engine::CustomerRead{0, *contact, below(9)});
  } else {
    apply(engine::CustomerEnd{0, *contact});
  }
}

void World::agent_event() {
  Desk& d = desks_[below(desks_.size())];
  if (d.waiting) return apply(engine::Tick{});
  const auto what = below(40);
  if (what < 6) {
    apply(engine::AgentAttached{d.id});
    return apply(engine::SetPresence{from(d), Presence::available, "", "window " + d.id.str()});
  }
  if (what < 7) return apply(engine::AgentDetached{d.id, one_in(3)});
  if (what < 9) return apply(engine::SetPresence{from(d), static_cast<Presence>(below(5)), "tea", ""});
  if (what < 21) {
    for (const Contact& c : image_.contacts)
      for (const Offer& o : c.offers)
        if (o.agent == d.id && !one_in(4)) {
          if (one_in(5)) return apply(engine::Decline{from(d), c.id, o.id, "busy"});
          return apply(engine::Accept{from(d), c.id, o.id});
        }
    const Row late = pick({State::queued, State::offered, State::active, State::abandoned});
    if (late && late->last_offer) return apply(engine::Accept{from(d), late->id, late->last_offer->id});
    return apply(engine::Tick{});
  }
  const Row mine = pick({State::connecting, State::active, State::paused, State::wrapup}, d.id);
  if (!mine) return apply(engine::Tick{});
  if (what < 26) return apply(engine::AgentMessage{from(d), mine->id, {++body_}});
  if (what < 34)
    return apply(engine::Resolve{from(d), mine->id, mine->v, mine->seq, "billing", one_in(9) ? "" : "solved", {}, {}});
  if (what < 36)
    return apply(engine::Transfer{from(d), mine->id, mine->v, QueueName(one_in(2) ? "vip" : "online"), {}, "why"});
  if (what < 38) return apply(engine::Transfer{from(d), mine->id, mine->v, {}, desks_[below(desks_.size())].id, "why"});
  if (what < 39) return apply(engine::Classify{from(d), mine->id, mine->v, "fault", {}});
  apply(engine::Extend{from(d), mine->id});
}

void World::counter_event() {
  const auto what = below(10);
  if (what < 3) {
    engine::CustomerMessage m;
    m.ref = 99;
    m.channel = ChannelName("walkin");
    m.service = "tax";
    m.seen_digest = "ticket " + std::to_string(one_in(6) ? tickets_ : ++tickets_);
    m.classification.queue = QueueName("counter");
    if (waits(m.seen_digest)) return apply(engine::Tick{});
    m.facts = memory_->look_up_now({"walkin", m.seen_digest, {}, {}, {}});
    apply(m);
    return in_line(m.seen_digest);
  }
  Desk& d = desks_[below(3)];
  if (d.waiting) return apply(engine::Tick{});
  if (what < 6) return apply(engine::Next{from(d), QueueName("counter")});
  std::vector<const Contact*> mine;
  for (const Contact& c : image_.contacts)
    if (!c.ticket.empty() && (c.owner == d.id || c.last_agent == d.id)) mine.push_back(&c);
  if (mine.empty()) return apply(engine::Tick{});
  const ContactId id = mine[below(mine.size())]->id;
  if (what < 7) return apply(engine::Recall{from(d), id});
  if (what < 8) return apply(engine::Serve{from(d), id});
  if (what < 9) return apply(engine::AbsentCustomer{from(d), id});
  if (one_in(3)) return apply(engine::CustomerEnd{0, id});
  apply(engine::Done{from(d), id, "billing", "solved"});
}

void World::supervisor_event() {
  Desk& s = desks_.back();
  if (s.waiting) return apply(engine::Tick{});
  const Row any = pick({State::queued, State::offered, State::connecting, State::active, State::paused, State::wrapup,
                        State::abandoned});
  const AgentId agent = desks_[below(desks_.size())].id;
  const auto what = below(10);
  if (what < 2)
    return apply(engine::PauseQueue{from(s), QueueName(one_in(2) ? "online" : "counter"), one_in(3), "why"});
  if (what < 4) return apply(engine::ForcePresence{from(s), agent, static_cast<Presence>(below(5)), "why"});
  if (!any) return apply(engine::Tick{});
  if (what < 6) return apply(engine::Reprioritise{from(s), any->id, any->v, static_cast<Priority>(below(3)), "why"});
  const Row offered = pick({State::offered});
  if (what < 7 && offered)
    return apply(engine::Resolve{from(s), offered->id, offered->v, offered->seq, "fault", "solved", {}, {}});
  if (what < 8) return apply(engine::Resolve{from(s), any->id, any->v, any->seq, "fault", "solved", {}, {}});
  const bool force = one_in(3);
  if (force) checker_->forced(any->id);
  apply(engine::Reassign{from(s), any->id, any->v, agent, force, "why"});
}

void World::media_event() {
  const Row c = pick({State::connecting});
  if (!c || c->offers.empty()) return apply(engine::Tick{});
  if (one_in(3)) return apply(engine::ConnectFailed{c->id, c->offers.front().id});
  apply(engine::Connected{c->id, c->offers.front().id});
}

// Mostly one that is open; now and then one that was reported before, or whose number another one has by now. A failed
// one may be of a contact that is closed: the shell has looked it up.
void World::job_done() {
  const Job& job = image_.jobs[below(image_.jobs.size())];
  engine::JobDone done{
      0, one_in(5) ? 1 : job.n, one_in(20) ? Instant{1} : job.at, one_in(3) ? "no_such_number" : "", {}};
  if (!done.failed.empty() && !engine_->contact(job.contact)) {
    if (filling_.number.n != 0 || under_way_) return;  // the shell waits until it is
    if (const auto contact = run(*io_, memory_->contact(job.contact)); contact && *contact) {
      done.facts.previous = **contact;
      if (const auto kept = run(*io_, memory_->find_case((*contact)->number)); kept && *kept)
        done.facts.previous_case = **kept;
    }
  }
  apply(done);
}

void World::roster_event() {
  auto& account = settings_.roster[desks_[below(5)].id];
  switch (below(5)) {
    case 0: account.disabled = !account.disabled; break;
    case 1: account.teams.front().delay = Duration{static_cast<std::int64_t>(below(3)) * 15'000}; break;
    case 2: account.skills["en"] = static_cast<int>(below(5)); break;
    case 3: account.teams.front().rank = static_cast<int>(below(3)) + 1; break;
    default:
      if (one_in(10)) return apply(engine::ClockMoved{5s});
      account.disabled = false;
  }
  apply(engine::Roster{0, settings_.roster});
}

}  // namespace fd::simulation
