#pragma once
// The field tables of every settings struct (fields.hpp says what a table is).

#include "config/configuration.hpp"
#include "config/fields.hpp"

namespace fd::config {

struct StoredAccount {  // a row of agents.yaml
  engine::Account account;
  std::string password;  // argon2id string
};

[[nodiscard]] const Table<Configuration>& root_table();
[[nodiscard]] const Table<engine::Settings>& routing_table();
[[nodiscard]] const Table<engine::Queue>& queue_table();
[[nodiscard]] const Table<engine::Channel>& channel_table();
[[nodiscard]] const Table<engine::Option>& option_table();
[[nodiscard]] const Table<engine::Option>& disposition_table();
[[nodiscard]] const Table<http::Limits>& http_table();
[[nodiscard]] const Table<http::SocketLimits>& socket_table();
[[nodiscard]] const Table<chat::Settings>& chat_table();
[[nodiscard]] const Table<walkin::Settings>& walkin_table();
[[nodiscard]] const Table<desk::Settings>& desk_table();
[[nodiscard]] const Table<StoredAccount>& account_table();

// Every key of frontdesk.yaml with its type, default, range and meaning; `*` stands for a name or a position.
[[nodiscard]] std::vector<Row> reference();

// What a queue or channel of this name is before the file says more; the four teams and channels every department has.
[[nodiscard]] engine::Queue queue_preset(const std::string& name);
[[nodiscard]] engine::Channel channel_preset(const std::string& name);
[[nodiscard]] const std::vector<std::string>& preset_queues();
[[nodiscard]] const std::vector<std::string>& preset_channels();

}  // namespace fd::config
