#include "channels/chat/identity.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <optional>

#include "channels/http/crypto.hpp"

namespace fd::chat {
namespace json = boost::json;
namespace {

constexpr std::size_t identity_bytes_max = 4096;
constexpr std::array<std::string_view, 4> grades{"VIP", "A", "B", "C"};

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> mac_bytes(std::string_view text) {
  if (text.size() != 64) return http::base64url_decode(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

// Absent is empty; anything but a text of sensible length is a fault.
bool take(const json::object& from, std::string_view name, std::size_t longest, std::string& into) {
  const auto* value = from.if_contains(name);
  if (!value || value->is_null()) return true;
  if (!value->is_string() || value->as_string().size() > longest) return false;
  into = std::string(value->as_string());
  return true;
}

std::variant<SignedIdentity, IdentityFault> fields(const json::object& said, Instant now) {
  const auto* exp = said.if_contains("exp");
  if (!exp || !exp->is_int64()) return IdentityFault::malformed;
  if (exp->as_int64() <= now.ms / 1000) return IdentityFault::expired;
  SignedIdentity who;
  if (!take(said, "id", 200, who.id) || who.id.empty()) return IdentityFault::malformed;
  if (!take(said, "name", 200, who.name) || !take(said, "grade", 8, who.grade)) return IdentityFault::malformed;
  if (!take(said, "phone", 40, who.phone) || !take(said, "email", 254, who.email)) return IdentityFault::malformed;
  if (!who.grade.empty() && std::find(grades.begin(), grades.end(), who.grade) == grades.end())
    return IdentityFault::malformed;
  return who;
}

}  // namespace

std::variant<SignedIdentity, IdentityFault> read_identity(std::string_view secret, std::string_view text, Instant now) {
  if (secret.empty()) return IdentityFault::no_secret;
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos || text.size() > identity_bytes_max) return IdentityFault::malformed;
  const auto claimed = mac_bytes(text.substr(dot + 1));
  if (!claimed) return IdentityFault::malformed;
  const auto mac = http::hmac_sha256(secret, text.substr(0, dot));
  if (!http::equal_constant_time(http::bytes_of(mac), *claimed)) return IdentityFault::forged;
  const auto bytes = http::base64url_decode(text.substr(0, dot));
  if (!bytes) return IdentityFault::malformed;
  boost::system::error_code failed;
  const auto value = json::parse(*bytes, failed);
  if (failed || !value.is_object()) return IdentityFault::malformed;
  return fields(value.as_object(), now);
}

std::string_view word(IdentityFault fault) noexcept {
  switch (fault) {
    case IdentityFault::no_secret: return "no_secret";
    case IdentityFault::forged: return "forged";
    case IdentityFault::expired: return "expired";
    case IdentityFault::malformed: break;
  }
  return "malformed";
}

}  // namespace fd::chat
