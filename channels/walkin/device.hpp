#pragma once
// Kiosks and displays prove themselves by a token: header X-Frontdesk-Device, ?device=, or the cookie that their page
// sets from it (a WebSocket cannot send headers).

#include <string>

#include "channels/http/http.hpp"
#include "channels/walkin/settings.hpp"

namespace fd::walkin {

// The device's name; empty: no token, or none of ours. Compares with every device, each in constant time.
[[nodiscard]] std::string device_of(const Settings&, const http::Request&);
// The Set-Cookie for a page opened with a valid ?device=; empty otherwise.
[[nodiscard]] std::string device_cookie(const Settings&, const http::Request&);
[[nodiscard]] http::Response no_device();

}  // namespace fd::walkin
