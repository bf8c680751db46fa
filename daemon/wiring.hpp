#pragma once
// The only place that names concrete types and holds the real clock.
#include "daemon/options.hpp"

namespace fd {

// Runs until TERM or INT; returns the exit code of operations.md §2: 0 stopped as asked, 75 something outside is
// missing, 78 the configuration is wrong.
[[nodiscard]] int run_daemon(const Options&);

}  // namespace fd
