// What the desk is shown of a customer and of an offer: the number only masked, the clear one kept nowhere; after a
// reconnect the same as before.
#include <gtest/gtest.h>

#include "router/site/mask.hpp"
#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

TEST(Mask, HidesTheMiddle) {
  struct Row {
    const char *kind, *value, *shown;
  };
  for (const Row& row : std::initializer_list<Row>{{"phone", "13812345678", "138****5678"},
                                                   {"phone", "+86 138-1234-5678", "138****5678"},
                                                   {"phone", "010-62345678", "010****5678"},
                                                   {"phone", "+44 20 7946 0958", "442****0958"},
                                                   {"phone", "62345678", "****5678"},
                                                   {"phone", "12315", "****"},
                                                   {"phone", "", "****"},
                                                   {"email", "wang.fang@example.cn", "w****@example.cn"},
                                                   {"email", "王芳@例子.cn", "王****@例子.cn"},
                                                   {"email", "\"a@b\"@example.cn", "\"****@example.cn"},
                                                   {"email", "nobody", "****"},
                                                   {"email", "@example.cn", "****"},
                                                   {"external", "u-4711", ""},
                                                   {"visitor", "13812345678", ""}})
    EXPECT_EQ(masked(row.kind, row.value), row.shown) << row.kind << " " << row.value;
}

bus::Submit from(const std::string& visitor, std::vector<Identity> identities) {
  bus::Submit submit;
  Message& m = submit.message;
  m.channel = ChannelName("chat");
  m.visitor = VisitorId(visitor);
  m.page = "p";
  m.n = 1;
  m.external_id = "p:1";
  m.identities = std::move(identities);
  m.identities.push_back({"visitor", visitor, true});
  m.text = "good day";
  return submit;
}

std::string shown_to(const SmallShell& s, const std::string& agent) {  // of the newest row
  std::string number = "no row";
  for (const auto& n : s.port.notices)
    if (n.attachment == "desk." + agent && n.frame.at("type") == "contact")
      number = std::string(n.frame.at("customer").at("masked").as_string());
  return number;
}

TEST(Mask, OfASignedNumberIsWhatTheDeskSeesAndAllThatIsKept) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.ask(from("v1", {{"external", "demo:u1", true}, {"phone", "13812345678", true}})), "ack");
  const ContactId first = s.contact();
  EXPECT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(shown_to(s, "a1"), "138****5678");
  EXPECT_FALSE(s.port.told("desk.a1", "13812345678"));
  const auto kept = fd::test::result_of(s.io, s.memory.contact(first));
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->masked, "138****5678");
  for (const auto& event : s.server->events()) EXPECT_EQ(event.input.find("1381234"), std::string::npos);

  s.port.notices.clear();  // the same customer in another browser, this time without the number
  EXPECT_EQ(s.ask(from("v2", {{"external", "demo:u1", true}})), "ack");
  EXPECT_NE(s.contact(), first);
  EXPECT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(shown_to(s, "a1"), "138****5678") << "known of the customer";
}

TEST(Mask, WhatNobodyProvedIsNotShownAsTheCustomers) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.ask(from("v1", {{"phone", "13812345678", false}})), "ack");
  EXPECT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(shown_to(s, "a1"), "");
}

TEST(Reconnect, AnOpenOfferSaysAgainWhyItWasMade) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  const auto why = [&](const char* type) {
    std::string found;
    for (const auto& n : s.port.notices) {
      if (n.attachment != "desk.a1" || n.frame.at("type").as_string() != type) continue;
      const json::object& offer = n.frame.contains("offer") ? n.frame : n.frame.at("offers").at(0).as_object();
      found = std::string(offer.at("why").as_string());
    }
    return found;
  };
  EXPECT_EQ(why("offer"), "longest_idle");
  s.port.notices.clear();
  EXPECT_EQ(s.attach_desk("a1"), "ack");
  EXPECT_EQ(why("snapshot"), "longest_idle");
}

TEST(Explain, SaysThatACustomerLeftAtOnce) {
  SmallShell s;
  EXPECT_EQ(s.attach_chat("v1"), "ack");
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  const ContactId contact = s.contact();
  bus::Command end;
  end.verb = bus::Verb::end;
  end.contact = contact;
  end.visitor = VisitorId("v1");
  EXPECT_EQ(s.ask(end), "ack");
  bus::Ask ask;
  for (const auto what : {bus::What::explain, bus::What::contact}) {
    ask.what = what;
    ask.text = contact.str();
    EXPECT_EQ(s.ask(ask), "ack");
    EXPECT_TRUE(s.body(s.last).contains("short_abandon"));
  }
  ask.what = bus::What::explain;
  EXPECT_EQ(s.ask(ask), "ack");
  EXPECT_EQ(s.body(s.last).at("transitions").as_array().back().at("reason"), "short_abandon");
}

}  // namespace
}  // namespace fd::site::test
