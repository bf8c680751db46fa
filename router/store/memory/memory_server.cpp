#include "router/store/memory/memory_server.hpp"

#include <algorithm>

#include "router/store/memory/names.hpp"

namespace fd::store {
namespace {

using namespace std::chrono_literals;
constexpr Duration visitor_kept = 24h * 30;
constexpr Duration seen_kept = 24h * 14;
constexpr std::size_t contacts_kept = 50;

}  // namespace

std::optional<Duration> MemoryServer::keeps(ContactId id) const {
  const auto found = contacts_.find(id);
  if (found == contacts_.end() || found->second.until == never || !leader) return std::nullopt;
  return found->second.until - leader->now;
}

template <class T>
void MemoryServer::keep(Names<T>& names, const std::string& name, Kind kind, Instant until) {
  auto& kept = names[name];
  kept.until = until;
  if (kept.watched || until == never) return;
  kept.watched = true;
  due_.push({until, kind, name});
}

template <class T>
void MemoryServer::let_go(Names<T>& names, const Due& due, Instant now) {
  const auto found = names.find(due.name);
  if (found == names.end()) return;
  auto& kept = found->second;
  kept.watched = kept.until != never && kept.until > now;  // written again meanwhile: due later
  if (kept.watched)
    due_.push({kept.until, due.kind, due.name});
  else if (kept.until <= now)
    names.erase(found);
}

void MemoryServer::let_go(Instant now) {
  while (!contacts_due_.empty() && contacts_due_.top().at <= now) {
    const auto found = contacts_.find(contacts_due_.top().id);
    if (found != contacts_.end() && found->second.until <= now) contacts_.erase(found);
    contacts_due_.pop();
  }
  while (!due_.empty() && due_.top().at <= now) {
    const auto due = due_.top();
    due_.pop();
    switch (due.kind) {
      case Kind::visitor: let_go(visitors_, due, now); break;
      case Kind::seen: let_go(seen_, due, now); break;
      case Kind::session: let_go(sessions_, due, now); break;
      case Kind::case_record: let_go(cases_, due, now); break;
      case Kind::customer: let_go(customers_, due, now); break;
      case Kind::identity: let_go(identities_, due, now); break;
      case Kind::contacts: let_go(customer_contacts_, due, now); break;
    }
  }
}

void MemoryServer::apply(const Batch& batch) {
  let_go(batch.now);
  for (const auto& [contact, text] : batch.facts) contacts_[contact].facts = text;
  for (const auto& mutation : batch.mutations) apply(mutation, batch.now);
  if (keep_events_) events_.insert(events_.end(), batch.events.begin(), batch.events.end());
  last_event_ = batch.sequence;
  leader->batch = batch.number.n;
  leader->sequence = batch.sequence;
  leader->now = batch.now;
}

void MemoryServer::apply(const engine::Mutation& mutation, Instant now) {
  struct Apply {
    MemoryServer& s;
    Instant now;
    void operator()(const engine::PutContact& m) const { s.contacts_[m.after->id].contact = m.after; }
    void operator()(const engine::PutAgent& m) const { s.agents_[m.after->id] = m.after; }
    void operator()(const engine::PutCase& m) const { s.cases_[m.after->number.str()].value = m.after; }
    void operator()(const engine::PutVisitor& m) const {
      s.visitors_[m.visitor.id.str()].value = m.visitor;
      s.keep(s.visitors_, m.visitor.id.str(), Kind::visitor, now + visitor_kept);
    }
    [[nodiscard]] Instant until(Duration keep) const { return keep.count() == 0 ? never : now + keep; }
    void operator()(const engine::PutCustomer& m) const {
      s.customers_[m.customer.id.str()].value = m.customer;
      s.keep(s.customers_, m.customer.id.str(), Kind::customer, until(m.keep));
    }
    void operator()(const engine::PutIdentity& m) const {
      const auto name = joined(m.kind, m.digest);
      s.identities_[name].value = m.customer;
      s.keep(s.identities_, name, Kind::identity, until(m.keep));
    }
    static void add(std::vector<ContactId>& list, ContactId contact) {
      list.push_back(contact);
      if (list.size() > contacts_kept) list.erase(list.begin());
    }
    void operator()(const engine::CustomerContact& m) const {
      add(s.customer_contacts_[m.customer.str()].value, m.contact);
      s.keep(s.customer_contacts_, m.customer.str(), Kind::contacts, until(m.keep));
    }
    void operator()(const engine::AgentContact& m) const { add(s.agent_contacts_[m.agent.str()], m.contact); }
    void operator()(const engine::PutQueueState& m) const { s.queue_states_[m.state.name] = m.state; }
    void operator()(const engine::QueueAdd& m) const { s.queues_[m.queue][m.key.id] = m.key.score(); }
    void operator()(const engine::QueueRemove& m) const { s.queues_[m.queue].erase(m.contact); }
    void operator()(const engine::LiveAdd& m) const { s.live_.insert(m.contact); }
    void operator()(const engine::LiveRemove& m) const {
      s.live_.erase(m.contact);
      if (m.keep.count() == 0) return;
      const auto until = now + m.keep;
      s.contacts_[m.contact].until = until;
      s.contacts_due_.push({until, m.contact});
    }
    void operator()(const engine::AppendLine& m) const { s.contacts_[m.contact].lines.push_back(m.line); }
    void operator()(const engine::AppendNote& m) const { s.contacts_[m.contact].notes.push_back(m.note); }
    void operator()(const engine::PutSeen& m) const {
      const auto name = joined(m.channel, m.digest);
      s.seen_[name].value = {m.contact, m.seq};
      s.keep(s.seen_, name, Kind::seen, now + seen_kept);
    }
    void operator()(const engine::PutCounter& m) const { s.counters_[m.name] = m.value; }
    void operator()(const engine::PutSession& m) const {
      if (m.again && !s.sessions_.contains(m.session.str())) return;
      s.sessions_[m.session.str()].value = {m.agent, m.until};
      s.keep(s.sessions_, m.session.str(), Kind::session, now + m.life);
    }
    void operator()(const engine::DropSession& m) const { s.sessions_.erase(m.session.str()); }
    void operator()(const engine::CaseExpire& m) const {
      if (s.cases_.contains(m.number.str())) s.keep(s.cases_, m.number.str(), Kind::case_record, now + m.keep);
    }
    void operator()(const engine::CasePersist& m) const {
      if (s.cases_.contains(m.number.str())) s.keep(s.cases_, m.number.str(), Kind::case_record, never);
    }
    void operator()(const engine::PutJob& m) const { s.jobs_[m.job.n] = m.job; }
    void operator()(const engine::DropJob& m) const { s.jobs_.erase(m.n); }
    void operator()(const engine::PutFacts&) const {}  // its text comes in Batch::facts
  };
  std::visit(Apply{*this, now}, mutation);
}

boost::system::result<Image, Failure> MemoryServer::image() const {
  const auto refuse = [](std::string text) { return Failure{Fail::refused, std::move(text)}; };
  Image image;
  image.sequence = leader->sequence;
  image.batch = {leader->batch};
  image.now = leader->now;
  if (last_event_ != image.sequence) return refuse("events end elsewhere than the leader's record");
  std::unordered_set<std::string> cases, visitors;
  for (const auto& id : live_) {
    const auto found = contacts_.find(id);
    if (found == contacts_.end() || !found->second.contact) return refuse("contact:" + id.str() + " is missing");
    const auto& c = image.contacts.emplace_back(*found->second.contact);
    if (!c.number.empty()) cases.insert(c.number.str());
    if (!c.visitor.empty()) visitors.insert(c.visitor.str());
  }
  for (const auto& [id, agent] : agents_) image.agents.push_back(*agent);
  for (const auto& [name, state] : queue_states_) image.queues.push_back(state);
  for (const auto& number : cases) {
    const auto found = cases_.find(number);
    if (found == cases_.end()) return refuse("case:" + number + " is missing, but a live contact names it");
    image.cases.push_back(*found->second.value);
  }
  for (const auto& id : visitors)
    if (const auto found = visitors_.find(id); found != visitors_.end()) image.visitors.push_back(found->second.value);
  image.counters.assign(counters_.begin(), counters_.end());
  for (const auto& [n, job] : jobs_) image.jobs.push_back(job);
  std::vector<QueueEntries> queues;
  for (const auto& [name, entries] : queues_) {
    auto& queue = queues.emplace_back(QueueEntries{name, {}});
    for (const auto& [id, score] : entries) queue.entries.push_back({id, score});
  }
  put_in_order(image);
  if (auto why = mismatch(image, queues, "")) return refuse(std::move(*why));
  return image;
}

}  // namespace fd::store
