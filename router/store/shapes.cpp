#include "router/store/shapes.hpp"

#include <algorithm>

namespace fd::store {
namespace {

template <class Item>
bool one_an_agent(const std::vector<Item>& list) {
  for (std::size_t i = 0; i < list.size(); ++i)
    for (std::size_t k = i + 1; k < list.size(); ++k)
      if (list[i].agent == list[k].agent) return false;
  return true;
}

// Shapes that the keys rely on; whatever is wrong here is our bug and must not reach the store.
struct Shape {
  std::string operator()(const engine::PutContact& m) const {
    if (!m.after || m.after->id.empty()) return "a contact without id";
    if (!one_an_agent(m.after->offers)) return "two open offers to one agent";
    if (!one_an_agent(m.after->excluded)) return "two exclusions of one agent";
    for (const auto& o : m.after->offers)
      if (o.id.empty() || o.agent.empty()) return "an offer without id or agent";
    return {};
  }
  std::string operator()(const engine::PutAgent& m) const {
    if (!m.after || m.after->id.empty()) return "an agent without id";
    return m.after->id.str().find(':') == std::string::npos ? "" : "an agent whose id would be another key's name";
  }
  std::string operator()(const engine::PutCase& m) const {
    return !m.after || m.after->number.empty() ? "a case without number" : "";
  }
  std::string operator()(const engine::PutVisitor& m) const {
    return m.visitor.id.empty() ? "a visitor without id" : "";
  }
  std::string operator()(const engine::PutCustomer& m) const {
    return m.customer.id.empty() ? "a customer without id" : "";
  }
  std::string operator()(const engine::QueueAdd& m) const {
    if (m.queue.empty() || m.key.id.empty()) return "a queue entry without queue or contact";
    const bool exact = m.key.band >= 0 && m.key.band < 2048 && m.key.start_ms >= 0 && m.key.start_ms < 4398046511104;
    return exact ? "" : "an order key outside of 11 bits of band and 42 bits of ms";
  }
  std::string operator()(const engine::AppendLine& m) const { return m.line.seq == 0 ? "a line without seq" : ""; }
  std::string operator()(const engine::PutJob& m) const {
    return m.job.n == 0 || m.job.channel.empty() || m.job.seq == 0 ? "a job without number, channel or line" : "";
  }
  std::string operator()(const auto&) const { return {}; }
};

template <class List, class Member>
void sort_by(List& list, Member member) {
  std::sort(list.begin(), list.end(), [&](const auto& a, const auto& b) { return a.*member < b.*member; });
}

bool waits(const Contact& c) { return c.state == ContactState::queued || c.state == ContactState::offered; }

std::string contact_key(const std::string& prefix, const Contact& c) { return prefix + "contact:" + c.id.str(); }

std::optional<std::string> check_contact(const Image& image, const Contact& c, const std::string& prefix) {
  const auto key = contact_key(prefix, c);
  if (c.state == ContactState::closed) return key + " is closed but stands in " + prefix + "live";
  const bool open = !c.offers.empty();
  if (c.state == ContactState::offered && !open) return key + " is offered without an open offer";
  if (open && c.state != ContactState::offered && c.state != ContactState::connecting)
    return key + " has an open offer but is neither offered nor connecting";
  for (const auto& offer : c.offers) {
    const auto agent = std::lower_bound(image.agents.begin(), image.agents.end(), offer.agent,
                                        [](const Agent& a, const AgentId& id) { return a.id < id; });
    if (agent == image.agents.end() || agent->id != offer.agent)
      return key + " is offered to an agent that is not stored: " + prefix + "agent:" + offer.agent.str();
    if (offer.state != OfferState::pending && offer.state != OfferState::accepting)
      return key + " keeps an ended offer among the open ones";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> unsound(const Batch& batch, BatchNumber last, std::uint64_t last_sequence) {
  const auto name = "batch " + std::to_string(batch.number.n) + ": ";
  if (batch.number.n != last.n + 1) return name + "the last committed is " + std::to_string(last.n);
  auto sequence = last_sequence;
  for (const auto& event : batch.events) {
    if (event.sequence <= sequence)
      return name + "event " + std::to_string(event.sequence) + " after " + std::to_string(sequence);
    sequence = event.sequence;
  }
  if (batch.sequence != sequence)
    return name + "says sequence " + std::to_string(batch.sequence) + ", its events end at " + std::to_string(sequence);
  for (std::size_t i = 0; i < batch.mutations.size(); ++i)
    if (auto why = std::visit(Shape{}, batch.mutations[i]); !why.empty())
      return name + "mutation " + std::to_string(i) + ": " + why;
  return std::nullopt;
}

void put_in_order(Image& image) {
  sort_by(image.contacts, &Contact::id);
  sort_by(image.agents, &Agent::id);
  for (auto& agent : image.agents) std::sort(agent.todo.begin(), agent.todo.end());
  sort_by(image.queues, &QueueState::name);
  sort_by(image.cases, &Case::number);
  sort_by(image.visitors, &Visitor::id);
  std::sort(image.counters.begin(), image.counters.end());
  sort_by(image.jobs, &Job::n);
}

std::optional<std::string> mismatch(const Image& image, const std::vector<QueueEntries>& queues,
                                    const std::string& prefix) {
  for (const auto& c : image.contacts)
    if (auto why = check_contact(image, c, prefix)) return why;
  std::vector<bool> placed(image.contacts.size(), false);
  for (const auto& queue : queues) {
    const auto key = prefix + "queue:" + queue.name.str();
    for (const auto& entry : queue.entries) {
      const auto c = std::lower_bound(image.contacts.begin(), image.contacts.end(), entry.contact,
                                      [](const Contact& a, const ContactId& id) { return a.id < id; });
      const auto who = entry.contact.str();
      if (c == image.contacts.end() || c->id != entry.contact) return key + " holds " + who + ", which is not live";
      if (!waits(*c)) return key + " holds " + who + ", which does not wait";
      if (c->queue != queue.name) return key + " holds " + who + ", which waits in " + c->queue.str();
      if (c->key().score() != entry.score) return key + " holds " + who + " at another place than its key";
      placed[static_cast<std::size_t>(c - image.contacts.begin())] = true;
    }
  }
  for (std::size_t i = 0; i < placed.size(); ++i)
    if (const auto& c = image.contacts[i]; waits(c) && !placed[i])
      return contact_key(prefix, c) + " waits but is not in " + prefix + "queue:" + c.queue.str();
  return std::nullopt;
}

}  // namespace fd::store
