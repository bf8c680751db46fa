#pragma once
// The token of a kiosk or call display, as the daemon will judge it: from its file, or made from the root secret.

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include "config/configuration.hpp"

namespace fd::config {

struct DeviceAccess {
  std::string token;
  std::string base;  // public address: public_url, or what the daemon listens on
};

struct DeviceTrouble {
  enum class Kind : std::uint8_t { unknown, no_secret, unreadable } kind = Kind::unknown;
  std::string text;  // unknown: the names there are; else: the root secret's file, and why
};

// Never makes a root secret: one that the daemon does not use would give tokens that open nothing.
[[nodiscard]] std::variant<DeviceAccess, DeviceTrouble> find_device(const Configuration&, const std::string& name,
                                                                    const std::filesystem::path& state,
                                                                    const std::string& credentials);

}  // namespace fd::config
