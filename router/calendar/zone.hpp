#pragma once
// The site's time zone: which calendar day and time of day an Instant is. Pure given the system's tz database.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "router/model/time.hpp"

namespace fd::calendar {

struct LocalTime {
  int year = 1970, month = 1, day = 1;
  int weekday = 4;  // 0 = Sunday
  int minute_of_day = 0;
  [[nodiscard]] std::string date() const;  // "20261124"
};

class Zone {
 public:
  Zone() = default;                                                      // UTC
  [[nodiscard]] static std::optional<Zone> find(std::string_view name);  // IANA name; nullopt when unknown
  [[nodiscard]] LocalTime local(Instant at) const;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::string name_ = "UTC";
  const void* zone_ = nullptr;  // date::time_zone of the process-wide, immutable database; null = UTC
};

}  // namespace fd::calendar
