#include "daemon/cli/client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

namespace fd::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t reply_bytes_max = 64U * 1024 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

std::string why(int error) { return std::strerror(error); }

bool wait_for(int fd, short events, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd one{fd, events, 0};
    const int n = ::poll(&one, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 600'000)));
    if (n > 0) return true;
    if (n == 0 || errno != EINTR) return false;
  }
}

std::optional<CallError> connect_to(int fd, const std::string& path, Clock::time_point deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return CallError{CallError::Kind::absent, path + ": a socket's path has 1 to 107 bytes"};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  int error = 0;
  for (;;) {
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return std::nullopt;
    error = errno;
    if (error == EINPROGRESS && wait_for(fd, POLLOUT, deadline)) {
      socklen_t size = sizeof error;
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error == 0) return std::nullopt;
    }
    if (error == EAGAIN && Clock::now() < deadline) {  // the listener's backlog is full
      pollfd none{-1, 0, 0};
      ::poll(&none, 1, 20);
      continue;
    }
    break;
  }
  const auto kind = error == EACCES || error == EPERM ? CallError::Kind::forbidden : CallError::Kind::absent;
  return CallError{kind, path + ": " + why(error)};
}

bool send_all(int fd, std::string_view bytes, Clock::time_point deadline) {
  while (!bytes.empty()) {
    const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && wait_for(fd, POLLOUT, deadline)) continue;
    return false;
  }
  return true;
}

struct Head {
  unsigned status = 0;
  std::size_t body_at = 0;
  std::optional<std::size_t> length;
};

std::optional<Head> parse_head(std::string_view bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos || !bytes.starts_with("HTTP/1.") || bytes.size() < 12) return std::nullopt;
  Head head;
  head.body_at = end + 4;
  std::from_chars(bytes.data() + 9, bytes.data() + 12, head.status);
  std::string lines(bytes.substr(0, end + 2));
  std::transform(lines.begin(), lines.end(), lines.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::string_view name = "\r\ncontent-length:";
  if (const auto at = lines.find(name); at != std::string::npos) {
    auto from = at + name.size();
    while (from < lines.size() && lines[from] == ' ') ++from;
    std::size_t length = 0;
    if (std::from_chars(lines.data() + from, lines.data() + lines.size(), length).ec == std::errc{})
      head.length = length;
  }
  return head;
}

std::optional<Reply> read_reply(int fd, Clock::time_point deadline) {
  std::string bytes;
  std::optional<Head> head;
  char chunk[16384];
  for (;;) {
    if (!head) head = parse_head(bytes);
    if (head && head->length && bytes.size() >= head->body_at + *head->length)
      return Reply{head->status, bytes.substr(head->body_at, *head->length)};
    if (bytes.size() > reply_bytes_max || !wait_for(fd, POLLIN, deadline)) return std::nullopt;
    const auto n = ::recv(fd, chunk, sizeof chunk, 0);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return std::nullopt;
    if (n == 0) {
      if (!head || head->length) return std::nullopt;
      return Reply{head->status, bytes.substr(head->body_at)};
    }
    bytes.append(chunk, static_cast<std::size_t>(n));
  }
}

}  // namespace

std::variant<Reply, CallError> call(const std::string& socket_path, std::string_view method, std::string_view path,
                                    const std::string& body, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  const Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return CallError{CallError::Kind::absent, "socket: " + why(errno)};
  if (auto error = connect_to(fd.get(), socket_path, deadline)) return *error;
  std::string request = std::string(method) + " " + std::string(path) +
                        " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: application/json\r\n";
  if (!body.empty()) request += "Content-Type: application/json\r\n";
  if (!body.empty() || method != "GET") request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request += "\r\n" + body;
  if (!send_all(fd.get(), request, deadline)) return CallError{CallError::Kind::lost, socket_path};
  if (auto reply = read_reply(fd.get(), deadline)) return *std::move(reply);
  return CallError{CallError::Kind::lost, socket_path};
}

std::string percent_encode(std::string_view segment) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : segment) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
  }
  return out;
}

}  // namespace fd::cli
