#include "daemon/desk/tries.hpp"

#include <algorithm>

namespace fd::desk {

Tries::Tries(std::size_t tries_max, Duration window, std::size_t keys_max)
    : tries_max_(std::max<std::size_t>(tries_max, 1)), window_(window), keys_max_(keys_max) {}

std::optional<Duration> Tries::charge(const std::string& key, Duration now) {
  if (!tries_.contains(key)) make_room(now);
  auto& times = tries_[key];
  while (!times.empty() && times.front() + window_ <= now) times.pop_front();
  if (times.size() >= tries_max_) return times.front() + window_ - now;
  times.push_back(now);
  return std::nullopt;
}

void Tries::give_back(const std::string& key) {
  const auto at = tries_.find(key);
  if (at == tries_.end()) return;
  if (!at->second.empty()) at->second.pop_back();
  if (at->second.empty()) tries_.erase(at);
}

void Tries::forget(const std::string& key) { tries_.erase(key); }

void Tries::make_room(Duration now) {
  if (tries_.size() < keys_max_) return;
  std::erase_if(tries_, [&](const auto& entry) { return entry.second.back() + window_ <= now; });
  if (tries_.size() < keys_max_) return;
  tries_.erase(std::min_element(tries_.begin(), tries_.end(),
                                [](const auto& a, const auto& b) { return a.second.back() < b.second.back(); }));
}

}  // namespace fd::desk
