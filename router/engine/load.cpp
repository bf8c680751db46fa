// From the store and back; and what a restart does to a site (event Lead).
#include <algorithm>
#include <sstream>

#include "router/engine/core.hpp"

namespace fd::engine {

void Core::restore(const Image& image) {
  now = std::max(now, image.now);
  sequence = image.sequence;
  batch = image.batch;
  for (const auto& [name, value] : image.counters) counters[name] = value;
  for (const Job& job : image.jobs) jobs.emplace(job.n, job);
  for (const QueueState& row : image.queues)
    if (QueueNode* node = find(row.name)) *node->row = row;
  for (const Agent& row : image.agents) {
    AgentNode& node = agents[row.id];
    node.row = std::make_shared<Agent>(row);
  }
  for (auto& [id, node] : agents) {
    attach_account(node);
    settle(node);
  }
  for (const Case& row : image.cases) cases[row.number].row = std::make_shared<Case>(row);
  for (const Visitor& row : image.visitors) visitors[row.id].row = row;
  for (const Contact& row : image.contacts) {
    ContactNode& node = contacts[row.id];
    node.row = std::make_shared<Contact>(row);
    const auto channel = settings.channels.find(row.channel.str());
    if (channel == settings.channels.end())
      throw std::runtime_error("contact " + row.id.str() + " is of channel \"" + row.channel.str() +
                               "\", which is not configured");
    node.channel = &channel->second;
    settle(node);
  }
  // nothing is matched by loading alone: that is Lead's to do, in a step of its own
  for (AgentNode* agent : std::exchange(dirty_agents, {})) agent->dirty = false;
  dirty_contacts.clear();
  step = StepState{};
}

void Core::on(const Lead&) {
  for (ContactNode* node : in_order(contacts)) {
    if (!find(node->row->queue)) touch(*node).queue = settings.default_queue;  // its queue left the configuration
    const ContactState state = node->row->state;
    if (state == ContactState::offered) end_offers(*node, OfferState::withdrawn, "restart");
    if (state == ContactState::connecting && node->channel->media) {
      end_offers(*node, OfferState::withdrawn, "restart");
      back_in_line(*node, ContactEvent::restart, "restart");
    } else if (state == ContactState::connecting) {
      Contact& row = touch(*node);
      row.lease = now + settings.called_for;
      for (Offer& offer : row.offers) offer.due = row.lease;
    }
    const bool sits = state == ContactState::queued || state == ContactState::offered || state == ContactState::active;
    if (node->channel->presence && sits && !node->row->away.set()) node->unconfirmed = now + settings.load_grace;
    settle(*node);
    dirty_contacts.push_back(node);
  }
  for (AgentNode* node : in_order(agents)) {
    forget_the_gone(*node);  // from agents.yaml, while nobody led
    if (node->row->attached || (node->row->lease.set() && node->row->lease < now + settings.load_grace)) {
      Agent& row = touch(*node);
      row.attached = false;
      row.lease = now + settings.load_grace;
    }
    settle(*node);
  }
  step.transitions.push_back({'s', settings.site.str(), "", "leading", "lead", "", {}});
}

Image Core::image() const {
  Image image;
  image.sequence = sequence;
  image.batch = batch;
  image.now = now;
  for (const auto& [id, node] : contacts) image.contacts.push_back(*node.row);
  for (const auto& [id, node] : agents) image.agents.push_back(*node.row);
  for (const auto& [name, node] : queues) image.queues.push_back(*node.row);
  for (const auto& [number, node] : cases) image.cases.push_back(*node.row);
  for (const auto& [id, node] : visitors)
    if (contacts.contains(node.row.contact)) image.visitors.push_back(node.row);
  for (const auto& [name, value] : counters) image.counters.emplace_back(name, value);
  for (const auto& [n, job] : jobs) image.jobs.push_back(job);
  std::sort(image.contacts.begin(), image.contacts.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  std::sort(image.agents.begin(), image.agents.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  std::sort(image.cases.begin(), image.cases.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  std::sort(image.visitors.begin(), image.visitors.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  std::sort(image.counters.begin(), image.counters.end());
  return image;
}

std::string Core::derived() const {
  std::ostringstream out;
  for (const auto& [name, queue] : queues) {
    out << "queue " << name.str() << " line";
    for (const auto& [key, node] : queue.waiting) out << ' ' << key.id.str();
    for (const auto& [signature, group] : queue.groups) {
      if (group.waiting.empty()) continue;
      out << "\n  group";
      for (const SkillNeed& need : signature.first) out << ' ' << need.skill << '=' << need.level;
      out << ' ' << signature.second << ':';
      for (const auto& [key, node] : group.waiting) out << ' ' << key.id.str();
    }
    for (const auto& [room, list] : queue.free) {
      if (list.empty()) continue;
      out << "\n  free" << (room.full ? " when interrupted " : " ") << room.channels << ' ' << room.serves;
      for (const FreeKey& key : list)
        out << ' ' << key.agent->row->id.str() << '(' << key.first << ',' << key.second << ')';
    }
    out << "\n  status";
    for (const auto n : queue.status) out << ' ' << n;
    out << '\n';
  }
  std::map<AgentId, const AgentNode*> sorted;
  for (const auto& [id, node] : agents) sorted[id] = &node;
  for (const auto& [id, node] : sorted) {
    out << "agent " << id.str() << " used " << node->used << " due " << due(*node).ms << " work";
    for (const auto& [contact, channel] : node->work) out << ' ' << contact.str() << '=' << channel->cost;
    out << " own";
    for (const ContactId contact : node->own) out << ' ' << contact.str();
    out << " held";
    for (const OrderKey& key : node->held) out << ' ' << key.id.str();
    out << '\n';
  }
  std::map<ContactId, const ContactNode*> rows;
  for (const auto& [id, node] : contacts) rows[id] = &node;
  for (const auto& [id, node] : rows) out << "contact " << id.str() << " due " << due(*node, false).ms << '\n';
  return out.str();
}

}  // namespace fd::engine
