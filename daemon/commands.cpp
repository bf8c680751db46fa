#include "daemon/commands.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "config/accounts.hpp"
#include "config/devices.hpp"
#include "config/load.hpp"
#include "daemon/cli/cli.hpp"
#include "daemon/version.hpp"

namespace fd {

namespace {

boost::json::array listed(const std::vector<config::Error>& errors) {
  boost::json::array list;
  for (const auto& e : errors)
    list.push_back(boost::json::object{{"file", e.file},
                                       {"line", e.line},
                                       {"column", e.column},
                                       {"code", e.code},
                                       {"key", e.key},
                                       {"message", e.message},
                                       {"hint", e.hint}});
  return list;
}

}  // namespace

int check_configuration(const std::string& file, bool as_json, const std::string& lang) {
  config::LoadOptions options;
  options.language = lang == "zh" ? config::Language::zh : config::Language::en;
  options.environment = config::process_environment();
  const auto result = config::load(file, options);
  if (as_json) {
    const boost::json::object found{{"v", 1}, {"errors", listed(result.errors)}, {"warnings", listed(result.warnings)}};
    std::printf("%s\n", boost::json::serialize(found).c_str());
  } else {
    for (const auto* list : {&result.errors, &result.warnings})
      for (const auto& e : *list) std::fputs(config::text(e, options.language).c_str(), stderr);
    if (result.errors.empty()) std::printf("%s\n", lang == "zh" ? "配置正确" : "the configuration is good");
  }
  if (!result.errors.empty()) return cli::errors_found;
  return result.warnings.empty() ? cli::done : cli::only_warnings;
}

extern "C" const char fd_sample[], fd_sample_end[];

int print_defaults() {
  const auto size = static_cast<std::size_t>(fd_sample_end - fd_sample);
  const bool written = std::fwrite(fd_sample, 1, size, stdout) == size && std::fflush(stdout) == 0;
  return written ? cli::done : cli::failed;
}

namespace {

std::variant<cli::DeviceAccess, cli::DeviceTrouble> find_device(const std::string& name, const std::string& file,
                                                                const std::string& state) {
  using Kind = cli::DeviceTrouble::Kind;
  config::LoadOptions options;
  options.environment = config::process_environment();
  const auto read = config::load(file, options);
  if (!read.configuration) return cli::DeviceTrouble{Kind::bad_config, {}};
  const auto credentials = options.environment.find("CREDENTIALS_DIRECTORY");
  const auto found = config::find_device(*read.configuration, name, state,
                                         credentials == options.environment.end() ? "" : credentials->second);
  if (const auto* device = std::get_if<config::DeviceAccess>(&found))
    return cli::DeviceAccess{device->token, device->base};
  const auto& trouble = std::get<config::DeviceTrouble>(found);
  switch (trouble.kind) {
    case config::DeviceTrouble::Kind::unknown: return cli::DeviceTrouble{Kind::unknown, trouble.text};
    case config::DeviceTrouble::Kind::no_secret: return cli::DeviceTrouble{Kind::no_secret, trouble.text};
    case config::DeviceTrouble::Kind::unreadable: break;
  }
  return cli::DeviceTrouble{Kind::unreadable, trouble.text};
}

void put(engine::Account& a, const cli::AccountChange& change) {
  if (change.staff_no) a.staff_no = *change.staff_no;
  if (change.name_zh) a.name["zh"] = *change.name_zh;
  if (change.name_en) a.name["en"] = *change.name_en;
  if (change.role)
    a.role = *change.role == "admin"        ? engine::Role::admin
             : *change.role == "supervisor" ? engine::Role::supervisor
                                            : engine::Role::agent;
  if (change.teams) {
    a.teams.clear();
    for (const auto& team : *change.teams)
      a.teams.push_back({QueueName(team.queue), team.rank, std::chrono::seconds{team.delay_s}});
  }
  if (change.skills) a.skills = *change.skills;
  if (change.capacity) a.capacity = *change.capacity;
  if (change.channels) a.channels = *change.channels;
  if (change.disabled) a.disabled = *change.disabled;
}

// Adds or changes one; its place in the list, or nothing when there is none of this id.
std::optional<std::size_t> put(std::vector<config::StoredAccount>& list, const cli::AccountChange& change) {
  const auto same = [&](const config::StoredAccount& one) { return one.account.id.str() == change.id; };
  auto it = std::find_if(list.begin(), list.end(), same);
  if (change.fresh) {
    it = list.insert(list.end(), config::StoredAccount{});
    it->account.id = AgentId(change.id);
  }
  if (it == list.end()) return std::nullopt;
  put(it->account, change);
  if (change.password) it->password = *change.password;
  return static_cast<std::size_t>(it - list.begin());
}

// What is wrong with a text that was not written has a key, but no place in a file.
std::string told(config::Error error, const std::string& id, std::size_t at, config::Language language) {
  if (error.file != "agents.yaml") return config::text(error, language);
  const auto own = "agents." + std::to_string(at);
  const auto rest = error.key.starts_with(own + ".") ? error.key.substr(own.size() + 1) : error.key;
  error.file = id + ", " + rest;
  error.line = 0;
  return config::text(error, language);
}

std::optional<cli::AccountTrouble> write_account(const std::string& file, const std::string& config_file,
                                                 const cli::AccountChange& change, const std::string& lang) {
  config::LoadOptions options;
  options.language = lang == "zh" ? config::Language::zh : config::Language::en;
  options.environment = config::process_environment();
  // Who is locked out must be out, whatever is wrong elsewhere; all else must start with the configuration as it is.
  const bool refers = change.fresh || change.teams || change.channels;
  std::size_t at = 0;
  bool judged = false;
  const auto written = config::change_accounts(
      file, options.language,
      [&](std::vector<config::StoredAccount>& list) {
        const auto place = put(list, change);
        at = place.value_or(0);
        return place.has_value();
      },
      [&](const std::string& text) {
        judged = true;
        if (!refers) return config::judge_accounts(text, options.language);
        options.accounts = text;
        return config::load(config_file, options).errors;
      });
  if (written.done()) return std::nullopt;
  cli::AccountTrouble trouble{!written.found, written.trouble};
  for (const auto& e : written.errors)
    trouble.text += judged ? told(e, change.id, at, options.language) : config::text(e, options.language);
  while (trouble.text.ends_with('\n')) trouble.text.pop_back();
  return trouble;
}

}  // namespace

int run_command(int argc, char** argv) {
  const char* state = std::getenv("FRONTDESK_CONFIG");
  cli::Context context;
  context.version = version;
  context.config_file = state ? state : "/etc/frontdesk/frontdesk.yaml";
  context.agents_file = (std::filesystem::path(context.config_file).parent_path() / "agents.yaml").string();
  context.socket = "/run/frontdesk/control.sock";
  context.state = "/var/lib/frontdesk";
  context.check = check_configuration;
  context.device = find_device;
  context.hash_password = config::hash_password;
  context.write_account = write_account;
  return cli::run_cli(argc, argv, context);
}

}  // namespace fd
