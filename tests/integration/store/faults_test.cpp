// What Redis and the wire between may do to a commit. Every row of the outcome table that a server can be made to show.

#include <gtest/gtest.h>

#include <thread>

#include "tests/integration/store/cutting_proxy.hpp"
#include "tests/integration/store/rig.hpp"
#include "tests/support/store_records.hpp"

namespace {

using namespace fd;
using namespace fd::store;
using test::finish;
using test::RedisRig;
using test::Site;

constexpr Instant wall{1'795'507'200'000};

class Faults : public testing::Test {
 protected:
  void lead(redis::Settings settings) {
    store = rig.open_redis(std::move(settings));
    auto result = finish(rig.io, store->acquire(wall));
    ASSERT_TRUE(result) << result.error().text;
    site.emplace(*result);
  }
  void SetUp() override { lead(rig.settings("r1")); }
  void TearDown() override {
    if (store) rig.close(*store);
  }
  Batch counter(std::uint64_t value) {
    auto batch = site->batch();
    batch.mutations.push_back(engine::PutCounter{"x", value});
    return site->sealed(std::move(batch));
  }
  // Begins a commit; its outcome lands in `outcome`.
  void begin(Batch batch) {
    outcome.reset();
    auto work = [](RedisStore& s, Batch b,
                   std::optional<boost::system::result<Receipt, Failure>>& out) -> boost::asio::awaitable<void> {
      out.emplace(co_await s.commit(std::move(b)));
    };
    boost::asio::co_spawn(rig.io, work(*store, std::move(batch), outcome), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  }
  bool comes_to(const std::function<bool()>& what) { return test::run_until(rig.io, what, std::chrono::seconds(20)); }
  bool ends() {
    return comes_to([&] { return outcome.has_value(); });
  }
  std::string redis(const std::string& line) { return rig.server.command(line); }

  RedisRig rig{false};
  std::unique_ptr<RedisStore> store;
  std::optional<Site> site;
  std::optional<boost::system::result<Receipt, Failure>> outcome;
};

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

TEST_F(Faults, AUserWithoutMultiIsNotLedThrough) {
  redis("ACL SETUSER weak on >pw ~* +@all -multi");
  auto settings = rig.settings("r9");
  settings.user = "weak";
  settings.password = "pw";
  settings.acquire_for = Duration{50};
  auto weak = rig.open_redis(settings);
  const auto result = finish(rig.io, weak->acquire(wall));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Fail::unreachable);
  EXPECT_NE(result.error().text.find("MULTI"), std::string::npos) << result.error().text;
  EXPECT_EQ(redis("HGET fd:{main}:leader router"), "r1");
  rig.close(*weak);
}

TEST_F(Faults, TheSecondConnectionNeedsOnlyReads) {
  begin(counter(1));
  ASSERT_TRUE(ends());
  redis("ACL SETUSER reader on >pw ~fd:{main}:* +@read");
  auto settings = rig.settings("r1");
  settings.reader_user = "reader";
  settings.reader_password = "pw";
  auto reading = rig.open_redis(settings);
  auto facts = finish(rig.io, reading->look_up({"chat", "d", VisitorId("v"), "p:1", {{"phone", "x"}}}));
  EXPECT_TRUE(facts) << facts.error().text;
  rig.close(*reading);
  settings.reader_password = "wrong";
  auto refused = rig.open_redis(settings);
  const auto failed = finish(rig.io, refused->session(SessionHash("x")));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Fail::unreachable);
  rig.close(*refused);
}

TEST_F(Faults, WeakServersAreRefusedByName) {
  const auto why = [&](const std::string& spoil, const std::string& mend) {
    redis(spoil);
    auto weak = rig.open_redis(rig.settings("r2"));
    const auto result = finish(rig.io, weak->acquire(wall));
    auto settings = rig.settings("r2");
    settings.allow_weak = true;
    auto allowed = rig.open_redis(settings);
    EXPECT_TRUE(finish(rig.io, allowed->acquire(wall)));
    rig.close(*weak);
    rig.close(*allowed);
    redis(mend);
    if (result) return std::string("led");
    EXPECT_EQ(result.error().code, Fail::refused);
    return result.error().text;
  };
  EXPECT_NE(why("CONFIG SET appendfsync everysec", "CONFIG SET appendfsync always").find("appendfsync"),
            std::string::npos);
  EXPECT_NE(why("CONFIG SET no-appendfsync-on-rewrite yes", "CONFIG SET no-appendfsync-on-rewrite no").find("rewrite"),
            std::string::npos);
  EXPECT_NE(why("CONFIG SET maxmemory-policy allkeys-lru", "CONFIG SET maxmemory-policy noeviction").find("policy"),
            std::string::npos);
  EXPECT_NE(why("CONFIG SET appendonly no", "CONFIG SET appendonly yes").find("appendonly"), std::string::npos);
  EXPECT_EQ(why("PING", "PING"), "led");  // the control
}

TEST_F(Faults, SchemaAndDataAreLookedAtFirst) {
  const auto why = [&] {
    auto other = rig.open_redis(rig.settings("r2"));
    const auto result = finish(rig.io, other->acquire(wall));
    rig.close(*other);
    return result ? std::string("led") : result.error().text;
  };
  redis("SET fd:{main}:schema 2");
  EXPECT_NE(why().find("schema is 2"), std::string::npos);
  redis("DEL fd:{main}:schema");
  EXPECT_NE(why().find("schema is missing"), std::string::npos);
  redis("SET fd:{main}:schema 1");
  EXPECT_EQ(why(), "led");
  redis("DEL fd:{main}:leader fd:{main}:schema");
  redis("SADD fd:{main}:live x");
  EXPECT_NE(why().find("there is data"), std::string::npos);
  redis("FLUSHALL");
  EXPECT_EQ(why(), "led");
}

TEST_F(Faults, ALoadNamesTheKeyThatIsBroken) {
  auto batch = site->batch();
  const auto contact = site->arrive(batch, "v1", "hello");
  begin(site->sealed(std::move(batch)));
  ASSERT_TRUE(ends());
  const auto load = [&] {
    auto other = rig.open_redis(rig.settings("r2"));
    EXPECT_TRUE(finish(rig.io, other->acquire(wall)));
    const auto result = finish(rig.io, other->load());
    rig.close(*other);
    return result ? std::string("loaded") : result.error().text;
  };
  const auto key = "fd:{main}:contact:" + contact.id.str();
  EXPECT_EQ(load(), "loaded");
  redis("HSET " + key + " state asleep");
  EXPECT_NE(load().find(key), std::string::npos);
  redis("HSET " + key + " state queued");
  EXPECT_EQ(load(), "loaded");
  redis("RENAME " + key + " away");
  EXPECT_NE(load().find(key), std::string::npos);
  redis("RENAME away " + key);
  redis("XADD fd:{main}:events 77-0 in x");
  EXPECT_NE(load().find("events ends at 77-0"), std::string::npos);
}

TEST_F(Faults, LookUpsGoSideBySide) {
  std::size_t done = 0;
  auto ask = [](RedisStore& s, std::size_t& count) -> boost::asio::awaitable<void> {
    LookUp question;
    question.visitor = VisitorId("v");
    question.identities.emplace_back("phone", "x");
    const auto result = co_await s.look_up(question);
    if (result) ++count;
  };
  for (int i = 0; i < 500; ++i)
    boost::asio::co_spawn(rig.io, ask(*store, done), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  EXPECT_TRUE(comes_to([&] { return done == 500; }));
}

TEST_F(Faults, AHeldCommitEndsWithClose) {
  redis("CONFIG SET maxmemory 1");
  begin(counter(1));
  ASSERT_TRUE(comes_to([&] { return store->counts().aborted > 0; }));
  rig.close(*store);
  ASSERT_TRUE(ends());
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().code, Fail::unreachable);
}

TEST_F(Faults, KeysOfASessionAVisitorAndADuplicateHaveTheirTimes) {
  auto batch = site->batch();
  site->arrive(batch, "v1", "hello");
  batch.mutations.push_back(engine::PutSession{SessionHash("ff"), AgentId("a1")});
  begin(site->sealed(std::move(batch)));
  ASSERT_TRUE(ends());
  EXPECT_NEAR(std::stod(redis("TTL fd:{main}:session:ff")), 12 * 3600, 5);
  EXPECT_NEAR(std::stod(redis("TTL fd:{main}:visitor:v1")), 30 * 86400, 5);
  EXPECT_NEAR(std::stod(redis("TTL fd:{main}:seen:chat:seen-v1")), 14 * 86400, 5);
  EXPECT_EQ(redis("TTL fd:{main}:customer:c-v1"), "-1");
  EXPECT_EQ(redis("ZRANGE fd:{main}:queue:online 0 -1").size(), 26U);
  EXPECT_EQ(redis("OBJECT ENCODING fd:{main}:contact:" + redis("ZRANGE fd:{main}:queue:online 0 -1")), "listpack");
}

}  // namespace
