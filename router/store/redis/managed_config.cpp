// What the managed redis-server is, before it runs: which file, and what it is told.

#include <unistd.h>

#include <algorithm>
#include <array>

#include "router/store/redis/managed.hpp"

namespace fd::store::managed {

std::string find_binary(const Settings& settings, std::string_view path) {
  const auto runs = [](const std::string& file) { return ::access(file.c_str(), X_OK) == 0; };
  if (!settings.binary.empty()) return runs(settings.binary) ? settings.binary : std::string{};
  // In Debian the file of redis-tools is the server; our package links to it, so no service of its own is needed.
  const std::string ours = "/usr/lib/frontdesk/redis-server";
  if (runs(ours)) return ours;
  for (const std::string_view name : {"redis-server", "valkey-server"}) {
    auto rest = path;
    while (!rest.empty()) {
      const auto end = rest.find(':');
      const auto directory = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      auto file = std::string(directory).append("/").append(name);
      if (!directory.empty() && runs(file)) return file;
    }
  }
  return {};
}

namespace {

// Quoted as redis.conf wants it, for a path may hold spaces.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

}  // namespace

bool is_warning(std::string_view line) {
  for (int words = 0; words < 5; ++words) {  // pid:role, day, month, year, time; then the mark
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return false;
    line.remove_prefix(space + 1);
  }
  if (!line.starts_with("# ")) return false;
  line.remove_prefix(2);
  static constexpr std::array<std::string_view, 7> life{
      "Reading config from stdin", "oO0OoO0OoO0Oo",      "Redis version=",
      "Configuration loaded",      "Server initialized", "User requested shutdown",
      "Redis is now ready to exit"};
  return std::none_of(life.begin(), life.end(), [&](std::string_view start) { return line.starts_with(start); });
}

std::string configuration(const Settings& settings) {
  std::string out;
  const auto line = [&](const std::string& text) { out.append(text).push_back('\n'); };
  line("port 0");
  line("unixsocket " + quoted(settings.run + "/redis.sock"));
  line("unixsocketperm 700");
  line("dir " + quoted(settings.state + "/redis"));
  line("daemonize no");
  line("supervised no");
  line("logfile \"\"");
  line("databases 1");
  line("save \"\"");
  line("appendonly yes");
  line("appendfsync always");
  line("no-appendfsync-on-rewrite no");
  line("aof-load-truncated yes");
  line("auto-aof-rewrite-percentage 300");
  line("auto-aof-rewrite-min-size 256mb");
  line("maxmemory " + std::to_string(settings.maxmemory));
  line("maxmemory-policy noeviction");
  line("slowlog-log-slower-than -1");  // it would keep bodies
  line("crash-log-enabled no");        // so would this
  line("enable-debug-command no");
  line("enable-module-command no");
  // The second connection of a store: nobody who gets hold of it writes. The socket's 0700 directory is the door.
  line("user reader on nopass ~fd:* +@read");
  for (const auto& extra : settings.extra) line(extra);
  return out;
}

}  // namespace fd::store::managed
