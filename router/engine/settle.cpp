// Brings what is derived in agreement with a row: lines, groups, free lists, occupancy, heap.
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {

bool FreeKey::operator<(const FreeKey& o) const noexcept {
  if (first != o.first) return first < o.first;
  if (second != o.second) return second < o.second;
  return agent->row->id < o.agent->row->id;
}

namespace {

void leave_line(ContactNode& node) {
  QueueNode* line = std::exchange(node.line, nullptr);
  if (!line) return;
  line->waiting.erase(node.in_line);
  line->starts.erase(node.start);
}

void stand_in(QueueNode& line, ContactNode& node) {
  node.line = &line;
  node.in_line = line.waiting.insert(line.waiting.end(), Standing{node.key, &node});
  node.start = line.starts.insert(line.starts.end(), node.row->virtual_start);
}

void enter(Group& group, ContactNode& node) {
  const bool empty = group.waiting.empty();
  node.group = &group;
  node.in_group = group.waiting.emplace_hint(group.waiting.end(), node.key, &node);
  if (node.in_group != group.waiting.begin()) return;
  if (!empty) group.queue->heads.erase(group.head);
  group.head = group.queue->heads.emplace(node.key, &group).first;
}

void leave_group(ContactNode& node) {
  Group* group = std::exchange(node.group, nullptr);
  const bool first = node.in_group == group->waiting.begin();
  group->waiting.erase(node.in_group);
  if (!first) return;
  group->queue->heads.erase(group->head);
  if (!group->waiting.empty()) group->head = group->queue->heads.emplace(group->waiting.begin()->first, group).first;
}

}  // namespace

Mask Core::mask_of(const std::vector<SkillNeed>& needs, bool& wide) {
  Mask mask;
  for (const SkillNeed& need : needs) {
    const auto [it, fresh] = skill_bit.try_emplace({need.skill, need.level}, skill_bit.size());
    if (it->second >= skill_bits) {
      wide = true;
      continue;
    }
    mask.set(it->second);
    if (!fresh) continue;
    for (auto& [id, agent] : agents) {
      if (!agent.account) continue;
      const auto has = agent.account->skills.find(need.skill);
      agent.mask.set(it->second, has != agent.account->skills.end() && has->second >= need.level);
    }
  }
  return mask;
}

Group& Core::group_of(QueueNode& queue, const ContactNode& node) {
  auto [it, fresh] = queue.groups.try_emplace({node.row->needs, node.row->channel.str()});
  if (fresh) {
    it->second.needs = node.row->needs;
    it->second.channel = node.channel;
    it->second.queue = &queue;
    it->second.mask = mask_of(node.row->needs, it->second.wide);
  }
  return it->second;
}

void Core::settle(ContactNode& node) {
  const Contact& row = *node.row;
  const bool waits = row.state == ContactState::queued || row.state == ContactState::offered;
  QueueNode* line = waits ? find(row.queue) : nullptr;
  const OrderKey key = row.key();
  Group* group = nullptr;
  AgentNode* held = nullptr;
  if (line && row.state == ContactState::queued && !row.skip && !row.skip_until.set()) {
    if (row.held_for.empty())
      group = &group_of(*line, node);
    else
      held = find(row.held_for);
  }
  const bool moved = line != node.line || (line && key != node.key);
  if (node.group && (moved || group != node.group)) leave_group(node);
  if (node.held_by && (moved || held != node.held_by)) node.held_by->held.erase(node.key), node.held_by = nullptr;
  if (moved) leave_line(node);
  node.key = key;
  if (moved && line) stand_in(*line, node);
  if (group && !node.group) enter(*group, node), dirty_contacts.push_back(&node);
  if (held && !node.held_by) held->held.insert(key), node.held_by = held, dirty_contacts.push_back(&node);

  // occupancy: open offers reserve; connecting, active and wrap-up take
  std::vector<AgentNode*> occupants;
  if (row.state == ContactState::offered)
    for (const Offer& offer : row.offers) occupants.push_back(find(offer.agent));
  const bool owned =
      row.state == ContactState::connecting || row.state == ContactState::active || row.state == ContactState::wrapup;
  if (owned) occupants.push_back(find(row.owner));
  std::erase(occupants, nullptr);
  AgentNode* lister = (owned || row.state == ContactState::paused) ? find(row.owner) : nullptr;
  if (lister != node.listed_by) {
    if (node.listed_by) node.listed_by->own.erase(row.id);
    if (lister) lister->own.insert(row.id);
    node.listed_by = lister;
  }
  if (occupants != node.occupants || owned != node.owned) {
    std::vector<AgentNode*> old = std::exchange(node.occupants, occupants);
    for (AgentNode* agent : old) agent->work.erase(row.id);
    for (AgentNode* agent : occupants) agent->work[row.id] = node.channel;
    for (const auto* list : {&old, &node.occupants})
      for (AgentNode* agent : *list) {
        if (agent->counted != step_no) {
          agent->counted = step_no;
          agent->used_before = agent->used;
          step.counted.push_back(agent);
        }
        agent->used = 0;
        for (const auto& [id, channel] : agent->work) agent->used += channel->cost;
      }
    for (AgentNode* agent : old)
      if (std::find(node.occupants.begin(), node.occupants.end(), agent) == node.occupants.end()) {
        if (node.owned) touch(*agent).idle_since = now;
        work_ended(*agent);
      }
    for (const auto* list : {&old, &node.occupants})
      for (AgentNode* agent : *list) settle(*agent);
  }
  node.owned = owned;

  if (row.state == ContactState::closed) return;
  watch(due(node), node.heap_at, row.id, nullptr);
}

Status Core::status_of(const AgentNode& node) const {
  const Agent& row = *node.row;
  switch (row.presence) {
    case Presence::offline: return offline;
    case Presence::away: return away;
    case Presence::draining: return draining;
    case Presence::not_responding: return not_responding;
    case Presence::available: break;
  }
  if (!row.attached) return detached;
  return node.account && node.used < node.account->capacity ? available : full;
}

void Core::settle(AgentNode& node) {
  const Agent& row = *node.row;
  Status status = node.account && !node.account->disabled ? status_of(node) : offline;
  node.room = room_of(node, status);
  if (status == available && node.room.channels == 0) status = full;  // each channel is at its limit
  bool freed = node.used < node.used_seen;
  node.used_seen = node.used;
  for (Member& member : node.memberships) {
    --member.queue->status[member.status];
    ++member.queue->status[status];
    member.status = status;
    FreeKey key{0, 0, &node};
    switch (member.queue->settings->strategy) {
      case Strategy::longest_idle:  // who is being asked already comes after who is not
        key.first = std::count_if(node.work.begin(), node.work.end(),
                                  [&](const auto& work) { return !node.own.contains(work.first); });
        key.second = row.idle_since.ms;
        break;
      case Strategy::least_loaded:
        key.first = node.account ? 10'000LL * node.used / std::max(1, node.account->capacity) : 0;
        key.second = row.idle_since.ms;
        break;
      case Strategy::top_down: key.first = member.rank; break;
      case Strategy::round_robin: break;
    }
    FreeList* in = node.room.channels == 0 ? nullptr : &member.queue->free[node.room];
    if (member.in == in && (!in || (key.first == member.key.first && key.second == member.key.second))) continue;
    if (member.in) member.in->erase(member.key);
    if (in) in->insert(key);
    freed = freed || in;
    member.in = in;
    member.key = key;
  }
  if (node.room.channels != 0 && (freed || node.memberships.empty()) && !node.dirty) {
    node.dirty = true;
    dirty_agents.push_back(&node);
  }
  watch(due(node), node.heap_at, {}, &node);
}

// Memberships and skills of the account as it is now. Called for each agent once at start and after a roster.
void Core::attach_account(AgentNode& node) {
  for (Member& member : node.memberships) {
    if (member.in) member.in->erase(member.key);
    --member.queue->status[member.status];
    std::erase(member.queue->members, &node);
  }
  node.memberships.clear();
  const auto it = settings.roster.find(node.row->id);
  node.account = it == settings.roster.end() ? nullptr : &it->second;
  node.mask.reset();
  if (!node.account) return;
  for (const auto& [need, bit] : skill_bit) {
    const auto has = node.account->skills.find(need.first);
    if (bit < skill_bits) node.mask.set(bit, has != node.account->skills.end() && has->second >= need.second);
  }
  if (node.account->disabled) return;
  for (const TeamMembership& team : node.account->teams) {
    QueueNode* queue = find(team.queue);
    if (!queue) continue;
    Member member{queue, team.rank, team.delay, offline, nullptr, {}};
    ++queue->status[offline];
    queue->members.push_back(&node);
    if (team.delay.count() > 0) {
      const auto at = std::lower_bound(queue->delays.begin(), queue->delays.end(), team.delay);
      if (at == queue->delays.end() || *at != team.delay) queue->delays.insert(at, team.delay);
    }
    node.memberships.push_back(member);
  }
  std::stable_sort(node.memberships.begin(), node.memberships.end(),
                   [](const Member& a, const Member& b) { return a.rank < b.rank; });
}

}  // namespace fd::engine
