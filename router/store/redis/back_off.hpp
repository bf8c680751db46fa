#pragma once
// How long to wait before the next try: not at all, then doubling between two bounds, each a random half to whole, so
// that many who lost the same server do not come back in step.

#include <algorithm>
#include <optional>
#include <random>

#include "router/model/time.hpp"

namespace fd::store::redis {

class BackOff {
 public:
  BackOff(Duration least, Duration most) : least_(least), most_(most) {}
  [[nodiscard]] Duration next() {
    const auto step = step_;
    step_ = std::clamp(step_ * 2, least_, most_);
    if (step.count() == 0) return step;
    if (!random_) random_.emplace(std::random_device{}());  // most are made and never waited on
    return Duration{std::uniform_int_distribution<Duration::rep>(step.count() / 2, step.count())(*random_)};
  }
  void reset() noexcept { step_ = Duration{0}; }

 private:
  Duration least_, most_, step_{0};
  std::optional<std::minstd_rand> random_;
};

}  // namespace fd::store::redis
