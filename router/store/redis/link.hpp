#pragma once
// One socket to Redis: requests go out in order, answers come back in order, any number may be under way. Once lost it
// stays lost; who wants another dials anew. It reads only while an answer is owed, so an idle link keeps no io_context
// from ending. Strand: the io_context's single thread.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/result.hpp>
#include <deque>
#include <memory>
#include <string>

#include "router/model/time.hpp"
#include "router/store/redis/resp.hpp"

namespace fd::store::redis {

struct Lost {
  std::string text;  // what became of the connection
};
using Answer = boost::system::result<Replies, Lost>;

class Link : public std::enable_shared_from_this<Link> {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  Link(Socket socket, Duration reply_deadline);

  // `address`: path of a Unix socket or host:port. `connect_deadline` bounds resolving and connecting together.
  static boost::asio::awaitable<boost::system::result<std::shared_ptr<Link>, Lost>> dial(std::string address,
                                                                                         Duration connect_deadline,
                                                                                         Duration reply_deadline);
  // One answer a command, in order; or the loss of the connection, after which nobody knows what was applied.
  boost::asio::awaitable<Answer> ask(const Request& request);
  [[nodiscard]] bool up() const noexcept { return lost_.empty(); }
  void close(const std::string& why);  // all that are owed an answer get Lost

 private:
  struct Waiter {
    virtual ~Waiter() = default;
    virtual void complete(Answer answer) = 0;
  };
  template <class Handler>
  struct WaiterOf;
  struct Owed {
    std::size_t replies = 0;
    Replies got;
    std::unique_ptr<Waiter> waiter;
    std::chrono::steady_clock::time_point since;
  };
  void send(const Request& request, std::unique_ptr<Waiter> waiter);
  void write();
  void read();
  void take(std::size_t bytes);
  void watch();

  Socket socket_;
  Duration reply_deadline_;
  boost::asio::steady_timer timer_;
  ReplyReader reader_;
  Replies fresh_;
  std::string outgoing_, writing_, buffer_;
  std::deque<Owed> owed_;
  bool is_writing_ = false, is_reading_ = false, is_watching_ = false;
  std::string lost_;
};

}  // namespace fd::store::redis
