#pragma once
// The command with a control socket, accounts and streams of the test's own.

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "daemon/cli/cli.hpp"
#include "tests/unit/cli/stub_daemon.hpp"

namespace fd::cli {

class Cli : public ::testing::Test {
 protected:
  Cli() {
    for (const auto* name : {"LC_ALL", "LC_MESSAGES", "LANG", "FRONTDESK_SOCKET", "NO_COLOR"}) ::unsetenv(name);
    ::setenv("TZ", "Asia/Shanghai", 1);
    context.version = "1.2.3";
    context.socket = daemon.path();
    context.agents_file = "/etc/frontdesk/agents.yaml";
    context.config_file = "/etc/frontdesk/frontdesk.yaml";
    context.write_account = [this](const std::string& file, const std::string& config, const AccountChange& account,
                                   const std::string& lang) -> std::optional<AccountTrouble> {
      files = {file, config, lang};
      if (file.ends_with("broken.yaml")) return AccountTrouble{false, "broken.yaml: cannot be written"};
      if (account.id == "nobody") return AccountTrouble{true, {}};
      added.push_back(account);
      return std::nullopt;
    };
    context.hash_password = [](const std::string& password) { return "hash-of:" + password; };
  }

  int run(const std::vector<std::string>& args, const std::string& typed = {}, bool terminal = false) {
    std::istringstream in(typed);
    std::ostringstream out_stream, err_stream;
    const int code = run_cli(args, context, Streams{in, out_stream, err_stream, terminal, terminal});
    out = out_stream.str();
    err = err_stream.str();
    return code;
  }

  test::StubDaemon daemon;
  Context context;
  std::vector<AccountChange> added;
  std::vector<std::string> files;
  std::string out, err;
};

}  // namespace fd::cli
