#pragma once
// Words in a text. The text is UTF-8 in NFC (adapters send it so). Folding before the comparison: ASCII letters to
// lower case, full-width ASCII (ＶＩＰ１２３) to ASCII, the ideographic space to a space, ’ to ', runs of white space
// to one space. A word that begins or ends with a Latin letter or digit matches only where it is not part of a longer
// one; Chinese matches anywhere, for it is written without spaces.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fd::rules {

[[nodiscard]] std::u32string fold(std::string_view utf8);  // a broken byte becomes U+FFFD
[[nodiscard]] bool latin(char32_t) noexcept;               // letter or digit of a word that has edges

// Aho and Corasick (1975) over code points: all words in one pass over the text, whatever their number.
class Words {
 public:
  // A word that folds like an earlier one gives its number; numbers count 0, 1, 2 … It must not fold to nothing.
  std::uint32_t add(std::string_view word);
  void build();  // after the last add, before the first scan
  [[nodiscard]] std::size_t size() const noexcept { return words_.size(); }
  [[nodiscard]] const std::string& shown(std::uint32_t number) const noexcept { return words_[number].shown; }

  // Calls found(number) for each occurrence.
  template <class Found>
  void scan(const std::u32string& folded, Found&& found) const {
    std::uint32_t at = 0;
    for (std::size_t i = 0; i < folded.size(); ++i) {
      at = next(at, symbol(folded[i]));
      if ((at & ends) == 0) continue;
      for (std::uint32_t s = at & state_mask; s != 0; s = states_[s].shorter)
        if (const auto w = states_[s].word; w != none && edges(folded, i, w)) found(w);
    }
  }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  // A step's target carries two facts about the state, so that most characters touch no state at all.
  static constexpr std::uint32_t ends = 1U << 31;     // a word ends here, or a shorter one does
  static constexpr std::uint32_t shallow = 1U << 30;  // its fail link is the root
  static constexpr std::uint32_t state_mask = shallow - 1;
  struct Word {
    std::u32string text;
    std::string shown;                 // as written
    bool left = false, right = false;  // edges to check
  };
  struct State {
    std::uint32_t fail = 0;
    std::uint32_t shorter = 0;  // nearest state on the fail chain that ends a word; 0 = none
    std::uint32_t word = none;
  };
  struct Step {
    std::uint64_t key = 0;  // state << 32 | symbol; 0 = free, for symbols count from 1
    std::uint32_t to = 0;
  };

  [[nodiscard]] std::uint32_t symbol(char32_t c) const noexcept {
    return c < symbols_.size() ? symbols_[c] : 0;  // 0: in no word
  }
  [[nodiscard]] std::uint32_t find(std::uint32_t state, std::uint32_t symbol) const noexcept;
  [[nodiscard]] std::uint32_t next(std::uint32_t at, std::uint32_t symbol) const noexcept;
  [[nodiscard]] bool edges(const std::u32string& folded, std::size_t last, std::uint32_t word) const noexcept;
  [[nodiscard]] std::uint32_t facts(std::uint32_t state) const noexcept;
  void insert(std::uint32_t state, std::uint32_t symbol, std::uint32_t to);

  std::vector<Word> words_;
  std::unordered_map<std::u32string, std::uint32_t> numbers_;  // by folded text
  std::vector<std::uint32_t> symbols_;                         // by code point
  std::vector<State> states_;
  std::vector<std::uint32_t> root_;  // first step, by symbol
  std::vector<Step> steps_;          // open addressing, at most half full
  std::size_t steps_used_ = 0;
};

}  // namespace fd::rules
