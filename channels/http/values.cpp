#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "channels/http/http.hpp"

namespace fd::http {

std::string_view Request::header(std::string_view lower_name) const noexcept {
  // The map has no transparent comparator, and a header count of 64 at most makes a walk as cheap as a string.
  for (const auto& [name, value] : headers)
    if (name == lower_name) return value;
  return {};
}

std::string Request::cookie(std::string_view name) const {
  std::string_view rest = header("cookie");
  while (!rest.empty()) {
    const auto end = rest.find(';');
    std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return std::string{pair.substr(equals + 1)};
  }
  return {};
}

Response json_response(unsigned status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Response error_response(unsigned status, std::string_view code, std::string_view message) {
  boost::json::object error;
  error["code"] = code;
  error["message"] = message;
  boost::json::object whole;
  whole["error"] = std::move(error);
  return json_response(status, boost::json::serialize(whole));
}

}  // namespace fd::http
