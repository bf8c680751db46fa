#include "router/site/mask.hpp"

#include <algorithm>
#include <iterator>

namespace fd::site {
namespace {

constexpr std::string_view hidden = "****";

// First three and last four digits; of a short number nothing that would leave fewer than four to guess.
std::string phone(std::string_view value) {
  std::string digits;
  std::copy_if(value.begin(), value.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  if (digits.size() == 13 && digits.starts_with("861")) digits.erase(0, 2);  // a mobile of the country, as written here
  const std::string first = digits.size() >= 11 ? digits.substr(0, 3) : "";
  const std::string last = digits.size() >= 8 ? digits.substr(digits.size() - 4) : "";
  return first + std::string(hidden) + last;
}

std::string_view first_character(std::string_view value) {
  std::size_t end = std::min<std::size_t>(1, value.size());
  while (end < value.size() && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) ++end;
  return value.substr(0, end);
}

std::string email(std::string_view value) {
  const auto at = value.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::string(hidden);
  return std::string(first_character(value.substr(0, at))).append(hidden).append(value.substr(at));
}

}  // namespace

std::string masked(std::string_view kind, std::string_view value) {
  if (kind == "phone") return phone(value);
  if (kind == "email") return email(value);
  return {};
}

std::string masked_name(std::string_view name) {
  const auto first = first_character(name);
  return std::string(first).append(first.size() < name.size() ? "**" : "");
}

}  // namespace fd::site
