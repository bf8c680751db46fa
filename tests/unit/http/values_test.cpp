#include <gtest/gtest.h>

#include "channels/http/http.hpp"

namespace fd::http {
namespace {

TEST(Request, FindsHeadersAndCookies) {
  Request request;
  request.headers["cookie"] = "a=1; __Host-desk=abc=; empty=;b=2";
  EXPECT_EQ(request.cookie("a"), "1");
  EXPECT_EQ(request.cookie("__Host-desk"), "abc=");
  EXPECT_EQ(request.cookie("empty"), "");
  EXPECT_EQ(request.cookie("b"), "2");
  EXPECT_EQ(request.cookie("desk"), "") << "a suffix of a name is another name";
  EXPECT_EQ(request.header("cookie").size(), 33U);
  EXPECT_EQ(request.header("origin"), "");
  EXPECT_EQ(Request{}.cookie("a"), "");
}

TEST(Response, ErrorIsJsonWhateverItsText) {
  const auto response = error_response(400, "bad_target", "say \"please\"\n");
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(response.body, R"({"error":{"code":"bad_target","message":"say \"please\"\n"}})");
  EXPECT_EQ(response.type, "application/json; charset=utf-8");
}

}  // namespace
}  // namespace fd::http
