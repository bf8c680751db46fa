#include "config/file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

namespace fd::config {
namespace {

std::optional<std::string> fill(const Descriptor& fd, const std::string& bytes, mode_t mode) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto n = ::write(fd.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return std::strerror(errno);
    done += static_cast<std::size_t>(n);
  }
  if (::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0) return std::strerror(errno);
  return std::nullopt;
}

std::optional<std::string> sync_folder(const std::filesystem::path& path) {
  const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return std::strerror(errno);
  return std::nullopt;
}

}  // namespace

bool exposed(const struct stat& info) noexcept {
  const mode_t others = S_IRWXO | S_IWGRP | S_IXGRP | (info.st_uid == 0 ? 0U : S_IRGRP);
  return (info.st_mode & others) != 0;
}

std::optional<std::string> write_new(const std::filesystem::path& path, const std::string& bytes, mode_t mode) {
  // A name of its own until it is whole; link(2) then refuses an existing path, which rename(2) would replace.
  const std::filesystem::path beside = path.string() + ".new." + std::to_string(::getpid());
  {
    const Descriptor fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (fd.get() < 0) return std::strerror(errno);
    if (auto failed = fill(fd, bytes, mode)) return failed;
  }
  const bool linked = ::link(beside.c_str(), path.c_str()) == 0;
  const int why = errno;
  ::unlink(beside.c_str());
  if (!linked) return std::strerror(why);
  return sync_folder(path);
}

std::optional<std::string> replace_file(const std::filesystem::path& path, const std::string& bytes, mode_t mode) {
  const std::filesystem::path beside = path.string() + ".new";
  struct stat owner {};
  const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (::stat(path.c_str(), &owner) != 0 && ::stat(parent.c_str(), &owner) != 0) return std::strerror(errno);
  {
    const Descriptor fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (fd.get() < 0) return std::strerror(errno);
    if (::geteuid() == 0 && ::fchown(fd.get(), owner.st_uid, owner.st_gid) != 0) return std::strerror(errno);
    if (auto failed = fill(fd, bytes, mode)) return failed;
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return std::strerror(errno);
  return sync_folder(path);
}

}  // namespace fd::config
