#include "router/store/redis/keys.hpp"

#include <array>

namespace fd::store::redis {
namespace {

constexpr std::array table{
    KeyPattern{"queue:<team>", "zset", "contacts waiting in this team queue, in the order they are served"},
    KeyPattern{"queue:<team>:state", "hash", "paused, by, reason, cursor of round robin"},
    KeyPattern{"queues", "set", "names of all team queues that ever had a contact or a state"},
    KeyPattern{"contact:<id>", "hash", "a contact; a field that is absent has its default"},
    KeyPattern{"contact:<id>:messages", "list", "its messages, index = seq - 1"},
    KeyPattern{"contact:<id>:notes", "list", "internal notes of the agents"},
    KeyPattern{"contact:<id>:facts", "string", "why it was placed and offered as it was"},
    KeyPattern{"live", "set", "ids of all contacts that are not closed: what a restart loads"},
    KeyPattern{"case:<number>", "hash", "what the customer wants solved"},
    KeyPattern{"agent:<id>", "hash", "the stored half of an agent: presence, counts, pages"},
    KeyPattern{"agent:<id>:todo", "set", "cases that still need a disposition of this agent"},
    KeyPattern{"agent:<id>:done", "list", "the newest 50 contacts it had when they closed"},
    KeyPattern{"agents", "set", "ids of all agents that have a hash"},
    KeyPattern{"session:<hash>", "string",
               "a sign-in, for desk.session_idle; the value is the agent and when it ends at the latest"},
    KeyPattern{"visitor:<id>", "hash", "who holds a chat token: contacts and highest message counters, 30 d"},
    KeyPattern{"seen:<channel>:<digest>", "string", "a message that was taken: contact and seq, 14 d"},
    KeyPattern{"customer:<id>", "hash", "who asks; 60 d after the last contact when no verified identity names it"},
    KeyPattern{"customer:<id>:contacts", "list", "ids of the newest 50 contacts, newest first"},
    KeyPattern{"identity:<kind>:<digest>", "string",
               "keyed hash of a number, address or id; the value is the customer"},
    KeyPattern{"events", "stream", "one entry a step of the engine: in, tr, at, rules"},
    KeyPattern{"outbox:<kind>", "hash", "jobs that no adapter has reported done: number, what to carry outside"},
    KeyPattern{"counters", "hash", "numbers given out by calendar day"},
    KeyPattern{"cursors", "hash", "readers of the stream: name, last event read"},
    KeyPattern{"config:<hash>", "string", "a configuration that ran, without secrets; the hash is its SHA-256"},
    KeyPattern{"leader", "hash", "who leads, the last batch and event; the fence of every commit"},
    KeyPattern{"schema", "string", "1; a newer one than known is refused"},
};

// One pattern against one key: names stand between colons, a name at the end of the pattern takes the rest.
bool fits(std::string_view pattern, std::string_view key, KeyMatch& match) {
  std::string* name = &match.first;
  while (!pattern.empty()) {
    if (pattern.front() != '<') {
      if (key.empty() || key.front() != pattern.front()) return false;
      pattern.remove_prefix(1);
      key.remove_prefix(1);
      continue;
    }
    pattern.remove_prefix(pattern.find('>') + 1);
    const auto end = pattern.empty() ? key.size() : key.find(':');
    if (end == std::string_view::npos || end == 0) return false;
    name->assign(key.substr(0, end));
    name = &match.second;
    key.remove_prefix(end);
  }
  return key.empty();
}

}  // namespace

std::span<const KeyPattern> patterns() noexcept { return table; }

std::optional<KeyMatch> match(std::string_view key) {
  if (!key.starts_with("fd:{")) return std::nullopt;
  const auto end = key.find("}:");
  if (end == std::string_view::npos || end <= 4) return std::nullopt;
  const auto rest = key.substr(end + 2);
  std::optional<KeyMatch> best;
  for (const auto& row : table) {
    KeyMatch found{&row, std::string(key.substr(4, end - 4)), {}, {}};
    // `queue:a:state` also reads as queue `a:state`; the longer pattern is meant.
    if (fits(row.pattern, rest, found) && (!best || row.pattern.size() > best->pattern->pattern.size()))
      best = std::move(found);
  }
  return best;
}

}  // namespace fd::store::redis
