#pragma once
// Keyed hashes, tokens and their text forms; OpenSSL 3 and libsodium stay in the .cpp. Pure but for random_token.
// Thread-safe. Sources: RFC 2104 and 4231 (HMAC), RFC 4648 §5 (base64url).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fd::http {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] inline std::string_view bytes_of(const Digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view data);
[[nodiscard]] Digest sha256(std::string_view data);
[[nodiscard]] std::string sha256_hex(std::string_view data);
[[nodiscard]] std::string hex(std::string_view bytes);

// Without padding. The decoder is strict: no padding, no white space, no other alphabet, unused bits zero, so that one
// value has one text.
[[nodiscard]] std::string base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

// Takes the same time wherever the two differ; the length is no secret.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b) noexcept;

// base64url of that many random bytes of the system.
[[nodiscard]] std::string random_token(std::size_t bytes);

}  // namespace fd::http
