#pragma once
// A response as bytes (RFC 9112 §4–§6).

#include <string>

#include "channels/http/http.hpp"

namespace fd::http {

struct Framing {
  bool keep_alive = true;
  bool head = false;  // the request was HEAD: lengths as of GET, no body
};

// Status line and header fields with the blank line. A field whose name or value would break the framing (CR, LF, NUL,
// or a name that is no token) is left out: what a customer typed never becomes a header of its own.
[[nodiscard]] std::string head_of(const Response&, Framing);

[[nodiscard]] bool has_body(const Response&, Framing) noexcept;

}  // namespace fd::http
