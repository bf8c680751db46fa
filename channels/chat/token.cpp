#include "channels/chat/token.hpp"

#include <cstdint>

#include "channels/http/crypto.hpp"

namespace fd::chat {
namespace {

constexpr std::size_t visitor_bytes = 16, expiry_bytes = 8, key_bytes = 4, owner_bytes = 15, mac_bytes = 32;
constexpr std::size_t plain_bytes = visitor_bytes + expiry_bytes + key_bytes;
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string mac_of(std::string_view key, std::string_view text) {
  return std::string(http::bytes_of(http::hmac_sha256(key, text)));
}

std::string unhex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out += static_cast<char>(hex_digits.find(text[i]) * 16 + hex_digits.find(text[i + 1]));
  return out;
}

std::string key_id(std::string_view key) { return mac_of(key, "frontdesk key id").substr(0, key_bytes); }

}  // namespace

std::string write_token(std::string_view key, const VisitorToken& token) {
  std::string bytes = unhex(token.visitor.str());
  const auto expiry = static_cast<std::uint64_t>(token.expires.ms);
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>((expiry >> static_cast<unsigned>(shift)) & 255U);
  bytes += key_id(key);
  bytes += token.owner;
  bytes += mac_of(key, bytes);
  return http::base64url(bytes);
}

std::variant<VisitorToken, TokenFault> read_token(std::string_view key, std::string_view text, Instant now) {
  const auto bytes = text.size() > 200 ? std::nullopt : http::base64url_decode(text);
  const auto size = bytes ? bytes->size() : 0;
  if (size != plain_bytes + mac_bytes && size != plain_bytes + owner_bytes + mac_bytes) return TokenFault::forged;
  const std::string_view said = std::string_view(*bytes).substr(0, size - mac_bytes);
  const auto mac = mac_of(key, said);
  if (!http::equal_constant_time(mac, std::string_view(*bytes).substr(said.size()))) return TokenFault::forged;
  std::uint64_t expiry = 0;
  for (const char c : said.substr(visitor_bytes, expiry_bytes)) expiry = expiry << 8U | static_cast<unsigned char>(c);
  const Instant expires{static_cast<std::int64_t>(expiry)};
  if (expires <= now) return TokenFault::expired;
  return VisitorToken{VisitorId(http::hex(said.substr(0, visitor_bytes))), expires,
                      std::string(said.substr(plain_bytes))};
}

std::string owner_of(std::string_view key, std::string_view external_id) {
  return mac_of(key, "frontdesk owner " + std::string(external_id)).substr(0, owner_bytes);
}

VisitorId new_visitor() { return VisitorId(http::hex(*http::base64url_decode(http::random_token(visitor_bytes)))); }

}  // namespace fd::chat
