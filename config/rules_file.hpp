#pragma once
// rules.d/*.yaml: rules in the order of the files' names and of their lines, each file with its tests.
//
//   rules:
//     - id: complaints
//       when: {channel: [chat, email], words: [投诉, complaint]}   # several keys: all of them
//       then: {queue: complaints, urgency: high}
//   tests:
//     - {text: 我要投诉, expect: {rule: complaints, queue: complaints}}

#include "config/fields.hpp"
#include "router/rules/settings.hpp"

namespace fd::config {

void read_rules(Reader&, const Node& file, rules::Settings& into);

[[nodiscard]] std::vector<Row> rules_reference();  // the keys of a rule file

}  // namespace fd::config
