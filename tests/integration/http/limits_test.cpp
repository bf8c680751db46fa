// Every limit of a request, each beside its control: the same request below the limit passes.

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server.hpp"

namespace fd::http::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using ::testing::HasSubstr;

std::string get(std::string_view target, std::string_view more = {}) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: test\r\n" + std::string{more} + "\r\n";
}

std::string post(std::string_view target, std::size_t size) {
  return "POST " + std::string{target} + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

// Sends one byte a pause until the peer answers or `bytes` are gone: what a slow loris does.
void trickle(Wire& wire, std::string_view bytes, std::chrono::milliseconds pause) {
  for (const char c : bytes)
    if (wire.readable(pause) || !wire.send({&c, 1})) return;
}

TEST(Limits, HeaderBytes) {
  Server server;
  for (const auto& [size, status] : {std::pair{15'000U, 200U}, std::pair{17'000U, 431U}}) {
    Wire wire{server.port()};
    wire.send(get("/hello", "X: " + std::string(size, 'x') + "\r\n"));
    const auto answer = wire.answer();
    EXPECT_EQ(answer.status, status);
    if (status == 431) {
      EXPECT_THAT(answer.body, HasSubstr("limit header_bytes"));
    }
  }
  Wire wire{server.port()};
  wire.send(get("/" + std::string(17'000, 'x')));
  EXPECT_EQ(wire.answer().status, 431U) << "the request line is in the same limit";
  EXPECT_EQ(server.refused("header_bytes"), 2U);
}

TEST(Limits, EndlessHeaderIsRefusedBeforeItEnds) {
  Server server;
  Wire wire{server.port()};
  wire.send("GET /hello HTTP/1.1\r\nHost: a\r\nX: ");
  wire.send(std::string(17'000, 'x'));
  EXPECT_EQ(wire.answer().status, 431U);
}

TEST(Limits, HeaderCount) {
  Server server;
  for (const auto& [more, status] : {std::pair{63, 200U}, std::pair{64, 431U}}) {
    std::string headers;
    for (int i = 0; i < more; ++i) headers += "X" + std::to_string(i) + ": 1\r\n";
    Wire wire{server.port()};
    wire.send(get("/hello", headers));
    EXPECT_EQ(wire.answer().status, status) << more << " beside Host";
  }
  EXPECT_EQ(server.refused("headers"), 1U);
}

TEST(Limits, BodyBytesOfTheListenerAndOfARoute) {
  Server server;
  const std::tuple<const char*, std::size_t, unsigned> rows[] = {{"/echo", 65'536, 200},
                                                                 {"/echo", 65'537, 413},
                                                                 {"/upload", 1'048'576, 200},
                                                                 {"/upload", 1'048'577, 413},
                                                                 {"/nothing", 65'537, 413}};
  for (const auto& [target, size, status] : rows) {
    Wire wire{server.port()};
    wire.send(post(target, size));
    wire.send(std::string(size, 'x'));
    const auto answer = wire.answer();
    EXPECT_EQ(answer.status, status) << target << " " << size;
    if (status == 200) {
      EXPECT_EQ(answer.body.size(), size);
    }
    if (status == 413) {
      EXPECT_THAT(answer.body, HasSubstr("limit body_bytes"));
    }
  }
  EXPECT_EQ(server.refused("body_bytes"), 3U);
}

TEST(Limits, AnnouncedLengthIsRefusedUnread) {
  Server server;
  Wire wire{server.port()};
  wire.send(post("/echo", 10'000'000'000'000));
  EXPECT_EQ(wire.answer().status, 413U);
}

TEST(Limits, ChunkedBodyHasTheSameLimit) {
  Server server;
  for (const auto& [chunks, status] : {std::pair{64, 200U}, std::pair{65, 413U}}) {
    Wire wire{server.port()};
    wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < chunks; ++i) wire.send("400\r\n" + std::string(1024, 'x') + "\r\n");
    wire.send("0\r\n\r\n");
    EXPECT_EQ(wire.answer().status, status) << chunks;
  }
}

TEST(Limits, HeaderTimeIsTotalHoweverBusyTheClient) {
  Limits limits;
  limits.header_time_max = 300ms;
  Server server{limits};
  Wire quick{server.port()};
  trickle(quick, get("/hello"), 1ms);
  EXPECT_EQ(quick.answer().status, 200U) << "control: the same bytes in time";
  // A byte each 50 ms would keep a timer alive that is restarted per byte.
  Wire slow{server.port()};
  const auto begin = Clock::now();
  trickle(slow, "GET /hello HTTP/1.1\r\nHost: a\r\nX: " + std::string(200, 'y'), 50ms);
  const auto answer = slow.answer();
  EXPECT_EQ(answer.status, 408U);
  EXPECT_THAT(answer.body, HasSubstr("300 ms in total"));
  EXPECT_LT(Clock::now() - begin, 8s);
  EXPECT_TRUE(slow.ended());
  EXPECT_EQ(server.refused("header_time"), 1U);
}

TEST(Limits, HeaderTimeOfALaterRequest) {
  Limits limits;
  limits.header_time_max = 200ms;
  Server server{limits};
  Wire wire{server.port()};
  wire.send(get("/hello"));
  EXPECT_EQ(wire.answer().status, 200U);
  EXPECT_FALSE(wire.readable(400ms)) << "idle is not slow";
  wire.send("GET /hello");
  EXPECT_EQ(wire.answer().status, 408U);
}

TEST(Limits, SilentConnectionEndsWithoutAWord) {
  Limits limits;
  limits.header_time_max = 100ms;
  Server server{limits};
  Wire wire{server.port()};
  EXPECT_EQ(wire.answer().status, 0U);
}

TEST(Limits, BodyTimeIsTotalToo) {
  Limits limits;
  limits.body_time_max = 300ms;
  Server server{limits};
  Wire quick{server.port()};
  quick.send(post("/echo", 20));
  trickle(quick, std::string(20, 'x'), 1ms);
  EXPECT_EQ(quick.answer().status, 200U);
  Wire slow{server.port()};
  slow.send(post("/echo", 200));
  trickle(slow, std::string(200, 'x'), 50ms);
  EXPECT_EQ(slow.answer().status, 408U);
  EXPECT_EQ(server.refused("body_time"), 1U);
}

TEST(Limits, ABodyHasARateToKeep) {
  Limits limits;
  limits.body_rate_after = 200ms;
  Server server{limits};
  const std::string chunk(1024, 'x');
  Wire steady{server.port()};
  steady.send(post("/echo", 8 * chunk.size()));
  for (int i = 0; i < 8 && !steady.readable(100ms); ++i) steady.send(chunk);
  EXPECT_EQ(steady.answer().status, 200U) << "control: its bytes buy the time they take";
  Wire slow{server.port()};
  const auto begin = Clock::now();
  slow.send(post("/echo", 8 * chunk.size()));
  trickle(slow, chunk, 50ms);
  const auto answer = slow.answer();
  EXPECT_EQ(answer.status, 408U);
  EXPECT_THAT(answer.body, HasSubstr("slower than 1024 bytes a second"));
  EXPECT_LT(Clock::now() - begin, 10s);
  EXPECT_EQ(server.refused("body_rate"), 1U);
  EXPECT_EQ(server.refused("body_time"), 0U);
}

TEST(Limits, IdleConnectionIsClosed) {
  Limits limits;
  limits.keep_alive_idle = 200ms;
  Server server{limits};
  Wire wire{server.port()};
  wire.send(get("/hello"));
  EXPECT_EQ(wire.answer().status, 200U);
  EXPECT_FALSE(wire.readable(50ms)) << "control: not at once";
  EXPECT_EQ(wire.answer().status, 0U);
}

TEST(Limits, RequestsOfOneConnection) {
  Limits limits;
  limits.keep_alive_requests_max = 3;
  Server server{limits};
  Wire wire{server.port()};
  for (int i = 1; i <= 3; ++i) {
    wire.send(get("/hello"));
    EXPECT_EQ(wire.answer().header("Connection"), i == 3 ? "close" : "");
  }
  EXPECT_TRUE(wire.ended());
}

TEST(Limits, HandlerTime) {
  Limits limits;
  limits.handler_time_max = 200ms;
  Server server{limits};
  Wire wire{server.port()};
  wire.send(get("/never"));
  const auto answer = wire.answer();
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.header("Retry-After"), "1");
  EXPECT_THAT(answer.body, HasSubstr("may have been kept"));
  wire.send(get("/hello"));
  EXPECT_EQ(wire.answer().status, 200U) << "the connection outlives it";
  EXPECT_EQ(server.refused("handler_time"), 1U);
}

TEST(Limits, HandshakeTimeOfTheRoute) {
  SocketLimits limits;
  limits.handshake_time_max = 50ms;
  Server server{{}, limits};
  Wire wire{server.port()};
  EXPECT_EQ(wire.upgrade("/slow").status, 503U);
  EXPECT_EQ(server.refused("handler_time"), 1U);
}

TEST(Limits, AnswerThatIsNotTakenEndsTheConnection) {
  Limits limits;
  limits.write_time_max = 300ms;
  Server server{limits};
  Wire wire{server.port()};
  const std::string body(1'048'576, 'x');
  bool sent = true;
  for (int i = 0; i < 60 && sent; ++i) sent = wire.send(post("/upload", body.size())) && wire.send(body);
  EXPECT_FALSE(sent) << "60 MiB of answers fit no buffer; the server must have cut";
  for (int turns = 0; turns < 1000 && server.refused("write_time") == 0; ++turns) continue;  // counted after the cut
  EXPECT_EQ(server.refused("write_time"), 1U);
}

TEST(Limits, Connections) {
  Limits limits;
  limits.connections_max = 2;
  Server server{limits};
  auto first = std::make_unique<Wire>(server.port());
  Wire second{server.port()};
  for (Wire* wire : {first.get(), &second}) {
    wire->send(get("/hello"));
    EXPECT_EQ(wire->answer().status, 200U);
  }
  Wire third{server.port()};
  const auto answer = third.answer();
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.header("Retry-After"), "2");
  EXPECT_THAT(answer.body, HasSubstr("limit connections"));
  first.reset();
  for (int i = 0; server.connections() > 1 && i < 1000; ++i)
    EXPECT_TRUE(second.send(get("/hello")) && second.answer().status == 200);
  Wire fourth{server.port()};
  fourth.send(get("/hello"));
  EXPECT_EQ(fourth.answer().status, 200U) << "a seat that is given back is taken again";
}

TEST(Limits, ConnectionsOfOneAddress) {
  Limits limits;
  limits.connections_per_address_max = 2;
  Server exempt{limits};
  std::vector<Wire> wires;
  for (int i = 0; i < 4; ++i) {
    wires.emplace_back(exempt.port());
    wires.back().send(get("/hello"));
    EXPECT_EQ(wires.back().answer().status, 200U) << "a trusted proxy speaks for many";
  }
  limits.trusted_proxies.clear();
  Server strict{limits};
  for (int i = 0; i < 3; ++i) {
    wires.emplace_back(strict.port());
    wires.back().send(get("/hello"));
    EXPECT_EQ(wires.back().answer().status, i < 2 ? 200U : 503U) << i;
  }
  EXPECT_EQ(strict.refused("connections_per_address"), 1U);
}

// The last descriptor is ours: callers hear 503 instead of hanging, and those inside are served on.
TEST(Limits, DescriptorsRunOut) {
  Server server;
  Wire inside{server.port()};
  inside.send(get("/hello"));
  EXPECT_EQ(inside.answer().status, 200U);
  Wire outside_early{server.port()};
  outside_early.send(get("/hello"));
  EXPECT_EQ(outside_early.answer().status, 200U) << "control";

  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  std::vector<Wire> callers;
  std::vector<int> hoard;
  rlimit tight{before};
  tight.rlim_cur = 256;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  // Client and server share the table: fill it, then give one back for the caller's own end.
  for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) hoard.push_back(fd);
  ::close(hoard.back());
  hoard.pop_back();
  callers.emplace_back(server.port());
  const auto answer = callers.back().answer();
  inside.send(get("/hello"));
  const auto still = inside.answer();
  for (const int fd : hoard) ::close(fd);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);

  EXPECT_EQ(answer.status, 503U);
  EXPECT_THAT(answer.body, HasSubstr("limit descriptors"));
  EXPECT_EQ(still.status, 200U);
  EXPECT_EQ(server.refused("descriptors"), 1U) << "one caller is turned away once: the loop does not spin";
  Wire after{server.port()};
  after.send(get("/hello"));
  EXPECT_EQ(after.answer().status, 200U);
}

}  // namespace
}  // namespace fd::http::test
