#pragma once
// After everything was read: presets, what refers to what, what depends on several values, the canonical text.

#include "config/reader.hpp"
#include "config/tables.hpp"

namespace fd::config {

// What was read and refers to a queue, channel, kind or service must name one of these.
void check_references(const engine::Settings& known, const Reader&, Report&);

void settle(Configuration&, const std::vector<StoredAccount>&, const Node& root, const Reader&, Report&);

// Other accounts took effect while it runs: what it says of them, its canonical text and its hash are as if it had been
// read with them.
void take_roster(Configuration&, std::map<AgentId, engine::Account> roster);

}  // namespace fd::config
