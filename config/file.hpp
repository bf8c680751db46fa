#pragma once
// Files that must be whole or not be there: written beside, fsynced, renamed, the folder fsynced.

#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace fd::config {

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

// Somebody beside the owner may read or change it. The group may read what is root's: that is how root gives a daemon a
// secret which it cannot change.
[[nodiscard]] bool exposed(const struct stat&) noexcept;

// nullopt: done; else why not. write_new refuses a path that exists.
[[nodiscard]] std::optional<std::string> write_new(const std::filesystem::path&, const std::string& bytes, mode_t);
// Keeps the owner of the file it replaces; a new file gets the owner of its folder.
[[nodiscard]] std::optional<std::string> replace_file(const std::filesystem::path&, const std::string& bytes, mode_t);

}  // namespace fd::config
