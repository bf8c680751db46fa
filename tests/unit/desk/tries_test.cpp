#include "daemon/desk/tries.hpp"

#include <gtest/gtest.h>

namespace fd::desk {
namespace {

using namespace std::chrono_literals;

TEST(DeskTries, TheSixthWaitsUntilTheFirstIsOld) {
  Tries tries(5, 15min);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(tries.charge("1024", Duration{i * 1000}));
  EXPECT_EQ(tries.charge("1024", 5s), Duration{15min} - Duration{5s});
  EXPECT_FALSE(tries.charge("1031", 5s)) << "another account";
  EXPECT_TRUE(tries.charge("1024", Duration{15min} - Duration{1})) << "still in the window";
  EXPECT_FALSE(tries.charge("1024", 15min)) << "the first has left the window";
}

TEST(DeskTries, ARefusedTryIsNotCharged) {
  Tries tries(1, 10s);
  EXPECT_FALSE(tries.charge("a", 0s));
  for (int i = 1; i < 10; ++i) EXPECT_TRUE(tries.charge("a", std::chrono::seconds{i}));
  EXPECT_FALSE(tries.charge("a", 10s));
}

TEST(DeskTries, GivenBackAndForgotten) {
  Tries tries(2, 10s);
  EXPECT_FALSE(tries.charge("a", 0s));
  EXPECT_FALSE(tries.charge("a", 0s));
  tries.give_back("a");
  EXPECT_FALSE(tries.charge("a", 0s));
  EXPECT_TRUE(tries.charge("a", 0s));
  tries.forget("a");
  EXPECT_EQ(tries.keys(), 0U);
  EXPECT_FALSE(tries.charge("a", 0s));
}

TEST(DeskTries, MemoryIsBounded) {
  Tries tries(1, 10s, 3);
  for (int i = 0; i < 100; ++i) (void)tries.charge(std::to_string(i), Duration{i});
  EXPECT_EQ(tries.keys(), 3U);
  EXPECT_TRUE(tries.charge("99", Duration{200})) << "the newest are kept";
  EXPECT_FALSE(tries.charge("0", Duration{200})) << "the oldest was forgotten";
}

}  // namespace
}  // namespace fd::desk
