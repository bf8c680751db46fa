#pragma once
// A connection that became a WebSocket (RFC 6455).

#include "channels/http/core.hpp"

namespace fd::http {

// Completes the handshake the request asked for, then spawns the route's session; the socket owns itself.
void start_socket(Seat, Stream, Request, Upgrade, const SocketRoute&, std::string pattern);

}  // namespace fd::http
