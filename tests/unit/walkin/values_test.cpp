// Ticket tokens, QR codes, and what a kiosk asks for.

#include <gtest/gtest.h>

#include <fstream>

#include "channels/walkin/normalise.hpp"
#include "channels/walkin/qr.hpp"
#include "channels/walkin/ticket_token.hpp"

namespace fd::walkin {
namespace {

const std::string key = "0123456789abcdef0123456789abcdef";
const ContactId contact = *ContactId::parse("01KATJ3W00000000000000000A");

std::string vector_of_the_document() {
  std::ifstream in(std::string(FD_SOURCE_DIR) + "/docs/walkin.md");
  for (std::string line; std::getline(in, line);)
    if (line == "```text" && std::getline(in, line)) return line;
  return {};
}

TEST(WalkinToken, MatchesTheVectorOfTheDocument) {
  EXPECT_EQ(write_ticket(key, contact), vector_of_the_document());
  EXPECT_EQ(read_ticket(key, vector_of_the_document()), contact);
}

TEST(WalkinToken, NoCharacterCanBeChanged) {
  const auto token = write_ticket(key, contact);
  ASSERT_TRUE(read_ticket(key, token));
  for (std::size_t i = 0; i < token.size(); ++i)
    for (const char c : {'A', 'B', 'h', '_'}) {
      auto forged = token;
      if (forged[i] == c) continue;
      forged[i] = c;
      EXPECT_FALSE(read_ticket(key, forged)) << i;
    }
  EXPECT_FALSE(read_ticket("another key of thirty-two bytes!", token));
  for (const auto& text : {std::string(), token + "A", token.substr(1), std::string(4000, 'A'), contact.str()})
    EXPECT_FALSE(read_ticket(key, text));
}

TEST(WalkinQr, IsASquareOfOnePathWithTheThreeFinders) {
  const auto svg = qr_svg("https://kf.example.cn/t/AZq1IfAAAAAAAAAAAAAAChpMRcvxHUUz03zdQwGxk3g");
  ASSERT_TRUE(svg);
  EXPECT_EQ(svg->find("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "), 0U);
  // The finder patterns' top rows: 7 modules at the quiet zone's inner corner, left and right.
  EXPECT_NE(svg->find("M4 4h7v1h-7z"), std::string::npos);
  const auto side = std::stoi(svg->substr(svg->find("0 0 ") + 4));
  EXPECT_NE(svg->find("M" + std::to_string(side - 11) + " 4h7v1h-7z"), std::string::npos);
  EXPECT_NE(svg->find("M4 " + std::to_string(side - 5) + "h7v1h-7z"), std::string::npos);
  EXPECT_EQ((side - 8 - 17) % 4, 0);  // a version of ISO/IEC 18004
  EXPECT_NE(qr_svg("other"), svg);
  EXPECT_FALSE(qr_svg(std::string(5000, 'x')));
}

Settings settings() {
  Settings out;
  out.services = {{"repair", "A", {{"zh", "维修"}, {"en", "Repair"}}, "counter"},
                  {"complaint", "B", {{"zh", "投诉"}}, "counter"}};
  return out;
}

TEST(WalkinNormalise, ATicketRequestBecomesAMessage) {
  const auto message = normalise(settings(), "kiosk-1", "k-1", R"({"service":"repair","lang":"en"})", {5});
  ASSERT_TRUE(message);
  EXPECT_EQ(message->channel.str(), "walkin");
  EXPECT_EQ(message->external_id, "kiosk-1:k-1");
  EXPECT_EQ(message->attributes.at("service"), "repair");
  EXPECT_EQ(message->attributes.at("lang"), "en");
  EXPECT_EQ(message->locale, "en");
  EXPECT_EQ(message->text, "Repair");
  EXPECT_EQ(message->received.ms, 5);
  EXPECT_TRUE(message->identities.empty());  // a kiosk is not a customer
  EXPECT_TRUE(message->visitor.empty());
}

TEST(WalkinNormalise, AQuotedKeyIsTheSameKey) {
  const auto a = normalise(settings(), "d", "k", R"({"service":"repair"})", {});
  const auto b = normalise(settings(), "d", "\"k\"", R"({"service":"repair"})", {});
  EXPECT_EQ(a->external_id, b->external_id);
  EXPECT_NE(normalise(settings(), "e", "k", R"({"service":"repair"})", {})->external_id, a->external_id);
}

struct Bad {
  std::string key, body;
  unsigned status;
  std::string code;
};
class WalkinBadRequest : public testing::TestWithParam<Bad> {};
TEST_P(WalkinBadRequest, IsNamed) {
  const auto refused = normalise(settings(), "d", GetParam().key, GetParam().body, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, GetParam().status);
  EXPECT_EQ(refused.error().code, GetParam().code);
  EXPECT_FALSE(refused.error().text.empty());
}
INSTANTIATE_TEST_SUITE_P(Table, WalkinBadRequest,
                         testing::Values(Bad{"", R"({"service":"repair"})", 400, "no_key"},
                                         Bad{"\"\"", R"({"service":"repair"})", 400, "no_key"},
                                         Bad{"a b", R"({"service":"repair"})", 400, "bad_key"},
                                         Bad{std::string(129, 'k'), R"({"service":"repair"})", 400, "bad_key"},
                                         Bad{"k", "{", 400, "bad_json"}, Bad{"k", "[]", 400, "no_service"},
                                         Bad{"k", "{}", 400, "no_service"},
                                         Bad{"k", R"({"service":1})", 400, "no_service"},
                                         Bad{"k", R"({"service":"x"})", 404, "unknown_service"},
                                         Bad{"k", R"({"service":"repair","lang":"zh CN"})", 400, "bad_lang"}));

TEST(WalkinWords, FallBackToTheLanguageThenToAny) {
  const std::map<std::string, std::string> words{{"en", "Repair"}, {"zh", "维修"}};
  EXPECT_EQ(word_in(words, "zh-CN"), "维修");
  EXPECT_EQ(word_in(words, "en"), "Repair");
  EXPECT_EQ(word_in(words, "fr"), "Repair");
  EXPECT_EQ(word_in({}, "fr"), "");
}

}  // namespace
}  // namespace fd::walkin
