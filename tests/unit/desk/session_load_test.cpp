// What one socket may ask of us: frames, commands that wait, read marks.

#include "tests/unit/desk/session_fixture.hpp"

namespace fd::desk::test {
namespace {

TEST_F(DeskSession, ReadMarksAreCoalesced) {
  settings.read_every = 500ms;
  welcome();
  edge.answer_with = [](const bus::Request&) { return bus::Answer{bus::Ack{}}; };
  const auto read = [&](int seq) {
    say(R"({"type":"read","contact":")" + contact + "\",\"seq\":" + std::to_string(seq) + "}");
  };
  const auto reads = [&] { return edge.all<bus::Command>(); };
  read(3);
  ASSERT_EQ(reads().size(), 1U) << "the first goes at once";
  read(4);
  read(6);
  read(5);
  EXPECT_EQ(reads().size(), 1U);
  ASSERT_TRUE(run_until(context, [&] { return reads().size() == 2; }));
  EXPECT_EQ(reads()[1].seq, 6U) << "the highest";
  EXPECT_EQ(reads()[1].verb, bus::Verb::read);
  EXPECT_TRUE(reads()[1].page.empty());
}

TEST_F(DeskSession, AReadMarkThatWasNotTakenGoesAgain) {
  settings.read_every = 5ms;
  welcome();
  edge.script(bus::Retry{1, "busy", {}});
  edge.answer_with = [](const bus::Request&) { return bus::Answer{bus::Ack{}}; };
  say(R"({"type":"read","contact":")" + contact + R"(","seq":3})");
  ASSERT_TRUE(run_until(context, [&] { return edge.all<bus::Command>().size() == 2; }));
  EXPECT_EQ(edge.all<bus::Command>()[1].seq, 3U);
}

TEST_F(DeskSession, ReadMarksOfManyContactsGoOneAtATimeAndAreBounded) {
  settings.read_every = 5ms;
  welcome();
  edge.hold();
  const auto read = [&](int n) {
    say(R"({"type":"read","contact":"01KATJ3W000000000000000)" + std::to_string(100 + n) + R"(","seq":1})");
  };
  for (int n = 0; n < 100; ++n) read(n);
  EXPECT_EQ(edge.held(), 1U);
  const auto sent = [&] { return edge.all<bus::Command>().size(); };
  edge.release(bus::Ack{});
  for (std::size_t next = 2; next <= 65; ++next) {
    ASSERT_TRUE(run_until(context, [&] { return sent() == next; })) << next << " of them, not " << sent();
    EXPECT_EQ(edge.held(), 1U);
    edge.release(next == 2 ? bus::Answer{bus::Retry{1, "busy", {}}} : bus::Answer{bus::Ack{}});
  }
  ASSERT_TRUE(run_until(context, [&] { return sent() == 66; })) << "the one that was not taken goes again";
  edge.release(bus::Ack{});
  settle(context);
  EXPECT_EQ(edge.held(), 0U) << "what was beyond 64 is dropped";
}

TEST_F(DeskSession, WhatWasReadBeforeTheSocketClosedIsTold) {
  welcome();
  edge.hold();
  for (const auto* id : {"01KATJ3W00000000000000000A", "01KATJ3W00000000000000000B", "01KATJ3W00000000000000000C"})
    say(R"({"type":"read","contact":")" + std::string(id) + R"(","seq":3})");
  socket->hang_up({1001, ""});
  settle(context);
  while (edge.held() > 0) {
    edge.release(bus::Ack{});
    settle(context);
  }
  EXPECT_EQ(edge.all<bus::Command>().size(), 3U);
}

TEST_F(DeskSession, AFloodIsSlowedDownAndThenCut) {
  welcome();
  const auto ping = [&] { say(R"({"type":"ping"})"); };
  for (int n = 1; n < 300; ++n) ping();  // hello was the first
  EXPECT_TRUE(socket->sent_of("slow_down").empty()) << "control: more than a page ever sends at once";
  ping();
  ASSERT_EQ(socket->sent_of("slow_down").size(), 1U);
  EXPECT_EQ(socket->sent_of("pong").size(), 299U) << "what came too fast is not looked at";
  clock.advance(1s);
  for (int n = 0; n < 50; ++n) ping();
  EXPECT_EQ(socket->sent_of("slow_down").size(), 1U) << "control: 50 a second pass";
  for (int n = 0; n < 400 && !socket->closed; ++n) ping();
  ASSERT_TRUE(socket->closed);
  EXPECT_EQ(socket->closed->code, 1008);
  EXPECT_EQ(socket->sent_of("error").at(0).at("code"), "too_fast");
}

TEST_F(DeskSession, TooManyCommandsSlowDown) {
  settings.commands_max = 2;
  welcome();
  edge.hold();
  for (int n = 1; n <= 3; ++n) say(next(n));  // one under way, two wait
  EXPECT_TRUE(socket->sent_of("slow_down").empty());
  say(next(4));
  EXPECT_EQ(socket->sent_of("slow_down").size(), 1U);
}

}  // namespace
}  // namespace fd::desk::test
