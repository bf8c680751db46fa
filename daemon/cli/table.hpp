#pragma once
// Text for people: columns that know the width of Chinese characters, times, durations. Pure, but for the local zone.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fd::cli {

// Cells of a terminal that UTF-8 text takes: 2 for East Asian wide and full-width characters and emoji, 0 for combining
// ones (Unicode Standard Annex 11).
[[nodiscard]] std::size_t width(std::string_view utf8) noexcept;

// What a terminal may be shown: control characters, direction marks and broken UTF-8 become U+FFFD, so that a
// customer's name cannot drive an operator's terminal.
[[nodiscard]] std::string printable(std::string_view text);

struct Column {
  std::string title;
  bool right = false;  // numbers
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  [[nodiscard]] std::string str(bool bold_titles) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

[[nodiscard]] std::string local_time(std::int64_t ms);  // 2026-11-24 14:05:20 +0800; "-" for 0
[[nodiscard]] std::string utc_time(std::int64_t ms);    // 2026-11-24T06:05:20.000Z (RFC 3339)
[[nodiscard]] std::string duration(std::int64_t ms);    // 4:05, 1:58:20

}  // namespace fd::cli
