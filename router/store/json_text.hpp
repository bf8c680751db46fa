#pragma once
// Writing JSON straight into a string: the event record and the messages are written at every step, and a tree of
// values for each would cost more than the commit's share of it. Reading goes through Boost.JSON.

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace fd::store {

// RFC 8259 §7: quotes, backslash and control characters are escaped, everything else passes as it is (UTF-8).
inline void append_json(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(from, i - from));
    from = i + 1;
    out.push_back('\\');
    if (c == '\n') {
      out.push_back('n');
    } else if (c == '"' || c == '\\') {
      out.push_back(static_cast<char>(c));
    } else {
      out.append("u00");
      out.push_back(hex[c >> 4]);
      out.push_back(hex[c & 15]);
    }
  }
  out.append(text.substr(from));
  out.push_back('"');
}

template <class Integer>
void append_number(std::string& out, Integer value) {
  char text[24];
  out.append(text, static_cast<std::size_t>(std::to_chars(text, text + sizeof text, value).ptr - text));
}

}  // namespace fd::store
