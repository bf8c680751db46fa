// What an agent reads of a transcript: newest first by shares that fit a frame.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

struct LongShell : SmallShell {
  ContactId contact;
  std::vector<std::uint64_t> history(std::uint64_t before, std::size_t* bytes = nullptr) {
    bus::Ask question;
    question.what = bus::What::history;
    question.contact = contact;
    question.before = before;
    EXPECT_EQ(ask(question), "ack");
    if (bytes) *bytes = json::serialize(body(last)).size();
    std::vector<std::uint64_t> seqs;
    for (const auto& line : body(last).at("lines").as_array())
      seqs.push_back(line.at("seq").to_number<std::uint64_t>());
    return seqs;
  }
};

TEST(History, OfLongLinesComesInShares) {
  LongShell s;
  for (int i = 0; i < 6; ++i) EXPECT_EQ(s.write("v1", std::string(100'000, 'x')), "ack");
  s.contact = s.SmallShell::contact();
  std::size_t bytes = 0;
  EXPECT_EQ(s.history(0, &bytes), (std::vector<std::uint64_t>{5, 6}));
  EXPECT_LT(bytes, 300'000U);
  EXPECT_EQ(s.history(5), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(s.history(2), (std::vector<std::uint64_t>{1}));
}

TEST(History, ALineAloneIsNeverTooLong) {
  LongShell s;
  EXPECT_EQ(s.write("v1", std::string(262'144, 'x')), "ack");
  EXPECT_EQ(s.write("v1", std::string(262'144, 'y')), "ack");
  s.contact = s.SmallShell::contact();
  EXPECT_EQ(s.history(0), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(s.history(2), (std::vector<std::uint64_t>{1}));
}

TEST(History, OfShortLinesIsFifty) {
  LongShell s;
  for (int i = 0; i < 60; ++i) EXPECT_EQ(s.write("v1", "x"), "ack");
  s.contact = s.SmallShell::contact();
  EXPECT_EQ(s.history(0).size(), 50U);
}

}  // namespace
}  // namespace fd::site::test
