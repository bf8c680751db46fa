#include "router/store/redis/resp.hpp"

#include <gtest/gtest.h>

#include <random>

namespace {

using namespace fd::store::redis;

TEST(Resp, ARequestIsAnArrayOfBulkStrings) {
  Request request;
  request.command("SET", std::string("k\r\n\0", 4), std::int64_t{-5});
  request.begin(2);
  request.arg("GET");
  request.joined("fd:", std::string("{main}"), std::string_view(":x"));
  EXPECT_EQ(request.commands(), 2U);
  std::string expected = "*3\r\n$3\r\nSET\r\n$4\r\nk\r\n";
  expected.push_back('\0');
  expected += "\r\n$2\r\n-5\r\n*2\r\n$3\r\nGET\r\n$11\r\nfd:{main}:x\r\n";
  EXPECT_EQ(request.bytes(), expected);
  const auto commands = commands_of(request.bytes());
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(commands[0][1], std::string("k\r\n\0", 4));
  EXPECT_EQ(commands[1], (std::vector<std::string>{"GET", "fd:{main}:x"}));
}

TEST(Resp, RepliesComeWholeHoweverTheyAreCut) {
  const std::string bytes = "+OK\r\n-ERR no\r\n:42\r\n$-1\r\n*-1\r\n*2\r\n$3\r\na\r\n\r\n*1\r\n:7\r\n$0\r\n\r\n";
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    ReplyReader reader;
    Replies replies;
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const auto n = std::min<std::size_t>(rest.size(), 1 + random() % 7);
      ASSERT_TRUE(reader.feed(rest.substr(0, n), replies));
      rest.remove_prefix(n);
    }
    ASSERT_EQ(replies.size(), 7U);
    EXPECT_EQ(text(*replies[0]), "OK");
    EXPECT_TRUE(is_error(*replies[1]));
    EXPECT_EQ(replies[2]->integer, 42);
    EXPECT_TRUE(is_nil(*replies[3]));
    EXPECT_TRUE(is_nil(*replies[4]));
    EXPECT_EQ(text(at(*replies[5], 0)), "a\r\n");
    EXPECT_EQ(at(at(*replies[5], 1), 0).integer, 7);
    EXPECT_EQ(text(*replies[6]), "");
  }
}

TEST(Resp, ManyRepliesInOneRead) {
  std::string bytes;
  for (int i = 0; i < 5000; ++i) bytes += "+QUEUED\r\n";
  ReplyReader reader;
  Replies replies;
  ASSERT_TRUE(reader.feed(bytes, replies));
  EXPECT_EQ(replies.size(), 5000U);
}

TEST(Resp, WhatIsNotRespIsAnError) {
  for (const auto* bytes : {"HTTP/1.1 200 OK\r\n", "%1\r\n", "$x\r\n", "*99999999999999\r\n"}) {
    ReplyReader reader;
    Replies replies;
    EXPECT_FALSE(reader.feed(bytes, replies)) << bytes;
    EXPECT_FALSE(reader.error().empty());
  }
}

}  // namespace
