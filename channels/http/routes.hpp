#pragma once
// What a route is made of; for the connection, which asks the table.

#include <optional>

#include "channels/http/http.hpp"

namespace fd::http {

struct Routes::Found {
  std::string pattern;
  Handler handler;                            // of a plain route
  std::optional<SocketRoute> socket;          // of a socket
  std::optional<std::size_t> body_bytes_max;  // else Limits::body_bytes_max
};

struct Routes::Entry {
  std::string method;                 // "SOCKET" for a socket
  std::vector<std::string> segments;  // "{name}" and "*" as they are
  Found found;
};

}  // namespace fd::http
