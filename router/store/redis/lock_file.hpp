#pragma once
// <state>/lock: flock(2) held by the daemon and, inherited, by its redis-server; it names both pids. Two servers on one
// directory would both append to one log without a word.

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace fd::store::managed {

class LockFile {
 public:
  explicit LockFile(std::string path) : path_(std::move(path)) {}
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  // True when it is ours now. `error` is set when it cannot be opened at all.
  [[nodiscard]] bool try_lock(std::string& error);
  void unlock();
  void name(pid_t daemon, pid_t redis);
  // As written by whoever held it last.
  [[nodiscard]] std::optional<pid_t> daemon() const { return written("daemon "); }
  [[nodiscard]] std::optional<pid_t> redis() const { return written("redis "); }
  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  [[nodiscard]] std::optional<pid_t> written(std::string_view word) const;
  std::string path_;
  int fd_ = -1;
  bool locked_ = false;
};

}  // namespace fd::store::managed
