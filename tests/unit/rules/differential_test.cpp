// The indexed evaluation against the plain one, which asks every rule in order: seeded rule sets and messages.
// The plain one is written from settings.hpp alone.

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <random>

#include "router/rules/text.hpp"
#include "tests/unit/rules/build.hpp"

namespace fd::rules::testing {
namespace {

bool plain(const Condition& c, const Input& in) {
  const auto holds = [&](const Condition& child) { return plain(child, in); };
  const Message& m = in.message;
  const auto one_of = [&](std::string_view v) {
    return std::find(c.values.begin(), c.values.end(), v) != c.values.end();
  };
  switch (c.ask) {
    case Ask::all: return std::all_of(c.children.begin(), c.children.end(), holds);
    case Ask::any: return std::any_of(c.children.begin(), c.children.end(), holds);
    case Ask::none: return std::none_of(c.children.begin(), c.children.end(), holds);
    case Ask::channel: return one_of(m.channel.str());
    case Ask::words:
      return std::any_of(c.values.begin(), c.values.end(), [&](const std::string& w) {
        Words one;
        one.add(w);
        one.build();
        bool found = false;
        one.scan(fold(m.text), [&](std::uint32_t) { found = true; });
        return found;
      });
    case Ask::patterns:
      return std::any_of(c.values.begin(), c.values.end(),
                         [&](const std::string& p) { return re2::RE2::PartialMatch(m.text, p); });
    case Ask::grade: return one_of(in.grade);
    case Ask::attribute: {
      const auto it = m.attributes.find(c.key);
      return it != m.attributes.end() && (c.values.empty() || one_of(it->second));
    }
    case Ask::locale: return one_of(m.locale) || one_of(m.locale.substr(0, m.locale.find('-')));
    case Ask::time: return in.local.minute_of_day >= c.from && in.local.minute_of_day < c.to;
    case Ask::weekday: return (c.days >> in.local.weekday & 1U) != 0;
  }
  return false;
}

struct Random {
  std::mt19937 engine;
  std::size_t below(std::size_t n) { return engine() % n; }
  const std::string& of(const std::vector<std::string>& list) { return list[below(list.size())]; }
};

const std::vector<std::string> some_words{"投诉", "退货", "sue", "急", "refund", "订单", "电话"};
const std::vector<std::string> some_patterns{"\\d{4}", "投.*诉", "re+f", "^急", "货$"};
const std::vector<std::string> channels{"chat", "email", "phone"};
const std::vector<std::string> grades{"VIP", "A", "B"};
const std::vector<std::string> keys{"service", "url"};
const std::vector<std::string> values{"x", "y", "z"};
const std::vector<std::string> locales{"zh", "en", "zh-CN"};

Condition condition(Random& r, int depth) {
  const auto two = [&](const std::vector<std::string>& list) {
    return std::vector<std::string>{r.of(list), r.of(list)};
  };
  switch (r.below(depth > 3 ? 8 : 12)) {
    case 0: return words(two(some_words));
    case 1: return patterns({r.of(some_patterns)});
    case 2: return channel(r.of(channels));
    case 3: return leaf(Ask::grade, {r.of(grades)});
    case 4: return leaf(Ask::attribute, r.below(2) == 0 ? std::vector<std::string>{} : two(values), r.of(keys));
    case 5: return leaf(Ask::locale, {r.of(locales)});
    case 6: return between(static_cast<int>(r.below(700)), 700 + static_cast<int>(r.below(700)));
    case 7: return on(static_cast<std::uint8_t>(r.below(128)));
    default: break;
  }
  std::vector<Condition> children;
  for (std::size_t n = r.below(4); n > 0; --n) children.push_back(condition(r, depth + 1));
  const std::size_t kind = r.below(5);
  return group(kind < 2 ? Ask::all : kind < 4 ? Ask::any : Ask::none, children);
}

Message any_message(Random& r) {
  std::string text;
  for (std::size_t n = r.below(6); n > 0; --n) text += r.of(some_words) + (r.below(2) == 0 ? " " : "1234");
  Message m = message(text, r.of(channels));
  m.locale = r.of(locales);
  for (const auto& key : keys)
    if (r.below(2) == 0) m.attributes[key] = r.of(values);
  return m;
}

std::string first_plain(const std::vector<RuleSpec>& rules, const Input& in) {
  for (const auto& rule : rules)
    if (!rule.when || plain(*rule.when, in)) return rule.id;
  return "default";
}

// The rules without those of which it is told that they can never decide; `all` keeps them, to see that they never do.
std::vector<RuleSpec> reachable(const std::vector<RuleSpec>& all) {
  auto rules = all;
  for (const auto& e : errors(all))
    if (e.code == CompileCode::unreachable) std::erase_if(rules, [&](const RuleSpec& one) { return one.id == e.rule; });
  return rules;
}

TEST(Differential, IndexedAndPlainDecideAlike) {
  Random r{std::mt19937(20261124)};
  std::size_t decided = 0, compared = 0, dropped = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<RuleSpec> rules;
    std::vector<std::string> seen;
    while (rules.size() < 12) {
      const Condition c = condition(r, 0);
      if (c.ask == Ask::all && c.children.empty()) continue;
      if (std::find(seen.begin(), seen.end(), text(c)) != seen.end()) continue;
      seen.push_back(text(c));
      rules.push_back(rule("r" + std::to_string(rules.size()), c, "q"));
    }
    const auto kept = reachable(rules);
    dropped += rules.size() - kept.size();
    const auto set = compiled(kept);
    for (int n = 0; n < 30; ++n) {
      const Message m = any_message(r);
      const std::string grade = r.below(2) == 0 ? r.of(grades) : "";
      const Input in{m, grade, {2026, 1, 1, static_cast<int>(r.below(7)), static_cast<int>(r.below(1440))}};
      const std::string expected = first_plain(rules, in);
      const auto out = set.classify(in);
      ASSERT_EQ(out.rule, expected) << "round " << round << ": " << m.text;
      const auto explained = set.explain(in);
      ASSERT_EQ(explained.rules.back().matched, expected != "default");
      ++compared;
      decided += out.rule != "default" && out.rule != "r0" ? 1 : 0;
    }
  }
  EXPECT_GT(decided, compared / 4);  // neither all default nor all the first rule
  EXPECT_GT(dropped, 20U);           // first_plain has them all: one that was dropped and decides would differ
}

// The control: a plain evaluation that forgets `not` is seen to differ.
TEST(Differential, NoticesAFaultyTwin) {
  Random r{std::mt19937(1)};
  std::size_t differs = 0;
  for (int n = 0; n < 200; ++n) {
    const auto right = compiled({rule("a", none({words({r.of(some_words)})}), "q")});
    const Message m = any_message(r);
    const Condition wrong = any({right.settings().rules[0].when->children[0]});
    differs += decides(right, m) == first_plain({rule("a", wrong, "q")}, {m, "", {}}) ? 0 : 1;
  }
  EXPECT_EQ(differs, 200U);
}

}  // namespace
}  // namespace fd::rules::testing
