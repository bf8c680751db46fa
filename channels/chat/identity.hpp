#pragma once
// What a website says about its signed-in customer: base64url(JSON {id, exp, name?, grade?, phone?, email?}) "." MAC,
// MAC = HMAC-SHA-256 of the text before the dot under the website's secret, as base64url or as 64 hex digits.
// exp is seconds since 1970 (RFC 7519 NumericDate). Only signed fields count: else customers raise their own grade.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "router/model/time.hpp"

namespace fd::chat {

struct SignedIdentity {
  std::string id, name, grade, phone, email;
};
enum class IdentityFault : std::uint8_t { no_secret, forged, expired, malformed };

[[nodiscard]] std::variant<SignedIdentity, IdentityFault> read_identity(std::string_view secret, std::string_view text,
                                                                        Instant now);
[[nodiscard]] std::string_view word(IdentityFault) noexcept;  // as it stands in welcome.identity

}  // namespace fd::chat
