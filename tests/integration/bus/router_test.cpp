// Goal: what a router owes to an edge that it did not write: refusals, runs, resyncs. Method: a plain DEALER, as an
// adapter in another language has it, against the real router.

#include <unistd.h>

#include "tests/integration/bus/harness.hpp"

namespace fd::test {
namespace {

class BusRouter : public testing::Test {
 protected:
  void start(bus::RouterSettings s = {}, const std::string& endpoint = "inproc://router") {
    s.endpoints = {endpoint};
    router = std::make_unique<bus::ZmqRouter>(io, context, s);
    owner = std::make_unique<Owner>(*router);
    router->set_sink(owner.get());
    router->set_leading({true, 1, 4, 2, 0});
    spawn(io, router->run());
  }
  void TearDown() override {
    router->stop();
    io.restart();
    io.run_for(20s);
    EXPECT_TRUE(io.stopped());
  }
  static std::string submit_frame(const std::string& text) {
    return R"({"channel":"letter","external_id":")" + text + R"(","text":")" + text + "\"}";
  }
  static std::string header(const std::string& type, int id) {
    return R"({"v":1,"type":")" + type + R"(","id":)" + std::to_string(id) + "}";
  }

  zmq::context_t context;
  asio::io_context io{1};
  std::unique_ptr<bus::ZmqRouter> router;
  std::unique_ptr<Owner> owner;
};

TEST_F(BusRouter, FirstWordIsHello) {
  start();
  RawEdge edge(context, "letters", "inproc://router");
  edge.say(header("submit", 1), submit_frame("early"));
  EXPECT_EQ(edge.wait(io), R"(retry 1 {"after_ms":0,"reason":"hello"})");
  EXPECT_TRUE(owner->got.empty());
  edge.hello("somebody", "r1");
  EXPECT_NE(edge.wait(io).find("must be the routing id"), std::string::npos);
  edge.hello("letters", "r1");
  EXPECT_EQ(edge.wait(io), R"(leading 0 {"leading":true,"epoch":1,"window_intake":4,"window_agents":2,"batch":0})");
  edge.say(header("submit", 1), submit_frame("first"));
  EXPECT_EQ(edge.wait(io), R"(ack 1 {"text":"first"})");
  EXPECT_EQ(owner->hellos, std::vector<std::string>{"letters r1"});
  edge.hello("letters", "r1");  // the same run again: a sign of life, not a new edge
  EXPECT_EQ(edge.wait(io).substr(0, 7), "leading");
  EXPECT_EQ(owner->hellos.size(), 1U);
}

TEST_F(BusRouter, UnreadableFramesAreRefusedByNameAndCounted) {
  start();
  RawEdge edge(context, "letters", "inproc://router");
  edge.hello("letters", "r1");
  edge.wait(io);
  edge.say(header("submit", 5), R"({"text":"no channel"})");
  EXPECT_NE(edge.wait(io).find("message.channel is missing"), std::string::npos);
  edge.say("{", "{}");  // no id: nobody to tell
  edge.say(header("dance", 6), "{}");
  EXPECT_EQ(edge.wait(io).substr(0, 40), R"(reject 6 {"code":"bad_request","text":"d)");
  edge.say(header("leading", 7), R"({"leading":true,"epoch":99})");
  EXPECT_EQ(edge.wait(io).substr(0, 8), "reject 7");
  EXPECT_EQ(router->counters().undecodable, 4U);
  edge.say(header("submit", 8), submit_frame("and on it goes"));
  EXPECT_EQ(edge.wait(io), R"(ack 8 {"text":"and on it goes"})");
}

// An answer for the former life of an edge must not reach the request that has the same id now.
TEST_F(BusRouter, AnswersOfAFormerRunAreNotTakenForThisOnes) {
  start();
  owner->answer_with = [](const Owner::Got&) { return std::nullopt; };
  auto first = std::make_unique<RawEdge>(context, "letters", "inproc://router");
  first->hello("letters", "r1");
  first->wait(io);
  first->say(header("submit", 1), submit_frame("old"));
  ASSERT_TRUE(run_until(io, [&] { return owner->got.size() == 1; }));
  first.reset();
  RawEdge second(context, "letters", "inproc://router");
  second.hello("letters", "r2");
  EXPECT_EQ(second.wait(io).substr(0, 7), "leading");
  second.say(header("submit", 1), submit_frame("new"));
  ASSERT_TRUE(run_until(io, [&] { return owner->got.size() == 2; }));
  EXPECT_NE(owner->got[0].id, owner->got[1].id);  // control: with the wire's ids these would be equal
  router->answer(owner->got[0].edge, owner->got[0].id, bus::Ack{{{"text", "old"}}});
  router->answer(owner->got[1].edge, owner->got[1].id, bus::Ack{{{"text", "new"}}});
  EXPECT_EQ(second.wait(io), R"(ack 1 {"text":"new"})");
  EXPECT_EQ(router->counters().unanswerable, 1U);
  EXPECT_EQ(owner->hellos, (std::vector<std::string>{"letters r1", "letters r2"}));
}

TEST_F(BusRouter, ARepeatedRequestUnderWayIsNotHandedOnTwice) {
  start();
  owner->answer_with = [](const Owner::Got&) { return std::nullopt; };
  RawEdge edge(context, "letters", "inproc://router");
  edge.hello("letters", "r1");
  edge.wait(io);
  edge.say(header("submit", 1), submit_frame("x"));
  edge.say(header("submit", 1), submit_frame("x"));
  ASSERT_TRUE(run_until(io, [&] { return router->counters().repeated == 1; }));
  EXPECT_EQ(owner->got.size(), 1U);
  router->answer(owner->got[0].edge, owner->got[0].id, bus::Ack{{{"text", "x"}}});
  EXPECT_EQ(edge.wait(io).substr(0, 5), "ack 1");
  owner->answer_with = Owner::echo;
  edge.say(header("submit", 1), submit_frame("x"));  // after the answer, which may have been lost: handed on
  EXPECT_EQ(edge.wait(io).substr(0, 5), "ack 1");
  EXPECT_EQ(owner->got.size(), 2U);
}

TEST_F(BusRouter, WindowIsHeldAgainstAnEdgeThatIgnoresIt) {
  start();
  owner->answer_with = [](const Owner::Got&) { return std::nullopt; };
  RawEdge edge(context, "letters", "inproc://router");
  edge.hello("letters", "r1");
  edge.wait(io);
  for (int i = 1; i <= 5; ++i) edge.say(header("submit", i), submit_frame(std::to_string(i)));
  EXPECT_EQ(edge.wait(io), R"(retry 5 {"after_ms":1000,"reason":"busy"})");
  EXPECT_EQ(owner->got.size(), 4U);
}

TEST_F(BusRouter, WhoCouldNotBeWrittenIsToldToAttachAgain) {
  bus::RouterSettings s;
  s.queue_frames_max = 4;
  start(s);
  RawEdge edge(context, "letters", "inproc://router", 4);
  edge.hello("letters", "r1");
  edge.wait(io);
  const bus::EdgeId name("letters");
  for (int i = 0; i < 3; ++i) router->notice(name, {bus::AttachmentId("a1"), {{"n", i}}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(edge.wait(io).substr(0, 8), "notice 0");
  EXPECT_EQ(router->counters().notices_stale, 0U);  // control: while it reads, nothing is stale
  for (int i = 0; i < 50; ++i) router->notice(name, {bus::AttachmentId("a1"), {{"n", i}}});
  for (int i = 0; i < 5; ++i) router->notice(name, {bus::AttachmentId("a2"), {{"n", i}}});
  EXPECT_GT(router->counters().notices_stale, 0U);
  std::string heard;
  int notices = 0;
  while ((heard = edge.wait(io)).substr(0, 6) == "notice") ++notices;
  EXPECT_LT(notices, 50);
  EXPECT_EQ(heard, R"(resync 0 {"attachments":["a1","a2"]})");
  router->notice(name, {bus::AttachmentId("a1"), {{"n", 99}}});
  EXPECT_EQ(edge.wait(io), R"(notice 0 {"attachment":"a1","frame":{"n":99}})");
}

// Once a notice was left out nothing may reach the attachment before the resync, or it would look complete.
TEST_F(BusRouter, BehindAGapComesTheResyncFirst) {
  bus::RouterSettings s;
  s.queue_frames_max = 4;
  start(s);
  RawEdge edge(context, "letters", "inproc://router", 4);
  edge.hello("letters", "r1");
  edge.wait(io);
  const bus::EdgeId name("letters");
  while (router->counters().notices_stale == 0) router->notice(name, {bus::AttachmentId("a1"), {{"n", 1}}});
  while (!edge.hear().empty()) continue;                     // room again, but the router has not had its turn
  const auto end = std::chrono::steady_clock::now() + 20ms;  // a send looks for room every few ms only
  while (std::chrono::steady_clock::now() < end) router->notice(name, {bus::AttachmentId("a1"), {{"n", 2}}});
  EXPECT_EQ(edge.wait(io), R"(resync 0 {"attachments":["a1"]})");
}

TEST_F(BusRouter, AnswersWaitForAnEdgeThatDoesNotRead) {
  bus::RouterSettings s;
  s.queue_frames_max = 2;
  start(s);
  router->set_leading({true, 1, 64, 2, 0});
  RawEdge edge(context, "letters", "inproc://router", 2);
  edge.hello("letters", "r1");
  edge.wait(io);
  for (int i = 1; i <= 40; ++i) {
    edge.say(header("submit", i), submit_frame(std::to_string(i)));
    ASSERT_TRUE(run_until(io, [&] { return owner->got.size() == static_cast<std::size_t>(i); }));
  }
  for (int i = 1; i <= 40; ++i)
    EXPECT_EQ(edge.wait(io), "ack " + std::to_string(i) + " {\"text\":\"" + std::to_string(i) + "\"}");
}

TEST_F(BusRouter, ASilentEdgeIsGoneAndATalkingOneIsNot) {
  bus::RouterSettings s;
  s.heartbeat = 30ms;
  s.gone_after = 120ms;
  start(s);
  RawEdge silent(context, "silent", "inproc://router");
  RawEdge talking(context, "talking", "inproc://router");
  silent.hello("silent", "r1");
  talking.hello("talking", "r1");
  ASSERT_TRUE(run_until(io, [&] {
    if (talking.hear().empty()) return !owner->gone.empty();
    talking.hello("talking", "r1");  // each leading heard is answered by another hello
    return !owner->gone.empty();
  }));
  EXPECT_EQ(owner->gone, std::vector<std::string>{"silent"});
  silent.hello("silent", "r1");
  ASSERT_TRUE(run_until(io, [&] { return owner->hellos.size() == 3; }));
}

// An adapter that hung, was started anew under its name, then spoke once more and died: libzmq aborts at the next
// heartbeat of its own on such a connection.
TEST_F(BusRouter, WhoLostItsNameToAnotherMaySpeakAndDie) {
  const auto endpoint = "ipc://@frontdesk-test-" + std::to_string(::getpid());  // abstract: no file
  bus::RouterSettings s;
  s.heartbeat = 30ms;
  start(s, endpoint);
  auto old = std::make_unique<RawEdge>(context, "letters", endpoint);
  old->hello("letters", "r1");
  EXPECT_EQ(old->wait(io).substr(0, 7), "leading");
  RawEdge edge(context, "letters", endpoint);
  edge.hello("letters", "r2");
  EXPECT_EQ(edge.wait(io).substr(0, 7), "leading");
  for (int i = 1; i <= 100; ++i) old->say(header("submit", i), submit_frame("of another life"));
  old.reset();
  const auto later = std::chrono::steady_clock::now() + 300ms;  // ten heartbeats
  run_until(io, [&] { return std::chrono::steady_clock::now() > later; });
  edge.say(header("submit", 1), submit_frame("still here"));
  EXPECT_EQ(edge.wait(io), R"(ack 1 {"text":"still here"})");
}

}  // namespace
}  // namespace fd::test
