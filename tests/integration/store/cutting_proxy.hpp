#pragma once
// Stands between a store and its Redis and cuts one connection after an exact number of bytes, in either direction.
// Runs on the test's io_context; must outlive the run (stop() before it goes).

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace fd::test {

class CuttingProxy {
 public:
  using Protocol = boost::asio::local::stream_protocol;
  CuttingProxy(boost::asio::io_context& io, std::string path, std::string server)
      : io_(io),
        path_(std::move(path)),
        server_(std::move(server)),
        acceptor_(io, Protocol::endpoint(path_)),
        held_(io) {
    spawn(accept());
  }
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;
  ~CuttingProxy() { std::remove(path_.c_str()); }

  // From now on counted over whatever flows that way; the connection that reaches it is closed, others live on.
  void cut_requests_after(std::size_t bytes) { requests_left_ = bytes; }
  void cut_replies_after(std::size_t bytes) { replies_left_ = bytes; }
  // The first so many bytes of requests pass, the rest waits for release().
  void hold_requests_after(std::size_t bytes) { hold_after_ = bytes; }
  [[nodiscard]] bool holding() const noexcept { return holding_; }
  void release() { held_.cancel(); }
  [[nodiscard]] bool armed() const { return requests_left_ || replies_left_; }
  void disarm() {
    requests_left_.reset();
    replies_left_.reset();
  }
  [[nodiscard]] std::size_t replied() const noexcept { return replied_; }
  [[nodiscard]] std::size_t requested() const noexcept { return requested_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  void stop() { acceptor_.close(); }

 private:
  struct Pair {
    explicit Pair(boost::asio::io_context& io) : client(io), server(io) {}
    Protocol::socket client, server;
    void close() {
      boost::system::error_code ignored;
      client.close(ignored);
      server.close(ignored);
    }
  };
  void spawn(boost::asio::awaitable<void> work) {
    boost::asio::co_spawn(io_, std::move(work), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  }
  boost::asio::awaitable<void> accept() {
    for (;;) {
      auto pair = std::make_shared<Pair>(io_);
      boost::system::error_code error;
      auto token = boost::asio::redirect_error(boost::asio::use_awaitable, error);
      co_await acceptor_.async_accept(pair->client, token);
      if (error) co_return;
      pair->server.connect(Protocol::endpoint(server_), error);
      if (error) continue;
      spawn(pump(pair, pair->client, pair->server, requests_left_, requested_, true));
      spawn(pump(pair, pair->server, pair->client, replies_left_, replied_, false));
    }
  }
  boost::asio::awaitable<void> hold() {
    holding_ = true;
    held_.expires_at(boost::asio::steady_timer::time_point::max());
    boost::system::error_code woken;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, woken);
    co_await held_.async_wait(token);
    holding_ = false;
  }
  boost::asio::awaitable<void> pump(std::shared_ptr<Pair> pair, Protocol::socket& from, Protocol::socket& to,
                                    std::optional<std::size_t>& left, std::size_t& total, bool requests) {
    std::array<char, 65536> buffer{};
    boost::system::error_code error;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, error);
    for (;;) {
      auto n = co_await from.async_read_some(boost::asio::buffer(buffer), token);
      if (error) break;
      total += n;
      const bool cut = left && n >= *left;
      if (cut) n = *left;
      if (left) *left -= n;
      std::size_t sent = 0;
      if (requests && hold_after_ && n > *hold_after_) {
        sent = *std::exchange(hold_after_, std::nullopt);
        co_await boost::asio::async_write(to, boost::asio::buffer(buffer.data(), sent), token);
        co_await hold();
      }
      co_await boost::asio::async_write(to, boost::asio::buffer(buffer.data() + sent, n - sent), token);
      if (!cut && !error) continue;
      if (cut) left.reset();
      break;
    }
    pair->close();
  }

  boost::asio::io_context& io_;
  std::string path_, server_;
  Protocol::acceptor acceptor_;
  boost::asio::steady_timer held_;
  std::optional<std::size_t> requests_left_, replies_left_, hold_after_;
  bool holding_ = false;
  std::size_t requested_ = 0, replied_ = 0;
};

}  // namespace fd::test
