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

bool id_ok(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto colon = text.find(':');
    out.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return out;
    text.remove_prefix(colon + 1);
  }
}

std::optional<int> whole(std::string_view text, int least, int most) {
  int n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || n < least || n > most)
    return std::nullopt;
  return n;
}

std::optional<Team> team_of(std::string_view text) {
  const auto parts = split(text);
  if (parts.size() > 3 || !id_ok(parts[0])) return std::nullopt;
  Team team{std::string(parts[0])};
  if (parts.size() > 1) {
    const auto rank = whole(parts[1], 1, 99);
    if (!rank) return std::nullopt;
    team.rank = *rank;
  }
  if (parts.size() > 2) {
    const auto delay = whole(parts[2], 0, 86'400);
    if (!delay) return std::nullopt;
    team.delay_s = *delay;
  }
  return team;
}

std::optional<std::pair<std::string, int>> skill_of(std::string_view text) {
  const auto parts = split(text);
  if (parts.size() != 2 || !id_ok(parts[0])) return std::nullopt;
  const auto level = whole(parts[1], 1, 10);
  if (!level) return std::nullopt;
  return std::pair(std::string(parts[0]), *level);
}

// The account is written; what the daemon makes of it is said, and only its refusal is a failure.
int tell_daemon(const Command& command) {
  const auto& w = command.words;
  const auto answer = call(command.options.socket, "POST", "/v1/roster", "{}", std::chrono::seconds{10});
  const auto* reply = std::get_if<Reply>(&answer);
  if (reply == nullptr) {
    const auto& error = std::get<CallError>(answer);
    if (error.kind == CallError::Kind::absent) return command.say(w.account_later.str()), done;
    return command.complain(fill(w.account_unread, {error.text}),
                            error.kind == CallError::Kind::lost ? outcome_unknown : not_permitted);
  }
  if (reply->status == 200) return command.say(w.account_live.str()), done;
  return command.complain(fill(w.account_unread, {reply->body}), failed);
}

std::optional<std::string> wrong_option(const AgentAdd& add, NewAccount& account, const Words& w) {
  if (!id_ok(account.id)) return fill(w.bad_id, {account.id});
  if (!id_ok(account.staff_no)) return fill(w.bad_id, {account.staff_no});
  for (const auto& text : add.teams) {
    const auto team = team_of(text);
    if (!team) return fill(w.bad_team, {text});
    account.teams.push_back(*team);
  }
  for (const auto& text : add.skills) {
    const auto skill = skill_of(text);
    if (!skill) return fill(w.bad_skill, {text});
    account.skills.insert(*skill);
  }
  if (account.name_zh.empty()) account.name_zh = account.name_en;
  if (account.name_en.empty()) account.name_en = account.name_zh;
  return std::nullopt;
}

}  // namespace

int add_agent(const Command& command, AgentAdd add) {
  const auto& w = command.words;
  auto account = add.account;
  if (const auto wrong = wrong_option(add, account, w)) return command.complain(*wrong, wrong_usage);
  int code = failed;
  const auto password = take_password({add.password_file, add.generate}, account.id, w, command.streams, code);
  if (!password) return code;
  account.password = command.context.hash_password(password->text);
  if (const auto error = command.context.add_account(add.agents_file, account))
    return command.complain(fill(w.account_failed, {*error}), failed);
  command.say(fill(w.account_added, {account.id, add.agents_file}));
  if (command.options.as_json) {
    boost::json::object out{{"v", 1}, {"id", account.id}, {"staff_no", account.staff_no}};
    if (password->generated) out["password"] = password->text;
    command.streams.out << boost::json::serialize(out) << '\n';
  } else if (password->generated) {
    command.say(w.password_made.str());
    command.streams.out << password->text << '\n';
  }
  return tell_daemon(command);
}

}  // namespace fd::cli
