#include "tests/unit/store/docs_check.hpp"

#include <map>
#include <memory>
#include <set>

#include "router/store/record.hpp"
#include "router/store/redis/codec.hpp"
#include "router/store/redis/values.hpp"
#include "tests/unit/store/command_map.hpp"

namespace fd::test {
namespace {

using namespace store::redis;
using Command = std::vector<std::string>;

const std::map<std::string, std::string> type_of_command{{"HSET", "hash"},  {"SADD", "set"},   {"ZADD", "zset"},
                                                         {"RPUSH", "list"}, {"LPUSH", "list"}, {"SET", "string"},
                                                         {"XADD", "stream"}};

Command split(std::string_view line) {
  Command words;
  std::string word;
  bool inside = false;
  char quote = 0;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word.push_back(c);
    } else if (c == '\'' || c == '"') {
      quote = c;
      inside = true;
    } else if (c == ' ') {
      if (inside || !word.empty()) words.push_back(std::exchange(word, {}));
      inside = false;
    } else {
      word.push_back(c);
    }
  }
  if (inside || !word.empty()) words.push_back(word);
  return words;
}

using Hash = std::map<std::string, std::string>;
Hash hash_of(const Command& command) {
  Hash hash;
  for (std::size_t i = 2; i + 1 < command.size(); i += 2) hash[command[i]] = command[i + 1];
  return hash;
}

// Decoded, encoded, compared: what the page says that the codec does not know falls out.
template <class Decoded, class Encode>
std::string again(const Command& command, const Decoded& decoded, Encode encode) {
  if (!decoded) return decoded.error().text;
  HashEdit edit;
  encode(*decoded, edit);
  Request request;
  edit.write(command[1], request);
  CommandMap map;
  map.apply(request);
  for (const auto& [name, value] : hash_of(command)) {
    const auto found = map.hashes[command[1]].find(name);
    if (found == map.hashes[command[1]].end()) return "the codec does not write field `" + name + "`";
    if (found->second != value) return "field `" + name + "` comes back as `" + found->second + "`";
  }
  return {};
}

std::string check_hash(const KeyMatch& key, const Command& command) {
  const auto hash = hash_of(command);
  const Pairs fields(hash.begin(), hash.end());
  const auto& pattern = key.pattern->pattern;
  const auto new_record = [](const auto& record, HashEdit& edit) {
    diff(static_cast<const std::remove_cvref_t<decltype(record)>*>(nullptr), record, edit);
  };
  const auto whole = [](const auto& record, HashEdit& edit) { all(record, edit); };
  if (pattern == "contact:<id>") {
    const auto id = ContactId::parse(key.first);
    return id ? again(command, contact_from(*id, fields), new_record) : "no contact id";
  }
  if (pattern == "agent:<id>") return again(command, agent_from(AgentId(key.first), fields), new_record);
  if (pattern == "case:<number>") return again(command, case_from(CaseNumber(key.first), fields), new_record);
  if (pattern == "visitor:<id>") return again(command, visitor_from(VisitorId(key.first), fields), whole);
  if (pattern == "customer:<id>") return again(command, customer_from(CustomerId(key.first), fields), whole);
  if (pattern == "queue:<team>:state") return again(command, queue_state_from(QueueName(key.first), fields), whole);
  if (pattern == "leader") {
    static const std::set<std::string> known{"router", "epoch", "batch", "seq", "now", "config", "poisoned"};
    for (const auto& [name, value] : hash)
      if (!known.contains(name)) return "the leader's record has no field `" + name + "`";
    return {};
  }
  return {};  // counters, cursors: names are data
}

std::string check_values(const KeyMatch& key, const Command& command) {
  const auto& pattern = key.pattern->pattern;
  const std::string& last = command.back();
  const auto is_contact = [](const std::string& text) {
    return ContactId::parse(text) ? "" : "no contact id: " + text;
  };
  std::string text;
  if (pattern == "contact:<id>:messages") {
    const auto line = line_from(1, last);
    if (!line) return line.error().text;
    print_line(text, *line);
    return text == last ? "" : "comes back as " + text;
  }
  if (pattern == "contact:<id>:notes") {
    const auto note = note_from(last);
    if (!note) return note.error().text;
    print_note(text, *note);
    return text == last ? "" : "comes back as " + text;
  }
  if (pattern.starts_with("seen:")) {
    const auto seen = seen_from(command.at(2));
    return seen ? "" : seen.error().text;
  }
  if (pattern == "outbox:<kind>") {
    Job job;
    if (!values::parse_number(command.at(2), job.n) || !values::parse(last, job)) return "no job: " + last;
    values::print(text, job);
    return text == last ? "" : "comes back as " + text;
  }
  if (pattern == "session:<hash>") {
    const auto session = sign_in_from(command.at(2));
    return session ? "" : session.error().text;
  }
  if (pattern == "live" || pattern == "customer:<id>:contacts") return is_contact(last);
  if (pattern == "queue:<team>") {
    std::int64_t score = 0;
    return values::parse_number(command.at(2), score) ? is_contact(last) : "no score";
  }
  if (pattern != "events") return {};
  const Hash entry = [&] {
    auto rest = command;
    rest.erase(rest.begin() + 2);
    return hash_of(rest);
  }();
  if (entry.size() != 4) return "an event has in, tr, at, rules";
  const auto event = store::event_from(entry.at("in"));
  if (!event) return event.error().text;
  const auto transitions = store::transitions_from(entry.at("tr"));
  if (!transitions) return transitions.error().text;
  if (store::to_json(*event) != entry.at("in")) return "in comes back as " + store::to_json(*event);
  if (store::to_json(*transitions) != entry.at("tr")) return "tr comes back as " + store::to_json(*transitions);
  return {};
}

std::string check(const Command& command, std::set<std::string_view>& used) {
  const auto type = type_of_command.find(command.at(0));
  if (type == type_of_command.end() || command.size() < 3) return "no command of an example";
  const auto key = match(command[1]);
  if (!key) return "no key of ours: " + command[1];
  if (key->pattern->type != type->second) return command[1] + " is a " + std::string(key->pattern->type);
  used.insert(key->pattern->pattern);
  return type->second == "hash" ? check_hash(*key, command) : check_values(*key, command);
}

}  // namespace

std::vector<std::vector<std::string>> examples(std::string_view markdown) {
  std::vector<Command> commands;
  bool inside = false;
  while (!markdown.empty()) {
    const auto end = markdown.find('\n');
    const auto line = markdown.substr(0, end);
    markdown.remove_prefix(end == std::string_view::npos ? markdown.size() : end + 1);
    if (line.starts_with("```"))
      inside = line == "```redis";
    else if (inside && !line.empty())
      commands.push_back(split(line));
  }
  return commands;
}

std::vector<std::string> faults_of(std::string_view markdown) {
  std::vector<std::string> faults;
  std::set<std::string_view> used;
  for (const auto& command : examples(markdown))
    if (auto why = check(command, used); !why.empty()) faults.push_back(command.at(1) + ": " + why);
  for (const auto& row : patterns()) {
    if (!used.contains(row.pattern)) faults.push_back(std::string(row.pattern) + ": no example");
    if (markdown.find("`fd:{s}:" + std::string(row.pattern) + "` (") == std::string_view::npos)
      faults.push_back(std::string(row.pattern) + ": not described");
  }
  return faults;
}

}  // namespace fd::test
