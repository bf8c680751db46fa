#pragma once
// What /healthz and /readyz say (operations.md §5). Pure.

#include <string>
#include <vector>

#include "channels/http/http.hpp"

namespace fd::admin {

struct Check {
  std::string name;  // redis, leader, disk, …
  bool ok = true;
  std::string text;  // why not: "no answer for 4 s"; empty when ok
};

struct ReadyReport {
  std::vector<Check> checks;
  [[nodiscard]] bool ready() const noexcept;
};

// 200 when every check holds, else 503; one line a check, "[+]redis ok" or "[-]redis: no answer for 4 s". When all hold
// the body is the one word "ok" unless ?verbose asks for the lines. ?exclude=NAME[,NAME] leaves checks out. JSON
// {"ready", "checks": [{name, ok, text}]} when Accept names application/json.
[[nodiscard]] http::Response health_response(ReadyReport, const http::Request&);

}  // namespace fd::admin
