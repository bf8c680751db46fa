#include "channels/http/reply.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fd::http {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Reply, HasStatusLengthTypeAndDate) {
  const auto head = head_of(json_response(200, "{}"), {});
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Type: application/json; charset=utf-8\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 2\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nCache-Control: no-store\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nX-Content-Type-Options: nosniff"));
  EXPECT_THAT(head, ContainsRegex("Date: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Connection:")));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
}

TEST(Reply, WithoutBodyHasNoLength) {
  for (const unsigned status : {204U, 304U}) {
    Response response;
    response.status = status;
    EXPECT_THAT(head_of(response, {}), Not(HasSubstr("Content-Length")));
    EXPECT_FALSE(has_body(response, {}));
  }
  EXPECT_THAT(head_of(json_response(200, ""), {}), HasSubstr("Content-Length: 0")) << "an empty 200 has one";
}

TEST(Reply, HeadSaysTheLengthAndSendsNothing) {
  const auto response = json_response(200, "{}");
  EXPECT_THAT(head_of(response, {true, true}), HasSubstr("Content-Length: 2"));
  EXPECT_FALSE(has_body(response, {true, true}));
  EXPECT_TRUE(has_body(response, {true, false}));
}

TEST(Reply, OwnFieldsWinOverDefaults) {
  auto response = json_response(200, "{}");
  response.headers.emplace_back("cache-control", "max-age=1");
  const auto head = head_of(response, {false, false});
  EXPECT_THAT(head, HasSubstr("cache-control: max-age=1"));
  EXPECT_THAT(head, Not(HasSubstr("no-store")));
  EXPECT_THAT(head, HasSubstr("\r\nConnection: close\r\n"));
}

TEST(Reply, NothingTypedBecomesAHeaderOfItsOwn) {
  auto response = json_response(303, "{}");
  response.headers.emplace_back("Location", "/x\r\nSet-Cookie: a=b");
  response.headers.emplace_back("X-Bad\r\nSet-Cookie", "a=b");
  response.headers.emplace_back("", "empty");
  response.headers.emplace_back("X-Good", "kept");
  response.type = "text/plain\r\nSet-Cookie: a=b";
  const auto head = head_of(response, {});
  EXPECT_THAT(head, Not(HasSubstr("Set-Cookie")));
  EXPECT_THAT(head, HasSubstr("X-Good: kept"));
}

}  // namespace
}  // namespace fd::http
