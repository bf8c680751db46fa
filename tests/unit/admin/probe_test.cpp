// A part that takes no probe for 10 s is stuck, and no longer than that.

#include "daemon/admin/probe.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>

#include "tests/support/manual_clock.hpp"
#include "tests/support/running.hpp"

namespace fd::admin {
namespace {

namespace asio = boost::asio;

TEST(Probes, OfAWorkerPoolThatHangs) {
  asio::io_context context{1};
  test::ManualClock clock;
  http::Worker pool{1, 4};
  Probe probe("workers", clock, taken_by(pool));
  EXPECT_TRUE(probe.check().ok) << "not asked yet";
  std::promise<void> gate;
  auto hang = [opened = gate.get_future().share()] {
    opened.wait();
    return true;
  };
  auto hold = [&]() -> asio::awaitable<void> { co_await pool.run(hang); };
  asio::co_spawn(context, hold(), asio::detached);
  test::settle(context);
  asio::co_spawn(context, probe.run(), asio::detached);
  test::settle(context);
  clock.advance(Duration{9'999});
  EXPECT_TRUE(probe.check().ok);
  clock.advance(Duration{2'001});
  EXPECT_FALSE(probe.check().ok);
  EXPECT_EQ(probe.check().name, "workers");
  EXPECT_EQ(probe.check().text, "took no probe for 12 s");
  gate.set_value();
  EXPECT_TRUE(test::run_until(context, [&] { return probe.check().ok; })) << "it went on";
  clock.advance(Duration{60'000});
  EXPECT_TRUE(probe.check().ok) << "none is out";
  context.stop();
}

TEST(Probes, OfAPartThatTakesNone) {
  asio::io_context context{1};
  test::ManualClock clock;
  Probe probe("bus", clock, []() -> asio::awaitable<bool> { co_return false; });
  asio::co_spawn(context, probe.run(), asio::detached);
  test::settle(context);
  EXPECT_TRUE(probe.check().ok);
  clock.advance(Probe::stuck_after);
  EXPECT_FALSE(probe.check().ok);
  context.stop();
}

}  // namespace
}  // namespace fd::admin
