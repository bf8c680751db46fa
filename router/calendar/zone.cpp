#include "router/calendar/zone.hpp"

#include <date/tz.h>

#include <cstdio>

namespace fd::calendar {

std::string LocalTime::date() const {
  char text[24];
  std::snprintf(text, sizeof text, "%04d%02d%02d", year, month, day);
  return text;
}

std::optional<Zone> Zone::find(std::string_view name) {
  try {
    Zone zone;
    zone.name_ = std::string(name);
    zone.zone_ = date::locate_zone(zone.name_);
    return zone;
  } catch (const std::exception&) {  // date reports an unknown zone by exception
    return std::nullopt;
  }
}

LocalTime Zone::local(Instant at) const {
  const date::sys_time<Duration> sys{Duration{at.ms}};
  const auto* zone = static_cast<const date::time_zone*>(zone_);
  const date::local_time<Duration> local =
      zone ? zone->to_local(sys) : date::local_time<Duration>{sys.time_since_epoch()};
  const auto days = date::floor<date::days>(local);
  const date::year_month_day ymd{days};
  LocalTime t;
  t.year = static_cast<int>(ymd.year());
  t.month = static_cast<int>(static_cast<unsigned>(ymd.month()));
  t.day = static_cast<int>(static_cast<unsigned>(ymd.day()));
  t.weekday = static_cast<int>(date::weekday{days}.c_encoding());
  t.minute_of_day = static_cast<int>((local - days) / std::chrono::minutes{1});
  return t;
}

}  // namespace fd::calendar
