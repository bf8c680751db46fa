// Why a contact is where it is: place, choice with its values, what keeps it waiting. What one finds of a case.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using namespace std::chrono_literals;
using bus::Verb;

struct ExplainShell : SmallShell {
  const json::object& explain(ContactId contact) {
    bus::Ask question;
    question.what = bus::What::explain;
    question.text = contact.str();
    EXPECT_EQ(ask(question), "ack");
    return body(last);
  }
  json::object row_of(const std::string& agent) const {  // the newest this agent was told of
    json::object found;
    for (const auto& n : port.notices)
      if (n.attachment == "desk." + agent && n.frame.at("type") == "contact") found = n.frame;
    return found;
  }
};

TEST(Explain, SaysThePlaceAndWhyNobodyTakesIt) {
  ExplainShell s;
  s.available("a1");
  s.attach_desk("a2");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(s.write("v" + std::to_string(i), "good day"), "ack");  // four fill a1
  EXPECT_EQ(s.write("v6", "good day"), "ack");
  const auto told = s.explain(s.contact());
  EXPECT_EQ(told.at("place").to_number<int>(), 6) << "who is offered stands in line";
  EXPECT_EQ(told.at("waiting").at("a1"), "capacity");
  EXPECT_EQ(told.at("waiting").at("a2"), "offline");
}

TEST(Explain, GivesReasonAndValueOfWhoWasNotChosen) {
  ExplainShell s;
  s.available("a1");
  s.clock.advance(30s);
  s.attach_desk("a2");
  auto online = s.command(Verb::presence, "a2");
  online.state = "available";
  EXPECT_EQ(s.ask(online), "ack");
  s.clock.advance(10s);
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  const auto decision = s.explain(s.contact()).at("decisions").at(0).as_object();
  EXPECT_EQ(decision.at("winner"), "a1");
  EXPECT_EQ(decision.at("value").to_number<int>(), 40'000);
  EXPECT_EQ(decision.at("runners_up"), (json::array{{{"agent", "a2"}, {"reason", "after"}, {"value", 10'000}}}));
}

// An offer expires in the step that takes another customer's first line: its contact's next choice is told all the
// same.
TEST(Explain, KeepsAChoiceMadeWhileAnotherCameIn) {
  ExplainShell s;
  s.available("a1");
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  const ContactId first = s.contact();
  s.available("a2");
  s.clock.advance(46s);  // a1 never answered
  EXPECT_EQ(s.write("v2", "good day"), "ack");
  s.run();
  const auto& decisions = s.explain(first).at("decisions").as_array();
  ASSERT_EQ(decisions.size(), 2U);
  EXPECT_EQ(decisions[1].at("winner"), "a2");
}

// The agent of the counter had the case last; the contact before was the online team's.
TEST(Find, ShowsWhatOneMayRead) {
  ExplainShell s;
  s.available("a1");
  auto elsewhere = s.command(Verb::presence, "c1");
  elsewhere.state = "available";
  s.attach_desk("c1");
  EXPECT_EQ(s.ask(elsewhere), "ack");
  const auto about = [&](Verb verb, const std::string& agent) {
    auto c = s.command(verb, agent);
    const auto row = s.row_of(agent);
    c.contact = ContactId::parse(std::string(row.at("id").as_string()));
    c.v = row.at("v").to_number<std::uint64_t>();
    c.seq = row.at("seq").to_number<std::uint64_t>();
    return c;
  };
  EXPECT_EQ(s.write("v1", "one"), "ack");
  const ContactId first = s.contact();
  const std::string number(s.body(s.last).at("case").as_string());
  EXPECT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(s.ask(about(Verb::resolve, "a1")), "ack");
  EXPECT_EQ(s.write("v1", "again"), "ack");
  const ContactId second = s.contact();
  ASSERT_NE(first, second);
  EXPECT_EQ(s.accept("a1"), "ack");
  auto give = about(Verb::transfer, "a1");
  give.to_agent = "c1";
  give.reason = "theirs";
  EXPECT_EQ(s.ask(give), "ack");
  EXPECT_EQ(s.accept("c1"), "ack");
  EXPECT_EQ(s.ask(about(Verb::resolve, "c1")), "ack");
  const auto found = [&](const std::string& agent) {
    bus::Ask question;
    question.what = bus::What::find;
    question.agent = AgentId(agent);
    question.id = number;
    const auto said = s.ask(question);
    return said == "ack" ? json::serialize(s.body(s.last).at("contacts")) : said;
  };
  EXPECT_EQ(found("s1"), "[\"" + second.str() + "\",\"" + first.str() + "\"]");
  EXPECT_EQ(found("c1"), "[\"" + second.str() + "\"]");
  EXPECT_EQ(found("nobody"), "reject not_permitted");
}

}  // namespace
}  // namespace fd::site::test
