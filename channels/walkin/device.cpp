#include "channels/walkin/device.hpp"

#include "channels/http/crypto.hpp"

namespace fd::walkin {
namespace {

constexpr std::string_view cookie_name = "fd_device";

std::string in_query(const http::Request& request) {
  const auto at = request.query.find("device");
  return at == request.query.end() ? std::string() : at->second;
}

std::string holder_of(const Settings& settings, const std::string& token) {
  std::string found;
  for (const auto& [name, expected] : settings.devices)
    if (!expected.empty() && http::equal_constant_time(expected, token)) found = name;
  return found;
}

// A cookie is only as good as characters that need no quoting (RFC 6265 §4.1.1).
bool cookie_safe(const std::string& token) {
  return token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~") ==
         std::string::npos;
}

}  // namespace

std::string device_of(const Settings& settings, const http::Request& request) {
  std::string token(request.header("x-frontdesk-device"));
  if (token.empty()) token = in_query(request);
  if (token.empty()) token = request.cookie(cookie_name);
  return token.empty() ? std::string() : holder_of(settings, token);
}

std::string device_cookie(const Settings& settings, const http::Request& request) {
  const auto token = in_query(request);
  if (token.empty() || !cookie_safe(token) || holder_of(settings, token).empty()) return {};
  return std::string(cookie_name) + "=" + token + "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict" +
         (request.secure ? "; Secure" : "");
}

http::Response no_device() {
  return http::error_response(401, "no_device",
                              "this needs the token of a device of walkin.devices: header X-Frontdesk-Device, or open "
                              "the page once with ?device=TOKEN");
}

}  // namespace fd::walkin
