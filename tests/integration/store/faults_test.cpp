// What Redis and the wire between may do to a commit. Every row of the outcome table that a server can be made to show.

#include "tests/integration/store/faults.hpp"

namespace fd::store_test {
namespace {

// Promise 1 at the wire: wherever the connection is cut, the batch is applied exactly once and the caller learns it.
TEST_F(Faults, CutAtEveryByteOfRequestAndReply) {
  rig.close(*store);
  test::CuttingProxy proxy(rig.io, rig.server.directory() + "/cut.sock", rig.server.socket());
  auto settings = rig.settings("r1");
  settings.address = proxy.path();
  lead(settings);
  const auto step = [&](std::uint64_t n) {
    auto batch = site->batch();
    batch.mutations.push_back(engine::PutCounter{"x", n});
    batch.mutations.push_back(engine::AppendLine{
        ContactId(Ulid::make(1, 1, 1)), Line{n, batch.now, Author::customer, MessageKind::text, "", {}, "x", {}}, {}});
    return site->sealed(std::move(batch));
  };
  begin(step(1));
  const auto requested = proxy.requested();
  const auto replied = proxy.replied();
  ASSERT_TRUE(ends());
  const auto request_bytes = proxy.requested() - requested;
  const auto reply_bytes = proxy.replied() - replied;
  ASSERT_GT(request_bytes, 200U);
  ASSERT_GT(reply_bytes, 50U);
  std::uint64_t n = 1;
  const auto cut_at = [&](std::size_t at, bool reply) {
    if (reply)
      proxy.cut_replies_after(at);
    else
      proxy.cut_requests_after(at);
    begin(step(++n));
    ASSERT_TRUE(ends()) << at;
    ASSERT_TRUE(*outcome) << outcome->error().text << " at " << at;
    EXPECT_EQ((**outcome).batch().n, n);
    EXPECT_FALSE(proxy.armed()) << at;
    proxy.disarm();
  };
  for (std::size_t at = 0; at < request_bytes - 10; at += 3) cut_at(at, false);
  const auto again_by_requests = store->counts().again;
  EXPECT_GT(again_by_requests, 0U);
  for (std::size_t at = 0; at < reply_bytes - 4; ++at) cut_at(at, true);
  EXPECT_EQ(redis("LLEN fd:{main}:contact:" + Ulid::make(1, 1, 1).str() + ":messages"),
            std::to_string(n));  // once each
  EXPECT_EQ(redis("XLEN fd:{main}:events"), std::to_string(n));
  EXPECT_EQ(store->counts().again, again_by_requests);  // a lost answer is no reason to send again: the record says so
  EXPECT_GT(store->counts().dialed, n / 2);
  proxy.stop();
  rig.close(*store);
  store.reset();
}

// The control of the test above: the same bytes, sent again without looking at the record, are applied twice.
TEST_F(Faults, SentAgainWithoutTheFenceItIsThereTwice) {
  test::CuttingProxy proxy(rig.io, rig.server.directory() + "/cut.sock", rig.server.socket());
  redis::Request request;
  request.command("MULTI");
  request.command("RPUSH", "fd:{main}:list", "x");
  request.command("EXEC");
  auto blind = [](std::string path, const redis::Request& r) -> boost::asio::awaitable<int> {
    int sends = 0;
    for (bool done = false; !done; ++sends) {
      auto link = co_await redis::Link::dial(path, Duration{1000}, Duration{1000});
      if (!link) throw std::runtime_error(link.error().text);
      const auto answer = co_await (*link)->ask(r);
      (*link)->close("asked");
      done = answer.has_value();
    }
    co_return sends;
  };
  proxy.cut_replies_after(0);
  EXPECT_EQ(finish(rig.io, blind(proxy.path(), request)), 2);
  EXPECT_EQ(redis("LLEN fd:{main}:list"), "2");
  proxy.stop();
}

TEST_F(Faults, TheServerDiesAndComesBack) {
  begin(counter(1));
  ASSERT_TRUE(ends());
  rig.server.kill();
  begin(counter(2));
  EXPECT_TRUE(comes_to([&] { return store->trouble().has_value(); }));
  EXPECT_FALSE(outcome);
  rig.server.start();
  ASSERT_TRUE(ends());
  ASSERT_TRUE(*outcome) << outcome->error().text;
  EXPECT_FALSE(store->trouble());
  EXPECT_EQ(redis("HGET fd:{main}:counters x"), "2");
}

TEST_F(Faults, ATouchedLeaderMakesExecNilAndTheBatchIsSentAgain) {
  redis("HSET fd:{main}:leader noted 1");
  begin(counter(1));
  ASSERT_TRUE(ends());
  ASSERT_TRUE(*outcome);
  EXPECT_EQ(store->counts().nils, 1U);
  EXPECT_EQ(redis("HGET fd:{main}:counters x"), "1");
}

TEST_F(Faults, OutOfMemoryHoldsTheBatchAndPasses) {
  redis("CONFIG SET maxmemory 1");
  begin(counter(1));
  ASSERT_TRUE(comes_to([&] { return store->counts().aborted > 2; }));
  EXPECT_FALSE(outcome);
  EXPECT_TRUE(store->trouble()->starts_with("OOM")) << *store->trouble();
  EXPECT_EQ(redis("HGET fd:{main}:counters x"), "(nil)");  // nothing of it
  redis("CONFIG SET maxmemory 0");
  ASSERT_TRUE(ends());
  ASSERT_TRUE(*outcome);
  EXPECT_EQ(redis("HGET fd:{main}:counters x"), "1");
  EXPECT_FALSE(store->trouble());
}

TEST_F(Faults, OutOfMemoryTrimsTheStreamOutsideOfMulti) {
  rig.close(*store);
  auto settings = rig.settings("r1");
  settings.events_kept = Duration{200};  // site time: 10 ms a batch
  lead(settings);
  for (std::uint64_t i = 1; i <= 60; ++i) {
    begin(counter(i));
    ASSERT_TRUE(ends());
  }
  const auto before = std::stoi(redis("XLEN fd:{main}:events"));
  redis("CONFIG SET maxmemory 1");
  begin(counter(61));
  ASSERT_TRUE(comes_to([&] { return store->counts().aborted > 1; }));
  const auto after = std::stoi(redis("XLEN fd:{main}:events"));
  EXPECT_LT(after, before);
  EXPECT_GE(after, 20);
  redis("CONFIG SET maxmemory 0");
  ASSERT_TRUE(ends());
  ASSERT_TRUE(*outcome);
  ASSERT_TRUE(finish(rig.io, store->load()));  // the newest entry is still there
}

// What refuses writes only is found without one; and asking leaves no trace, not even in the fence.
TEST_F(Faults, AProbeSaysWhyACommitWouldFail) {
  const auto probed = [&] { return finish(rig.io, store->probe()).value_or(""); };
  EXPECT_EQ(probed(), "");
  redis("CONFIG SET maxmemory 1");
  EXPECT_NE(probed().find("OOM"), std::string::npos) << probed();
  redis("CONFIG SET maxmemory 0");
  EXPECT_EQ(probed(), "");
  redis("REPLICAOF 127.0.0.1 1");
  EXPECT_NE(probed().find("READONLY"), std::string::npos) << probed();
  redis("REPLICAOF NO ONE");
  const auto snapshot = rig.server.directory() + "/dump.rdb";
  std::filesystem::create_directory(snapshot);  // in its way: as on a full disk it cannot be written
  rig.server.command({"CONFIG", "SET", "save", "900 1"});
  redis("BGSAVE");
  ASSERT_TRUE(comes_to([&] { return redis("INFO persistence").find("last_bgsave_status:err") != std::string::npos; }));
  EXPECT_NE(probed().find("MISCONF"), std::string::npos) << probed();
  std::filesystem::remove(snapshot);
  rig.server.command({"CONFIG", "SET", "save", ""});
  EXPECT_EQ(probed(), "");
  begin(counter(1));
  ASSERT_TRUE(ends());
  EXPECT_TRUE(*outcome);
  EXPECT_EQ(store->counts().sends, 1U);
  EXPECT_EQ(store->counts().dialed, 1U) << "and not the leading connection";
  EXPECT_EQ(redis("EXISTS fd:{main}:probe"), "0");
  rig.server.kill();
  EXPECT_NE(probed(), "");
}

TEST_F(Faults, TheStreamIsTrimmedInOrdinaryBatches) {
  rig.close(*store);
  auto settings = rig.settings("r1");
  settings.events_kept = Duration{1000};
  settings.trim_every = Duration{0};
  lead(settings);
  for (std::uint64_t i = 1; i <= 1500; ++i) {
    begin(counter(i));
    ASSERT_TRUE(ends());
  }
  EXPECT_GT(store->counts().trims, 0U);
  EXPECT_LT(std::stoi(redis("XLEN fd:{main}:events")), 700);  // whole nodes go, of 100 entries
  redis("HSET fd:{main}:cursors archive 1400-0");
  for (std::uint64_t i = 1501; i <= 2500; ++i) {
    begin(counter(i));
    ASSERT_TRUE(ends());
  }
  EXPECT_NE(redis("XRANGE fd:{main}:events 1400-0 1400-0"), "");  // never past the reader
  ASSERT_TRUE(finish(rig.io, store->load()));
}

TEST_F(Faults, APauseOfTheServerIsSatOut) {
  redis("CLIENT PAUSE 300 WRITE");
  begin(counter(1));
  ASSERT_TRUE(ends());
  ASSERT_TRUE(*outcome);
  EXPECT_EQ(store->counts().dialed, 1U);
}

TEST_F(Faults, ASilentServerIsDialedAgainAndTheBatchAppliedOnce) {
  rig.close(*store);
  auto settings = rig.settings("r1");
  settings.reply_deadline = Duration{60};
  lead(settings);
  redis("CLIENT PAUSE 400 WRITE");  // longer than the deadline: given up with the EXEC still held there
  begin(counter(1));
  ASSERT_TRUE(ends());
  ASSERT_TRUE(*outcome) << outcome->error().text;
  EXPECT_GT(store->counts().dialed, 1U);
  EXPECT_EQ(redis("XLEN fd:{main}:events"), "1");
  EXPECT_EQ(redis("HGET fd:{main}:leader batch"), "1");
}

TEST_F(Faults, AnUnknownRefusalIsHeldAndSaid) {
  redis("ACL SETUSER default -xadd");
  begin(counter(1));
  ASSERT_TRUE(comes_to([&] { return store->counts().aborted > 1; }));
  EXPECT_FALSE(outcome);
  EXPECT_NE(store->trouble()->find("NOPERM"), std::string::npos) << *store->trouble();
  redis("ACL SETUSER default +xadd");
  ASSERT_TRUE(ends());
  EXPECT_TRUE(*outcome);
}

TEST_F(Faults, TakenOverBetweenExecAndTheReadAfterIt) {
  rig.close(*store);
  test::CuttingProxy proxy(rig.io, rig.server.directory() + "/cut.sock", rig.server.socket());
  auto settings = rig.settings("r1");
  settings.address = proxy.path();
  lead(settings);
  const auto requested = proxy.requested();
  begin(counter(1));
  ASSERT_TRUE(ends());
  redis::Request tail;
  redis::LeadConnection(settings).add_watch(tail);
  proxy.hold_requests_after(proxy.requested() - requested - tail.bytes().size());
  begin(counter(2));
  ASSERT_TRUE(comes_to([&] { return proxy.holding(); }));
  ASSERT_TRUE(comes_to([&] { return redis("HGET fd:{main}:leader batch") == "2"; }));
  auto other = rig.open_redis(rig.settings("r2"));
  ASSERT_TRUE(finish(rig.io, other->acquire(wall)));
  proxy.release();
  ASSERT_TRUE(ends());
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().code, Fail::taken_over);
  ASSERT_TRUE(outcome->error().receipt);  // the acknowledgements of this batch may go out
  EXPECT_EQ(outcome->error().receipt->batch().n, 2U);
  EXPECT_EQ(redis("HGET fd:{main}:counters x"), "2");
  proxy.stop();
  rig.close(*other);
  rig.close(*store);
  store.reset();
}

TEST_F(Faults, TakenOverBeforeTheCommit) {
  auto other = rig.open_redis(rig.settings("r2"));
  ASSERT_TRUE(finish(rig.io, other->acquire(wall)));
  begin(counter(1));
  ASSERT_TRUE(ends());
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().code, Fail::fenced);
  EXPECT_NE(outcome->error().text.find("r2"), std::string::npos);
  EXPECT_EQ(redis("HGET fd:{main}:counters x"), "(nil)");
  rig.close(*other);
}

}  // namespace
}  // namespace fd::store_test
