#pragma once
// The only place that names concrete types and holds the real clock.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "daemon/options.hpp"
#include "router/store/store.hpp"

namespace fd {

// Puts a store of a test's own between the site and Redis; it must refer to the given one, which outlives it.
using WrapStore = std::function<std::unique_ptr<store::Store>(boost::asio::io_context&, store::Store&)>;

// Runs until TERM or INT; returns the exit code of operations.md §2: 0 stopped as asked, 75 something outside is
// missing, 78 the configuration is wrong.
[[nodiscard]] int run_daemon(const Options&, const WrapStore& wrap = {});

}  // namespace fd
