#pragma once
// A listener on an ephemeral port in a thread of its own, with a few routes; and a client of raw bytes.

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "channels/http/http.hpp"

namespace fd::http::test {

// Routes: GET /hello, POST /echo, POST /upload (1 MiB), GET /throw, GET /throw-early, GET /never, GET /wait (until
// release()), GET /who, GET /a/{b}/c, socket /socket (echoes; "spill N" sends N frames of 1 KiB, "refill N" so many
// five times, each when the last are gone, then "done"; "bye" ends it, "crash" throws), socket /refused, socket /silent
// (never reads).
class Server {
 public:
  static inline bool listens = false;  // /socket hears its frames instead of receiving them

  explicit Server(Limits limits = {}, SocketLimits sockets = {}, std::string address = "127.0.0.1:0");
  ~Server();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint16_t other_port() const {
    return other_->port();
  }  // of a second listener with the same routes
  [[nodiscard]] std::size_t connections();
  [[nodiscard]] std::uint64_t refused(std::string_view limit);
  void release();                       // lets /wait answer
  [[nodiscard]] std::size_t waiting();  // requests in /wait
  std::future<void> drain(std::chrono::milliseconds wait);
  void close_listener();
  [[nodiscard]] std::string take_last_close();  // "CODE reason" of the session that ended last, once
  template <class Call>
  auto on_loop(Call call) {
    std::packaged_task<decltype(call())()> task{std::move(call)};
    auto result = task.get_future();
    boost::asio::post(loop_, std::move(task));
    return result.get();
  }

 private:
  std::shared_ptr<Routes> make_routes();
  class Listening;
  boost::asio::awaitable<void> session(std::shared_ptr<Socket> socket);
  boost::asio::awaitable<void> listening(std::shared_ptr<Socket> socket);
  static void reply(const std::shared_ptr<Socket>& socket, const std::string& text);
  static void refill(const std::shared_ptr<Socket>& socket, int frames, int times);
  boost::asio::awaitable<Response> wait();

  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
  SocketLimits sockets_;
  boost::asio::steady_timer gate_{loop_, std::chrono::steady_clock::time_point::max()};
  std::size_t waiting_ = 0;
  std::string last_close_;
  std::unique_ptr<Listener> listener_, other_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

struct Answer {
  unsigned status = 0;  // 0: the connection ended without one
  std::string head;
  std::string body;
  [[nodiscard]] std::string header(std::string_view name) const;
};

struct Frame {
  int opcode = -1;  // -1: the connection ended
  std::string payload;
  [[nodiscard]] int close_code() const;
};

// Blocking, with a patience of 10 s a call, after which the test fails.
class Wire {
 public:
  explicit Wire(std::uint16_t port);
  explicit Wire(const std::string& unix_path);
  Wire(Wire&&) noexcept;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  Wire& operator=(Wire&&) = delete;
  ~Wire();

  // False when the peer has closed.
  bool send(std::string_view bytes);
  Answer answer(bool head = false);
  [[nodiscard]] bool ended();  // waits until the peer closes; reads and drops what comes before
  [[nodiscard]] bool readable(std::chrono::milliseconds patience);
  [[nodiscard]] int descriptor() const { return descriptor_; }

  Answer upgrade(std::string_view target = "/socket", std::string_view more = {});
  bool send_frame(int opcode, std::string_view payload, bool final = true, bool masked = true);
  bool send_text(std::string_view text) { return send_frame(1, text); }
  Frame frame();
  Frame frame_of_message();  // the next that is no ping
  bool send_close(std::uint16_t code);

 private:
  bool fill();
  std::string take(std::size_t size);
  int descriptor_ = -1;
  std::string held_;
};

}  // namespace fd::http::test
