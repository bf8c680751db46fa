// WebSockets (RFC 6455) with raw frames: what is echoed, what is refused and how, and that nobody is waited for
// forever.

#include <gmock/gmock.h>

#include "server.hpp"

namespace fd::http::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The session notices an end on the loop, a moment after the wire does.
std::string close_seen(Server& server) {
  const auto until = Clock::now() + 10s;
  while (Clock::now() < until) {
    auto text = server.take_last_close();
    if (!text.empty()) return text;
    std::this_thread::yield();
  }
  return {};
}

class Sockets : public ::testing::TestWithParam<bool> {
 protected:
  Sockets() { Server::listens = GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(ReceivedAndListened, Sockets, ::testing::Bool());

TEST_P(Sockets, HandshakeAndEcho) {
  Server server;
  Wire wire{server.port()};
  const auto answer = wire.upgrade("/socket", "Sec-WebSocket-Protocol: other, frontdesk.test.v1\r\n");
  EXPECT_EQ(answer.status, 101U);
  EXPECT_EQ(Wire{server.port()}.upgrade().header("Sec-WebSocket-Protocol"), "") << "not offered, not said";
  EXPECT_EQ(answer.header("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") << "RFC 6455 §1.3";
  EXPECT_EQ(answer.header("Sec-WebSocket-Protocol"), "frontdesk.test.v1");
  EXPECT_EQ(answer.header("Sec-WebSocket-Extensions"), "");
  for (const std::string& text : {std::string{"您好"}, std::string{}, std::string(15, 'a'), std::string(16, 'b'),
                                  std::string(129, 'c'), std::string(5000, 'd'), std::string(16384, 'e')}) {
    wire.send_text(text);
    const auto frame = wire.frame();
    EXPECT_EQ(frame.opcode, 1);
    EXPECT_EQ(frame.payload, text);
  }
}

TEST_P(Sockets, FragmentsBecomeOneMessageAroundAPing) {
  Server server;
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  wire.send_frame(1, "\xe6\x82", false);  // a character torn in two
  wire.send_frame(9, "are you there");
  wire.send_frame(0, "\xa8好", false);
  wire.send_frame(0, "", true);
  auto frame = wire.frame();
  EXPECT_EQ(frame.opcode, 10);
  EXPECT_EQ(frame.payload, "are you there");
  frame = wire.frame();
  EXPECT_EQ(frame.opcode, 1);
  EXPECT_EQ(frame.payload, "您好");
}

struct Violation {
  const char* name;
  int opcode;
  std::string payload;
  bool masked;
  int code;
};

TEST_P(Sockets, ViolationsCloseWithTheirCode) {
  SocketLimits limits;
  limits.message_bytes_max = 1000;
  Limits patience;
  patience.close_time_max = 200ms;
  Server server{patience, limits};
  const Violation rows[] = {{"binary", 2, "\x01\x02", true, 1003},
                            {"invalid utf-8", 1, "\xc3\x28", true, 1007},
                            {"torn utf-8", 1, "\xe6\x82", true, 1007},
                            {"too big", 1, std::string(1001, 'x'), true, 1009},
                            {"far too big", 1, std::string(100'000, 'x'), true, 1009},
                            {"unmasked", 1, "hello", false, 1002},
                            {"reserved opcode", 3, "hello", true, 1002},
                            {"continuation of nothing", 0, "hello", true, 1002},
                            {"long ping", 9, std::string(126, 'x'), true, 1002}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Wire wire{server.port()};
    ASSERT_EQ(wire.upgrade().status, 101U);
    wire.send_text(std::string(1000, 'y'));
    EXPECT_EQ(wire.frame().payload.size(), 1000U) << "control: at the limit";
    wire.send_frame(row.opcode, row.payload, true, row.masked);
    EXPECT_EQ(wire.frame().close_code(), row.code);
    EXPECT_TRUE(wire.ended());
    EXPECT_THAT(close_seen(server), StartsWith(std::to_string(row.code)));
  }
  EXPECT_EQ(server.refused("message_bytes"), 2U);
}

TEST_P(Sockets, MessageLimitCountsAllFragments) {
  SocketLimits limits;
  limits.message_bytes_max = 1000;
  Server server{{}, limits};
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  wire.send_frame(1, std::string(600, 'x'), false);
  wire.send_frame(0, std::string(400, 'x'), true);
  EXPECT_EQ(wire.frame().payload.size(), 1000U);
  wire.send_frame(1, std::string(600, 'x'), false);
  wire.send_frame(0, std::string(401, 'x'), true);
  EXPECT_EQ(wire.frame().close_code(), 1009);
}

TEST_P(Sockets, CloseIsAnsweredAndToldToTheSession) {
  Server server;
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  wire.send_close(4401);
  EXPECT_EQ(wire.frame().close_code(), 4401);
  EXPECT_TRUE(wire.ended());
  EXPECT_EQ(close_seen(server), "4401 ");
}

TEST_P(Sockets, CutConnectionIs1006) {
  Server server;
  {
    Wire wire{server.port()};
    ASSERT_EQ(wire.upgrade().status, 101U);
  }
  EXPECT_EQ(close_seen(server), "1006 lost");
}

TEST_P(Sockets, EndOfTheSessionClosesOrderly) {
  Server server;
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  wire.send_text("spill 3");
  wire.send_text("bye");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(wire.frame().opcode, 1) << "what is queued goes first";
  EXPECT_EQ(wire.frame().close_code(), 1000);
  wire.send_close(1000);
  EXPECT_TRUE(wire.ended());
}

TEST_P(Sockets, SessionThatThrowsIs1011) {
  Server server;
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  wire.send_text("crash");
  EXPECT_EQ(wire.frame().close_code(), 1011);
}

TEST_P(Sockets, SessionMayUseWhatItsRouteCaptured) {
  Server server;
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade("/silent").status, 101U);
  while (server.waiting() == 0) std::this_thread::yield();
  server.release();
  EXPECT_EQ(wire.frame().payload, std::string(100, 'r'));
  EXPECT_EQ(wire.frame().close_code(), 1000);
}

TEST_P(Sockets, PeerThatNeverAnswersTheCloseIsCut) {
  Limits limits;
  limits.close_time_max = 200ms;
  Server server{limits};
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  wire.send_text("bye");
  EXPECT_EQ(wire.frame().close_code(), 1000);
  const auto begin = Clock::now();
  EXPECT_TRUE(wire.ended());
  EXPECT_LT(Clock::now() - begin, 5s);
  while (server.connections() > 0 && Clock::now() - begin < 5s) std::this_thread::yield();
  EXPECT_EQ(server.connections(), 0U);
}

TEST_P(Sockets, PingsKeepAliveAndSilenceEnds) {
  SocketLimits limits;
  limits.ping_every = 100ms;
  limits.dead_after = 450ms;
  Server server{{}, limits};
  Wire alive{server.port()}, dead{server.port()};
  ASSERT_EQ(alive.upgrade().status, 101U);
  ASSERT_EQ(dead.upgrade().status, 101U);
  const auto begin = Clock::now();
  int pings = 0;
  while (Clock::now() - begin < 1200ms) {
    const auto frame = alive.frame();
    ASSERT_EQ(frame.opcode, 9);
    ++pings;
    alive.send_frame(10, frame.payload);
  }
  EXPECT_GE(pings, 5);
  alive.send_text("still here");
  EXPECT_EQ(alive.frame_of_message().payload, "still here");
  EXPECT_TRUE(dead.ended()) << "it got pings as well, but answered none";
  EXPECT_EQ(close_seen(server), "1006 pong");
  EXPECT_EQ(server.refused("pong"), 1U);
}

TEST_P(Sockets, ReaderThatDoesNotReadIsClosedWith1013) {
  SocketLimits limits;
  limits.outbox_bytes_max = 64 * 1024;
  limits.message_bytes_max = 1000;
  Server server{{}, limits};
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  wire.send_text("spill 32");
  for (int i = 0; i < 32; ++i) EXPECT_EQ(wire.frame().payload.size(), 1024U) << "control: below the limit";
  // More than the kernel's buffers hold, and nobody reads.
  wire.send_text("spill 20000");
  while (server.refused("outbox_bytes") == 0) std::this_thread::yield();
  std::vector<std::size_t> slow_downs;
  std::size_t heard = 0;
  auto frame = wire.frame();
  for (; frame.opcode == 1; frame = wire.frame(), ++heard)
    if (frame.payload == R"({"type":"slow_down","retry_ms":1000,"reason":"busy"})") slow_downs.push_back(heard);
  ASSERT_FALSE(slow_downs.empty());
  EXPECT_EQ(slow_downs.back(), heard - 1) << "the last word before the close";
  EXPECT_EQ(frame.close_code(), 1013) << "who begins to read again learns why";
  wire.send_close(1013);
  EXPECT_EQ(close_seen(server), "1013 too slow");
}

TEST_P(Sockets, SlowReaderIsToldAtHalfOfTheLimitAndHearsItFirst) {
  SocketLimits limits;
  limits.outbox_bytes_max = 8 * 1024 * 1024;  // far more than the kernel's buffers hold
  Server server{{}, limits};
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  wire.send_text("spill 3000");
  for (int i = 0; i < 3000; ++i) EXPECT_EQ(wire.frame().payload.size(), 1024U) << "control: below half of it";
  wire.send_text("spill 6000");
  int before = 0;
  auto frame = wire.frame();
  for (; frame.payload.size() == 1024U; frame = wire.frame()) ++before;
  EXPECT_EQ(frame.payload, R"({"type":"slow_down","retry_ms":1000,"reason":"busy"})");
  EXPECT_LT(before, 3000) << "it goes ahead of what is queued";
  for (int i = before; i < 6000; ++i) EXPECT_EQ(wire.frame().payload.size(), 1024U) << "said once, and nothing lost";
  wire.send_text("still here");
  EXPECT_EQ(wire.frame_of_message().payload, "still here");
}

TEST_P(Sockets, TheSessionHearsWhenAllIsSent) {
  Server server;
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  wire.send_text("refill 100");  // sends 100 KiB, and again as soon as they are gone, five times
  for (int i = 0; i < 500; ++i) ASSERT_EQ(wire.frame().payload.size(), 1024U) << i;
  EXPECT_EQ(wire.frame().payload, "done");
}

TEST_P(Sockets, ReaderThatNeverReadsIsCut) {
  Limits limits;
  limits.close_time_max = 200ms;
  SocketLimits small;
  small.outbox_bytes_max = 64 * 1024;
  Server server{limits, small};
  Wire wire{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  wire.send_text("spill 20000");
  EXPECT_EQ(close_seen(server), "1013 too slow");
}

TEST_P(Sockets, AllOutboxesTogetherHaveALimitWhateverTheirListeners) {
  Limits all;
  all.outbox_total_bytes_max = 40 * 1024 * 1024;
  all.close_time_max = 100ms;
  SocketLimits each;
  each.outbox_bytes_max = 1024 * 1024 * 1024;
  Server server{all, each};
  Wire greedy{server.port()}, modest{server.other_port()};
  ASSERT_EQ(greedy.upgrade().status, 101U);
  ASSERT_EQ(modest.upgrade().status, 101U);
  greedy.send_text("spill 36000");  // below the limit, and far more than the kernel's buffers hold
  ASSERT_TRUE(greedy.readable(10s));
  modest.send_text("spill 20000");  // below it, too; not both together
  EXPECT_EQ(close_seen(server), "1013 too slow");
  for (int i = 0; i < 20000; ++i) ASSERT_EQ(modest.frame().payload.size(), 1024U) << "the slowest of both went";
}

TEST_P(Sockets, RefusedHandshakesAreAnswers) {
  Server server;
  const std::tuple<std::string, unsigned, std::string> rows[] = {
      {"GET /refused HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
       "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
       403, "origin"},
      {"GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
       "8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
       426, "bad_websocket_version"},
      {"GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
       "13\r\nSec-WebSocket-Key: short\r\n\r\n",
       400, "bad_websocket_key"},
      {"GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
       "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
       426, "upgrade_required"},
      {"GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
       "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x80",
       400, "early_bytes"}};
  for (const auto& [bytes, status, code] : rows) {
    Wire wire{server.port()};
    wire.send(bytes);
    const auto answer = wire.answer();
    EXPECT_EQ(answer.status, status) << code;
    EXPECT_THAT(answer.body, HasSubstr(code));
  }
}

TEST_P(Sockets, UpgradeOfAPlainAddressIsAPlainRequest) {
  Server server;
  Wire wire{server.port()};
  const auto answer = wire.upgrade("/hello");
  EXPECT_EQ(answer.status, 200U);
}

TEST_P(Sockets, DrainTellsEveryoneWhenToComeBack) {
  Limits limits;
  limits.restart_retry_min = 100ms;
  limits.restart_retry_spread = 900ms;
  Server server{limits};
  std::vector<Wire> wires;
  for (int i = 0; i < 20; ++i) {
    wires.emplace_back(server.port());
    ASSERT_EQ(wires.back().upgrade().status, 101U);
  }
  auto done = server.drain(10s);
  std::vector<long> delays;
  for (auto& wire : wires) {
    const auto frame = wire.frame();
    ASSERT_THAT(frame.payload, StartsWith(R"({"type":"restart","retry_ms":)"));
    delays.push_back(std::stol(frame.payload.substr(29)));
    EXPECT_EQ(wire.frame().close_code(), 1012);
    wire.send_close(1012);
    EXPECT_TRUE(wire.ended());
  }
  EXPECT_EQ(done.wait_for(5s), std::future_status::ready) << "nobody is left, so nothing is waited for";
  std::ranges::sort(delays);
  EXPECT_GE(delays.front(), 100);
  EXPECT_LE(delays.back(), 1000);
  EXPECT_GT(delays.back() - delays.front(), 100) << "spread, not all at once";
  EXPECT_EQ(close_seen(server), "1012 restart");
  EXPECT_THROW(Wire{server.port()}, std::runtime_error) << "it takes no new connection";
}

TEST_P(Sockets, DrainFinishesRequestsUnderWay) {
  Server server;
  Wire busy{server.port()}, idle{server.port()};
  idle.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(idle.answer().status, 200U);
  busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  while (server.waiting() == 0) std::this_thread::yield();
  auto done = server.drain(10s);
  EXPECT_TRUE(idle.ended()) << "an idle one is closed at once";
  EXPECT_EQ(done.wait_for(100ms), std::future_status::timeout) << "one is still under way";
  server.release();
  const auto answer = busy.answer();
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, "\"released\"");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(busy.ended());
  EXPECT_EQ(done.wait_for(5s), std::future_status::ready);
}

TEST_P(Sockets, DrainWaitsOnlySoLong) {
  Server server;
  Wire busy{server.port()};
  busy.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
  Wire deaf{server.port()};
  ASSERT_EQ(deaf.upgrade().status, 101U);
  auto done = server.drain(300ms);
  EXPECT_EQ(done.wait_for(5s), std::future_status::ready);
  EXPECT_TRUE(busy.ended());
  EXPECT_TRUE(deaf.ended());
}

TEST_P(Sockets, ListenerGoesWhileSocketsAreOpen) {
  Server server;
  Wire wire{server.port()}, silent{server.port()};
  ASSERT_EQ(wire.upgrade().status, 101U);
  ASSERT_EQ(silent.upgrade("/silent").status, 101U);
  wire.send_text("before");
  EXPECT_EQ(wire.frame().payload, "before");
  server.close_listener();
  EXPECT_TRUE(wire.ended());
  EXPECT_TRUE(silent.ended());
  EXPECT_EQ(close_seen(server), "1006 lost");
}

}  // namespace
}  // namespace fd::http::test
