#pragma once
// What the parser of arguments complains about, in our own words: its texts are English.

#include <string>
#include <string_view>

#include "daemon/cli/words.hpp"

namespace fd::cli {

// `what` as CLI11 says it. One that is not known here is given back as it is.
[[nodiscard]] std::string usage_text(std::string_view what, const Words&);

}  // namespace fd::cli
