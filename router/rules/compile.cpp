#include <algorithm>
#include <cstdio>
#include <set>

#include "router/rules/compiled.hpp"

namespace fd::rules {
namespace {

constexpr int depth_max = 32;
constexpr std::int64_t set_memory_max = 64LL << 20;     // the common automaton, cached states and all
constexpr std::int64_t pattern_memory_max = 1LL << 20;  // one pattern

std::uint64_t fnv1a(std::string_view s, std::uint64_t h) noexcept {  // Fowler, Noll, Vo, 64 bit
  for (const char c : s) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return h;
}

std::string action_text(const Action& a) {
  std::string out =
      "->" + (a.queue ? a.queue->str() : "") + "/" + (a.priority ? std::to_string(int(*a.priority)) : "") + "/" +
      (a.urgency ? std::to_string(int(*a.urgency)) : "") + "/" + std::to_string(a.kind.size()) + ":" + a.kind + "/";
  for (const auto& need : a.needs) out += need.skill + "=" + std::to_string(need.level) + ",";
  out += "/";
  for (const auto& tag : a.tags) out += std::to_string(tag.size()) + ":" + tag + ",";
  out += "/" + (a.head_start ? std::to_string(a.head_start->count()) : "");
  return out + "/" + (a.band ? std::to_string(*a.band) : "");
}

re2::RE2::Options pattern_options(std::int64_t memory) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(memory);
  return options;
}

}  // namespace

struct Compiler {
  Compiled& out;
  std::vector<CompileError> errors;
  std::unordered_map<std::string, Leaf> leaves;  // by text, values sorted
  std::vector<const Condition*> leaf_condition;
  std::unordered_map<std::string, int> patterns;  // by pattern: index in the set
  std::vector<std::size_t> rarity;                // by leaf: nodes that use it

  void rule(const RuleSpec&);
  bool node(const RuleSpec&, const Condition&, int depth);
  Leaf leaf(const RuleSpec&, const Condition&);
  void words(const RuleSpec&, const Condition&, Leaf);
  void pattern(const RuleSpec&, const Condition&, Leaf);
  void order();
  void scanners();
  void index();
  std::optional<std::vector<Leaf>> necessary(std::uint32_t node) const;
  std::size_t uses(const std::vector<Leaf>&) const;
};

void Compiler::words(const RuleSpec& spec, const Condition& c, Leaf leaf) {
  for (const auto& word : c.values) {
    if (fold(word).empty()) {
      errors.push_back({CompileCode::empty_words, c.at, spec.id, word, "", {}});
      continue;
    }
    const auto n = out.words.add(word);
    if (out.word_leaves.size() <= n) out.word_leaves.resize(n + 1);
    auto& of_word = out.word_leaves[n];
    if (of_word.empty() || of_word.back() != leaf) of_word.push_back(leaf);
  }
}

void Compiler::pattern(const RuleSpec& spec, const Condition& c, Leaf leaf) {
  for (const auto& p : c.values) {
    const auto [it, fresh] = patterns.try_emplace(p, static_cast<int>(out.single.size()));
    if (fresh) {
      auto re = std::make_unique<re2::RE2>(p, pattern_options(pattern_memory_max));
      if (!re->ok()) {
        errors.push_back({CompileCode::bad_pattern, c.at, spec.id, re->error(), p, {}});
        patterns.erase(it);
        continue;
      }
      out.single.push_back(std::move(re));
      out.pattern_leaves.emplace_back();
    }
    out.pattern_leaves[static_cast<std::size_t>(patterns[p])].push_back(leaf);
  }
}

Leaf Compiler::leaf(const RuleSpec& spec, const Condition& c) {
  Condition sorted = c;
  std::sort(sorted.values.begin(), sorted.values.end());
  const auto [it, fresh] = leaves.try_emplace(text(sorted), static_cast<Leaf>(leaf_condition.size()));
  if (!fresh) {
    ++rarity[it->second];
    return it->second;
  }
  leaf_condition.push_back(&c);
  rarity.push_back(1);
  const Leaf n = it->second;
  const auto key = [&](std::string name) { out.keyed[std::move(name)].push_back(n); };
  if (c.ask == Ask::words) words(spec, c, n);
  if (c.ask == Ask::patterns) pattern(spec, c, n);
  if (c.ask == Ask::attribute && c.values.empty()) key(presence_key(c.key));
  if (c.ask == Ask::attribute)
    for (const auto& v : c.values) key(value_key(c.ask, c.key, v));
  if (c.ask == Ask::channel)
    for (const auto& v : c.values) key(value_key(c.ask, "", v));
  if (c.ask == Ask::grade || c.ask == Ask::locale)
    for (const auto& v : c.values) key(value_key(c.ask, "", lower(v)));
  return n;
}

bool Compiler::node(const RuleSpec& spec, const Condition& c, int depth) {
  if (depth > depth_max) {
    errors.push_back({CompileCode::too_deep, c.at, spec.id, std::to_string(depth_max), "", {}});
    return false;
  }
  const std::size_t at = out.nodes.size();
  out.nodes.push_back({&c, 0, has_bit(c.ask) ? leaf(spec, c) : 0});
  for (const auto& child : c.children)
    if (!node(spec, child, depth + 1)) return false;
  out.nodes[at].end = static_cast<std::uint32_t>(out.nodes.size());
  return true;
}

void Compiler::rule(const RuleSpec& spec) {
  Tree tree{static_cast<std::uint32_t>(out.nodes.size()), 0};
  if (spec.when) node(spec, *spec.when, 1);
  tree.end = static_cast<std::uint32_t>(out.nodes.size());
  out.trees.push_back(tree);
}

// Rules that can never decide: after one that always does, or one that decides whatever they would.
void Compiler::order() {
  std::unordered_map<std::string, const RuleSpec*> by_id, by_when;
  const RuleSpec* catch_all = nullptr;
  Wider wider;
  for (const auto& spec : out.settings.rules) {
    const auto [same_id, new_id] = by_id.try_emplace(spec.id, &spec);
    if (!new_id)
      errors.push_back(
          {CompileCode::duplicate_id, spec.at, spec.id, spec.id, same_id->second->id, same_id->second->at});
    const bool always = !spec.when || (spec.when->ask == Ask::all && spec.when->children.empty());
    const auto [same_when, new_when] = by_when.try_emplace(always ? "" : text(*spec.when), &spec);
    const RuleSpec* before = catch_all ? catch_all : new_when ? nullptr : same_when->second;
    if (!before && !always) before = wider.before(*spec.when);
    if (!before && !always) wider.add(spec);
    if (before) errors.push_back({CompileCode::unreachable, spec.at, spec.id, "", before->id, before->at});
    if (always && !catch_all) catch_all = &spec;
  }
}

void Compiler::scanners() {
  out.leaves = leaf_condition.size();
  out.words.build();
  if (out.single.empty()) return;
  out.patterns = std::make_unique<re2::RE2::Set>(pattern_options(set_memory_max), re2::RE2::UNANCHORED);
  for (const auto& re : out.single) out.patterns->Add(re->pattern(), nullptr);
  if (out.patterns->Compile()) return;
  CompileError error;
  error.code = CompileCode::bad_pattern;
  error.detail = "all patterns together are too large";
  errors.push_back(std::move(error));
}

std::size_t Compiler::uses(const std::vector<Leaf>& set) const {
  std::size_t n = 0;
  for (const Leaf leaf : set) n += rarity[leaf];
  return n;
}

// Leaves of which at least one holds whenever the node does; of several choices the one that fewest rules share.
std::optional<std::vector<Leaf>> Compiler::necessary(std::uint32_t at) const {
  const Node& node = out.nodes[at];
  const Ask ask = node.condition->ask;
  if (has_bit(ask)) return std::vector<Leaf>{node.leaf};
  if (ask != Ask::all && ask != Ask::any) return std::nullopt;
  std::optional<std::vector<Leaf>> best;
  if (ask == Ask::any) best.emplace();
  for (std::uint32_t child = at + 1; child < node.end; child = out.nodes[child].end) {
    auto mine = necessary(child);
    if (ask == Ask::any) {
      if (!mine) return std::nullopt;
      best->insert(best->end(), mine->begin(), mine->end());
    } else if (mine && (!best || uses(*mine) < uses(*best))) {
      best = std::move(mine);
    }
  }
  return best;
}

void Compiler::index() {
  out.rules_of.resize(out.leaves);
  for (RuleIndex i = 0; i < out.trees.size(); ++i) {
    const Tree& tree = out.trees[i];
    const auto set = tree.begin == tree.end ? std::nullopt : necessary(tree.begin);
    if (!set) out.always.push_back(i);
    for (const Leaf leaf : set.value_or(std::vector<Leaf>{}))
      if (out.rules_of[leaf].empty() || out.rules_of[leaf].back() != i) out.rules_of[leaf].push_back(i);
  }
}

boost::system::result<RuleSet, std::vector<CompileError>> RuleSet::compile(Settings settings) {
  auto out = std::make_unique<Compiled>();
  out->settings = std::move(settings);
  Compiler compiler{*out, {}, {}, {}, {}, {}};
  std::uint64_t hash = fnv1a(out->settings.default_queue.str(), 0xCBF29CE484222325ULL);
  for (const auto& spec : out->settings.rules) {
    compiler.rule(spec);
    hash = fnv1a(spec.id + (spec.when ? text(*spec.when) : "") + action_text(spec.then) + "\n", hash);
  }
  compiler.order();
  compiler.scanners();
  if (!compiler.errors.empty()) return std::move(compiler.errors);
  compiler.index();
  char hex[24];
  std::snprintf(hex, sizeof hex, "%016llx", static_cast<unsigned long long>(hash));
  out->hash = hex;
  return RuleSet(std::move(out));
}

}  // namespace fd::rules
