#pragma once
// A Clock that moves only when the test says so. Wall and steady time move together unless the test jumps the wall.

#include "router/model/time.hpp"

namespace fd::test {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start = {1'795'507'200'000}) : wall_(start) {}  // 2026-11-24
  [[nodiscard]] Instant wall() const override { return wall_; }
  [[nodiscard]] Duration steady() const override { return steady_; }
  void advance(Duration by) {
    wall_ = wall_ + by;
    steady_ += by;
  }
  void jump_wall(Duration by) { wall_ = wall_ + by; }

 private:
  Instant wall_;
  Duration steady_{1'000'000};
};

}  // namespace fd::test
