#pragma once
// When a chat message may have come before (design: customers, chat): the page's counter says so, and only then is its
// `cid` looked for in the transcripts.

#include <charconv>
#include <string_view>

#include "router/model/contact.hpp"

namespace fd::store {

inline constexpr std::size_t pages_kept = 16;       // of a visitor (engine/contact.cpp); an older one is forgotten
inline constexpr std::size_t lines_searched = 200;  // the newest of each of the visitor's last two contacts

[[nodiscard]] inline bool may_be_known(const Visitor& visitor, std::string_view cid) noexcept {
  if (cid.empty()) return false;
  const auto colon = cid.rfind(':');
  std::uint64_t n = 0;
  if (colon != std::string_view::npos) {
    const auto digits = cid.substr(colon + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) n = 0;
  }
  if (n == 0) return true;  // no counter of ours: the text decides
  for (const auto& page : visitor.pages)
    if (page.page == cid.substr(0, colon)) return n <= page.n;
  return n > 1 || visitor.pages.size() >= pages_kept;  // an unknown page begins at 1, or is one we forgot
}

}  // namespace fd::store
