#include "config/devices.hpp"

#include "config/secrets.hpp"

namespace fd::config {
namespace {

using Kind = DeviceTrouble::Kind;

std::string names(const std::map<std::string, std::string>& devices) {
  std::string out;
  for (const auto& [name, token] : devices) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

std::variant<DeviceAccess, DeviceTrouble> find_device(const Configuration& c, const std::string& name,
                                                      const std::filesystem::path& state,
                                                      const std::string& credentials) {
  const auto device = c.walkin.devices.find(name);
  if (device == c.walkin.devices.end()) return DeviceTrouble{Kind::unknown, names(c.walkin.devices)};
  const auto base = c.public_url.empty() ? "http://" + c.public_listener.text : c.public_url;
  if (!device->second.empty()) return DeviceAccess{device->second, base};
  const auto path = state / "root-secret";
  std::error_code failed;
  if (credentials.empty() && !std::filesystem::exists(path, failed))
    return DeviceTrouble{failed ? Kind::unreadable : Kind::no_secret,
                         path.string() + (failed ? ": " + failed.message() : "")};
  const auto root = RootSecret::open(state, credentials);
  if (!root) return DeviceTrouble{Kind::unreadable, root.error().text};
  return DeviceAccess{root->device_token(name), base};
}

}  // namespace fd::config
