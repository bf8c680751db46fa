// What only the store in memory has: times to live on site time, and no suspension. The contract is tests/integration.

#include "router/store/memory/memory_store.hpp"

#include <gtest/gtest.h>

#include "tests/support/running.hpp"
#include "tests/support/store_records.hpp"

namespace {

using namespace fd;
using namespace fd::store;
using namespace std::chrono_literals;

constexpr Instant wall{1'795'507'200'000};

class Memory : public testing::Test {
 protected:
  void SetUp() override { site.emplace(*test::result_of(io, store.acquire(wall))); }
  void commit(Batch batch) {
    const auto result = store.commit_now(site->sealed(std::move(batch)));
    ASSERT_TRUE(result) << result.error().text;
  }
  Batch later(Duration by) {  // a batch so much later
    auto batch = site->batch();
    batch.now = batch.now + by;
    batch.mutations.push_back(engine::PutCounter{"x", 1});
    return batch;
  }
  template <class T>
  T good(boost::asio::awaitable<boost::system::result<T, Failure>> work) {
    return *test::result_of(io, std::move(work));
  }
  boost::asio::io_context io{1};
  std::shared_ptr<MemoryServer> server = std::make_shared<MemoryServer>();
  MemoryStore store{server, "r1"};
  std::optional<test::Site> site;
};

TEST_F(Memory, ClosedContactsGoAfterTheirTime) {
  auto batch = site->batch();
  const auto contact = site->arrive(batch, "v1", "hello");
  const auto stays = site->arrive(batch, "v2", "hello");
  site->close(batch, contact);
  batch.mutations.push_back(engine::CaseExpire{contact.number, 24h});
  batch.mutations.push_back(engine::CaseExpire{stays.number, 24h});
  batch.mutations.push_back(engine::CasePersist{stays.number});
  commit(std::move(batch));
  commit(later(23h));
  EXPECT_TRUE(good(store.find_case(contact.number)));
  commit(later(29 * 24h));
  EXPECT_TRUE(good(store.contact(contact.id)));
  EXPECT_FALSE(good(store.find_case(contact.number)));
  EXPECT_TRUE(good(store.find_case(stays.number)));
  commit(later(31 * 24h));
  EXPECT_FALSE(good(store.contact(contact.id)));
  EXPECT_TRUE(good(store.lines(contact.id, 1, 9)).empty());
  EXPECT_TRUE(good(store.contact(stays.id)));
}

TEST_F(Memory, SessionsDuplicatesAndVisitorsGoTooUnlessWrittenAgain) {
  auto batch = site->batch();
  batch.mutations.push_back(engine::PutSession{SessionHash("s"), AgentId("a"), Instant{9}, 12h});
  const auto contact = site->arrive(batch, "v1", "hello");
  commit(std::move(batch));
  const auto seen = [&] { return store.look_up_now({"chat", "seen-v1", VisitorId("v1"), "", {}}); };
  commit(later(11h));
  EXPECT_TRUE(good(store.session(SessionHash("s"))));
  commit(later(13h));
  EXPECT_FALSE(good(store.session(SessionHash("s"))));
  EXPECT_TRUE(seen().seen);
  batch = later(20 * 24h);
  batch.mutations.push_back(engine::PutVisitor{Visitor{VisitorId("v1"), contact.id, {}, {}, {}}});
  commit(std::move(batch));
  EXPECT_FALSE(seen().seen);
  commit(later(40 * 24h));  // 30 days after the first write, not after the second
  EXPECT_TRUE(seen().visitor);
  commit(later(51 * 24h));
  EXPECT_FALSE(seen().visitor);
}

TEST_F(Memory, ASessionLivesAsLongAsItWasGiven) {
  auto batch = site->batch();
  batch.mutations.push_back(engine::PutSession{SessionHash("s"), AgentId("a"), Instant{9}, 60s});
  commit(std::move(batch));
  commit(later(59s));
  EXPECT_TRUE(good(store.session(SessionHash("s"))));
  commit(later(60s));
  EXPECT_FALSE(good(store.session(SessionHash("s"))));
}

TEST_F(Memory, CoroutinesEndWithoutTheLoop) {
  bool done = false;
  auto work = [&]() -> boost::asio::awaitable<void> {
    auto batch = later(1h);
    batch = site->sealed(std::move(batch));
    const auto result = co_await store.commit(std::move(batch));
    done = result.has_value();
  };
  boost::asio::co_spawn(io, work(), [](std::exception_ptr error) { EXPECT_FALSE(error); });
  io.restart();
  EXPECT_LE(io.poll(), 3U);  // the spawn itself and its end; nothing between
  EXPECT_TRUE(done);
}

TEST_F(Memory, EventsAreKeptOnRequest) {
  commit(later(1h));
  ASSERT_EQ(server->events().size(), 1U);
  EXPECT_EQ(server->events()[0].sequence, 1U);
  auto quiet = std::make_shared<MemoryServer>(false);
  MemoryStore other(quiet, "r1");
  test::Site there(*test::result_of(io, other.acquire(wall)));
  auto batch = there.batch();
  batch.mutations.push_back(engine::PutCounter{"x", 1});
  ASSERT_TRUE(other.commit_now(there.sealed(std::move(batch))));
  EXPECT_TRUE(quiet->events().empty());
}

}  // namespace
