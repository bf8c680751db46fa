// A frame becomes one message or one named refusal.

#include "channels/chat/normalise.hpp"

#include <gtest/gtest.h>

namespace fd::chat {
namespace {

const Speaker speaker{VisitorId("00ff"), {{"phone", "138", true}}, "", "", "zh-CN", "https://shop.example/", "demo"};

TEST(ChatNormalise, CarriesWhoWhatAndWhere) {
  const auto message = normalise(speaker, {"p1:12", "你好"}, 4000, {77});
  ASSERT_TRUE(message);
  EXPECT_EQ(message->channel.str(), "chat");
  EXPECT_EQ(message->external_id, "p1:12");
  EXPECT_EQ(message->page, "p1");
  EXPECT_EQ(message->n, 12U);
  EXPECT_EQ(message->visitor.str(), "00ff");
  EXPECT_EQ(message->identities, (std::vector<Identity>{{"phone", "138", true}, {"visitor", "00ff", true}}));
  EXPECT_EQ(message->locale, "zh-CN");
  EXPECT_EQ(message->text, "你好");
  EXPECT_EQ(message->attributes.at("url"), "https://shop.example/");
  EXPECT_EQ(message->attributes.at("website"), "demo");
  EXPECT_EQ(message->received.ms, 77);
}

TEST(ChatNormalise, OfTheAddressOnlyThePageIsKept) {
  auto on = speaker;
  for (const auto& [url, kept] : std::vector<std::pair<std::string, std::string>>{
           {"https://shop.example/a/b", "https://shop.example/a/b"},  // control
           {"https://shop.example/reset?token=geheim&mail=w@example.cn#x", "https://shop.example/reset"},
           {"https://shop.example/#token=geheim?", "https://shop.example/"}}) {
    on.url = url;
    EXPECT_EQ(normalise(on, {"p:1", "x"}, 4000, {})->attributes.at("url"), kept);
  }
  on.url = "?token=geheim";
  EXPECT_FALSE(normalise(on, {"p:1", "x"}, 4000, {})->attributes.contains("url"));
}

TEST(ChatNormalise, CountsCharactersNotBytes) {
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "𠮷";  // 4 bytes in UTF-8, 2 units in JavaScript, 1 character
  EXPECT_TRUE(normalise(speaker, {"p:1", text}, 4000, {}));
  const auto refused = normalise(speaker, {"p:1", text + "!"}, 4000, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "too_long");
  EXPECT_EQ(refused.error().cid, "p:1");
  EXPECT_EQ(refused.error().text, "the text has 4001 characters; at most 4000 are taken");
}

TEST(ChatNormalise, OneLineEndAndNoControls) {
  const std::string text("a\r\nb\rc\td\0e\x1b[2Jf\x7fg", 18);
  EXPECT_EQ(normalise(speaker, {"p:1", text}, 4000, {})->text, "a\nb\nc\tde[2Jfg");
}

class ChatBadMessage : public testing::TestWithParam<Msg> {};
TEST_P(ChatBadMessage, IsNamed) {
  const auto refused = normalise(speaker, GetParam(), 4000, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "bad_frame");
  EXPECT_EQ(refused.error().cid, GetParam().cid.substr(0, 100));
}
INSTANTIATE_TEST_SUITE_P(Table, ChatBadMessage,
                         testing::Values(Msg{"", "x"}, Msg{"p", "x"}, Msg{":1", "x"}, Msg{"p:", "x"}, Msg{"p:0", "x"},
                                         Msg{"p:01", "x"}, Msg{"p:+1", "x"}, Msg{"p:1x", "x"}, Msg{"p:-1", "x"},
                                         Msg{"p:9007199254740992", "x"}, Msg{"p q:1", "x"}, Msg{"p:1:2", "x"},
                                         Msg{std::string(65, 'p') + ":1", "x"}, Msg{"p:1", ""}, Msg{"p:1", " \r\n\t"}));

}  // namespace
}  // namespace fd::chat
