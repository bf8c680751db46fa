// The socket of a desk against a recorded bus.

#include "tests/unit/desk/session_fixture.hpp"

namespace fd::desk::test {
namespace {

TEST_F(DeskSession, WelcomeIsTheRoutersWithWhatTheEdgeKnows) {
  welcome("supervisor", true);
  const auto attach = edge.all<bus::Attach>().at(0);
  EXPECT_EQ(attach.kind, bus::AttachKind::desk);
  EXPECT_EQ(attach.agent.str(), "a1024");
  EXPECT_EQ(attach.page, "p1");
  EXPECT_TRUE(attach.wall);
  ASSERT_EQ(socket->sent.size(), 1U);
  const auto& frame = socket->sent[0];
  EXPECT_EQ(frame.at("type"), "welcome");
  EXPECT_EQ(frame.at("v"), 1);
  EXPECT_EQ(frame.at("me").as_object().at("role"), "supervisor");
  EXPECT_EQ(frame.at("session_until"), clock.wall().ms + Duration{12h}.count());
  EXPECT_EQ(frame.at("limits").as_object().at("bytes"), 65536);
}

TEST_F(DeskSession, NoticesBeforeTheWelcomeWaitForIt) {
  edge.hold();
  start();
  say(R"({"type":"hello","v":1,"page":"p1"})");
  ASSERT_TRUE(edge.notice(attachment(), {{"type", "snapshot"}, {"n", 1}}));
  settle(context);
  EXPECT_TRUE(socket->sent.empty());  // control: it would be here if it did not wait
  edge.release(bus::Ack{welcome_body()});
  settle(context);
  edge.notice(attachment(), {{"type", "offer"}, {"n", 2}});
  ASSERT_EQ(socket->sent.size(), 3U);
  EXPECT_EQ(socket->sent[0].at("type"), "welcome");
  EXPECT_EQ(socket->sent[1].at("type"), "snapshot");
  EXPECT_EQ(socket->sent[2].at("type"), "offer");
}

TEST_F(DeskSession, WithoutARouterThePageHearsSlowDownAndTheSocketStays) {
  start();
  edge.script(bus::Retry{1, "not_leading", {}});
  edge.script(bus::Ack{welcome_body()});
  say(R"({"type":"hello","v":1,"page":"p1"})");
  ASSERT_TRUE(run_until(context, [&] { return socket->sent_of("welcome").size() == 1; }));
  EXPECT_EQ(socket->sent_of("slow_down").size(), 1U);
  EXPECT_EQ(edge.all<bus::Attach>().size(), 2U);
  EXPECT_FALSE(socket->closed);
}

TEST_F(DeskSession, HelloComesFirst) {
  start();
  say(next(1));
  EXPECT_EQ(socket->sent_of("error").at(0).at("code"), "bad_frame");
  EXPECT_TRUE(edge.requests.empty());
}

TEST_F(DeskSession, WithoutHelloTheSocketCloses) {
  settings.hello_wait = 5ms;
  start();
  ASSERT_TRUE(run_until(context, [&] { return socket->closed.has_value(); }));
  EXPECT_EQ(socket->closed->code, 1008);
}

TEST_F(DeskSession, ControlWithHelloItStays) {
  settings.hello_wait = 500ms;  // longer than a busy machine takes to say it
  welcome();
  asio::steady_timer later(context, 600ms);
  bool passed = false;
  later.async_wait([&](const boost::system::error_code&) { passed = true; });
  ASSERT_TRUE(run_until(context, [&] { return passed; }));
  EXPECT_FALSE(socket->closed);
}

TEST_F(DeskSession, CommandsGoOneByOneInTheirOrder) {
  welcome();
  edge.hold();
  for (int n = 1; n <= 3; ++n) say(next(n));
  EXPECT_EQ(numbers(), (std::vector<std::uint64_t>{1}));
  edge.release(bus::Ack{{{"contact", contact}}});
  settle(context);
  EXPECT_EQ(numbers(), (std::vector<std::uint64_t>{1, 2}));
  edge.release(bus::Reject{"busy", "one is called", {}});
  settle(context);
  EXPECT_EQ(numbers(), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(socket->sent_of("done").at(0).at("contact"), json::value(contact));
  EXPECT_EQ(socket->sent_of("refused").at(0).at("id"), "p1:2");
}

TEST_F(DeskSession, AfterARetryTheRestIsLeftToThePage) {
  welcome();
  edge.hold();
  for (int n = 1; n <= 3; ++n) say(next(n));
  edge.release(bus::Retry{500, "busy", {}});
  settle(context);
  EXPECT_EQ(numbers(), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(socket->sent_of("slow_down").size(), 1U);
  say(next(1));  // the page sends again, and is heard
  EXPECT_EQ(numbers(), (std::vector<std::uint64_t>{1, 1}));
}

TEST_F(DeskSession, SupervisorVerbsAreRefusedAtTheEdgeWhereTheRoleIsKnown) {
  const std::string pause = R"({"type":"queue","queue":"q","pause":true,"reason":"r","id":"p1:1"})";
  welcome("agent");
  say(pause);
  EXPECT_EQ(socket->sent_of("refused").at(0).at("code"), "forbidden");
  EXPECT_TRUE(edge.all<bus::Command>().empty());
}

TEST_F(DeskSession, ControlASupervisorMay) {
  welcome("supervisor");
  edge.script(bus::Ack{});
  say(R"({"type":"queue","queue":"q","pause":true,"reason":"r","id":"p1:1"})");
  ASSERT_EQ(edge.all<bus::Command>().size(), 1U);
  EXPECT_EQ(edge.all<bus::Command>()[0].on, true);
  EXPECT_EQ(socket->sent_of("done").size(), 1U);
}

TEST_F(DeskSession, AnAlarmIsAcknowledgedWithoutANumberAndOnlyARefusalIsSaid) {
  const std::string seen = R"({"type":"acknowledge","queue":"phone"})";
  welcome("supervisor", true);
  edge.script(bus::Ack{});
  say(seen);
  ASSERT_EQ(edge.all<bus::Command>().size(), 1U);
  const auto sent = edge.all<bus::Command>()[0];
  EXPECT_EQ(sent.verb, bus::Verb::acknowledge);
  EXPECT_EQ(sent.agent.str(), "a1024");
  EXPECT_EQ(sent.queue, "phone");
  EXPECT_TRUE(sent.page.empty());
  EXPECT_EQ(socket->sent.size(), 1U) << "the welcome; the wall says the rest";
  edge.script(bus::Reject{"not_permitted", "why", {}});
  say(seen);
  ASSERT_EQ(socket->sent_of("refused").size(), 1U);
  EXPECT_EQ(socket->sent_of("refused")[0].at("ask"), "acknowledge");
  EXPECT_EQ(socket->sent_of("refused")[0].at("code"), "not_permitted");
}

TEST_F(DeskSession, QuestionsAreAnsweredWithTheirIdAndAreBounded) {
  settings.asks_max = 1;
  welcome();
  edge.hold();
  const auto ask = R"({"type":"history","id":"h1","contact":")" + contact + "\"}";
  say(ask);
  say(R"({"type":"history","id":"h2","contact":")" + contact + "\"}");
  EXPECT_EQ(socket->sent_of("refused").at(0).at("id"), "h2");
  EXPECT_EQ(socket->sent_of("refused").at(0).at("code"), "busy");
  edge.release(bus::Ack{{{"contact", contact}, {"lines", json::array{}}}});
  settle(context);
  EXPECT_EQ(socket->sent_of("history").at(0).at("id"), "h1");
  say(ask);
  EXPECT_EQ(edge.held(), 1U);  // there is room again
}

TEST_F(DeskSession, TypingIsASignalAndRepeatsAreDropped) {
  welcome();
  const auto typing = R"({"type":"typing","contact":")" + contact + R"(","on":true})";
  say(typing);
  say(typing);
  ASSERT_EQ(edge.signals.size(), 1U);
  EXPECT_EQ(edge.signals[0].attachment, attachment());
  EXPECT_TRUE(edge.signals[0].typing);
  clock.advance(1s);
  say(typing);
  EXPECT_EQ(edge.signals.size(), 2U);
}

TEST_F(DeskSession, ResyncAttachesAgainWithoutASecondWelcome) {
  welcome();
  edge.script(bus::Ack{welcome_body()});
  say(R"({"type":"resync"})");
  edge.script(bus::Ack{welcome_body()});
  edge.resync(attachment());
  settle(context);
  edge.set_epoch(4);
  edge.script(bus::Ack{welcome_body()});
  edge.set_up(true);
  settle(context);
  const auto attaches = edge.all<bus::Attach>();
  ASSERT_EQ(attaches.size(), 4U);
  for (const auto& a : attaches) EXPECT_EQ(a.attachment, attachment());
  EXPECT_EQ(socket->sent_of("welcome").size(), 1U);
  edge.set_up(true);  // control: the same epoch, nothing to do
  settle(context);
  EXPECT_EQ(edge.all<bus::Attach>().size(), 4U);
}

TEST_F(DeskSession, PongSaysTheTimeOfTheSite) {
  welcome();
  clock.advance(2s);
  clock.jump_wall(-1h);  // our own wall clock is no matter
  say(R"({"type":"ping"})");
  EXPECT_EQ(socket->sent_of("pong").at(0).at("at"), 1'795'507'260'000 + 2000);
}

TEST_F(DeskSession, TheEndOfTheSocketIsToldToTheRouter) {
  welcome();
  edge.script(bus::Retry{1, "not_leading", {}});
  edge.script(bus::Ack{});
  socket->hang_up({1001, ""});
  ASSERT_TRUE(run_until(context, [&] { return over_; }));
  const auto detaches = edge.all<bus::Detach>();
  ASSERT_EQ(detaches.size(), 2U) << "again until somebody heard it";
  EXPECT_EQ(detaches[0].attachment, attachment());
  EXPECT_FALSE(detaches[0].lost);
  EXPECT_EQ(edge.subscriptions(), 0U);
}

TEST_F(DeskSession, WithoutPongTheLeaseIsOverAtOnce) {
  welcome();
  edge.script(bus::Ack{});
  socket->hang_up({1006, "pong"});
  ASSERT_TRUE(run_until(context, [&] { return over_; }));
  EXPECT_TRUE(edge.all<bus::Detach>().at(0).lost);
}

TEST_F(DeskSession, ALineThatIsCutKeepsTheLease) {
  welcome();
  edge.script(bus::Ack{});
  socket->hang_up({1006, "lost"});
  ASSERT_TRUE(run_until(context, [&] { return over_; }));
  EXPECT_FALSE(edge.all<bus::Detach>().at(0).lost);
}

TEST_F(DeskSession, CommandsUnderWayAreFinishedAfterTheSocketClosed) {
  welcome();
  edge.hold();
  say(next(1));
  say(next(2));
  socket->hang_up({1001, ""});
  settle(context);
  const auto frames = socket->sent.size();
  edge.release(bus::Ack{});
  settle(context);
  EXPECT_EQ(numbers(), (std::vector<std::uint64_t>{1, 2})) << "what was sent before the close is kept";
  EXPECT_EQ(socket->sent.size(), frames);
}

TEST_F(DeskSession, WhoIsPutOutCommandsNothingMore) {
  for (const bool disabled : {false, true}) {
    welcome();
    edge.hold();
    const auto before = edge.all<bus::Command>().size();
    for (int n = 1; n <= 3; ++n) say(next(n));
    if (disabled)
      session->disable("t");
    else
      session->end_sign_in("t");
    settle(context);
    edge.stop_holding();
    edge.answer_with = [](const bus::Request&) { return bus::Answer{bus::Ack{}}; };
    while (edge.held() > 0) edge.release(bus::Ack{});
    settle(context);
    EXPECT_EQ(edge.all<bus::Command>().size(), before + 1) << "only what was under way";
    socket = std::make_shared<ScriptedSocket>(context);
  }
}

TEST_F(DeskSession, SessionOverAndDisabledClose) {
  welcome();
  edge.notice(attachment(), {{"type", "error"}, {"code", "session_over"}, {"text", "t"}, {"session", "another"}});
  EXPECT_FALSE(socket->closed) << "another session of the same agent";
  edge.notice(attachment(), {{"type", "error"}, {"code", "session_over"}, {"text", "t"}, {"session", "hash-1"}});
  ASSERT_TRUE(socket->closed);
  EXPECT_EQ(socket->closed->code, 4401);
  EXPECT_EQ(socket->sent_of("error").at(0).at("code"), "session_over");
  EXPECT_FALSE(socket->sent_of("error").at(0).contains("session")) << "no hash leaves the edge";
}

TEST_F(DeskSession, ADisabledAgentsSocketCloses) {
  welcome();
  edge.notice(attachment(), {{"type", "error"}, {"code", "disabled"}, {"text", "t"}});
  ASSERT_TRUE(socket->closed);
  EXPECT_EQ(socket->closed->code, 4403);
}

TEST_F(DeskSession, TheSignInEndsBySelf) {
  until = 10ms;
  welcome();
  ASSERT_TRUE(run_until(context, [&] { return socket->closed.has_value(); }));
  EXPECT_EQ(socket->closed->code, 4401);
}

TEST_F(DeskSession, AnOpenDeskKeepsTheSignInFromEndingForWantOfUse) {
  settings.session_idle = std::chrono::seconds(1);
  welcome();
  const auto touches = [&] {
    std::size_t n = 0;
    for (const auto& one : edge.all<bus::Command>())
      n += one.verb == bus::Verb::session_touch && one.session.str() == "hash-1" ? 1U : 0U;
    return n;
  };
  ASSERT_TRUE(run_until(context, [&] { return touches() == 2; }));
  EXPECT_FALSE(socket->closed);
  edge.script(bus::Reject{"not_signed_in", "over", {}});
  ASSERT_TRUE(run_until(context, [&] { return socket->closed.has_value(); }));
  EXPECT_EQ(socket->closed->code, 4401);
}

TEST_F(DeskSession, AnExceptionIsReportedAndClosesTheSocket) {
  welcome();
  edge.answer_with = [](const bus::Request& request) -> bus::Answer {
    if (std::holds_alternative<bus::Command>(request)) throw std::runtime_error("boom");
    return bus::Ack{};
  };
  say(next(1));
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0], "desk commands: boom");
  ASSERT_TRUE(socket->closed);
  EXPECT_EQ(socket->closed->code, 1011);
}

}  // namespace
}  // namespace fd::desk::test
