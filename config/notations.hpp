#pragma once
// Values with a notation of their own: addresses, Redis, zones, origins, URLs. Each tells the reader what is wrong.

#include "config/configuration.hpp"
#include "config/reader.hpp"

namespace fd::config {

[[nodiscard]] std::optional<Listener> parse_listener(Reader&, const Node&);  // 127.0.0.1:8080, [::1]:8080
// managed, unix:/path, unix://user@/path, redis://[user@]host[:port][/database]; a user is percent-encoded
[[nodiscard]] std::optional<RedisAddress> parse_redis(Reader&, const Node&);
[[nodiscard]] std::optional<calendar::Zone> parse_zone(Reader&, const Node&);
[[nodiscard]] std::optional<std::vector<std::string>> parse_origins(Reader&, const Node&);
[[nodiscard]] std::optional<std::string> parse_url(Reader&, const Node&);       // https://host, without a path
[[nodiscard]] std::optional<std::string> parse_endpoint(Reader&, const Node&);  // inproc, ipc:/path
[[nodiscard]] std::optional<std::vector<std::string>> parse_networks(Reader&, const Node&);  // 10.0.0.0/8, ::1/128
[[nodiscard]] std::optional<std::string> parse_prefix(Reader&, const Node&);                 // A … ZZZ
// A template by language; only {company}, {name}, {staff_no} may stand in it.
[[nodiscard]] std::optional<std::map<std::string, std::string>> parse_greeting(Reader&, const Node&);

}  // namespace fd::config
