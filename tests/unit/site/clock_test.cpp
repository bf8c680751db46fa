// Site time against a wall clock that somebody sets (design §5).
#include <gtest/gtest.h>

#include "router/store/record.hpp"
#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using namespace std::chrono_literals;

struct ClockShell : SmallShell {
  ClockShell() : SmallShell([](engine::Settings&, Settings& s) { s.wall_every = 1ms, s.pause_over = 5s; }) {
    available("a1");
    EXPECT_EQ(write("v1", "good day"), "ack");
  }
  // Time goes on until `done`, a little a turn of the loop; ms of the jump that the engine was told, 0: of none.
  std::int64_t moved(const std::function<bool()>& done) {
    fd::test::run_until(io, [&] {
      clock.advance(100ms);
      return done();
    });
    Duration all{0};
    for (const auto& entry : server->events()) {
      const auto event = store::event_from(entry.input);
      if (const auto* moved = event ? std::get_if<engine::ClockMoved>(&*event) : nullptr) all += moved->by;
    }
    return all.count();
  }
  [[nodiscard]] Instant offer_due() const {
    for (const auto& n : port.notices)
      if (n.frame.at("type") == "offer") return Instant{n.frame.at("due").to_number<std::int64_t>()};
    return {};
  }
};

TEST(WallClock, SetAheadMovesTheDeadlines) {
  ClockShell s;
  const Instant due = s.offer_due();
  const Instant before = s.clock.wall();
  s.clock.jump_wall(1h);
  const auto by = s.moved([&] { return s.clock.wall() >= before + 1h + 30s; });
  EXPECT_NEAR(static_cast<double>(by), 3'600'000, 2'000) << "after it stood 10 s";
  EXPECT_FALSE(s.port.told("desk.a1", "expired")) << "nobody is blamed for the jump";
  EXPECT_LT(s.clock.wall() - before - 1h, due - before) << "the offer's own time is not over yet";
}

TEST(WallClock, ALittleAheadOrBehindMovesNothing) {
  for (const Duration jump : {Duration{4s}, Duration{-1h}}) {
    ClockShell s;
    const auto before = s.clock.steady();
    s.clock.jump_wall(jump);
    EXPECT_EQ(s.moved([&] { return s.clock.steady() >= before + 30s; }), 0) << jump.count();
  }
}

TEST(WallClock, AheadForAMomentMovesNothing) {
  ClockShell s;
  s.clock.jump_wall(1min);
  const auto before = s.clock.steady();
  EXPECT_EQ(s.moved([&] { return s.clock.steady() >= before + 5s; }), 0);
  s.clock.jump_wall(-1min);
  EXPECT_EQ(s.moved([&] { return s.clock.steady() >= before + 30s; }), 0) << "set right again within 10 s";
}

// The process was stopped, or the machine slept: nobody could have answered.
TEST(Pause, BlamesNobodyForWhatPassed) {
  for (const bool long_one : {true, false}) {
    SmallShell s([](engine::Settings&, Settings& site) { site.pause_over = 5s, site.wall_every = 1ms; });
    s.available("a1");
    s.available("a2");
    EXPECT_EQ(s.write("v1", "good day"), "ack");
    s.port.notices.clear();
    if (long_one) {
      s.clock.advance(10min);
      EXPECT_EQ(s.write("v2", "good day"), "ack") << "the first to wake it is a customer";
    }
    const auto until = s.clock.steady() + 50s;
    EXPECT_TRUE(fd::test::run_until(s.io, [&] {
      s.clock.advance(long_one ? 100ms : 1s);
      return s.clock.steady() >= until || s.port.told("desk.a1", "expired") || s.port.told("desk.a2", "expired") ||
             (long_one && s.clock.steady() >= until - 30s);
    }));
    const bool blamed = s.port.told("desk.a1", "expired") || s.port.told("desk.a2", "expired");
    EXPECT_EQ(blamed, !long_one) << "the offer's own time begins to run again where it stopped";
  }
}

}  // namespace
}  // namespace fd::site::test
