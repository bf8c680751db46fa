#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace fd {

struct Options {
  std::filesystem::path config = "/etc/frontdesk/frontdesk.yaml";
  std::filesystem::path state = "/var/lib/frontdesk";
  std::filesystem::path run = "/run/frontdesk";
  std::string role = "both";  // both, edge, router
  std::string lang = "en";
  std::filesystem::path pages;  // served instead of the embedded ones; empty: those
  bool check = false;
  bool defaults = false;
};

// Flags of frontdeskd. Returns an exit code instead when there is nothing to run (help, version, wrong usage).
struct Parsed {
  Options options;
  std::optional<int> exit;
};
[[nodiscard]] Parsed parse_options(int argc, char** argv);

}  // namespace fd
