#include "router/bus/zmq/thread.hpp"

namespace fd::bus {

ZmqThread::ZmqThread(::zmq::context_t& context, const std::string& path)
    : there_(context, ::zmq::socket_type::pair), back_(context, ::zmq::socket_type::pair) {
  for (auto* socket : {&there_, &back_}) {
    socket->set(::zmq::sockopt::linger, 0);
    socket->set(::zmq::sockopt::sndhwm, 1);
    socket->set(::zmq::sockopt::rcvhwm, 1);
  }
  back_.bind("ipc://" + path);
  there_.connect("ipc://" + path);
}

bool ZmqThread::took() {
  bool came = false;
  ::zmq::message_t frame;
  while (back_.recv(frame, ::zmq::recv_flags::dontwait)) came = true;
  static_cast<void>(there_.send(::zmq::message_t{}, ::zmq::send_flags::dontwait));  // full: one is under way
  return came;
}

}  // namespace fd::bus
