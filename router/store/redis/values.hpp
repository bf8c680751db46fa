#pragma once
// One value of a record <-> the text of one field. Lists are words with spaces between: a space, a control character
// or a percent sign inside a word is %XX, an empty word is "-".

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/model/contact.hpp"
#include "router/model/words.hpp"
#include "router/store/json_text.hpp"

namespace fd::store::redis::values {

void print_word(std::string& out, std::string_view word);
[[nodiscard]] std::optional<std::string> parse_listed(std::string_view word);
[[nodiscard]] std::string_view next_word(std::string_view& rest) noexcept;  // empty at the end

template <class N>
[[nodiscard]] bool parse_number(std::string_view text, N& value) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

// Declared before the templates for optional, which look for them here.
void print(std::string& out, const LastOffer& v);
bool parse(std::string_view t, LastOffer& v);

inline void print(std::string& out, const std::string& v) { out.append(v); }
inline void print(std::string& out, bool v) { out.push_back(v ? '1' : '0'); }
inline void print(std::string& out, Instant v) { append_number(out, v.ms); }
inline void print(std::string& out, Duration v) { append_number(out, v.count()); }
template <class N>
requires std::is_integral_v<N>
void print(std::string& out, N v) { append_number(out, v); }
template <class E>
requires std::is_enum_v<E>
void print(std::string& out, E v) { out.append(word(v)); }
template <class Tag>
void print(std::string& out, const Id<Tag>& v) {
  out.append(v.str());
}
template <class Tag>
void print(std::string& out, const UlidId<Tag>& v) {
  if (!v.empty()) out.append(v.str());
}
template <class E>
void print(std::string& out, const std::optional<E>& v) {
  if (v) print(out, *v);
}
void print(std::string& out, const std::vector<SkillNeed>& v);
void print(std::string& out, const std::vector<std::string>& v);
void print(std::string& out, const std::vector<PageCounter>& v);
void print(std::string& out, const Attributes& v);  // name value name value …
void print(std::string& out, const Job& v);         // channel contact seq at

inline bool parse(std::string_view t, std::string& v) {
  v.assign(t);
  return true;
}
inline bool parse(std::string_view t, bool& v) {
  v = t == "1";
  return t == "1" || t == "0";
}
inline bool parse(std::string_view t, Instant& v) { return parse_number(t, v.ms); }
inline bool parse(std::string_view t, Duration& v) {
  Duration::rep n = 0;
  const bool good = parse_number(t, n);
  v = Duration{n};
  return good;
}
template <class N>
requires std::is_integral_v<N>
bool parse(std::string_view t, N& v) { return parse_number(t, v); }
template <class E>
requires std::is_enum_v<E>
bool parse(std::string_view t, E& v) {
  const auto found = parse_word<E>(t);
  if (found) v = *found;
  return found.has_value();
}
template <class Tag>
bool parse(std::string_view t, Id<Tag>& v) {
  v = Id<Tag>(std::string(t));
  return true;
}
template <class Tag>
bool parse(std::string_view t, UlidId<Tag>& v) {
  v = {};
  if (t.empty()) return true;
  const auto found = UlidId<Tag>::parse(t);
  if (found) v = *found;
  return found.has_value();
}
template <class V>
bool parse(std::string_view t, std::optional<V>& v) {
  v.reset();
  if (t.empty()) return true;
  V value{};
  if (!parse(t, value)) return false;
  v = std::move(value);
  return true;
}
bool parse(std::string_view t, std::vector<SkillNeed>& v);
bool parse(std::string_view t, std::vector<std::string>& v);
bool parse(std::string_view t, std::vector<PageCounter>& v);
bool parse(std::string_view t, Attributes& v);
bool parse(std::string_view t, Job& v);  // all but its number

}  // namespace fd::store::redis::values
