// Whether one condition holds whenever another does: for the rule that can never decide because a wider one stands
// before it. What is not seen here is only not told.
#include <algorithm>
#include <set>

#include "router/rules/compiled.hpp"

namespace fd::rules {
namespace {

std::string canonical(const Condition& leaf, const std::string& value) {
  if (leaf.ask == Ask::words) {
    std::string out;
    for (const char32_t c : fold(value)) out += std::to_string(static_cast<std::uint32_t>(c)) + " ";
    return out;
  }
  if (leaf.ask == Ask::grade || leaf.ask == Ask::locale) return lower(value);
  return value;
}

bool leaf_implies(const Condition& a, const Condition& b) {
  if (a.ask != b.ask || a.key != b.key) return false;
  if (a.ask == Ask::weekday) return (a.days & ~b.days) == 0;
  if (a.ask == Ask::time)
    return (a.from == b.from && a.to == b.to) || (a.from < a.to && b.from <= a.from && a.to <= b.to);
  if (b.values.empty() || a.values.empty()) return b.values.empty();
  std::set<std::string> wide;
  for (const auto& v : b.values) wide.insert(canonical(b, v));
  return std::all_of(a.values.begin(), a.values.end(), [&](const auto& v) { return wide.contains(canonical(a, v)); });
}

// Of what must hold with the rule, that which fewest rules share: one leaf, or one `any` of leaves.
int rarity(const Condition& c) {
  if (c.ask == Ask::words || c.ask == Ask::patterns) return 4;
  if (c.ask == Ask::attribute) return 3;
  if (c.ask == Ask::grade || c.ask == Ask::locale) return 2;
  if (c.ask == Ask::channel) return 1;
  if (c.ask != Ask::any || c.children.empty()) return 0;
  int least = 4;
  for (const auto& child : c.children) least = std::min(least, child.ask == Ask::any ? 0 : rarity(child));
  return least;
}

std::string index_key(const Condition& leaf, const std::string& value) {
  return value_key(leaf.ask, leaf.key, canonical(leaf, value));
}

}  // namespace

bool implies(const Condition& a, const Condition& b) {
  const auto each = [](const std::vector<Condition>& list, const auto& test) {
    return std::all_of(list.begin(), list.end(), test);
  };
  const auto some = [](const std::vector<Condition>& list, const auto& test) {
    return std::any_of(list.begin(), list.end(), test);
  };
  if (a.ask == Ask::any && !a.children.empty()) return each(a.children, [&](const auto& x) { return implies(x, b); });
  if (b.ask == Ask::all) return each(b.children, [&](const auto& y) { return implies(a, y); });
  if (b.ask == Ask::any && some(b.children, [&](const auto& y) { return implies(a, y); })) return true;
  if (a.ask == Ask::all) return some(a.children, [&](const auto& x) { return implies(x, b); });
  if (a.ask == Ask::none && b.ask == Ask::none)
    return each(b.children,
                [&](const auto& y) { return some(a.children, [&](const auto& x) { return implies(y, x); }); });
  return leaf_implies(a, b);
}

const RuleSpec* Wider::before(const Condition& when) const {
  const RuleSpec* found = nullptr;
  std::size_t left = looks_max;  // per rule, so that many rules cost many times it and no more
  const auto look = [&](const std::string& key) {
    const auto list = by_value_.find(key);
    if (list == by_value_.end()) return;
    for (const RuleSpec* one : list->second) {
      if (found || left-- == 0) return;
      if (implies(when, *one->when)) found = one;
    }
  };
  const auto walk = [&](const auto& self, const Condition& c) -> void {
    if (found || left == 0) return;
    if (has_bit(c.ask)) {
      if (!c.values.empty()) look(index_key(c, c.values.front()));  // all of its values must be among the wider one's
      if (c.ask == Ask::attribute) look(presence_key(c.key));
    }
    if (c.ask == Ask::none) return;
    for (const auto& child : c.children) self(self, child);
  };
  walk(walk, when);
  return found;
}

void Wider::add(const RuleSpec& rule) {
  const Condition* best = nullptr;
  const auto offer = [&](const Condition& c) {
    if (rarity(c) > (best ? rarity(*best) : 0)) best = &c;
  };
  offer(*rule.when);
  if (rule.when->ask == Ask::all)
    for (const auto& child : rule.when->children) offer(child);
  if (!best) return;
  const auto put = [&](const Condition& leaf) {
    if (leaf.values.empty()) by_value_[presence_key(leaf.key)].push_back(&rule);
    for (const auto& v : leaf.values) by_value_[index_key(leaf, v)].push_back(&rule);
  };
  if (best->ask != Ask::any) return put(*best);
  for (const auto& child : best->children) put(child);
}

}  // namespace fd::rules
