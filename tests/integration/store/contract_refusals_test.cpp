// What a store refuses: to lead, to load, or to go on. On memory and on a real redis-server.

#include "tests/integration/store/contract.hpp"

namespace fd::store_test {
namespace {

TEST_P(Contract, AnErrorInsidePoisonsAndNobodyLeads) {
  auto site = lead(*store);
  auto contact = filled(site);
  rig->break_next(contact.id);
  auto batch = site.batch();
  site.say(batch, contact, {0, batch.now, Author::customer, MessageKind::text, "p1:2", {}, "x", {}});
  const auto failure = bad(store->commit(site.sealed(std::move(batch))));
  EXPECT_EQ(failure.code, Fail::poisoned);
  EXPECT_NE(rig->poisoned().find("2:"), std::string::npos) << rig->poisoned();
  EXPECT_NE(rig->poisoned().find("WRONGTYPE"), std::string::npos) << rig->poisoned();
  other = rig->open("r2");
  const auto refused = bad(other->acquire(wall));
  EXPECT_EQ(refused.code, Fail::refused);
  EXPECT_NE(refused.text.find("poisoned"), std::string::npos);
  EXPECT_EQ(bad(store->acquire(wall)).code, Fail::refused);
}

TEST_P(Contract, ADeletedLeaderStops) {
  auto site = lead(*store);
  filled(site);
  rig->delete_leader();
  auto batch = site.batch();
  batch.mutations.push_back(engine::PutCounter{"x", 1});
  EXPECT_EQ(bad(store->commit(site.sealed(std::move(batch)))).code, Fail::deleted);
  other = rig->open("r2");
  EXPECT_EQ(bad(other->acquire(wall)).code, Fail::refused);  // never made anew over a store with schema
}

TEST_P(Contract, ARolledBackStoreStops) {
  auto site = lead(*store);
  for (int i = 0; i < 3; ++i) {
    auto batch = site.batch();
    batch.mutations.push_back(engine::PutCounter{"x", 1});
    commit(*store, site.sealed(std::move(batch)));
  }
  rig->set_batch(1);
  auto batch = site.batch();
  batch.mutations.push_back(engine::PutCounter{"x", 2});
  const auto failure = bad(store->commit(site.sealed(std::move(batch))));
  EXPECT_EQ(failure.code, Fail::rolled_back);
  EXPECT_NE(failure.text.find("3"), std::string::npos);
  EXPECT_NE(failure.text.find("1"), std::string::npos);
}

TEST_P(Contract, ALoadRefusesWhatDoesNotAgree) {
  auto site = lead(*store);
  auto contact = filled(site);
  const auto refused = [&](auto spoil, const std::string& names) {
    auto batch = site.batch();
    spoil(batch);
    commit(*store, site.sealed(std::move(batch)));
    const auto failure = bad(store->load());
    EXPECT_EQ(failure.code, Fail::refused);
    EXPECT_NE(failure.text.find(names), std::string::npos) << failure.text;
    site = lead(*store);
  };
  good(store->load());  // sound so far
  const OrderKey stray{1, 5, ContactId(Ulid::make(5, 5, 5))};
  refused([&](Batch& b) { b.mutations.push_back(engine::QueueAdd{QueueName("vip"), stray}); }, "queue:vip");
  refused(
      [&](Batch& b) {
        b.mutations.push_back(engine::QueueRemove{QueueName("vip"), stray.id});
        b.mutations.push_back(engine::QueueAdd{QueueName("vip"), contact.key()});
      },
      "queue:vip");
  refused(
      [&](Batch& b) {
        b.mutations.push_back(engine::QueueRemove{QueueName("vip"), contact.id});
        b.mutations.push_back(engine::QueueRemove{contact.queue, contact.id});
      },
      "contact:" + contact.id.str());
  auto wrong = contact.key();
  wrong.start_ms += 1;
  refused([&](Batch& b) { b.mutations.push_back(engine::QueueAdd{contact.queue, wrong}); }, "queue:online");
  auto offered = contact;
  offered.offers = {{OfferId(Ulid::make(9, 9, 9)), AgentId("nobody"), OfferState::pending, Instant{9}, {}}};
  refused(
      [&](Batch& b) {
        b.mutations.push_back(engine::QueueAdd{contact.queue, contact.key()});
        site.change(b, contact, offered);
      },
      contact.id.str());
  auto state = offered;
  state.state = ContactState::offered;
  refused([&](Batch& b) { site.change(b, offered, state); }, "agent:nobody");
  refused(
      [&](Batch& b) {
        site.change(b, state, contact);
        b.mutations.push_back(engine::LiveAdd{stray.id});
      },
      stray.id.str());
  auto batch = site.batch();
  batch.mutations.push_back(engine::LiveRemove{stray.id, Duration{1000}});
  commit(*store, site.sealed(std::move(batch)));
  EXPECT_EQ(good(store->load()).contacts.size(), 2U);  // mended: it loads again
}

TEST_P(Contract, NothingBeforeTheLead) {
  Batch batch;
  batch.number = {1};
  batch.mutations.push_back(engine::PutCounter{"x", 1});
  EXPECT_FALSE(now(store->load()));
  other = rig->open("r2");
  lead(*other);
  EXPECT_FALSE(now(store->commit(batch)));
}

}  // namespace
}  // namespace fd::store_test
