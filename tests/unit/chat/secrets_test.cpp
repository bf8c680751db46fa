// Tokens and signed identities: the vectors of docs/chat.md, and what must not pass.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "channels/chat/identity.hpp"
#include "channels/chat/token.hpp"
#include "channels/http/crypto.hpp"

namespace fd::chat {
namespace {

const std::string key = "0123456789abcdef0123456789abcdef";
constexpr Instant now{1'795'507'200'000};

// The text blocks of the document: token, identity.
std::vector<std::string> vectors() {
  std::ifstream in(std::string(FD_SOURCE_DIR) + "/docs/chat.md");
  std::vector<std::string> found;
  for (std::string line; std::getline(in, line);)
    if (line == "```text" && std::getline(in, line)) found.push_back(line);
  return found;
}

TEST(ChatToken, MatchesTheVectorOfTheDocument) {
  const VisitorToken token{VisitorId("000102030405060708090a0b0c0d0e0f"), {1'798'099'200'000}};
  EXPECT_EQ(write_token(key, token), vectors().at(0));
  const auto read = read_token(key, vectors().at(0), now);
  ASSERT_TRUE(std::holds_alternative<VisitorToken>(read));
  EXPECT_EQ(std::get<VisitorToken>(read).visitor, token.visitor);
  EXPECT_EQ(std::get<VisitorToken>(read).expires, token.expires);
}

TEST(ChatToken, OneWithAnOwnerMatchesTheDocumentToo) {
  const VisitorToken token{
      VisitorId("000102030405060708090a0b0c0d0e0f"), {1'798'099'200'000}, owner_of(key, "demo:user-42")};
  EXPECT_EQ(write_token(key, token), vectors().at(1));
  EXPECT_EQ(std::get<VisitorToken>(read_token(key, vectors().at(1), now)).owner, token.owner);
  EXPECT_EQ(std::get<VisitorToken>(read_token(key, vectors().at(0), now)).owner, "");
  EXPECT_NE(owner_of(key, "demo:user-43"), token.owner);
  const auto bytes = *http::base64url_decode(vectors().at(1));
  const auto without = http::base64url(bytes.substr(0, 28) + bytes.substr(43));
  EXPECT_EQ(std::get<TokenFault>(read_token(key, without, now)), TokenFault::forged) << "the owner was cut off";
}

TEST(ChatToken, ExpiresAtItsInstant) {
  const auto token = write_token(key, {new_visitor(), now + Duration{1}});
  EXPECT_TRUE(std::holds_alternative<VisitorToken>(read_token(key, token, now)));
  EXPECT_EQ(std::get<TokenFault>(read_token(key, token, now + Duration{1})), TokenFault::expired);
}

TEST(ChatToken, NoCharacterCanBeChanged) {
  const auto token = write_token(key, {new_visitor(), now + Duration{1000}});
  for (const auto& good : {token, write_token(key, {new_visitor(), now + Duration{1000}, owner_of(key, "demo:a")})}) {
    ASSERT_TRUE(std::holds_alternative<VisitorToken>(read_token(key, good, now)));
    for (std::size_t i = 0; i < good.size(); ++i) {
      auto forged = good;
      forged[i] = forged[i] == 'A' ? 'B' : 'A';
      EXPECT_EQ(std::get<TokenFault>(read_token(key, forged, now)), TokenFault::forged) << i;
    }
  }
  EXPECT_EQ(std::get<TokenFault>(read_token(key + "x", token, now)), TokenFault::forged);
  for (const auto& text : {std::string(), token + "A", token.substr(1), std::string(5000, 'A'), std::string("==")})
    EXPECT_EQ(std::get<TokenFault>(read_token(key, text, now)), TokenFault::forged);
}

TEST(ChatToken, VisitorsDiffer) {
  EXPECT_NE(new_visitor(), new_visitor());
  EXPECT_EQ(new_visitor().str().size(), 32U);
}

std::string signed_with(const std::string& secret, const std::string& body) {
  const auto text = http::base64url(body);
  return text + "." + http::base64url(http::bytes_of(http::hmac_sha256(secret, text)));
}

IdentityFault fault(const std::variant<SignedIdentity, IdentityFault>& read) { return std::get<IdentityFault>(read); }

TEST(ChatIdentity, MatchesTheVectorOfTheDocument) {
  const auto read = read_identity("secret", vectors().at(2), now);
  ASSERT_TRUE(std::holds_alternative<SignedIdentity>(read));
  const auto& who = std::get<SignedIdentity>(read);
  EXPECT_EQ(who.id, "user-42");
  EXPECT_EQ(who.name, "李雷");
  EXPECT_EQ(who.grade, "VIP");
  EXPECT_EQ(who.phone, "+8613800138000");
  EXPECT_EQ(who.email, "");
}

TEST(ChatIdentity, TakesHexToo) {
  const auto text = vectors().at(2).substr(0, vectors().at(2).find('.'));
  const std::string hex = "4dc06790d339875cf28ce0955b9b3aa8eda9851c10ebbf36ac54c33c96d79e5d";
  EXPECT_TRUE(std::holds_alternative<SignedIdentity>(read_identity("secret", text + "." + hex, now)));
  EXPECT_EQ(fault(read_identity("secret", text + "." + std::string(64, '0'), now)), IdentityFault::forged);
  EXPECT_EQ(fault(read_identity("secret", text + "." + std::string(64, 'z'), now)), IdentityFault::malformed);
}

TEST(ChatIdentity, AnotherSecretOrAChangedBodyIsForged) {
  const auto identity = vectors().at(2);
  EXPECT_EQ(fault(read_identity("Secret", identity, now)), IdentityFault::forged);
  const auto raised = http::base64url(R"({"id":"user-42","exp":1795510800,"grade":"VIP"})");
  EXPECT_EQ(fault(read_identity("secret", raised + identity.substr(identity.find('.')), now)), IdentityFault::forged);
}

TEST(ChatIdentity, WithoutASecretNobodyIsSignedIn) {
  EXPECT_EQ(fault(read_identity("", signed_with("", R"({"id":"a","exp":1795510800})"), now)), IdentityFault::no_secret);
}

TEST(ChatIdentity, ExpiresInSeconds) {
  const auto identity = signed_with("s", R"({"id":"a","exp":1795507201})");
  EXPECT_TRUE(std::holds_alternative<SignedIdentity>(read_identity("s", identity, now)));
  EXPECT_EQ(fault(read_identity("s", identity, now + Duration{1000})), IdentityFault::expired);
}

TEST(ChatIdentity, SignedNonsenseIsMalformed) {
  for (const auto* body : {"", "[]", "{}", R"({"id":"a"})", R"({"id":"","exp":1795510800})", R"({"exp":1795510800})",
                           R"({"id":7,"exp":1795510800})", R"({"id":"a","exp":1795510800,"grade":"Z"})",
                           R"({"id":"a","exp":"1795510800"})", R"({"id":"a","exp":1795510800,"name":[]})"})
    EXPECT_EQ(fault(read_identity("s", signed_with("s", body), now)), IdentityFault::malformed) << body;
  EXPECT_EQ(fault(read_identity("s", "nodot", now)), IdentityFault::malformed);
}

}  // namespace
}  // namespace fd::chat
