#pragma once
// Limits of a listener (security.md); each refusal names the limit.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fd::http {

struct Limits {
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t headers_max = 64;                       // -> 431
  std::size_t body_bytes_max = 64 * 1024;             // -> 413
  std::chrono::milliseconds header_time_max{10'000};  // in total -> 408
  std::chrono::milliseconds body_time_max{30'000};    // in total -> 408
  std::size_t body_rate_min = 1024;                   // bytes a second; slower -> 408; 0: no such limit
  std::chrono::milliseconds body_rate_after{5'000};   // it is asked for from then on
  std::chrono::milliseconds keep_alive_idle{60'000};
  std::size_t keep_alive_requests_max = 1000;
  std::size_t connections_max = 40'000;  // -> 503 + Retry-After
  std::chrono::milliseconds handler_time_max{15'000};
  std::chrono::milliseconds write_time_max{30'000};  // a response that is not taken in this time ends the connection
  std::size_t connections_per_address_max = 50;      // IPv6: per /64; trusted proxies are exempt
  // Networks whose X-Forwarded-For is believed: the client is the rightmost address outside of them. A peer on a Unix
  // socket is trusted too.
  std::vector<std::string> trusted_proxies = {"127.0.0.0/8", "::1/128"};
  std::size_t outbox_total_bytes_max = 64 * 1024 * 1024;  // unsent to all WebSockets; above, the slowest is closed
  std::chrono::milliseconds close_time_max{5'000};        // flushing the outbox and the closing handshake
  std::chrono::milliseconds restart_retry_min{500};       // restart{retry_ms} is drawn from min … min + spread
  std::chrono::milliseconds restart_retry_spread{4'500};
  bool secure = false;  // public_url is https
};

struct SocketLimits {
  std::size_t message_bytes_max = 16 * 1024;  // -> 1009
  std::size_t outbox_bytes_max = 256 * 1024;  // -> 1013
  std::chrono::milliseconds ping_every{25'000};
  std::chrono::milliseconds dead_after{60'000};  // no frame, no pong
  std::chrono::milliseconds handshake_time_max{10'000};

  bool operator==(const SocketLimits&) const = default;
};

}  // namespace fd::http
