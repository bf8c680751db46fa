#pragma once
// A connection that became a WebSocket (RFC 6455).

#include "channels/http/core.hpp"
#include "channels/http/routes.hpp"

namespace fd::http {

// Completes the handshake the request asked for, then spawns the route's session; the socket owns itself. `route` is
// one of the core's: the core, and so the route and what its session captured, lives as long as the socket.
void start_socket(Seat, Stream, Request, Upgrade, const Routes::Found& route);

}  // namespace fd::http
