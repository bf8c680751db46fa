#include "daemon/cli/usage.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace fd::cli {
namespace {

struct Shape {
  std::string_view text;  // of CLI11's Error.hpp and Validators.hpp; `*` is what differs
  Word Words::*word;
};
constexpr std::array<Shape, 11> shapes{{
    {"A subcommand is required", &Words::usage_verb},
    {"At least 1 option from [*] is required", &Words::usage_one_of},
    {"* is required", &Words::usage_missing},
    {"The following argument was not expected: *", &Words::usage_extra},
    {"The following arguments were not expected: *", &Words::usage_extra},
    {"*: * not in {*}", &Words::usage_choice},
    {"*: Value * not in range * to *", &Words::usage_range},
    {"*: 1 required * missing", &Words::usage_value},
    {"Could not convert: * = *", &Words::usage_convert},
    {"* requires *", &Words::usage_needs},
    {"* excludes *", &Words::usage_excludes},
}};

// What stands in the places of the stars; nothing: another shape.
std::optional<std::vector<std::string_view>> holes(std::string_view shape, std::string_view text) {
  std::vector<std::string_view> out;
  auto star = shape.find('*');
  if (!text.starts_with(shape.substr(0, star))) return std::nullopt;
  text.remove_prefix(std::min(star, shape.size()));
  while (star != std::string_view::npos) {
    const auto next = shape.find('*', star + 1);
    const auto literal = shape.substr(star + 1, next == std::string_view::npos ? next : next - star - 1);
    const auto end = literal.empty() ? text.size() : text.find(literal);
    if (end == std::string_view::npos) return std::nullopt;
    out.push_back(text.substr(0, end));
    text.remove_prefix(end + literal.size());
    star = next;
  }
  if (!text.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::string usage_text(std::string_view what, const Words& words) {
  for (const auto& [text, word] : shapes)
    if (auto found = holes(text, what)) {
      found->resize(4);
      return fill(words.*word, {(*found)[0], (*found)[1], (*found)[2], (*found)[3]});
    }
  return std::string(what);
}

}  // namespace fd::cli
