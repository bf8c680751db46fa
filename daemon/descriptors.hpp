#pragma once
// Open files are what callers can use up: they are shared out, so that no crowd of customers takes those that the desk,
// the operator and Redis need.

#include <cstddef>
#include <optional>

namespace fd {

struct DescriptorShares {
  std::size_t customers = 0, desk = 0, control = 0;  // connections, by listener
};

inline constexpr std::size_t descriptors_least = 128;

// Of a process that may open `limit` files. nullopt: fewer than descriptors_least.
[[nodiscard]] std::optional<DescriptorShares> share_descriptors(std::size_t limit);
// Raises the soft limit to the hard one; what this process may open from then on.
[[nodiscard]] std::size_t raise_descriptor_limit();

}  // namespace fd
