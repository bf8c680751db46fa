#include "channels/http/fault.hpp"

#include <spdlog/spdlog.h>

namespace fd::http {

std::string what_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& fault) {
    return fault.what();
  } catch (...) {
    return "not a std::exception";
  }
}

void log_fault(std::string_view event, std::string_view pattern, const std::exception_ptr& thrown) {
  spdlog::error("event={} module=http route=\"{}\" error=\"{}\"", event, pattern, what_of(thrown));
}

}  // namespace fd::http
