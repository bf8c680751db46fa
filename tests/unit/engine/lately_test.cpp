// Contacts closed a moment ago, which the store may not have yet (core.hpp, Recent).
#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

TEST(Lately, AContactWhoseCaseWasOpenedAgainIsNotTouchedAnyMore) {
  SmallSite s;
  s.desk("a1");
  const ContactId first = s.chat("v1");
  s.accept("a1", first);
  s.end(first);
  s.pass(30s);
  const ContactId second = s.chat("v1");
  ASSERT_NE(first, second);
  EXPECT_EQ(s.row(second)->number, s.row(first)->number) << "within the time, the same case";
  s.resolve("a1", first);
  EXPECT_EQ(s.answer(), "refused not_found");
  s.apply(Classify{s.from("a1"), first, 0, "billing", {}});
  EXPECT_EQ(s.answer(), "refused not_found");
  EXPECT_EQ(s.server_case(s.row(second)->number)->state, CaseState::open);
}

// What an agent took on stays on a list until somebody says how it ended, whichever way the contact closed.
TEST(Unsolved, StandsOnTheListOfWhoHadItLast) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.transfer("a1", c, "vip");
  s.presence("a2", Presence::offline);
  s.end(c);
  ASSERT_EQ(s.row(c)->state, ContactState::closed);
  const CaseNumber number = s.row(c)->number;
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->todo, std::vector{number});
  EXPECT_FALSE(s.server->keeps(c)) << "neither contact nor case expires before";
  s.pass(31 * 24h);
  s.resolve("a1", c);
  EXPECT_EQ(s.answer(), "done");
  EXPECT_EQ(s.server_case(number)->state, CaseState::resolved);
  EXPECT_TRUE(s.engine.agent(AgentId("a1"))->row->todo.empty());
  EXPECT_TRUE(s.server->keeps(c)) << "now it does";
}

TEST(Unsolved, NobodyEverHadIt) {
  SmallSite s;
  const ContactId c = s.chat("v1");
  s.end(c);
  EXPECT_TRUE(s.server->keeps(c)) << "the customer left before anybody answered";
}

TEST(Unsolved, ReopenedAndSolvedTheOlderContactGoesToo) {
  SmallSite s;
  s.desk("a1");
  const ContactId first = s.chat("v1");
  s.accept("a1", first);
  s.end(first);
  s.pass(30s);
  EXPECT_FALSE(s.server->keeps(first));
  s.chat("v1");
  EXPECT_TRUE(s.server->keeps(first));
}

TEST(Lately, WhoWentIsForgottenAfterAMinuteUnlessBack) {
  SmallSite s;
  s.desk("a1");
  for (const char* visitor : {"v1", "v2"}) {
    const ContactId c = s.chat(visitor);
    s.accept("a1", c);
    s.resolve("a1", c);
  }
  s.pass(30s);  // wrap-up is over
  for (const char* visitor : {"v1", "v2"}) EXPECT_TRUE(s.engine.visitor(VisitorId(visitor)));
  s.chat("v2");
  s.pass(61s);
  s.pass(1s);
  EXPECT_FALSE(s.engine.visitor(VisitorId("v1")));
  EXPECT_TRUE(s.engine.visitor(VisitorId("v2")));
}

}  // namespace
}  // namespace fd::engine::test
