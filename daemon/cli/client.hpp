#pragma once
// One HTTP request over a Unix socket (RFC 9112), blocking, with one deadline for all of it.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace fd::cli {

struct Reply {
  unsigned status = 0;
  std::string body;
};
struct CallError {
  enum class Kind : std::uint8_t { absent, forbidden, lost };  // lost: sent, no answer
  Kind kind = Kind::absent;
  std::string text;
};

[[nodiscard]] std::variant<Reply, CallError> call(const std::string& socket_path, std::string_view method,
                                                  std::string_view path, const std::string& body,
                                                  std::chrono::milliseconds timeout);

[[nodiscard]] std::string percent_encode(std::string_view segment);  // one segment of a path (RFC 3986)

}  // namespace fd::cli
