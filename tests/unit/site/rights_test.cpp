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

struct Bound : SmallShell {
  std::string come(const std::string& page, const std::string& owner) {
    bus::Attach attach;
    attach.attachment = bus::AttachmentId(page);
    attach.visitor = VisitorId("v1");
    attach.owner = owner;
    attach.page = page;
    return ask(std::move(attach));
  }
};

// A token from before somebody was signed in opens nothing of what came after.
TEST(Visitor, IsOfTheFirstWhoIsSignedIn) {
  for (const bool live : {true, false}) {
    Bound s;
    EXPECT_EQ(s.write("v1", "anybody"), "ack");
    EXPECT_EQ(s.come("tab", ""), "ack");
    if (!live) {
      bus::Command end = s.command(Verb::end, "");
      end.visitor = VisitorId("v1");
      end.contact = s.contact();
      EXPECT_EQ(s.ask(std::move(end)), "ack");
      s.clock.advance(std::chrono::minutes{2});
      EXPECT_EQ(s.write("v9", "a minute later"), "ack");
    }
    EXPECT_EQ(s.come("hers", "alice"), "ack");
    s.port.notices.clear();
    EXPECT_EQ(s.write("v1", "my card is 4111"), "ack");
    EXPECT_TRUE(s.port.told("hers", "4111")) << live;
    EXPECT_FALSE(s.port.told("tab", "4111")) << live;
    EXPECT_EQ(s.come("tab", ""), "reject not_yours") << "what its socket asks for next";
    EXPECT_EQ(s.come("his", "bob"), "reject not_yours");
    EXPECT_EQ(s.come("hers2", "alice"), "ack");
  }
}

TEST(Visitor, StaysHersWhenNobodyIsThere) {
  Bound s;
  EXPECT_EQ(s.come("hers", "alice"), "ack") << "before the first word";
  EXPECT_EQ(s.come("tab", ""), "reject not_yours");
  EXPECT_EQ(s.write("v1", "hello"), "ack");
  EXPECT_EQ(s.ask(bus::Detach{bus::AttachmentId("hers"), false}), "ack");
  EXPECT_EQ(s.come("tab", ""), "reject not_yours");
  EXPECT_EQ(s.come("hers", "alice"), "ack");
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
