#include "config/reader.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/file.hpp"

namespace fd::config {
namespace {

constexpr std::size_t text_max = 10'000;

std::string kind(const Node& n) {
  switch (n.kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a map";
    case Node::Kind::scalar: return "\"" + n.text + "\"";
  }
  return {};
}

bool digits(std::string_view s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos; }

// Scalars that YAML 1.1, YAML 1.2 and people do not read alike.
bool ambiguous(const Node& n) {
  if (!n.plain) return false;
  std::string s = n.text;
  std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static const std::array<const char*, 12> words{"y",    "n",     "yes",  "no", "on",   "off",
                                                 "true", "false", "null", "~",  ".nan", ".inf"};
  if (std::find(words.begin(), words.end(), s) != words.end()) return true;
  std::string_view body = s;
  if (!body.empty() && (body[0] == '+' || body[0] == '-')) body.remove_prefix(1);
  if (body.size() > 1 && body[0] == '0' && digits(body)) return true;  // 010
  if (body.size() > 2 && body[0] == '0' && (body[1] == 'x' || body[1] == 'o' || body[1] == 'b')) return true;
  const auto e = body.find('e');  // 1e3
  return e != std::string_view::npos && digits(body.substr(0, e)) && digits(body.substr(e + 1));
}

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr std::array<Unit, 5> time_units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 3> size_units{{{"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}};

template <std::size_t N>
std::optional<std::int64_t> with_unit(std::string_view s, const std::array<Unit, N>& units) {
  const bool minus = !s.empty() && s[0] == '-';
  if (minus) s.remove_prefix(1);
  const auto end = s.find_first_not_of("0123456789");
  if (end == 0 || end == std::string_view::npos || end > 12 || (end > 1 && s[0] == '0')) return std::nullopt;
  std::int64_t n = 0;
  std::from_chars(s.data(), s.data() + end, n);
  for (const Unit& u : units)
    if (s.substr(end) == u.name)
      return n > INT64_MAX / u.factor ? std::nullopt : std::optional(minus ? -n * u.factor : n * u.factor);
  return std::nullopt;
}

template <std::size_t N>
std::string in_unit(std::int64_t n, const std::array<Unit, N>& units, std::string_view zero) {
  if (n == 0) return std::string(zero);
  for (const Unit& u : units)
    if (n % u.factor == 0) return std::to_string(n / u.factor).append(u.name);
  return {};
}

std::string range(const std::string& min, const std::string& max) { return min + " … " + max; }

}  // namespace

std::string shown(Duration d) {
  // A day is a calendar's word: up to 72 h the hours are kept.
  const bool hours = d.count() % 3'600'000 == 0 && std::abs(d.count()) <= 72LL * 3'600'000 && d.count() != 0;
  if (hours) return std::to_string(d.count() / 3'600'000) + "h";
  return in_unit(d.count(), time_units, "0s");
}

std::string shown_size(std::int64_t bytes) { return in_unit(bytes, size_units, "0B"); }

Reader::Step::Step(Reader& r, std::string_view key) : reader_(r), before_(r.path_.size()) {
  if (!r.path_.empty()) r.path_ += '.';
  r.path_ += key;
}
Reader::Step::~Step() { reader_.path_.resize(before_); }

void Reader::error(Code code, const Place& at, std::vector<std::string> args, std::string meant) {
  report_.add(code, at, path_, std::move(args), std::move(meant));
}

const std::string* Reader::scalar(const Node& n, std::string_view expected, std::string_view like) {
  if (n.kind == Node::Kind::scalar) return &n.text;
  error(Code::wrong_type, n.at, {std::string(expected), kind(n), std::string(like)});
  return nullptr;
}

bool Reader::map(const Node& n) {
  if (n.kind == Node::Kind::map || n.kind == Node::Kind::null) return true;
  error(Code::wrong_type, n.at, {"a map", kind(n), "key: value"});
  return false;
}

bool Reader::list(const Node& n) {
  if (n.kind == Node::Kind::list || n.kind == Node::Kind::null) return true;
  error(Code::wrong_type, n.at, {"a list", kind(n), "[a, b]"});
  return false;
}

std::optional<std::string> Reader::text(const Node& n) {
  const std::string* s = scalar(n, "a text", "a text");
  if (!s) return std::nullopt;
  if (ambiguous(n)) {
    error(Code::ambiguous, n.at, {*s});
    return std::nullopt;
  }
  if (s->size() <= text_max) return *s;
  error(Code::out_of_range, n.at,
        {"a text of " + std::to_string(s->size()) + " bytes", "0 … " + std::to_string(text_max)});
  return std::nullopt;
}

std::optional<std::string> Reader::name(const Node& n, std::string_view what) {
  auto s = text(n);
  if (!s) return std::nullopt;
  const bool good = !s->empty() && s->size() <= 64 && std::all_of(s->begin(), s->end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
  if (good) return s;
  error(Code::bad_name, n.at, {*s, std::string(what), "1 … 64 of A-Z a-z 0-9 - _ ."});
  return std::nullopt;
}

std::optional<std::int64_t> Reader::integer(const Node& n, std::int64_t min, std::int64_t max) {
  const std::string* s = scalar(n, "a whole number", std::to_string(min));
  if (!s) return std::nullopt;
  const std::string_view body = !s->empty() && (*s)[0] == '-' ? std::string_view(*s).substr(1) : *s;
  if (digits(body) && body.size() > 1 && body[0] == '0') {
    error(Code::ambiguous, n.at, {*s});
    return std::nullopt;
  }
  if (!digits(body) || body.size() > 18 || !n.plain) {
    error(Code::wrong_type, n.at, {"a whole number", kind(n), std::to_string(min)});
    return std::nullopt;
  }
  std::int64_t value = 0;
  std::from_chars(s->data(), s->data() + s->size(), value);
  if (value >= min && value <= max) return value;
  error(Code::out_of_range, n.at, {*s, range(std::to_string(min), std::to_string(max))});
  return std::nullopt;
}

std::optional<double> Reader::real(const Node& n, double min, double max) {
  const std::string* s = scalar(n, "a number", "1.5");
  if (!s) return std::nullopt;
  double value = 0;
  const auto [end, failed] = std::from_chars(s->data(), s->data() + s->size(), value, std::chars_format::fixed);
  if (failed != std::errc{} || end != s->data() + s->size() || !n.plain) {
    error(Code::wrong_type, n.at, {"a number", kind(n), "1.5"});
    return std::nullopt;
  }
  if (value >= min && value <= max) return value;
  error(Code::out_of_range, n.at, {*s, range(std::to_string(min), std::to_string(max))});
  return std::nullopt;
}

std::optional<bool> Reader::flag(const Node& n) {
  const std::string* s = scalar(n, "true or false", "true or false");
  if (!s) return std::nullopt;
  if (n.plain && *s == "true") return true;
  if (n.plain && *s == "false") return false;
  error(Code::wrong_type, n.at, {"true or false", kind(n), "true or false"});
  return std::nullopt;
}

std::optional<Duration> Reader::duration(const Node& n, Duration min, Duration max) {
  const std::string* s = scalar(n, "a duration", "20s");
  if (!s) return std::nullopt;
  const auto ms = with_unit(*s, time_units);
  if (!ms) {
    error(Code::wrong_unit, n.at,
          {*s, "a duration", digits(*s) ? *s + "s, or with ms, m, h, d" : "20s, 5m, 24h, 500ms"});
    return std::nullopt;
  }
  if (*ms >= min.count() && *ms <= max.count()) return Duration{*ms};
  error(Code::out_of_range, n.at, {*s, range(shown(min), shown(max))});
  return std::nullopt;
}

std::optional<std::int64_t> Reader::size(const Node& n, std::int64_t min, std::int64_t max) {
  const std::string* s = scalar(n, "a size", "16KiB");
  if (!s) return std::nullopt;
  const auto bytes = with_unit(*s, size_units);
  if (!bytes) {
    error(Code::wrong_unit, n.at, {*s, "a size", "512B, 16KiB, 10MiB"});
    return std::nullopt;
  }
  if (*bytes >= min && *bytes <= max) return bytes;
  error(Code::out_of_range, n.at, {*s, range(shown_size(min), shown_size(max))});
  return std::nullopt;
}

std::optional<std::size_t> Reader::choice(const Node& n, const std::vector<std::string>& words) {
  std::string all;
  for (const auto& w : words) all += (all.empty() ? "" : ", ") + w;
  const std::string* s = scalar(n, "one of " + all, words.front());
  if (!s) return std::nullopt;
  const auto it = std::find(words.begin(), words.end(), *s);
  if (it != words.end()) return static_cast<std::size_t>(it - words.begin());
  error(Code::not_a_choice, n.at, {*s, all}, nearest(*s, words));
  return std::nullopt;
}

std::optional<std::vector<std::string>> Reader::texts(const Node& n) {
  std::vector<std::string> out;
  if (n.kind == Node::Kind::scalar) {
    if (auto one = text(n)) return std::vector<std::string>{std::move(*one)};
    return std::nullopt;
  }
  if (!list(n)) return std::nullopt;
  bool good = true;
  for (const auto& item : n.items) {
    auto one = text(item);
    good = good && one.has_value();
    if (one) out.push_back(std::move(*one));
  }
  if (!good) return std::nullopt;
  return out;
}

std::optional<std::map<std::string, std::string>> Reader::languages(const Node& n) {
  if (n.kind == Node::Kind::scalar) {
    if (auto one = text(n)) return std::map<std::string, std::string>{{"en", *one}, {"zh", *one}};
    return std::nullopt;
  }
  if (!map(n)) return std::nullopt;
  std::map<std::string, std::string> out;
  for (const auto& entry : n.entries) {
    const Step step(*this, entry.key);
    if (entry.key != "zh" && entry.key != "en")
      unknown_key(entry, {"zh", "en"});
    else if (auto value = text(entry.value))
      out[entry.key] = std::move(*value);
  }
  return out;
}

std::optional<std::vector<SkillNeed>> Reader::levels(const Node& n) {
  if (!map(n)) return std::nullopt;
  std::vector<SkillNeed> out;
  for (const auto& entry : n.entries) {
    const Step step(*this, entry.key);
    if (const auto level = integer(entry.value, 0, 9)) out.push_back({entry.key, static_cast<int>(*level)});
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<int> Reader::clock(const Node& n, std::string_view s) {
  const bool shape = s.size() == 5 && s[2] == ':' && digits(s.substr(0, 2)) && digits(s.substr(3));
  const int hour = shape ? (s[0] - '0') * 10 + s[1] - '0' : 99;
  const int minute = shape ? (s[3] - '0') * 10 + s[4] - '0' : 99;
  if (minute < 60 && (hour < 24 || (hour == 24 && minute == 0))) return hour * 60 + minute;
  error(Code::wrong_unit, n.at, {std::string(s), "a time of day", "09:30"});
  return std::nullopt;
}

std::optional<std::string> Reader::secret_file(const std::string& path, const Place& at) {
  std::error_code failed;
  const auto resolved = std::filesystem::path(folder_) / path;  // an absolute path replaces the folder
  struct stat info {};
  std::ifstream in(resolved, std::ios::binary);
  if (!in || ::stat(resolved.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    error(Code::secret_unreadable, at, {path});
    return std::nullopt;
  }
  if (exposed(info)) error(Code::secret_exposed, at, {path});
  std::string value;
  std::getline(in, value);
  if (!value.empty() && value.back() == '\r') value.pop_back();
  if (value.empty()) {
    error(Code::secret_unreadable, at, {path});
    return std::nullopt;
  }
  return value;
}

std::optional<Secret> Reader::secret(const Node& n) {
  if (n.kind != Node::Kind::map || n.entries.size() != 1) {
    if (n.kind == Node::Kind::scalar)
      error(Code::literal_secret, n.at);
    else
      error(Code::wrong_type, n.at, {"{file: path} or {credential: name}", kind(n), "{file: /path}"});
    return std::nullopt;
  }
  const Entry& entry = n.entries.front();
  const Step step(*this, entry.key);
  if (entry.key != "file" && entry.key != "credential") {
    unknown_key(entry, {"file", "credential"});
    return std::nullopt;
  }
  const auto where = entry.key == "file" ? text(entry.value) : name(entry.value, "a credential");
  if (!where) return std::nullopt;
  const bool credential = entry.key == "credential";
  if (credential && credentials_.empty()) {
    error(Code::secret_unreadable, entry.value.at, {"CREDENTIALS_DIRECTORY is not set"});
    return std::nullopt;
  }
  auto value = secret_file(credential ? credentials_ + "/frontdesk_" + *where : *where, entry.value.at);
  if (!value) return std::nullopt;
  Secret out{std::move(*value), entry.key + ": " + *where};
  return out;
}

void Reader::refer(Names names, std::string name, const Node& where) {
  references_.push_back({names, std::move(name), where.at, path_});
}

void Reader::unknown_key(const Entry& entry, const std::vector<std::string>& known) {
  error(Code::unknown_key, entry.at, {entry.key}, nearest(entry.key, known));
}

bool Reader::once(std::string_view what, const std::string& value, const Place& at) {
  const auto [it, fresh] = used_.try_emplace(std::string(what) + "\n" + value, at);
  if (!fresh)
    error(Code::used_twice, at, {std::string(what), value, it->second.file + ":" + std::to_string(it->second.line)});
  return fresh;
}

}  // namespace fd::config
