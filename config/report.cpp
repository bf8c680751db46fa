#include "config/report.hpp"

#include <algorithm>
#include <cstdio>
#include <tuple>

namespace fd::config {
namespace {

std::string filled(std::string_view pattern, const std::vector<std::string>& args) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool slot = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}' && pattern[i + 1] >= '0' &&
                      pattern[i + 1] <= '9';
    if (!slot) {
      out += pattern[i];
      continue;
    }
    const auto n = static_cast<std::size_t>(pattern[i + 1] - '0');
    if (n < args.size()) out += args[n];
    i += 2;
  }
  return out;
}

std::string in_chinese(const std::string& arg) {
  const std::string_view s(arg);
  for (const Filler& f : fillers()) {
    if (s.size() < f.en.size()) continue;
    if (f.where == Filler::Where::whole && s == f.en) return std::string(f.zh);
    if (f.where == Filler::Where::front && s.substr(0, f.en.size()) == f.en)
      return std::string(f.zh).append(s.substr(f.en.size()));
    if (f.where == Filler::Where::back && s.substr(s.size() - f.en.size()) == f.en)
      return std::string(s.substr(0, s.size() - f.en.size())).append(f.zh);
  }
  return arg;
}

// Optimal string alignment: insert, delete, replace, swap of neighbours, each 1.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

const Wording& entry(Code code) {
  const auto& list = catalogue();
  return *std::find_if(list.begin(), list.end(), [code](const Wording& m) { return m.code == code; });
}

}  // namespace

std::string number(Code code) {
  char out[16];
  std::snprintf(out, sizeof out, "%c%04u", entry(code).warning ? 'W' : 'E', static_cast<unsigned>(code));
  return out;
}

std::string text(const Error& e, Language language) {
  std::string out = e.file;
  if (e.line > 0) out += ":" + std::to_string(e.line) + ":" + std::to_string(e.column);
  const bool zh = language == Language::zh, warning = e.code.starts_with('W');
  out += zh ? (warning ? ": 警告[" : ": 错误[") : (warning ? ": warning[" : ": error[");
  out += e.code + "]: " + e.message + "\n";
  if (!e.hint.empty()) out += (language == Language::zh ? "  提示：" : "  hint: ") + e.hint + "\n";
  return out;
}

void Report::add(Code code, const Place& at, std::string key, std::vector<std::string> args, std::string meant) {
  findings_.push_back({code, at, std::move(key), std::move(args), std::move(meant)});
}

bool Report::empty() const noexcept {
  return std::all_of(findings_.begin(), findings_.end(), [](const Finding& f) { return entry(f.code).warning; });
}

std::vector<Error> Report::errors(Language language) const { return told(language, false); }
std::vector<Error> Report::warnings(Language language) const { return told(language, true); }

std::vector<Error> Report::told(Language language, bool warnings) const {
  const bool zh = language == Language::zh;
  std::vector<Error> out;
  for (const auto& f : findings_) {
    const Wording& m = entry(f.code);
    if (m.warning != warnings) continue;
    std::vector<std::string> args = f.args;
    if (zh) std::transform(args.begin(), args.end(), args.begin(), in_chinese);
    Error e{f.at.file,
            f.at.line,
            f.at.column,
            number(f.code),
            f.key,
            filled(zh ? m.zh : m.en, args),
            filled(zh ? m.hint_zh : m.hint_en, args)};
    if (!f.meant.empty()) e.message += zh ? "；是不是“" + f.meant + "”？" : "; did you mean \"" + f.meant + "\"?";
    out.push_back(std::move(e));
  }
  const auto place = [](const Error& e) { return std::tie(e.file, e.line, e.column, e.code, e.message); };
  std::sort(out.begin(), out.end(), [&](const Error& a, const Error& b) { return place(a) < place(b); });
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  if (word.size() > 64) return {};
  const std::size_t most = std::max<std::size_t>(1, word.size() / 3 + (word.size() < 6 ? 1 : 0));
  std::string best;
  std::size_t least = most + 1;
  for (const auto& k : known)
    if (const auto d = distance(word, k); d < least && d < k.size()) {
      least = d;
      best = k;
    }
  return best;
}

}  // namespace fd::config
