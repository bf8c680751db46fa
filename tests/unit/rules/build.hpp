#pragma once
// Short hands for rules in tests.

#include <initializer_list>
#include <string>
#include <utility>

#include "router/rules/rules.hpp"

namespace fd::rules::testing {

inline Condition leaf(Ask ask, std::vector<std::string> values, std::string key = {}) {
  Condition c;
  c.ask = ask;
  c.values = std::move(values);
  c.key = std::move(key);
  return c;
}
inline Condition group(Ask ask, std::vector<Condition> children) {
  Condition c;
  c.ask = ask;
  c.children = std::move(children);
  return c;
}
inline Condition between(int from, int to) {
  Condition c;
  c.ask = Ask::time;
  c.from = from;
  c.to = to;
  return c;
}
inline Condition on(std::uint8_t days) {
  Condition c;
  c.ask = Ask::weekday;
  c.days = days;
  return c;
}
inline Condition words(std::vector<std::string> v) { return leaf(Ask::words, std::move(v)); }
inline Condition patterns(std::vector<std::string> v) { return leaf(Ask::patterns, std::move(v)); }
inline Condition channel(std::string v) { return leaf(Ask::channel, {std::move(v)}); }
inline Condition all(std::vector<Condition> v) { return group(Ask::all, std::move(v)); }
inline Condition any(std::vector<Condition> v) { return group(Ask::any, std::move(v)); }
inline Condition none(std::vector<Condition> v) { return group(Ask::none, std::move(v)); }

inline RuleSpec rule(std::string id, std::optional<Condition> when, std::string queue, int line = 1) {
  RuleSpec r;
  r.id = std::move(id);
  r.at = {"rules.d/test.yaml", line, 3};
  r.when = std::move(when);
  r.then.queue = QueueName(std::move(queue));
  return r;
}

inline RuleSet compiled(std::vector<RuleSpec> rules) {
  Settings s;
  s.rules = std::move(rules);
  auto set = RuleSet::compile(std::move(s));
  if (!set) throw_exception_from_error(set.error(), BOOST_CURRENT_LOCATION);
  return std::move(*set);
}

inline std::vector<CompileError> errors(std::vector<RuleSpec> rules) {
  Settings s;
  s.rules = std::move(rules);
  auto set = RuleSet::compile(std::move(s));
  return set ? std::vector<CompileError>{} : set.error();
}

inline Message message(std::string text, std::string channel_name = "chat") {
  Message m;
  m.channel = ChannelName(std::move(channel_name));
  m.text = std::move(text);
  return m;
}

inline std::string decides(const RuleSet& set, const Message& m, std::string_view grade = {},
                           calendar::LocalTime local = {}) {
  return set.classify({m, grade, local}).rule;
}

}  // namespace fd::rules::testing
