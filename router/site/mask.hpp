#pragma once
// A customer's phone number or mail address as an agent without the right to it sees it, and as it is kept.

#include <string>
#include <string_view>

namespace fd::site {

// phone: 138****5678; email: w****@example.cn; any other kind of identity: empty.
[[nodiscard]] std::string masked(std::string_view kind, std::string_view value);

}  // namespace fd::site
