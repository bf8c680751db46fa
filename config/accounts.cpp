#include "config/accounts.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "config/file.hpp"
#include "config/settle.hpp"

namespace fd::config {
namespace {

constexpr unsigned long long passes = 3;
constexpr std::size_t memory = std::size_t{64} << 20;

// In double quotes, JSON's escapes are YAML's too.
std::string quoted(const std::string& s) { return boost::json::serialize(boost::json::value(s)); }

std::string row(const StoredAccount& stored) {
  static constexpr const char* roles[] = {"agent", "supervisor", "admin"};
  const engine::Account& a = stored.account;
  std::string out = "  - id: " + quoted(a.id.str()) + "\n    staff_no: " + quoted(a.staff_no) + "\n    name: {";
  const char* comma = "";
  for (const auto& [language, text] : a.name) {
    out += comma + language + ": " + quoted(text);
    comma = ", ";
  }
  out += "}\n    role: " + std::string(roles[static_cast<std::size_t>(a.role)]) + "\n    teams:";
  if (a.teams.empty()) out += " []";
  for (const auto& t : a.teams)
    out += "\n      - {queue: " + quoted(t.queue.str()) + ", rank: " + std::to_string(t.rank) +
           ", delay: " + shown(t.delay) + "}";
  out += "\n    skills: {";
  comma = "";
  for (const auto& [skill, level] : a.skills) {
    out += comma + quoted(skill) + ": " + std::to_string(level);
    comma = ", ";
  }
  out += "}\n    capacity: " + std::to_string(a.capacity) + "\n    channels: [";
  comma = "";
  for (const auto& channel : a.channels) {
    out += comma + quoted(channel);
    comma = ", ";
  }
  out += "]\n    password: " + quoted(stored.password) + "\n    disabled: " + (a.disabled ? "true" : "false") + "\n";
  return out;
}

const Table<std::vector<StoredAccount>>& file_table() {
  using List = std::vector<StoredAccount>;
  static const Table<List> table{list_of<List>(
      "agents", [](auto& list) -> auto& { return list; }, account_table(),
      [](Reader& r, const Node& n, const StoredAccount& a) {
        const auto place = [&n](const char* key) {
          const Entry* entry = n.find(key);
          return entry ? entry->value.at : n.at;
        };
        if (!a.account.id.empty()) r.once("id of an account", a.account.id.str(), place("id"));
        if (!a.account.staff_no.empty()) r.once("staff number", a.account.staff_no, place("staff_no"));
      },
      "accounts", "账号")};
  return table;
}

}  // namespace

void read_accounts(Reader& r, const Node& file, std::vector<StoredAccount>& into) {
  read_table(r, file, into, file_table());
}

Accounts read_accounts(const std::filesystem::path& path, Language language, const engine::Settings* known) {
  Accounts out;
  std::error_code gone;
  if (!std::filesystem::exists(path, gone)) return out;
  Report report;
  if (const auto node = read_document(path, path.filename().string(), report)) {
    Reader reader(report, path.parent_path().string(), "");
    read_accounts(reader, *node, out.list);
    if (known) check_references(*known, reader, report);
  }
  out.errors = report.errors(language);
  return out;
}

std::string accounts_text(const std::vector<StoredAccount>& list) {
  std::string text = "# Written by `frontdesk agent`; passwords are argon2id hashes.\nagents:";
  text += list.empty() ? " []\n" : "\n";
  for (const auto& account : list) text += row(account);
  return text;
}

std::vector<Error> judge_accounts(const std::string& text, Language language) {
  Report report;
  std::vector<StoredAccount> list;
  if (const auto node = parse_document(text, "agents.yaml", report)) {
    Reader reader(report, "", "");
    read_accounts(reader, *node, list);
  }
  return report.errors(language);
}

AccountsWritten change_accounts(const std::filesystem::path& named, Language language,
                                const std::function<bool(std::vector<StoredAccount>&)>& change,
                                const std::function<std::vector<Error>(const std::string& text)>& judge) {
  // A link is kept, and whoever writes by another name of the file waits at the same lock.
  std::error_code failed;
  const auto path = std::filesystem::is_symlink(named) ? std::filesystem::canonical(named, failed) : named;
  if (failed) return {true, {}, named.string() + ": " + failed.message()};
  const Descriptor lock(::open((path.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0 || ::flock(lock.get(), LOCK_EX) != 0)
    return {true, {}, path.string() + ".lock: " + std::strerror(errno)};
  Accounts accounts = read_accounts(path, language);
  if (!accounts.errors.empty()) return {true, std::move(accounts.errors), {}};
  if (!change(accounts.list)) return {false, {}, {}};
  const auto text = accounts_text(accounts.list);
  if (auto errors = judge(text); !errors.empty()) return {true, std::move(errors), {}};
  if (const auto why = replace_file(path, text, 0600)) return {true, {}, path.string() + ": " + *why};
  return {};
}

std::string hash_password(const std::string& password) {
  if (sodium_init() < 0) throw std::bad_alloc();
  std::string out(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), passes, memory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();
  out.resize(std::strlen(out.c_str()));
  return out;
}

bool password_fits(const std::string& password, const std::string& hash) noexcept {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::map<AgentId, engine::Account> roster(const std::vector<StoredAccount>& list) {
  std::map<AgentId, engine::Account> out;
  for (const auto& stored : list) out[stored.account.id] = stored.account;
  return out;
}

std::map<std::string, desk::Account> desk_accounts(const std::vector<StoredAccount>& list) {
  std::map<std::string, desk::Account> out;
  for (const auto& stored : list) {
    const engine::Account& a = stored.account;
    out[a.staff_no] = {a.id, a.staff_no, stored.password, a.disabled};
  }
  return out;
}

}  // namespace fd::config
