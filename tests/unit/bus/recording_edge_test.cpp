// Goal: the double that adapters are tested with keeps the port's promises. Method: each promise once.

#include "tests/support/recording_edge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace fd::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> ask(bus::EdgePort& edge, std::chrono::milliseconds wait, std::vector<bus::Answer>& answers) {
  bus::Request request = bus::Ask{};
  answers.push_back(co_await edge.request(std::move(request), wait));
}

class RecordingEdgeTest : public testing::Test {
 protected:
  void start(std::chrono::milliseconds wait = 10s) {
    asio::co_spawn(io, ask(edge, wait, answers), [](std::exception_ptr e) {
      if (e) std::rethrow_exception(e);
    });
    io.restart();
    io.poll();
  }
  asio::io_context io{1};
  RecordingEdge edge;
  std::vector<bus::Answer> answers;
};

TEST_F(RecordingEdgeTest, ScriptThenRuleThenNobody) {
  edge.script(bus::Reject{"not_found", "", {}});
  start();
  edge.answer_with = [](const bus::Request&) { return bus::Ack{}; };
  start();
  edge.answer_with = nullptr;
  start();
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(std::get<bus::Reject>(answers[0]).code, "not_found");
  EXPECT_TRUE(std::holds_alternative<bus::Ack>(answers[1]));
  EXPECT_EQ(std::get<bus::Retry>(answers[2]).reason, "deadline");
  EXPECT_EQ(edge.all<bus::Ask>().size(), 3U);
  EXPECT_TRUE(edge.all<bus::Submit>().empty());
}

TEST_F(RecordingEdgeTest, HeldUntilReleasedOrOutOfPatience) {
  edge.hold();
  start();
  start(100ms);  // longer than a busy machine needs to get here
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(edge.held(), 2U);
  edge.release(bus::Ack{});
  io.restart();
  io.run();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(edge.held(), 0U);
  EXPECT_EQ(std::count_if(answers.begin(), answers.end(),
                          [](const auto& a) { return std::holds_alternative<bus::Retry>(a); }),
            1);
}

TEST_F(RecordingEdgeTest, SinksHearUntilTheyLeave) {
  struct Sink final : bus::AttachmentSink {
    int heard = 0;
    void on_notice(const boost::json::object&) override { ++heard; }
    void on_resync() override { ++heard; }
    void on_link(bool) override { ++heard; }
  } sink;
  const auto id = edge.new_attachment();
  EXPECT_NE(id, edge.new_attachment());
  auto guard = edge.subscribe(id, sink);
  EXPECT_TRUE(edge.notice(id, {}));
  EXPECT_TRUE(edge.resync(id));
  edge.set_up(false);
  EXPECT_FALSE(edge.up());
  EXPECT_EQ(sink.heard, 3);
  guard.reset();
  EXPECT_FALSE(edge.notice(id, {}));
  EXPECT_EQ(sink.heard, 3);
}

}  // namespace
}  // namespace fd::test
