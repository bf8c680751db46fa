// The contract of store.hpp, on memory and on a real redis-server.

#include "tests/integration/store/contract.hpp"

namespace fd::store_test {
namespace {

TEST_P(Contract, AnEmptyStoreIsLedFromTheStart) {
  const auto lead = good(store->acquire(wall));
  EXPECT_EQ(lead.router, "r1");
  EXPECT_EQ(lead.epoch, 1U);
  EXPECT_EQ(lead.batch.n, 0U);
  EXPECT_EQ(lead.sequence, 0U);
  EXPECT_EQ(lead.now, wall);
  const auto image = good(store->load());
  EXPECT_TRUE(image.contacts.empty());
  EXPECT_EQ(image.sequence, 0U);
}

TEST_P(Contract, AReloadGivesAnEqualImage) {
  auto site = lead(*store);
  const auto first = filled(site);
  const auto image = good(store->load());
  ASSERT_EQ(image.contacts.size(), 2U);
  EXPECT_EQ(image.contacts[0], first);
  ASSERT_EQ(image.agents.size(), 1U);
  EXPECT_EQ(image.agents[0].todo.front(), CaseNumber("20261124-000002"));  // a set: in its order
  EXPECT_EQ(image.agents[0].pages, (std::vector<PageCounter>{{"p9", 4}}));
  ASSERT_EQ(image.queues.size(), 1U);
  EXPECT_EQ(image.queues[0], (QueueState{QueueName("online"), true, AgentId("s1"), "lunch", AgentId("a1")}));
  EXPECT_EQ(image.cases.size(), 2U);
  EXPECT_EQ(image.visitors.size(), 2U);
  EXPECT_EQ(image.counters, (std::vector<std::pair<std::string, std::uint64_t>>{{"case:20261124", 1003}}));
  EXPECT_EQ(image.sequence, 1U);
  EXPECT_EQ(image.batch.n, 1U);
  EXPECT_EQ(image.now, site.now());
  other = rig->open("r2");
  const auto lead2 = good(other->acquire(Instant{5}));
  EXPECT_EQ(lead2.epoch, 2U);
  EXPECT_EQ(lead2.batch.n, 1U);
  EXPECT_EQ(lead2.sequence, 1U);
  EXPECT_EQ(lead2.now, site.now());  // max(stored, wall)
  const auto again = good(other->load());
  EXPECT_EQ(again.contacts, image.contacts);
  EXPECT_EQ(again.agents, image.agents);
  EXPECT_EQ(again.queues, image.queues);
  EXPECT_EQ(again.cases, image.cases);
  EXPECT_EQ(again.visitors, image.visitors);
  EXPECT_EQ(again.counters, image.counters);
  EXPECT_EQ(again.sequence, image.sequence);
}

TEST_P(Contract, JobsComeBackUntilTheyAreDropped) {
  auto site = lead(*store);
  const auto contact = filled(site);
  const Job first{9, ChannelName("s m%s"), contact.id, 3, site.now()};
  const Job second{10, ChannelName("wecom"), contact.id, 4, site.now()};
  auto batch = site.batch();
  batch.mutations.push_back(engine::PutJob{second});
  batch.mutations.push_back(engine::PutJob{first});
  commit(*store, site.sealed(std::move(batch)));
  EXPECT_EQ(good(store->load()).jobs, (std::vector<Job>{first, second})) << "in the order of their numbers";
  batch = site.batch();
  batch.mutations.push_back(engine::DropJob{9});
  batch.mutations.push_back(engine::DropJob{11});  // unknown: nothing to drop
  commit(*store, site.sealed(std::move(batch)));
  EXPECT_EQ(good(store->load()).jobs, std::vector<Job>{second});
  batch = site.batch();
  batch.mutations.push_back(engine::PutJob{Job{12, ChannelName("sms"), contact.id, 0, {}}});
  EXPECT_EQ(bad(store->commit(site.sealed(std::move(batch)))).code, Fail::refused) << "a job without its line";
}

TEST_P(Contract, ManyContactsComeBackPageByPage) {
  auto site = lead(*store);
  std::vector<Contact> made;
  for (int b = 0; b < 4; ++b) {
    auto batch = site.batch();
    for (int i = 0; i < 64; ++i) made.push_back(site.arrive(batch, "v" + std::to_string(b * 100 + i), "hello"));
    commit(*store, site.sealed(std::move(batch)));
  }
  std::sort(made.begin(), made.end(), [](const Contact& a, const Contact& b) { return a.id < b.id; });
  EXPECT_EQ(good(store->load()).contacts, made);
}

TEST_P(Contract, ASecondRouterFencesTheFirst) {
  auto site = lead(*store);
  const auto contact = filled(site);
  other = rig->open("r2");
  auto site2 = lead(*other);
  auto batch = site.batch();
  site.close(batch, contact);
  batch = site.sealed(std::move(batch));
  const auto failure = bad(store->commit(batch));
  EXPECT_EQ(failure.code, Fail::fenced);
  EXPECT_NE(failure.text.find("r2"), std::string::npos);
  EXPECT_EQ(good(other->contact(contact.id))->state, ContactState::queued);  // nothing of it was applied
  EXPECT_EQ(bad(store->commit(batch)).code, Fail::fenced);                   // and it stays so
  EXPECT_EQ(bad(store->commit(Batch{})).code, Fail::fenced);                 // not even an empty one
  auto theirs = site2.batch();
  site2.close(theirs, contact);
  EXPECT_EQ(commit(*other, site2.sealed(std::move(theirs))), 2U);
  EXPECT_EQ(good(other->contact(contact.id))->state, ContactState::closed);
}

TEST_P(Contract, ABatchIsNumberedAndAnEmptyOneTakesNoNumber) {
  auto site = lead(*store);
  EXPECT_EQ(commit(*store, Batch{}), 0U);
  filled(site);
  Batch empty;
  empty.number = {1};
  EXPECT_EQ(commit(*store, empty), 1U);
  auto skipped = site.batch();
  skipped = site.batch();
  skipped.mutations.push_back(engine::PutCounter{"x", 1});
  skipped.sequence = 1;
  EXPECT_EQ(bad(store->commit(skipped)).code, Fail::refused);
}

TEST_P(Contract, WhatIsNotEventStillCommits) {  // a read mark: no event, no sequence
  auto site = lead(*store);
  auto contact = filled(site);
  auto batch = site.batch();
  auto read = contact;
  read.read_agent = 1;
  site.change(batch, contact, read);
  batch.sequence = 1;
  EXPECT_EQ(commit(*store, batch), 2U);
  EXPECT_EQ(good(store->load()).contacts[0].read_agent, 1U);
}

TEST_P(Contract, LinesNotesFactsAndHistory) {
  auto site = lead(*store);
  auto contact = filled(site);
  for (int i = 2; i <= 5; ++i) {
    auto batch = site.batch();
    Line line;
    line.at = batch.now;
    line.by = i % 2 == 0 ? Author::agent : Author::system;
    line.kind = i % 2 == 0 ? MessageKind::text : MessageKind::event;
    line.agent = AgentId("a1");
    line.text = "line " + std::to_string(i) + " \"quoted\" 你好";
    line.name = "王伟";
    site.say(batch, contact, line);
    batch.mutations.push_back(
        engine::AppendNote{contact.id, {batch.now, AgentId("a1"), "note " + std::to_string(i)}, {}});
    commit(*store, site.sealed(std::move(batch)));
  }
  const auto all = good(store->lines(contact.id, 1, UINT64_MAX));
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0].text, "one");
  EXPECT_EQ(all[4].text, "line 5 \"quoted\" 你好");
  EXPECT_EQ(all[4].name, "王伟");
  EXPECT_EQ(all[4].seq, 5U);
  const auto some = good(store->lines(contact.id, 2, 3));
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some[0], all[1]);
  EXPECT_TRUE(good(store->lines(contact.id, 9, 12)).empty());
  EXPECT_TRUE(good(store->lines(contact.id, 3, 2)).empty());
  EXPECT_EQ(good(store->notes(contact.id)).size(), 4U);
  EXPECT_EQ(good(store->notes(contact.id))[1].text, "note 3");
  EXPECT_EQ(good(store->facts(contact.id)), std::string(R"({"rule":"default"})"));
  EXPECT_EQ(*good(store->contact(contact.id)), contact);
  EXPECT_EQ(good(store->find_case(contact.number))->contact, contact.id);
  EXPECT_EQ(good(store->contacts_of(contact.customer)), std::vector<ContactId>{contact.id});
  EXPECT_EQ(good(store->visitor(contact.visitor))->contact, contact.id);
  EXPECT_FALSE(good(store->contact(ContactId(Ulid::make(1, 1, 1)))));
  EXPECT_FALSE(good(store->find_case(CaseNumber("none"))));
  EXPECT_FALSE(good(store->visitor(VisitorId("none"))));
  EXPECT_FALSE(good(store->facts(ContactId(Ulid::make(1, 1, 1)))));
}

TEST_P(Contract, TheRecordOfInputsIsReadFromAnEventOn) {
  auto site = lead(*store);
  EXPECT_TRUE(good(store->events(1, 10)).empty());
  const auto contact = filled(site);
  for (int i = 0; i < 4; ++i) commit(*store, site.sealed(site.batch()));
  const auto all = good(store->events(0, 10));
  ASSERT_EQ(all.size(), 5U);
  const auto some = good(store->events(all[1].sequence, 2));
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some[0].sequence, 2U);
  EXPECT_EQ(some[1].sequence, 3U);
  EXPECT_EQ(some[1].input, R"({"type":"tick"})");
  EXPECT_EQ(some[1].transitions, "[]");
  EXPECT_EQ(some[1].rules, "00ff");
  EXPECT_EQ(some[1].at, all[2].at);
  EXPECT_GT(some[1].at, some[0].at);
  EXPECT_LE(contact.id.ulid().sequence(), all[0].sequence);  // an id says where its story begins
  EXPECT_TRUE(good(store->events(6, 10)).empty());
}

TEST_P(Contract, NewestFiftyContactsOfACustomerAndOfAnAgent) {
  auto site = lead(*store);
  std::vector<ContactId> ids;
  auto batch = site.batch();
  for (std::uint64_t i = 1; i <= 60; ++i) {
    ids.insert(ids.begin(), ContactId(Ulid::make(wall.ms, i, i)));
    batch.mutations.push_back(engine::CustomerContact{CustomerId("c"), ids.front()});
    batch.mutations.push_back(engine::AgentContact{AgentId("a1"), ids.front()});
  }
  commit(*store, site.sealed(std::move(batch)));
  ids.resize(50);
  EXPECT_EQ(good(store->contacts_of(CustomerId("c"))), ids);
  EXPECT_EQ(good(store->done_by(AgentId("a1"))), ids);
  EXPECT_TRUE(good(store->done_by(AgentId("a2"))).empty());
}

// The desk was opened, nobody went online, and the router died: the row of memory was never written whole.
TEST_P(Contract, AnAgentWhoNeverWentOnline) {
  auto site = lead(*store);
  const auto before = std::make_shared<Agent>();
  before->id = AgentId("a1");
  auto after = std::make_shared<Agent>(*before);
  after->attached = true;
  auto batch = site.batch();
  batch.mutations.push_back(engine::PutAgent{before, after});
  commit(*store, site.sealed(std::move(batch)));
  const auto image = good(store->load());
  ASSERT_EQ(image.agents.size(), 1U);
  EXPECT_EQ(image.agents[0], *after);
}

TEST_P(Contract, Sessions) {
  auto site = lead(*store);
  auto batch = site.batch();
  batch.mutations.push_back(
      engine::PutSession{SessionHash("ff"), AgentId("a1"), Instant{77}, std::chrono::seconds{60}});
  batch.mutations.push_back(
      engine::PutSession{SessionHash("ee"), AgentId("a2"), Instant{77}, std::chrono::seconds{60}});
  batch.mutations.push_back(engine::PutSession{SessionHash("dd"), AgentId("a3"), Instant{77}, Duration{40}});
  batch.mutations.push_back(engine::DropSession{SessionHash("ee")});
  commit(*store, site.sealed(std::move(batch)));
  const auto found = good(store->session(SessionHash("ff")));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->agent, AgentId("a1"));
  EXPECT_EQ(found->until, Instant{77});
  EXPECT_FALSE(good(store->session(SessionHash("ee"))));
  const auto ended = [&] {  // site time goes on with each batch, the server's by itself
    commit(*store, site.sealed(site.batch()));
    return !good(store->session(SessionHash("dd")));
  };
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!ended()) ASSERT_LT(std::chrono::steady_clock::now(), patience);
  EXPECT_TRUE(good(store->session(SessionHash("ff")))) << "each has its own life";
  batch = site.batch();
  batch.mutations.push_back(
      engine::PutSession{SessionHash("ee"), AgentId("a2"), Instant{77}, std::chrono::seconds{60}, true});
  batch.mutations.push_back(engine::PutSession{SessionHash("ff"), AgentId("a1"), Instant{78}, Duration{40}, true});
  commit(*store, site.sealed(std::move(batch)));
  EXPECT_FALSE(good(store->session(SessionHash("ee")))) << "signed out before it was touched";
  const auto gone = [&] {
    commit(*store, site.sealed(site.batch()));
    return !good(store->session(SessionHash("ff")));
  };
  while (!gone()) ASSERT_LT(std::chrono::steady_clock::now(), patience) << "the life is set anew";
}

TEST_P(Contract, ClosedContactsHaveATimeToLive) {
  auto site = lead(*store);
  auto contact = filled(site);
  EXPECT_FALSE(rig->keeps(contact.id));
  auto batch = site.batch();
  site.close(batch, contact);
  batch.mutations.push_back(engine::CaseExpire{contact.number, Duration{30LL * 86'400'000}});
  commit(*store, site.sealed(std::move(batch)));
  const auto keeps = rig->keeps(contact.id);
  ASSERT_TRUE(keeps);
  EXPECT_GT(*keeps, Duration{29LL * 86'400'000});
  EXPECT_LE(*keeps, Duration{30LL * 86'400'000});
  EXPECT_EQ(good(store->load()).contacts.size(), 1U);
  EXPECT_EQ(good(store->contact(contact.id))->reason, CloseReason::resolved);  // still readable
}

TEST_P(Contract, LookUpOfSomebodyNew) {
  lead(*store);
  const auto facts = good(store->look_up({"chat", "d", VisitorId("v9"), "p1:1", {{"visitor", "digest-v9"}}}));
  EXPECT_FALSE(facts.seen || facts.visitor || facts.customer || facts.previous || facts.previous_case);
}

TEST_P(Contract, AProbeFindsAnotherLeaderOrNone) {
  lead(*store);
  EXPECT_FALSE(now(store->probe()));
  other = rig->open("r2");
  auto theirs = lead(*other);
  EXPECT_FALSE(now(other->probe()));
  const auto why = now(store->probe()).value_or("");
  EXPECT_NE(why.find("router r2, epoch 2"), std::string::npos) << why;
  EXPECT_EQ(commit(*other, theirs.sealed(theirs.batch())), 1U);
  rig->delete_leader();
  EXPECT_TRUE(now(other->probe()));
}

TEST_P(Contract, LookUpFindsDuplicatesAndCustomers) {
  auto site = lead(*store);
  auto contact = filled(site);
  auto facts = good(store->look_up({"chat", "seen-v1", {}, "", {}}));
  ASSERT_TRUE(facts.seen);
  EXPECT_EQ(facts.seen->contact, contact.id);
  EXPECT_EQ(facts.seen->seq, 1U);
  EXPECT_EQ(facts.seen->number, contact.number);
  facts = good(store->look_up({"mail", "seen-v1", {}, "", {{"phone", "none"}, {"visitor", "digest-v2"}}}));
  EXPECT_FALSE(facts.seen);  // of another channel
  EXPECT_EQ(facts.customer->id, CustomerId("c-v2"));
  facts = good(store->look_up({"chat", "", VisitorId("v1"), "p1:2", {}}));
  EXPECT_FALSE(facts.seen);  // n above the counter: new
  EXPECT_EQ(facts.visitor->contact, contact.id);
  EXPECT_EQ(facts.customer->id, contact.customer);
  EXPECT_FALSE(facts.previous);  // live: the engine knows it
  facts = good(store->look_up({"chat", "", VisitorId("v1"), "p1:1", {}}));
  ASSERT_TRUE(facts.seen);
  EXPECT_EQ(facts.seen->seq, 1U);
  EXPECT_EQ(facts.seen->number, contact.number);
  facts = good(store->look_up({"chat", "", VisitorId("v3"), "p1:2", {}}));
  ASSERT_TRUE(facts.previous);  // closed
  EXPECT_EQ(facts.previous->state, ContactState::closed);
  EXPECT_EQ(facts.previous_case->number, facts.previous->number);
}

TEST_P(Contract, ACidIsFoundInTheLastTwoContactsOfAVisitor) {
  auto site = lead(*store);
  auto batch = site.batch();
  const auto old = site.arrive(batch, "v1", "old");  // cid p1:1
  site.close(batch, old);
  auto fresh = site.arrive(batch, "v1", "fresh");
  auto& m = batch.mutations;
  for (std::uint64_t i = 2; i <= 230; ++i) {  // more than are searched
    Line line;
    line.at = batch.now;
    line.cid = "p2:" + std::to_string(i);
    line.by = i % 100 == 50 ? Author::agent : Author::customer;
    site.say(batch, fresh, line);
  }
  m.push_back(engine::PutVisitor{Visitor{VisitorId("v1"), fresh.id, old.id, fresh.customer, {{"p1", 1}, {"p2", 230}}}});
  commit(*store, site.sealed(std::move(batch)));
  const auto ask = [&](const std::string& cid) {
    return good(store->look_up({"chat", "", VisitorId("v1"), cid, {}})).seen;
  };
  EXPECT_EQ(ask("p2:230")->seq, 230U);
  EXPECT_EQ(ask("p2:31")->seq, 31U);
  EXPECT_FALSE(ask("p2:30"));   // the 201st from the end
  EXPECT_FALSE(ask("p2:150"));  // an agent's line is no customer's message
  EXPECT_FALSE(ask("p2:231"));
  EXPECT_EQ(ask("p1:1")->contact, old.id);  // fresh's own p1:1 is out of reach
  EXPECT_FALSE(ask("p7:1"));
}

INSTANTIATE_TEST_SUITE_P(Stores, Contract, testing::Values("memory", "unix", "tcp", "acl"),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace
}  // namespace fd::store_test
