// The outcome table of docs/redis.md, row by row, and what Redis' answers are read as.

#include "router/store/redis/outcome.hpp"

#include <gtest/gtest.h>

namespace {

using namespace fd::store::redis;
using K = ExecSeen::Kind;
using L = LeaderSeen::Kind;

constexpr Expected ours{"r1", 3, 8};

LeaderSeen leader(std::uint64_t batch, std::string router = "r1", std::uint64_t epoch = 3) {
  LeaderSeen seen;
  seen.kind = L::read;
  seen.router = std::move(router);
  seen.epoch = epoch;
  seen.batch = batch;
  return seen;
}

ExecSeen exec(K kind, std::string text = "") { return {kind, 0, std::move(text)}; }

TEST(Outcome, TheTable) {
  EXPECT_EQ(judge(exec(K::done), leader(8), ours), Outcome::committed);
  EXPECT_EQ(judge(exec(K::done), leader(8, "r2", 4), ours), Outcome::taken_over);
  EXPECT_EQ(judge(exec(K::done), leader(8, "r1", 4), ours), Outcome::taken_over);
  for (const auto kind : {K::nil, K::none}) {
    EXPECT_EQ(judge(exec(kind), leader(8), ours), Outcome::committed);
    EXPECT_EQ(judge(exec(kind), leader(7), ours), Outcome::again);
    EXPECT_EQ(judge(exec(kind), leader(7, "r2", 4), ours), Outcome::fenced);
    EXPECT_EQ(judge(exec(kind), leader(7, "r1", 4), ours), Outcome::fenced);
    EXPECT_EQ(judge(exec(kind), leader(9, "r2", 4), ours), Outcome::fenced);
  }
  for (const auto kind : {K::none, K::done, K::failed, K::nil, K::aborted, K::unfenced}) {
    EXPECT_EQ(judge(exec(kind), LeaderSeen{L::missing, "", 0, 0, 0, ""}, ours), Outcome::deleted);
    EXPECT_EQ(judge(exec(kind), LeaderSeen{}, ours), Outcome::read_leader);
  }
  for (const auto kind : {K::none, K::done, K::failed, K::nil, K::aborted})
    EXPECT_EQ(judge(exec(kind), leader(6), ours), Outcome::rolled_back);
  EXPECT_EQ(judge(exec(K::done), leader(7), ours), Outcome::rolled_back);
  EXPECT_EQ(judge(exec(K::nil), leader(9), ours), Outcome::rolled_back);
  EXPECT_EQ(judge(exec(K::failed, "WRONGTYPE"), leader(8), ours), Outcome::poisoned);
  EXPECT_EQ(judge(exec(K::unfenced), leader(8), ours), Outcome::poisoned);
  EXPECT_EQ(judge(exec(K::aborted, "OOM command not allowed"), leader(7), ours), Outcome::passes);
  EXPECT_EQ(judge(exec(K::aborted, "NOPERM this user"), leader(7), ours), Outcome::unknown);
  EXPECT_EQ(judge(exec(K::aborted, "OOM"), leader(8), ours), Outcome::committed);  // by the send before
}

TEST(Outcome, CausesThatPass) {
  for (const auto* code : {"OOM x", "READONLY x", "MISCONF x", "LOADING x", "NOREPLICAS x", "MASTERDOWN x", "BUSY x",
                           "CLUSTERDOWN x", "TRYAGAIN x"})
    EXPECT_TRUE(passes(code)) << code;
  for (const auto* code : {"ERR unknown command", "NOPERM x", "WRONGTYPE x", "BUSYKEY x", ""})
    EXPECT_FALSE(passes(code)) << code;
}

ExecSeen seen(std::string_view bytes) {
  Replies replies;
  ReplyReader reader;
  EXPECT_TRUE(reader.feed(bytes, replies));
  return exec_seen(replies.data(), replies.size());
}

TEST(Outcome, WhatExecSaid) {
  EXPECT_EQ(seen("+OK\r\n+QUEUED\r\n*1\r\n:1\r\n").kind, K::done);
  EXPECT_EQ(seen("+OK\r\n+QUEUED\r\n*-1\r\n").kind, K::nil);
  const auto failed = seen("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n-WRONGTYPE no\r\n");
  EXPECT_EQ(failed.kind, K::failed);
  EXPECT_EQ(failed.index, 1U);
  EXPECT_EQ(failed.text, "WRONGTYPE no");
  const auto refused =
      seen("+OK\r\n+QUEUED\r\n-NOPERM no\r\n-EXECABORT Transaction discarded because of previous errors.\r\n");
  EXPECT_EQ(refused.kind, K::aborted);
  EXPECT_EQ(refused.index, 1U);
  EXPECT_EQ(refused.text, "NOPERM no");
  const auto late = seen("+OK\r\n+QUEUED\r\n-EXECABORT Transaction discarded because of: OOM command not allowed\r\n");
  EXPECT_EQ(late.text, "OOM command not allowed");
  EXPECT_EQ(seen("-NOPERM multi\r\n+OK\r\n-ERR EXEC without MULTI\r\n").kind, K::unfenced);
  EXPECT_EQ(seen("-LOADING x\r\n-LOADING x\r\n-LOADING x\r\n").kind, K::aborted);
}

TEST(Outcome, TheLeaderAsRead) {
  Replies replies;
  ReplyReader reader;
  ASSERT_TRUE(reader.feed(
      "*4\r\n$2\r\nr1\r\n$1\r\n3\r\n$1\r\n8\r\n$2\r\n21\r\n*4\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n-LOADING x\r\n", replies));
  const auto read = leader_seen(*replies[0]);
  EXPECT_EQ(read.kind, L::read);
  EXPECT_EQ(read.router, "r1");
  EXPECT_EQ(read.epoch, 3U);
  EXPECT_EQ(read.batch, 8U);
  EXPECT_EQ(read.sequence, 21U);
  EXPECT_EQ(leader_seen(*replies[1]).kind, L::missing);
  EXPECT_EQ(leader_seen(*replies[2]).kind, L::unread);
}

}  // namespace
