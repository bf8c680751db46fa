// First match wins, default queue otherwise; every condition with its contrary; errors of a rule set.

#include "router/rules/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/unit/rules/build.hpp"

namespace fd::rules::testing {
namespace {

TEST(Rules, AnEmptySetTakesTheDefaultQueue) {
  Settings s;
  s.default_queue = QueueName("counter");
  const auto set = RuleSet::compile(std::move(s));
  ASSERT_TRUE(set);
  const Message m = message("x");
  const auto out = (*set).classify({m, "", {}});
  EXPECT_EQ(out.queue.str(), "counter");
  EXPECT_EQ(out.rule, "default");
  EXPECT_EQ(out.band, 1);
}

TEST(Rules, TheFirstMatchWins) {
  const auto set = compiled({rule("a", words({"投诉"}), "q1"), rule("b", channel("chat"), "q2"), rule("c", {}, "q3")});
  EXPECT_EQ(decides(set, message("我要投诉")), "a");
  EXPECT_EQ(decides(set, message("你好")), "b");
  EXPECT_EQ(decides(set, message("你好", "email")), "c");
}

TEST(Rules, ActionsAreCarriedOver) {
  auto r = rule("a", channel("chat"), "vip", 14);
  r.then.priority = Priority::high;
  r.then.urgency = Urgency::low;
  r.then.kind = "refund";
  r.then.needs = {{"en", 2}};
  r.then.tags = {"t"};
  r.then.head_start = Duration{120'000};
  r.then.band = 0;
  const auto set = compiled({r});
  const Message m = message("x");
  const auto out = set.classify({m, "", {}});
  EXPECT_EQ(out.queue.str(), "vip");
  EXPECT_EQ(out.where, "rules.d/test.yaml:14");
  EXPECT_EQ(out.priority, Priority::high);
  EXPECT_EQ(out.urgency, Urgency::low);
  EXPECT_EQ(out.kind, "refund");
  EXPECT_EQ(out.needs, (std::vector<SkillNeed>{{"en", 2}}));
  EXPECT_EQ(out.tags, (std::vector<std::string>{"t"}));
  EXPECT_EQ(out.head_start, Duration{120'000});
  EXPECT_EQ(out.band, 0);
  EXPECT_EQ(out.failure, "");
}

TEST(Rules, GradeIgnoresCase) {
  const auto set = compiled({rule("a", leaf(Ask::grade, {"VIP", "A"}), "q")});
  EXPECT_EQ(decides(set, message("x"), "vip"), "a");
  EXPECT_EQ(decides(set, message("x"), "A"), "a");
  EXPECT_EQ(decides(set, message("x"), "B"), "default");
  EXPECT_EQ(decides(set, message("VIP")), "default");  // the text does not make a grade
}

TEST(Rules, AttributesByValueAndByPresence) {
  const auto set = compiled({rule("a", leaf(Ask::attribute, {"repair", "return"}, "service"), "q"),
                             rule("b", leaf(Ask::attribute, {}, "order"), "q")});
  Message m = message("x");
  EXPECT_EQ(decides(set, m), "default");
  m.attributes["order"] = "";
  EXPECT_EQ(decides(set, m), "b");
  m.attributes["service"] = "return";
  EXPECT_EQ(decides(set, m), "a");
  m.attributes["service"] = "Return";
  EXPECT_EQ(decides(set, m), "b");
}

TEST(Rules, AHostileAttributeNameIsNotNameAndValue) {
  const auto set = compiled({rule("a", leaf(Ask::attribute, {"repair"}, "service"), "q")});
  for (const char* name : {"servicerepair", "service\nrepair", "7:servicerepair", "service=repair"}) {
    Message m = message("x");
    m.attributes[name] = "";
    EXPECT_EQ(decides(set, m), "default") << name;
  }
}

TEST(Rules, LocaleHoldsForItsRegions) {
  const auto set = compiled({rule("a", leaf(Ask::locale, {"zh-TW"}), "q"), rule("b", leaf(Ask::locale, {"zh"}), "q")});
  Message m = message("x");
  for (const auto& [locale, expected] : {std::pair{"zh", "b"},
                                         {"zh-CN", "b"},
                                         {"ZH_hans", "b"},
                                         {"zh-TW", "a"},
                                         {"en", "default"},
                                         {"zhx", "default"}}) {
    m.locale = locale;
    EXPECT_EQ(decides(set, m), expected) << locale;
  }
}

TEST(Rules, PatternsSeeTheTextAsWritten) {
  const auto set = compiled({rule("a", patterns({"订单\\s*\\d{6}", "(?i)order #?\\d+"}), "q")});
  EXPECT_EQ(decides(set, message("订单 123456")), "a");
  EXPECT_EQ(decides(set, message("ORDER #9")), "a");
  EXPECT_EQ(decides(set, message("订单 12345")), "default");
  const auto exact = compiled({rule("a", patterns({"ABC"}), "q")});
  EXPECT_EQ(decides(exact, message("abc")), "default");
}

TEST(Rules, TimeOfDayMayPassMidnight) {
  const auto day = compiled({rule("a", between(9 * 60, 18 * 60), "q")});
  const auto night = compiled({rule("a", between(22 * 60, 6 * 60), "q")});
  const auto at = [](int minute) { return calendar::LocalTime{2026, 11, 24, 2, minute}; };
  EXPECT_EQ(decides(day, message("x"), "", at(9 * 60)), "a");
  EXPECT_EQ(decides(day, message("x"), "", at(18 * 60)), "default");
  EXPECT_EQ(decides(day, message("x"), "", at(9 * 60 - 1)), "default");
  EXPECT_EQ(decides(night, message("x"), "", at(23 * 60)), "a");
  EXPECT_EQ(decides(night, message("x"), "", at(6 * 60 - 1)), "a");
  EXPECT_EQ(decides(night, message("x"), "", at(6 * 60)), "default");
}

TEST(Rules, Weekdays) {
  const auto set = compiled({rule("a", on(1U << 0 | 1U << 6), "q")});
  for (int day = 0; day < 7; ++day)
    EXPECT_EQ(decides(set, message("x"), "", {2026, 11, 22 + day, day, 0}), day == 0 || day == 6 ? "a" : "default");
}

TEST(Rules, GroupsNest) {
  const auto set = compiled({rule(
      "a",
      all({channel("chat"), any({words({"急"}), words({"urgent"})}), none({words({"不急"}), leaf(Ask::grade, {"C"})})}),
      "q")});
  EXPECT_EQ(decides(set, message("很急")), "a");
  EXPECT_EQ(decides(set, message("URGENT")), "a");
  EXPECT_EQ(decides(set, message("不急")), "default");
  EXPECT_EQ(decides(set, message("很急"), "C"), "default");
  EXPECT_EQ(decides(set, message("很急", "email")), "default");
  EXPECT_EQ(decides(set, message("hi")), "default");
}

TEST(Rules, EmptyGroups) {
  EXPECT_EQ(decides(compiled({rule("a", any({}), "q")}), message("x")), "default");
  EXPECT_EQ(decides(compiled({rule("a", none({}), "q")}), message("x")), "a");
  EXPECT_EQ(decides(compiled({rule("a", none({words({"x"})}), "q")}), message("y")), "a");
}

TEST(Rules, ThePathNamesTheFirstConditionThatFailed) {
  const auto set = compiled({rule("a", all({channel("chat"), between(0, 60)}), "q"), rule("b", channel("chat"), "q")});
  const Message m = message("x");
  const auto out = set.classify({m, "", {2026, 1, 1, 4, 90}});
  ASSERT_EQ(out.path.size(), 2U);
  EXPECT_EQ(out.path[0], (Considered{"a", false, "time(00:00-01:00)"}));
  EXPECT_EQ(out.path[1], (Considered{"b", true, ""}));
}

TEST(Rules, ThePathIsBoundedAndKeepsTheWinner) {
  std::vector<RuleSpec> rules;
  for (int i = 0; i < 60; ++i)
    rules.push_back(rule("r" + std::to_string(i), all({channel("chat"), between(i, i + 1)}), "q"));
  const auto set = compiled(rules);
  const Message m = message("x");
  const auto out = set.classify({m, "", {2026, 1, 1, 4, 59}});
  EXPECT_EQ(out.rule, "r59");
  EXPECT_EQ(out.path.size(), 16U);
  EXPECT_EQ(out.path.back().rule, "r59");
}

TEST(Rules, RulesThatCannotMatchAreNotLookedAt) {
  std::vector<RuleSpec> rules;
  for (int i = 0; i < 1000; ++i)
    rules.push_back(rule("r" + std::to_string(i), all({channel("chat"), words({"w" + std::to_string(i)})}), "q"));
  const auto set = compiled(rules);
  const Message m = message("w777 and w12");
  EXPECT_EQ(set.classify({m, "", {}}).path, (std::vector<Considered>{{"r12", true, ""}}));
}

TEST(Rules, ExplainGivesEveryConditionItsValue) {
  const auto set = compiled({
      rule("a", all({channel("chat"), any({words({"急", "urgent"}), patterns({"\\d+"})})}), "q1", 3),
      rule("b", {}, "q2", 9),
  });
  const Message m = message("Urgent 42");
  const auto e = set.explain({m, "", {}});
  ASSERT_EQ(e.rules.size(), 1U);
  ASSERT_EQ(e.rules[0].conditions.size(), 5U);
  const auto& c = e.rules[0].conditions;
  EXPECT_EQ(c[1].text, "channel(chat)");
  EXPECT_EQ(c[1].depth, 1);
  EXPECT_EQ(c[1].found, "chat");
  EXPECT_EQ(c[3].text, "words(急|urgent)");
  EXPECT_EQ(c[3].depth, 2);
  EXPECT_EQ(c[3].found, "urgent");
  EXPECT_EQ(c[4].found, "\\d+");
  EXPECT_TRUE(c[4].value);
  const Message other = message("hello");
  const auto f = set.explain({other, "", {}});
  ASSERT_EQ(f.rules.size(), 2U);
  EXPECT_FALSE(f.rules[0].matched);
  EXPECT_FALSE(f.rules[0].conditions[3].value);
  EXPECT_EQ(f.rules[1].where, "rules.d/test.yaml:9");
  EXPECT_EQ(f.outcome.queue.str(), "q2");
}

// Words with the signs that the text of a condition uses are no other condition.
TEST(Rules, AValueWithABarIsOneValue) {
  for (const bool first : {true, false}) {
    auto bar = rule("bar", words({"乙|甲"}), "q1", 1), two = rule("two", words({"甲", "乙"}), "q2", 2);
    const auto set = compiled(first ? std::vector<RuleSpec>{bar, two} : std::vector<RuleSpec>{two, bar});
    EXPECT_EQ(decides(set, message("甲")), "two") << first;
    EXPECT_EQ(decides(set, message("乙")), "two") << first;
    EXPECT_EQ(decides(set, message("丙")), "default") << first;
    if (first) {
      EXPECT_EQ(decides(set, message("乙|甲")), "bar");
    }
  }
  EXPECT_NE(text(words({"a\"", "b"})), text(words({"a\"|b"})));
  EXPECT_NE(text(words({"a\\"})), text(words({"a\\\\"})));
}

TEST(Rules, HashFollowsWhatDecidesAndNothingElse) {
  const auto hash = [](std::vector<RuleSpec> r) { return compiled(std::move(r)).hash(); };
  const auto base = hash({rule("a", words({"x"}), "q", 1)});
  EXPECT_EQ(base, hash({rule("a", words({"x"}), "q", 99)}));
  EXPECT_NE(base, hash({rule("a", words({"y"}), "q")}));
  EXPECT_NE(base, hash({rule("b", words({"x"}), "q")}));
  EXPECT_NE(base, hash({rule("a", words({"x"}), "p")}));
  EXPECT_NE(base, hash({rule("a", patterns({"x"}), "q")}));
}

TEST(RuleErrors, TwoRulesWithOneName) {
  const auto e = errors({rule("a", words({"x"}), "q", 1), rule("a", words({"y"}), "q", 5)});
  ASSERT_EQ(e.size(), 1U);
  EXPECT_EQ(e[0].code, CompileCode::duplicate_id);
  EXPECT_EQ(e[0].at.line, 5);
  EXPECT_EQ(e[0].other_at.line, 1);
}

TEST(RuleErrors, RulesAfterOneThatAlwaysDecides) {
  for (const auto& always : {std::optional<Condition>{}, std::optional<Condition>{all({})}}) {
    const auto e = errors({rule("a", always, "q"), rule("b", words({"y"}), "q"), rule("c", {}, "q")});
    ASSERT_EQ(e.size(), 2U);
    EXPECT_EQ(e[0].code, CompileCode::unreachable);
    EXPECT_EQ(e[0].rule, "b");
    EXPECT_EQ(e[1].rule, "c");
    EXPECT_EQ(e[1].other, "a");
  }
  EXPECT_TRUE(errors({rule("b", words({"y"}), "q"), rule("a", {}, "q")}).empty());
}

TEST(RuleErrors, TheSameConditionsTwice) {
  const auto e = errors({rule("a", words({"x"}), "q"), rule("b", words({"x"}), "p")});
  ASSERT_EQ(e.size(), 1U);
  EXPECT_EQ(e[0].code, CompileCode::unreachable);
  EXPECT_EQ(e[0].other, "a");
}

TEST(RuleErrors, AnEarlierWiderRuleDecidesBefore) {
  const auto grade = [](std::vector<std::string> v) { return leaf(Ask::grade, std::move(v)); };
  const auto menu = [](std::vector<std::string> v) { return leaf(Ask::attribute, std::move(v), "menu"); };
  struct Pair {
    Condition wide, narrow;
  };
  for (const auto& [wide, narrow] : std::vector<Pair>{
           {words({"x", "Y", "z"}), words({"z", "y"})},
           {channel("chat"), all({channel("chat"), words({"x"})})},
           {leaf(Ask::channel, {"chat", "email"}), channel("email")},
           {grade({"vip", "A"}), grade({"VIP"})},
           {menu({}), menu({"1"})},
           {menu({"1", "2"}), all({channel("phone"), menu({"2"})})},
           {any({words({"x"}), words({"y"})}), words({"y"})},
           {all({channel("chat"), any({words({"x", "y"}), patterns({"p"})})}),
            all({channel("chat"), any({words({"x"}), patterns({"p"})}), grade({"A"})})},
           {all({channel("chat"), between(480, 1080)}), all({channel("chat"), between(540, 600)})},
           {all({channel("chat"), on(0b0111110)}), all({channel("chat"), on(0b0000110)})},
           {all({channel("chat"), none({words({"x"})})}), all({channel("chat"), none({words({"x", "y"})})})}}) {
    const auto e = errors({rule("a", wide, "q", 1), rule("b", narrow, "p", 5)});
    ASSERT_EQ(e.size(), 1U) << text(wide) << " before " << text(narrow);
    EXPECT_EQ(e[0].code, CompileCode::unreachable);
    EXPECT_EQ(e[0].rule + e[0].other, "ba");
    EXPECT_TRUE(errors({rule("a", narrow, "q"), rule("b", wide, "p")}).empty())
        << text(narrow) << " before " << text(wide);
  }
  for (const auto& [one, other] :
       std::vector<Pair>{{words({"x", "y"}), words({"y", "z"})},
                         {all({channel("chat"), words({"x"})}), channel("chat")},
                         {all({channel("chat"), words({"x"})}), all({channel("email"), words({"x"})})},
                         {menu({"1"}), menu({})},
                         {menu({"1"}), leaf(Ask::attribute, {"1"}, "branch")},
                         {all({channel("chat"), between(1320, 360)}), all({channel("chat"), between(300, 400)})},
                         {none({words({"x", "y"})}), none({words({"x"})})}})
    EXPECT_TRUE(errors({rule("a", one, "q"), rule("b", other, "p")}).empty()) << text(one) << " before " << text(other);
}

TEST(RuleErrors, ManyRulesOfOneShapeAreComparedInTime) {
  std::vector<RuleSpec> list;
  for (int i = 0; i < 10'000; ++i)
    list.push_back(rule("r" + std::to_string(i), all({channel("chat"), any({words({"w" + std::to_string(i)})})}), "q"));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(errors(std::move(list)).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{20});
}

TEST(RuleErrors, BadPatternsAndEmptyWords) {
  const auto e = errors({rule("a", patterns({"ok", "(", "a{2000}"}), "q"), rule("b", words({" "}), "q"),
                         rule("c", patterns({"(?=x)"}), "q")});
  ASSERT_EQ(e.size(), 4U);
  EXPECT_EQ(e[0].code, CompileCode::bad_pattern);
  EXPECT_EQ(e[0].other, "(");
  EXPECT_EQ(e[1].other, "a{2000}");
  EXPECT_EQ(e[2].code, CompileCode::empty_words);
  EXPECT_EQ(e[3].code, CompileCode::bad_pattern);
}

TEST(RuleErrors, TooDeep) {
  Condition c = words({"x"});
  for (int i = 0; i < 40; ++i) c = all({c});
  const auto e = errors({rule("a", c, "q")});
  ASSERT_EQ(e.size(), 1U);
  EXPECT_EQ(e[0].code, CompileCode::too_deep);
}

TEST(Examples, AnExampleThatFailsIsNamed) {
  Settings s;
  s.rules = {rule("a", words({"投诉"}), "complaints")};
  Example good;
  good.message = message("投诉");
  good.rule = "a";
  good.queue = QueueName("complaints");
  Example bad = good;
  bad.message = message("你好");
  s.examples = {good, bad};
  const auto set = RuleSet::compile(std::move(s));
  ASSERT_TRUE(set);
  const auto failures = run_examples(*set);
  ASSERT_EQ(failures.size(), 2U);
  EXPECT_EQ(failures[0].example, &(*set).settings().examples[1]);
  EXPECT_EQ(failures[0].field, "rule");
  EXPECT_EQ(failures[0].got, "default");
  EXPECT_EQ(failures[1].field, "queue");
}

}  // namespace
}  // namespace fd::rules::testing
