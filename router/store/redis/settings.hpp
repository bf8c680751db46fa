#pragma once
// Which Redis, how to get in, and how patient to be. Filled by config (or by ManagedRedis::connection for the managed
// child).

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "router/model/ids.hpp"
#include "router/model/time.hpp"

namespace fd::store::redis {

struct Settings {
  std::string address;  // path of a Unix socket (contains '/'), or host:port ("[::1]:6379" for IPv6)
  std::string user;     // of the leading connection; empty with a password: the default user
  std::string password;
  std::string password_from;   // where it was read, for the text of a refusal
  std::uint16_t database = 0;  // SELECTed on each connection
  std::string reader_user;     // of the second connection; empty: as the first. Needs +@read only
  std::string reader_password;
  SiteName site{"main"};
  std::string router;               // random for each process start; empty: made by the store
  std::string config, config_hash;  // what runs: kept as config:<hash> when the lead is taken; empty: not kept
  bool allow_weak = false;          // lead also over a Redis that may lose what it acknowledged
  std::size_t page = 500;           // records a round trip while loading
  Duration reply_deadline{10'000};  // no answer for so long: the connection is given up (safe: the fence decides)
  Duration connect_deadline{3'000};
  Duration acquire_for{10'000};  // `acquire` gives up (unreachable) after this
  Duration back_off_min{50}, back_off_max{2'000};
  Duration repeat_unknown{10'000};            // an EXECABORT that does not pass by itself is repeated so often
  Duration trim_every{60'000};                // XTRIM rides in an ordinary batch, at most so often
  Duration events_kept{30LL * 86'400'000};    // entries of the stream that no cursor holds
  std::function<void(std::string_view)> say;  // what an operator should read; never a customer's data. May be empty
};

}  // namespace fd::store::redis
