#pragma once
// A real redis-server for one test: own directory, Unix socket, on request TCP on a free port; appendfsync always as in
// production. Ends with the object. Also what a hand at redis-cli does, blocking.

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace fd::test {

class RedisServer {
 public:
  struct Options {
    bool tcp = false;
    std::vector<std::pair<std::string, std::string>> config;  // said after ours, so it wins
  };
  RedisServer() : RedisServer(Options{}) {}
  explicit RedisServer(Options options);
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  void start();                   // also after kill(), over the same data
  void kill();                    // SIGKILL, waited for
  void flush_to_disk_and_stop();  // SHUTDOWN, waited for
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
  [[nodiscard]] std::string socket() const { return directory_ + "/redis.sock"; }
  [[nodiscard]] std::string tcp() const { return "127.0.0.1:" + std::to_string(port_); }  // only with Options::tcp

  // One command; the answer as redis-cli prints it without quotes: arrays as lines, nil as "(nil)", errors as they are.
  std::string command(const std::vector<std::string>& arguments) const;
  std::string command(std::string_view line) const;  // split at spaces

 private:
  void wait_until_ready(int out);
  Options options_;
  std::string directory_;
  int port_ = 0;
  pid_t pid_ = -1;
  std::jthread drain_;
};

}  // namespace fd::test
