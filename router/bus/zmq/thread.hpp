#pragma once
// Whether libzmq's own thread runs: a frame goes through it and back, on two sockets that nobody else uses. (Between
// sockets of one process inproc would pass it by.) Strand: the loop's.

#include <string>
#include <zmq.hpp>

namespace fd::bus {

class ZmqThread {
 public:
  // `path` is made, and taken over when it is left from before. Throws zmq::error_t. The context outlives it.
  ZmqThread(::zmq::context_t&, const std::string& path);

  // Sends a frame; true when one has come back since the last call. Never blocks.
  [[nodiscard]] bool took();

 private:
  ::zmq::socket_t there_, back_;
};

}  // namespace fd::bus
