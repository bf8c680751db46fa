#pragma once
// The one root secret and the keys made from it. A key is HMAC-SHA-256(root, label): knowing one tells nothing of
// another (RFC 2104, RFC 5869 section 3.2). Losing the file ends visitors' tokens, tickets and look-ups by identity.

#include <array>
#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "config/configuration.hpp"

namespace fd::config {

struct SecretError {
  std::string text;  // what and where, for people
};

class RootSecret {
 public:
  // $CREDENTIALS_DIRECTORY/frontdesk_root-secret or …/root-secret when `credentials` is not empty; else
  // <state>/root-secret, made with 32 random bytes and mode 0600 when neither it nor data of Redis is there.
  [[nodiscard]] static boost::system::result<RootSecret, SecretError> open(const std::filesystem::path& state,
                                                                           const std::string& credentials);
  explicit RootSecret(const std::array<std::uint8_t, 32>& bytes) : bytes_(bytes) {}
  RootSecret(const RootSecret&) = default;
  RootSecret& operator=(const RootSecret&) = default;
  ~RootSecret();  // wipes

  // 32 bytes. Labels in use: visitor, ticket, id, pepper, device:<name>.
  [[nodiscard]] std::string key(std::string_view label) const;
  // What the kiosk or display `name` shows when the configuration gives it no token: 32 hex digits.
  [[nodiscard]] std::string device_token(const std::string& name) const;

 private:
  std::array<std::uint8_t, 32> bytes_{};
};
[[noreturn]] void throw_exception_from_error(const SecretError&, const boost::source_location&);

// Fills what the files do not say: chat.token_key, walkin.ticket_key, engine.id_key (16 bytes), tokens of devices that
// have none. The pepper of identities is root.key("pepper").
void fill_keys(Configuration&, const RootSecret& root);

}  // namespace fd::config
