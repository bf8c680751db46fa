#pragma once
// agents.yaml: the accounts of agents, supervisors and administrators. The command writes it whole; nobody edits it
// while the daemon reads, for a reader sees the old file or the new one.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/report.hpp"
#include "config/tables.hpp"

namespace fd::config {

struct Accounts {
  std::vector<StoredAccount> list;  // in the order of the file
  std::vector<Error> errors;        // then the list is not to be used
};

// A file that is not there has no accounts and no errors. With `known`, its queues and channels are those that an
// account may name; without, nothing is looked up.
[[nodiscard]] Accounts read_accounts(const std::filesystem::path&, Language = Language::en,
                                     const engine::Settings* known = nullptr);

// The document of these accounts.
[[nodiscard]] std::string accounts_text(const std::vector<StoredAccount>&);

struct AccountsWritten {
  bool found = true;          // what `change` answered
  std::vector<Error> errors;  // of the file as it is, else of what `judge` found in the new text
  std::string trouble;        // of the file system
  [[nodiscard]] bool done() const noexcept { return found && errors.empty() && trouble.empty(); }
};
// Reads the file, changes the list (false: what is to be changed is not there), judges the whole new text and only then
// writes it (0600, renamed in place, fsynced; through a symbolic link, which stays one). Two commands at once: the
// second waits and changes what the first wrote.
[[nodiscard]] AccountsWritten change_accounts(const std::filesystem::path&, Language,
                                              const std::function<bool(std::vector<StoredAccount>&)>& change,
                                              const std::function<std::vector<Error>(const std::string& text)>& judge);
// By the file's own shape alone: whether its queues and channels exist is for config::load with it.
[[nodiscard]] std::vector<Error> judge_accounts(const std::string& text, Language);

// argon2id (RFC 9106), 3 passes, 64 MiB: about 90 ms. Throws std::bad_alloc when the memory is not there.
[[nodiscard]] std::string hash_password(const std::string& password);
[[nodiscard]] bool password_fits(const std::string& password, const std::string& hash) noexcept;

// As engine and desk take them.
[[nodiscard]] std::map<AgentId, engine::Account> roster(const std::vector<StoredAccount>&);
[[nodiscard]] std::map<std::string, desk::Account> desk_accounts(const std::vector<StoredAccount>&);

void read_accounts(Reader&, const Node& file, std::vector<StoredAccount>&);  // for load

}  // namespace fd::config
