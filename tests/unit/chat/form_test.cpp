// What a website asks before the first message: which answers are taken, which refused, and when they are due.

#include "channels/chat/form.hpp"

#include <gtest/gtest.h>

#include "tests/unit/chat/talk.hpp"

namespace fd::chat {
namespace {

Website asking() {
  Website site;
  site.token = "demo";
  site.consent = {"2026-11", {{"en", "By sending a message you agree"}}, "https://shop.example.cn/privacy"};
  site.prechat = {{"phone", Answer::phone, {{"en", "Phone"}}, true, {}},
                  {"mail", Answer::email, {{"en", "E-mail"}}, false, {}},
                  {"about", Answer::list, {{"en", "About"}}, false, {{"repair", {}}, {"other", {}}}},
                  {"order", Answer::text, {{"en", "Order"}}, false, {}}};
  return site;
}

struct Row {
  const char *key, *said, *kept;  // empty `kept`: refused
};
class ChatAnswer : public testing::TestWithParam<Row> {};

TEST_P(ChatAnswer, IsTakenOrRefused) {
  const auto& [key, said, kept] = GetParam();
  Message message;
  const auto wrong = fill_in(asking(), {"p:1", "x", "", {{key, said}}}, message);
  ASSERT_EQ(wrong.has_value(), *kept == '\0') << (wrong ? wrong->text : "");
  if (wrong) {
    EXPECT_EQ(wrong->code, "prechat");
    EXPECT_EQ(wrong->cid, "p:1");
    EXPECT_NE(wrong->text.find("msg.prechat"), std::string::npos) << wrong->text;
    EXPECT_TRUE(message.attributes.empty());
  } else {
    EXPECT_EQ(message.attributes.at("prechat." + std::string(key)), kept);
  }
}

const std::string longest(256, 'x');
const std::string too_long(257, 'x');

INSTANTIATE_TEST_SUITE_P(
    Table, ChatAnswer,
    testing::Values(Row{"phone", "13800138000", "13800138000"}, Row{"phone", "+86 138-0013-8000", "+86 138-0013-8000"},
                    Row{"phone", " (010) 6552.9988/12 ", "(010) 6552.9988/12"}, Row{"phone", "1234", ""},
                    Row{"phone", "123456789012345678901", ""}, Row{"phone", "138 0013 abc", ""},
                    Row{"phone", "８６１３８００", ""}, Row{"mail", "a@b.cn", "a@b.cn"},
                    Row{"mail", " 王芳@例子.中国 ", "王芳@例子.中国"}, Row{"mail", "a@b", ""},
                    Row{"mail", "a b@c.cn", ""}, Row{"mail", "a@b@c.cn", ""}, Row{"mail", "a@b..cn", ""},
                    Row{"about", "repair", "repair"}, Row{"about", "Repair", ""},
                    Row{"order", "A-17\r\n\x1b[2J", "A-17   [2J"}, Row{"order", longest.c_str(), longest.c_str()},
                    Row{"order", too_long.c_str(), ""}, Row{"name", "nobody asks", ""}, Row{"website", "other", ""}));

TEST(ChatForm, AnAnswerIsAnAttributeAndNoIdentity) {
  Message message;
  ASSERT_FALSE(fill_in(asking(), {"p:1", "x", "", {{"phone", "13800138000"}, {"order", "  "}}}, message));
  EXPECT_EQ(message.attributes, (std::map<std::string, std::string>{{"prechat.phone", "13800138000"}}));
  EXPECT_TRUE(message.identities.empty());
}

TEST(ChatForm, OnlyTheVersionOfTheWebsiteIsRecorded) {
  Message message, stale, none;
  ASSERT_FALSE(fill_in(asking(), {"p:1", "x", "2026-11", {}}, message));
  ASSERT_FALSE(fill_in(asking(), {"p:1", "x", "2026-10", {}}, stale));
  ASSERT_FALSE(fill_in(Website{}, {"p:1", "x", "", {}}, none));
  EXPECT_EQ(message.attributes.at("consent"), "2026-11");
  EXPECT_TRUE(stale.attributes.empty());
  EXPECT_TRUE(none.attributes.empty());
}

const std::string earlier = "01KATJ2W00000000000000000A";

class ChatPrechat : public testing::Test, public Talk {
 protected:
  ChatPrechat() { settings->websites["demo"] = asking(); }
  void first(int n, const std::string& more) {
    say(R"({"type":"msg","cid":"p1:)" + std::to_string(n) + R"(","text":"hello")" + more + "}");
  }
};

TEST_F(ChatPrechat, BeginsNoChatWithoutWhatIsRequired) {
  start();
  first(1, R"(,"consent":"2026-11","prechat":{"mail":"a@b.cn","phone":" "})");
  ASSERT_EQ(socket->sent_of("error").size(), 1U);
  const auto refused = socket->sent_of("error")[0];
  EXPECT_EQ(refused.at("code"), "prechat");
  EXPECT_EQ(refused.at("cid"), "p1:1");
  EXPECT_NE(refused.at("text").as_string().find("msg.prechat.phone is missing"), std::string::npos);
  EXPECT_TRUE(edge.all<bus::Submit>().empty());
  first(1, R"(,"consent":"2026-11","prechat":{"phone":"13800138000"})");  // the number was not consumed
  const auto message = edge.all<bus::Submit>().at(0).message;
  EXPECT_EQ(message.attributes.at("consent"), "2026-11");
  EXPECT_EQ(message.attributes.at("prechat.phone"), "13800138000");
  EXPECT_EQ(message.identities.size(), 1U);  // the visitor's own
}

TEST_F(ChatPrechat, AsksOnceAChat) {
  start();
  first(1, R"(,"prechat":{"phone":"13800138000"})");
  msg(2);  // the chat goes on
  EXPECT_EQ(edge.all<bus::Submit>().size(), 2U);
  edge.notice(attachment(), object(R"({"type":"state","case":"c","state":"closed","contact":")" + live + "\"}"));
  msg(3);
  EXPECT_EQ(edge.all<bus::Submit>().size(), 2U);
  EXPECT_EQ(socket->sent_of("error").size(), 1U);
  edge.notice(attachment(), object(R"({"type":"state","case":"c","state":"queued","contact":")" + later + "\"}"));
  msg(3);  // another tab began it
  EXPECT_EQ(edge.all<bus::Submit>().size(), 3U);
  edge.notice(attachment(), object(R"({"type":"state","case":"c","state":"closed","contact":")" + earlier + "\"}"));
  msg(4);  // an older one ended
  EXPECT_EQ(edge.all<bus::Submit>().size(), 4U);
}

TEST_F(ChatPrechat, AChatThatWentOnMeanwhileIsNotAskedAgain) {
  edge.answer_with = [](const bus::Request& request) -> bus::Answer {
    return std::holds_alternative<bus::Attach>(request) ? welcome_ack(live, 3, 4) : kept(4);
  };
  start();
  msg(1);
  EXPECT_EQ(edge.all<bus::Submit>().size(), 1U);
  EXPECT_TRUE(socket->sent_of("error").empty());
}

}  // namespace
}  // namespace fd::chat
