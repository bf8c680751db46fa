#pragma once
// What the operator decides about tickets at the counter. Filled by config.

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "channels/http/settings.hpp"

namespace fd::walkin {

struct Service {
  std::string id;
  std::string prefix;                       // of the numbers: "A" -> A001
  std::map<std::string, std::string> name;  // by language
  std::string queue;
};

struct Settings {
  std::vector<Service> services;               // in the order shown
  std::map<std::string, std::string> devices;  // device name -> token (kiosk, display); compared in constant time
  std::string ticket_key;                      // 32 bytes, sub-key of the root secret: signs ticket tokens
  std::string public_url;                      // for the QR code; empty: from the request's Host
  http::SocketLimits sockets;                  // of displays
  std::chrono::milliseconds request_patience{10'000};
  double rate_burst = 20;                             // tickets of one device; then
  double rate_per_s = 1;                              // steady -> 429
  std::chrono::milliseconds services_max_age{1'000};  // answers about the lines are shared this long
  std::chrono::milliseconds busy_every{5'000};        // slow_down{busy} to a display while the router is silent
};

}  // namespace fd::walkin
