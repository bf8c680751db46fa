#pragma once
// Inside of RuleSet: the settings turned into numbers. Leaves (the conditions that ask the message something) are
// shared by all rules that ask the same and count 0, 1, 2 …; one bit says whether a leaf holds for a message.

#include <re2/re2.h>
#include <re2/set.h>

#include <memory>
#include <unordered_map>

#include "router/rules/rules.hpp"
#include "router/rules/text.hpp"

namespace fd::rules {

using Leaf = std::uint32_t;
using RuleIndex = std::uint32_t;

class Bits {
 public:
  explicit Bits(std::size_t n) : words_((n + 63) / 64, 0) {}
  void set(std::size_t i) noexcept { words_[i / 64] |= 1ULL << (i % 64); }
  [[nodiscard]] bool test(std::size_t i) const noexcept { return (words_[i / 64] >> (i % 64) & 1U) != 0; }
  [[nodiscard]] std::vector<std::uint64_t>& words() noexcept { return words_; }

 private:
  std::vector<std::uint64_t> words_;
};

struct Node {  // of a condition tree, depth first: children follow, `end` is one past the last of them
  const Condition* condition = nullptr;
  std::uint32_t end = 0;
  Leaf leaf = 0;  // for leaves with a bit
};

struct Tree {
  std::uint32_t begin = 0, end = 0;  // nodes; empty: unconditional
};

struct Scan {  // what one message answers
  Bits leaves, candidates;
  std::string failure;
};

struct Compiled {
  Settings settings;
  std::string hash;
  std::vector<Node> nodes;
  std::vector<Tree> trees;  // one a rule
  std::size_t leaves = 0;
  std::vector<std::vector<RuleIndex>> rules_of;  // by leaf: rules for which it was chosen as necessary
  std::vector<RuleIndex> always;                 // rules without a necessary leaf

  Words words;
  std::vector<std::vector<Leaf>> word_leaves;  // by word number
  std::unique_ptr<re2::RE2::Set> patterns;     // null: none
  std::vector<std::unique_ptr<re2::RE2>> single;
  std::vector<std::vector<Leaf>> pattern_leaves;             // by index in the set
  std::unordered_map<std::string, std::vector<Leaf>> keyed;  // by value_key or presence_key

  // `word(n)`, `pattern(n)`, `key(text)` are told what held; classify passes nothing to tell.
  template <class Word, class Pattern, class Key>
  [[nodiscard]] Scan scan(const Input&, Word&&, Pattern&&, Key&&) const;
  void patterns_of(std::string_view text, std::vector<int>& found, std::string& failure) const;
  // True when the tree holds; else *failed is its first leaf that decided so.
  [[nodiscard]] bool holds(const Tree&, const Input&, const Scan&, const Condition** failed) const;
  [[nodiscard]] bool node_holds(std::uint32_t node, const Input&, const Scan&, const Condition** failed) const;
  void take(Outcome&, RuleIndex) const;
};

struct Compiler;  // compile.cpp

// implied.cpp: b holds whenever a does, as far as it can be told from their values.
[[nodiscard]] bool implies(const Condition& a, const Condition& b);

class Wider {  // the rules so far, by what must hold with them
 public:
  [[nodiscard]] const RuleSpec* before(const Condition& when) const;  // null: none that decides all of these
  void add(const RuleSpec&);                                          // with conditions

 private:
  static constexpr std::size_t looks_max = 256;
  std::unordered_map<std::string, std::vector<const RuleSpec*>> by_value_;
};

[[nodiscard]] std::string lower(std::string_view);
[[nodiscard]] std::string value_key(Ask, std::string_view key, std::string_view value);
[[nodiscard]] std::string presence_key(std::string_view attribute);
[[nodiscard]] bool has_bit(Ask) noexcept;  // a leaf answered by the scan; time and weekday are asked directly

}  // namespace fd::rules
