#include "config/settle.hpp"

#include <set>

#include "config/accounts.hpp"
#include "config/load.hpp"
#include "router/model/words.hpp"
#include "router/rules/rules.hpp"

namespace fd::config {
namespace {

Place place_of(const Node& root, const std::vector<std::string>& keys) {
  const Node* at = &root;
  for (const auto& key : keys) {
    const Entry* entry = at->find(key);
    if (!entry) break;
    at = &entry->value;
  }
  return at->at;
}

void presets(Configuration& c, const Node& root) {
  if (!root.find("queues"))
    for (const auto& name : preset_queues()) c.engine.queues[QueueName(name)] = queue_preset(name);
  if (!root.find("channels"))
    for (const auto& name : preset_channels()) c.engine.channels[name] = channel_preset(name);
}

void derive(Configuration& c, const std::vector<StoredAccount>& accounts) {
  const auto https = [](const std::string& url) { return url.rfind("https://", 0) == 0; };
  c.http_internal = c.http_public;
  c.http_public.secure = https(c.public_url);
  c.http_internal.secure = https(c.internal_url);
  c.chat.public_url = c.walkin.public_url = c.public_url;
  c.chat.sockets = c.walkin.sockets = c.sockets_customers;
  c.desk.public_url = c.internal_url;
  c.desk.secure = https(c.internal_url);
  c.rules.default_queue = c.engine.default_queue;
  for (const auto& s : c.walkin.services) c.engine.services[s.id] = {s.id, s.prefix, QueueName(s.queue)};
  c.engine.roster = roster(accounts);
  c.desk.accounts = desk_accounts(accounts);
  c.engine.session_life = c.desk.session_life;
  c.engine.session_idle = c.desk.session_idle;
  for (const auto& id : c.vip) c.grades[id] = "VIP";
  const std::string endpoint = c.bus.endpoint == "inproc" ? "inproc://frontdesk" : "ipc://" + c.bus.endpoint.substr(4);
  c.bus_edge.endpoints = c.bus_router.endpoints = {endpoint};
  c.bus_edge.window_intake = c.bus.window_intake;
  c.bus_edge.window_agents = c.bus.window_agents;
  c.bus_edge.heartbeat = c.bus_router.heartbeat = c.bus.heartbeat;
  c.bus_edge.gone_after = c.bus_router.gone_after = c.bus.gone_after;
}

// --- references ---
std::map<Names, std::vector<std::string>> known_names(const engine::Settings& s) {
  std::map<Names, std::vector<std::string>> out;
  for (const auto& [name, queue] : s.queues) out[Names::queue].push_back(name.str());
  for (const auto& [name, channel] : s.channels) out[Names::channel].push_back(name);
  for (const auto& kind : s.kinds) out[Names::kind].push_back(kind.id);
  for (const auto& [id, service] : s.services) out[Names::service].push_back(id);
  return out;
}

void look_up(const engine::Settings& known, const std::vector<Reference>& references, Report& report) {
  static const std::map<Names, Code> codes{{Names::queue, Code::unknown_queue},
                                           {Names::channel, Code::unknown_channel},
                                           {Names::kind, Code::unknown_kind},
                                           {Names::service, Code::unknown_service}};
  auto names = known_names(known);
  for (const auto& r : references) {
    const auto& list = names[r.names];
    if (std::find(list.begin(), list.end(), r.name) == list.end())
      report.add(codes.at(r.names), r.at, r.key, {r.name}, nearest(r.name, list));
  }
}

// --- values that depend on one another ---
void overflow_loops(const Configuration& c, const Node& root, Report& report) {
  for (const auto& [name, queue] : c.engine.queues) {
    std::string way = name.str();
    std::set<QueueName> seen{name};
    for (const engine::Queue* at = &queue; at->overflow;) {
      const auto next = c.engine.queues.find(*at->overflow);
      if (next == c.engine.queues.end()) break;
      way += " → " + next->first.str();
      if (next->first == name)
        report.add(Code::overflow_loop, place_of(root, {"queues", name.str(), "overflow"}),
                   "queues." + name.str() + ".overflow", {way});
      if (!seen.insert(next->first).second) break;
      at = &next->second;
    }
  }
}

void plain_listeners(const Configuration& c, const Node& root, Report& report) {
  if (c.allow_plain) return;
  const auto check = [&](const Listener& l, const char* key, bool secure, const char* url) {
    if (!l.loopback && !secure)
      report.add(Code::plain_listener, place_of(root, {"listen", key}), std::string("listen.") + key, {l.text, url});
  };
  check(c.public_listener, "public", c.http_public.secure, "public_url");
  check(c.internal_listener, "internal", c.http_internal.secure, "internal_url");
}

void one_site(const Node& root, Report& report) {
  const Entry* sites = root.find("sites");
  if (!sites || sites->value.entries.empty()) return;
  for (std::size_t i = 1; i < sites->value.entries.size(); ++i)
    report.add(Code::one_site, sites->value.entries[i].at, "sites");
  for (const char* key : {"redis", "zone"}) {
    const Entry* top = root.find(key);
    const Entry* own = sites->value.entries.front().value.find(key);
    if (top && own)
      report.add(Code::set_twice, own->value.at, key,
                 {top->at.file + ":" + std::to_string(top->at.line) + ":" + std::to_string(top->at.column)});
  }
}

void ascending_steps(const Configuration& c, const Node& root, Report& report) {
  for (const auto& [name, queue] : c.engine.queues)
    for (std::size_t i = 1; i < queue.steps.size(); ++i)
      if (queue.steps[i].after <= queue.steps[i - 1].after)
        report.add(Code::out_of_range, place_of(root, {"queues", name.str(), "steps"}),
                   "queues." + name.str() + ".steps",
                   {shown(queue.steps[i].after), "more than " + shown(queue.steps[i - 1].after)});
}

// Who is asked less often than it must be heard is cut off while all is well.
void signs_of_life(const Configuration& c, const Node& root, Report& report) {
  const auto check = [&](const std::vector<std::string>& keys, Duration dead, Duration every, const char* every_key) {
    if (dead > every) return;
    std::string key;
    for (const auto& k : keys) key += (key.empty() ? "" : ".") + k;
    report.add(Code::dead_before_ping, place_of(root, keys), key, {shown(dead), shown(every), every_key});
  };
  const auto socket = [&](const char* whose, const http::SocketLimits& s) {
    check({"sockets", whose, "dead_after"}, s.dead_after, s.ping_every, "ping_every");
  };
  socket("customers", c.sockets_customers);
  socket("desk", c.desk.sockets);
  check({"bus", "gone_after"}, c.bus.gone_after, c.bus.heartbeat, "heartbeat");
}

void two_listeners(const Configuration& c, const Node& root, Report& report) {
  const Listener &a = c.public_listener, &b = c.internal_listener;
  const auto every = [](const Listener& l) { return l.address == "0.0.0.0" || l.address == "::"; };
  if (a.port == 0 || a.port != b.port || (a.address != b.address && !every(a) && !every(b))) return;
  report.add(Code::same_listener, place_of(root, {"listen", "internal"}), "listen.internal", {a.text, b.text});
}

void text_fits_frame(const Configuration& c, const Node& root, Report& report) {
  constexpr std::size_t around = 256;  // the frame but for its text
  const std::size_t frame = c.sockets_customers.message_bytes_max;
  if (c.chat.text_chars_max * 4 + around <= frame) return;
  report.add(Code::text_beyond_frame, place_of(root, {"chat", "text_chars_max"}), "chat.text_chars_max",
             {std::to_string(c.chat.text_chars_max), shown_size(static_cast<std::int64_t>(frame)),
              std::to_string((frame - around) / 4)});
}

// --- queues that are called from (pull) and queues that offer (push) ---
// Only tickets come with it.
bool asks_for_ticket(const rules::Condition& c) {
  using rules::Ask;
  const auto is = [](const rules::Condition& child) { return asks_for_ticket(child); };
  if (c.ask == Ask::all) return std::any_of(c.children.begin(), c.children.end(), is);
  if (c.ask == Ask::any) return !c.children.empty() && std::all_of(c.children.begin(), c.children.end(), is);
  if (c.ask == Ask::attribute) return c.key == "service";
  return c.ask == Ask::channel && c.values == std::vector<std::string>{"walkin"};
}

void modes(const Configuration& c, const Node& root, Report& report) {
  const auto pull = [&](const QueueName& name) -> std::optional<bool> {
    const auto it = c.engine.queues.find(name);
    if (it == c.engine.queues.end()) return std::nullopt;  // told already
    return it->second.mode == engine::Mode::pull;
  };
  if (pull(c.engine.default_queue) == true)
    report.add(Code::not_offered, place_of(root, {"default_queue"}), "default_queue", {c.engine.default_queue.str()});
  for (const auto& [name, queue] : c.engine.queues) {
    const std::string key = "queues." + name.str();
    if (queue.max_wait.count() > 0 && !queue.overflow)
      report.add(Code::idle_max_wait, place_of(root, {"queues", name.str(), "max_wait"}), key + ".max_wait");
    const auto to = queue.overflow ? pull(*queue.overflow) : std::nullopt;
    if (to && *to != (queue.mode == engine::Mode::pull))
      report.add(*to ? Code::not_offered : Code::not_called, place_of(root, {"queues", name.str(), "overflow"}),
                 key + ".overflow", {queue.overflow->str()});
  }
  for (const auto& s : c.walkin.services)
    if (pull(QueueName(s.queue)) == false)
      report.add(Code::service_not_called, place_of(root, {"walkin", "services", s.id, "queue"}),
                 "walkin.services." + s.id + ".queue", {s.queue});
  for (const auto& rule : c.rules.rules) {
    const auto to = rule.then.queue ? pull(*rule.then.queue) : std::nullopt;
    const bool ticket = rule.when && asks_for_ticket(*rule.when);
    if (to && *to != ticket)
      report.add(*to ? Code::not_offered : Code::not_called, {rule.at.file, rule.at.line, rule.at.column}, rule.id,
                 {rule.then.queue->str()});
  }
}

// --- rules ---
Place place(const rules::Source& at) { return {at.file, at.line, at.column}; }

void compile_rules(const Configuration& c, Report& report) {
  const auto set = rules::RuleSet::compile(c.rules);
  if (!set) {
    for (const auto& e : set.error()) {
      const std::string first = rules::text(e.other_at);
      switch (e.code) {
        case rules::CompileCode::duplicate_id:
          report.add(Code::duplicate_rule, place(e.at), e.rule, {e.rule, first});
          break;
        case rules::CompileCode::unreachable:
          report.add(Code::unreachable_rule, place(e.at), e.rule, {e.rule, e.other, first});
          break;
        case rules::CompileCode::bad_pattern:
          report.add(Code::bad_pattern, place(e.at), e.rule, {e.other, e.detail});
          break;
        case rules::CompileCode::empty_words: report.add(Code::empty_word, place(e.at), e.rule); break;
        case rules::CompileCode::too_deep: report.add(Code::rule_too_deep, place(e.at), e.rule, {e.detail}); break;
      }
    }
    return;
  }
  if (!report.empty()) return;  // a test over faulty names would only repeat them
  for (const auto& f : rules::run_examples(*set))
    report.add(Code::rule_test_failed, place(f.example->at), f.example->name, {f.field, f.expected, f.got});
}

// --- the canonical text ---
void name_secrets(boost::json::value& v, const std::string& path, const std::map<std::string, std::string>& sources) {
  if (const auto it = sources.find(path); it != sources.end()) v = "{" + it->second + "}";
  if (auto* object = v.if_object())
    for (auto& entry : *object)
      name_secrets(entry.value(), (path.empty() ? "" : path + ".") + std::string(entry.key()), sources);
}

boost::json::object rule_json(const rules::RuleSpec& rule) {
  const rules::Action& a = rule.then;
  boost::json::object out{{"id", rule.id}, {"when", rule.when ? rules::text(*rule.when) : ""}};
  boost::json::object then;
  if (a.queue) then["queue"] = a.queue->str();
  if (a.priority) then["priority"] = word(*a.priority);
  if (a.urgency) then["urgency"] = word(*a.urgency);
  if (!a.kind.empty()) then["kind"] = a.kind;
  for (const auto& need : a.needs) then["needs." + need.skill] = need.level;
  if (!a.tags.empty()) then["tags"] = boost::json::value_from(a.tags);
  if (a.head_start) then["head_start"] = shown(*a.head_start);
  if (a.band) then["band"] = *a.band;
  out["then"] = std::move(then);
  return out;
}

// In the order of their ids: the file's order decides nothing.
void put_canonical(Configuration& c, boost::json::value all) {
  boost::json::array agents;
  for (const auto& [id, account] : c.engine.roster) {
    auto row = show_table(StoredAccount{account, ""}, account_table());
    row.erase("password");
    agents.push_back(std::move(row));
  }
  all.as_object()["agents"] = std::move(agents);
  c.canonical = boost::json::serialize(all);
  c.hash = sha256_hex(c.canonical);
}

void canonical(Configuration& c, const Reader& reader) {
  boost::json::value all = show_table(c, root_table());
  name_secrets(all, "", reader.secrets());
  boost::json::array rule_list;
  for (const auto& rule : c.rules.rules) rule_list.push_back(rule_json(rule));
  all.as_object()["rules"] = std::move(rule_list);
  put_canonical(c, std::move(all));
}

}  // namespace

void check_references(const engine::Settings& known, const Reader& reader, Report& report) {
  look_up(known, reader.references(), report);
}

void settle(Configuration& c, const std::vector<StoredAccount>& accounts, const Node& root, const Reader& reader,
            Report& report) {
  presets(c, root);
  derive(c, accounts);
  look_up(c.engine, reader.references(), report);
  if (!root.find("default_queue"))
    look_up(c.engine, {{Names::queue, c.engine.default_queue.str(), root.at, "default_queue"}}, report);
  overflow_loops(c, root, report);
  plain_listeners(c, root, report);
  one_site(root, report);
  ascending_steps(c, root, report);
  signs_of_life(c, root, report);
  two_listeners(c, root, report);
  text_fits_frame(c, root, report);
  modes(c, root, report);
  compile_rules(c, report);
  if (report.empty()) canonical(c, reader);
}

void take_roster(Configuration& c, std::map<AgentId, engine::Account> roster) {
  c.engine.roster = std::move(roster);
  put_canonical(c, boost::json::parse(c.canonical));
}

}  // namespace fd::config
