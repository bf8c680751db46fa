#pragma once
#include <chrono>
#include <map>
#include <string>

#include "channels/http/settings.hpp"
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
  http::SocketLimits sockets{std::size_t{64} * 1024, std::size_t{4} * 1024 * 1024, std::chrono::milliseconds{10'000},
                             std::chrono::milliseconds{30'000}, std::chrono::milliseconds{10'000}};
  std::chrono::seconds session_life{12 * 3600};
  std::chrono::seconds session_idle{30 * 60};  // without a socket; one touches it every third of this
  std::size_t tries_max = 5;                   // wrong passwords per account in 15 minutes
  std::size_t tries_address_max = 20;          // the same, per address of the caller
  std::chrono::minutes tries_window{15};
  std::chrono::milliseconds request_patience{20'000};
  std::chrono::milliseconds attach_patience{5'000};  // then the page hears slow_down and we ask again
  std::chrono::milliseconds hello_wait{10'000};
  std::chrono::milliseconds read_every{2'000};  // read marks of one socket are sent at most this often
  double frames_burst = 300;       // of one socket: more than commands_max, which a page sends again at once; then
  double frames_per_s = 50;        // steady -> slow_down, and after as many as the burst that were not looked at, 1008
  std::size_t commands_max = 256;  // waiting of one socket -> slow_down
  std::size_t asks_max = 16;       // open at a time, of one socket -> slow_down
};

}  // namespace fd::desk
