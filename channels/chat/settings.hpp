#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace fd::chat {

struct Website {
  std::string token;                        // public, in the page's script tag
  std::vector<std::string> origins;         // exact, "https://www.example.cn"; no wildcards
  std::map<std::string, std::string> name;  // by language: zh, en
  std::string secret;                       // signs identities; empty: no signed identities
  bool allow_app = false;                   // Origin "null" allowed, then only with a signed identity
};

struct Settings {
  std::map<std::string, Website> websites;  // by token
  std::string token_key;                    // 32 bytes, sub-key of the root secret: signs visitor tokens
  std::chrono::seconds token_life{30LL * 24 * 3600};
  std::size_t text_chars_max = 4000;
  std::size_t frame_bytes_max = 16 * 1024;
  std::chrono::milliseconds hello_within{10'000};
  double rate_burst = 20;  // messages; then
  double rate_per_s = 1;   // steady
  std::chrono::milliseconds request_patience{20'000};
};

}  // namespace fd::chat
