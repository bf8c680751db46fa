#include "router/rules/text.hpp"

#include <algorithm>

namespace fd::rules {
namespace {

constexpr char32_t broken = 0xFFFD;

// One code point at `i`, which moves on. Overlong forms, surrogates and lone bytes give U+FFFD (RFC 3629).
char32_t decode(std::string_view s, std::size_t& i) noexcept {
  const auto lead = static_cast<unsigned char>(s[i++]);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 && lead <= 0xF4   ? 3
                           : lead >= 0xE0 && lead <= 0xEF ? 2
                           : lead >= 0xC2 && lead <= 0xDF ? 1
                                                          : 0;
  if (more == 0) return broken;
  char32_t c = lead & (0x3FU >> more);
  for (std::size_t k = 0; k < more; ++k) {
    if (i >= s.size() || (static_cast<unsigned char>(s[i]) & 0xC0U) != 0x80U) return broken;
    c = c << 6 | (static_cast<unsigned char>(s[i++]) & 0x3FU);
  }
  const bool overlong = (more == 2 && c < 0x800) || (more == 3 && c < 0x10000);
  return overlong || (c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF ? broken : c;
}

constexpr char32_t fold_one(char32_t c) noexcept {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
  if (c >= U'A' && c <= U'Z') return c + 32;
  if (c == 0x3000 || c == 0x00A0 || c == U'\t' || c == U'\n' || c == U'\r') return U' ';
  return c == 0x2019 ? U'\'' : c;
}

constexpr std::size_t slot(std::uint64_t key, std::size_t mask) noexcept {
  return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> 24) & mask;
}

constexpr std::uint64_t step_key(std::uint32_t state, std::uint32_t symbol) noexcept {
  return static_cast<std::uint64_t>(state) << 32 | symbol;
}

}  // namespace

std::u32string fold(std::string_view utf8) {
  std::u32string out;
  out.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size();) {
    const char32_t c = fold_one(decode(utf8, i));
    if (c == U' ' && (out.empty() || out.back() == U' ')) continue;
    out.push_back(c);
  }
  if (!out.empty() && out.back() == U' ') out.pop_back();
  return out;
}

bool latin(char32_t c) noexcept {
  return (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || c == U'_' ||
         (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7);
}

std::uint32_t Words::add(std::string_view word) {
  Word w{fold(word), std::string(word)};
  const auto [it, fresh] = numbers_.try_emplace(w.text, static_cast<std::uint32_t>(words_.size()));
  if (!fresh) return it->second;
  w.left = latin(w.text.front());
  w.right = latin(w.text.back());
  words_.push_back(std::move(w));
  return it->second;
}

void Words::insert(std::uint32_t state, std::uint32_t symbol, std::uint32_t to) {
  if ((steps_used_ + 1) * 2 > steps_.size()) {
    std::vector<Step> old(std::max<std::size_t>(64, steps_.size() * 2));
    old.swap(steps_);
    steps_used_ = 0;
    for (const Step& s : old)
      if (s.key != 0) insert(static_cast<std::uint32_t>(s.key >> 32), static_cast<std::uint32_t>(s.key), s.to);
  }
  const auto key = step_key(state, symbol);
  std::size_t at = slot(key, steps_.size() - 1);
  while (steps_[at].key != 0) at = (at + 1) & (steps_.size() - 1);
  steps_[at] = {key, to};
  ++steps_used_;
}

std::uint32_t Words::find(std::uint32_t state, std::uint32_t symbol) const noexcept {
  if (state == 0) return root_[symbol];
  const auto key = step_key(state, symbol);
  for (std::size_t at = slot(key, steps_.size() - 1); steps_[at].key != 0; at = (at + 1) & (steps_.size() - 1))
    if (steps_[at].key == key) return steps_[at].to;
  return 0;
}

std::uint32_t Words::next(std::uint32_t at, std::uint32_t symbol) const noexcept {
  if (symbol == 0) return 0;
  for (;;) {
    const std::uint32_t state = at & state_mask;
    if (const auto to = find(state, symbol); to != 0 || state == 0) return to;
    at = (at & shallow) != 0 ? 0 : states_[state].fail;
  }
}

std::uint32_t Words::facts(std::uint32_t state) const noexcept {
  if (state == 0) return 0;
  const State& s = states_[state];
  return state | (s.word != none || s.shorter != 0 ? ends : 0) | (s.fail == 0 ? shallow : 0);
}

bool Words::edges(const std::u32string& folded, std::size_t last, std::uint32_t word) const noexcept {
  const Word& w = words_[word];
  const std::size_t first = last + 1 - w.text.size();
  if (w.left && first > 0 && latin(folded[first - 1])) return false;
  return !(w.right && last + 1 < folded.size() && latin(folded[last + 1]));
}

void Words::build() {
  std::uint32_t symbols = 0;
  for (const Word& w : words_)
    for (const char32_t c : w.text) {
      if (c >= symbols_.size()) symbols_.resize(c + 1, 0);
      if (symbols_[c] == 0) symbols_[c] = ++symbols;
    }
  states_.assign(1, State{});
  root_.assign(symbols + 1, 0);
  steps_.assign(64, Step{});
  struct Edge {
    std::uint32_t from, symbol, to;
  };
  std::vector<std::vector<Edge>> levels;  // by depth: fail links need the shorter ones first
  for (std::uint32_t n = 0; n < words_.size(); ++n) {
    std::uint32_t state = 0;
    std::size_t depth = 0;
    for (const char32_t c : words_[n].text) {
      const std::uint32_t s = symbol(c);
      std::uint32_t to = find(state, s);
      if (to == 0) {
        to = static_cast<std::uint32_t>(states_.size());
        states_.emplace_back();
        if (state == 0)
          root_[s] = to;
        else
          insert(state, s, to);
        if (levels.size() <= depth) levels.resize(depth + 1);
        levels[depth].push_back({state, s, to});
      }
      state = to;
      ++depth;
    }
    states_[state].word = n;
  }
  for (const auto& level : levels)
    for (const Edge& e : level) {
      State& s = states_[e.to];
      s.fail = e.from == 0 ? 0 : next(states_[e.from].fail, e.symbol);
      s.shorter = states_[s.fail].word != none ? s.fail : states_[s.fail].shorter;
    }
  for (auto& to : root_) to = facts(to);
  for (auto& step : steps_) step.to = facts(step.to);
}

}  // namespace fd::rules
