#pragma once
// The directories of a daemon, before anything is put into them.

#include <filesystem>
#include <string>

namespace fd {

// Made 0700 when it is not there. One that is there stays as it is, and must be ours with nobody else writing into it.
// Empty, or what is wrong and the command that mends it.
[[nodiscard]] std::string own_directory(const std::filesystem::path&);

}  // namespace fd
