// What is kept, for how long and with whom; what is given back and what is not.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

TEST(ReadMarks, AreAFieldAndNoEvent) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  const std::uint64_t before = s.engine.sequence();
  s.apply(AgentRead{7, AgentId("a1"), c, 1});
  EXPECT_EQ(s.answer(), "done");
  s.apply(CustomerRead{7, c, 2});
  EXPECT_EQ(s.answer(), "done");
  EXPECT_EQ(s.engine.sequence(), before);
  s.restart();
  EXPECT_EQ(s.row(c)->read_agent, 1U) << "kept all the same";
  EXPECT_EQ(s.row(c)->read_customer, 2U);
}

TEST(Presence, IsNotGivenBackToWhomASupervisorSentAway) {
  SmallSite s;
  s.desk("a1");
  s.desk("s1");
  s.detach("a1", true);
  ASSERT_EQ(s.show("a1").substr(0, 7), "offline");
  s.force("a1", Presence::offline);
  s.attach("a1");
  EXPECT_EQ(s.show("a1").substr(0, 7), "offline");
}

TEST(Presence, IsNotGivenBackToWhoSignedOut) {
  SmallSite s;
  s.desk("a1");
  s.detach("a1", true);
  s.apply(SessionClose{7, SessionHash("ff"), AgentId("a1")});
  s.attach("a1");
  EXPECT_EQ(s.show("a1").substr(0, 7), "offline");
}

TEST(Strangers, AreForgottenKnownCustomersAreNot) {
  for (const bool known : {false, true}) {
    SmallSite s;
    s.desk("a1");
    CustomerMessage m;
    m.channel = ChannelName("chat");
    m.visitor = VisitorId("v1");
    m.page = "p";
    m.n = 1;
    m.external_id = "p:1";
    m.body = {1};
    m.identities = {{known ? "external" : "visitor", "digest"}};
    m.known = known;
    m.classification.queue = QueueName("online");
    s.apply(m);
    const auto there = [&] {
      return s.store.look_up_now({"chat", {}, {}, {}, {{m.identities.front().first, "digest"}}}).customer.has_value();
    };
    EXPECT_TRUE(there());
    s.pass(59 * 24h);
    EXPECT_TRUE(there());
    s.pass(2 * 24h);
    s.chat("v2");  // the store sees what time it is
    EXPECT_EQ(there(), known);
  }
}

TEST(Cases, OfNobodyAreOnNobodysList) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  const auto number = s.row(c)->number;
  s.end(c);  // nobody had it
  EXPECT_EQ(s.server_case(number)->agent.str(), "");
  EXPECT_TRUE(s.engine.agent(AgentId("a1"))->row->todo.empty());
}

// Unsolved, reopened, and the customer gave up before anybody had it again: it is still the agent's who had it.
TEST(Cases, ReopenedAndGivenUpAreOnTheListTheyWereOn) {
  SmallSite s;
  s.desk("a1");
  const ContactId first = s.chat("v1");
  const auto number = s.row(first)->number;
  s.accept("a1", first);
  s.end(first);
  s.pass(31s);
  ASSERT_EQ(s.engine.agent(AgentId("a1"))->row->todo.size(), 1U);
  s.presence("a1", Presence::away);
  const ContactId second = s.chat("v1");
  ASSERT_EQ(s.row(second)->number, number);
  s.end(second);
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->todo.size(), 1U);
}

TEST(Done, IsListedByTheAgentWhoHadItLast) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.resolve("a1", c);
  s.wait(31s);
  s.apply(Tick{});
  const auto& m = s.last->mutations;
  EXPECT_TRUE(std::any_of(m.begin(), m.end(), [&](const Mutation& one) {
    const auto* done = std::get_if<AgentContact>(&one);
    return done && done->agent.str() == "a1" && done->contact == c;
  }));
}

// Two commands on a contact that closed long ago, looked up before either was kept.
TEST(Closed, TwoAtOnceDoNotUndoOneAnother) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  const auto number = s.row(c)->number;
  s.accept("a1", c);
  s.gone(c);
  s.pass(48h);  // nobody said how it ended: on a1's list
  ASSERT_EQ(s.engine.agent(AgentId("a1"))->row->todo.size(), 1U);
  Facts facts;
  facts.previous = *s.row(c);
  facts.previous_case = *s.server_case(number);
  s.apply(AgentNote{s.from("a1"), c, {50}, facts});
  s.apply(AgentNote{s.from("a1"), c, {51}, facts});
  EXPECT_EQ(s.row(c)->notes, 2U);
  const auto resolve = [&] {
    s.apply(Resolve{s.from("a1"), c, facts.previous->v, facts.previous->seq, "billing", "solved", {}, facts});
    return s.answer();
  };
  EXPECT_EQ(resolve(), "done");
  EXPECT_EQ(resolve(), "refused resolved");
  std::uint64_t counted = 0;
  for (const auto& [name, n] : s.image().counters)
    if (name.starts_with("kind:billing:")) counted += n;
  EXPECT_EQ(counted, 1U);
}

TEST(Reassign, ToWhomIsAskedAlready) {
  Settings settings = small_settings();
  settings.roster[AgentId("a1")].capacity = 25;
  SmallSite s(settings);
  s.desk("a1");
  s.desk("s1");
  const ContactId c = s.chat("v1");
  ASSERT_EQ(s.show(c), "offered offer a1");
  s.reassign("a1", c);
  EXPECT_EQ(s.answer(), "done") << "its one place is kept for this very contact";
}

TEST(Reassign, TheGiverOfATransferIsTold) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.desk("a2");
  s.desk("s1");
  s.hand("a1", c, "a2");
  ASSERT_EQ(s.show(c), "offered offer a2");
  s.reassign("a1", c);
  EXPECT_EQ(s.told_of_failed_transfer(), "a1: a2 withdrawn");
}

}  // namespace
}  // namespace fd::engine::test
