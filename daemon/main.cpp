#include <sodium/core.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>

#include "daemon/commands.hpp"
#include "daemon/options.hpp"
#include "daemon/wiring.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed peer is an error code, not the end of the process
  if (sodium_init() < 0) {
    std::fputs("frontdesk: the random number generator of the system does not answer\n", stderr);
    return 75;
  }
  if (std::filesystem::path(argv[0]).filename() == "frontdesk") return fd::run_command(argc, argv);
  const auto parsed = fd::parse_options(argc, argv);
  if (parsed.exit) return *parsed.exit;
  if (parsed.options.defaults) return fd::print_defaults();
  if (parsed.options.check) return fd::check_configuration(parsed.options.config.string(), false, parsed.options.lang);
  try {
    return fd::run_daemon(parsed.options);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "frontdeskd: %s\n", e.what());
    return 1;
  }
}
