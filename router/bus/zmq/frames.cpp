#include "router/bus/zmq/frames.hpp"

#include <stdexcept>

namespace fd::bus {
namespace {

constexpr auto first = ::zmq::send_flags::dontwait | ::zmq::send_flags::sndmore;

void send_rest(::zmq::socket_ref socket, const Frames& f) {
  // After the first part the socket takes the others for certain: a message is whole or not at all.
  (void)socket.send(::zmq::buffer(f.header), first);
  (void)socket.send(::zmq::buffer(f.payload), ::zmq::send_flags::dontwait);
}

}  // namespace

bool receive(::zmq::socket_ref socket, Parts& parts) {
  parts.size = 0;
  for (;;) {
    ::zmq::message_t spare;
    auto& into = parts.size < parts.part.size() ? parts.part[parts.size] : spare;
    if (!socket.recv(into, ::zmq::recv_flags::dontwait)) return false;
    ++parts.size;
    if (!into.more()) return true;
  }
}

Sent send(::zmq::socket_ref socket, const Frames& f) {
  if (!socket.send(::zmq::buffer(f.header), first)) return Sent::full;
  (void)socket.send(::zmq::buffer(f.payload), ::zmq::send_flags::dontwait);
  return Sent::yes;
}

Sent send(::zmq::socket_ref socket, const std::string& to, const Frames& f) try {
  if (!socket.send(::zmq::buffer(to), first)) return Sent::full;
  send_rest(socket, f);
  return Sent::yes;
} catch (const ::zmq::error_t& e) {
  if (e.num() == EHOSTUNREACH) return Sent::nobody;
  throw;
}

void check_endpoint(const std::string& endpoint) {
  if (endpoint.rfind("inproc://", 0) == 0 || endpoint.rfind("ipc://", 0) == 0) return;
  if (endpoint.rfind("tcp://", 0) == 0)
    throw std::invalid_argument("bus: " + endpoint +
                                ": tcp needs CURVE keys and an allow-list; use ipc:// or inproc://");
  throw std::invalid_argument("bus: " + endpoint + ": neither inproc:// nor ipc://");
}

void tune(::zmq::socket_t& socket, const Tuning& t) {
  namespace opt = ::zmq::sockopt;
  socket.set(opt::linger, static_cast<int>(t.linger.count()));
  socket.set(opt::maxmsgsize, static_cast<std::int64_t>(frame_bytes_max));
  socket.set(opt::sndhwm, t.queue_frames_max);
  // No limit for what comes in: windows bound it, and a peer that dies while its queue is full aborts the process
  // (libzmq 4.3.4, in_event with _io_error; zeromq/libzmq issues 3937, 4767).
  socket.set(opt::rcvhwm, 0);
  // Zero for a router: its ping on a connection whose name another has taken over (ROUTER_HANDOVER) aborts likewise
  // once that peer has died. Edges ping, with a time to live, and both sides say hello.
  socket.set(opt::heartbeat_ivl, static_cast<int>(t.heartbeat.count()));
  socket.set(opt::heartbeat_timeout, static_cast<int>(t.gone_after.count()));
  socket.set(opt::heartbeat_ttl, static_cast<int>(t.gone_after.count()));
}

}  // namespace fd::bus
