#pragma once
// The few Redis commands our codec says, applied to a map: what a server would hold, without a server.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "router/store/redis/fields.hpp"

namespace fd::test {

struct CommandMap {
  std::map<std::string, std::map<std::string, std::string>> hashes;
  std::map<std::string, std::set<std::string>> sets;
  std::map<std::string, std::vector<std::string>> lists;
  std::size_t applied = 0;

  void apply(const store::redis::Request& request) {
    for (const auto& command : store::redis::commands_of(request.bytes())) apply(command);
  }
  void apply(const std::vector<std::string>& c) {
    ++applied;
    const auto& name = c.at(0);
    const auto& key = c.at(1);
    if (name == "HSET")
      for (std::size_t i = 2; i + 1 < c.size(); i += 2) hashes[key][c[i]] = c[i + 1];
    else if (name == "HDEL")
      for (std::size_t i = 2; i < c.size(); ++i) hashes[key].erase(c[i]);
    else if (name == "SADD")
      sets[key].insert(c.begin() + 2, c.end());
    else if (name == "SREM")
      for (std::size_t i = 2; i < c.size(); ++i) sets[key].erase(c[i]);
    else if (name == "RPUSH")
      lists[key].insert(lists[key].end(), c.begin() + 2, c.end());
    else if (name == "LPUSH")
      for (std::size_t i = 2; i < c.size(); ++i) lists[key].insert(lists[key].begin(), c[i]);
  }
  [[nodiscard]] store::redis::Pairs pairs(const std::string& key) const {
    const auto found = hashes.find(key);
    return found == hashes.end() ? store::redis::Pairs{}
                                 : store::redis::Pairs(found->second.begin(), found->second.end());
  }
};

}  // namespace fd::test
