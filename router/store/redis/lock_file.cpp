#include "router/store/redis/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace fd::store::managed {

LockFile::~LockFile() { unlock(); }

bool LockFile::try_lock(std::string& error) {
  if (locked_) return true;
  if (fd_ < 0) fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) {
    error = path_ + ": " + std::strerror(errno);
    return false;
  }
  locked_ = ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
  if (!locked_ && errno != EWOULDBLOCK && errno != EINTR) error = path_ + ": " + std::strerror(errno);
  return locked_;
}

void LockFile::unlock() {
  if (fd_ >= 0) ::close(fd_);  // the lock goes with the last descriptor: an orphaned child keeps it
  fd_ = -1;
  locked_ = false;
}

void LockFile::name(pid_t daemon, pid_t redis) {
  if (!locked_) return;
  const auto text = "daemon " + std::to_string(daemon) + "\nredis " + std::to_string(redis) + "\n";
  if (::pwrite(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()))
    static_cast<void>(::ftruncate(fd_, static_cast<off_t>(text.size())) == 0);
}

std::optional<pid_t> LockFile::written(std::string_view word) const {
  std::array<char, 128> buffer{};
  const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  const auto n = ::read(fd, buffer.data(), buffer.size() - 1);
  ::close(fd);
  const std::string text(buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  const auto at = text.find(word);
  if (at == std::string::npos) return std::nullopt;
  const auto pid = static_cast<pid_t>(std::strtol(text.c_str() + at + word.size(), nullptr, 10));
  return pid > 1 ? std::optional(pid) : std::nullopt;
}

}  // namespace fd::store::managed
