#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "server.hpp"

namespace fd::http::test {
namespace {

constexpr std::chrono::milliseconds patience{10'000};

bool same_name(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::string Answer::header(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const auto line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 2);
    const auto colon = line.find(": ");
    if (colon != std::string_view::npos && same_name(line.substr(0, colon), name))
      return std::string{line.substr(colon + 2)};
  }
  return {};
}

int Frame::close_code() const {
  if (opcode != 8) return -1;
  if (payload.size() < 2) return 1005;
  return static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
}

Wire::Wire(std::uint16_t port) : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (descriptor_ < 0 || ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error{std::string{"connect: "} + std::strerror(errno)};
}

Wire::Wire(const std::string& unix_path) : descriptor_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (descriptor_ < 0 || ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error{std::string{"connect: "} + std::strerror(errno)};
}

Wire::Wire(Wire&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)}, held_{std::move(other.held_)} {}

Wire::~Wire() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Wire::readable(std::chrono::milliseconds span) {
  if (!held_.empty()) return true;
  pollfd one{descriptor_, POLLIN, 0};
  return ::poll(&one, 1, static_cast<int>(span.count())) == 1;
}

bool Wire::fill() {
  pollfd one{descriptor_, POLLIN, 0};
  if (::poll(&one, 1, static_cast<int>(patience.count())) != 1) {
    ADD_FAILURE() << "nothing came in " << patience.count() << " ms; held: " << held_;
    return false;
  }
  std::array<char, 65536> chunk{};
  const auto got = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
  if (got <= 0) return false;
  held_.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

std::string Wire::take(std::size_t size) {
  while (held_.size() < size)
    if (!fill()) return {};
  std::string taken = held_.substr(0, size);
  held_.erase(0, size);
  return taken;
}

Answer Wire::answer(bool head) {
  std::size_t end = 0;
  while ((end = held_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return {};
  Answer answer;
  answer.head = take(end + 4);
  answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(9, 3)));
  const auto length = answer.header("Content-Length");
  if (!head && !length.empty()) answer.body = take(std::stoul(length));
  return answer;
}

bool Wire::ended() {
  const auto until = std::chrono::steady_clock::now() + patience;
  std::array<char, 65536> sink{};
  held_.clear();
  while (readable(std::max(std::chrono::milliseconds{0}, std::chrono::duration_cast<std::chrono::milliseconds>(
                                                             until - std::chrono::steady_clock::now()))))
    if (::recv(descriptor_, sink.data(), sink.size(), 0) <= 0) return true;
  return false;
}

Answer Wire::upgrade(std::string_view target, std::string_view more) {
  send("GET " + std::string{target} +
       " HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
       std::string{more} + "\r\n");
  return answer();
}

bool Wire::send_frame(int opcode, std::string_view payload, bool final, bool masked) {
  std::string bytes;
  bytes += static_cast<char>((final ? 0x80 : 0) | opcode);
  const char mask_bit = masked ? static_cast<char>(0x80) : '\0';
  if (payload.size() < 126) {
    bytes += static_cast<char>(mask_bit | static_cast<char>(payload.size()));
  } else {
    const bool wide = payload.size() > 0xFFFF;
    bytes += static_cast<char>(mask_bit | (wide ? 127 : 126));
    for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8) bytes += static_cast<char>(payload.size() >> shift & 255);
  }
  constexpr std::string_view mask = "\x12\x34\x56\x78";
  if (masked) bytes += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    bytes += masked ? static_cast<char>(payload[i] ^ mask[i % 4]) : payload[i];
  return send(bytes);
}

Frame Wire::frame() {
  const auto head = take(2);
  if (head.empty()) return {};
  std::size_t size = static_cast<unsigned char>(head[1]) & 127;
  if (size >= 126) {
    const auto more = take(size == 126 ? 2 : 8);
    size = 0;
    for (const char c : more) size = size << 8 | static_cast<unsigned char>(c);
  }
  EXPECT_EQ(head[1] & 0x80, 0) << "a server does not mask";
  return {head[0] & 15, size == 0 ? std::string{} : take(size)};
}

Frame Wire::frame_of_message() {
  auto got = frame();
  while (got.opcode == 9) got = frame();
  return got;
}

bool Wire::send_close(std::uint16_t code) {
  return send_frame(8, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 255)});
}

}  // namespace fd::http::test
