#include "router/site/digest.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include <array>

namespace fd::site {

std::string digest(std::string_view pepper, std::string_view kind, std::string_view value) {
  std::array<unsigned char, 16> out{};
  crypto_generichash_state state;
  const auto bytes = [](std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); };
  crypto_generichash_init(&state, bytes(pepper), pepper.size(), out.size());
  crypto_generichash_update(&state, bytes(kind), kind.size());
  crypto_generichash_update(&state, bytes(std::string_view("\0", 1)), 1);
  crypto_generichash_update(&state, bytes(value), value.size());
  crypto_generichash_final(&state, out.data(), out.size());
  std::array<char, 33> hex{};
  sodium_bin2hex(hex.data(), hex.size(), out.data(), out.size());
  return std::string(hex.data(), 32);
}

}  // namespace fd::site
