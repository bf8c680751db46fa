// What the shell may ask without changing anything; and the rolling self-check.
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {
namespace {

AgentView view_of(const AgentNode& node) {
  AgentView v;
  v.row = node.row;
  v.account = node.account;
  v.used = node.used;
  v.contacts.assign(node.own.begin(), node.own.end());
  for (const auto& [id, cost] : node.work)
    if (!node.own.contains(id)) v.contacts.push_back(id);
  return v;
}

}  // namespace

Row Engine::contact(ContactId id) const {
  const ContactNode* node = core_->find(id);
  return node ? node->row : nullptr;
}

std::optional<ContactId> Engine::contact_of(const VisitorId& visitor) const {
  const auto it = core_->visitors.find(visitor);
  if (it == core_->visitors.end() || !core_->find(it->second.row.contact)) return std::nullopt;
  return it->second.row.contact;
}

std::optional<Visitor> Engine::visitor(const VisitorId& id) const {
  if (const auto it = core_->visitors.find(id); it != core_->visitors.end()) return it->second.row;
  return std::nullopt;
}

std::optional<ContactId> Engine::contact_of(const CaseNumber& number) const {
  const CaseNode* node = core_->find(number);
  if (!node) return std::nullopt;
  return node->row->contact;
}

std::optional<AgentView> Engine::agent(const AgentId& id) const {
  const AgentNode* node = core_->find(id);
  if (!node) return std::nullopt;
  return view_of(*node);
}

std::vector<AgentView> Engine::agents() const {
  std::vector<AgentView> list;
  for (const auto& [id, node] : core_->agents)
    if (node.account && !node.account->disabled) list.push_back(view_of(node));
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.row->id < b.row->id; });
  return list;
}

const std::string& Engine::today() const { return core_->today(); }

std::vector<std::pair<std::string, std::uint64_t>> Engine::counted(std::string_view what) const {
  std::vector<std::pair<std::string, std::uint64_t>> found;
  const std::string first = std::string(what) + ":", last = ":" + core_->today();
  for (const auto& [name, n] : core_->counters)
    if (name.starts_with(first) && name.ends_with(last) && name.size() > first.size() + last.size())
      found.emplace_back(name.substr(first.size(), name.size() - first.size() - last.size()), n);
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<QueueView> Engine::queues() const {
  std::vector<QueueView> list;
  for (const auto& [name, node] : core_->queues) {
    std::size_t free = 0;
    for (const auto& [room, agents] : node.free)
      if (!room.full) free += agents.size();
    list.push_back(
        {node.settings, *node.row, node.waiting.size(), node.starts.empty() ? Instant{} : *node.starts.begin(), free});
  }
  return list;
}

std::optional<Place> Engine::place(ContactId id, Instant at) const { return core_->place(id, at); }

namespace {

bool passed_over(const ContactNode& node) { return node.row->skip || node.row->skip_until.set(); }

// They are in front of nobody. Looked for among those in no group (offered, held, passed over) from the front on, until
// all of these are found; not far beyond the places that are told exactly.
std::size_t passed_over(const QueueNode& queue, std::size_t before) {
  constexpr std::size_t far = 1000;
  std::size_t in_no_group = queue.waiting.size(), found = 0, looked = 0;
  for (const auto& [head, group] : queue.heads) in_no_group -= group->waiting.size();
  for (auto it = queue.waiting.begin(); in_no_group > 0 && looked < std::min(before, far); ++it, ++looked) {
    if (it->node->group) continue;
    --in_no_group;
    if (passed_over(*it->node)) ++found;
  }
  return found;
}

}  // namespace

std::optional<Place> Core::place(ContactId id, Instant at) {
  const ContactNode* node = find(id);
  if (!node || !node->line || passed_over(*node)) return std::nullopt;
  const QueueNode& queue = *node->line;
  Place place;
  const std::size_t before = queue.waiting.rank(node->in_line);
  place.position = before - passed_over(queue, before) + 1;
  // From those who left the line in the last half hour, counted up to the time of asking: where nobody leaves any more
  // it grows, and then is unknown.
  at = std::max(at, now);
  const auto& gone = queue.departures;
  const auto first =
      std::find_if(gone.begin(), gone.end(), [at](Instant one) { return at - one < std::chrono::minutes{30}; });
  if (const auto left = gone.end() - first; left >= 3)
    place.estimate = (at - *first) / static_cast<int>(left) * static_cast<int>(place.position);
  return place;
}

std::size_t Engine::ahead(const Classification& c, Instant now) const {
  const QueueNode* queue = core_->find(c.queue);
  if (!queue) queue = core_->find(core_->settings.default_queue);
  if (!queue) return 0;
  const Duration advantage = c.head_start.value_or(core_->settings.head_start(c.priority));
  const OrderKey behind{c.band, (now - advantage).ms + 1, {}};  // who came in the same moment has the lesser id
  const std::size_t before = queue->waiting.rank(queue->waiting.lower_bound(behind));
  return before - passed_over(*queue, before);
}

void Engine::walk(const QueueName& name, const std::function<bool(std::size_t, ContactId)>& see) const {
  const QueueNode* queue = core_->find(name);
  if (!queue) return;
  std::size_t position = 0;
  for (const auto& [key, node] : queue->waiting)
    if (!see(++position, key.id)) return;
}

Reason Engine::why_not(const AgentId& agent, ContactId contact) const {
  const AgentNode* a = core_->find(agent);
  const ContactNode* c = core_->find(contact);
  if (!a || !c) return "not_found";
  return core_->why_not(*a, *c, false);
}

}  // namespace fd::engine
