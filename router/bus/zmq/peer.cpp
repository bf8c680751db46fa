#include "router/bus/zmq/peer.hpp"

#include <cstring>
#include <utility>

namespace fd::bus {

Peer::Peer(boost::asio::io_context& io, ::zmq::context_t& context, const EdgeSettings& settings, std::string endpoint,
           std::string monitor_name, const Owner& owner)
    : io_(io),
      context_(context),
      settings_(settings),
      endpoint_(std::move(endpoint)),
      monitor_name_(std::move(monitor_name)),
      owner_(owner) {}

void Peer::open() {
  namespace opt = ::zmq::sockopt;
  close();
  socket_ = ::zmq::socket_t(context_, ::zmq::socket_type::dealer);
  tune(socket_, {settings_.linger, settings_.heartbeat, settings_.gone_after, settings_.queue_frames_max});
  socket_.set(opt::routing_id, settings_.id.str());
  socket_.set(opt::immediate,
              true);  // nothing waits in a queue of a lost connection, to overtake the hello of the next
  socket_.set(opt::reconnect_ivl, 50);
  socket_.set(opt::reconnect_ivl_max, 1000);
  if (endpoint_.rfind("inproc://", 0) != 0) {
    const auto name = "inproc://" + monitor_name_ + "-" + std::to_string(++opened_);
    if (zmq_socket_monitor(socket_.handle(), name.c_str(), ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) != 0)
      throw ::zmq::error_t();
    monitor_ = ::zmq::socket_t(context_, ::zmq::socket_type::pair);
    monitor_.set(opt::linger, 0);
    monitor_.connect(name);
    monitor_pump_ = std::make_shared<Pump>(
        io_, monitor_, [this] { return monitor_turn(); }, owner_.on_failure);
    monitor_pump_->kick();
  }
  socket_.connect(endpoint_);
  pump_ = std::make_shared<Pump>(
      io_, socket_, [this] { return turn(); }, owner_.on_failure);
  pump_->kick();
}

void Peer::close() {
  greeted = false;
  for (auto* pump : {&monitor_pump_, &pump_})
    if (auto p = std::exchange(*pump, nullptr)) p->stop();
  if (monitor_) {
    zmq_socket_monitor(socket_.handle(), nullptr, 0);
    monitor_.close();
  }
  if (socket_) socket_.close();
}

bool Peer::send(const Frames& frames) {
  if (!socket_) return false;
  const bool sent = bus::send(socket_, frames) == Sent::yes;
  pump_->kick();  // the send may have used up the edge that the pump waits for
  return sent;
}

Pump::Left Peer::turn() {
  Parts parts;
  int read = 0;
  for (; read < Pump::budget && receive(socket_, parts); ++read) {
    if (parts.size != 2) {
      owner_.on_garbage(*this, "a message of " + std::to_string(parts.size) + " frames");
      continue;
    }
    auto envelope = decode(parts.at(0), parts.at(1));
    if (envelope)
      owner_.on_envelope(*this, std::move(*envelope));
    else
      owner_.on_garbage(*this, envelope.error().text);
  }
  const bool blocked = owner_.on_turn(*this);
  if (read == Pump::budget) return Pump::Left::input;
  return blocked ? Pump::Left::blocked : Pump::Left::nothing;
}

Pump::Left Peer::monitor_turn() {
  Parts parts;
  int read = 0;
  for (; read < Pump::budget && receive(monitor_, parts); ++read) {
    std::uint16_t event = 0;  // frame 1: event (16 bit), value (32 bit), both in the machine's order
    if (parts.at(0).size() < sizeof event) continue;
    std::memcpy(&event, parts.at(0).data(), sizeof event);
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) owner_.on_connection(*this, true);
    if (event == ZMQ_EVENT_DISCONNECTED) owner_.on_connection(*this, false);
  }
  return read == Pump::budget ? Pump::Left::input : Pump::Left::nothing;
}

}  // namespace fd::bus
