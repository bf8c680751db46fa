#include "daemon/directories.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace fd {

std::string own_directory(const std::filesystem::path& directory) {
  const auto path = (directory / "").parent_path();  // without a slash at its end
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (::mkdir(path.c_str(), 0700) == 0) return {};
  const std::string name = "directory " + path.string() + ": ";
  struct stat found {};
  if (errno != EEXIST || ::stat(path.c_str(), &found) != 0) return name + std::strerror(errno);
  if (!S_ISDIR(found.st_mode)) return name + std::strerror(ENOTDIR);
  if (found.st_uid != ::geteuid())
    return name + "belongs to another user; chown " + std::to_string(::geteuid()) + " " + path.string();
  if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0) return name + "others may write into it; chmod go-w " + path.string();
  return {};
}

}  // namespace fd
