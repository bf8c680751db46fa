#include "daemon/cli/cli.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "daemon/cli/client.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/usage.hpp"

namespace fd::cli {
namespace json = boost::json;
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// The language must be known before the options have their descriptions.
Lang lang_of(const std::vector<std::string>& args) {
  std::string flag;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i].starts_with("--lang=")) flag = args[i].substr(7);
    if (args[i] == "--lang" && i + 1 < args.size()) flag = args[i + 1];
  }
  return choose_lang(flag, environment("LC_ALL"), environment("LC_MESSAGES"), environment("LANG"));
}

// What the verbs take; filled while the arguments are read, used after.
struct Given {
  std::string lang, file, queue, action, reason, agent, contact, help;
  AgentAsk account;
  DeviceAsk device;
  Options options;
};

struct Verbs {
  CLI::App *check, *status, *queues, *queue, *agents, *contact, *explain, *agent, *agent_add, *agent_set, *agent_passwd,
      *agent_disable, *agent_enable, *device, *version, *help;
};

void add_common(CLI::App& app, Given& given, const Words& w) {
  app.add_flag("--json", given.options.as_json, w.opt_json.str());
  app.add_flag("--quiet,-q", given.options.quiet, w.opt_quiet.str());
  app.add_option("--socket", given.options.socket, w.opt_socket.str());
  app.add_option("--lang", given.lang, w.opt_lang.str())->check(CLI::IsMember({"zh", "en"}));
  app.add_option("--color", given.options.color, w.opt_color.str())->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_option("--timeout", given.options.timeout_s, w.opt_timeout.str())->check(CLI::Range(0.1, 600.0));
}

void add_files(CLI::App& app, AgentAsk& ask, const Words& w) {
  app.add_option("--agents-file", ask.agents_file, w.opt_agents_file.str());
  app.add_option("--config", ask.config_file, w.opt_file.str());
}

void add_password(CLI::App& app, AgentAsk& ask, const Words& w) {
  auto* file = app.add_option("--password-file", ask.password_file, w.opt_password_file.str());
  app.add_flag("--generate", ask.generate, w.opt_generate.str())->excludes(file);
}

void add_account_options(CLI::App& app, AgentAsk& ask, const Words& w, bool fresh) {
  auto& account = ask.account;
  app.add_option("id", account.id, (fresh ? w.opt_new_id : w.opt_account).str())->required();
  auto* number = app.add_option("--staff-no", account.staff_no, w.opt_staff_no.str())->required(fresh);
  auto* zh = app.add_option("--name", account.name_zh, w.opt_name_zh.str());
  auto* en = app.add_option("--name-en", account.name_en, w.opt_name_en.str());
  auto* needed = app.add_option_group("needed");
  needed->add_options(zh, en);
  needed->require_option(1, 0);
  auto* role = app.add_option("--role", account.role, w.opt_role.str());
  role->check(CLI::IsMember({"agent", "supervisor", "admin"}));
  auto* teams = app.add_option("--team", ask.teams, w.opt_team.str())->expected(1)->take_all();
  auto* skills = app.add_option("--skill", ask.skills, w.opt_skill.str())->expected(1)->take_all();
  auto* capacity = app.add_option("--capacity", account.capacity, w.opt_capacity.str());
  auto* channels = app.add_option("--channel", ask.channels, w.opt_channel.str())->expected(1)->take_all();
  if (!fresh) needed->add_options(number, role, teams, skills, capacity, channels);
  add_files(app, ask, w);
}

CLI::App* add_account_verb(CLI::App& group, const std::string& name, AgentAsk& ask, const Word& what, const Words& w) {
  auto* verb = group.add_subcommand(name, what.str());
  verb->add_option("id", ask.account.id, w.opt_account.str())->required();
  add_files(*verb, ask, w);
  return verb;
}

void add_agent_verbs(Verbs& v, AgentAsk& ask, const Words& w) {
  v.agent->require_subcommand(1);
  v.agent->fallthrough();
  v.agent_add = v.agent->add_subcommand("add", w.verb_agent_add.str());
  add_account_options(*v.agent_add, ask, w, true);
  add_password(*v.agent_add, ask, w);
  v.agent_set = v.agent->add_subcommand("set", w.verb_agent_set.str());
  add_account_options(*v.agent_set, ask, w, false);
  v.agent_passwd = add_account_verb(*v.agent, "passwd", ask, w.verb_agent_passwd, w);
  add_password(*v.agent_passwd, ask, w);
  v.agent_disable = add_account_verb(*v.agent, "disable", ask, w.verb_agent_disable, w);
  v.agent_enable = add_account_verb(*v.agent, "enable", ask, w.verb_agent_enable, w);
}

void add_device_options(CLI::App& app, DeviceAsk& ask, const Words& w) {
  app.add_option("name", ask.name, w.opt_device.str())->required();
  app.add_option("--config", ask.config_file, w.opt_file.str());
  app.add_option("--state", ask.state, w.opt_state.str());
  auto* page = app.add_option("--page", ask.page, w.opt_page.str())->check(CLI::IsMember({"kiosk", "display"}));
  app.add_option("--url", ask.url, w.opt_url.str())->needs(page);
}

Verbs add_verbs(CLI::App& app, Given& given, const Words& w) {
  Verbs v{};
  v.check = app.add_subcommand("check", w.verb_check.str());
  v.check->add_option("file", given.file, w.opt_file.str());
  v.status = app.add_subcommand("status", w.verb_status.str());
  v.queues = app.add_subcommand("queues", w.verb_queues.str());
  v.queues->add_option("name", given.queue, w.opt_name.str());
  v.queue = app.add_subcommand("queue", w.verb_queue.str());
  v.queue->add_option("name", given.queue, w.opt_name.str())->required();
  v.queue->add_option("action", given.action, w.opt_action.str())
      ->required()
      ->check(CLI::IsMember({"pause", "resume"}));
  v.queue->add_option("--reason", given.reason, w.opt_reason.str())->required();
  v.agents = app.add_subcommand("agents", w.verb_agents.str());
  v.agents->add_option("id", given.agent, w.opt_agent.str());
  v.contact = app.add_subcommand("contact", w.verb_contact.str());
  v.contact->add_option("id", given.contact, w.opt_contact.str())->required();
  v.explain = app.add_subcommand("explain", w.verb_explain.str());
  v.explain->add_option("id", given.contact, w.opt_contact.str())->required();
  v.agent = app.add_subcommand("agent", w.verb_agent.str());
  add_agent_verbs(v, given.account, w);
  v.device = app.add_subcommand("device", w.verb_device.str());
  add_device_options(*v.device, given.device, w);
  v.version = app.add_subcommand("version", w.verb_version.str());
  v.help = app.add_subcommand("help", w.verb_help.str());
  v.help->add_option("verb", given.help, w.opt_verb.str());
  return v;
}

int show_list(const Command& command, const std::string& path, std::string_view list, const std::string& only,
              std::string (*print)(const json::object&, const Style&)) {
  int code = failed;
  auto body = command.ask("GET", path, "", code);
  if (!body) return code;
  if (!only.empty() && !keep_only(*body, list, only))
    return command.complain(fill(command.words.not_found, {only}), not_found);
  return command.show(std::move(*body), print);
}

int show_one(const Command& command, const std::string& path, std::string (*print)(const json::object&, const Style&)) {
  int code = failed;
  auto body = command.ask("GET", path, "", code);
  return body ? command.show(std::move(*body), print) : code;
}

int change_queue(const Command& command, const Given& given) {
  int code = failed;
  const json::object body{{"reason", given.reason}};
  const auto path = "/v1/queues/" + percent_encode(given.queue) + "/" + given.action;
  auto answer = command.ask("POST", path, json::serialize(body), code);
  if (!answer) return code;
  if (command.options.as_json) return command.show(std::move(*answer), print_status);
  const auto& word = given.action == "pause" ? command.words.queue_paused : command.words.queue_resumed;
  command.say(fill(word, {given.queue}));
  return done;
}

int show_version(const Command& command) {
  if (command.options.as_json)
    command.streams.out << json::serialize(json::object{{"v", 1}, {"version", command.context.version}}) << '\n';
  else
    command.streams.out << "frontdesk " << command.context.version << '\n';
  return done;
}

int show_help(const Command& command, CLI::App& app, const std::string& verb) {
  if (verb.empty()) {
    // App::help would describe the verb that was parsed, which is `help`.
    command.streams.out << app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal);
    return done;
  }
  const auto all = app.get_subcommands({});
  const auto sub = std::find_if(all.begin(), all.end(), [&](const CLI::App* one) { return one->get_name() == verb; });
  if (sub == all.end()) return command.complain(fill(command.words.not_found, {verb}), wrong_usage);
  command.streams.out << (*sub)->help("frontdesk");
  return done;
}

int run_check(const Command& command, const Given& given) {
  const auto& context = command.context;
  if (!context.check) return command.complain(command.words.no_check.str(), failed);
  const auto& file = given.file.empty() ? context.config_file : given.file;
  return context.check(file, command.options.as_json, command.lang == Lang::zh ? "zh" : "en");
}

// The file of the accounts and the configuration they must fit stand side by side.
int run_agent(const Command& command, const Verbs& v, AgentAsk ask) {
  namespace fs = std::filesystem;
  const auto beside = [](const std::string& file, const char* name) {
    return (fs::path(file).parent_path() / name).string();
  };
  if (ask.agents_file.empty() && ask.config_file.empty()) {
    ask.agents_file = command.context.agents_file;
    ask.config_file = command.context.config_file;
  }
  if (ask.agents_file.empty()) ask.agents_file = beside(ask.config_file, "agents.yaml");
  if (ask.config_file.empty()) ask.config_file = beside(ask.agents_file, "frontdesk.yaml");
  ask.account.fresh = v.agent_add->parsed();
  ask.new_password = v.agent_passwd->parsed();
  if (v.agent_disable->parsed() || v.agent_enable->parsed()) ask.account.disabled = v.agent_disable->parsed();
  return change_agent(command, ask);
}

int dispatch(const Command& command, CLI::App& app, const Verbs& v, Given& given) {
  if (v.check->parsed()) return run_check(command, given);
  if (v.status->parsed()) return show_one(command, "/v1/status", print_status);
  if (v.queues->parsed()) return show_list(command, "/v1/queues", "queues", given.queue, print_queues);
  if (v.queue->parsed()) return change_queue(command, given);
  if (v.agents->parsed()) return show_list(command, "/v1/agents", "agents", given.agent, print_agents);
  if (v.contact->parsed()) return show_one(command, "/v1/contacts/" + percent_encode(given.contact), print_contact);
  if (v.explain->parsed()) return show_one(command, "/v1/explain/" + percent_encode(given.contact), print_explain);
  if (v.agent->parsed()) return run_agent(command, v, given.account);
  if (v.device->parsed()) {
    if (given.device.config_file.empty()) given.device.config_file = command.context.config_file;
    if (given.device.state.empty()) given.device.state = command.context.state;
    return show_device(command, given.device);
  }
  if (v.version->parsed()) return show_version(command);
  return show_help(command, app, given.help);
}

}  // namespace

int run_cli(const std::vector<std::string>& args, const Context& context, const Streams& streams) {
  const auto lang = lang_of(args);
  const auto& w = words(lang);
  Given given;
  given.options.socket = environment("FRONTDESK_SOCKET");
  CLI::App app(w.app.str(), "frontdesk");
  app.set_help_flag("--help,-h", w.verb_help.str());
  app.set_version_flag("--version", "frontdesk " + context.version, w.verb_version.str());
  app.require_subcommand(1);
  app.fallthrough();
  add_common(app, given, w);
  const auto verbs = add_verbs(app, given, w);
  try {
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));  // CLI11 takes them from the end
  } catch (const CLI::Success& wanted) {                              // --help, --version
    app.exit(wanted, streams.out, streams.err);
    return done;
  } catch (const CLI::ParseError& error) {
    streams.err << fill(w.usage, {usage_text(error.what(), w)}) << '\n';
    return wrong_usage;
  }
  if (given.options.socket.empty()) given.options.socket = context.socket;
  const Command command{context, streams, w, lang, given.options};
  return dispatch(command, app, verbs, given);
}

int run_cli(int argc, char** argv, const Context& context) {
  const std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
  const Streams streams{std::cin, std::cout, std::cerr, ::isatty(STDIN_FILENO) == 1, ::isatty(STDOUT_FILENO) == 1};
  return run_cli(args, context, streams);
}

}  // namespace fd::cli
