// What leaves the site and when: nothing before its batch is durable, nothing to whom it is not meant, and nothing at
// all once another router leads.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using Kind = fd::test::Fault::Kind;
using bus::Verb;

// A conversation: v1 writes and watches, a1 has accepted.
void converse(SmallShell& s) {
  s.available("a1");
  EXPECT_EQ(s.attach_chat("v1"), "ack");
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  EXPECT_EQ(s.accept("a1"), "ack");
  s.port.notices.clear();
}

TEST(OutputCommit, TheAnswerWaitsForItsBatch) {
  SmallShell s;
  s.attach_chat("v1");
  s.port.notices.clear();
  s.store.script({Kind::stalled, Duration{0}});
  EXPECT_EQ(s.write("v1", "good day"), "");
  EXPECT_TRUE(s.store.stalled());
  EXPECT_EQ(s.port.types("chat.v1"), "") << "and so do the frames";
  s.store.release();
  s.run();
  EXPECT_EQ(s.answered(s.last), "ack");
  EXPECT_EQ(s.body(s.last).at("seq").to_number<int>(), 1);
  EXPECT_NE(s.port.types("chat.v1"), "");
}

TEST(OutputCommit, WhatArrivesMeanwhileWaitsForTheNextBatch) {
  SmallShell s;
  s.attach_chat("v1");
  EXPECT_EQ(s.write("v1", "one"), "ack");
  s.store.script({Kind::stalled, Duration{0}});
  s.store.script({Kind::stalled, Duration{0}});
  EXPECT_EQ(s.write("v1", "two"), "");
  EXPECT_EQ(s.write("v1", "three"), "");
  s.store.release();
  s.run();
  EXPECT_EQ(s.answered(s.last - 1), "ack");
  EXPECT_EQ(s.answered(s.last), "") << "its own batch is still under way";
  EXPECT_FALSE(s.port.told("chat.v1", "three"));
  s.store.release();
  s.run();
  EXPECT_EQ(s.answered(s.last), "ack");
  EXPECT_TRUE(s.port.told("chat.v1", "three"));
}

TEST(OutputCommit, AQuestionThatChangesNothingWaitsForWhatItSaw) {
  SmallShell s;
  s.store.script({Kind::stalled, Duration{0}});
  EXPECT_EQ(s.write("v1", "one"), "");
  EXPECT_EQ(s.write("v1", "five", 5), "") << "a gap: answered from a state that is not durable yet";
  s.store.release();
  s.run();
  EXPECT_EQ(s.answered(s.last), "retry gap");
}

TEST(OutputCommit, ALostReplyIsOneCommitAndOneAnswer) {
  SmallShell s;
  s.store.script({Kind::lost_reply, Duration{5}});
  s.write("v1", "one");
  ASSERT_TRUE(fd::test::run_until(s.io, [&] { return s.answered(s.last) == "ack"; }));
  const auto lines = fd::test::result_of(s.io, s.memory.lines(s.contact(), 1, 9));
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->size(), 1U);
}

TEST(Fencing, NothingLeavesAfterwardsAndEverybodyIsToldToComeAgain) {
  SmallShell s;
  s.available("a1");
  s.attach_chat("v1");
  EXPECT_EQ(s.write("v1", "one"), "ack");
  s.port.notices.clear();
  s.store.script({Kind::fenced, Duration{0}});
  EXPECT_EQ(s.write("v1", "two"), "retry fenced");
  EXPECT_FALSE(s.port.leading.back().leading);
  EXPECT_TRUE(s.port.notices.empty());
  EXPECT_FALSE(s.site->ready().leading);
  EXPECT_EQ(s.write("v1", "three"), "retry not_leading");
}

TEST(Fencing, WhoWaitsBehindAnotherIsToldToComeAgainToo) {
  SmallShell s;
  s.store.script({Kind::fenced, Duration{50}});
  EXPECT_EQ(s.write("v1", "one"), "") << "its commit hangs";
  const auto first = s.last;
  EXPECT_EQ(s.write("v1", "two"), "") << "one of a visitor at a time";
  const auto second = s.last;
  ASSERT_TRUE(fd::test::run_until(s.io, [&] { return !s.site->ready().leading; }));
  s.run();
  EXPECT_EQ(s.answered(first), "retry fenced");
  EXPECT_EQ(s.answered(second), "retry fenced");
}

TEST(Fencing, ACommitThatWasTakenOverIsAcknowledgedAndNothingElseIsSaid) {
  SmallShell s;
  s.available("a1");
  s.attach_chat("v1");
  s.port.notices.clear();
  s.store.script({Kind::taken_over, Duration{0}});
  EXPECT_EQ(s.write("v1", "one"), "ack") << "it is kept";
  EXPECT_TRUE(s.port.notices.empty()) << "the offer is the next leader's";
  EXPECT_FALSE(s.site->ready().leading);
}

TEST(Fencing, APoisonedBatchEndsTheLeadAndSaysWhere) {
  SmallShell s;
  s.available("a1");
  s.attach_chat("v1");
  EXPECT_EQ(s.write("v1", "one"), "ack");
  s.port.notices.clear();
  s.store.poison = [&s] { s.server->break_next = "WRONGTYPE"; };
  s.store.script({Kind::poisoned, Duration{0}});
  EXPECT_EQ(s.write("v1", "two"), "retry fenced");
  EXPECT_TRUE(s.port.notices.empty());
  EXPECT_FALSE(s.site->ready().leading);
  EXPECT_NE(s.site->ready().text.find("WRONGTYPE"), std::string::npos) << s.site->ready().text;
  fd::store::MemoryStore next(s.server, "next");
  EXPECT_FALSE(fd::test::result_of(s.io, next.acquire(s.clock.wall()))) << "nobody leads until it is repaired";
}

TEST(Trouble, OfTheStoreIsSaidWhileItLasts) {
  SmallShell s;
  s.store.script({Kind::refused, Duration{50}});
  s.write("v1", "one");
  EXPECT_NE(s.site->ready().store, "");
  ASSERT_TRUE(fd::test::run_until(s.io, [&] { return s.answered(s.last) == "ack"; }));
  EXPECT_EQ(s.site->ready().store, "");
}

TEST(Trouble, IsFoundByAskingWhileNobodyWrites) {
  SmallShell s;
  std::vector<std::string> said;
  auto ask = [&]() -> boost::asio::awaitable<void> {
    auto r = co_await s.site->check();
    said.push_back(r.store);
  };
  auto asked = [&](std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) boost::asio::co_spawn(s.io, ask(), boost::asio::detached);
    said.clear();
    return fd::test::run_until(s.io, [&] { return said.size() == n; });
  };
  ASSERT_TRUE(asked(1));
  EXPECT_EQ(said.front(), "");
  s.store.unreachable("gone");
  ASSERT_TRUE(asked(2)) << "two at once get the one answer";
  EXPECT_EQ(said, (std::vector<std::string>{"gone", "gone"}));
  s.store.unreachable("");
  ASSERT_TRUE(asked(1));
  EXPECT_EQ(said.front(), "");
}

TEST(Duplicates, TheSameLineIsTakenOnce) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.write("v1", "one", 1), "ack");
  const ContactId contact = s.contact();
  EXPECT_EQ(s.write("v1", "one", 1), "ack");
  EXPECT_TRUE(s.body(s.last).at("duplicate").as_bool());
  EXPECT_EQ(s.body(s.last).at("contact").as_string(), contact.str());
  const auto lines = fd::test::result_of(s.io, s.memory.lines(contact, 1, 9));
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->size(), 1U);
}

TEST(Duplicates, AnAgentsLineIsAnsweredAsAtFirst) {
  SmallShell s;
  converse(s);
  auto line = s.command(Verb::msg, "a1");
  line.contact = s.contact();
  line.page = "tab";
  std::vector<json::object> first;
  for (line.n = 1; line.n <= 3; ++line.n) {
    line.text = "line " + std::to_string(line.n);
    EXPECT_EQ(s.ask(line), "ack");
    first.push_back(s.body(s.last));
    EXPECT_TRUE(first.back().contains("seq"));
  }
  for (line.n = 1; line.n <= 3; ++line.n) {
    EXPECT_EQ(s.ask(line, "edge-2"), "ack");
    EXPECT_EQ(s.body(s.last), first[line.n - 1]) << line.n;
  }
  line.n = 2;
  s.store.script({Kind::stalled, Duration{0}});
  auto other = s.command(Verb::msg, "a1");
  other.contact = line.contact, other.page = "tab", other.n = 4, other.text = "line 4";
  EXPECT_EQ(s.ask(other), "");
  EXPECT_EQ(s.ask(other), "") << "its line is not durable yet";
  s.store.release();
  s.run();
  EXPECT_EQ(s.body(s.last), s.body(s.last - 1));
  const auto lines = fd::test::result_of(s.io, s.memory.lines(*line.contact, 1, 99));
  ASSERT_TRUE(lines);
  EXPECT_EQ(std::count_if(lines->begin(), lines->end(), [](const Line& l) { return l.by == Author::agent; }), 5)
      << "the greeting and four lines";
}

TEST(SignOut, ReachesTheTabsAtEveryEdge) {
  SmallShell s;
  EXPECT_EQ(s.attach_desk("a1"), "ack");
  EXPECT_EQ(s.attach_desk("a1", ".tab2", "edge-2"), "ack");
  EXPECT_EQ(s.attach_desk("a2", "", "edge-2"), "ack");
  auto open = s.command(Verb::session_open, "a1");
  open.session = SessionHash("ff");
  EXPECT_EQ(s.ask(open), "ack");
  s.port.notices.clear();
  auto close = s.command(Verb::session_close, "a1");
  close.session = SessionHash("ff");
  EXPECT_EQ(s.ask(close), "ack");
  ASSERT_EQ(s.port.notices.size(), 2U);
  for (const auto& [attachment, edge] : {std::pair{"desk.a1", "edge-1"}, {"desk.a1.tab2", "edge-2"}}) {
    EXPECT_EQ(s.port.types(attachment), "error");
    for (const auto& n : s.port.notices)
      if (n.attachment == attachment) {
        EXPECT_EQ(n.edge.str(), edge);
        EXPECT_EQ(n.frame.at("code"), "session_over");
        EXPECT_EQ(n.frame.at("session"), "ff") << "the edge closes the sockets of this session only";
        EXPECT_FALSE(n.frame.contains("n")) << "no delta";
      }
  }
  bus::Ask session;
  session.what = bus::What::session;
  session.session = SessionHash("ff");
  EXPECT_EQ(s.ask(session), "reject not_signed_in");
  auto touch = s.command(Verb::session_touch, "a1");
  touch.session = SessionHash("ff");
  EXPECT_EQ(s.ask(touch), "reject not_signed_in") << "a session that is over does not come back by use";
}

TEST(SignIn, IsKeptByUseUntilItsEnd) {
  SmallShell s;
  auto open = s.command(Verb::session_open, "a1");
  open.session = SessionHash("ff");
  EXPECT_EQ(s.ask(open), "ack");
  bus::Ask session;
  session.what = bus::What::session;
  session.session = SessionHash("ff");
  EXPECT_EQ(s.ask(session), "ack");
  const auto until = s.body(s.last).at("until");
  s.clock.advance(std::chrono::minutes{29});
  auto touch = s.command(Verb::session_touch, "a1");
  touch.session = SessionHash("ff");
  EXPECT_EQ(s.ask(touch), "ack");
  s.clock.advance(std::chrono::minutes{29});
  EXPECT_EQ(s.write("v1", "the store's time goes on"), "ack");
  EXPECT_EQ(s.ask(session), "ack");
  EXPECT_EQ(s.body(s.last).at("until"), until);
  s.clock.advance(std::chrono::minutes{31});
  EXPECT_EQ(s.write("v1", "the store's time goes on"), "ack");
  EXPECT_EQ(s.ask(session), "reject not_signed_in");
}

TEST(Rights, OnlyWhoIsConcernedReadsAContact) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.write("v1", "private matters"), "ack");
  EXPECT_EQ(s.accept("a1"), "ack");
  const auto ask = [&](bus::What what, const std::string& agent) {
    bus::Ask a;
    a.what = what;
    a.agent = AgentId(agent);
    a.contact = s.contact();
    a.text = s.contact().str();
    return s.ask(a);
  };
  for (const bus::What what : {bus::What::history, bus::What::explain, bus::What::contact}) {
    EXPECT_EQ(ask(what, "a1"), "ack") << "whose it is";
    EXPECT_EQ(ask(what, "s1"), "ack") << "a supervisor";
    EXPECT_EQ(ask(what, "c1"), "reject not_permitted") << "of another team";
    EXPECT_EQ(ask(what, "nobody"), "reject not_permitted");
  }
}

TEST(Preview, IsCutAtACharacter) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\u6d17";  // three bytes each
  for (const std::string& line : {text, "a" + text, "ab" + text, std::string("short")}) {
    const std::string cut(preview_of(line));
    EXPECT_LE(cut.size(), 200U);
    EXPECT_TRUE(line.starts_with(cut));
    EXPECT_GE(cut.size(), std::min<std::size_t>(line.size(), 198));
    boost::system::error_code failed;
    const auto parsed = json::parse("\"" + cut + "\"", failed);
    EXPECT_FALSE(failed) << "an edge could not read it: " << parsed;
  }
}

TEST(Views, QueuesSayTheTimeTheyAreOf) {
  SmallShell s;
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  s.clock.advance(std::chrono::seconds{90});
  bus::Ask queues;
  queues.what = bus::What::queues;
  EXPECT_EQ(s.ask(queues), "ack");
  const json::object& view = s.body(s.last);
  std::int64_t waits = 0;
  for (const auto& queue : view.at("queues").as_array())
    if (queue.at("id") == "online") waits = view.at("at").as_int64() - queue.at("oldest_at").as_int64();
  EXPECT_EQ(waits, 90'000);
}

TEST(Audience, LinesReachTheOtherSide) {
  SmallShell s;
  converse(s);
  auto line = s.command(Verb::msg, "a1");
  line.contact = s.contact();
  line.text = "how may I help";
  EXPECT_EQ(s.ask(line), "ack");
  EXPECT_TRUE(s.port.told("chat.v1", "how may I help"));
  EXPECT_FALSE(s.port.told("chat.v1", "\"a1\"")) << "customers see names, never ids of agents";
  EXPECT_EQ(s.write("v1", "my bill"), "ack");
  EXPECT_TRUE(s.port.told("desk.a1", "my bill"));
}

TEST(Audience, ANoteNeverReachesTheCustomer) {
  SmallShell s;
  converse(s);
  auto note = s.command(Verb::note, "a1");
  note.contact = s.contact();
  note.text = "has called five times";
  EXPECT_EQ(s.ask(note), "ack");
  EXPECT_TRUE(s.port.told("desk.a1", "has called five times"));
  EXPECT_EQ(s.port.types("chat.v1"), "") << "not even that there is one";
  EXPECT_EQ(s.attach_chat("v1"), "ack");
  EXPECT_FALSE(s.port.told("chat.v1", "has called five times")) << "nor when the page comes back";
  const auto kept = fd::test::result_of(s.io, s.memory.notes(s.contact()));
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), 1U);
  EXPECT_EQ(kept->front().text, "has called five times");
}

TEST(Audience, NobodyEndsAnothersContact) {
  SmallShell s;
  converse(s);
  bus::Command end;
  end.verb = Verb::end;
  end.contact = s.contact();
  end.visitor = VisitorId("v2");
  EXPECT_EQ(s.ask(end), "reject not_found");
  EXPECT_EQ(s.port.types("chat.v1"), "");
  end.visitor = VisitorId("v1");
  EXPECT_EQ(s.ask(end), "ack");
  EXPECT_NE(s.port.types("chat.v1").find("state"), std::string::npos);
}

TEST(Stopping, WhatWasTakenIsCommittedAndReleased) {
  SmallShell s;
  s.store.script({Kind::stalled, Duration{0}});
  EXPECT_EQ(s.write("v1", "one"), "");
  const auto first = s.last;
  bool stopped = false;
  boost::asio::co_spawn(s.io, s.site->stop(), [&](const std::exception_ptr&) { stopped = true; });
  s.run();
  EXPECT_FALSE(stopped) << "a batch is under way";
  EXPECT_EQ(s.write("v2", "late"), "retry restart");
  s.store.release();
  ASSERT_TRUE(fd::test::run_until(s.io, [&] { return stopped; }));
  EXPECT_EQ(s.answered(first), "ack");
}

TEST(Greeting, CarriesTheStaffNumberAndTheCompany) {
  SmallShell s;
  s.available("a1");
  s.attach_chat("v1");
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  EXPECT_EQ(s.accept("a1"), "ack");
  EXPECT_TRUE(s.port.told("chat.v1", "公司 1001 为您服务")) << "nobody said another language";
  EXPECT_TRUE(s.port.told("chat.v1", "joined"));
}

}  // namespace
}  // namespace fd::site::test
