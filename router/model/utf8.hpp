#pragma once
// Text from outside, cut to what may be said back, logged or kept. Half a character is no UTF-8, and a browser closes
// the socket that brings it (1007).

#include <cstddef>
#include <string_view>

namespace fd {

// At most `bytes_max` bytes, and no character in part.
[[nodiscard]] constexpr std::string_view cut_utf8(std::string_view text, std::size_t bytes_max) noexcept {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U) --bytes_max;
  return text.substr(0, bytes_max);
}

}  // namespace fd
