#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "router/store/redis/keys.hpp"
#include "tests/unit/store/docs_check.hpp"

namespace {

using fd::test::examples;
using fd::test::faults_of;

std::string page() {
  std::ifstream file(std::string(FD_SOURCE_DIR) + "/docs/redis.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string listed(const std::vector<std::string>& faults) {
  std::string text;
  for (const auto& fault : faults) text.append(fault).append("\n");
  return text;
}

TEST(RedisPage, AgreesWithTheCodec) {
  EXPECT_GE(examples(page()).size(), fd::store::redis::patterns().size());
  EXPECT_EQ(listed(faults_of(page())), "");
}

// The control: a page that says something else is seen.
TEST(RedisPage, AnyRenamingIsSeen) {
  const std::vector<std::pair<std::string, std::string>> renamings{
      {"SADD fd:{main}:live", "SADD fd:{main}:alive"},
      {"HSET fd:{main}:contact:", "HSET fd:{main}:contacts:"},
      {"ZADD fd:{main}:queue:online", "SADD fd:{main}:queue:online"},
      {" state offered ", " status offered "},
      {" state offered ", " state ringing "},
      {" presence available ", " presence free "},
      {" offer:a1024 ", " offers:a1024 "},
      {" pages \"q7d2:31\"", " page \"q7d2:31\""},
      {"\"kind\":\"text\"", "\"type\":\"text\""},
      {"\"type\":\"accept\"", "\"type\":\"take\""},
      {"\"offer\":\"01K", "\"offr\":\"01K"},
      {" epoch 12", " term 12"},
      {"`fd:{s}:seen:<channel>:<digest>` (", "`fd:{s}:known:<channel>:<digest>` ("},
      {"fd:{main}:contact:01KBT5P700000000040000YP9X v 3", "fd:{main}:contact:01KBT v 3"}};
  const auto text = page();
  for (const auto& [from, to] : renamings) {
    auto changed = text;
    const auto at = changed.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    changed.replace(at, from.size(), to);
    EXPECT_NE(listed(faults_of(changed)), "") << from << " -> " << to;
  }
}

TEST(RedisKeys, MatchTheirPatterns) {
  using fd::store::redis::match;
  const auto pattern = [](std::string_view key) {
    const auto found = match(key);
    return found ? std::string(found->pattern->pattern) + "|" + found->site + "|" + found->first + "|" + found->second
                 : "";
  };
  EXPECT_EQ(pattern("fd:{main}:queue:online"), "queue:<team>|main|online|");
  EXPECT_EQ(pattern("fd:{north}:queue:online:state"), "queue:<team>:state|north|online|");
  EXPECT_EQ(pattern("fd:{main}:seen:chat:ff"), "seen:<channel>:<digest>|main|chat|ff");
  EXPECT_EQ(pattern("fd:{main}:contact:X:messages"), "contact:<id>:messages|main|X|");
  EXPECT_EQ(pattern("fd:{main}:leader"), "leader|main||");
  EXPECT_EQ(pattern("fd:{main}:leaders"), "");
  EXPECT_EQ(pattern("fd:main:leader"), "");
  EXPECT_EQ(pattern("fd:{}:leader"), "");
}

}  // namespace
