#pragma once
// Files -> Configuration, or every error at once. Layers: built-in defaults, frontdesk.yaml, conf.d/*.yaml in byte
// order; beside them rules.d/*.yaml and agents.yaml. Nothing else is read, nothing is applied.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/configuration.hpp"
#include "config/report.hpp"

namespace fd::config {

struct LoadOptions {
  Language language = Language::en;
  std::map<std::string, std::string> environment;  // its FRONTDESK_* must be known; CREDENTIALS_DIRECTORY is used
  std::optional<std::string> accounts{};           // the text of agents.yaml, instead of the file
};

struct LoadResult {
  std::optional<Configuration> configuration;  // set exactly when there are no errors
  std::vector<Error> errors;                   // by file, line, column
  std::vector<Error> warnings;                 // likewise
};

// May take a second with 10,000 rules: on the worker pool when something else is running.
[[nodiscard]] LoadResult load(const std::filesystem::path& frontdesk_yaml, const LoadOptions& = {});

[[nodiscard]] std::map<std::string, std::string> process_environment();
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace fd::config
