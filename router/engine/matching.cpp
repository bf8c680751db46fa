// Who gets whom (routing-semantics §5.4). Driven by what changed: agents with room look at the heads of the groups they
// can serve; contacts that became matchable walk their queue's free agents, best first. Never polled.
#include <algorithm>

#include "router/engine/core.hpp"
#include "router/engine/free_walk.hpp"

namespace fd::engine {

namespace {

constexpr std::array<const char*, 4> strategy_words{"longest_idle", "least_loaded", "round_robin", "top_down"};

bool interrupts(const Channel& channel, const Channel& other) {
  const auto& all = channel.interrupts;
  return std::find(all.begin(), all.end(), other.name.str()) != all.end();
}

}  // namespace

bool Core::serves(const AgentNode& agent, const Channel& channel) {
  if (!agent.account) return false;
  const auto& channels = agent.account->channels;
  return channels.empty() || std::find(channels.begin(), channels.end(), channel.name.str()) != channels.end();
}

// What the channel interrupts does not count against it; what interrupts counts against everything else, so a call
// comes to an agent in four chats, and no chat to an agent in a call.
bool Core::fits(const AgentNode& agent, const Channel& channel) {
  if (!serves(agent, channel)) return false;
  int used = agent.used;
  std::uint32_t same = 0;
  if (channel.at_once > 0 || !channel.interrupts.empty())
    for (const auto& [contact, other] : agent.work) {
      if (other == &channel) ++same;
      if (interrupts(channel, *other)) used -= other->cost;
    }
  return used + channel.cost <= agent.account->capacity && (channel.at_once == 0 || same < channel.at_once);
}

// Channels beyond the 64th share the last bit: walked past, not lost.
std::uint64_t Core::bit(const Channel& channel) const {
  const auto at = std::find(channel_bit.begin(), channel_bit.end(), &channel) - channel_bit.begin();
  return std::uint64_t{1} << std::min<std::ptrdiff_t>(at, 63);
}

Room Core::room_of(const AgentNode& agent, Status status) const {
  Room room;
  if (status != available && status != full) return room;
  room.full = status == full;
  for (const Channel* channel : channel_bit) {
    if (room.full && channel->interrupts.empty()) continue;
    if (fits(agent, *channel)) room.channels |= bit(*channel);
    if (serves(agent, *channel)) room.serves |= bit(*channel);
  }
  return room;
}

std::string Core::why_no_room(const AgentNode& agent, const Channel& channel) const {
  const Status status = agent.account && !agent.account->disabled ? status_of(agent) : offline;
  if (status != available && status != full) return std::string(status_words[status]);
  if (fits(agent, channel)) return {};
  return serves(agent, channel) ? "capacity" : "channel";
}

// Empty: this agent may have it now. `soft`: one who declined or missed it may have it again, for nobody else can.
std::string Core::why_not(const AgentNode& agent, const ContactNode& node, bool soft) const {
  const Contact& row = *node.row;
  if (!row.held_for.empty() && row.held_for != agent.row->id) return "held";
  if (std::string no = why_no_room(agent, *node.channel); !no.empty()) return no;
  for (const Exclusion& e : row.excluded)
    if (e.agent == agent.row->id && e.until > now && (!soft || e.soft.set())) return "excluded";
  if (row.held_for == agent.row->id) return {};  // had it before, whatever the line asks for
  for (const SkillNeed& need : row.needs) {
    const auto has = agent.account->skills.find(need.skill);
    const int level = has == agent.account->skills.end() ? 0 : has->second;
    if (level < need.level)
      return "skill " + need.skill + " " + std::to_string(level) + " < " + std::to_string(need.level);
  }
  const auto member = std::find_if(agent.memberships.begin(), agent.memberships.end(),
                                   [&](const Member& m) { return m.queue->row->name == row.queue; });
  if (member == agent.memberships.end()) return "team";
  if (row.virtual_start + member->delay > now) return "delay";
  return {};
}

bool Core::nobody_else(const ContactNode& node, const AgentNode& self) {
  if (!node.line) return true;
  return !FreeWalk(*node.line, bit(*node.channel), nullptr).any_of([&](AgentNode& agent) {
    return &agent != &self && why_not(agent, node, false).empty();
  });
}

// First of a group this agent may have; heads that exclude it, or whose delay has not passed, do not block the next.
ContactNode* Core::first_in(Group& group, AgentNode& agent, Duration delay) {
  const auto& starts = group.queue->starts;
  if (delay.count() > 0 && (starts.empty() || *starts.begin() + delay > now)) return nullptr;  // all are too young
  for (const auto& [key, node] : group.waiting) {
    if (node->row->virtual_start + delay > now) continue;
    const auto& excluded = node->row->excluded;
    const auto mine =
        std::find_if(excluded.begin(), excluded.end(), [&](const Exclusion& e) { return e.agent == agent.row->id; });
    if (mine != excluded.end() && mine->until > now && (mine->soft.set() || !nobody_else(*node, agent))) continue;
    return node;
  }
  return nullptr;
}

ContactNode* Core::best_for(AgentNode& agent, const QueueNode* only) {
  ContactNode* best = nullptr;
  for (const OrderKey& key : agent.held) {  // kept for this agent: before all others
    ContactNode* node = find(key.id);
    if (node->line->row->paused || (only ? node->line != only : node->line->settings->mode == Mode::pull)) continue;
    if (why_not(agent, *node, true).empty()) return node;
  }
  int rank = 0;
  for (Member& member : agent.memberships) {
    if (best && member.rank > rank) break;
    if (only ? member.queue != only : (member.queue->settings->mode == Mode::pull || member.queue->row->paused))
      continue;
    for (const auto& [head, waiting] : member.queue->heads) {
      if (best && best->key < head) break;
      Group& group = *waiting;
      if ((agent.mask & group.mask) != group.mask || !fits(agent, *group.channel)) continue;
      if (group.wide && !std::all_of(group.needs.begin(), group.needs.end(), [&](const SkillNeed& need) {
            const auto has = agent.account->skills.find(need.skill);
            return has != agent.account->skills.end() && has->second >= need.level;
          }))
        continue;
      ContactNode* node = first_in(group, agent, member.delay);
      if (node && (!best || node->key < best->key)) best = node, rank = member.rank;
    }
  }
  return best;
}

// What this agent may have first, offered to the agent whom the queue's strategy names for it; unless that one has
// something better to take, which it does on its own turn.
bool Core::match(AgentNode& agent) {
  if (!agent.account || agent.account->disabled) return false;
  if (agent.room.channels == 0) return false;
  ContactNode* node = best_for(agent, nullptr);
  return node && match(*node, &agent);
}

bool Core::match(ContactNode& node, AgentNode* asking) {
  if (!node.line || (!node.group && !node.held_by) || node.row->state != ContactState::queued) return false;
  QueueNode& queue = *node.line;
  if (queue.settings->mode == Mode::pull || queue.row->paused) return false;
  if (node.held_by) {
    if (!why_not(*node.held_by, node, true).empty()) return false;
    decide(node, node.held_by, {}, nullptr);
    open_offer(node, *node.held_by, ContactEvent::offer, "last_agent");
    return true;
  }
  std::vector<Considered> passed;
  std::vector<AgentNode*> takers;  // as many as may be asked at once, best first
  AgentNode* again = nullptr;      // excluded softly: only if nobody else
  AgentNode* after = queue.settings->strategy == Strategy::round_robin ? find(queue.row->cursor) : nullptr;
  FreeWalk(queue, bit(*node.channel), after).any_of([&](AgentNode& agent) {
    std::string no = why_not(agent, node, false);
    if (no.empty()) {  // the first is the winner; others are asked, too, when they have nothing better to take
      if (takers.empty() || best_for(agent, nullptr) == &node) takers.push_back(&agent);
      return takers.size() >= queue.settings->parallel_offers;
    }
    if (no == "excluded" && !again && why_not(agent, node, true).empty()) again = &agent;
    if (passed.size() < 64) passed.push_back({agent.row->id, std::move(no)});
    return false;
  });
  AgentNode* winner = takers.empty() ? again : takers.front();
  if (asking && winner && winner != asking && best_for(*winner, nullptr) != &node) winner = asking;
  const Member* member = nullptr;
  if (winner)
    for (const Member& m : winner->memberships)
      if (m.queue == &queue) member = &m;
  decide(node, winner, std::move(passed), member);
  if (!winner) return false;
  std::erase_if(takers, [&](AgentNode* a) { return a == winner || best_for(*a, nullptr) != &node; });
  const char* reason = strategy_words[static_cast<std::size_t>(queue.settings->strategy)];
  open_offer(node, *winner, ContactEvent::offer, reason);
  for (AgentNode* other : takers) open_offer(node, *other, ContactEvent::offer, reason);
  return true;
}

void Core::decide(const ContactNode& node, const AgentNode* winner, std::vector<Considered> passed,
                  const Member* member) {
  Decision d;
  d.contact = node.row->id;
  d.queue = node.row->queue;
  if (winner) d.winner = winner->row->id;
  d.strategy = strategy_words[static_cast<std::size_t>(node.line->settings->strategy)];
  d.waited = now - node.row->virtual_start;
  if (winner)
    d.value = node.line->settings->strategy == Strategy::longest_idle ? (now - winner->row->idle_since).count()
              : member                                                ? member->key.first
                                                                      : 0;
  for (std::size_t s = 0; s + 1 < statuses; ++s)
    if (node.line->status[s] > 0) d.excluded.emplace_back(std::string(status_words[s]), node.line->status[s]);
  const auto add = [&d](const std::string& reason, std::size_t n) {
    const auto same =
        std::find_if(d.excluded.begin(), d.excluded.end(), [&](const auto& e) { return e.first == reason; });
    if (same == d.excluded.end())
      d.excluded.emplace_back(reason, n);
    else
      same->second += static_cast<std::uint32_t>(n);
  };
  for (const Considered& c : passed) add(c.reason, 1);
  constexpr std::size_t named = 8;
  if (passed.size() > named) passed.resize(named);
  d.runners_up = std::move(passed);
  const auto name = [&](const AgentNode& agent, const char* why) {
    const AgentId& id = agent.row->id;
    if (&agent != winner &&
        std::none_of(d.runners_up.begin(), d.runners_up.end(), [&](const Considered& c) { return c.agent == id; }))
      d.runners_up.push_back({id, why});
    return d.runners_up.size() >= named;
  };
  const std::uint64_t channel = bit(*node.channel);
  if (winner && d.runners_up.size() < named)
    FreeWalk(*node.line, channel, nullptr).any_of([&](const AgentNode& agent) { return name(agent, "after"); });
  for (const auto& [room, list] : node.line->free) {  // whom nobody walked past: available, without room for this one
    if (room.full || (room.channels & channel) != 0 || list.empty()) continue;
    const char* why = (room.serves & channel) != 0 ? "capacity" : "channel";
    add(why, list.size());
    for (auto it = list.begin(); it != list.end() && d.runners_up.size() < named; ++it) name(*it->agent, why);
  }
  step.decisions.push_back(std::move(d));
}

void Core::run_matching() {
  while (!dirty_agents.empty() || !dirty_contacts.empty()) {
    std::vector<AgentNode*> looking = std::exchange(dirty_agents, {});
    std::sort(looking.begin(), looking.end(), [](const AgentNode* a, const AgentNode* b) {
      return std::tie(a->row->idle_since, a->row->id) < std::tie(b->row->idle_since, b->row->id);
    });
    for (AgentNode* agent : looking) {
      agent->dirty = false;
      while (match(*agent)) {
      }
    }
    std::vector<ContactNode*> waiting = std::exchange(dirty_contacts, {});
    std::sort(waiting.begin(), waiting.end(),
              [](const ContactNode* a, const ContactNode* b) { return a->key < b->key; });
    waiting.erase(std::unique(waiting.begin(), waiting.end()), waiting.end());
    for (ContactNode* node : waiting) match(*node);
  }
}

}  // namespace fd::engine
