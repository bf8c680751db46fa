#pragma once
// What of a customer is shown where not everybody who sees it has the right to know.

#include <string>
#include <string_view>

namespace fd::site {

// As it is kept, and as agents see it: phone: 138****5678; email: w****@example.cn; any other kind of identity: empty.
[[nodiscard]] std::string masked(std::string_view kind, std::string_view value);
// 王**, W**: enough to know somebody again by, on a wall that a whole room looks at.
[[nodiscard]] std::string masked_name(std::string_view name);

}  // namespace fd::site
