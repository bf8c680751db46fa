#pragma once
// What every verb has in its hands, and the one way to ask the daemon.

#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "daemon/cli/cli.hpp"
#include "daemon/cli/print.hpp"
#include "daemon/cli/words.hpp"

namespace fd::cli {

struct Options {
  bool as_json = false, quiet = false;
  std::string socket;
  double timeout_s = 10;
  std::string color = "auto";
};

[[nodiscard]] int code_of(unsigned status);  // exit code of an answer of the daemon that is not 200

struct Command {
  const Context& context;
  const Streams& streams;
  const Words& words;
  Lang lang = Lang::en;
  Options options{};

  [[nodiscard]] Style style() const;
  [[nodiscard]] std::chrono::milliseconds timeout() const;
  void say(const std::string& text) const;  // words: to stderr, not with --quiet
  int complain(const std::string& text, int code) const;

  // GET or POST; nothing when `code` says how it failed (the reason is printed).
  [[nodiscard]] std::optional<boost::json::object> ask(const std::string& method, const std::string& path,
                                                       const std::string& body, int& code) const;
  // Prints a body as --json or by `print`.
  int show(boost::json::object body, const std::function<std::string(const boost::json::object&, const Style&)>&) const;
};

struct AgentAsk {
  AccountChange account;
  std::vector<std::string> teams, skills, channels;  // as typed
  std::string password_file, agents_file, config_file;
  bool generate = false;
  bool new_password = false;
};
int change_agent(const Command&, const AgentAsk&);

struct DeviceAsk {
  std::string name, config_file, state;
  std::string page, url;  // kiosk or display: a whole address instead of the token
};
int show_device(const Command&, const DeviceAsk&);

}  // namespace fd::cli
