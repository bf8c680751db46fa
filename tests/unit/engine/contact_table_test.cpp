// Every cell of the table of states and events of a contact (routing-semantics §5.6). Columns: Queued, Offered,
// Connecting (m: media, c: called to a counter), Active (c: at a counter), Paused, Wrapup, aBandoned, closed (X). A
// cell is what show() says afterwards, "! code" the refusal that leaves everything as it was, "" a combination that
// cannot be made.
#include <functional>

#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

constexpr std::array columns{"Q", "O", "Cm", "Cc", "A", "Ac", "P", "W", "B", "X"};
using Cells = std::array<const char*, columns.size()>;
constexpr const char* called = "connecting accepting a1 of a1";

Settings patient() {
  Settings s = small_settings();
  s.queues[QueueName("online")].offer_deadline = 20min;
  return s;
}

ContactId make(SmallSite& s, const string& state) {
  if (state == "Q" || state == "B") {
    const ContactId c = s.chat("v1");
    if (state == "B") s.gone(c), s.pass(10min);
    return c;
  }
  s.desk("a1");
  if (state == "Cc" || state == "Ac") {
    const ContactId t = s.ticket();
    s.next("a1");
    if (state == "Ac") s.apply(Serve{s.from("a1"), t});
    return t;
  }
  const ContactId c = state == "Cm" ? s.call("+86") : s.chat("v1");
  if (state == "O") return c;
  s.accept("a1", c);
  if (state == "P") s.gone(c), s.pass(5min);
  if (state == "W") s.end(c);
  if (state == "X") s.resolve("a1", c), s.pass(30s);
  return c;
}

struct TableRow {
  const char* event;
  std::function<void(SmallSite&, ContactId)> happen;
  Cells cells;
};

void check(const TableRow& row) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const string want = row.cells[i];
    if (want.empty()) continue;
    SCOPED_TRACE(string(row.event) + " in " + columns[i]);
    SmallSite s(patient());
    const ContactId c = make(s, columns[i]);
    const string before = s.show(c);
    row.happen(s, c);
    if (want.starts_with("! ")) {
      EXPECT_EQ(s.answer(), "refused " + want.substr(2));
      EXPECT_EQ(s.show(c), before);
    } else {
      EXPECT_EQ(s.show(c), want == "=" ? before : want);
    }
  }
}

const auto with_second = [](auto act) {
  return [act](SmallSite& s, ContactId c) {
    s.pause("online");
    s.desk("a2");
    act(s, c);
  };
};

TEST(ContactTable, Customers) {
  check({"message",
         [](SmallSite& s, ContactId) { s.chat("v1"); },
         {"=", "=", "", "", "=", "", "active of a1", "active of a1", "queued", "="}});
  check({"socket gone",
         [](SmallSite& s, ContactId c) { s.gone(c); },
         {"queued away", "offered offer a1 away", "=", "=", "active of a1 away", "=", "=", "=", "=", "="}});
  check({"socket back",
         [](SmallSite& s, ContactId c) { s.gone(c), s.back(c); },
         {"=", "=", "=", "=", "=", "=", "paused of a1", "=", "queued", "="}});
  check({"away 60 s",
         [](SmallSite& s, ContactId c) { s.gone(c), s.pass(60s); },
         {"queued away skip", "offered offer a1 away skip", "", "", "active of a1 away", "=", "=", "", "", "="}});
  check({"away 10 min",
         [](SmallSite& s, ContactId c) { s.gone(c), s.pass(10min); },
         {"abandoned away", "abandoned away", "", "", "", "=", "=", "", "", "="}});
  check({"silence",
         [](SmallSite& s, ContactId c) { s.gone(c), s.pass(5min); },
         {"", "", "", "", "paused of a1 away", "=", "=", "", "", "="}});
  check({"end",
         [](SmallSite& s, ContactId c) { s.end(c); },
         {"closed:abandoned", "closed:abandoned", "closed:abandoned of a1", "closed:abandoned of a1", "wrapup of a1",
          "closed:ended of a1", "closed:ended of a1", "=", "closed:abandoned", "="}});
}

TEST(ContactTable, Agents) {
  check({"owner's message",
         [](SmallSite& s, ContactId c) { s.say("a1", c); },
         {"! not_owner", "! not_owner", "! wrong_state", "! wrong_state", "=", "! no_reply", "=", "=", "! not_owner",
          "! closed"}});
  check({"accept",
         [](SmallSite& s, ContactId c) { s.accept("a1", c); },
         {"! gone", "active of a1", "=", "=", "=", "=", "=", "=", "! gone", "! offer_closed"}});
  check({"accept by another",
         [](SmallSite& s, ContactId c) { s.accept("a2", c); },
         {"! gone", "! not_found", "! not_found", "! not_found", "! not_found", "! not_found", "! not_found",
          "! not_found", "! gone", "! offer_closed"}});
  check({"decline",
         [](SmallSite& s, ContactId c) { s.decline("a1", c); },
         {"! gone", "queued", "! gone", "! gone", "! offer_closed", "! offer_closed", "! offer_closed",
          "! offer_closed", "! gone", "! gone"}});
  check({"transfer to queue",
         [](SmallSite& s, ContactId c) { s.transfer("a1", c, "vip"); },
         {"! not_owner", "! not_owner", "! wrong_state", "! wrong_state", "queued in vip", "queued in vip",
          "queued in vip away", "! wrong_state", "! not_owner", "! closed"}});
  check({"transfer to agent",
         with_second([](SmallSite& s, ContactId c) { s.hand("a1", c, "a2"); }),
         {"! not_owner", "! not_owner", "! wrong_state", "! wrong_state", "offered offer a2", "offered offer a2",
          "offered offer a2 away", "! wrong_state", "! not_owner", "! closed"}});
  check({"transfer to one who is not there",
         [](SmallSite& s, ContactId c) { s.hand("a1", c, "a2"); },
         {"", "", "", "", "! target_unavailable", "! target_unavailable", "! target_unavailable", "", "", ""}});
  check({"resolve",
         [](SmallSite& s, ContactId c) { s.resolve("a1", c); },
         {"! not_permitted", "! not_permitted", "! wrong_state", "! wrong_state", "wrapup of a1",
          "closed:resolved of a1", "closed:resolved of a1", "closed:resolved of a1", "! not_owner", "! resolved"}});
  check({"lost",
         [](SmallSite& s, ContactId c) { s.detach("a1", true), static_cast<void>(c); },
         {"=", "queued", "=", "queued", "queued held a1", "=", "=", "closed:ended of a1", "=", "="}});
  check({"socket gone 30 s",
         [](SmallSite& s, ContactId) { s.detach("a1"), s.pass(30s); },
         {"=", "queued", "queued", "queued", "queued held a1", "=", "=", "closed:ended of a1", "=", "="}});
  check({"away",
         [](SmallSite& s, ContactId) { s.presence("a1", Presence::away); },
         {"=", "queued", "=", "=", "=", "=", "=", "=", "=", "="}});
  check({"draining",
         [](SmallSite& s, ContactId) { s.presence("a1", Presence::draining); },
         {"=", "queued", "=", "=", "=", "=", "=", "=", "=", "="}});
}

TEST(ContactTable, Supervisors) {
  check({"reassign",
         with_second([](SmallSite& s, ContactId c) { s.reassign("a2", c); }),
         {"offered offer a2", "offered offer a2", "! wrong_state", "! wrong_state", "offered offer a2",
          "offered offer a2", "offered offer a2 away", "! wrong_state", "! wrong_state", "! closed"}});
  check({"reprioritise",
         [](SmallSite& s, ContactId c) {
           s.apply(Reprioritise{s.from("s1"), c, s.row(c)->v, Priority::high, "angry"});
         },
         {"=", "=", "=", "=", "=", "=", "=", "! wrong_state", "! wrong_state", "! closed"}});
  check({"resolve",
         [](SmallSite& s, ContactId c) { s.resolve("s1", c); },
         {"closed:canceled", "closed:canceled", "! wrong_state", "! wrong_state", "wrapup of a1",
          "closed:resolved of a1", "closed:resolved of a1", "closed:resolved of a1", "! wrong_state", "! resolved"}});
  check({"classify",
         [](SmallSite& s, ContactId c) {
           s.apply(Classify{s.from("s1"), c, s.row(c)->v, "fault", {}});
         },
         {"=", "=", "=", "=", "=", "=", "=", "=", "=", "="}});
  check({"forced offline",
         [](SmallSite& s, ContactId) { s.force("a1", Presence::offline); },
         {"=", "queued", "queued", "queued", "queued", "queued", "paused away", "closed:ended of a1", "=", "="}});
  check({"queue paused",
         [](SmallSite& s, ContactId) { s.pause("online"); },
         {"=", "=", "=", "=", "=", "=", "=", "=", "=", "="}});
}

TEST(ContactTable, TimeAndRestart) {
  check({"lease",
         [](SmallSite& s, ContactId) { s.pass(15s); },
         {"=", "=", "offered offer a1", "=", "=", "=", "=", "=", "=", "="}});
  check({"wrap-up",
         [](SmallSite& s, ContactId) { s.pass(30s); },
         {"", "", "", "", "", "", "", "closed:ended of a1", "", ""}});
  check({"called 60 s",
         [](SmallSite& s, ContactId) { s.pass(60s); },
         {"", "", "", "active of a1 assumed", "", "", "", "", "", ""}});
  check({"600 s",
         [](SmallSite& s, ContactId) { s.pass(600s); },
         {"", "", "", "", "=", "=", "=", "", "closed:abandoned", ""}});
  check({"offer's deadline",
         [](SmallSite& s, ContactId) { s.pass(20min); },
         {"", "queued", "", "", "", "", "", "", "", ""}});
  check({"a day",
         [](SmallSite& s, ContactId) { s.pass(25h); },
         {"", "", "", "closed:expired of a1 assumed", "closed:expired of a1", "closed:expired of a1",
          "closed:expired of a1", "", "", "="}});
  check({"load",
         [](SmallSite& s, ContactId) { s.restart(); },
         {"=", "queued", "queued", "=", "=", "=", "=", "=", "=", "="}});
}

TEST(ContactTable, WhatHappensToAnOfferIsSaid) {
  SmallSite s(patient());
  const ContactId c = make(s, "O");
  const OfferId offer = s.offer(c);
  s.presence("a1", Presence::away);
  s.apply(Accept{s.from("a1"), c, offer});
  EXPECT_EQ(s.answer(), "refused offer_closed");
  EXPECT_EQ(s.row(c)->last_offer->state, OfferState::withdrawn);
  s.restart();
  s.apply(Accept{s.from("a1"), c, offer});
  EXPECT_EQ(s.answer(), "refused offer_closed") << "the reason outlives a restart";
}

TEST(ContactTable, WhoStandsAtALostAgentsCounterIsSaidOnce) {
  SmallSite s(patient());
  const ContactId c = make(s, "Ac");
  s.detach("a1");
  EXPECT_EQ(s.said().find("alarm"), string::npos) << "the agent may be back in a moment";
  s.wait(30s);
  s.apply(Tick{});
  EXPECT_NE(s.said().find("alarm"), string::npos);
  EXPECT_EQ(s.show("a1").substr(0, 7), "offline");
  EXPECT_EQ(s.row(c)->owner.str(), "a1") << "the customer is still this agent's";
  s.pass(30s);
  EXPECT_EQ(s.said().find("alarm"), string::npos);
  s.attach("a1");
  EXPECT_EQ(s.show(c), "active of a1");
}

TEST(ContactTable, ResumedMessagesGoToTheLineWhenTheOwnerCannot) {
  SmallSite s(patient());
  const ContactId c = make(s, "P");
  s.presence("a1", Presence::away);
  const auto key = s.row(c)->key();
  s.chat("v1");
  EXPECT_EQ(s.show(c), "queued held a1");
  EXPECT_EQ(s.row(c)->key(), key);
  s.pass(119s);
  s.desk("a2");
  EXPECT_EQ(s.show(c), "queued held a1");
  s.pass(1s);
  EXPECT_EQ(s.show(c), "offered offer a2");
}

TEST(ContactTable, WhoReturnsFromAbandonedIsNotAwayAnyMore) {
  SmallSite s(patient());
  const ContactId c = make(s, "B");
  s.chat("v1");
  s.pass(30s);
  EXPECT_EQ(s.show(c), "queued");
}

TEST(ContactTable, HandedToAnAgentWhoDoesNotAnswer) {
  SmallSite s;
  const ContactId c = make(s, "A");
  s.desk("a2");
  s.hand("a1", c, "a2");
  s.wait(45s);
  s.apply(Tick{});
  EXPECT_EQ(s.show(c), "queued") << "both are excluded";
  const auto told = s.told_of_failed_transfer();
  EXPECT_EQ(told, "a1: a2 expired") << "who gave it knows that it came to nothing";
  s.pass(10s);
  EXPECT_EQ(s.show(c), "offered offer a1") << "nobody else: again after the short delay";
}

TEST(ContactTable, WhoHadItGivenIsToldThatItCameToNothing) {
  SmallSite s;
  const ContactId c = make(s, "A");
  s.desk("a2");
  s.reassign("a2", c);
  EXPECT_EQ(s.show(c), "offered offer a2");
  s.decline("a2", c);
  EXPECT_EQ(s.told_of_failed_transfer(), "s1: a2 declined") << "the supervisor, not the agent it was taken from";
  EXPECT_EQ(s.show(c), "queued") << "who it was taken from is not asked at once either";
  const ContactId waits = s.chat("v9");
  s.accept("a1", waits);
  s.hand("a1", waits, "a2");
  s.end(waits);
  EXPECT_EQ(s.told_of_failed_transfer(), "a1: a2 canceled") << "the customer left first";
  const ContactId taken = s.chat("v8");
  s.accept("a1", taken);
  s.hand("a1", taken, "a2");
  s.accept("a2", taken);
  EXPECT_EQ(s.told_of_failed_transfer(), "") << "control: accepted";
  EXPECT_TRUE(s.row(taken)->giver.empty());
}

TEST(ContactTable, ServedAndThenAwayIsNotAbandoned) {
  SmallSite s(patient());
  const ContactId c = make(s, "P");
  s.pass(15min);  // away all the while
  s.transfer("a1", c, "vip");
  EXPECT_EQ(s.show(c), "queued in vip away");
  s.pass(1h);
  EXPECT_EQ(s.show(c), "queued in vip away") << "nobody who was answered has abandoned anything";
  s.transfer("a1", c, "online");
  EXPECT_EQ(s.answer(), "refused not_owner");
}

TEST(ContactTable, AQueueClockRunsOnWhileNobodyServes) {
  Settings settings = small_settings();
  settings.queues[QueueName("phone")].max_wait = 60s;
  settings.queues[QueueName("phone")].overflow = QueueName("online");
  settings.roster[AgentId("a2")].channels = {"chat"};
  SmallSite s(settings);
  s.desk("a1");
  s.wait(50s);
  const ContactId c = s.call("+86");
  const Instant due = s.row(c)->max_wait_at;
  s.accept("a1", c);
  s.wait(5s);
  s.apply(ConnectFailed{c, s.offer(c)});
  EXPECT_EQ(s.row(c)->max_wait_at, due) << "set-up failed: it has waited since it came";
  s.pass(50s);
  s.apply(Tick{});
  EXPECT_EQ(s.row(c)->max_wait_at, due);
}

TEST(ContactTable, ReassignByForcePassesCapacity) {
  SmallSite s(patient());
  s.desk("a1");
  const ContactId phone = s.call("+86");
  s.accept("a1", phone);
  const ContactId c = s.chat("v1");
  s.reassign("a1", c);
  EXPECT_EQ(s.answer(), "refused target_unavailable");
  s.reassign("a1", c, true);
  EXPECT_EQ(s.show(c), "offered offer a1");
  EXPECT_EQ(s.used("a1"), 125);
}

TEST(ContactTable, RemovedFromTheRoster) {
  SmallSite s(patient());
  const ContactId c = make(s, "O");
  const ContactId active = s.chat("v2");
  s.accept("a1", active);
  auto roster = s.settings.roster;
  roster.erase(AgentId("a1"));
  roster[AgentId("a2")].skills["zh"] = 3;
  s.apply(Roster{3, roster});
  EXPECT_EQ(s.show(c), "queued");
  EXPECT_EQ(s.row(c)->last_offer->reason, "config");
  EXPECT_EQ(s.show(active), "queued");
  EXPECT_NE(s.said().find("session_over"), string::npos);
  s.desk("a2");
  EXPECT_EQ(s.show(c), "offered offer a2");
  s.apply(SetPresence{s.from("a1"), Presence::available, "", ""});
  EXPECT_EQ(s.answer(), "refused disabled");
}

}  // namespace
}  // namespace fd::engine::test
