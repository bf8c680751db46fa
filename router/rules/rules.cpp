#include "router/rules/rules.hpp"

#include <bit>
#include <stdexcept>

#include "router/rules/compiled.hpp"

namespace fd::rules {
namespace {

constexpr std::size_t path_max = 16;
constexpr std::size_t text_bytes_max = std::size_t{256} * 1024;  // longer is an attachment at the edge (design §7)

bool in_time(const Condition& c, int minute) noexcept {
  return c.from < c.to ? minute >= c.from && minute < c.to : minute >= c.from || minute < c.to;
}

std::string shortened(std::string s) {
  constexpr std::size_t max = 120;
  if (s.size() <= max) return s;
  std::size_t end = max;
  while (end > 0 && (static_cast<unsigned char>(s[end]) & 0xC0U) == 0x80U) --end;
  return s.substr(0, end) + "…";
}

std::string_view scanned(const Message& m) { return std::string_view(m.text).substr(0, text_bytes_max); }

const auto ignore = [](auto&&...) {};

}  // namespace

void throw_exception_from_error(const std::vector<CompileError>& errors, const boost::source_location&) {
  throw std::invalid_argument("rules do not compile: " + (errors.empty() ? "" : errors.front().rule));
}

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

bool has_bit(Ask t) noexcept {
  return t != Ask::all && t != Ask::any && t != Ask::none && t != Ask::time && t != Ask::weekday;
}

std::string value_key(Ask ask, std::string_view key, std::string_view value) {
  // The length keeps a hostile attribute name from reading as name and value.
  std::string out(1, static_cast<char>('a' + static_cast<int>(ask)));
  out += std::to_string(key.size());
  out += ':';
  out += key;
  out += value;
  return out;
}

std::string presence_key(std::string_view key) { return "?" + std::string(key); }

void Compiled::patterns_of(std::string_view text, std::vector<int>& found, std::string& failure) const {
  re2::RE2::Set::ErrorInfo info{re2::RE2::Set::kNoError};
  if (patterns->Match({text.data(), text.size()}, &found, &info) || info.kind == re2::RE2::Set::kNoError) return;
  found.clear();
  if (info.kind != re2::RE2::Set::kOutOfMemory) {
    failure = "patterns could not be evaluated";
    return;
  }
  for (std::size_t i = 0; i < single.size(); ++i)  // the common automaton grew too large: slower, as right
    if (re2::RE2::PartialMatch({text.data(), text.size()}, *single[i])) found.push_back(static_cast<int>(i));
}

template <class Word, class Pattern, class Key>
Scan Compiled::scan(const Input& in, Word&& word, Pattern&& pattern, Key&& key) const {
  Scan s{Bits(leaves), Bits(trees.size()), {}};
  const auto hold = [&](const std::vector<Leaf>& which) {
    for (const Leaf leaf : which) {
      if (s.leaves.test(leaf)) continue;
      s.leaves.set(leaf);
      for (const RuleIndex rule : rules_of[leaf]) s.candidates.set(rule);
    }
  };
  const auto look = [&](const std::string& name, const std::string& shown) {
    if (const auto it = keyed.find(name); it != keyed.end()) {
      key(it->second, shown);
      hold(it->second);
    }
  };
  const Message& m = in.message;
  for (const RuleIndex rule : always) s.candidates.set(rule);
  look(value_key(Ask::channel, "", m.channel.str()), m.channel.str());
  if (!in.grade.empty()) look(value_key(Ask::grade, "", lower(in.grade)), std::string(in.grade));
  const std::string locale = lower(m.locale);
  for (std::size_t end = locale.find_first_of("-_"); !locale.empty(); end = locale.find_first_of("-_", end + 1)) {
    look(value_key(Ask::locale, "", std::string_view(locale).substr(0, end)), m.locale);
    if (end == std::string::npos) break;
  }
  for (const auto& [name, value] : m.attributes) {
    look(presence_key(name), value);
    look(value_key(Ask::attribute, name, value), value);
  }
  if (words.size() != 0 && !m.text.empty())
    words.scan(fold(scanned(m)), [&](std::uint32_t n) {
      word(n);
      hold(word_leaves[n]);
    });
  if (patterns && !m.text.empty()) {
    std::vector<int> found;
    patterns_of(scanned(m), found, s.failure);
    for (const int n : found) {
      pattern(n);
      hold(pattern_leaves[static_cast<std::size_t>(n)]);
    }
  }
  return s;
}

bool Compiled::node_holds(std::uint32_t at, const Input& in, const Scan& s, const Condition** failed) const {
  const Node& node = nodes[at];
  const Condition& c = *node.condition;
  bool value = false;
  switch (c.ask) {
    case Ask::all:
      for (std::uint32_t child = at + 1; child < node.end; child = nodes[child].end)
        if (!node_holds(child, in, s, failed)) return false;
      return true;
    case Ask::any:
    case Ask::none: {
      const Condition* unused = nullptr;
      for (std::uint32_t child = at + 1; child < node.end && !value; child = nodes[child].end)
        value = node_holds(child, in, s, &unused);
      if (c.ask == Ask::none) value = !value;
      break;
    }
    case Ask::time: value = in_time(c, in.local.minute_of_day); break;
    case Ask::weekday: value = (c.days >> in.local.weekday & 1U) != 0; break;
    default: value = s.leaves.test(node.leaf);
  }
  if (!value) *failed = &c;
  return value;
}

bool Compiled::holds(const Tree& tree, const Input& in, const Scan& s, const Condition** failed) const {
  return tree.begin == tree.end || node_holds(tree.begin, in, s, failed);
}

void Compiled::take(Outcome& out, RuleIndex index) const {
  const RuleSpec& rule = settings.rules[index];
  const Action& a = rule.then;
  out.rule = rule.id;
  out.where = text(rule.at);
  if (a.queue) out.queue = *a.queue;
  out.priority = a.priority.value_or(out.priority);
  out.urgency = a.urgency.value_or(out.urgency);
  out.kind = a.kind;
  out.needs = a.needs;
  out.tags = a.tags;
  out.head_start = a.head_start;
  out.band = a.band.value_or(out.band);
}

Outcome RuleSet::classify(const Input& in) const {
  const Compiled& c = *compiled_;
  Outcome out;
  out.queue = c.settings.default_queue;
  Scan s = c.scan(in, ignore, ignore, ignore);
  if (!s.failure.empty()) {
    out.failure = s.failure;
    return out;
  }
  const auto& blocks = s.candidates.words();
  for (std::size_t block = 0; block < blocks.size(); ++block)
    for (std::uint64_t left = blocks[block]; left != 0; left &= left - 1) {
      const auto index = static_cast<RuleIndex>(block * 64 + static_cast<std::size_t>(std::countr_zero(left)));
      const Condition* failed = nullptr;
      const bool matched = c.holds(c.trees[index], in, s, &failed);
      if (matched || out.path.size() + 1 < path_max)
        out.path.push_back({c.settings.rules[index].id, matched, failed ? shortened(text(*failed)) : ""});
      if (!matched) continue;
      c.take(out, index);
      return out;
    }
  return out;
}

Explanation RuleSet::explain(const Input& in) const {
  const Compiled& c = *compiled_;
  std::unordered_map<Leaf, std::string> found;
  const auto note = [&found](const std::vector<Leaf>& leaves, const std::string& what) {
    for (const Leaf leaf : leaves) {
      std::string& all = found[leaf];
      if (all.find(what) == std::string::npos) all += (all.empty() ? "" : ", ") + what;
    }
  };
  Scan s = c.scan(
      in, [&](std::uint32_t n) { note(c.word_leaves[n], c.words.shown(n)); },
      [&](int n) {
        note(c.pattern_leaves[static_cast<std::size_t>(n)], c.single[static_cast<std::size_t>(n)]->pattern());
      },
      note);
  Explanation out{classify(in), {}};
  for (std::size_t i = 0; i < c.trees.size() && s.failure.empty(); ++i) {
    const Condition* failed = nullptr;
    RuleValue rule{c.settings.rules[i].id, text(c.settings.rules[i].at), c.holds(c.trees[i], in, s, &failed), {}};
    std::vector<std::uint32_t> ends;  // of the nodes around this one
    for (std::uint32_t n = c.trees[i].begin; n < c.trees[i].end; ++n) {
      while (!ends.empty() && ends.back() <= n) ends.pop_back();
      const Condition* unused = nullptr;
      const Node& node = c.nodes[n];
      const auto what = has_bit(node.condition->ask) ? found.find(node.leaf) : found.end();
      rule.conditions.push_back({static_cast<int>(ends.size()), text(*node.condition), c.node_holds(n, in, s, &unused),
                                 what == found.end() ? "" : what->second});
      ends.push_back(node.end);
    }
    out.rules.push_back(std::move(rule));
    if (out.rules.back().matched) break;
  }
  return out;
}

RuleSet::RuleSet(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;
const std::string& RuleSet::hash() const noexcept { return compiled_->hash; }
const Settings& RuleSet::settings() const noexcept { return compiled_->settings; }

}  // namespace fd::rules
