#pragma once
// agents.yaml: the accounts of agents, supervisors and administrators. The command writes it whole; nobody edits it
// while the daemon reads, for a reader sees the old file or the new one.

#include <filesystem>
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

// Adds one and writes the file (0600, renamed in place, fsynced). nullopt: done; else why not, for people: the id or
// the staff number exists, the file is faulty or cannot be written.
[[nodiscard]] std::optional<std::string> add_account(const std::filesystem::path&, const engine::Account&,
                                                     const std::string& password_hash);
[[nodiscard]] std::optional<std::string> write_accounts(const std::filesystem::path&,
                                                        const std::vector<StoredAccount>&);

// argon2id (RFC 9106), 3 passes, 64 MiB: about 90 ms. Throws std::bad_alloc when the memory is not there.
[[nodiscard]] std::string hash_password(const std::string& password);
[[nodiscard]] bool password_fits(const std::string& password, const std::string& hash) noexcept;

// As engine and desk take them.
[[nodiscard]] std::map<AgentId, engine::Account> roster(const std::vector<StoredAccount>&);
[[nodiscard]] std::map<std::string, desk::Account> desk_accounts(const std::vector<StoredAccount>&);

void read_accounts(Reader&, const Node& file, std::vector<StoredAccount>&);  // for load

}  // namespace fd::config
