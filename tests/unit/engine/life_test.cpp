// Life of a chat and of a ticket, row by row (routing-semantics §5.6).
#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

TEST(Life, OfAChat) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  EXPECT_EQ(s.answer(), "kept 1");
  EXPECT_EQ(s.moved(), ">queued queued>offered") << "an agent is free: offered in the same step";
  EXPECT_EQ(s.show(c), "offered offer a1");
  EXPECT_EQ(s.row(c)->number.str(), "20261124-000001");
  EXPECT_EQ(s.show("a1"), "available used 25");

  s.wait(5s);
  s.accept("a1", c);
  EXPECT_EQ(s.answer(), "done");
  EXPECT_EQ(s.moved(), "offered>connecting connecting>active") << "one step, two transitions";
  EXPECT_EQ(s.row(c)->seq, 3U) << "joined and greeting";
  EXPECT_EQ(s.show(c), "active of a1");
  s.say("a1", c);
  s.chat("v1");
  EXPECT_EQ(s.answer(), "kept 5");

  s.gone(c);
  EXPECT_EQ(s.show(c), "active of a1 away");
  s.back(c);
  EXPECT_EQ(s.show(c), "active of a1");
  s.gone(c);
  s.pass(5min);
  EXPECT_EQ(s.show(c), "paused of a1 away");
  EXPECT_EQ(s.show("a1"), "available") << "dormant work takes no capacity";
  s.back(c);
  EXPECT_EQ(s.show(c), "paused of a1") << "only a message resumes";
  s.chat("v1");
  EXPECT_EQ(s.show(c), "active of a1");
  EXPECT_EQ(s.show("a1"), "available used 25");

  const auto key = s.row(c)->virtual_start;
  s.desk("a2");
  s.transfer("a1", c, "online");
  EXPECT_EQ(s.moved(), "active>queued queued>offered");
  EXPECT_EQ(s.show(c), "offered offer a2") << "the giver is not asked at once";
  EXPECT_EQ(s.row(c)->virtual_start, key);
  EXPECT_EQ(s.row(c)->transfer_head_start, 300s);
  s.accept("a2", c);
  s.resolve("a2", c);
  EXPECT_EQ(s.show(c), "wrapup of a2");
  s.pass(30s);
  EXPECT_EQ(s.show(c), "closed:resolved of a2");
  EXPECT_EQ(s.engine.live(), 0U);

  s.pass(2min);
  const ContactId again = s.chat("v1");
  EXPECT_NE(again, c);
  EXPECT_EQ(s.row(again)->number, s.row(c)->number) << "the same case";
  EXPECT_EQ(s.row(again)->previous, c);
  EXPECT_EQ(s.show(again), "offered offer a2 held a2") << "the last agent first";
  s.decline("a2", again);
  EXPECT_EQ(s.show(again), "offered offer a1") << "who declines does not keep it";
}

// Left before anybody could answer: no lost customer, and told apart in the row and in the record (5 s by default).
TEST(Life, WhoLeavesAtOnceIsFlagged) {
  const auto reason = [](const SmallSite& s) {
    return s.last->transitions.empty() ? "nothing happened" : s.last->transitions.back().reason;
  };
  for (const auto& [waited, flagged] : {std::pair{Duration{4999}, true}, std::pair{Duration{5000}, false}}) {
    SmallSite ends;
    const ContactId c = ends.chat("v1");
    ends.wait(waited);
    ends.end(c);
    EXPECT_EQ(ends.show(c), "closed:abandoned");
    EXPECT_EQ(ends.row(c)->short_abandon, flagged) << waited.count();
    EXPECT_EQ(reason(ends), flagged ? "short_abandon" : "abandoned");

    SmallSite goes;
    const ContactId d = goes.chat("v1");
    goes.wait(waited);
    goes.gone(d);
    goes.wait(10min);
    goes.apply(Tick{});
    EXPECT_EQ(goes.show(d), "abandoned away") << "what counts is when the socket closed";
    EXPECT_EQ(goes.row(d)->short_abandon, flagged) << waited.count();
    EXPECT_EQ(reason(goes), flagged ? "short_abandon" : "");
    goes.restart();
    EXPECT_EQ(goes.row(d)->short_abandon, flagged) << "stored";
    goes.wait(10min);
    goes.apply(Tick{});
    EXPECT_EQ(goes.show(d), "closed:abandoned");
    EXPECT_EQ(reason(goes), flagged ? "short_abandon" : "abandoned");
  }
}

TEST(Life, WhoComesBackWasNotLostAndWhoWasServedNeitherLeftAtOnce) {
  SmallSite s;
  const ContactId c = s.chat("v1");
  s.gone(c);
  s.pass(10min);
  EXPECT_TRUE(s.row(c)->short_abandon);
  s.back(c);
  EXPECT_FALSE(s.row(c)->short_abandon);
  s.end(c);
  EXPECT_FALSE(s.row(c)->short_abandon) << "it has waited ten minutes";

  s.desk("a1");
  const ContactId answered = s.chat("v2");
  s.accept("a1", answered);
  s.end(answered);
  EXPECT_FALSE(s.row(answered)->short_abandon);
}

TEST(Life, AnOfferKeepsWhyItWasMade) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  ASSERT_EQ(s.row(c)->offers.size(), 1U);
  EXPECT_EQ(s.row(c)->offers.front().why, "longest_idle");
  s.accept("a1", c);
  s.desk("a2");
  s.hand("a1", c, "a2");
  ASSERT_EQ(s.row(c)->offers.size(), 1U);
  EXPECT_EQ(s.row(c)->offers.front().why, "knows it");
}

TEST(Life, TheCaseIsNewAfterTheWindow) {
  for (const auto& [after, same] : {std::pair{Duration{23h}, true}, std::pair{Duration{25h}, false}}) {
    SmallSite s;
    s.desk("a1");
    const ContactId c = s.chat("v1");
    s.accept("a1", c);
    s.resolve("a1", c);
    s.pass(30s);
    s.pass(after);
    const ContactId next = s.chat("v1");
    EXPECT_EQ(s.row(next)->number == s.row(c)->number, same);
  }
}

TEST(Life, AMessageInTheStepThatClosesBeginsANewContact) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.resolve("a1", c);
  s.wait(31s);  // wrap-up is over, but nothing has fired yet
  const ContactId next = s.chat("v1");
  EXPECT_EQ(s.show(c), "closed:resolved of a1");
  EXPECT_NE(next, c);
  EXPECT_EQ(s.row(next)->previous, c);
  EXPECT_EQ(s.row(next)->customer_seq, 1U);
}

TEST(Life, OfATicket) {
  SmallSite s;
  s.desk("a1");
  const ContactId t = s.ticket();
  EXPECT_EQ(s.row(t)->ticket, "A001");
  EXPECT_EQ(std::get<Kept>(s.effects.front()).position, 1U);
  EXPECT_EQ(s.show(t), "queued") << "nobody is offered a number";
  s.next("a1");
  EXPECT_EQ(s.show(t), "connecting accepting a1 of a1");
  EXPECT_EQ(s.row(t)->counter, "window a1");
  EXPECT_NE(s.said().find("called"), string::npos);
  const Instant due = s.row(t)->lease;
  s.wait(20s);
  s.apply(Recall{s.from("a1"), t});
  EXPECT_EQ(s.answer(), "done");
  EXPECT_EQ(s.row(t)->lease, due + 20s);
  s.apply(Serve{s.from("a1"), t});
  EXPECT_EQ(s.show(t), "active of a1");
  EXPECT_NE(s.said().find("display"), string::npos);
  s.apply(Done{s.from("a1"), t, "billing", "solved"});
  EXPECT_EQ(s.moved(), "active>wrapup wrapup>closed");
  EXPECT_EQ(s.show(t), "closed:resolved of a1");
  EXPECT_EQ(s.show("a1"), "available");
}

TEST(Life, OfATicketWhoseCustomerIsAbsent) {
  SmallSite s;
  s.desk("a1");
  const ContactId t = s.ticket();
  s.next("a1");
  const auto key = s.row(t)->key();
  s.apply(AbsentCustomer{s.from("a1"), t});
  EXPECT_EQ(s.show(t), "queued skip");
  EXPECT_EQ(s.row(t)->key(), key) << "old key";
  s.next("a1");
  EXPECT_EQ(s.answer(), "refused empty");
  s.pass(180s);
  EXPECT_EQ(s.show(t), "queued");
  s.next("a1");
  s.apply(AbsentCustomer{s.from("a1"), t});
  EXPECT_EQ(s.show(t), "abandoned");
  s.apply(Recall{s.from("a1"), t});
  EXPECT_EQ(s.show(t), "connecting accepting a1 of a1") << "comes back within 30 minutes";
  s.apply(AbsentCustomer{s.from("a1"), t});
  s.pass(30min);
  EXPECT_EQ(s.show(t), "closed:no_show");
}

TEST(Life, ArrivalIsAssumedAfterAMinute) {
  SmallSite s;
  s.desk("a1");
  const ContactId t = s.ticket();
  s.next("a1");
  s.pass(60s);
  EXPECT_EQ(s.show(t), "active of a1 assumed");
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->missed, 0U);
  s.pass(12h);
  EXPECT_EQ(s.show(t), "closed:expired of a1 assumed");
}

TEST(Life, ATicketIsCanceled) {
  SmallSite s;
  s.desk("a1");
  const ContactId one = s.ticket(), two = s.ticket();
  s.end(one);
  EXPECT_EQ(s.show(one), "closed:abandoned");
  s.next("a1");
  s.end(two);
  EXPECT_EQ(s.show(two), "closed:abandoned of a1");
  EXPECT_EQ(s.show("a1"), "available");
}

TEST(Life, ATicketWaitsTwelveHours) {
  SmallSite s;
  const ContactId t = s.ticket();
  s.pass(12h);
  EXPECT_EQ(s.show(t), "closed:expired");
}

TEST(Line, KnowsThePlaceOfEachHoweverLongItIs) {
  SmallSite s;
  std::vector<ContactId> all;
  for (int i = 0; i < 1000; ++i) all.push_back(s.chat("v" + std::to_string(i)));
  for (const std::size_t i : {0U, 199U, 350U, 650U, 999U}) EXPECT_EQ(s.engine.place(all[i])->position, i + 1);
  Classification next;
  next.queue = QueueName("online");
  EXPECT_EQ(s.engine.ahead(next, s.now), 1000U);
}

TEST(Transfers, NeedAReason) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.apply(Transfer{s.from("a1"), c, s.row(c)->v, QueueName("vip"), {}, ""});
  EXPECT_EQ(s.answer(), "refused reason_missing");
}

}  // namespace
}  // namespace fd::engine::test
