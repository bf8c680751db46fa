#pragma once
// One fixture for the contract of store.hpp on every store there is.

#include <gtest/gtest.h>

#include "tests/integration/store/rig.hpp"
#include "tests/support/store_records.hpp"

namespace fd::store_test {

using namespace fd::store;
using test::finish;
using test::Rig;
using test::Site;

constexpr Instant wall{1'795'507'200'000};

class Contract : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string kind = GetParam();
    if (kind == "memory")
      rig = std::make_unique<test::MemoryRig>();
    else
      rig = std::make_unique<test::RedisRig>(kind != "unix");
    if (kind == "acl") redis().use_documented_user();
    store = rig->open("r1");
  }
  void TearDown() override {
    rig->close(*store);
    if (other) rig->close(*other);
    if (std::string(GetParam()) != "acl") return;
    EXPECT_EQ(redis().server.command("ACL LOG"), "") << "every command and key that was refused";
  }
  test::RedisRig& redis() { return dynamic_cast<test::RedisRig&>(*rig); }

  template <class T>
  T now(boost::asio::awaitable<T> work) {
    return finish(rig->io, std::move(work));
  }
  template <class T>
  T good(boost::asio::awaitable<boost::system::result<T, Failure>> work) {
    auto result = now(std::move(work));
    if (!result) throw std::runtime_error(result.error().text);
    return std::move(*result);
  }
  template <class T>
  Failure bad(boost::asio::awaitable<boost::system::result<T, Failure>> work) {
    auto result = now(std::move(work));
    if (result) throw std::runtime_error("it did not fail");
    return result.error();
  }
  Site lead(Store& s) { return Site(good(s.acquire(wall))); }
  std::uint64_t commit(Store& s, Batch batch) { return good(s.commit(std::move(batch))).batch().n; }
  // A site with three contacts, one of them closed; the Image it must load as is what the store says itself.
  Contact filled(Site& site) {
    auto batch = site.batch();
    auto first = site.arrive(batch, "v1", "one");
    site.arrive(batch, "v2", "two");
    const auto gone = site.arrive(batch, "v3", "three");
    site.close(batch, gone);
    Agent agent;
    agent.id = AgentId("a1");
    agent.presence = Presence::available;
    agent.todo = {CaseNumber("20261124-000009"), CaseNumber("20261124-000002")};
    agent.pages = {{"p9", 4}};
    batch.mutations.push_back(engine::PutAgent{nullptr, std::make_shared<Agent>(agent)});
    batch.mutations.push_back(
        engine::PutQueueState{{QueueName("online"), true, AgentId("s1"), "lunch", AgentId("a1")}});
    commit(*store, site.sealed(std::move(batch)));
    return first;
  }

  std::unique_ptr<Rig> rig;
  std::unique_ptr<Store> store, other;
};

}  // namespace fd::store_test
