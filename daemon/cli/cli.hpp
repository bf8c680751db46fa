#pragma once
// The command `frontdesk`: verbs of operators over HTTP on the control socket (operations.md §2). Data go to stdout,
// words to stderr. Exit codes: 0 done, 1 failed or the answer is no, 2 wrong usage, 3 daemon not reachable, 4 not
// permitted, 5 not found, 6 outcome unknown, 10 only warnings, 11 errors found (check).

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fd::cli {

inline constexpr int done = 0, failed = 1, wrong_usage = 2, unreachable = 3, not_permitted = 4, not_found = 5,
                     outcome_unknown = 6, only_warnings = 10, errors_found = 11;

struct Team {
  std::string queue;
  int rank = 1;
  int delay_s = 0;
};

// Of a row of agents.yaml; what is not set stays as it is, in a new one as it is by default. What a value may be is
// for the configuration to say.
struct AccountChange {
  std::string id;
  bool fresh = false;  // a new row; else one that is there
  std::optional<std::string> staff_no, name_zh, name_en, role;
  std::optional<std::vector<Team>> teams;
  std::optional<std::map<std::string, int>> skills;
  std::optional<int> capacity;
  std::optional<std::vector<std::string>> channels;  // empty = all
  std::optional<std::string> password;               // argon2id string as libsodium writes it
  std::optional<bool> disabled;
};
struct AccountTrouble {  // nothing was written
  bool unknown = false;  // no such id
  std::string text;      // what, where, how to mend it
};

// The token of a kiosk or call display, or why there is none.
struct DeviceAccess {
  std::string token;
  std::string base;  // public address of the daemon
};
struct DeviceTrouble {
  enum class Kind : std::uint8_t { bad_config, unknown, no_secret, unreadable } kind = Kind::unknown;
  std::string text;
};

// What the executable knows and the command does not.
struct Context {
  std::string version;
  std::string socket;       // control socket, unless --socket or FRONTDESK_SOCKET names one
  std::string config_file;  // default of `check`
  std::string agents_file;  // default of `agent`
  std::string state;        // default of `device --state`
  // Checks a configuration and prints what it finds; returns the exit code. lang: "zh" or "en".
  std::function<int(const std::string& file, bool as_json, const std::string& lang)> check;
  // Changes the file as a whole when `check` with this configuration would find it good. lang: "zh" or "en".
  std::function<std::optional<AccountTrouble>(const std::string& agents_file, const std::string& config_file,
                                              const AccountChange&, const std::string& lang)>
      write_account;
  // Looks a device up without a daemon.
  std::function<std::variant<DeviceAccess, DeviceTrouble>(const std::string& name, const std::string& config_file,
                                                          const std::string& state)>
      device;
  // argon2id string of a password.
  std::function<std::string(const std::string& password)> hash_password;
};

// Where the command reads and writes; tests give their own.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool terminal_in = false;   // a person can be asked
  bool terminal_out = false;  // tables may be coloured
};

[[nodiscard]] int run_cli(int argc, char** argv, const Context&);
[[nodiscard]] int run_cli(const std::vector<std::string>& args, const Context&,
                          const Streams&);  // args without argv[0]

}  // namespace fd::cli
