// Rules alone: what classifying a message of 300 characters costs with N rules of words, patterns, attributes and
// times. Half of the messages are about a rule. The decisions are counted, and compared with explain(), which evaluates
// every rule one by one.
//
// Usage: bench_rules RULES MESSAGES

#include <cstdlib>
#include <random>
#include <stdexcept>

#include "tests/bench/json_line.hpp"
#include "tests/unit/rules/build.hpp"

namespace {

using namespace fd;
using namespace fd::rules;
using namespace fd::rules::testing;

constexpr std::size_t characters = 300;
const calendar::LocalTime morning{2026, 1, 1, 4, 600};

std::string syllables(std::mt19937& random, std::size_t n) {
  std::string out;
  for (; n > 0; --n) {
    const unsigned c = 0x4E00 + static_cast<unsigned>(random() % 2500);  // common characters
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
  return out;
}

RuleSet many(std::size_t n, std::mt19937& random) {
  std::vector<RuleSpec> rules;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string id = std::to_string(i);
    std::vector<Condition> parts{leaf(Ask::channel, {i % 3 == 0 ? "email" : "chat"}),
                                 leaf(Ask::attribute, {"site" + std::to_string(i % 20)}, "site")};
    if (i % 4 == 0)
      parts.push_back(leaf(Ask::attribute, {"p" + id}, "product"));
    else
      parts.push_back(words({syllables(random, 2), syllables(random, 3), "word" + id}));
    if (i % 50 == 7) parts.push_back(patterns({"单号" + id + "\\d{4}"}));
    if (i % 5 == 0) parts.push_back(between(540, 1080));
    if (i % 7 == 0) parts.push_back(none({leaf(Ask::grade, {"C"})}));
    rules.push_back(rule("r" + id, all(parts), "q" + std::to_string(i % 9)));
  }
  return compiled(std::move(rules));
}

std::vector<Message> about(std::size_t rules, std::mt19937& random) {
  std::vector<Message> list;
  for (int i = 0; i < 200; ++i) {
    const std::size_t which = random() % rules;
    const std::string number = std::to_string(i % 2 == 0 ? which : which + rules);
    const std::string tail = " word" + number;
    Message m = message(syllables(random, characters - tail.size()) + tail, which % 3 == 0 ? "email" : "chat");
    m.locale = "zh-CN";
    m.attributes = {{"site", "site" + std::to_string(which % 20)},
                    {"product", "p" + number},
                    {"url", "https://www.example.cn/p/1"}};
    list.push_back(std::move(m));
  }
  return list;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fputs("usage: bench_rules RULES MESSAGES\n", stderr), 2;
  const auto n = static_cast<std::size_t>(std::strtoull(argv[1], nullptr, 10));
  const auto count = static_cast<std::size_t>(std::strtoull(argv[2], nullptr, 10));
  std::mt19937 random(5);
  const RuleSet set = many(n, random);
  const auto messages = about(n, random);
  std::size_t decided = 0;
  for (const auto& m : messages) {
    const Input input{m, "B", morning};
    const auto outcome = set.classify(input);
    if (outcome.rule != set.explain(input).outcome.rule)
      return std::fputs("bench_rules: classify and explain differ\n", stderr), 1;
    decided += outcome.rule == "default" ? 0 : 1;
  }
  std::size_t looked_at = 0;
  const double begin = fd::bench::thread_seconds();
  for (std::size_t i = 0; i < count; ++i)
    looked_at += set.classify({messages[i % messages.size()], "B", morning}).path.size();
  const double seconds = fd::bench::thread_seconds() - begin;
  if (decided == 0 || looked_at == 0) return std::fputs("bench_rules: no rule was ever met\n", stderr), 1;
  fd::bench::JsonLine()
      .add("rules", static_cast<double>(n))
      .add("us_a_message", seconds * 1e6 / static_cast<double>(count))
      .add("decided", static_cast<double>(decided) / static_cast<double>(messages.size()))
      .print();
  return 0;
}
