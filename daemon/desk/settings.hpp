#pragma once
#include <chrono>
#include <map>
#include <string>

#include "router/model/ids.hpp"

namespace fd::desk {

struct Account {
  AgentId agent;
  std::string staff_no;
  std::string password;  // argon2id string as libsodium writes it
  bool disabled = false;
};

struct Settings {
  std::map<std::string, Account> accounts;  // by staff number
  std::string public_url;                   // own host for the Origin check; empty: the request's Host
  bool secure = false;                      // cookie __Host- and Secure
  std::chrono::seconds session_life{12 * 3600};
  std::size_t tries_max = 5;  // wrong passwords per account in 15 minutes
  std::chrono::milliseconds request_patience{20'000};
};

}  // namespace fd::desk
