#include "config/rules_file.hpp"

#include "router/model/words.hpp"

namespace fd::config {
namespace {

using rules::Action;
using rules::Ask;
using rules::Condition;
using rules::Example;

rules::Source source(const Place& at) { return {at.file, at.line, at.column}; }

Condition made(Ask ask, const Node& n) {
  Condition c;
  c.ask = ask;
  c.at = source(n.at);
  return c;
}

std::optional<Condition> condition(Reader&, const Node&);

// all, any, not: a list of conditions, or a map of them.
std::optional<Condition> group(Reader& r, Ask ask, const Node& n) {
  Condition out = made(ask, n);
  if (n.kind == Node::Kind::map && ask != Ask::none) {
    for (const auto& entry : n.entries) {
      Node one;
      one.kind = Node::Kind::map;
      one.at = entry.at;
      one.entries.push_back(entry);
      if (auto child = condition(r, one)) out.children.push_back(std::move(*child));
    }
    return out;
  }
  if (n.kind == Node::Kind::map) {  // `not` of a map: not all of it
    if (auto child = condition(r, n)) out.children.push_back(std::move(*child));
    return out;
  }
  if (!r.list(n)) return std::nullopt;
  for (std::size_t i = 0; i < n.items.size(); ++i) {
    const Reader::Step step(r, std::to_string(i));
    if (auto child = condition(r, n.items[i])) out.children.push_back(std::move(*child));
  }
  return out;
}

std::optional<Condition> values(Reader& r, Ask ask, const Node& n, std::optional<Names> names = std::nullopt) {
  auto list = r.texts(n);
  if (!list) return std::nullopt;
  if (list->empty()) {
    r.error(Code::wrong_type, n.at, {"at least one", "an empty list", "[a, b]"});
    return std::nullopt;
  }
  for (std::size_t i = 0; names && i < list->size(); ++i)
    r.refer(*names, (*list)[i], n.kind == Node::Kind::list ? n.items[i] : n);
  Condition out = made(ask, n);
  out.values = std::move(*list);
  return out;
}

// {name: value, name: [values], name: "*"}: all of them.
std::optional<Condition> attributes(Reader& r, const Node& n) {
  if (!r.map(n)) return std::nullopt;
  Condition out = made(Ask::all, n);
  for (const auto& entry : n.entries) {
    const Reader::Step step(r, entry.key);
    auto one = values(r, Ask::attribute, entry.value);
    if (!one) continue;
    one->key = entry.key;
    if (one->values == std::vector<std::string>{"*"}) one->values.clear();
    out.children.push_back(std::move(*one));
  }
  if (out.children.size() == 1) return out.children.front();
  return out;
}

// "09:00-18:00", or a list of them: any.
std::optional<Condition> times(Reader& r, const Node& n) {
  const auto spans = r.texts(n);
  if (!spans) return std::nullopt;
  Condition out = made(Ask::any, n);
  for (std::size_t i = 0; i < spans->size(); ++i) {
    const Node& where = n.kind == Node::Kind::list ? n.items[i] : n;
    const std::string& span = (*spans)[i];
    const auto dash = span.find('-');
    if (dash == std::string::npos) {
      r.error(Code::wrong_unit, where.at, {span, "a span of the day", "09:00-18:00"});
      continue;
    }
    const auto from = r.clock(where, std::string_view(span).substr(0, dash));
    const auto to = r.clock(where, std::string_view(span).substr(dash + 1));
    if (!from || !to) continue;
    Condition one = made(Ask::time, where);
    one.from = *from % (24 * 60);
    one.to = *to;
    out.children.push_back(std::move(one));
  }
  if (out.children.size() == 1) return out.children.front();
  return out;
}

const std::vector<std::string> day_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

std::optional<std::size_t> day(Reader& r, const Node& n, const std::string& s) {
  Node word;
  word.kind = Node::Kind::scalar;
  word.at = n.at;
  word.text = s;
  return r.choice(word, day_names);
}

// mon, mon-fri, or a list of them.
std::optional<Condition> weekdays(Reader& r, const Node& n) {
  const auto spans = r.texts(n);
  if (!spans) return std::nullopt;
  Condition out = made(Ask::weekday, n);
  for (std::size_t i = 0; i < spans->size(); ++i) {
    const Node& where = n.kind == Node::Kind::list ? n.items[i] : n;
    const std::string& span = (*spans)[i];
    const auto dash = span.find('-');
    const auto first = day(r, where, span.substr(0, dash));
    const auto last = dash == std::string::npos ? first : day(r, where, span.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    for (std::size_t d = *first;; d = (d + 1) % 7) {
      out.days = static_cast<std::uint8_t>(out.days | 1U << d);
      if (d == *last) break;
    }
  }
  return out;
}

struct Key {
  const char* name;
  std::function<std::optional<Condition>(Reader&, const Node&)> read;
  const char *type, *en, *zh;
};

const std::vector<Key>& condition_keys() {
  static const std::vector<Key> keys{
      {"all", [](Reader& r, const Node& n) { return group(r, Ask::all, n); }, "conditions", "all of them hold",
       "全部成立"},
      {"any", [](Reader& r, const Node& n) { return group(r, Ask::any, n); }, "conditions", "one of them holds",
       "至少一个成立"},
      {"not", [](Reader& r, const Node& n) { return group(r, Ask::none, n); }, "conditions", "none of them holds",
       "都不成立"},
      {"channel", [](Reader& r, const Node& n) { return values(r, Ask::channel, n, Names::channel); },
       "list of channels", "the message came this way", "来自此渠道"},
      {"words", [](Reader& r, const Node& n) { return values(r, Ask::words, n); }, "list of words",
       "one of them is in the text; ASCII words as whole words, case ignored",
       "文本含其中一个词；英文按整词、不分大小写"},
      {"patterns", [](Reader& r, const Node& n) { return values(r, Ask::patterns, n); }, "list of RE2 patterns",
       "one of them matches the text", "文本匹配其中一个 RE2 表达式"},
      {"grade", [](Reader& r, const Node& n) { return values(r, Ask::grade, n); }, "list of grades",
       "the customer's grade", "客户等级"},
      {"service",
       [](Reader& r, const Node& n) {
         auto c = values(r, Ask::attribute, n, Names::service);
         if (c) c->key = "service";
         return c;
       },
       "list of services", "the walk-in service", "柜台业务"},
      {"locale", [](Reader& r, const Node& n) { return values(r, Ask::locale, n); }, "list of locales",
       "zh also holds for zh-CN", "zh 也包含 zh-CN"},
      {"attributes", attributes, "{name: values}", "attributes of the message; \"*\": it is there",
       "消息属性，\"*\" 表示存在即可"},
      {"time", times, "09:00-18:00", "time of day of the site; may pass midnight", "站点时间，可跨午夜"},
      {"weekday", weekdays, "mon-fri", "day of the week of the site", "星期"},
  };
  return keys;
}

// A map (all of its keys), or a list (all of its conditions).
std::optional<Condition> condition(Reader& r, const Node& n) {
  if (n.kind == Node::Kind::list) return group(r, Ask::all, n);
  if (!r.map(n)) return std::nullopt;
  std::vector<std::string> known;
  for (const auto& key : condition_keys()) known.emplace_back(key.name);
  Condition out = made(Ask::all, n);
  for (const auto& entry : n.entries) {
    const Reader::Step step(r, entry.key);
    const auto it = std::find(known.begin(), known.end(), entry.key);
    if (it == known.end()) {
      r.unknown_key(entry, known);
      continue;
    }
    if (auto one = condition_keys()[static_cast<std::size_t>(it - known.begin())].read(r, entry.value))
      out.children.push_back(std::move(*one));
  }
  if (out.children.size() == 1) return out.children.front();
  return out;
}

const std::vector<std::string> three{"high", "medium", "low"};

template <class T, class Get>
Field<T> level(std::string key, Get get, std::string en, std::string zh) {
  return parsed<T>(
      std::move(key), "high, medium, low", get,
      [](Reader& r, const Node& n) {
        using Value = typename std::decay_t<decltype(get(std::declval<T&>()))>::value_type;
        const auto i = r.choice(n, three);
        return i ? std::optional(std::optional(static_cast<Value>(*i))) : std::nullopt;
      },
      [](const auto& v) { return v ? boost::json::value(std::string(word(*v))) : boost::json::value(); }, std::move(en),
      std::move(zh));
}

const Table<Action>& action_table() {
  static const Table<Action> table{
      reference<Action>("queue", FD_AT(queue), Names::queue, "where it waits; unset: the default queue",
                        "进入的队列，不填为默认队列"),
      level<Action>("priority", FD_AT(priority), "ours: its head start in the line", "我方优先级，决定排队提前量"),
      level<Action>("urgency", FD_AT(urgency), "the customer's", "客户的紧急程度"),
      reference<Action>("kind", FD_AT(kind), Names::kind, "what it is about", "类别"),
      parsed<Action>(
          "needs", "{skill: level}", FD_AT(needs), [](Reader& r, const Node& n) { return r.levels(n); },
          [](const std::vector<SkillNeed>&) { return boost::json::value(); }, "skills the agent must have",
          "客服须具备的技能"),
      texts<Action>("tags", FD_AT(tags), std::nullopt, "shown and counted", "标签"),
      duration<Action>("head_start", FD_AT(head_start), Duration{-86'400'000}, Duration{86'400'000},
                       "advantage in the line; unset: by priority", "排队提前量，不填则按优先级"),
      parsed<Action>(
          "band", "0 … 2047", FD_AT(band),
          [](Reader& r, const Node& n) -> std::optional<std::optional<std::int32_t>> {
            const auto v = r.integer(n, 0, 2047);
            return v ? std::optional(std::optional(static_cast<std::int32_t>(*v))) : std::nullopt;
          },
          [](const std::optional<std::int32_t>&) { return boost::json::value(); },
          "strict class, lower first; 1 is usual", "严格等级，小者优先，通常为 1"),
  };
  return table;
}

void read_rule(Reader& r, const Node& n, rules::Settings& into) {
  if (!r.map(n)) return;
  rules::RuleSpec rule;
  rule.at = source(n.at);
  bool good = true;
  for (const char* key : {"id", "then"})
    if (!n.find(key)) {
      r.error(Code::missing_key, n.at, {key});
      good = false;
    }
  for (const auto& entry : n.entries) {
    const Reader::Step step(r, entry.key);
    if (entry.key == "id") {
      auto id = r.name(entry.value, "a rule's id");
      good = good && id;
      if (id) rule.id = std::move(*id);
    } else if (entry.key == "when") {
      rule.when = condition(r, entry.value);
      good = good && rule.when;
    } else if (entry.key == "then") {
      read_table(r, entry.value, rule.then, action_table());
      if (entry.value.entries.empty() && entry.value.kind != Node::Kind::scalar)
        r.error(Code::empty_rule, entry.value.at, {rule.id});
    } else if (entry.key == "note") {
      good = r.text(entry.value).has_value() && good;
    } else {
      r.unknown_key(entry, {"id", "when", "then", "note"});
    }
  }
  if (good) into.rules.push_back(std::move(rule));
}

struct Expected {
  std::string rule;
  std::optional<QueueName> queue;
  std::optional<Priority> priority;
  std::optional<Urgency> urgency;
  std::optional<std::string> kind;
};

const Table<Expected>& expected_table() {
  static const Table<Expected> table{
      text<Expected>("rule", FD_AT(rule), "id of the rule that decides, or default", "生效的规则 id，或 default"),
      reference<Expected>("queue", FD_AT(queue), Names::queue, "queue it comes to", "进入的队列"),
      level<Expected>("priority", FD_AT(priority), "priority it gets", "优先级"),
      level<Expected>("urgency", FD_AT(urgency), "urgency it gets", "紧急程度"),
      parsed<Expected>(
          "kind", "text", FD_AT(kind),
          [](Reader& r, const Node& n) {
            auto v = r.text(n);
            return v ? std::optional(std::optional(std::move(*v))) : std::nullopt;
          },
          [](const std::optional<std::string>&) { return boost::json::value(); }, "kind it gets", "类别"),
  };
  return table;
}

struct Test {
  std::string name, text, channel = "chat", grade, locale, rule;
  std::map<std::string, std::string> attributes;
  calendar::LocalTime local{1970, 1, 5, 1, 12 * 60};  // a Monday at noon
  Expected expect;
};

const Table<Test>& test_table() {
  static const Table<Test> table{
      text<Test>("name", FD_AT(name), "said when it fails", "失败时显示"),
      text<Test>("text", FD_AT(text), "the message", "消息文本"),
      reference<Test>("channel", FD_AT(channel), Names::channel, "the way it came", "渠道"),
      text<Test>("grade", FD_AT(grade), "the customer's grade", "客户等级"),
      text<Test>("locale", FD_AT(locale), "language of the customer", "客户语言"),
      parsed<Test>(
          "attributes", "{name: value}", FD_AT(attributes),
          [](Reader& r, const Node& n) -> std::optional<std::map<std::string, std::string>> {
            if (!r.map(n)) return std::nullopt;
            std::map<std::string, std::string> out;
            for (const auto& entry : n.entries)
              if (auto v = r.text(entry.value)) out[entry.key] = std::move(*v);
            return out;
          },
          [](const std::map<std::string, std::string>& v) { return boost::json::value_from(v); },
          "attributes of the message", "消息属性"),
      parsed<Test>(
          "time", "09:30", FD_AT(local.minute_of_day),
          [](Reader& r, const Node& n) {
            const auto s = r.text(n);
            return s ? r.clock(n, *s) : std::nullopt;
          },
          [](int) { return boost::json::value("12:00"); }, "time of day of the site", "站点时间"),
      choice<Test>("weekday", FD_AT(local.weekday), day_names, "day of the week of the site", "星期"),
      needed(section<Test>("expect", FD_AT(expect), expected_table(), "what must come of it", "期望的结果")),
  };
  return table;
}

Example example(Test t, const Place& at) {
  Example out;
  out.name = std::move(t.name);
  out.at = source(at);
  out.message.channel = ChannelName(std::move(t.channel));
  out.message.text = std::move(t.text);
  out.message.locale = std::move(t.locale);
  out.message.attributes = std::move(t.attributes);
  out.grade = std::move(t.grade);
  out.local = t.local;
  out.rule = std::move(t.expect.rule);
  out.queue = std::move(t.expect.queue);
  out.priority = t.expect.priority;
  out.urgency = t.expect.urgency;
  out.kind = std::move(t.expect.kind);
  return out;
}

}  // namespace

void read_rules(Reader& r, const Node& file, rules::Settings& into) {
  if (!r.map(file)) return;
  for (const auto& entry : file.entries) {
    const Reader::Step step(r, entry.key);
    if (entry.key != "rules" && entry.key != "tests") {
      r.unknown_key(entry, {"rules", "tests"});
      continue;
    }
    if (!r.list(entry.value)) continue;
    for (std::size_t i = 0; i < entry.value.items.size(); ++i) {
      const Reader::Step position(r, std::to_string(i));
      const Node& item = entry.value.items[i];
      if (entry.key == "rules") {
        read_rule(r, item, into);
        continue;
      }
      Test test;
      read_table(r, item, test, test_table());
      into.examples.push_back(example(std::move(test), item.at));
    }
  }
}

std::vector<Row> rules_reference() {
  std::vector<Row> rows;
  for (const auto& key : condition_keys())
    rows.push_back({std::string("rules.*.when.") + key.name, key.type, "", "", key.en, key.zh});
  list_rows(Action{}, action_table(), "rules.*.then", rows);
  list_rows(Test{}, test_table(), "tests.*", rows);
  return rows;
}

}  // namespace fd::config
