#pragma once
// A YAML file as a tree in which every key and value knows its place. The loader reads nothing but this: yaml-cpp
// itself takes the first of two equal keys, reads 010 as 8 and `no` as false without a word, so all of that is decided
// here.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/report.hpp"

namespace fd::config {

struct Entry;

struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  Place at;
  std::string text;    // of a scalar, as written
  bool plain = false;  // a scalar without quotes
  std::vector<Node> items;
  std::vector<Entry> entries;  // in the order of the file, keys unique

  [[nodiscard]] const Entry* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Place at;  // of the key
  Node value;
};

// Limits of a hostile or broken file (security.md).
inline constexpr std::size_t file_bytes_max = 5'000'000;
inline constexpr std::size_t depth_max = 50;
inline constexpr std::size_t nodes_max = 500'000;  // aliases counted as what they stand for
inline constexpr std::size_t aliases_max = 100;
inline constexpr std::size_t keys_max = 10'000;  // of one map

// Reads and parses; `shown` is the name in errors. nullopt: the file gave no tree, the report says why.
[[nodiscard]] std::optional<Node> read_document(const std::filesystem::path&, const std::string& shown, Report&);
[[nodiscard]] std::optional<Node> parse_document(const std::string& bytes, const std::string& shown, Report&);

}  // namespace fd::config
