#include "router/bus/zmq/pump.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace fd::bus {

Pump::Pump(boost::asio::io_context& io, ::zmq::socket_ref socket, Turn turn, Fail fail)
    : io_(io),
      socket_(socket),
      fd_(io, socket.get(::zmq::sockopt::fd)),
      turn_(std::move(turn)),
      fail_(std::move(fail)) {}

Pump::~Pump() { stop(); }

void Pump::kick() {
  if (scheduled_ || stopped_) return;
  scheduled_ = true;
  boost::asio::post(io_, [self = shared_from_this()] {
    self->scheduled_ = false;
    self->turn();
  });
}

void Pump::stop() {
  if (std::exchange(stopped_, true)) return;
  fd_.release();  // libzmq owns and closes it
}

void Pump::turn() {
  if (stopped_) return;
  try {
    const auto left = turn_();
    if (stopped_) return;
    const auto events = socket_.get(::zmq::sockopt::events);
    const bool again =
        left == Left::input || (events & ZMQ_POLLIN) != 0 || (left == Left::blocked && (events & ZMQ_POLLOUT) != 0);
    if (again) return kick();
    arm();
  } catch (...) {
    stop();
    fail_(std::current_exception());
  }
}

void Pump::arm() {
  if (std::exchange(armed_, true)) return;
  fd_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                 [self = shared_from_this()](const boost::system::error_code& ec) {
                   self->armed_ = false;
                   if (!ec) self->turn();
                 });
}

}  // namespace fd::bus
