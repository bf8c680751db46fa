#pragma once
// Where a new password comes from: a file, a generator, or a person at a terminal that does not show it.

#include <cstddef>
#include <optional>
#include <string>

#include "daemon/cli/cli.hpp"
#include "daemon/cli/words.hpp"

namespace fd::cli {

inline constexpr std::size_t password_chars_min = 10;

struct PasswordSource {
  std::string file;       // "-": standard input
  bool generate = false;  // 20 characters of an alphabet of 32 without look-alikes: 100 bits
};

struct Password {
  std::string text;
  bool generated = false;
};

// Nothing: said why on streams.err; the exit code is in `code`.
[[nodiscard]] std::optional<Password> take_password(const PasswordSource&, const std::string& who, const Words&,
                                                    const Streams&, int& code);

}  // namespace fd::cli
