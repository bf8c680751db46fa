#include "channels/chat/origin.hpp"

#include <algorithm>

namespace fd::chat {

Door door_for(const Website& website, std::string_view origin, std::string_view own) {
  if (origin.empty() || origin == "null") return website.allow_app ? Door::needs_identity : Door::shut;
  if (origin == own) return Door::open;
  const auto& list = website.origins;
  return std::find(list.begin(), list.end(), origin) == list.end() ? Door::shut : Door::open;
}

std::string own_origin(std::string_view public_url, std::string_view host, bool secure) {
  if (public_url.empty()) return host.empty() ? std::string() : (secure ? "https://" : "http://") + std::string(host);
  const auto scheme = public_url.find("://");
  const auto path = scheme == std::string_view::npos ? scheme : public_url.find('/', scheme + 3);
  return std::string(public_url.substr(0, path));
}

std::string allow_framing(std::string_view policy, const Website& website) {
  constexpr std::string_view directive = "frame-ancestors";
  std::string allowed(directive);
  allowed.append(" 'self'");
  for (const auto& origin : website.origins) allowed += " " + origin;
  const auto at = policy.find(directive);
  if (at == std::string_view::npos) return std::string(policy) + (policy.empty() ? "" : "; ") + allowed;
  const auto end = std::min(policy.find(';', at), policy.size());
  return std::string(policy.substr(0, at)) + allowed + std::string(policy.substr(end));
}

}  // namespace fd::chat
