// Invariants of routing-semantics §5.5 that can be seen from one object; and that what is derived agrees with the rows.
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {
namespace {

using Wrong = std::vector<std::string>;

void check_offers(Core& core, const Contact& row, const std::function<void(const char*)>& say) {
  const bool has_offer = !row.offers.empty();
  if (row.state == ContactState::offered && !has_offer) say("offered without an open offer");
  if (has_offer && row.state != ContactState::offered && row.state != ContactState::connecting)
    say("open offer in a state without");
  std::size_t winning = 0;
  for (const Offer& offer : row.offers) {
    winning += offer.state != OfferState::pending ? 1U : 0U;
    const AgentNode* agent = core.find(offer.agent);
    if (agent && !agent->work.contains(row.id)) say("offer without reservation");
  }
  if (winning > 1) say("two offers accepted");
}

void check_line(const ContactNode& node, const std::function<void(const char*)>& say) {
  const Contact& row = *node.row;
  const bool waits = row.state == ContactState::queued || row.state == ContactState::offered;
  if (waits != (node.line != nullptr)) return say("line does not agree with state");
  if (!waits) return;
  const auto at = node.line->waiting.find(row.key());
  if (at == node.line->waiting.end() || at != node.in_line || at->node != &node) say("not in its line");
  if (*node.start != row.virtual_start) say("another start than its own is counted");
  if (!node.group) return;
  const auto grouped = node.group->waiting.find(row.key());
  if (grouped == node.group->waiting.end() || grouped != node.in_group || grouped->second != &node)
    say("not in its group");
}

void check(Core& core, const ContactNode& node, std::size_t free_each, Wrong& wrong) {
  const Contact& row = *node.row;
  const auto say = [&](const char* what) { wrong.push_back(row.id.str() + ": " + what); };
  check_line(node, say);
  check_offers(core, row, say);
  if (core.due(node) == never) say("no deadline");
  if (node.heap_at > core.due(node)) say("its deadline is not in the heap");
  const bool owned =
      row.state == ContactState::connecting || row.state == ContactState::active || row.state == ContactState::wrapup;
  if (owned && row.owner.empty()) say("nobody has it");
  const bool matchable = row.state == ContactState::queued && (node.group || node.held_by);
  if (!matchable || node.line->settings->mode != Mode::push || node.line->row->paused) return;
  for (const auto& [room, agents] : node.line->free) {
    std::size_t looked = 0;
    for (const FreeKey& key : agents) {
      if (++looked > free_each) break;
      if (core.why_not(*key.agent, node, false).empty()) say("an eligible agent is free");
    }
  }
}

void check(const Core& core, const AgentNode& node, Wrong& wrong) {
  int used = 0;
  for (const auto& [contact, channel] : node.work) {
    used += channel->cost;
    if (!core.contacts.contains(contact)) wrong.push_back(node.row->id.str() + ": works on a contact that is gone");
  }
  if (used != node.used) wrong.push_back(node.row->id.str() + ": capacity does not add up");
}

void check(const QueueNode& queue, Wrong& wrong) {
  const auto say = [&](const char* what) { wrong.push_back(queue.row->name.str() + ": " + what); };
  if (queue.starts.size() != queue.waiting.size()) say("starts and line differ");
  std::size_t heads = 0;
  for (const auto& [signature, group] : queue.groups) {
    if (group.waiting.empty()) continue;
    ++heads;
    const auto head = queue.heads.find(group.waiting.begin()->first);
    if (head == queue.heads.end() || head != group.head || head->second != &group) say("a group without its head");
  }
  if (heads != queue.heads.size()) say("a head without its group");
}

// From where the last look stopped; an iteration of a hash map goes on at the id it would have seen next.
template <class Map, class Id, class Look>
void roll(Map& map, Id& next, std::size_t objects, Look look) {
  auto it = map.find(next);
  if (it == map.end()) it = map.begin();
  for (std::size_t i = 0; i < objects && it != map.end(); ++i, ++it) look(it->second);
  next = it == map.end() ? Id{} : it->first;
}

}  // namespace

std::vector<std::string> Engine::self_check(std::size_t objects, std::size_t free_each) {
  Core& core = *core_;
  Wrong wrong;
  roll(core.contacts, core.check_contact, objects, [&](const ContactNode& n) { check(core, n, free_each, wrong); });
  roll(core.agents, core.check_agent, objects, [&](const AgentNode& n) { check(core, n, wrong); });
  for (const auto& [name, queue] : core.queues) check(queue, wrong);
  return wrong;
}

}  // namespace fd::engine
