#pragma once
// Errors and warnings of a configuration: all at once, each with its place, a stable code (docs/config-errors.md) and a
// hint. With a warning it works, but not as somebody may think.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fd::config {

enum class Language : std::uint8_t { en, zh };

// The number is public and never given to another meaning: E0204 is Code{204}, W0222 is Code{222}.
enum class Code : std::uint16_t {
  unreadable = 101,
  tab = 102,
  unknown_key = 103,
  duplicate_key = 104,
  wrong_type = 105,
  wrong_unit = 106,
  literal_secret = 107,
  bad_yaml = 108,
  out_of_range = 109,
  ambiguous = 110,
  too_large = 111,
  missing_key = 112,
  set_twice = 113,
  not_a_choice = 114,
  not_utf8 = 115,
  bad_name = 116,
  unknown_channel = 201,
  unknown_kind = 202,
  unknown_zone = 203,
  unknown_queue = 204,
  unknown_service = 205,
  overflow_loop = 206,
  plain_listener = 207,
  bad_address = 208,
  bad_redis = 209,
  bad_origin = 210,
  used_twice = 211,
  one_site = 212,
  bus_without_keys = 213,
  unknown_placeholder = 214,
  bad_url = 215,
  password_in_address = 216,
  needless_password = 217,
  dead_before_ping = 218,
  same_listener = 219,
  text_beyond_frame = 220,
  service_not_called = 221,
  not_offered = 222,
  not_called = 223,
  idle_max_wait = 224,
  unknown_environment = 301,
  secret_unreadable = 302,
  secret_exposed = 303,
  bad_password_hash = 304,
  weak_secret = 305,
  duplicate_rule = 401,
  unreachable_rule = 402,
  bad_pattern = 403,
  rule_test_failed = 404,
  empty_rule = 405,
  empty_word = 406,
  rule_too_deep = 407,
};

struct Error {
  std::string file;          // beside frontdesk.yaml: "rules.d/10-vip.yaml"; "environment"
  int line = 0, column = 0;  // from 1, in characters; 0 = the whole file
  std::string code;          // "E0204"
  std::string key;           // "queues.vip.overflow"
  std::string message, hint;
  bool operator==(const Error&) const = default;
};

// rules.d/10-vip.yaml:14:9: error[E0204]: unknown queue "vpi"; did you mean "vip"?\n  hint: …\n
[[nodiscard]] std::string text(const Error&, Language);

struct Place {
  std::string file;
  int line = 0, column = 0;
  bool operator==(const Place&) const = default;
};

class Report {
 public:
  // `args` fill {0}, {1} … of the code's message and hint; `meant` is the nearest known word, or empty.
  void add(Code, const Place&, std::string key, std::vector<std::string> args = {}, std::string meant = {});
  [[nodiscard]] bool empty() const noexcept;                // no errors
  [[nodiscard]] std::vector<Error> errors(Language) const;  // by file, line, column, code
  [[nodiscard]] std::vector<Error> warnings(Language) const;

 private:
  struct Finding {
    Code code = Code::unreadable;
    Place at;
    std::string key;
    std::vector<std::string> args;
    std::string meant;
  };
  [[nodiscard]] std::vector<Error> told(Language, bool warnings) const;
  std::vector<Finding> findings_;
};

// The known word nearest to `word` within a third of its length, at least one edit; empty: none.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);

struct Wording {  // of the catalogue, messages.cpp
  Code code;
  std::string_view en, zh, hint_en, hint_zh;
  bool warning = false;
};
[[nodiscard]] const std::vector<Wording>& catalogue();

struct Filler {  // a fixed word of ours that fills a {0}, for the messages in Chinese
  enum class Where : std::uint8_t { whole, front, back } where;
  std::string_view en, zh;
};
[[nodiscard]] const std::vector<Filler>& fillers();
[[nodiscard]] std::string number(Code);  // "E0204"

}  // namespace fd::config
