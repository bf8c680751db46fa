#pragma once
// Site time: milliseconds since 1970, from the wall clock at the start of leadership plus the time since; never
// backwards.

#include <chrono>
#include <compare>
#include <cstdint>

namespace fd {

using Duration = std::chrono::milliseconds;

struct Instant {
  std::int64_t ms = 0;  // 0 = never, unset

  [[nodiscard]] constexpr bool set() const noexcept { return ms != 0; }
  auto operator<=>(const Instant&) const = default;
  friend constexpr Instant operator+(Instant t, Duration d) noexcept { return {t.ms + d.count()}; }
  friend constexpr Instant operator-(Instant t, Duration d) noexcept { return {t.ms - d.count()}; }
  friend constexpr Duration operator-(Instant a, Instant b) noexcept { return Duration{a.ms - b.ms}; }
};

inline constexpr Instant never{INT64_MAX};

// The only source of time above the pure core. Production: daemon/wiring.cpp; tests: tests/support/manual_clock.hpp.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant wall() const = 0;     // may jump
  [[nodiscard]] virtual Duration steady() const = 0;  // CLOCK_BOOTTIME; never jumps, counts suspend
};

}  // namespace fd
