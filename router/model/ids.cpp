#include "router/model/ids.hpp"

#include <array>

namespace fd {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

constexpr std::array<std::int8_t, 256> decode_table() {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return table;
}

}  // namespace

Ulid Ulid::make(std::int64_t ms, std::uint64_t sequence, std::uint64_t hash40) noexcept {
  const std::uint64_t seq40 = sequence & 0xFF'FFFF'FFFFULL;
  Ulid u;
  u.hi = static_cast<std::uint64_t>(ms) << 16 | seq40 >> 24;
  u.lo = seq40 << 40 | (hash40 & 0xFF'FFFF'FFFFULL);
  return u;
}

std::optional<Ulid> Ulid::parse(std::string_view text) noexcept {
  static constexpr auto table = decode_table();
  if (text.size() != 26) return std::nullopt;
  if (table[static_cast<unsigned char>(text[0])] > 7) return std::nullopt;  // 26 x 5 bits hold 130, a ULID has 128
  Ulid u;
  for (const char c : text) {
    const auto digit = table[static_cast<unsigned char>(c)];
    if (digit < 0) return std::nullopt;
    u.hi = u.hi << 5 | u.lo >> 59;
    u.lo = u.lo << 5 | static_cast<std::uint64_t>(digit);
  }
  return u;
}

std::string Ulid::str() const {
  std::string text(26, '0');
  std::uint64_t h = hi;
  std::uint64_t l = lo;
  for (std::size_t i = 26; i-- > 0;) {
    text[i] = alphabet[l & 31U];
    l = l >> 5 | h << 59;
    h >>= 5;
  }
  return text;
}

}  // namespace fd
