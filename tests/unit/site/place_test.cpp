// The place in line, as customers who watch are told of it: by the clock, when it has changed, and all of them.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using namespace std::chrono_literals;

struct PlaceShell : SmallShell {
  void wait_in_line(int customers) {
    for (int i = 0; i < customers; ++i) {
      attach_chat("v" + std::to_string(i));
      EXPECT_EQ(write("v" + std::to_string(i), "x"), "ack");
    }
    port.notices.clear();
  }
  // The newest place each is told until so many are.
  std::map<std::string, std::int64_t> told(std::size_t wanted) {
    std::map<std::string, std::int64_t> found;
    fd::test::run_until(io, [&] {
      clock.advance(200ms);
      for (const auto& n : port.notices)
        if (n.frame.at("type") == "place") found[n.attachment] = n.frame.at("position").to_number<std::int64_t>();
      port.notices.clear();
      return found.size() >= wanted;
    });
    return found;
  }
};

TEST(Places, AreToldToAllHoweverManySlicesThatTakes) {
  PlaceShell s;
  s.wait_in_line(1201);
  const auto told = s.told(1201);
  ASSERT_EQ(told.size(), 1201U);
  EXPECT_EQ(told.at("chat.v0"), 1);
  EXPECT_EQ(told.at("chat.v19"), 20);
  EXPECT_EQ(told.at("chat.v20"), 25);
  EXPECT_EQ(told.at("chat.v600"), 625) << "the middle of a long line is counted, not guessed";
  EXPECT_EQ(told.at("chat.v1200"), 1225);
}

TEST(Places, AreToldAgainOnlyWhenTheyHaveChanged) {
  PlaceShell s;
  s.wait_in_line(3);
  EXPECT_EQ(s.told(3), (std::map<std::string, std::int64_t>{{"chat.v0", 1}, {"chat.v1", 2}, {"chat.v2", 3}}));
  s.available("a1");
  EXPECT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(s.told(2), (std::map<std::string, std::int64_t>{{"chat.v1", 1}, {"chat.v2", 2}}))
      << "the first is served, nobody hears of a place twice";
}

}  // namespace
}  // namespace fd::site::test
