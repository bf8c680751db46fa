#pragma once
// After everything was read: presets, what refers to what, what depends on several values, the canonical text.

#include "config/reader.hpp"
#include "config/tables.hpp"

namespace fd::config {

void settle(Configuration&, const std::vector<StoredAccount>&, const Node& root, const Reader&, Report&);

}  // namespace fd::config
