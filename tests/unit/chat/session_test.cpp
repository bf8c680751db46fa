// Who a session lets in, as whom, and how it ends.

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "channels/http/crypto.hpp"
#include "channels/http/target.hpp"
#include "tests/unit/chat/talk.hpp"

namespace fd::chat {
namespace {

using testing::Test;
class ChatSession : public Test, public Talk {};

std::string identity(const std::string& body, const std::string& secret = "secret") {
  const auto text = http::base64url(body);
  return text + "." + http::base64url(http::bytes_of(http::hmac_sha256(secret, text)));
}
const std::string vip = R"({"id":"u1","exp":1795510800,"name":"李雷","grade":"VIP","phone":"138","email":"a@b.cn"})";

TEST_F(ChatSession, ANewVisitorGetsATokenAndTheLimits) {
  start();
  ASSERT_EQ(socket->sent_types(), std::vector<std::string>{"welcome"});
  const auto& welcome = socket->sent[0];
  EXPECT_EQ(mismatch(Direction::out, welcome, true), std::nullopt);
  EXPECT_EQ(welcome.at("limits"), object(R"({"chars":4000,"bytes":16384})"));
  const auto token = read_token(settings->token_key, std::string(welcome.at("token").as_string()), clock.wall());
  ASSERT_TRUE(std::holds_alternative<VisitorToken>(token));
  const auto attach = edge.all<bus::Attach>().at(0);
  EXPECT_EQ(attach.visitor, std::get<VisitorToken>(token).visitor);
  EXPECT_EQ(attach.kind, bus::AttachKind::chat);
  EXPECT_EQ(attach.page, "p1");
  EXPECT_EQ(attach.locale, "zh-CN");
  EXPECT_EQ(attach.contact, std::nullopt);
}

TEST_F(ChatSession, ATokenBringsTheVisitorBackWithWhatThePageHasSeen) {
  const VisitorId visitor = new_visitor();
  const auto token = write_token(settings->token_key, {visitor, clock.wall() + Duration{20LL * 24 * 3600 * 1000}});
  start(R"(,"token":")" + token + R"(","contact":")" + live + R"(","last_seq":7)");
  const auto attach = edge.all<bus::Attach>().at(0);
  EXPECT_EQ(attach.visitor, visitor);
  EXPECT_EQ(attach.contact, ContactId::parse(live));
  EXPECT_EQ(attach.last_seq, 7U);
  EXPECT_FALSE(socket->sent.at(0).contains("token"));  // young enough
}

TEST_F(ChatSession, ATokenPastHalfItsLifeIsRenewedForTheSameVisitor) {
  const VisitorId visitor = new_visitor();
  const auto token = write_token(settings->token_key, {visitor, clock.wall() + Duration{14LL * 24 * 3600 * 1000}});
  start(R"(,"token":")" + token + "\"");
  const auto fresh =
      read_token(settings->token_key, std::string(socket->sent.at(0).at("token").as_string()), clock.wall());
  EXPECT_EQ(std::get<VisitorToken>(fresh).visitor, visitor);
  EXPECT_EQ(std::get<VisitorToken>(fresh).expires, clock.wall() + settings->token_life);
}

TEST_F(ChatSession, ExpiredAndForgedTokensLookAlikeAndReachNobody) {
  const auto old = write_token(settings->token_key, {new_visitor(), clock.wall() - Duration{1}});
  const auto forged = write_token("ffffffffffffffffffffffffffffffff", {new_visitor(), clock.wall() + Duration{9999}});
  std::vector<boost::json::object> answers;
  for (const auto& token : {old, forged}) {
    start(R"(,"token":")" + token + "\"");
    ASSERT_EQ(socket->sent.size(), 1U);
    answers.push_back(socket->sent[0]);
    EXPECT_EQ(socket->sent[0].at("code"), "expired");
    EXPECT_EQ(socket->closed.value().code, 4401);
    EXPECT_TRUE(ended());
  }
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_TRUE(edge.requests.empty());
}

TEST_F(ChatSession, ASignedIdentityCountsAndOnlyASignedOne) {
  start(R"(,"identity":")" + identity(vip) + R"(","name":"Boss","grade":"VIP")");
  msg(1);
  const auto message = edge.all<bus::Submit>().at(0).message;
  ASSERT_EQ(message.identities.size(), 4U);
  EXPECT_EQ(message.identities[0], (Identity{"external", "demo:u1", true}));
  EXPECT_EQ(message.identities[1], (Identity{"phone", "138", true}));
  EXPECT_EQ(message.identities[2], (Identity{"email", "a@b.cn", true}));
  EXPECT_EQ(message.identities[3].kind, "visitor");
  EXPECT_EQ(message.name, "李雷");
  EXPECT_EQ(message.grade, "VIP");
  EXPECT_FALSE(socket->sent.at(0).contains("identity"));
}

TEST_F(ChatSession, AForgedIdentityIsAnAnonymousVisitor) {  // the control of the test above
  start(R"(,"identity":")" + identity(vip, "guess") + R"(","name":"Boss","grade":"VIP")");
  msg(1);
  const auto message = edge.all<bus::Submit>().at(0).message;
  ASSERT_EQ(message.identities.size(), 1U);
  EXPECT_EQ(message.identities[0].kind, "visitor");
  EXPECT_EQ(message.name, "");
  EXPECT_EQ(message.grade, "");
  EXPECT_EQ(socket->sent.at(0).at("identity"), "forged");
}

// A browser that several people use one after another: what each of them says in hello, with the token kept there.
class ChatSharedBrowser : public ChatSession {
 protected:
  // The visitor that hello becomes.
  VisitorId come(const std::string& token, const std::string& who, const std::string& more = {}) {
    if (!ended()) hang_up();
    start((token.empty() ? "" : R"(,"token":")" + token + "\"") + (who.empty() ? "" : R"(,"identity":")" + who + "\"") +
          more);
    return edge.all<bus::Attach>().back().visitor;
  }
  [[nodiscard]] std::string given() const {  // the token of this welcome
    const auto* token = socket->sent.at(0).if_contains("token");
    return token ? std::string(token->as_string()) : std::string();
  }
  const std::string alice = identity(R"({"id":"alice","exp":1795510800,"grade":"VIP"})");
  const std::string bob = identity(R"({"id":"bob","exp":1795510800})");
  const std::string seen = R"(,"contact":")" + live + R"(","last_seq":7)";
};

TEST_F(ChatSharedBrowser, ASecondSignedIdIsANewVisitorWithoutTheChatOfTheFirst) {
  const auto first = come("", alice);
  const auto token = given();
  EXPECT_EQ(come(token, alice, seen), first);  // control
  EXPECT_EQ(edge.all<bus::Attach>().back().contact, ContactId::parse(live));
  EXPECT_EQ(given(), "");
  const auto second = come(token, bob, seen);
  EXPECT_NE(second, first);
  EXPECT_EQ(edge.all<bus::Attach>().back().contact, std::nullopt);
  EXPECT_EQ(edge.all<bus::Attach>().back().last_seq, 0U);
  const auto his = given();
  ASSERT_NE(his, "");
  EXPECT_EQ(come(his, bob), second);
  EXPECT_NE(come(his, alice), second);
}

TEST_F(ChatSharedBrowser, TheTokenOfASignedVisitorIsWorthNothingWithoutTheIdentity) {
  const auto first = come("", alice);
  const auto token = given();
  const auto nobody = come(token, "", seen);
  EXPECT_NE(nobody, first);
  EXPECT_EQ(edge.all<bus::Attach>().back().contact, std::nullopt);
  EXPECT_EQ(come(given(), ""), nobody);
  EXPECT_NE(come(token, identity(R"({"id":"alice","exp":1795510800})", "guess"), seen), first);
  EXPECT_EQ(socket->sent.at(0).at("identity"), "forged");
}

TEST_F(ChatSharedBrowser, AnIdentityThatHasExpiredStillTellsWhoseTokenItIs) {
  const auto first = come("", alice);
  const auto token = given();
  clock.jump_wall(Duration{7'200'000});
  EXPECT_EQ(come(token, alice, seen), first);
  EXPECT_EQ(socket->sent.at(0).at("identity"), "expired");
  msg(1);
  EXPECT_EQ(edge.all<bus::Submit>().at(0).message.identities.size(), 1U) << "the visitor, and nothing signed";
  EXPECT_NE(come(token, bob, seen), first);
}

TEST_F(ChatSharedBrowser, WhoSignsInForTheFirstTimeKeepsTheChatAndTheTokenIsBound) {
  const auto visitor = come("", "");
  const auto before = given();
  EXPECT_EQ(come(before, alice, seen), visitor);
  EXPECT_EQ(edge.all<bus::Attach>().back().contact, ContactId::parse(live));
  const auto token = given();
  ASSERT_NE(token, "");
  EXPECT_EQ(come(token, alice), visitor);
  EXPECT_NE(come(token, bob), visitor);
}

TEST_F(ChatSharedBrowser, TheRouterIsToldWhoseVisitorItIs) {
  come("", "");
  EXPECT_EQ(edge.all<bus::Attach>().back().owner, "");
  come(given(), alice);
  const auto hers = edge.all<bus::Attach>().back().owner;
  EXPECT_EQ(hers.size(), 20U);
  come("", bob);
  EXPECT_NE(edge.all<bus::Attach>().back().owner, hers);
  come("", identity(R"({"id":"alice","exp":1})"));
  EXPECT_EQ(edge.all<bus::Attach>().back().owner, "") << "what has expired binds nothing";
}

TEST_F(ChatSharedBrowser, AnExpiredIdentityBindsNothing) {
  const auto visitor = come("", "");
  const auto token = given();
  EXPECT_EQ(come(token, identity(R"({"id":"alice","exp":1})")), visitor);
  EXPECT_EQ(given(), "");
  EXPECT_EQ(come(token, bob), visitor);
}

TEST_F(ChatSharedBrowser, ARenewedTokenIsStillBound) {
  const auto month = identity(R"({"id":"alice","exp":1799000000})");
  const auto first = come("", month);
  const auto token = given();
  clock.jump_wall(Duration{20LL * 24 * 3600 * 1000});
  EXPECT_EQ(come(token, month), first);
  const auto renewed = given();
  ASSERT_NE(renewed, "");
  EXPECT_NE(come(renewed, identity(R"({"id":"bob","exp":1799000000})")), first);
  EXPECT_EQ(come(renewed, month), first);
}

TEST_F(ChatSession, AnAppWithoutOriginNeedsASignedIdentity) {
  for (const auto& hello_more : {std::string(), R"(,"identity":")" + identity(vip, "guess") + "\""}) {
    open(true);
    hello(hello_more);
    EXPECT_EQ(socket->sent.at(0).at("code"), "refused");
    EXPECT_EQ(socket->closed.value().code, 1008);
  }
  EXPECT_TRUE(edge.requests.empty());
  open(true);
  hello(R"(,"identity":")" + identity(vip) + "\"");
  EXPECT_EQ(socket->sent_types(), std::vector<std::string>{"welcome"});
}

TEST_F(ChatSession, HelloComesFirstAndOnce) {
  open();
  say(R"({"type":"ping"})");
  EXPECT_EQ(socket->sent.at(0).at("code"), "bad_frame");
  EXPECT_EQ(socket->closed.value().code, 1008);
  start();
  hello();
  EXPECT_EQ(socket->sent.back().at("code"), "bad_frame");
  EXPECT_FALSE(socket->closed);
  EXPECT_EQ(edge.all<bus::Attach>().size(), 1U);
}

TEST_F(ChatSession, HelloComesInTime) {
  settings->hello_within = std::chrono::milliseconds(1);
  open();
  ASSERT_TRUE(until([&] { return ended(); }));
  EXPECT_EQ(socket->closed.value().code, 1008);
  EXPECT_EQ(socket->sent.at(0).at("text"), "no hello came in time");
}

TEST_F(ChatSession, AHelloInTimeStopsThatTimer) {           // control
  settings->hello_within = std::chrono::milliseconds(500);  // longer than a busy machine takes to say it
  start();
  const auto wait_past = std::chrono::steady_clock::now() + std::chrono::milliseconds(600);
  (void)until([&] { return std::chrono::steady_clock::now() > wait_past; });
  EXPECT_FALSE(socket->closed);
}

TEST_F(ChatSession, WrongFramesAreNamedAndTheSocketStays) {
  start();
  say(R"({"type":"shout"})");
  say(R"({"type":"msg","cid":"p1:1","text":")" + std::string(4001, 'x') + "\"}");
  EXPECT_EQ(socket->sent.at(1).at("code"), "bad_type");
  EXPECT_EQ(socket->sent.at(2).at("code"), "too_long");
  EXPECT_EQ(socket->sent.at(2).at("cid"), "p1:1");
  EXPECT_TRUE(edge.all<bus::Submit>().empty());
  msg(1);  // the number was not consumed
  EXPECT_EQ(socket->sent.back().at("type"), "ack");
}

// Half a character is no UTF-8: a page may not get it, its browser would close the socket with 1007.
TEST_F(ChatSession, WhatIsSaidBackIsCutBetweenCharacters) {
  start();
  std::string many;
  for (int i = 0; i < 60; ++i) many += "\u5BA2";
  say(R"({"type":")" + many + "\"}");
  say(R"({"type":"msg","cid":")" + many + R"(","text":"hi"})");
  const auto errors = socket->sent_of("error");
  ASSERT_EQ(errors.size(), 2U);
  for (const auto& error : errors) EXPECT_TRUE(http::valid_utf8(boost::json::serialize(error)));
  EXPECT_EQ(std::string(errors[1].at("cid").as_string()), many.substr(0, 99));
}

TEST_F(ChatSession, PingIsAnsweredAlsoWhileTheRouterIsSilent) {
  edge.hold();
  start();
  say(R"({"type":"ping"})");
  EXPECT_EQ(socket->sent_types(), std::vector<std::string>{"pong"});
}

TEST_F(ChatSession, PongSaysTheTimeOfTheSite) {
  clock.jump_wall(Duration{3'600'000});  // this machine's own clock is wrong
  start();
  clock.advance(Duration{1500});
  say(R"({"type":"ping"})");
  EXPECT_EQ(socket->sent_of("pong").at(0).at("at"), 1'795'507'200'000 + 1500);
}

TEST_F(ChatSession, TwentyMessagesAtOnceThenOneASecond) {
  start();
  for (int n = 1; n <= 21; ++n) msg(n);
  EXPECT_EQ(edge.all<bus::Submit>().size(), 20U);
  const auto slow = socket->sent.back();
  EXPECT_EQ(slow.at("reason"), "rate");
  EXPECT_GT(slow.at("retry_ms").as_int64(), 0);
  EXPECT_FALSE(socket->closed);
  clock.advance(Duration{1001});
  msg(21);
  EXPECT_EQ(edge.all<bus::Submit>().size(), 21U);
}

TEST_F(ChatSession, AFloodIsClosed) {
  start();
  for (int i = 0; i < 101 && !socket->closed; ++i) say(R"({"type":"ping"})");
  EXPECT_EQ(socket->closed.value().code, 1008);
  EXPECT_TRUE(ended());
}

TEST_F(ChatSession, TheEndOfTheSocketDetaches) {
  start();
  hang_up();
  const auto detach = edge.all<bus::Detach>();
  ASSERT_EQ(detach.size(), 1U);
  EXPECT_EQ(detach[0].attachment, attachment());
  EXPECT_FALSE(detach[0].lost);
  EXPECT_TRUE(ended());
  EXPECT_EQ(edge.subscriptions(), 0U);
}

TEST_F(ChatSession, ADeadLineDetachesAsLost) {
  start();
  hang_up({1006, "pong"});
  EXPECT_TRUE(edge.all<bus::Detach>().at(0).lost);
}

TEST_F(ChatSession, ARefusedAttachEndsTheSocket) {
  edge.answer_with = [](const bus::Request&) -> bus::Answer { return bus::Reject{"bad_request", "no", {}}; };
  start();
  EXPECT_EQ(socket->sent.at(0).at("code"), "refused");
  EXPECT_EQ(socket->closed.value().code, 1008);
}

TEST_F(ChatSession, TwoTabsAreTwoAttachmentsOfOneVisitor) {
  start();
  const auto first = socket;
  const auto first_session = session;
  const std::string token(first->sent.at(0).at("token").as_string());
  start(R"(,"token":")" + token + "\"");
  const auto attaches = edge.all<bus::Attach>();
  ASSERT_EQ(attaches.size(), 2U);
  EXPECT_EQ(attaches[0].visitor, attaches[1].visitor);
  EXPECT_NE(attaches[0].attachment, attaches[1].attachment);
  edge.notice(attaches[0].attachment, line(1));
  EXPECT_EQ(first->sent_of("msg").size(), 1U);
  EXPECT_TRUE(socket->sent_of("msg").empty());
  first->hang_up();
  settle();
  EXPECT_EQ(edge.all<bus::Detach>().size(), 1U);
  EXPECT_EQ(edge.all<bus::Detach>()[0].attachment, attaches[0].attachment);
  EXPECT_EQ(edge.subscriptions(), 1U);
}

}  // namespace
}  // namespace fd::chat
