#include "daemon/cli/table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace fd::cli {
namespace {

struct Range {
  char32_t first, last;
};
constexpr std::array<Range, 18> wide{{{0x1100, 0x115F},
                                      {0x231A, 0x231B},
                                      {0x23E9, 0x23EC},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0x33FF},
                                      {0x3400, 0x4DBF},
                                      {0x4E00, 0x9FFF},
                                      {0xA000, 0xA4CF},
                                      {0xA960, 0xA97F},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0xFFE0, 0xFFE6},
                                      {0x1F300, 0x1F64F},
                                      {0x1F680, 0x1F6FF},
                                      {0x1F900, 0x1F9FF},
                                      {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 6> none{
    {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};
constexpr std::array<Range, 6> hidden{
    {{0x00, 0x1F}, {0x7F, 0x9F}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}}};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t c) noexcept {
  return std::any_of(ranges.begin(), ranges.end(), [c](const Range& r) { return c >= r.first && c <= r.last; });
}

struct Decoded {
  char32_t character = 0xFFFD;
  std::size_t bytes = 1;
  bool ok = false;
};

// One character at the front of `text` (RFC 3629); ok is false for anything that is not well-formed.
Decoded decode(std::string_view text) noexcept {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = at(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (bytes == 0 || lead >= 0xF5 || text.size() < bytes) return {};
  char32_t c = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((at(i) & 0xC0U) != 0x80U) return {};
    c = (c << 6U) | (at(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (c < least[bytes] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return {};
  return {c, bytes, true};
}

std::string padded(const std::string& text, std::size_t cells, bool right) {
  const auto own = width(text);
  const std::string space(cells > own ? cells - own : 0, ' ');
  return right ? space + text : text + space;
}

}  // namespace

std::size_t width(std::string_view utf8) noexcept {
  std::size_t cells = 0;
  while (!utf8.empty()) {
    const auto one = decode(utf8);
    cells += in(wide, one.character) ? 2 : in(none, one.character) ? 0 : 1;
    utf8.remove_prefix(one.bytes);
  }
  return cells;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto one = decode(text);
    if (one.ok && !in(hidden, one.character))
      out.append(text.substr(0, one.bytes));
    else
      out.append("\xEF\xBF\xBD");
    text.remove_prefix(one.bytes);
  }
  return out;
}

std::string Table::str(bool bold_titles) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(width(columns_[i].title));
    for (const auto& row : rows_)
      if (i < row.size()) widths[i] = std::max(widths[i], width(row[i]));
  }
  const auto line = [&](const auto& cell) {
    std::string out;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      out += (i == 0 ? "" : "  ") + padded(cell(i), widths[i], columns_[i].right);
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  };
  auto out = line([&](std::size_t i) { return columns_[i].title; });
  if (bold_titles) out = "\x1b[1m" + out + "\x1b[0m";
  out += '\n';
  for (const auto& row : rows_)
    out += line([&](std::size_t i) { return i < row.size() ? row[i] : std::string(); }) + '\n';
  return out;
}

std::string local_time(std::int64_t ms) {
  if (ms == 0) return "-";
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &parts)};
}

std::string utc_time(std::int64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  char fraction[8];
  const int more = std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(ms % 1000));
  return std::string(text, size) + std::string(fraction, static_cast<std::size_t>(std::max(more, 0)));
}

std::string duration(std::int64_t ms) {
  const auto seconds = std::max<std::int64_t>(0, ms / 1000);
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  if (seconds >= 3600) return std::to_string(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
  return std::to_string(seconds / 60) + ":" + two(seconds % 60);
}

}  // namespace fd::cli
