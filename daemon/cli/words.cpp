#include "daemon/cli/words.hpp"

namespace fd::cli {

const Words& words(Lang lang) noexcept { return lang == Lang::zh ? words_zh : words_en; }

Lang choose_lang(std::string_view flag, std::string_view lc_all, std::string_view lc_messages,
                 std::string_view lang) noexcept {
  for (const auto value : {flag, lc_all, lc_messages, lang})
    if (!value.empty()) return value.starts_with("zh") ? Lang::zh : Lang::en;
  return Lang::en;
}

std::string fill(const Word& word, std::initializer_list<std::string_view> values) {
  std::string out;
  auto rest = word.view();
  while (!rest.empty()) {
    const auto open = rest.find('{');
    out.append(rest.substr(0, open));
    if (open == std::string_view::npos) break;
    const auto n = open + 2 < rest.size() && rest[open + 2] == '}' ? static_cast<std::size_t>(rest[open + 1] - '0')
                                                                   : values.size();
    if (n < values.size()) {
      out.append(values.begin()[n]);
      rest.remove_prefix(open + 3);
    } else {
      out += '{';
      rest.remove_prefix(open + 1);
    }
  }
  return out;
}

}  // namespace fd::cli
