#include "daemon/options.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "daemon/version.hpp"

namespace fd {
namespace {

constexpr std::size_t socket_path_max = 107;  // sun_path of sockaddr_un

}  // namespace

Parsed parse_options(int argc, char** argv) {
  Parsed parsed;
  Options& o = parsed.options;
  CLI::App app{"frontdeskd: switchboard of a customer-service department", "frontdeskd"};
  app.add_option("--config", o.config, "configuration file");
  app.add_option("--state", o.state, "state directory: Redis data, root secret, lock");
  app.add_option("--run", o.run, "run directory: sockets; short, for a socket path ends at 107 bytes");
  app.add_option("--role", o.role, "what this process does")->check(CLI::IsMember({"both", "edge", "router"}));
  app.add_option("--lang", o.lang, "language of messages")->check(CLI::IsMember({"en", "zh"}));
  app.add_flag("--check-config", o.check, "check the configuration and end");
  app.add_flag("--print-defaults", o.defaults, "print the commented sample configuration and end");
  app.add_option("--pages", o.pages, "serve the pages of this directory instead of the embedded ones (for developers)");
  app.set_version_flag("--version", std::string("frontdeskd ") + version);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    parsed.exit = e.get_exit_code() == 0 ? app.exit(e) : (app.exit(e), 2);
  }
  for (auto* path : {&o.config, &o.state, &o.run, &o.pages})
    if (!path->empty()) *path = std::filesystem::absolute(*path);  // the Redis child has a directory of its own
  const auto longest = (o.run / "control.sock").string();
  if (!parsed.exit && !o.check && !o.defaults && longest.size() > socket_path_max) {
    std::fprintf(stderr, "frontdeskd: %s has %zu bytes, a socket's path at most %zu: choose a shorter --run\n",
                 longest.c_str(), longest.size(), socket_path_max);
    parsed.exit = 78;
  }
  return parsed;
}

}  // namespace fd
