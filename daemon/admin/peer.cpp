#include "daemon/admin/peer.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace fd::admin {
namespace {

bool in_own_group(uid_t uid) {
  std::vector<char> memory(16384);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, memory.data(), memory.size(), &found) != 0 || found == nullptr) return false;
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (::getgrouplist(found->pw_name, found->pw_gid, groups.data(), &count) < 0) {
    groups.resize(static_cast<std::size_t>(count));
    if (::getgrouplist(found->pw_name, found->pw_gid, groups.data(), &count) < 0) return false;
  }
  groups.resize(static_cast<std::size_t>(count));
  return std::find(groups.begin(), groups.end(), ::getegid()) != groups.end();
}

}  // namespace

bool may_operate(std::string_view remote) {
  constexpr std::string_view prefix = "unix:";
  if (!remote.starts_with(prefix)) return false;
  remote.remove_prefix(prefix.size());
  uid_t uid = 0;
  const auto [end, error] = std::from_chars(remote.data(), remote.data() + remote.size(), uid);
  if (remote.empty() || error != std::errc{} || end != remote.data() + remote.size()) return false;
  return uid == 0 || uid == ::geteuid() || in_own_group(uid);
}

}  // namespace fd::admin
