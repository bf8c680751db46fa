// Prints what a message costs in processor time at 1,000 and 10,000 rules. No assertion on it: that belongs to the
// benchmark suite, on a quiet machine.

#include <gtest/gtest.h>

#include <cstdio>
#include <ctime>
#include <random>

#include "tests/unit/rules/build.hpp"

namespace fd::rules::testing {
namespace {

std::string syllables(std::mt19937& random, std::size_t n) {
  std::string out;
  for (; n > 0; --n) {
    const unsigned c = 0x4E00 + random() % 2500;  // common characters
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
    if (i % 4 == 0) parts.push_back(leaf(Ask::attribute, {"p" + id}, "product"));
    if (i % 4 != 0) parts.push_back(words({syllables(random, 2), syllables(random, 3), "word" + id}));
    if (i % 50 == 7) parts.push_back(patterns({"单号" + id + "\\d{4}"}));
    if (i % 5 == 0) parts.push_back(between(540, 1080));
    if (i % 7 == 0) parts.push_back(none({leaf(Ask::grade, {"C"})}));
    rules.push_back(rule("r" + id, all(parts), "q" + std::to_string(i % 9)));
  }
  return compiled(rules);
}

TEST(Speed, PrintsMicrosecondsAMessage) {
  for (const std::size_t n : {std::size_t{1000}, std::size_t{10000}}) {
    std::mt19937 random(5);
    const auto begin = std::clock();
    const auto set = many(n, random);
    const auto compiled_at = std::clock();
    std::vector<Message> messages;
    for (int i = 0; i < 200; ++i) {
      const std::size_t about = random() % n;  // half of the messages are about a rule, and mostly meet it
      const std::string number = std::to_string(i % 2 == 0 ? about : about + n);
      Message m = message(syllables(random, 293) + " word" + number, about % 3 == 0 ? "email" : "chat");
      m.locale = "zh-CN";
      m.attributes = {{"site", "site" + std::to_string(about % 20)},
                      {"product", "p" + number},
                      {"url", "https://www.example.cn/p/1"}};
      messages.push_back(std::move(m));
    }
    std::size_t decided = 0, looked_at = 0;
    for (const auto& m : messages) decided += decides(set, m, "B", {2026, 1, 1, 4, 600}) == "default" ? 0 : 1;
    constexpr int rounds = 20;
    const auto start = std::clock();
    for (int i = 0; i < rounds; ++i)
      for (const auto& m : messages) looked_at += set.classify({m, "B", {2026, 1, 1, 4, 600}}).path.size();
    const auto end = std::clock();
    const auto us = [](std::clock_t ticks) { return static_cast<double>(ticks) * 1e6 / CLOCKS_PER_SEC; };
    std::printf(
        "%zu rules: compiled in %.1f ms; %.1f us a message of 300 characters; %zu of %zu decided, %.1f looked at\n", n,
        us(compiled_at - begin) / 1000, us(end - start) / (rounds * static_cast<double>(messages.size())), decided,
        messages.size(), static_cast<double>(looked_at) / (rounds * static_cast<double>(messages.size())));
    EXPECT_GT(looked_at, 0U);
  }
}

}  // namespace
}  // namespace fd::rules::testing
