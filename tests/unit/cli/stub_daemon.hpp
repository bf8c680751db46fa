#pragma once
// A control socket that answers from a table: one thread, plain sockets. Remembers what it was asked.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fd::cli::test {

struct Asked {
  std::string line;  // "GET /v1/status"
  std::string body;
};

class StubDaemon {
 public:
  StubDaemon() {
    char name[] = "/tmp/fdcli.XXXXXX";
    dir_ = ::mkdtemp(name);
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path().c_str(), path().size() + 1);
    ok_ = ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(fd_, 8) == 0;
    thread_ = std::thread([this] { serve(); });
  }
  StubDaemon(const StubDaemon&) = delete;
  StubDaemon& operator=(const StubDaemon&) = delete;
  ~StubDaemon() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
    ::unlink(path().c_str());
    ::rmdir(dir_.c_str());
  }

  [[nodiscard]] std::string path() const { return dir_ + "/control.sock"; }
  [[nodiscard]] bool ok() const { return ok_; }
  void answer(const std::string& line, unsigned status, const std::string& body) {
    const std::lock_guard lock(mutex_);
    answers_[line] = {status, body};
  }
  [[nodiscard]] std::vector<Asked> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  void serve() {
    for (;;) {
      const int one = ::accept(fd_, nullptr, nullptr);
      if (one < 0) return;
      talk(one);
      ::close(one);
    }
  }
  void talk(int one) {
    std::string in;
    char chunk[4096];
    while (!complete(in)) {
      const auto n = ::recv(one, chunk, sizeof chunk, 0);
      if (n <= 0) return;
      in.append(chunk, static_cast<std::size_t>(n));
    }
    const auto line = in.substr(0, in.find(" HTTP/1.1"));
    std::string out;
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back({line, in.substr(in.find("\r\n\r\n") + 4)});
      const auto at = answers_.find(line);
      if (at == answers_.end()) return;  // closes without an answer
      out = "HTTP/1.1 " + std::to_string(at->second.first) +
            " X\r\nContent-Length: " + std::to_string(at->second.second.size()) + "\r\n\r\n" + at->second.second;
    }
    for (const char byte : out)  // in the smallest pieces: the client must put them together
      if (::send(one, &byte, 1, MSG_NOSIGNAL) != 1) return;
  }
  static bool complete(const std::string& in) {
    const auto head = in.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const auto at = in.find("Content-Length: ");
    const auto length = at == std::string::npos || at > head ? 0 : std::strtoul(in.c_str() + at + 16, nullptr, 10);
    return in.size() >= head + 4 + length;
  }

  std::string dir_;
  int fd_ = -1;
  bool ok_ = false;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::map<std::string, std::pair<unsigned, std::string>> answers_;
  std::vector<Asked> asked_;
};

}  // namespace fd::cli::test
