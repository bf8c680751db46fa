// The hall: what kiosk, ticket and call display are told of one line.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using bus::Verb;

std::int64_t waiting(SmallShell& s, const std::string& service) {
  bus::Ask ask;
  ask.what = bus::What::services;
  EXPECT_EQ(s.ask(ask), "ack");
  for (const auto& row : s.body(s.last).at("services").as_array())
    if (row.at("id") == service.c_str()) return row.at("waiting").to_number<std::int64_t>();
  return -1;
}

TEST(Kiosk, TheLinesComeWithTheClockOfTheSite) {
  SmallShell s;
  waiting(s, "tax");
  EXPECT_EQ(s.body(s.last).at("at"), s.clock.wall().ms);
  EXPECT_EQ(s.body(s.last).at("zone"), "UTC");
}

TEST(Kiosk, WaitingIsWhatTheNextTicketFindsAhead) {
  SmallShell s;
  s.available("a1");
  for (const char* service : {"tax", "passport", "tax", "passport", "passport", "tax"}) {
    const auto told = waiting(s, service);
    EXPECT_EQ(s.ticket(service), "ack");
    EXPECT_EQ(s.body(s.last).at("ahead").to_number<std::int64_t>(), told) << service << " shares its line";
  }
  auto next = s.command(Verb::next, "a1");
  next.queue = "counter";
  EXPECT_EQ(s.ask(next), "ack");
  EXPECT_EQ(waiting(s, "tax"), 5) << "who is called stands in no line";
}

// "A001 3 | A002 absent, A003 served": open calls and ended ones of the newest frame.
std::string hall(const SmallShell& s) {
  std::string out;
  for (const auto& n : s.port.notices) {
    if (n.attachment != "display" || n.frame.at("type") != "display") continue;
    out.clear();
    const auto add = [&](const char* list, const char* field, const std::string& between) {
      for (const auto& row : n.frame.at(list).as_array())
        out.append(out.empty() || out.ends_with("| ") ? "" : between)
            .append(row.at("number").as_string())
            .append(" ")
            .append(row.at(field).as_string());
    };
    add("calls", "counter", ", ");
    out.append(" | ");
    add("ended", "reason", ", ");
  }
  return out;
}

class Hall : public testing::Test {
 protected:
  Hall() {
    s.available("a1");
    EXPECT_EQ(s.attach_display(), "ack");
  }
  ContactId call() {
    auto next = s.command(Verb::next, "a1");
    next.queue = "counter";
    EXPECT_EQ(s.ask(next), "ack");
    return *ContactId::parse(std::string(s.body(s.last).at("contact").as_string()));
  }
  void say(Verb verb, ContactId contact) {
    auto c = s.command(verb, "a1");
    c.contact = contact;
    EXPECT_EQ(s.ask(c), "ack") << static_cast<int>(verb);
  }
  SmallShell s;
};

TEST_F(Hall, ACallEndsWithAReason) {
  for (int i = 0; i < 4; ++i) EXPECT_EQ(s.ticket("tax"), "ack");
  const ContactId first = call();
  EXPECT_EQ(hall(s), "A001 3 | ");
  say(Verb::serve, first);
  EXPECT_EQ(hall(s), " | A001 served");
  say(Verb::done, first);
  EXPECT_EQ(hall(s), " | A001 served") << "its call ended before";
  const ContactId second = call();
  say(Verb::absent, second);
  EXPECT_EQ(hall(s), " | A002 absent, A001 served");
  const ContactId third = call();
  say(Verb::cancel, third);
  EXPECT_EQ(hall(s), " | A003 withdrawn, A002 absent, A001 served");
  const ContactId fourth = call();
  say(Verb::done, fourth);
  EXPECT_EQ(hall(s), " | A004 served, A003 withdrawn, A002 absent, A001 served");
  s.clock.advance(std::chrono::minutes{4});
  s.ticket("tax");
  const ContactId again = call();
  EXPECT_EQ(again, second) << "skipped for three minutes";
  EXPECT_EQ(hall(s), "A002 3 | A004 served, A003 withdrawn, A001 served") << "an open call has not ended";
  say(Verb::serve, again);
  say(Verb::absent, again);
  EXPECT_EQ(hall(s), " | A002 absent, A004 served, A003 withdrawn, A001 served") << "not the one who came";
}

TEST_F(Hall, RemembersSixEnds) {
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(s.ticket("passport"), "ack");
    say(Verb::done, call());
  }
  EXPECT_EQ(hall(s), " | B008 served, B007 served, B006 served, B005 served, B004 served, B003 served");
}

// "queued 0 ahead", "queued missed", "active 3": what the page of a ticket is told.
std::string page(SmallShell& s, ContactId contact) {
  bus::Ask ask;
  ask.what = bus::What::ticket;
  ask.contact = contact;
  EXPECT_EQ(s.ask(ask), "ack");
  const json::object& told = s.body(s.last);
  std::string text(told.at("state").as_string());
  if (const auto* ahead = told.if_contains("ahead"); ahead && ahead->is_number())
    text += " " + std::to_string(ahead->to_number<int>()) + " ahead";
  if (told.at("missed").as_bool()) text += " missed";
  if (const auto* counter = told.if_contains("counter")) text.append(" ").append(counter->as_string());
  return text;
}

TEST_F(Hall, WhoWasAbsentOnceIsToldSoAndIsInFrontOfNobody) {
  EXPECT_EQ(s.ticket("tax"), "ack");
  EXPECT_EQ(s.ticket("tax"), "ack");
  const ContactId second = s.contact();
  const ContactId first = call();
  say(Verb::absent, first);
  EXPECT_EQ(page(s, first), "queued missed");
  EXPECT_EQ(page(s, second), "queued 0 ahead");
  EXPECT_EQ(waiting(s, "tax"), 1);
  s.clock.advance(std::chrono::minutes{3});
  EXPECT_EQ(s.ticket("tax"), "ack");
  EXPECT_EQ(page(s, second), "queued 1 ahead");
  EXPECT_EQ(page(s, first), "queued 0 ahead missed") << "a phone that slept through it";
  EXPECT_EQ(call(), first);
  EXPECT_EQ(page(s, first), "connecting 3") << "called again";
  say(Verb::absent, first);
  EXPECT_EQ(page(s, first), "abandoned missed 3");
  say(Verb::recall, first);
  say(Verb::done, first);
  EXPECT_EQ(page(s, first), "closed 3") << "came after all";
}

TEST_F(Hall, WhoIsTakenAsArrivedAndIsNotThereIsToldSoToo) {
  EXPECT_EQ(s.ticket("tax"), "ack");
  const ContactId only = call();
  s.clock.advance(std::chrono::seconds{61});
  EXPECT_TRUE(fd::test::run_until(s.io, [&] { return page(s, only) == "active 3"; }));
  say(Verb::absent, only);
  EXPECT_EQ(page(s, only), "queued missed");
  s.clock.advance(std::chrono::minutes{3});
  EXPECT_EQ(s.ticket("tax"), "ack");
  EXPECT_EQ(page(s, only), "queued 0 ahead missed");
  say(Verb::cancel, only);
  EXPECT_EQ(page(s, only), "closed") << "its own doing";
}

class HandOver : public Hall {
 protected:
  ContactId serve_beside_a2() {
    s.attach_desk("a2");
    auto there = s.command(Verb::presence, "a2");
    there.state = "available";
    there.counter = "4";
    EXPECT_EQ(s.ask(there), "ack");
    EXPECT_EQ(s.ticket("tax"), "ack");
    const ContactId contact = call();
    say(Verb::serve, contact);
    return contact;
  }
  void hand_over(ContactId contact) {
    auto give = s.command(Verb::transfer, "a1");
    give.contact = contact;
    for (const auto& n : s.port.notices)
      if (n.attachment == "desk.a1" && n.frame.at("type") == "contact")
        give.v = n.frame.at("v").to_number<std::uint64_t>();
    give.to_agent = "a2";
    give.reason = "theirs";
    EXPECT_EQ(s.ask(give), "ack");
  }
};

TEST_F(HandOver, ATicketHandedToAColleagueForgetsTheOldWindow) {
  const ContactId contact = serve_beside_a2();
  EXPECT_EQ(page(s, contact), "active 3");
  hand_over(contact);
  EXPECT_EQ(page(s, contact), "offered 0 ahead") << "the old window is over, the new one not sure";
  EXPECT_EQ(s.accept("a2"), "ack");
  EXPECT_EQ(page(s, contact), "active 4");
}

}  // namespace
}  // namespace fd::site::test
