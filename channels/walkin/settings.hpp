#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

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
  std::chrono::milliseconds request_patience{10'000};
};

}  // namespace fd::walkin
