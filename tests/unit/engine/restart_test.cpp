// What a restart and a moved clock do to a site.
#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

TEST(Restart, CustomersMustComeBack) {
  SmallSite s;
  const ContactId c = s.chat("v1");
  const ContactId d = s.chat("v2");
  s.restart();
  s.back(c);
  s.pass(30s);
  EXPECT_EQ(s.show(c), "queued");
  EXPECT_EQ(s.show(d), "queued away");
}

TEST(Restart, AnAgentWhoWasReconnectingGetsTheGrace) {
  SmallSite s;
  s.desk("a1");
  s.detach("a1");
  s.pass(29s);
  s.restart();
  s.pass(2s);
  s.attach("a1");
  EXPECT_EQ(s.show("a1"), "available");
}

TEST(Restart, AnAgentsListIsTheSameInWhateverOrderItGrew) {
  SmallSite s;
  s.desk("a1");
  const ContactId one = s.chat("v1"), two = s.chat("v2");
  s.accept("a1", one);
  s.accept("a1", two);
  s.end(two);
  s.pass(30s);
  s.end(one);
  s.pass(30s);
  const auto before = s.engine.agent(AgentId("a1"))->row->todo;
  s.restart();
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->todo, before);
  EXPECT_EQ(before, (std::vector{s.row(one)->number, s.row(two)->number}));
}

TEST(Restart, WhoLeftTheRosterMeanwhileKeepsNothing) {
  SmallSite s;
  s.desk("a1");
  s.desk("a2");
  s.presence("a2", Presence::away);
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  const ContactId ticket = s.ticket();
  s.next("a1");
  s.settings.roster.erase(AgentId("a1"));
  s.restart();
  EXPECT_EQ(s.show(c), "queued") << "not held for somebody who is gone";
  EXPECT_EQ(s.row(ticket)->state, ContactState::queued);
}

TEST(Restart, AQueueThatLeftTheConfiguration) {
  SmallSite s;
  Classification c;
  c.queue = QueueName("vip");
  const ContactId id = s.chat("v1", c);
  s.settings.queues.erase(QueueName("vip"));
  s.restart();
  EXPECT_EQ(s.show(id), "queued");
  s.restart();  // the store's lines agree, or this would refuse
  EXPECT_EQ(s.show(id), "queued");
}

// Longer than every deadline: nobody could answer.
TEST(Restart, NobodyIsBlamedForWhatFellDueMeanwhile) {
  SmallSite s;
  s.desk("a1");
  const ContactId chat = s.chat("v1");
  EXPECT_EQ(s.show(chat), "offered offer a1");
  s.restart(10min);
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->missed, 0U);
  EXPECT_EQ(s.row(chat)->last_offer->state, OfferState::withdrawn);
  s.attach("a1");
  EXPECT_EQ(s.show("a1"), "available used 25");
  EXPECT_EQ(s.show(chat), "offered offer a1") << "and it is asked again at once";
}

TEST(Restart, WhoWasCalledIsStillCalled) {
  SmallSite s;
  s.desk("a1");
  const ContactId ticket = s.ticket();
  s.next("a1");
  s.restart(10min);
  EXPECT_EQ(s.row(ticket)->state, ContactState::connecting);
  EXPECT_EQ(s.row(ticket)->lease, s.now + 60s);
}

TEST(Clock, MovesWhatItWouldHavePassed) {
  SmallSite s;
  s.desk("a1");
  s.desk("a2");
  s.detach("a2");
  const ContactId c = s.chat("v1");
  const Instant due = s.row(c)->offers.front().due, lease = s.engine.agent(AgentId("a2"))->row->lease;
  s.now = s.now + 1h;
  s.apply(ClockMoved{1h});
  ASSERT_EQ(s.show(c), "offered offer a1");
  EXPECT_EQ(s.row(c)->offers.front().due, due + 1h);
  EXPECT_EQ(s.engine.agent(AgentId("a2"))->row->lease, lease + 1h);
}

TEST(Clock, MovesOffersAndAgents) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  const Instant due = s.row(c)->offers.front().due;
  s.apply(ClockMoved{100s});
  EXPECT_EQ(s.row(c)->offers.front().due, due + 100s);
}

}  // namespace
}  // namespace fd::engine::test
