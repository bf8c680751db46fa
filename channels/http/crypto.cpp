#include "channels/http/crypto.hpp"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include <memory>
#include <stdexcept>

namespace fd::http {
namespace {

struct Release {
  void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
  void operator()(EVP_MD* digest) const noexcept { EVP_MD_free(digest); }
};

[[noreturn]] void fail(const char* what) { throw std::runtime_error{std::string{"crypto: "} + what}; }

// Fetched once: a fetch walks the providers and costs three times the hash.
const EVP_MAC* hmac_algorithm() {
  static const std::unique_ptr<EVP_MAC, Release> mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  if (!mac) fail("this OpenSSL offers no HMAC");
  return mac.get();
}

const EVP_MD* sha256_algorithm() {
  static const std::unique_ptr<EVP_MD, Release> digest{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  if (!digest) fail("this OpenSSL offers no SHA-256");
  return digest.get();
}

const unsigned char* octets(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int digit(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

}  // namespace

Digest hmac_sha256(std::string_view key, std::string_view data) {
  // EVP_MAC_CTX_new takes the algorithm non-const though it only counts a reference.
  const std::unique_ptr<EVP_MAC_CTX, Release> context{EVP_MAC_CTX_new(const_cast<EVP_MAC*>(hmac_algorithm()))};
  std::string name = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", name.data(), 0), OSSL_PARAM_construct_end()};
  // A null key means "the key of before", so an empty one still needs an address.
  const unsigned char* key_octets = key.empty() ? octets(std::string_view{""}) : octets(key);
  Digest out{};
  std::size_t size = 0;
  if (!context || EVP_MAC_init(context.get(), key_octets, key.size(), params) != 1 ||
      EVP_MAC_update(context.get(), octets(data), data.size()) != 1 ||
      EVP_MAC_final(context.get(), out.data(), &size, out.size()) != 1 || size != out.size())
    fail("HMAC-SHA-256 failed");
  return out;
}

Digest sha256(std::string_view data) {
  Digest out{};
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), out.data(), &size, sha256_algorithm(), nullptr) != 1 || size != out.size())
    fail("SHA-256 failed");
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    text += digits[static_cast<std::uint8_t>(byte) >> 4];
    text += digits[static_cast<std::uint8_t>(byte) & 15];
  }
  return text;
}

std::string sha256_hex(std::string_view data) { return hex(bytes_of(sha256(data))); }

std::string base64url(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<std::uint8_t>(byte);
    for (held += 8; held >= 6; held -= 6) text += alphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) text += alphabet[bits << (6 - held) & 63];
  return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = digit(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(bits >> held & 255);
    }
  }
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

bool equal_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

std::string random_token(std::size_t bytes) {
  static const int ready = sodium_init();
  if (ready < 0) fail("the system gives no random bytes");
  std::string raw(bytes, '\0');
  randombytes_buf(raw.data(), raw.size());
  return base64url(raw);
}

}  // namespace fd::http
