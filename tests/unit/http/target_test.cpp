#include "channels/http/target.hpp"

#include <gtest/gtest.h>

namespace fd::http {
namespace {

TEST(Target, DecodesPathAndQuery) {
  const auto target = parse_target("/chat/%E5%AE%A2?w=a%26b&name=%E6%9D%8E+%E5%9B%9B&flag&x=1&x=2&=e&&");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->encoded_path, "/chat/%E5%AE%A2");
  EXPECT_EQ(target->path, "/chat/客");
  EXPECT_EQ(target->query.at("w"), "a&b");
  EXPECT_EQ(target->query.at("name"), "李 四");
  EXPECT_EQ(target->query.at("flag"), "");
  EXPECT_EQ(target->query.at("x"), "1") << "the first counts";
  EXPECT_EQ(target->query.at(""), "e");
}

TEST(Target, PlusIsASpaceInTheQueryOnly) {
  EXPECT_EQ(parse_target("/a+b")->path, "/a+b");
  EXPECT_EQ(parse_target("/?q=a+b")->query.at("q"), "a b");
}

TEST(Target, TakesTheAbsoluteForm) {
  EXPECT_EQ(parse_target("http://desk.example/a?b=c")->path, "/a");
  EXPECT_EQ(parse_target("https://desk.example")->path, "/");
}

TEST(Target, RefusesWhatHasTwoReadings) {
  for (const char* bad :
       {"",        "a",       "*",   "desk.example:443", "http://",     "http:///x", "/%",   "/%4",   "/%zz",
        "/%00",    "/a%ff",   "/..", "/a/../b",          "/a/%2e%2e/b", "/./a",      "/a#b", "/?q=%", "/?q=%c0%af",
        "/?%fe=1", "ftp://x/"})
    EXPECT_FALSE(parse_target(bad)) << bad;
  for (const char* good : {"/", "/...", "/a..b", "/?q=../..", "/%25", "/a|b?c={d}"})
    EXPECT_TRUE(parse_target(good)) << good;
}

TEST(Utf8, TakesWhatRfc3629Takes) {
  for (const char* good : {"", "abc", "é", "客服", "😀", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(valid_utf8(good));
  for (const char* bad : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xf8\x88\x80\x80\x80", "\xe5\xae", "a\xff"})
    EXPECT_FALSE(valid_utf8(bad));
}

}  // namespace
}  // namespace fd::http
