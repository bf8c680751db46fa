#pragma once
// A temporary folder with configuration files.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "config/load.hpp"

namespace fd::config::testing {

class Folder {
 public:
  Folder() {
    std::string name = ::testing::TempDir() + "fd-config-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path main() const { return path_ / "frontdesk.yaml"; }
  Folder& put(const std::string& name, const std::string& text, bool secret = false) {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    const bool own = secret || name == "agents.yaml";
    std::filesystem::permissions(path_ / name, own ? std::filesystem::perms(0600) : std::filesystem::perms(0644));
    return *this;
  }
  [[nodiscard]] LoadResult load(const LoadOptions& options = {}) const { return config::load(main(), options); }

 private:
  std::filesystem::path path_;
};

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline std::string all(const std::vector<Error>& errors) {
  std::string out;
  for (const auto& e : errors) out += text(e, Language::en);
  return out;
}

}  // namespace fd::config::testing
