#pragma once
// docs/redis.md against the codec: every key pattern has an example, every example is a key of ours, and what it holds
// comes back out of the codec as it went in.

#include <string>
#include <string_view>
#include <vector>

namespace fd::test {

// The lines of all ```redis blocks, split as redis-cli would.
[[nodiscard]] std::vector<std::vector<std::string>> examples(std::string_view markdown);

// What is wrong with the page; empty: nothing.
[[nodiscard]] std::vector<std::string> faults_of(std::string_view markdown);

}  // namespace fd::test
