#include "daemon/cli/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

#include "daemon/cli/client.hpp"
#include "daemon/cli/words.hpp"

namespace fd::cli {
namespace {

TEST(CliTable, KnowsWidths) {
  EXPECT_EQ(width("abc"), 3U);
  EXPECT_EQ(width("队列"), 4U);
  EXPECT_EQ(width("（a）"), 5U);
  EXPECT_EQ(width("é"), 1U);
  EXPECT_EQ(width("e\xCC\x81"), 1U) << "a combining accent takes no cell";
  EXPECT_EQ(width("𠮷"), 2U);
  EXPECT_EQ(width("🙂"), 2U);
  EXPECT_EQ(width("\xFF"), 1U) << "a broken byte is shown as one sign";
}

TEST(CliTable, BrokenAndDangerousTextIsReplaced) {
  EXPECT_EQ(printable("ab队列"), "ab队列");
  EXPECT_EQ(printable("a\x1b[2J\n\t"), "a\uFFFD[2J\uFFFD\uFFFD");
  EXPECT_EQ(printable("\xC2\x9B"), "\uFFFD") << "C1: CSI in one character";
  EXPECT_EQ(printable("\xC0\xAF"), "\uFFFD\uFFFD") << "overlong";
  EXPECT_EQ(printable("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD") << "surrogate";
  EXPECT_EQ(printable("\xE9\x98"), "\uFFFD\uFFFD") << "cut off";
}

TEST(CliTable, Times) {
  ::setenv("TZ", "Asia/Shanghai", 1);
  EXPECT_EQ(local_time(1'795'507'200'000), "2026-11-24 16:00:00 +0800");
  EXPECT_EQ(local_time(0), "-");
  EXPECT_EQ(utc_time(1'795'507'200'007), "2026-11-24T08:00:00.007Z");
  EXPECT_EQ(duration(245'999), "4:05");
  EXPECT_EQ(duration(7'100'000), "1:58:20");
  EXPECT_EQ(duration(-5), "0:00");
}

TEST(CliClient, PathSegmentsAreEncoded) {
  EXPECT_EQ(percent_encode("a-b_c.d~1"), "a-b_c.d~1");
  EXPECT_EQ(percent_encode("../x y?"), "..%2Fx%20y%3F");
  EXPECT_EQ(percent_encode("电"), "%E7%94%B5");
}

TEST(CliWords, AreFilledIn) {
  EXPECT_EQ(fill("{1} before {0}, {1} {2} {", {"a", "b"}), "b before a, b {2} {");
  EXPECT_EQ(choose_lang("", "", "zh_CN.UTF-8", "en_US"), Lang::zh);
  EXPECT_EQ(choose_lang("en", "zh_CN", "", ""), Lang::en);
  EXPECT_EQ(choose_lang("", "", "", ""), Lang::en);
}

using Catalogue = std::map<std::string, std::string>;
Catalogue catalogue(const std::string& lang) {
  std::ifstream in(std::string(FD_SOURCE_DIR) + "/daemon/cli/words." + lang + ".cpp");
  Catalogue out;
  const std::regex entry(R"(\s*\.(\w+) = \"(.*)\",)");
  for (std::string line; std::getline(in, line);)
    if (std::smatch m; std::regex_match(line, m, entry)) out[m[1]] = m[2];
  return out;
}

// Keys whose placeholders differ between the languages.
std::vector<std::string> unequal(const Catalogue& a, const Catalogue& b) {
  const auto places = [](const std::string& text) {
    std::multiset<std::string> out;
    const std::regex place(R"(\{\d\})");
    for (std::sregex_iterator it(text.begin(), text.end(), place), end; it != end; ++it) out.insert(it->str());
    return out;
  };
  std::vector<std::string> out;
  for (const auto& [key, text] : a)
    if (!b.contains(key) || places(text) != places(b.at(key))) out.push_back(key);
  return out;
}

TEST(CliWords, BothLanguagesHaveTheSamePlaceholders) {
  const auto en = catalogue("en");
  auto zh = catalogue("zh");
  EXPECT_GT(en.size(), 100U);
  EXPECT_EQ(en.size(), zh.size());
  EXPECT_EQ(unequal(en, zh), std::vector<std::string>{});
  zh["refused"] = "被拒绝：{0}";  // control
  EXPECT_EQ(unequal(en, zh), std::vector<std::string>{"refused"});
}

}  // namespace
}  // namespace fd::cli
