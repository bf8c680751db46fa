#pragma once
// Keyed hashes of what must not stand in a key name: identities, external ids (BLAKE2b, RFC 7693, by libsodium).

#include <string>
#include <string_view>

namespace fd::site {

[[nodiscard]] std::string digest(std::string_view pepper, std::string_view kind,
                                 std::string_view value);  // 32 hex digits

}  // namespace fd::site
