#pragma once
// The visitor token: who holds it is this visitor. Verified by edges alone, so it is the same at each of them.
// base64url of: visitor id (16 bytes) | expiry, ms since 1970 (8, big endian) | key id (4) | owner (15, or none) |
// HMAC-SHA-256 of all bytes before it (32). The key id, the first 4 bytes of HMAC(key, "frontdesk key id"), tells keys
// apart, no secret. The owner says whose visitor it is once a website signed somebody in, without telling who that is.

#include <string>
#include <string_view>
#include <variant>

#include "router/model/ids.hpp"
#include "router/model/time.hpp"

namespace fd::chat {

struct VisitorToken {
  VisitorId visitor;  // 32 hex digits
  Instant expires;
  std::string owner = {};  // owner_of() a signed id; empty: of whoever holds it
};
enum class TokenFault : std::uint8_t { forged, expired };  // forged: also of another key, or not a token at all

[[nodiscard]] std::string write_token(std::string_view key, const VisitorToken&);
[[nodiscard]] std::variant<VisitorToken, TokenFault> read_token(std::string_view key, std::string_view text,
                                                                Instant now);
[[nodiscard]] std::string owner_of(std::string_view key, std::string_view external_id);
[[nodiscard]] VisitorId new_visitor();  // 128 random bits

}  // namespace fd::chat
