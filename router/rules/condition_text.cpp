// Conditions as one line of text: for traces, for comparing rules, for the hash.

#include <cstdio>

#include "router/rules/rules.hpp"

namespace fd::rules {
namespace {

std::string joined(const std::vector<std::string>& values, std::string_view between) {
  std::string out;
  for (const auto& v : values) {
    if (!out.empty()) out += between;
    out += v;
  }
  return out;
}

// One text, one condition: rules are compared by it. A value with a sign that the text itself uses stands in quotes.
std::string quoted(const std::string& value) {
  if (!value.empty() && value.find_first_of("|,()=\"\\ ") == std::string::npos) return value;
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

std::string clock(int minute) {
  char out[16];
  std::snprintf(out, sizeof out, "%02d:%02d", minute / 60, minute % 60);
  return out;
}

std::string children(const Condition& c) {
  std::vector<std::string> parts;
  for (const auto& child : c.children) parts.push_back(text(child));
  return joined(parts, ", ");
}

std::string weekdays(std::uint8_t days) {
  static constexpr std::array<const char*, 7> names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  std::vector<std::string> parts;
  for (std::size_t d = 0; d < names.size(); ++d)
    if ((days >> d & 1U) != 0) parts.emplace_back(names[d]);
  return joined(parts, "|");
}

}  // namespace

std::string text(const Condition& c) {
  std::vector<std::string> each;
  for (const auto& value : c.values) each.push_back(quoted(value));
  const std::string values = joined(each, "|");
  switch (c.ask) {
    case Ask::all: return "all(" + children(c) + ")";
    case Ask::any: return "any(" + children(c) + ")";
    case Ask::none: return "not(" + children(c) + ")";
    case Ask::channel: return "channel(" + values + ")";
    case Ask::words: return "words(" + values + ")";
    case Ask::patterns: return "patterns(" + values + ")";
    case Ask::grade: return "grade(" + values + ")";
    case Ask::attribute: return "attribute(" + quoted(c.key) + (c.values.empty() ? "" : "=" + values) + ")";
    case Ask::locale: return "locale(" + values + ")";
    case Ask::time: return "time(" + clock(c.from) + "-" + clock(c.to) + ")";
    case Ask::weekday: return "weekday(" + weekdays(c.days) + ")";
  }
  return {};
}

std::string text(const Source& at) { return at.file + ":" + std::to_string(at.line); }

}  // namespace fd::rules
