// A rule file's own tests: run at every load, so that a change that breaks one never goes live.

#include "router/model/words.hpp"
#include "router/rules/rules.hpp"

namespace fd::rules {

std::vector<ExampleFailure> run_examples(const RuleSet& set) {
  std::vector<ExampleFailure> out;
  for (const auto& example : set.settings().examples) {
    const Outcome got = set.classify({example.message, example.grade, example.local});
    const auto expect = [&](const char* field, std::string_view expected, std::string_view value) {
      if (expected != value) out.push_back({&example, field, std::string(expected), std::string(value)});
    };
    if (!example.rule.empty()) expect("rule", example.rule, got.rule);
    if (example.queue) expect("queue", example.queue->str(), got.queue.str());
    if (example.priority) expect("priority", word(*example.priority), word(got.priority));
    if (example.urgency) expect("urgency", word(*example.urgency), word(got.urgency));
    if (example.kind) expect("kind", *example.kind, got.kind);
  }
  return out;
}

}  // namespace fd::rules
