#pragma once

#include <string>
#include <string_view>

namespace fd::store {

[[nodiscard]] inline std::string joined(std::string_view a, std::string_view b) {
  std::string out;
  out.reserve(a.size() + b.size() + 1);
  return out.append(a).append(":").append(b);
}

}  // namespace fd::store
