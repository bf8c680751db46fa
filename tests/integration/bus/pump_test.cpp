// Goal: no wake-up of a ZeroMQ socket is lost. Method: a burst of messages, then the loop; beside it the loop that a
// first reading of the manual suggests (wait, read one, wait), which must stall, or this test would prove nothing.

#include "router/bus/zmq/pump.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include "tests/integration/bus/harness.hpp"

namespace fd::test {
namespace {

constexpr int burst = 1000;

struct Pair {
  zmq::context_t context;
  zmq::socket_t left{context, zmq::socket_type::pair};
  zmq::socket_t right{context, zmq::socket_type::pair};
  explicit Pair(int messages) {
    left.bind("inproc://pair");
    right.connect("inproc://pair");
    say(messages);
  }
  void say(int messages) {
    for (int i = 0; i < messages; ++i) left.send(zmq::buffer("x", 1), zmq::send_flags::none);
  }
  bool read_one() {
    zmq::message_t m;
    return right.recv(m, zmq::recv_flags::dontwait).has_value();
  }
};

void wait_read_one_wait(asio::posix::stream_descriptor& fd, Pair& pair, int& got) {
  fd.async_wait(asio::posix::stream_descriptor::wait_read, [&](const boost::system::error_code& ec) {
    if (ec) return;
    if (pair.read_one()) ++got;
    wait_read_one_wait(fd, pair, got);
  });
}

TEST(BusPump, ControlTheNaiveLoopStalls) {
  asio::io_context io{1};
  Pair pair(burst);
  asio::posix::stream_descriptor fd(io, pair.right.get(zmq::sockopt::fd));
  int got = 0;
  wait_read_one_wait(fd, pair, got);
  EXPECT_FALSE(run_until(
      io, [&] { return got == burst; }, 300ms));
  fd.release();
}

TEST(BusPump, ReadsABurstAndLeavesTurnsToOthers) {
  asio::io_context io{1};
  Pair pair(burst);
  int got = 0;
  int turns = 0;
  int others = 0;
  const auto pump = std::make_shared<bus::Pump>(
      io, pair.right,
      [&] {
        ++turns;
        int read = 0;
        for (; read < bus::Pump::budget && pair.read_one(); ++read) ++got;
        asio::post(io, [&] { ++others; });
        return read == bus::Pump::budget ? bus::Pump::Left::input : bus::Pump::Left::nothing;
      },
      [](std::exception_ptr e) { std::rethrow_exception(e); });
  pump->kick();
  EXPECT_TRUE(run_until(io, [&] { return got == burst; }));
  EXPECT_GE(turns, burst / bus::Pump::budget);
  EXPECT_GE(others, turns - 1);
  pump->stop();
}

// A send from outside a turn may take the wake-up of a message that has just come; kick() looks again.
TEST(BusPump, ASendUsesUpTheWakeUpAndTheKickBringsItBack) {
  for (const bool kick : {true, false}) {
    asio::io_context io{1};
    Pair pair(1);
    int got = 0;
    const auto pump = std::make_shared<bus::Pump>(
        io, pair.right,
        [&] {
          while (pair.read_one()) ++got;
          return bus::Pump::Left::nothing;
        },
        [](std::exception_ptr e) { std::rethrow_exception(e); });
    pump->kick();
    ASSERT_TRUE(run_until(io, [&] { return got == 1; }));
    run_until(
        io, [] { return false; }, 10ms);  // armed and asleep
    pair.say(1);
    (void)pair.right.get(zmq::sockopt::events);  // what a send does: it takes the commands, and the edge with them
    if (kick) pump->kick();
    EXPECT_EQ(run_until(
                  io, [&] { return got == 2; }, kick ? 20s : 300ms),
              kick);
    pump->stop();
  }
}

// A message that comes while the turn writes: its wake-up is gone before the pump waits.
TEST(BusPump, AsksBeforeItWaits) {
  asio::io_context io{1};
  Pair pair(1);
  int got = 0;
  const auto pump = std::make_shared<bus::Pump>(
      io, pair.right,
      [&] {
        while (pair.read_one()) ++got;
        if (got == 1) {
          pair.say(1);
          (void)pair.right.get(zmq::sockopt::events);
        }
        return bus::Pump::Left::nothing;
      },
      [](std::exception_ptr e) { std::rethrow_exception(e); });
  pump->kick();
  EXPECT_TRUE(run_until(io, [&] { return got == 2; }));
  pump->stop();
}

// What could not be written is tried again although the wake-up "can be written" was used up.
TEST(BusPump, ABlockedWriterIsWokenByRoom) {
  for (const auto left : {bus::Pump::Left::blocked, bus::Pump::Left::nothing}) {
    asio::io_context io{1};
    Pair pair(0);
    int turns = 0;
    const auto pump = std::make_shared<bus::Pump>(
        io, pair.right, [&] { return ++turns == 1 ? left : bus::Pump::Left::nothing; },
        [](std::exception_ptr e) { std::rethrow_exception(e); });
    pump->kick();
    run_until(
        io, [&] { return turns == 2; }, left == bus::Pump::Left::blocked ? 20s : 100ms);
    EXPECT_EQ(turns, left == bus::Pump::Left::blocked ? 2 : 1);
    pump->stop();
  }
}

TEST(BusPump, AFailureIsHandedOver) {
  asio::io_context io{1};
  Pair pair(0);
  std::exception_ptr seen;
  const auto pump = std::make_shared<bus::Pump>(
      io, pair.right, []() -> bus::Pump::Left { throw std::runtime_error("broken"); },
      [&](std::exception_ptr e) { seen = e; });
  pump->kick();
  EXPECT_TRUE(run_until(io, [&] { return seen != nullptr; }));
}

}  // namespace
}  // namespace fd::test
