#pragma once
// The one loop of a ZeroMQ socket, for both directions. ZMQ_FD becomes readable once when a socket goes from idle to
// having something to say, for reading and for writing alike, and any send or receive may use that edge up
// (libzmq, zmq_getsockopt(3), ZMQ_FD). Two loops waiting for one socket therefore lose wake-ups; so does waiting before
// ZMQ_EVENTS was asked. Here: work, ask, and only then wait. Whoever sends outside of a turn calls kick().
// Included by bus/zmq sources only.

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <zmq.hpp>

namespace fd::bus {

class Pump : public std::enable_shared_from_this<Pump> {
 public:
  static constexpr int budget = 256;  // messages read in one turn; then others have theirs

  // What a turn leaves behind: idle, something to read beyond the budget, or something to write that did not go.
  // `blocked` is for sockets of one peer only: with several, "can be written" does not say to whom.
  enum class Left : std::uint8_t { nothing, input, blocked };

  using Turn = std::function<Left()>;  // reads at most `budget` messages, writes what waits
  using Fail = std::function<void(std::exception_ptr)>;

  Pump(boost::asio::io_context&, ::zmq::socket_ref, Turn, Fail);
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;
  ~Pump();

  void kick();  // a turn soon; many calls make one
  void stop();  // no turn after this; to be called before the socket is closed

 private:
  void turn();
  void arm();

  boost::asio::io_context& io_;
  ::zmq::socket_ref socket_;
  boost::asio::posix::stream_descriptor fd_;
  Turn turn_;
  Fail fail_;
  bool scheduled_ = false;
  bool armed_ = false;
  bool stopped_ = false;
};

}  // namespace fd::bus
