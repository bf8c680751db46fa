// Accounts: the file is changed by the configuration's own code, the daemon is told to read it again.
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <ostream>

#include "daemon/cli/client.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/password.hpp"

namespace fd::cli {
namespace {

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto colon = text.find(':');
    out.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return out;
    text.remove_prefix(colon + 1);
  }
}

std::optional<int> whole(std::string_view text) {
  int n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

std::optional<Team> team_of(std::string_view text) {
  const auto parts = split(text);
  if (parts.size() > 3 || parts[0].empty()) return std::nullopt;
  const auto rank = parts.size() > 1 ? whole(parts[1]) : 1;
  const auto delay = parts.size() > 2 ? whole(parts[2]) : 0;
  if (!rank || !delay) return std::nullopt;
  return Team{std::string(parts[0]), *rank, *delay};
}

std::optional<std::pair<std::string, int>> skill_of(std::string_view text) {
  const auto parts = split(text);
  const auto level = parts.size() == 2 ? whole(parts[1]) : std::nullopt;
  if (!level || parts[0].empty()) return std::nullopt;
  return std::pair(std::string(parts[0]), *level);
}

// The account is written; what the daemon makes of it is said, and only its refusal is a failure.
int tell_daemon(const Command& command) {
  const auto& w = command.words;
  const auto answer = call(command.options.socket, "POST", "/v1/roster", "{}", command.timeout());
  if (const auto* error = std::get_if<CallError>(&answer)) {
    if (error->kind == CallError::Kind::absent) return command.say(w.account_later.str()), done;
    if (error->kind == CallError::Kind::forbidden)
      return command.complain(fill(w.account_unread, {error->text}), not_permitted);
    return command.complain(fill(w.account_unsure, {error->text}), outcome_unknown);
  }
  const auto& reply = std::get<Reply>(answer);
  if (reply.status == 200) return command.say(w.account_live.str()), done;
  const int code = code_of(reply.status);
  return command.complain(fill(code == outcome_unknown ? w.account_unsure : w.account_unread, {reply.body}), code);
}

std::optional<std::string> wrong_option(const AgentAsk& ask, AccountChange& account, const Words& w) {
  for (const auto& text : ask.teams) {
    const auto team = team_of(text);
    if (!team) return fill(w.bad_team, {text});
    if (!account.teams) account.teams.emplace();
    account.teams->push_back(*team);
  }
  for (const auto& text : ask.skills) {
    const auto skill = skill_of(text);
    if (!skill) return fill(w.bad_skill, {text});
    if (!account.skills) account.skills.emplace();
    account.skills->insert(*skill);
  }
  if (!ask.channels.empty()) account.channels = ask.channels;
  if (account.fresh && !account.name_zh) account.name_zh = account.name_en;
  if (account.fresh && !account.name_en) account.name_en = account.name_zh;
  return std::nullopt;
}

void show(const Command& command, const AccountChange& account, const std::optional<Password>& password) {
  const bool tell = password && password->generated;
  if (command.options.as_json) {
    boost::json::object out{{"v", 1}, {"id", account.id}};
    if (account.staff_no) out["staff_no"] = *account.staff_no;
    if (tell) out["password"] = password->text;
    command.streams.out << boost::json::serialize(out) << '\n';
  } else if (tell) {
    command.say(command.words.password_made.str());
    command.streams.out << password->text << '\n';
  }
}

}  // namespace

int change_agent(const Command& command, const AgentAsk& ask) {
  const auto& w = command.words;
  auto account = ask.account;
  if (const auto wrong = wrong_option(ask, account, w)) return command.complain(*wrong, wrong_usage);
  std::optional<Password> password;
  if (account.fresh || ask.new_password) {
    int code = failed;
    password = take_password({ask.password_file, ask.generate}, account.id, w, command.streams, code);
    if (!password) return code;
    account.password = command.context.hash_password(password->text);
  }
  const auto trouble =
      command.context.write_account(ask.agents_file, ask.config_file, account, command.lang == Lang::zh ? "zh" : "en");
  if (trouble && trouble->unknown)
    return command.complain(fill(w.account_unknown, {ask.agents_file, account.id}), not_found);
  if (trouble) return command.complain(fill(w.account_failed, {trouble->text}), failed);
  command.say(fill(account.fresh ? w.account_added : w.account_changed, {account.id, ask.agents_file}));
  show(command, account, password);
  return tell_daemon(command);
}

}  // namespace fd::cli
