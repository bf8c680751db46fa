// Requests as they should be, and as they should not: raw bytes over a real socket.

#include <gmock/gmock.h>
#include <unistd.h>

#include "server.hpp"

namespace fd::http::test {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

std::string get(std::string_view target, std::string_view more = {}) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: test\r\n" + std::string{more} + "\r\n";
}

std::string post(std::string_view target, std::string_view body) {
  return "POST " + std::string{target} + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string{body};
}

TEST(Requests, ConnectionIsKeptForTheNextOne) {
  Server server;
  Wire wire{server.port()};
  for (int i = 0; i < 3; ++i) {
    wire.send(get("/hello"));
    const auto answer = wire.answer();
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, "\"hello\"");
    EXPECT_EQ(answer.header("Connection"), "");
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Requests, PipelinedOnesAreAnsweredInOrder) {
  Server server;
  Wire wire{server.port()};
  wire.send(post("/echo", "first") + "\r\n" + get("/hello") + post("/echo", "third"));
  EXPECT_EQ(wire.answer().body, "first");
  EXPECT_EQ(wire.answer().body, "\"hello\"");
  EXPECT_EQ(wire.answer().body, "third");
}

TEST(Requests, ByteByByteIsTheSameRequest) {
  Server server;
  Wire wire{server.port()};
  for (const char c : post("/echo", "slow")) wire.send({&c, 1});
  EXPECT_EQ(wire.answer().body, "slow");
}

TEST(Requests, ChunkedBodyIsPutTogether) {
  Server server;
  Wire wire{server.port()};
  wire.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n4\r\ndefg\r\n0\r\nT: "
      "1\r\n\r\n");
  EXPECT_EQ(wire.answer().body, "abcdefg");
  wire.send(get("/hello"));
  EXPECT_EQ(wire.answer().status, 200U);
}

TEST(Requests, ContinueIsSaidBeforeTheBody) {
  Server server;
  Wire wire{server.port()};
  wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(wire.answer().status, 100U);
  wire.send("ok");
  EXPECT_EQ(wire.answer().body, "ok");
}

TEST(Requests, HeadHasTheLengthOfGet) {
  Server server;
  Wire wire{server.port()};
  wire.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = wire.answer(true);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.header("Content-Length"), "7");
  wire.send(get("/hello"));
  EXPECT_EQ(wire.answer().body, "\"hello\"") << "no body of HEAD is in the way";
}

TEST(Requests, CloseAndHttp10EndTheConnection) {
  Server server;
  for (const std::string& request :
       {get("/hello", "Connection: close\r\n"), std::string{"GET /hello HTTP/1.0\r\n\r\n"}}) {
    Wire wire{server.port()};
    wire.send(request);
    const auto answer = wire.answer();
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(wire.ended());
  }
}

TEST(Requests, DecodedForTheHandler) {
  Server server;
  Wire wire{server.port()};
  wire.send(get("/a/%E5%AE%A2%2F/c?q=1+2%26"));
  EXPECT_EQ(wire.answer().body, "客/?1 2&");
  wire.send("GET http://elsewhere/a/x/c HTTP/1.1\r\nHost: elsewhere\r\n\r\n");
  EXPECT_EQ(wire.answer().body, "x?");
}

TEST(Requests, RepeatedHeadersBecomeOneList) {
  Server server;
  Wire wire{server.port()};
  wire.send(get("/who", "X-List: 1\r\nx-list: 2\r\nCookie: a=1\r\nCookie: b=2\r\n"));
  EXPECT_EQ(wire.answer().body, "127.0.0.1 1, 2 2 plain");
}

TEST(Requests, ForwardedAddressCountsFromATrustedProxyOnly) {
  Limits distrust;
  distrust.trusted_proxies.clear();
  distrust.secure = true;
  Server trusting, doubting{distrust};
  Wire first{trusting.port()}, second{doubting.port()};
  const auto request = get("/who", "X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n");
  first.send(request);
  EXPECT_THAT(first.answer().body, HasSubstr("203.0.113.9 "));
  second.send(request);
  EXPECT_EQ(second.answer().body, "127.0.0.1   secure");
}

TEST(Requests, UnixSocketKnowsWhoCalls) {
  const std::string path = "/tmp/fd-http-" + std::to_string(::getpid()) + ".sock";
  {
    Server server{{}, {}, "unix:" + path};
    Wire wire{path};
    wire.send(get("/who"));
    EXPECT_THAT(wire.answer().body, HasSubstr("unix:" + std::to_string(::getuid()) + " "));
    EXPECT_THROW((Server{{}, {}, "unix:" + path}), std::runtime_error) << "one daemon listens there";
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0) << "the file goes with the listener";
}

TEST(Requests, AddressInUseIsNamedWithItsRemedy) {
  Server server;
  boost::asio::io_context loop;
  const auto address = "127.0.0.1:" + std::to_string(server.port());
  const auto made = listen(loop, address, std::make_shared<Routes>(), Limits{});
  ASSERT_TRUE(std::holds_alternative<ListenError>(made));
  EXPECT_THAT(std::get<ListenError>(made).text, HasSubstr(address));
  EXPECT_THAT(std::get<ListenError>(made).text, HasSubstr("errno 98"));
  EXPECT_THAT(std::get<ListenError>(made).text, HasSubstr("another process"));
}

TEST(Requests, WrongAddressOrMethod) {
  Server server;
  Wire wire{server.port()};
  wire.send(get("/nothing"));
  EXPECT_EQ(wire.answer().status, 404U);
  wire.send(post("/hello", "body"));
  auto answer = wire.answer();
  EXPECT_EQ(answer.status, 405U);
  EXPECT_EQ(answer.header("Allow"), "GET, HEAD");
  wire.send("BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  answer = wire.answer();
  EXPECT_EQ(answer.status, 405U);
  EXPECT_EQ(answer.header("Allow"), "POST");
  wire.send(get("/socket"));
  answer = wire.answer();
  EXPECT_EQ(answer.status, 426U);
  EXPECT_EQ(answer.header("Upgrade"), "websocket");
  EXPECT_EQ(server.connections(), 1U) << "none of these ends the connection";
}

TEST(Requests, WhatAHandlerThrowsIsA500AndTheNextRequestIsServed) {
  Server server;
  Wire wire{server.port()};
  for (const char* target : {"/throw", "/throw-early"}) {
    wire.send(get(target));
    const auto answer = wire.answer();
    EXPECT_EQ(answer.status, 500U) << target;
    EXPECT_THAT(answer.body, HasSubstr("internal"));
    EXPECT_THAT(answer.body, Not(HasSubstr("purpose"))) << "the inside stays inside";
  }
  wire.send(get("/hello"));
  EXPECT_EQ(wire.answer().status, 200U);
}

struct Malformed {
  const char* name;
  std::string bytes;
  unsigned status;
  const char* code;
};

const Malformed malformed[] = {
    {"garbage", "\x16\x03\x01\x02\x01\r\n\r\n", 400, "bad_method"},
    {"no version", "GET /hello\r\n\r\n", 400, ""},
    {"http/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad_version"},
    {"http/0.9", "GET /hello HTTP/0.9\r\n\r\n", 400, "bad_version"},
    {"lower case version", "GET /hello http/1.1\r\nHost: a\r\n\r\n", 400, "bad_version"},
    {"bare line feeds", "GET /hello HTTP/1.1\nHost: a\n\n", 400, ""},
    {"two spaces", "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400, ""},
    {"space before colon", "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n", 400, "bad_header_name"},
    {"no colon", "GET /hello HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", 400, ""},
    {"nul in a value", "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"s, 400, "bad_header_value"},
    {"no host", "GET /hello HTTP/1.1\r\n\r\n", 400, "bad_host"},
    {"two hosts", "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad_host"},
    {"broken escape", "GET /hello%2 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"nul in the path", "GET /hello%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"path is not utf-8", "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"dot segment", "GET /a/../hello HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"authority form", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"two lengths", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400,
     "bad_content_length"},
    {"length is no number", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\na", 400, "bad_content_length"},
    {"negative length", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\na", 400, "bad_content_length"},
    {"length and chunked",
     "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, ""},
    {"chunked and length",
     "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400, ""},
    {"unknown coding", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501,
     "bad_transfer_encoding"},
    {"chunked not last", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 501,
     "bad_transfer_encoding"},
    {"chunked in 1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
     "bad_transfer_encoding"},
    {"chunk size is no number",
     "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n", 400, "bad_chunk"},
    {"chunk too short", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
     400, "bad_chunk"},
    {"unknown expectation", "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 0\r\n\r\n", 417,
     "bad_expect"},
};

TEST(Requests, MalformedOnesAreRefusedByNameAndTheConnectionEnds) {
  Server server;
  for (const auto& row : malformed) {
    SCOPED_TRACE(row.name);
    Wire wire{server.port()};
    wire.send(row.bytes);
    const auto answer = wire.answer();
    EXPECT_EQ(answer.status, row.status) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("{\"error\":{\"code\":\"" + std::string{row.code}));
    EXPECT_THAT(answer.body, HasSubstr("\"message\":\""));
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(wire.ended());
  }
  Wire wire{server.port()};
  wire.send(get("/hello"));
  EXPECT_EQ(wire.answer().status, 200U) << "the listener lives";
}

// Every prefix of a good request, then the end: no answer, no harm.
TEST(Requests, EveryTornRequestIsDropped) {
  Server server;
  const auto whole = post("/echo", "torn");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Wire wire{server.port()};
    wire.send(std::string_view{whole}.substr(0, size));
    ::shutdown(wire.descriptor(), SHUT_WR);
    EXPECT_TRUE(wire.ended()) << size;
  }
  Wire wire{server.port()};
  wire.send(whole);
  EXPECT_EQ(wire.answer().body, "torn");
}

}  // namespace
}  // namespace fd::http::test
