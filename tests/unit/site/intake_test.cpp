// The way in: agents before customers, and what shares a key one after the other, in the order of arrival.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "router/store/record.hpp"
#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using Kind = fd::test::Fault::Kind;

bus::Submit line(const std::string& visitor, std::uint64_t n, std::vector<Identity> identities = {}) {
  return test::line(visitor, n, "line " + std::to_string(n), std::move(identities));
}

// What the engine was given since the entry `from` of the event stream: "accept v1:2 v1:3".
std::string taken(const SmallShell& s, std::size_t from) {
  std::string all;
  const auto events = s.server->events();
  for (std::size_t i = from; i < events.size(); ++i) {
    const auto event = store::event_from(events[i].input);
    if (!event) throw std::runtime_error(event.error().text);
    const auto* m = std::get_if<engine::CustomerMessage>(&*event);
    all.append(all.empty() ? "" : " ");
    all.append(m ? m->visitor.str() + ":" + std::to_string(m->n) : std::string(store::type_of(*event)));
  }
  return all;
}

ContactId contact_of(const SmallShell& s, bus::RequestId request) {
  return *ContactId::parse(std::string(s.body(request).at("contact").as_string()));
}

TEST(Lanes, AFloodNeverStopsAnAccept) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  bus::Command accept = s.command(bus::Verb::accept, "a1");
  for (const auto& n : s.port.notices)
    if (n.frame.at("type") == "offer") {
      accept.offer = OfferId::parse(std::string(n.frame.at("offer").as_string()));
      accept.contact = ContactId::parse(std::string(n.frame.at("contact").as_string()));
    }
  ASSERT_TRUE(accept.offer);
  EXPECT_EQ(s.write("v2", "good day"), "ack");
  const auto before = s.server->events().size();
  const auto first = s.put(line("v2", 2));
  for (std::uint64_t n = 3; n <= 300; ++n) s.put(line("v2", n));
  const auto flood = s.last;
  const auto asked = s.put(std::move(accept));
  s.store.script({});
  s.store.script({Kind::stalled, Duration{0}});
  s.run();
  EXPECT_EQ(s.answered(asked), "ack") << "with the batch that was next";
  EXPECT_EQ(s.answered(first), "ack") << "nor does an accept stop the flood";
  EXPECT_EQ(s.answered(flood), "");
  EXPECT_TRUE(taken(s, before).starts_with("accept v2:2 v2:3 ")) << taken(s, before).substr(0, 80);
  s.store.release();
  s.run();
  EXPECT_EQ(s.answered(flood), "ack");
}

TEST(FifoByKey, ASlowLookUpHoldsBackWhatSharesAKeyAndNothingElse) {
  SmallShell s;
  const std::vector<Identity> signed_in{{"external", "demo:u1", true}};
  const auto before = s.server->events().size();
  s.gate.hold_next();
  EXPECT_EQ(s.ask(line("v1", 1, signed_in)), "");
  const auto first = s.last;
  EXPECT_EQ(s.ask(line("v1", 2, signed_in)), "") << "of the same visitor";
  const auto second = s.last;
  EXPECT_EQ(s.ask(line("v2", 1, signed_in)), "") << "of the same customer, in another browser";
  const auto elsewhere = s.last;
  EXPECT_EQ(s.ask(line("v3", 1)), "ack") << "a stranger goes past";
  EXPECT_EQ(s.answered(first), "");
  s.gate.let_go();
  s.run();
  for (const auto id : {first, second, elsewhere}) EXPECT_EQ(s.answered(id), "ack") << id;
  EXPECT_EQ(taken(s, before), "v3:1 v1:1 v1:2 v2:1") << "in the order of arrival";
  EXPECT_EQ(contact_of(s, first), contact_of(s, second));
  const auto lines = fd::test::result_of(s.io, s.memory.lines(contact_of(s, first), 1, 9));
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 2U);
  EXPECT_EQ(lines->front().text + ", " + lines->back().text, "line 1, line 2");
  const auto one = fd::test::result_of(s.io, s.memory.contact(contact_of(s, first)));
  const auto other = fd::test::result_of(s.io, s.memory.contact(contact_of(s, elsewhere)));
  ASSERT_TRUE(one && *one && other && *other);
  EXPECT_FALSE((*one)->customer.empty());
  EXPECT_EQ((*one)->customer, (*other)->customer) << "looked up too early, nobody would have known this customer";
}

TEST(FifoByKey, WhoSharesKeysWithTwoWaitsForBoth) {
  SmallShell s;
  const Identity account{"external", "demo:u1", true};
  const Identity phone{"phone", "13812345678", true};
  s.gate.hold_next();
  s.gate.hold_next();
  EXPECT_EQ(s.ask(line("v1", 1, {account})), "");
  const auto first = s.last;
  EXPECT_EQ(s.ask(line("v2", 1, {phone})), "");
  const auto second = s.last;
  EXPECT_EQ(s.ask(line("v3", 1, {account, phone})), "");
  s.gate.let_go();
  s.run();
  EXPECT_EQ(s.answered(first), "ack");
  EXPECT_EQ(s.answered(s.last), "") << "one of the two is not kept yet";
  s.gate.let_go();
  s.run();
  EXPECT_EQ(s.answered(second), "ack");
  EXPECT_EQ(s.answered(s.last), "ack");
}

// The store refuses writes: what was taken waits for it, what comes is told so at once; afterwards each is kept once.
TEST(Intake, StopsWhileTheStoreRefuses) {
  SmallShell s;
  s.available("a1");
  s.store.script({Kind::refused, std::chrono::milliseconds{300}});
  const auto taken = s.put(line("v1", 1));
  s.run();
  EXPECT_EQ(s.answered(taken), "");
  EXPECT_FALSE(s.site->ready().store.empty()) << "and /readyz says why";
  EXPECT_EQ(s.ask(line("v2", 1)), "retry store");
  auto away = s.command(bus::Verb::presence, "a1");
  away.state = "away";
  away.reason = "lunch";
  const auto presence = s.put(std::move(away));
  EXPECT_TRUE(fd::test::run_until(s.io, [&] { return s.answered(presence) == "ack"; })) << "agents are waited for";
  EXPECT_EQ(s.answered(taken), "ack");
  EXPECT_EQ(s.ask(line("v2", 1)), "ack");
  EXPECT_EQ(s.body(s.last).at("duplicate"), false);
}

TEST(Edge, LostBeforeTheContactBeginsTheCustomerIsAway) {
  for (const bool lost : {true, false}) {
    SmallShell s;
    s.store.script({Kind::stalled, {}});
    const auto request = s.put(line("v1", 1));
    s.run();
    EXPECT_EQ(s.answered(request), "");
    if (lost) s.port.sink().on_edge_gone(bus::EdgeId("edge-1"));
    s.store.release();
    s.run();
    bus::Ask ask;
    ask.what = bus::What::contact;
    ask.text = contact_of(s, request).str();
    EXPECT_EQ(s.ask(std::move(ask)), "ack");
    EXPECT_EQ(json::serialize(s.body(s.last)).find("\"away\":true") != std::string::npos, lost);
  }
}

// Sixteen other tabs later a tab is forgotten; what it sent is found by its cid all the same.
TEST(Duplicate, OfATabThatWasForgotten) {
  SmallShell s;
  const auto from = [](const std::string& page, std::uint64_t n) {
    bus::Submit submit = line("v1", n);
    submit.message.page = page;
    submit.message.external_id = page + ":" + std::to_string(n);
    return submit;
  };
  EXPECT_EQ(s.ask(from("old", 1)), "ack");
  EXPECT_EQ(s.ask(from("old", 2)), "ack");
  const json::object second = s.body(s.last);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(s.ask(from("tab" + std::to_string(i), 1)), "ack");
  EXPECT_EQ(s.ask(from("old", 2)), "ack");
  EXPECT_EQ(s.body(s.last).at("seq"), second.at("seq"));
  EXPECT_EQ(s.body(s.last).at("duplicate"), true);
  EXPECT_EQ(s.ask(from("old", 1)), "ack");
  EXPECT_EQ(s.body(s.last).at("seq").to_number<int>(), 1) << "the first of a page, too";
  EXPECT_EQ(s.ask(from("new", 1)), "ack");
  EXPECT_EQ(s.body(s.last).at("duplicate"), false) << "control";
  const auto lines = fd::test::result_of(s.io, s.memory.lines(s.contact(), 1, 99));
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->size(), 19U) << "each once";
}

TEST(Duplicate, OfALineOnItsWayIsToldTheSeqOfTheFirst) {
  SmallShell s;
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  s.store.script({Kind::stalled, Duration{0}});
  EXPECT_EQ(s.ask(line("v1", 2)), "");
  const auto first = s.last;
  EXPECT_EQ(s.ask(line("v1", 2)), "") << "from another tab, before anything is stored";
  s.store.release();
  s.run();
  ASSERT_EQ(s.answered(first), "ack");
  ASSERT_EQ(s.answered(s.last), "ack");
  EXPECT_TRUE(s.body(s.last).at("duplicate").as_bool());
  EXPECT_EQ(s.body(s.last).at("seq"), s.body(first).at("seq"));
  EXPECT_EQ(s.body(s.last).at("contact"), s.body(first).at("contact"));
}

bus::Submit outside(const std::string& visitor, const std::string& id) {
  bus::Submit submit;
  submit.message.channel = ChannelName("chat");
  submit.message.visitor = VisitorId(visitor);
  submit.message.external_id = id;
  submit.message.text = "text of " + visitor;
  return submit;
}

// Nobody can have another's message taken for a repetition of his own.
TEST(Seen, IsTheVisitorsOwn) {
  SmallShell s;
  EXPECT_EQ(s.ask(outside("u1", "1")), "ack");
  const auto first = contact_of(s, s.last);
  EXPECT_EQ(s.ask(outside("u2", "1")), "ack");
  EXPECT_NE(contact_of(s, s.last), first);
  EXPECT_FALSE(s.body(s.last).at("duplicate").as_bool());
  EXPECT_EQ(s.ask(outside("u1", "1")), "ack");
  EXPECT_EQ(contact_of(s, s.last), first);
  EXPECT_TRUE(s.body(s.last).at("duplicate").as_bool());
}

TEST(Tickets, AreDrawnInTheHallOnly) {
  SmallShell s;
  auto chat = line("v1", 1);
  chat.message.attributes["service"] = "tax";
  EXPECT_EQ(s.ask(std::move(chat)), "ack");
  EXPECT_FALSE(s.body(s.last).contains("ticket"));
  EXPECT_EQ(s.ticket("tax"), "ack");
  EXPECT_EQ(s.body(s.last).at("ticket"), "A001");
}

// What holds explain data alone writes the time, too: a restart begins no earlier than that.
TEST(SiteTime, IsInEveryBatch) {
  SmallShell s;
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  s.available("a1");  // offered now: the decision is added to what is kept, by a batch of its own
  s.run();
  ASSERT_TRUE(s.port.told("desk.a1", "offer"));
  EXPECT_GT(s.server->leader->now.ms, 1'000'000'000'000);
}

}  // namespace
}  // namespace fd::site::test
