#pragma once
// What the operator decides about chat (docs/chat.md). Filled by config; limits as in security.md.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "channels/http/settings.hpp"

namespace fd::chat {

struct Topic {  // a button of the empty chat; its text becomes the first message
  std::string id;
  std::map<std::string, std::string> name;  // by language
};

struct Consent {                            // a line above the composer of the empty chat
  std::string version;                      // recorded with the chat; empty: there is no such line
  std::map<std::string, std::string> text;  // by language
  std::string url;                          // of the whole of it
};

enum class Answer : std::uint8_t { text, phone, email, list };
[[nodiscard]] constexpr std::string_view word(Answer type) noexcept {
  constexpr std::string_view words[] = {"text", "phone", "email", "list"};
  return words[static_cast<std::size_t>(type)];
}

inline constexpr std::size_t questions_max = 8, answer_bytes_max = 256;

struct Choice {  // of a list
  std::string id;
  std::map<std::string, std::string> name;  // by language
};

struct Question {  // a field of the form before the first message
  std::string key;
  Answer type = Answer::text;
  std::map<std::string, std::string> label;  // by language
  bool required = false;
  std::vector<Choice> options;  // of a list
};

struct Website {
  std::string token;                            // public, in the page's script tag
  std::vector<std::string> origins;             // exact, "https://www.example.cn"; no wildcards
  std::map<std::string, std::string> name;      // by language: zh, en
  std::string secret;                           // signs identities; empty: no signed identities
  bool allow_app = false;                       // Origin "null" allowed, then only with a signed identity
  std::map<std::string, std::string> greeting;  // by language; empty: the widget's own
  std::vector<Topic> topics;
  Consent consent;
  std::vector<Question> prechat;
  std::string phone, mail;  // shown when no socket opens
};

struct Settings {
  std::map<std::string, Website> websites;  // by token
  std::string token_key;                    // 32 bytes, sub-key of the root secret: signs visitor tokens
  std::chrono::seconds token_life{30LL * 24 * 3600};
  std::size_t text_chars_max = 4000;
  http::SocketLimits sockets;
  std::chrono::milliseconds hello_within{10'000};
  double rate_burst = 20;  // messages; then
  double rate_per_s = 1;   // steady
  std::chrono::milliseconds request_patience{20'000};
  std::chrono::milliseconds busy_every{5'000};  // slow_down{busy} while the router has not answered hello
  std::chrono::milliseconds read_every{2'000};  // read marks: the newest, at most one in this time
  std::size_t waiting_max = 50;                 // messages a socket may have unanswered; above: slow_down{busy}
  std::string public_url;                       // its origin may chat from our own page; empty: the request's Host
};

}  // namespace fd::chat
