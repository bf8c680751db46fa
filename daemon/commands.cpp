#include "daemon/commands.hpp"

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

int check_configuration(const std::string& file, bool as_json, const std::string& lang) {
  config::LoadOptions options;
  options.language = lang == "zh" ? config::Language::zh : config::Language::en;
  options.environment = config::process_environment();
  const auto result = config::load(file, options);
  if (as_json) {
    boost::json::array list;
    for (const auto& e : result.errors)
      list.push_back(boost::json::object{{"file", e.file},
                                         {"line", e.line},
                                         {"column", e.column},
                                         {"code", e.code},
                                         {"key", e.key},
                                         {"message", e.message},
                                         {"hint", e.hint}});
    std::printf("%s\n", boost::json::serialize(boost::json::object{{"v", 1}, {"errors", std::move(list)}}).c_str());
  } else {
    for (const auto& e : result.errors) std::fputs(config::text(e, options.language).c_str(), stderr);
    if (result.errors.empty()) std::printf("%s\n", lang == "zh" ? "配置正确" : "the configuration is good");
  }
  return result.errors.empty() ? cli::done : cli::errors_found;
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
  context.add_account = [](const std::string& file, const cli::NewAccount& account) -> std::optional<std::string> {
    engine::Account a;
    a.id = AgentId(account.id);
    a.staff_no = account.staff_no;
    if (!account.name_zh.empty()) a.name["zh"] = account.name_zh;
    if (!account.name_en.empty()) a.name["en"] = account.name_en;
    a.role = account.role == "admin"        ? engine::Role::admin
             : account.role == "supervisor" ? engine::Role::supervisor
                                            : engine::Role::agent;
    for (const auto& team : account.teams)
      a.teams.push_back({QueueName(team.queue), team.rank, std::chrono::seconds{team.delay_s}});
    a.skills = account.skills;
    a.capacity = account.capacity;
    a.channels = account.channels;
    return config::add_account(file, a, account.password);
  };
  return cli::run_cli(argc, argv, context);
}

}  // namespace fd
