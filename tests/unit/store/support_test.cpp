// The wrappers that other tests trust: each does what it says, and the early receipt really loses what it promised.

#include <gtest/gtest.h>

#include <set>

#include "router/store/memory/memory_store.hpp"
#include "tests/support/faulty_store.hpp"
#include "tests/support/running.hpp"
#include "tests/support/store_records.hpp"

namespace {

using namespace fd;
using namespace fd::store;
using test::Fault;
using test::FaultyStore;
using Committed = std::optional<boost::system::result<Receipt, Failure>>;

class Wrapped : public testing::Test {
 protected:
  void SetUp() override { site.emplace(*test::result_of(io, inner.acquire(Instant{1'795'507'200'000}))); }
  Batch batch() {
    auto b = site->batch();
    b.mutations.push_back(engine::PutCounter{"x", ++value});
    return site->sealed(std::move(b));
  }
  void begin(Store& store, Batch b, Committed& out) {
    auto work = [](Store& s, Batch one, Committed& result) -> boost::asio::awaitable<void> {
      result.emplace(co_await s.commit(std::move(one)));
    };
    boost::asio::co_spawn(io, work(store, std::move(b), out), [](std::exception_ptr error) { EXPECT_FALSE(error); });
    test::settle(io);
  }
  Committed commit(Store& store) {
    Committed out;
    begin(store, batch(), out);
    EXPECT_TRUE(test::run_until(io, [&] { return out.has_value(); }));
    return out;
  }
  [[nodiscard]] std::uint64_t stored() const { return server->leader->batch; }

  boost::asio::io_context io{1};
  std::shared_ptr<MemoryServer> server = std::make_shared<MemoryServer>();
  MemoryStore inner{server, "r1"};
  std::optional<test::Site> site;
  std::uint64_t value = 0;
};

TEST_F(Wrapped, LostReplyIsCommittedBeforeTheCallerKnows) {
  FaultyStore store(io, inner);
  store.script({Fault::Kind::lost_reply, Duration{30}});
  Committed out;
  begin(store, batch(), out);
  EXPECT_EQ(stored(), 1U);
  EXPECT_FALSE(out);
  EXPECT_TRUE(store.trouble());
  ASSERT_TRUE(test::run_until(io, [&] { return out.has_value(); }));
  EXPECT_EQ((**out).batch().n, 1U);
  EXPECT_FALSE(store.trouble());
}

TEST_F(Wrapped, RefusedIsNotCommittedUntilItPasses) {
  FaultyStore store(io, inner);
  std::vector<Duration> waited;
  store.wait = [&](Duration d) -> boost::asio::awaitable<void> {
    waited.push_back(d);
    EXPECT_EQ(stored(), 0U);
    EXPECT_TRUE(store.trouble()->starts_with("OOM"));
    co_return;
  };
  store.script({Fault::Kind::refused, Duration{5000}});
  EXPECT_TRUE(*commit(store));
  EXPECT_EQ(waited, std::vector<Duration>{Duration{5000}});  // simulated time, no clock
  EXPECT_EQ(stored(), 1U);
}

TEST_F(Wrapped, StalledUntilReleased) {
  FaultyStore store(io, inner);
  store.script({Fault::Kind::stalled, {}});
  Committed out;
  begin(store, batch(), out);
  EXPECT_TRUE(store.stalled());
  EXPECT_FALSE(out);
  EXPECT_EQ(stored(), 0U);
  store.release();
  ASSERT_TRUE(test::run_until(io, [&] { return out.has_value(); }));
  EXPECT_TRUE(*out);
  EXPECT_EQ(store.committed(), 1U);
}

TEST_F(Wrapped, FencedTakenOverAndPoisonedStay) {
  for (const auto& [kind, code, applied] :
       {std::tuple(Fault::Kind::fenced, Fail::fenced, 0U), std::tuple(Fault::Kind::taken_over, Fail::taken_over, 1U),
        std::tuple(Fault::Kind::poisoned, Fail::poisoned, 0U)}) {
    server = std::make_shared<MemoryServer>();
    MemoryStore fresh(server, "r1");
    site.emplace(*test::result_of(io, fresh.acquire(Instant{1})));
    FaultyStore store(io, fresh);
    store.script({kind, {}});
    EXPECT_EQ(commit(store)->error().code, code);
    EXPECT_EQ(stored(), applied);
    EXPECT_EQ(commit(store)->error().code, code);
    EXPECT_EQ(stored(), applied);
  }
}

TEST_F(Wrapped, ASeedDrawsTheSameFaults) {
  const auto drawn = [&](std::uint64_t seed) {
    auto fresh_server = std::make_shared<MemoryServer>();
    MemoryStore fresh(fresh_server, "r1");
    site.emplace(*test::result_of(io, fresh.acquire(Instant{1})));
    FaultyStore store(io, fresh);
    store.seed(seed, 3, Duration{1000});
    store.wait = [](Duration) -> boost::asio::awaitable<void> { co_return; };
    std::vector<std::pair<Fault::Kind, std::uint64_t>> faults;
    store.drawn = [&](Fault::Kind kind, std::uint64_t n) { faults.emplace_back(kind, n); };
    Committed out;
    for (int i = 0; i < 200 && (i == 0 || *out); ++i) {  // until the lead ends
      out.reset();
      begin(store, batch(), out);
      test::settle(io);
      if (store.stalled()) store.release();
      EXPECT_TRUE(test::run_until(io, [&] { return out.has_value(); }));
    }
    EXPECT_FALSE(*out);
    return faults;
  };
  const auto first = drawn(7);
  EXPECT_GT(first.size(), 1U);
  EXPECT_EQ(drawn(7), first);
  EXPECT_NE(drawn(8), first);
  std::set<Fault::Kind> all;
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (const auto& [kind, n] : drawn(seed)) all.insert(kind);
  EXPECT_EQ(all.size(), 6U) << "each kind is drawn by some seed";
}

TEST_F(Wrapped, AnEarlyReceiptLosesWhatItPromised) {
  test::EarlyReceiptStore store(io, inner);
  Committed out;
  std::uint64_t behind = 99;
  auto work = [&](Batch one, bool crash) -> boost::asio::awaitable<void> {
    out.emplace(co_await store.commit(std::move(one)));
    behind = stored();
    if (crash) store.drop();
  };
  const auto failed = [](std::exception_ptr error) { EXPECT_FALSE(error); };
  const auto first = batch();
  boost::asio::co_spawn(io, work(first, true), failed);
  test::settle(io);
  ASSERT_TRUE(out);
  EXPECT_EQ((**out).batch().n, 1U);  // said
  EXPECT_EQ(behind, 0U);
  EXPECT_EQ(stored(), 0U);  // and not kept
  boost::asio::co_spawn(io, work(first, false), failed);
  test::settle(io);
  EXPECT_EQ(behind, 0U);
  EXPECT_EQ(stored(), 1U);  // without a crash nobody notices
  EXPECT_EQ(store.waiting(), 0U);
}

}  // namespace
