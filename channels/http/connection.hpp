#pragma once
// One HTTP/1.1 connection from its first byte to its last, or until it becomes a WebSocket.

#include "channels/http/core.hpp"

namespace fd::http {

// Spawns the connection's coroutine; it owns itself.
void start_connection(Seat, Stream, Remote);

}  // namespace fd::http
