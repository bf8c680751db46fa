// The dialogue with the router: what is sent in which order, and what is never lost or doubled by the edge.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/chat/talk.hpp"

namespace fd::chat {
namespace {

using testing::ElementsAre;
class ChatDialogue : public testing::Test, public Talk {};

std::vector<std::string> submitted(const test::RecordingEdge& edge) {
  std::vector<std::string> cids;
  for (const auto& one : edge.all<bus::Submit>()) cids.push_back(one.message.external_id);
  return cids;
}

TEST_F(ChatDialogue, NoticesBeforeTheWelcomeComeAfterItInTheirOrder) {
  edge.hold();
  start(R"(,"contact":")" + live + R"(","last_seq":1)");
  const auto to = attachment();
  ASSERT_TRUE(edge.notice(to, line(2)));
  ASSERT_TRUE(edge.notice(to, line(3)));
  EXPECT_TRUE(socket->sent.empty());  // the control: nothing overtakes
  edge.release(welcome_ack(live, 3, 2));
  settle();
  edge.notice(to, line(4));
  EXPECT_THAT(socket->sent_types(), ElementsAre("welcome", "msg", "msg", "msg"));
  for (std::size_t i = 1; i < socket->sent.size(); ++i)
    EXPECT_EQ(socket->sent[i].at("seq").as_int64(), std::int64_t(i + 1));
}

// A router that sends ten lines of 4,000 Chinese characters an Attach, and `more` while there are others.
class ChatBacklog : public ChatDialogue {
 public:
  static constexpr std::uint64_t lines = 60, share = 10;

  void answer(const bus::Attach& request, std::uint64_t most = share) {
    std::string text;
    for (int i = 0; i < 4000; ++i) text += "好";
    const auto from = request.last_seq + 1;
    const auto to = std::min(lines, request.last_seq + most);
    edge.release(welcome_ack(live, lines, from));
    for (auto seq = from; seq <= to; ++seq) {
      auto frame = line(seq);
      frame["text"] = text;
      edge.notice(request.attachment, frame);
    }
    if (to < lines) edge.notice(request.attachment, object(R"({"type":"more"})"));
    settle();
  }
  [[nodiscard]] std::vector<std::int64_t> seen() const {
    std::vector<std::int64_t> seqs;
    for (const auto& frame : socket->sent_of("msg")) seqs.push_back(frame.at("seq").as_int64());
    return seqs;
  }
};

TEST_F(ChatBacklog, ComesOnceInOrderOnOneSocketAsFastAsThePageReads) {
  edge.hold();
  start(R"(,"contact":")" + live + R"(","last_seq":0)");
  socket->reading = false;
  std::size_t rounds = 0;
  for (; edge.held() > 0 && rounds < 10; ++rounds) {
    answer(edge.all<bus::Attach>().back());
    EXPECT_EQ(edge.held(), 0U) << "the rest waits for the page";
    socket->read();
    settle();
  }
  EXPECT_EQ(rounds, lines / share);
  std::vector<std::int64_t> all;
  for (std::int64_t seq = 1; seq <= std::int64_t(lines); ++seq) all.push_back(seq);
  EXPECT_EQ(seen(), all);
  EXPECT_FALSE(socket->closed);
  EXPECT_TRUE(socket->sent_of("more").empty());
}

TEST_F(ChatBacklog, AllAtOnceDoesNotFit) {  // the control
  edge.hold();
  start(R"(,"contact":")" + live + R"(","last_seq":0)");
  socket->reading = false;
  answer(edge.all<bus::Attach>().back(), lines);
  EXPECT_EQ(socket->closed.value().code, 1013);
}

TEST_F(ChatDialogue, FramesOfTheRouterPassUnchanged) {
  start();
  const auto frame =
      object(R"({"type":"place","contact":")" + live + R"(","position":null,"est_wait_s":null,"new":1})");
  edge.notice(attachment(), frame);
  EXPECT_EQ(socket->sent.back(), frame);
}

TEST_F(ChatDialogue, WhileThereIsNoAnswerThePageIsToldAndTheSocketStays) {
  edge.hold();
  start();
  ASSERT_TRUE(until([&] { return socket->sent_of("slow_down").size() >= 2; }));
  EXPECT_EQ(socket->sent[0].at("reason"), "busy");
  EXPECT_FALSE(socket->closed);
  edge.release(welcome_ack("", 0, 1));
  settle();
  const auto told = socket->sent_of("slow_down").size();
  EXPECT_EQ(socket->sent.back().at("type"), "welcome");
  const auto past = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  (void)until([&] { return std::chrono::steady_clock::now() > past; });
  EXPECT_EQ(socket->sent_of("slow_down").size(), told);
}

TEST_F(ChatDialogue, AnAttachThatIsPutOffIsRepeated) {
  edge.script(bus::Retry{1, "busy", {}});
  edge.script(bus::Retry{1, "deadline", {}});
  start();
  ASSERT_TRUE(until([&] { return !socket->sent_of("welcome").empty(); }));
  const auto attaches = edge.all<bus::Attach>();
  ASSERT_EQ(attaches.size(), 3U);
  EXPECT_EQ(attaches[0].attachment, attaches[2].attachment);
}

TEST_F(ChatDialogue, OneMessageAtATimeInOrder) {
  start();
  edge.hold();
  for (int n = 1; n <= 3; ++n) msg(n);
  EXPECT_THAT(submitted(edge), ElementsAre("p1:1"));
  edge.release(kept(1));
  settle();
  EXPECT_THAT(submitted(edge), ElementsAre("p1:1", "p1:2"));
  edge.release(kept(2));
  settle();
  edge.release(kept(3));
  settle();
  EXPECT_THAT(submitted(edge), ElementsAre("p1:1", "p1:2", "p1:3"));
  const auto acks = socket->sent_of("ack");
  ASSERT_EQ(acks.size(), 3U);
  EXPECT_EQ(mismatch(Direction::out, acks[2], true), std::nullopt);
  EXPECT_EQ(acks[2].at("cid"), "p1:3");
  EXPECT_EQ(acks[2].at("seq"), 3);
}

TEST_F(ChatDialogue, NothingIsAcknowledgedBeforeTheRouterSaysSo) {
  start();
  edge.hold();
  msg(1);
  EXPECT_TRUE(socket->sent_of("ack").empty());
  EXPECT_EQ(around.unanswered, 1U);
  edge.release(kept(1));
  settle();
  EXPECT_EQ(socket->sent_of("ack").size(), 1U);
  EXPECT_EQ(around.unanswered, 0U);
}

TEST_F(ChatDialogue, AMessageThatIsPutOffTakesThoseBehindItAlong) {
  start();
  edge.hold();
  for (int n = 1; n <= 3; ++n) msg(n);
  edge.release(bus::Retry{700, "store", {}});
  settle();
  EXPECT_THAT(submitted(edge), ElementsAre("p1:1"));  // 2 and 3 would only make gaps
  EXPECT_EQ(socket->sent_of("slow_down").size(), 1U);
  EXPECT_EQ(socket->sent.back().at("reason"), "busy");
  EXPECT_EQ(socket->sent.back().at("retry_ms"), 700);
  EXPECT_EQ(around.unanswered, 0U);
  edge.stop_holding();
  for (int n = 1; n <= 3; ++n) msg(n);
  EXPECT_THAT(submitted(edge), ElementsAre("p1:1", "p1:1", "p1:2", "p1:3"));
}

TEST_F(ChatDialogue, AGapNamesTheNextNumber) {
  start();
  boost::json::object next;
  next["next"] = 3;
  edge.script(bus::Retry{0, "gap", next});
  msg(5);
  EXPECT_EQ(socket->sent.back(), object(R"({"type":"slow_down","retry_ms":0,"reason":"gap","next":3})"));
}

TEST_F(ChatDialogue, ARefusedMessageIsNamedByItsCid) {
  start();
  edge.script(bus::Reject{"blocked", "the site takes no messages of this kind", {}});
  msg(1);
  EXPECT_EQ(socket->sent.back(), object(R"({"type":"error","code":"refused","cid":"p1:1",)"
                                        R"("text":"the site takes no messages of this kind"})"));
}

TEST_F(ChatDialogue, AReconnectedPageSendsTheSameCidAndTheSameMessageGoesOut) {
  start();
  edge.hold();
  msg(1);
  hang_up();  // the ack never came
  edge.stop_holding();
  edge.release(kept(1));
  settle();
  ASSERT_TRUE(ended());
  EXPECT_TRUE(socket->sent_of("ack").empty());
  const std::string token(socket->sent.at(0).at("token").as_string());
  start(R"(,"token":")" + token + "\"");
  msg(1);
  const auto submits = edge.all<bus::Submit>();
  ASSERT_EQ(submits.size(), 2U);
  EXPECT_EQ(submits[0].message, submits[1].message);
  EXPECT_EQ(socket->sent.back().at("type"), "ack");
}

TEST_F(ChatDialogue, WhatASocketBroughtIsHandedOverBeforeItDetaches) {
  start();
  edge.hold();
  msg(1);
  msg(2);
  hang_up();
  edge.release(kept(1));
  settle();
  edge.stop_holding();
  edge.release(kept(2));
  settle();
  EXPECT_THAT(submitted(edge), ElementsAre("p1:1", "p1:2"));
  EXPECT_TRUE(std::holds_alternative<bus::Detach>(edge.requests.back()));
  EXPECT_TRUE(ended());
}

TEST_F(ChatDialogue, FiftyMayWait) {
  settings->rate_burst = 100;
  start();
  edge.hold();
  for (int n = 1; n <= 52; ++n) msg(n);  // 1 on its way, 50 wait
  EXPECT_EQ(socket->sent_of("slow_down").size(), 1U);
  EXPECT_EQ(around.unanswered, 51U);
}

TEST_F(ChatDialogue, AResyncAttachesAgainFromTheLastLineWithoutAHole) {
  edge.script(welcome_ack(live, 2, 3));
  start(R"(,"contact":")" + live + R"(","last_seq":2)");
  const auto to = attachment();
  edge.notice(to, line(3));
  edge.notice(to, line(5));  // 4 was lost on the way
  edge.script(welcome_ack(live, 5, 4));
  edge.resync(to);
  settle();
  const auto attaches = edge.all<bus::Attach>();
  ASSERT_EQ(attaches.size(), 2U);
  EXPECT_EQ(attaches[1].attachment, to);
  EXPECT_EQ(attaches[1].contact, ContactId::parse(live));
  EXPECT_EQ(attaches[1].last_seq, 3U);
  EXPECT_EQ(socket->sent_of("welcome").size(), 2U);
}

TEST_F(ChatDialogue, OwnMessagesCountAsSeen) {
  start();
  msg(1);
  edge.resync(attachment());
  settle();
  EXPECT_EQ(edge.all<bus::Attach>().back().contact, ContactId::parse(live));
  EXPECT_EQ(edge.all<bus::Attach>().back().last_seq, 1U);
}

TEST_F(ChatDialogue, AResyncDuringAnAttachAttachesOnceMore) {
  edge.hold();
  start();
  edge.resync(attachment());
  edge.stop_holding();
  edge.release(welcome_ack("", 0, 1));
  settle();
  EXPECT_EQ(edge.all<bus::Attach>().size(), 2U);
}

TEST_F(ChatDialogue, ReadMarksAreCoalescedToTheNewest) {
  settings->read_every = std::chrono::milliseconds(1000);  // longer than a busy machine takes to say nine marks
  start();
  for (int seq = 1; seq <= 9; ++seq)
    say(R"({"type":"read","contact":")" + live + R"(","seq":)" + std::to_string(seq) + "}");
  ASSERT_EQ(commands(bus::Verb::customer_read).size(), 1U);  // the first at once, the rest wait
  EXPECT_EQ(commands(bus::Verb::customer_read)[0].seq, 1U);
  ASSERT_TRUE(until([&] { return commands(bus::Verb::customer_read).size() > 1; }));
  const auto reads = commands(bus::Verb::customer_read);
  ASSERT_EQ(reads.size(), 2U);
  EXPECT_EQ(reads[1].seq, 9U);
  EXPECT_EQ(reads[1].contact, ContactId::parse(live));
  EXPECT_FALSE(reads[1].visitor.empty());
}

TEST_F(ChatDialogue, AReadMarkNeverGoesBack) {
  settings->read_every = std::chrono::hours(1);
  start();
  for (const int seq : {5, 9, 7})
    say(R"({"type":"read","contact":")" + live + R"(","seq":)" + std::to_string(seq) + "}");
  hang_up();  // also: what waits is sent at the end
  const auto reads = commands(bus::Verb::customer_read);
  ASSERT_EQ(reads.size(), 2U);
  EXPECT_EQ(reads[1].seq, 9U);
}

TEST_F(ChatDialogue, TypingIsASignalOfTheLiveContact) {
  start();
  say(R"({"type":"typing","on":true})");
  EXPECT_TRUE(edge.signals.empty());  // nobody to tell yet
  msg(1);
  for (const auto* on : {"true", "true", "false", "false"}) say(std::string(R"({"type":"typing","on":)") + on + "}");
  ASSERT_EQ(edge.signals.size(), 2U);
  EXPECT_TRUE(edge.signals[0].typing);
  EXPECT_FALSE(edge.signals[1].typing);
  EXPECT_EQ(edge.signals[0].contact, ContactId::parse(live));
  EXPECT_EQ(edge.signals[0].attachment, attachment());
}

TEST_F(ChatDialogue, TheEndComesAfterTheMessagesBeforeIt) {
  start();
  edge.hold();
  msg(1);
  say(R"({"type":"end","contact":")" + live + "\"}");
  EXPECT_TRUE(commands(bus::Verb::end).empty());
  edge.stop_holding();
  edge.release(kept(1));
  settle();
  const auto ends = commands(bus::Verb::end);
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_EQ(ends[0].contact, ContactId::parse(live));
  EXPECT_EQ(ends[0].visitor, edge.all<bus::Attach>()[0].visitor);
}

TEST_F(ChatDialogue, EndingAClosedChatSaysSo) {
  start();
  edge.script(bus::Reject{"closed", "this chat is closed", {}});
  say(R"({"type":"end","contact":")" + live + "\"}");
  EXPECT_EQ(socket->sent.back(), object(R"({"type":"error","code":"closed","text":"this chat is closed"})"));
}

TEST_F(ChatDialogue, WhileDrainingNothingNewIsTaken) {
  start();
  around.draining = true;
  msg(1);
  EXPECT_TRUE(edge.all<bus::Submit>().empty());
  EXPECT_EQ(socket->sent.back().at("reason"), "busy");
}

TEST_F(ChatDialogue, AWelcomeWithoutABodyIsAFaultThatIsSeen) {
  edge.answer_with = [](const bus::Request&) -> bus::Answer { return bus::Ack{}; };
  start();
  ASSERT_TRUE(socket->closed);
  EXPECT_EQ(socket->closed->code, 1011);
  EXPECT_TRUE(ended());
}

}  // namespace
}  // namespace fd::chat
