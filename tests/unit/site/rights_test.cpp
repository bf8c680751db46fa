// Who sees what with a refusal, and what bytes of an edge may not become.
#include <gtest/gtest.h>

#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using bus::Verb;

// A refused command carries the row as it is, for those who may read it.
TEST(Refusal, ShowsTheRowOnlyToWhoMayReadIt) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.write("v1", "my card is 4111"), "ack");
  const ContactId contact = s.contact();
  EXPECT_EQ(s.accept("a1"), "ack");
  const auto refused = [&](const std::string& agent) {
    bus::Command c = s.command(Verb::transfer, agent);
    c.contact = contact;
    c.v = 1;
    c.to_queue = "counter";
    c.reason = "x";
    EXPECT_EQ(s.ask(std::move(c)).substr(0, 6), "reject");
    return std::get<bus::Reject>(s.port.answers.at(s.last)).now;
  };
  EXPECT_EQ(refused("a1").at("last").at("text"), "my card is 4111");
  EXPECT_EQ(refused("a2").at("last").at("text"), "my card is 4111") << "of the same team";
  EXPECT_TRUE(refused("c1").empty()) << "of the counter's";
  EXPECT_TRUE(refused("nobody").empty());
}

// Accounts are checked as agents.yaml is: an id becomes the name of a key.
TEST(Roster, IsTakenAsAgentsYamlWouldBe) {
  SmallShell s;
  const auto roster = [&](const std::string& id, int capacity) {
    bus::Command c = s.command(Verb::roster, "@operator");
    c.roster = {{id, json::object{{"id", id}, {"staff_no", "1"}, {"capacity", capacity}}}};
    return s.ask(std::move(c));
  };
  EXPECT_EQ(roster("a1:todo", 100), "reject bad_request");
  EXPECT_EQ(roster("", 100), "reject bad_request");
  EXPECT_EQ(roster("a 1", 100), "reject bad_request");
  EXPECT_EQ(roster("a1", -5), "reject bad_request");
  EXPECT_EQ(roster("a.1_x-Y", 100), "ack");
}

}  // namespace
}  // namespace fd::site::test
