// A row shows the newest text, also of what has just been accepted and of a refusal.
#include <gtest/gtest.h>

#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using bus::Verb;

json::object row_of(const SmallShell& s, const std::string& agent) {
  json::object found;
  for (const auto& n : s.port.notices)
    if (n.attachment == "desk." + agent && n.frame.at("type") == "contact") found = n.frame;
  return found;
}

std::string text(const json::object& row) {
  const auto* last = row.if_contains("last");
  if (!last || !last->is_object()) return "no last";
  const auto* found = last->as_object().if_contains("text");
  return found ? std::string(found->as_string()) : "no text";
}

TEST(Preview, OfAChatJustAccepted) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  EXPECT_EQ(s.write("v1", "is anybody there"), "ack");
  EXPECT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(text(row_of(s, "a1")), "is anybody there");
}

bus::Command stale_resolve(const SmallShell& s, ContactId contact) {
  auto c = s.command(Verb::resolve, "a1");
  c.contact = contact;
  c.v = 1;
  return c;
}

TEST(Preview, IsInTheRowOfARefusal) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  const ContactId contact = s.contact();
  EXPECT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(s.ask(stale_resolve(s, contact)), "reject stale");
  EXPECT_EQ(text(std::get<bus::Reject>(s.port.answers.at(s.last)).now), "good day");
}

TEST(Preview, OfAPastContactIsForgotten) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  const ContactId contact = s.contact();
  EXPECT_EQ(s.accept("a1"), "ack");
  bus::Command end;
  end.verb = Verb::end;
  end.contact = contact;
  end.visitor = VisitorId("v1");
  EXPECT_EQ(s.ask(end), "ack");
  s.port.notices.clear();
  EXPECT_EQ(s.write("v1", "again"), "ack");
  EXPECT_NE(s.contact(), contact);
  EXPECT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(text(row_of(s, "a1")), "again");
}

}  // namespace
}  // namespace fd::site::test
