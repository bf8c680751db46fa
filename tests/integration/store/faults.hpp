#pragma once
// A leading store on a server of its own, and one commit under way.

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "tests/integration/store/cutting_proxy.hpp"
#include "tests/integration/store/rig.hpp"
#include "tests/support/store_records.hpp"

namespace fd::store_test {

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

}  // namespace fd::store_test
