// Words in texts: folding, edges of Latin words, Chinese anywhere, many words at once.

#include "router/rules/text.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace fd::rules {
namespace {

std::set<std::string> found(const std::vector<std::string>& words, std::string_view text) {
  Words w;
  for (const auto& word : words) w.add(word);
  w.build();
  std::set<std::string> out;
  w.scan(fold(text), [&](std::uint32_t n) { out.insert(w.shown(n)); });
  return out;
}
bool has(const std::string& word, std::string_view text) { return !found({word}, text).empty(); }

TEST(Words, ChineseMatchesAnywhereInTheText) {
  EXPECT_TRUE(has("投诉", "我要投诉你们"));
  EXPECT_TRUE(has("投诉", "投诉"));
  EXPECT_FALSE(has("投诉", "投 诉"));
  EXPECT_FALSE(has("投诉", "诉投"));
}

TEST(Words, LatinMatchesWholeWordsOnly) {
  EXPECT_TRUE(has("sue", "I will SUE you"));
  EXPECT_TRUE(has("sue", "sue"));
  EXPECT_TRUE(has("Sue", "(sue)!"));
  EXPECT_FALSE(has("sue", "an issue"));
  EXPECT_FALSE(has("sue", "sued"));
  EXPECT_FALSE(has("sue", "sue2"));
  EXPECT_FALSE(has("sue", "pursuer, suené"));
  EXPECT_FALSE(has("12315", "order 9123150"));
  EXPECT_TRUE(has("12315", "打12315热线"));
  EXPECT_TRUE(has("refund", "我要refund啊"));
}

TEST(Words, OneSideLatinHasOneEdge) {
  EXPECT_TRUE(has("vip客户", "老VIP客户了"));
  EXPECT_FALSE(has("vip客户", "xvip客户"));
}

TEST(Words, FoldsCaseWidthSpaceAndApostrophe) {
  EXPECT_TRUE(has("vip", "我是ＶＩＰ"));
  EXPECT_TRUE(has("12315", "１２３１５"));
  EXPECT_TRUE(has("consumer association", "the Consumer \n\t Association"));
  EXPECT_TRUE(has("don't", "I DON’T"));
  EXPECT_FALSE(has("consumer association", "consumerassociation"));
}

TEST(Words, OverlappingAndNestedWordsAreAllFound) {
  EXPECT_EQ(found({"投诉", "投诉电话", "诉电", "话", "电话费"}, "投诉电话"),
            (std::set<std::string>{"投诉", "投诉电话", "诉电", "话"}));
  EXPECT_EQ(found({"abab", "bab", "ab ab"}, "abab ab ab"), (std::set<std::string>{"abab", "ab ab"}));
}

TEST(Words, SpellingsThatFoldAlikeAreOneWord) {
  Words w;
  EXPECT_EQ(w.add("VIP"), w.add("vip"));
  EXPECT_EQ(w.add("Ｖip"), 0U);
  EXPECT_EQ(w.size(), 1U);
}

TEST(Words, BrokenUtf8IsNotAWordAndDoesNotHideTheRest) {
  EXPECT_TRUE(has("投诉", "\xE6\x8A投诉\xFF"));
  EXPECT_FALSE(has("投诉", "\xE6\x8A\x95\xE8\xAF"));
  EXPECT_EQ(fold("\xC0\xAF"), U"\uFFFD\uFFFD");
  EXPECT_EQ(fold("\xED\xA0\x80"), U"\uFFFD");
}

// The automaton against the plain search, over random texts of a small alphabet (so that much overlaps).
TEST(Words, AgreesWithPlainSearch) {
  std::mt19937 random(7);
  const std::vector<std::string> letters{"投", "诉", "a", "b", " ", "退"};
  const auto make = [&](std::size_t max) {
    std::string s;
    for (std::size_t n = 1 + random() % max; n > 0; --n) s += letters[random() % letters.size()];
    return s;
  };
  std::size_t hits = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> words;
    while (words.size() < 12)
      if (auto w = make(4); !fold(w).empty()) words.push_back(w);
    const std::u32string text = fold(make(40));
    Words all;
    for (const auto& w : words) all.add(w);
    all.build();
    std::set<std::u32string> got, expected;
    all.scan(text, [&](std::uint32_t n) { got.insert(fold(all.shown(n))); });
    for (const auto& w : words) {
      const auto f = fold(w);
      for (auto at = text.find(f); at != std::u32string::npos; at = text.find(f, at + 1)) {
        const bool left = latin(f.front()) && at > 0 && latin(text[at - 1]);
        const bool right = latin(f.back()) && at + f.size() < text.size() && latin(text[at + f.size()]);
        if (!left && !right) expected.insert(f);
      }
    }
    ASSERT_EQ(got, expected) << "round " << round;
    hits += got.size();
  }
  EXPECT_GT(hits, 500U);  // the comparison had something to compare
}

}  // namespace
}  // namespace fd::rules
