#pragma once
// The request target: path and query, decoded strictly (RFC 9112 §3.2, RFC 3986 §2.1, WHATWG URL for forms).

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fd::http {

struct Target {
  std::string_view encoded_path;  // views the text that was parsed
  std::string path;               // decoded
  std::map<std::string, std::string> query;
};

// Nothing for a broken escape, a NUL, text that is not UTF-8, a dot segment, or a form that is neither origin nor
// absolute.
[[nodiscard]] std::optional<Target> parse_target(std::string_view text);

// Also for bodies of type application/x-www-form-urlencoded.
[[nodiscard]] std::optional<std::map<std::string, std::string>> parse_form(std::string_view text);

[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

[[nodiscard]] bool valid_utf8(std::string_view text) noexcept;

}  // namespace fd::http
