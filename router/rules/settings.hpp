#pragma once
// The rules as the operator wrote them: plain values with the place each was written at. Filled by config (rules.d),
// compiled by rules.hpp. Ordered; the first rule that matches decides; none: the default queue.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "router/calendar/zone.hpp"
#include "router/model/contact.hpp"
#include "router/model/message.hpp"

namespace fd::rules {

struct Source {  // where something was written; for explain and errors
  std::string file;
  int line = 0, column = 0;  // from 1; 0 = unknown
  bool operator==(const Source&) const = default;
};

enum class Ask : std::uint8_t {
  all,        // children; without children always true
  any,        // children; without children never true
  none,       // children; true when no child is (`not`)
  channel,    // values: one of these channels
  words,      // values: one of these words is in the text (folding: text.hpp)
  patterns,   // values: one of these RE2 patterns matches the text as it was written
  grade,      // values: the customer's grade, ASCII case ignored
  attribute,  // key, values: the message's attribute is one of these; without values: it is there
  locale,     // values: "zh" also holds for "zh-CN"
  time,       // from <= minute of the day < to, past midnight when to <= from
  weekday,    // days
};

struct Condition {
  Ask ask = Ask::all;
  std::vector<Condition> children;
  std::string key;
  std::vector<std::string> values;
  int from = 0, to = 24 * 60;  // minutes of the site's day
  std::uint8_t days = 0;       // bit 0 = Sunday … bit 6 = Saturday
  Source at;
};

struct Action {  // what is not set stays as it is without a rule
  std::optional<QueueName> queue;
  std::optional<Priority> priority;
  std::optional<Urgency> urgency;
  std::string kind;  // catalogue id of settings
  std::vector<SkillNeed> needs;
  std::vector<std::string> tags;
  std::optional<Duration> head_start;  // else by priority
  std::optional<std::int32_t> band;    // 0 … 2047
};

struct RuleSpec {
  std::string id;
  Source at;
  std::optional<Condition> when;  // unset: always
  Action then;
};

struct Example {  // a rule file's own test: this message must be decided so
  std::string name;
  Source at;
  Message message;
  std::string grade;
  calendar::LocalTime local;
  std::string rule;                // expected id, or "default"; empty: any
  std::optional<QueueName> queue;  // expected; unset: any
  std::optional<Priority> priority;
  std::optional<Urgency> urgency;
  std::optional<std::string> kind;
};

struct Settings {
  std::vector<RuleSpec> rules;
  QueueName default_queue{"online"};
  std::vector<Example> examples;
};

}  // namespace fd::rules
