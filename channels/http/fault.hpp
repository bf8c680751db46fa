#pragma once
// One place that says what a handler or a session threw.

#include <exception>
#include <string>
#include <string_view>

namespace fd::http {

[[nodiscard]] std::string what_of(const std::exception_ptr&);

// Logs `event` with the route's pattern (never the path: it may hold a token).
void log_fault(std::string_view event, std::string_view pattern, const std::exception_ptr&);

}  // namespace fd::http
