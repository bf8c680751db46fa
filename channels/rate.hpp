#pragma once
// A token bucket: `burst` at once, then `per_s`. The caller gives the time, so tests do.

#include <algorithm>
#include <cstdint>

#include "router/model/time.hpp"

namespace fd {

class Rate {
 public:
  Rate(double burst, double per_s, Duration now) : burst_(burst), per_s_(per_s), left_(burst), at_(now) {}

  // 0: taken. Else the ms after which one more is free; nothing is taken.
  [[nodiscard]] std::int64_t take(Duration now) {
    left_ = std::min(burst_, left_ + per_s_ * static_cast<double>((now - at_).count()) / 1000.0);
    at_ = now;
    if (left_ >= 1.0) {
      left_ -= 1.0;
      return 0;
    }
    return static_cast<std::int64_t>((1.0 - left_) / per_s_ * 1000.0) + 1;
  }

 private:
  double burst_, per_s_, left_;
  Duration at_;
};

}  // namespace fd
