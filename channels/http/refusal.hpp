#pragma once
// What is said to a request that never reaches a handler: status, code, and a text that names what is wrong.

#include <boost/beast/http/error.hpp>
#include <string>
#include <string_view>

namespace fd::http {

struct BadRequest {
  unsigned status = 400;
  std::string_view code;
  std::string text;
  std::string_view limit = {};  // of settings.hpp, counted; empty when no limit refused
};

[[nodiscard]] BadRequest bad_request_of(boost::beast::http::error);

}  // namespace fd::http
