// Order and choice (routing-semantics §5.4).
#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

Settings with(Strategy strategy) {
  Settings s = small_settings();
  s.queues[QueueName("online")].strategy = strategy;
  s.roster[AgentId("a3")] = s.roster[AgentId("a2")];
  s.roster[AgentId("a3")].id = AgentId("a3");
  return s;
}

Classification plain(Priority p = Priority::medium, std::vector<SkillNeed> needs = {}) {
  Classification c;
  c.queue = QueueName("online");
  c.priority = p;
  c.needs = std::move(needs);
  return c;
}

string owner_of_offer(const SmallSite& s, ContactId c) {
  return s.row(c)->offers.empty() ? "-" : s.row(c)->offers.front().agent.str();
}

// Work goes round: who has just been given something, or is being asked, is no longer the one who waited longest.
TEST(Choice, LongestIdleSharesTheWork) {
  for (const bool answered : {true, false}) {
    SmallSite s(with(Strategy::longest_idle));
    s.desk("a1");
    s.wait(1s);
    s.desk("a2");
    s.wait(1s);
    string who;
    for (int i = 0; i < 4; ++i) {
      const ContactId c = s.chat("v" + std::to_string(i));
      who += owner_of_offer(s, c) + " ";
      s.wait(1s);
      if (answered) s.accept(s.row(c)->offers.front().agent.str(), c);
    }
    EXPECT_EQ(who, "a1 a2 a1 a2 ") << (answered ? "accepted one by one" : "all at once, nobody has answered yet");
    s.restart();  // the same order after a reload
  }
}

TEST(Order, BandThenAgeLessHeadStartThenId) {
  SmallSite s;
  const ContactId low = s.chat("low", plain(Priority::low));
  s.wait(1s);
  const ContactId one = s.chat("one"), two = s.chat("two");
  s.wait(299s);
  const ContactId high = s.chat("high", plain(Priority::high));
  s.wait(10min);
  Classification rescue = plain();
  rescue.band = 0;
  const ContactId vip = s.chat("vip", rescue);
  std::vector<ContactId> line;
  s.engine.walk(QueueName("online"), [&](std::size_t, ContactId id) { return line.push_back(id), true; });
  EXPECT_EQ(line, (std::vector<ContactId>{vip, high, one, two, low}))
      << "300 s of head start are worth 300 s of waiting, exactly";
}

TEST(Order, AHeadStartByTransferOutlivesAnotherPriority) {
  struct Given {
    Priority priority;
    Duration advantage;
  };
  for (const auto& [priority, advantage] :
       {Given{Priority::high, 600s}, Given{Priority::medium, 300s}, Given{Priority::low, 0s}}) {
    SmallSite s;
    s.desk("a1");
    const ContactId c = s.chat("v1");
    s.accept("a1", c);
    s.transfer("a1", c, "vip");
    EXPECT_EQ(s.row(c)->key().start_ms, s.row(c)->virtual_start.ms - 300'000);
    s.apply(Reprioritise{s.from("s1"), c, s.row(c)->v, Priority::low, "quiet"});
    s.apply(Reprioritise{s.from("s1"), c, s.row(c)->v, priority, "angry"});
    EXPECT_EQ(s.row(c)->virtual_start - Instant{s.row(c)->key().start_ms}, advantage) << word(priority);
    s.restart();
    EXPECT_EQ(s.row(c)->virtual_start - Instant{s.row(c)->key().start_ms}, advantage) << word(priority);
  }
}

TEST(Order, TheLongestWaitIsTheOldestsWhereverItStands) {
  SmallSite s;
  const ContactId low = s.chat("low", plain(Priority::low));
  const auto oldest = [&] {
    for (const auto& queue : s.engine.queues())
      if (queue.state.name.str() == "online") return queue.oldest;
    return Instant{};
  };
  const Instant first = s.now;
  s.wait(1s);
  for (int i = 0; i < 80; ++i) s.chat("v" + std::to_string(i));
  EXPECT_EQ(oldest(), first) << "eighty stand before it";
  s.end(low);
  EXPECT_EQ(oldest(), first + 1s);
}

TEST(Order, AheadIsWhatTheNextOneFinds) {
  SmallSite s;
  EXPECT_EQ(s.engine.ahead(plain(), s.now), 0U);
  s.chat("slow", plain(Priority::low));
  s.chat("one");
  s.wait(1s);
  s.chat("two");
  for (const Priority p : {Priority::low, Priority::medium, Priority::high}) {
    const std::size_t ahead = s.engine.ahead(plain(p), s.now);
    const ContactId c = s.chat(string(word(p)), plain(p));
    EXPECT_EQ(s.engine.place(c)->position, ahead + 1) << word(p);
    s.end(c);
  }
  Classification nowhere = plain();
  nowhere.queue = QueueName("closed down");
  EXPECT_EQ(s.engine.ahead(nowhere, s.now), s.engine.ahead(plain(), s.now)) << "the default queue takes it";
}

TEST(Order, AnIneligibleHeadNeverBlocks) {
  Settings settings = small_settings();
  settings.roster[AgentId("a1")].skills["en"] = 2;
  SmallSite s(settings);
  const ContactId french = s.chat("v1", plain(Priority::medium, {{"fr", 1}}));
  const ContactId hard = s.chat("v2", plain(Priority::medium, {{"en", 3}}));
  const ContactId fits = s.chat("v3", plain(Priority::medium, {{"en", 2}}));
  s.desk("a1");
  EXPECT_EQ(s.show(french), "queued");
  EXPECT_EQ(s.show(hard), "queued");
  EXPECT_EQ(s.show(fits), "offered offer a1");
  EXPECT_EQ(s.engine.why_not(AgentId("a1"), hard), "skill en 2 < 3");
}

TEST(Order, OverflowKeepsTheStartAndHops) {
  Settings settings = small_settings();
  settings.queues[QueueName("online")].max_wait = 60s;
  settings.queues[QueueName("online")].overflow = QueueName("vip");
  settings.queues[QueueName("vip")].max_wait = 60s;
  settings.queues[QueueName("vip")].overflow = QueueName("online");
  SmallSite s(settings);
  const ContactId c = s.chat("v1");
  const Instant began = s.row(c)->virtual_start;
  s.pass(60s);
  EXPECT_EQ(s.show(c), "queued in vip");
  EXPECT_EQ(s.row(c)->virtual_start, began);
  s.pass(20min);
  EXPECT_EQ(s.show(c), "queued") << "a loop ends in the default queue";
  EXPECT_EQ(s.row(c)->hops, 8U);
}

TEST(Order, OverflowOfAnOfferedContactWaitsForTheOffersEnd) {
  Settings settings = small_settings();
  settings.queues[QueueName("online")].max_wait = 30s;
  settings.queues[QueueName("online")].overflow = QueueName("vip");
  SmallSite s(settings);
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.pass(40s);
  EXPECT_EQ(s.show(c), "offered offer a1");
  s.decline("a1", c);
  EXPECT_EQ(s.show(c), "queued in vip");
}

TEST(Order, TtlTakesTheFallbackOnceAndSaysSoAgain) {
  SmallSite s;
  Classification c = plain();
  c.queue = QueueName("vip");
  const ContactId id = s.chat("v1", c);
  s.pass(24h);
  EXPECT_EQ(s.show(id), "queued");
  EXPECT_TRUE(s.row(id)->ttl_fired);
  s.pass(24h);
  EXPECT_EQ(s.show(id), "queued") << "kept until the customer agrees that it is solved";
}

TEST(Order, TtlOfAnOfferedContactWaitsAndDoesNotStarveOthers) {
  Settings settings = small_settings();
  settings.queues[QueueName("vip")].ttl = 10s;
  settings.roster[AgentId("a1")].teams.push_back({QueueName("vip"), 1, 0s});
  SmallSite s(settings);
  s.desk("a1");
  Classification c = plain();
  c.queue = QueueName("vip");
  const ContactId id = s.chat("v1", c);
  s.pass(20s);
  EXPECT_EQ(s.show(id), "offered in vip offer a1");
  EXPECT_GT(s.engine.next_due(), s.now) << "nothing is due that cannot be done";
  s.decline("a1", id);
  EXPECT_EQ(s.row(id)->queue.str(), "online") << "at the offer's end, in the same step";
}

TEST(Choice, LongestIdle) {
  SmallSite s(with(Strategy::longest_idle));
  for (const char* a : {"a3", "a1", "a2"}) s.desk(a), s.wait(1s);
  EXPECT_EQ(owner_of_offer(s, s.chat("v1")), "a3");
}

TEST(Choice, LeastLoaded) {
  SmallSite s(with(Strategy::least_loaded));
  for (const char* a : {"a3", "a1", "a2"}) s.desk(a), s.wait(1s);
  EXPECT_EQ(owner_of_offer(s, s.chat("v1")), "a3");
  EXPECT_EQ(owner_of_offer(s, s.chat("v2")), "a1");
  EXPECT_EQ(owner_of_offer(s, s.chat("v3")), "a2");
  EXPECT_EQ(owner_of_offer(s, s.chat("v4")), "a3");
}

TEST(Choice, RoundRobinAlsoAcrossARestart) {
  SmallSite s(with(Strategy::round_robin));
  for (const char* a : {"a1", "a2", "a3"}) s.desk(a);
  EXPECT_EQ(owner_of_offer(s, s.chat("v1")), "a1");
  EXPECT_EQ(owner_of_offer(s, s.chat("v2")), "a2");
  s.restart();
  s.pause("online");
  for (const char* a : {"a1", "a2", "a3"}) s.attach(a);
  const ContactId c = s.chat("v3", [] {
    Classification x = plain();
    x.band = 0;
    return x;
  }());
  s.pause("online", false);
  EXPECT_EQ(owner_of_offer(s, c), "a3") << "the cursor is stored";
}

TEST(Choice, TopDownByRank) {
  Settings settings = with(Strategy::top_down);
  settings.roster[AgentId("a1")].teams[0].rank = 3;
  settings.roster[AgentId("a2")].teams[0].rank = 1;
  settings.roster[AgentId("a3")].teams[0].rank = 2;
  SmallSite s(settings);
  for (const char* a : {"a1", "a3", "a2"}) s.desk(a), s.wait(1s);
  for (const char* want : {"a2", "a2", "a2", "a2", "a3"})
    EXPECT_EQ(owner_of_offer(s, s.chat(string("v") + std::to_string(s.body))), want);
}

TEST(Choice, TheStrategyAlsoDecidesWhenALineIsResumed) {
  Settings settings = with(Strategy::top_down);
  settings.roster[AgentId("a1")].teams[0].rank = 3;
  settings.roster[AgentId("a2")].teams[0].rank = 1;
  settings.roster[AgentId("a3")].teams[0].rank = 2;
  SmallSite s(settings);
  s.pause("online");
  for (const char* a : {"a1", "a3", "a2"}) s.desk(a), s.wait(1s);
  const ContactId c = s.chat("v1");
  EXPECT_EQ(s.show(c), "queued");
  s.pause("online", false);
  EXPECT_EQ(owner_of_offer(s, c), "a2");
}

TEST(Choice, AnAgentsRankOfQueuesComesBeforeAge) {
  Settings settings = small_settings();
  settings.roster[AgentId("a1")].teams = {{QueueName("online"), 2, 0s}, {QueueName("vip"), 1, 0s}};
  SmallSite s(settings);
  s.chat("v1");
  s.wait(60s);
  Classification c = plain();
  c.queue = QueueName("vip");
  const ContactId young = s.chat("v2", c);
  s.settings.roster[AgentId("a1")].capacity = 25;
  s.apply(Roster{1, s.settings.roster});
  s.desk("a1");
  EXPECT_EQ(owner_of_offer(s, young), "a1");
}

TEST(Choice, DelayOpensLaterAlsoAfterARosterChange) {
  SmallSite s;
  s.desk("a1");
  const ContactId first = s.chat("v0");
  s.end(first);
  s.settings.roster[AgentId("a1")].teams[0].delay = 20s;
  s.apply(Roster{1, s.settings.roster});
  const ContactId c = s.chat("v1");
  EXPECT_EQ(s.show(c), "queued");
  s.settings.roster[AgentId("a1")].teams[0].delay = 30s;
  s.apply(Roster{1, s.settings.roster});
  s.pass(29s);
  EXPECT_EQ(s.show(c), "queued");
  s.pass(1s);
  EXPECT_EQ(s.show(c), "offered offer a1");
}

TEST(Choice, CapacityByCostOfTheChannel) {
  SmallSite s;
  s.desk("a1");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(s.show(s.chat("v" + std::to_string(i))), "offered offer a1");
  EXPECT_EQ(s.show(s.chat("v5")), "queued");
  EXPECT_EQ(s.show("a1"), "available used 100");
}

TEST(Choice, RoomThatComesBackIsSeen) {
  SmallSite s;
  s.desk("a1");
  const ContactId chat = s.chat("v1");
  const ContactId phone = s.call("+86");
  EXPECT_EQ(s.show(phone), "queued") << "25 + 100 > 100";
  s.end(chat);  // neither presence nor idle time change, only the room
  EXPECT_EQ(s.show(phone), "offered offer a1");
}

TEST(Choice, ExcludedThenReadmittedWhenNobodyElseCan) {
  SmallSite s;
  s.desk("a1");
  s.wait(1s);
  s.desk("a2");
  const ContactId c = s.chat("v1");
  s.decline("a1", c);
  EXPECT_EQ(s.show(c), "offered offer a2");
  s.decline("a2", c);
  EXPECT_EQ(s.show(c), "queued");
  s.pass(9s);
  EXPECT_EQ(s.show(c), "queued");
  s.pass(1s);
  EXPECT_EQ(s.show(c), "offered offer a1");
}

TEST(Order, AHeadThatExcludesAnAgentDoesNotBlockWhoStandsBehindIt) {
  SmallSite s;
  s.desk("a1");
  const ContactId head = s.chat("v1");
  s.decline("a1", head);
  s.presence("a1", Presence::away, "tea");
  const ContactId behind = s.chat("v2");
  s.presence("a1", Presence::available);
  EXPECT_EQ(s.show(head), "queued");
  EXPECT_EQ(s.show(behind), "offered offer a1");
}

TEST(Order, WhoIsAwayIsPassedOverUntilBack) {
  SmallSite s;
  const ContactId away = s.chat("v1");
  s.gone(away);
  s.pass(60s);
  const ContactId there = s.chat("v2");
  s.desk("a1");
  EXPECT_EQ(s.show(away), "queued away skip");
  EXPECT_EQ(s.show(there), "offered offer a1");
  s.back(away);
  EXPECT_EQ(s.show(away), "offered offer a1");
}

TEST(Choice, TheTraceSaysWhy) {
  SmallSite s;
  s.desk("a1");
  s.wait(3s);
  s.desk("a2");
  s.chat("v1");
  ASSERT_EQ(s.last->decisions.size(), 1U);
  const Decision& d = s.last->decisions.front();
  EXPECT_EQ(d.winner.str(), "a1");
  EXPECT_EQ(d.strategy, "longest_idle");
  EXPECT_EQ(d.value, 3000);
  ASSERT_EQ(d.runners_up.size(), 1U);
  EXPECT_EQ(d.runners_up.front().agent.str(), "a2");
}

TEST(Pull, NextSaysWhyNot) {
  SmallSite s;
  s.desk("a1");
  s.next("a1");
  EXPECT_EQ(s.answer(), "refused empty");
  const ContactId one = s.ticket(), two = s.ticket();
  s.pause("counter");
  s.next("a1");
  EXPECT_EQ(s.answer(), "refused paused");
  s.pause("counter", false);
  s.next("a1", "online");
  EXPECT_EQ(s.answer(), "refused wrong_mode");
  s.next("s1");
  EXPECT_EQ(s.answer(), "refused not_permitted");
  s.presence("a1", Presence::draining, "");
  s.next("a1");
  EXPECT_EQ(s.answer(), "refused not_available");
  s.presence("a1", Presence::available);
  s.next("a1");
  EXPECT_EQ(s.show(one), "connecting accepting a1 of a1");
  s.next("a1");
  EXPECT_EQ(s.answer(), "refused busy");
  s.apply(Recall{s.from("a2"), one});
  EXPECT_EQ(s.answer(), "refused not_owner");
  s.desk("a2");
  s.next("a2");
  EXPECT_EQ(s.show(two), "connecting accepting a2 of a2");
}

}  // namespace
}  // namespace fd::engine::test
