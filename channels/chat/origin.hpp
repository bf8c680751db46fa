#pragma once
// Who may open a socket: the browser says which page asks, and a website lists its own pages exactly. Pure.

#include <string>
#include <string_view>

#include "channels/chat/settings.hpp"

namespace fd::chat {

enum class Door : std::uint8_t { open, needs_identity, shut };

// `origin`: the request's Origin, empty when it has none (as apps without a browser). `own`: where our own pages live.
[[nodiscard]] Door door_for(const Website&, std::string_view origin, std::string_view own);

// "https://kf.example.cn" of public_url; without one, of the request's Host.
[[nodiscard]] std::string own_origin(std::string_view public_url, std::string_view host, bool secure);

// The website's pages may frame ours: replaces frame-ancestors in a Content-Security-Policy.
[[nodiscard]] std::string allow_framing(std::string_view policy, const Website&);

}  // namespace fd::chat
