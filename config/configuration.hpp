#pragma once
// Everything the files say, in the shapes their users take. Keys are not in here: secrets.hpp fills them from the root
// secret. Initialisers are the built-in defaults.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "channels/chat/settings.hpp"
#include "channels/http/settings.hpp"
#include "channels/walkin/settings.hpp"
#include "daemon/desk/settings.hpp"
#include "router/bus/zmq/settings.hpp"
#include "router/engine/settings.hpp"
#include "router/rules/settings.hpp"

namespace fd::config {

struct Listener {
  std::string text = "127.0.0.1:8080";
  std::string address = "127.0.0.1";  // an IP address, IPv6 without brackets
  std::uint16_t port = 8080;          // 0: the kernel chooses
  bool loopback = true;
};

struct RedisAddress {
  enum class Kind : std::uint8_t { managed, unix_socket, tcp };
  std::string text = "managed";
  Kind kind = Kind::managed;
  std::string path;  // of the Unix socket
  std::string host;  // IPv6 in brackets
  std::uint16_t port = 6379;
  std::string user;  // empty: the server's default user
  std::uint16_t database = 0;
};

struct Redis : RedisAddress {
  std::string password, password_from;  // "file: /path" or "credential: name"; only this is ever shown
  bool allow_weak = false;
  std::string binary;  // of the managed one; empty: the first that is found
};

enum class LogLevel : std::uint8_t { trace, debug, info, warning, error };  // in the order of spdlog's first five

struct Phrase {  // a ready sentence of the desk
  std::string id;
  std::map<std::string, std::string> text;  // by language
};

struct Bus {
  std::string endpoint = "inproc";                          // or ipc:/path
  std::uint32_t window_intake = 1024, window_agents = 256;  // unanswered requests of an edge, by lane
  std::chrono::milliseconds heartbeat{2000}, gone_after{6000};
};

struct Configuration {
  Redis redis;
  Listener public_listener;
  Listener internal_listener{"127.0.0.1:8081", "127.0.0.1", 8081, true};
  std::string public_url, internal_url;  // as customers and agents see them; empty: as they ask
  bool allow_plain = false;
  LogLevel log_level = LogLevel::info;

  http::Limits http_public, http_internal;  // differ in `secure` only
  http::SocketLimits sockets_customers;     // the desk's are in `desk`
  Bus bus;
  bus::EdgeSettings bus_edge;  // from `bus`
  bus::RouterSettings bus_router;

  engine::Settings engine;  // with zone, queues, channels, services, lists, roster
  rules::Settings rules;    // they compile; the default queue is the engine's
  chat::Settings chat;
  walkin::Settings walkin;  // devices: name -> token given by file, or empty until fill_keys
  desk::Settings desk;      // with accounts
  std::chrono::seconds wall_long_wait{300};

  std::map<std::string, std::string> company;   // by language
  std::map<std::string, std::string> greeting;  // by language; {company}, {name}, {staff_no}
  std::vector<Phrase> phrases;
  std::vector<std::string> vip;               // external ids
  std::map<std::string, std::string> grades;  // external id -> grade; from `vip`

  // JSON of all of it: every value, secrets by where they come from, accounts without passwords. Equal
  // configurations have equal text; `hash` is its SHA-256 in hex (key fd:{s}:config:<hash>).
  std::string canonical, hash;
};

}  // namespace fd::config
