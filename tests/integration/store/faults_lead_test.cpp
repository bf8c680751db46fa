// What a server must be able to do, must hold, and must let us do, before and beside the commits.

#include "tests/integration/store/faults.hpp"

namespace fd::store_test {
namespace {

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
  EXPECT_NE(result.error().text.find("'multi'"), std::string::npos) << result.error().text;
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
  batch.mutations.push_back(engine::PutSession{SessionHash("ff"), AgentId("a1"), Instant{9}, std::chrono::hours{12}});
  begin(site->sealed(std::move(batch)));
  ASSERT_TRUE(ends());
  EXPECT_NEAR(std::stod(redis("TTL fd:{main}:session:ff")), 12 * 3600, 5);
  EXPECT_NEAR(std::stod(redis("TTL fd:{main}:visitor:v1")), 30 * 86400, 5);
  EXPECT_NEAR(std::stod(redis("TTL fd:{main}:seen:chat:seen-v1")), 14 * 86400, 5);
  EXPECT_EQ(redis("TTL fd:{main}:customer:c-v1"), "-1");
  EXPECT_EQ(redis("ZRANGE fd:{main}:queue:online 0 -1").size(), 26U);
  EXPECT_EQ(redis("OBJECT ENCODING fd:{main}:contact:" + redis("ZRANGE fd:{main}:queue:online 0 -1")), "listpack");
}

TEST_F(Faults, AConfigurationReadAnewIsKeptWithTheNextBatch) {
  const auto commit = [&](const char* visitor) {
    auto batch = site->batch();
    site->arrive(batch, visitor, "hello");
    begin(site->sealed(std::move(batch)));
    return ends();
  };
  ASSERT_TRUE(commit("v1"));
  const auto before = redis("HGET fd:{main}:leader config");
  store->run_with("roster: 2", "hash-2");
  EXPECT_EQ(redis("HGET fd:{main}:leader config"), before) << "nothing is written beside a batch";
  ASSERT_TRUE(commit("v2"));
  EXPECT_EQ(redis("HGET fd:{main}:leader config"), "hash-2");
  EXPECT_EQ(redis("GET fd:{main}:config:hash-2"), "roster: 2");
  redis("DEL fd:{main}:config:hash-2");
  store->run_with("roster: 2", "hash-2");  // the same again
  ASSERT_TRUE(commit("v3"));
  EXPECT_EQ(redis("EXISTS fd:{main}:config:hash-2"), "0") << "control: written once";
}

}  // namespace
}  // namespace fd::store_test
