#include "daemon/cli/password.hpp"

#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <istream>
#include <ostream>
#include <stdexcept>

namespace fd::cli {
namespace {

class Unseen {  // while it lives, the terminal shows nothing that is typed
 public:
  Unseen() {
    active_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!active_) return;
    auto hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    if (active_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool active_ = false;
};

std::optional<std::string> first_line(std::istream& in) {
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string generated() {
  constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyz23456789";  // 32: no bias; no l, o, 0, 1
  static_assert(alphabet.size() == 32);
  unsigned char bytes[20];
  if (::getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes))
    throw std::runtime_error("the system gives no random bytes");
  std::string out;
  for (const auto byte : bytes) out += alphabet[byte & 31U];
  return out;
}

std::size_t characters(std::string_view utf8) {
  std::size_t n = 0;
  for (const char c : utf8) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return n;
}

std::optional<std::string> ask(const std::string& who, const Words& words, const Streams& streams, int& code) {
  const Unseen unseen;
  streams.err << fill(words.password_prompt, {who}) << std::flush;
  const auto once = first_line(streams.in);
  streams.err << '\n' << words.password_again.view() << std::flush;
  const auto twice = first_line(streams.in);
  streams.err << '\n';
  if (once && twice && *once == *twice) return once;
  streams.err << words.password_differs.view() << '\n';
  code = failed;
  return std::nullopt;
}

std::optional<std::string> read_from(const std::string& file, const Words& words, const Streams& streams, int& code) {
  std::optional<std::string> line;
  if (file == "-") {
    line = first_line(streams.in);
  } else {
    std::ifstream in(file);
    line = first_line(in);
  }
  if (!line) {
    streams.err << fill(words.password_unreadable, {file}) << '\n';
    code = failed;
  }
  return line;
}

}  // namespace

std::optional<Password> take_password(const PasswordSource& source, const std::string& who, const Words& words,
                                      const Streams& streams, int& code) {
  if (source.generate) return Password{generated(), true};
  std::optional<std::string> text;
  if (!source.file.empty()) {
    text = read_from(source.file, words, streams, code);
  } else if (streams.terminal_in) {
    text = ask(who, words, streams, code);
  } else {
    streams.err << words.password_unasked.view() << '\n';
    code = wrong_usage;
  }
  if (!text) return std::nullopt;
  if (characters(*text) < password_chars_min) {
    streams.err << fill(words.password_short, {std::to_string(password_chars_min)}) << '\n';
    code = failed;
    return std::nullopt;
  }
  return Password{*text, false};
}

}  // namespace fd::cli
