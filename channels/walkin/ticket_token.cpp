#include "channels/walkin/ticket_token.hpp"

#include <cstdint>

#include "channels/http/crypto.hpp"

namespace fd::walkin {
namespace {

constexpr std::size_t id_bytes = 16, mac_bytes = 16;

std::string mac_of(std::string_view key, std::string_view id) {
  return std::string(http::bytes_of(http::hmac_sha256(key, id))).substr(0, mac_bytes);
}

void append(std::string& bytes, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>((number >> static_cast<unsigned>(shift)) & 255U);
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes) number = number << 8U | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

std::string write_ticket(std::string_view key, const ContactId& contact) {
  std::string bytes;
  append(bytes, contact.ulid().hi);
  append(bytes, contact.ulid().lo);
  bytes += mac_of(key, bytes);
  return http::base64url(bytes);
}

std::optional<ContactId> read_ticket(std::string_view key, std::string_view token) {
  const auto bytes = token.size() > 100 ? std::nullopt : http::base64url_decode(token);
  if (!bytes || bytes->size() != id_bytes + mac_bytes) return std::nullopt;
  const auto id = std::string_view(*bytes).substr(0, id_bytes);
  if (!http::equal_constant_time(mac_of(key, id), std::string_view(*bytes).substr(id_bytes))) return std::nullopt;
  return ContactId(Ulid{number_of(id.substr(0, 8)), number_of(id.substr(8))});
}

}  // namespace fd::walkin
