#pragma once
// Many chat customers in one small process: WebSockets (RFC 6455, client side) over epoll. Each address of 127.0.0.0/8
// that customers come from carries at most 50 of them, as the product's default limit wants it. No thread, no TLS.

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fd::bench {

using Clock = std::chrono::steady_clock;

struct Post {  // one message, and what became of it
  std::size_t customer = 0;
  std::uint64_t n = 0;
  Clock::time_point due, acked;
  std::string ack;  // the frame; of several the first, with `acks` counting them
  std::uint32_t acks = 0;
};

class Customers {
 public:
  Customers(std::uint16_t port, std::size_t count);
  ~Customers();
  Customers(const Customers&) = delete;
  Customers& operator=(const Customers&) = delete;

  void open();                                                     // all of them, up to welcome
  std::size_t post(std::size_t customer, Clock::time_point due);   // index into posts()
  void poll(Clock::time_point until);                              // hears what comes, until then or the first news
  void until_acked(std::size_t post, std::chrono::seconds limit);  // one
  void until_all_acked(std::chrono::seconds limit);
  [[nodiscard]] const std::vector<Post>& posts() const noexcept { return posts_; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  void write_ledger(const std::string& path) const;

 private:
  struct Peer {
    int fd = -1;
    bool upgraded = false, welcome = false;
    std::uint64_t n = 0;
    std::string in;
    std::vector<std::size_t> posts;  // by n - 1
  };
  void connect(std::size_t i);
  void send(Peer&, unsigned opcode, std::string_view payload);
  void hear(std::size_t i);
  void frames(std::size_t i);
  void frame(std::size_t i, unsigned opcode, std::string_view payload);
  [[nodiscard]] std::string page(std::size_t i) const { return "bp" + std::to_string(i); }
  [[nodiscard]] std::string text(const Post& p) const;

  std::uint16_t port_;
  std::size_t count_;
  int epoll_ = -1;
  std::vector<Peer> peers_;
  std::vector<Post> posts_;
  std::size_t welcome_ = 0, acked_ = 0;
  std::uint32_t mask_ = 0x5bd1e995;
};

}  // namespace fd::bench
