#include "tests/bench/sockets.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace fd::bench {
namespace {

constexpr std::size_t an_address = 50, opening_at_once = 64;
constexpr unsigned text_frame = 1, close_frame = 8, ping_frame = 9, pong_frame = 10;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

sockaddr_in address(std::uint32_t host, std::uint16_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(host);
  a.sin_port = htons(port);
  return a;
}

}  // namespace

Customers::Customers(std::uint16_t port, std::size_t count) : port_(port), count_(count), peers_(count) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) fail("epoll");
}

Customers::~Customers() {
  for (const Peer& p : peers_)
    if (p.fd >= 0) ::close(p.fd);
  ::close(epoll_);
}

void Customers::connect(std::size_t i) {
  Peer& p = peers_[i];
  p.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (p.fd < 0) fail("socket " + std::to_string(i) + " (raise the limit of open files)");
  const int on = 1;
  ::setsockopt(p.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(p.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const auto nth = static_cast<std::uint32_t>(i / an_address);
  const auto from = address(0x7F010001U + (nth / 250U) * 256U + nth % 250U, 0);  // 127.1.0.1, 127.1.0.2, …
  if (::bind(p.fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) fail("bind");
  const auto to = address(0x7F000001U, port_);
  if (::connect(p.fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
  if (::fcntl(p.fd, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = i;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, p.fd, &event) != 0) fail("epoll_ctl");
  const std::string ask =
      "GET /chat?w=demo HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) +
      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: frontdesk.chat.v1\r\n"
      "Origin: http://127.0.0.1:8080\r\n\r\n";
  if (::send(p.fd, ask.data(), ask.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(ask.size())) fail("handshake");
}

void Customers::open() {
  const auto end = Clock::now() + std::chrono::seconds{120};
  for (std::size_t begun = 0; welcome_ < count_;) {
    while (begun < count_ && begun - welcome_ < opening_at_once) connect(begun++);
    poll(Clock::now() + std::chrono::milliseconds{100});
    if (Clock::now() > end)
      throw std::runtime_error("only " + std::to_string(welcome_) + " of " + std::to_string(count_) + " were welcome");
  }
}

std::string Customers::text(const Post& p) const {
  std::string t = "第 " + std::to_string(p.n) + " 句，客户 " + std::to_string(p.customer) +
                  "：我上周下的订单一直没有发货，物流页面三天没有更新，请帮我查询一下到哪里了，谢谢。";
  while (t.size() < 300) t += "请尽快回复";
  return t;
}

std::size_t Customers::post(std::size_t customer, Clock::time_point due) {
  Peer& p = peers_[customer];
  Post post;
  post.customer = customer;
  post.n = ++p.n;
  post.due = due;
  p.posts.push_back(posts_.size());
  posts_.push_back(post);
  send(p, text_frame,
       R"({"type":"msg","cid":")" + page(customer) + ":" + std::to_string(post.n) + R"(","text":")" + text(post) +
           "\"}");
  return posts_.size() - 1;
}

void Customers::send(Peer& p, unsigned opcode, std::string_view payload) {
  std::string out;
  out.push_back(static_cast<char>(0x80U | opcode));
  if (payload.size() < 126) {
    out.push_back(static_cast<char>(0x80U | payload.size()));
  } else {
    out.push_back(static_cast<char>(0x80U | 126U));
    out.push_back(static_cast<char>(payload.size() >> 8U));
    out.push_back(static_cast<char>(payload.size() & 0xFFU));
  }
  mask_ = mask_ * 1664525U + 1013904223U;
  std::array<char, 4> key{};
  std::memcpy(key.data(), &mask_, key.size());
  out.append(key.data(), key.size());
  for (std::size_t i = 0; i < payload.size(); ++i) out.push_back(static_cast<char>(payload[i] ^ key[i % 4]));
  if (::send(p.fd, out.data(), out.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(out.size())) fail("send");
}

void Customers::poll(Clock::time_point until) {
  const auto left = std::max(Clock::duration{0}, until - Clock::now());
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
  const timespec wait{static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
  std::array<epoll_event, 256> news{};
  const int n = ::epoll_pwait2(epoll_, news.data(), static_cast<int>(news.size()), &wait, nullptr);
  if (n < 0 && errno != EINTR) fail("epoll_pwait2");
  for (int k = 0; k < n; ++k) hear(news[static_cast<std::size_t>(k)].data.u64);
}

void Customers::hear(std::size_t i) {
  Peer& p = peers_[i];
  std::array<char, 16384> buffer;
  const ssize_t n = ::recv(p.fd, buffer.data(), buffer.size(), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0)
    throw std::runtime_error("customer " + std::to_string(i) + " was disconnected; last: " + p.in.substr(0, 300));
  p.in.append(buffer.data(), static_cast<std::size_t>(n));
  if (!p.upgraded) {
    const auto end = p.in.find("\r\n\r\n");
    if (end == std::string::npos) return;
    if (p.in.compare(0, 12, "HTTP/1.1 101") != 0) throw std::runtime_error("refused: " + p.in.substr(0, 300));
    p.in.erase(0, end + 4);
    p.upgraded = true;
    send(p, text_frame, R"({"type":"hello","v":1,"page":")" + page(i) + R"(","locale":"zh-CN"})");
  }
  frames(i);
  if (p.in.empty()) p.in.shrink_to_fit();
}

void Customers::frames(std::size_t i) {
  std::string& in = peers_[i].in;
  std::size_t at = 0;
  while (in.size() - at >= 2) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(in[at + k]); };
    std::size_t head = 2, size = byte(1) & 0x7FU;
    if (size == 126) {
      if (in.size() - at < 4) break;
      head = 4, size = static_cast<std::size_t>(byte(2)) << 8U | byte(3);
    } else if (size == 127) {
      throw std::runtime_error("a frame of more than 64 KiB");
    }
    if (in.size() - at < head + size) break;
    frame(i, byte(0) & 0xFU, std::string_view(in).substr(at + head, size));
    at += head + size;
  }
  in.erase(0, at);
}

void Customers::frame(std::size_t i, unsigned opcode, std::string_view payload) {
  Peer& p = peers_[i];
  const auto has = [&](std::string_view what) { return payload.find(what) != std::string_view::npos; };
  if (opcode == ping_frame) return send(p, pong_frame, payload);
  if (opcode == close_frame) throw std::runtime_error("customer " + std::to_string(i) + " was closed");
  if (has(R"("type":"welcome")")) {
    if (!p.welcome) ++welcome_;
    p.welcome = true;
  } else if (has(R"("type":"ack")")) {
    const std::string mine = R"("cid":")" + page(i) + ":";
    const auto at = payload.find(mine);
    if (at == std::string_view::npos) throw std::runtime_error("a foreign ack: " + std::string(payload));
    const auto n = std::strtoull(payload.data() + at + mine.size(), nullptr, 10);
    if (n == 0 || n > p.posts.size()) throw std::runtime_error("an ack for nothing: " + std::string(payload));
    Post& post = posts_[p.posts[n - 1]];
    if (++post.acks > 1) return;
    post.acked = Clock::now();
    post.ack = payload;
    ++acked_;
  } else if (has(R"("type":"slow_down")") || has(R"("type":"error")") || has(R"("type":"restart")")) {
    throw std::runtime_error("customer " + std::to_string(i) + " hears " + std::string(payload));
  }
}

void Customers::until_acked(std::size_t post, std::chrono::seconds limit) {
  const auto end = Clock::now() + limit;
  while (posts_[post].acks == 0) {
    if (Clock::now() > end) throw std::runtime_error("a post is never acknowledged");
    poll(end);
  }
}

void Customers::until_all_acked(std::chrono::seconds limit) {
  const auto end = Clock::now() + limit;
  while (acked_ < posts_.size()) {
    if (Clock::now() > end)
      throw std::runtime_error(std::to_string(posts_.size() - acked_) + " posts are never acknowledged");
    poll(end);
  }
}

void Customers::write_ledger(const std::string& path) const {
  std::ofstream out(path);
  for (const Post& p : posts_) {
    out << "sent " << page(p.customer) << ' ' << p.n << ' ' << text(p) << '\n';
    for (std::uint32_t k = 0; k < p.acks; ++k) out << "ack " << page(p.customer) << ' ' << p.n << ' ' << p.ack << '\n';
  }
  if (!out.flush()) throw std::runtime_error("the ledger cannot be written");
}

}  // namespace fd::bench
