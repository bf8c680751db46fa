#pragma once
// From a message to its classification. Pure and immutable once compiled; any thread may read. A message is scanned
// once for all words (text.hpp) and once for all patterns (one RE2::Set); only rules whose rarest necessary condition
// holds are looked at, so that 10,000 rules cost little more than ten.

#include <array>
#include <boost/system/result.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/calendar/zone.hpp"
#include "router/model/message.hpp"
#include "router/rules/settings.hpp"

namespace fd::rules {

enum class CompileCode : std::uint8_t {
  duplicate_id,  // detail: the id; other: the first one
  unreachable,   // other: the rule that always decides before
  bad_pattern,   // detail: what RE2 says
  empty_words,   // a word of nothing, or only white space
  too_deep,      // conditions nest deeper than 32
};
struct CompileError {
  CompileCode code = CompileCode::duplicate_id;
  Source at;
  std::string rule;
  std::string detail;
  std::string other;
  Source other_at;
};
[[noreturn]] void throw_exception_from_error(const std::vector<CompileError>&, const boost::source_location&);

struct Input {
  const Message& message;
  std::string_view grade;     // of the customer: from the record, the list or the signed identity
  calendar::LocalTime local;  // the site's
};

struct Considered {  // one rule that was looked at
  std::string rule;
  bool matched = false;
  std::string failed;  // the first condition that did not hold, as text
  bool operator==(const Considered&) const = default;
};

struct Outcome {
  QueueName queue;
  std::string rule = "default";  // id; "default" when none matched
  std::string where;             // "rules.d/20-complaints.yaml:14"; empty for default
  Priority priority = Priority::medium;
  Urgency urgency = Urgency::medium;
  std::string kind;
  std::vector<SkillNeed> needs;
  std::vector<std::string> tags;
  std::optional<Duration> head_start;
  std::int32_t band = 1;
  std::vector<Considered> path;  // the rules looked at: the first 15 and the one that decided
  std::string failure;           // patterns could not be evaluated: the default queue was taken
};

struct ConditionValue {
  int depth = 0;
  std::string text;
  bool value = false;
  std::string found;  // what in the message made it true: the words, patterns, attribute
};
struct RuleValue {
  std::string rule, where;
  bool matched = false;
  std::vector<ConditionValue> conditions;
};
struct Explanation {
  Outcome outcome;
  std::vector<RuleValue> rules;  // all in order, up to and with the one that decided
};

struct Compiled;  // compiled.hpp

class RuleSet {
 public:
  // All errors at once, in the order of the rules.
  [[nodiscard]] static boost::system::result<RuleSet, std::vector<CompileError>> compile(Settings);

  RuleSet(RuleSet&&) noexcept;
  RuleSet& operator=(RuleSet&&) noexcept;
  ~RuleSet();

  [[nodiscard]] Outcome classify(const Input&) const;
  // The same decision with the value of each condition; costs as much as there are rules.
  [[nodiscard]] Explanation explain(const Input&) const;
  // 16 hex digits over everything that decides; equal rules in other files or lines have an equal hash.
  [[nodiscard]] const std::string& hash() const noexcept;
  [[nodiscard]] const Settings& settings() const noexcept;

 private:
  explicit RuleSet(std::unique_ptr<const Compiled>);
  std::unique_ptr<const Compiled> compiled_;
};

// One line, as it stands in traces: all(channel(chat), words(投诉|举报)).
[[nodiscard]] std::string text(const Condition&);
[[nodiscard]] std::string text(const Source&);  // file:line

struct ExampleFailure {
  const Example* example = nullptr;  // in the rule set's settings
  std::string field, expected, got;
};
[[nodiscard]] std::vector<ExampleFailure> run_examples(const RuleSet&);

}  // namespace fd::rules
