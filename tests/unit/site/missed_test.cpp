// A page that was away for long gets all it missed, in shares that neither the bus nor a socket has to hold at once.
#include <gtest/gtest.h>

#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using bus::Verb;

class Missed : public testing::Test {
 public:
  static constexpr std::uint64_t lines = 60;
  SmallShell s;
  std::vector<std::uint64_t> seen;  // lines, in the order in which they came
  std::vector<std::string> ends;    // states told
  std::size_t largest = 0;          // bytes of the largest share
  std::optional<ContactId> contact;
  std::uint64_t last_seq = 0;

  void write_all() {
    std::string text;
    for (int i = 0; i < 4000; ++i) text += "好";
    for (std::uint64_t n = 1; n <= lines; ++n) ASSERT_EQ(s.write("v1", text), "ack");
    s.port.notices.clear();
  }
  // One Attach, as the session would: true while there is more.
  bool attach() {
    s.port.notices.clear();
    bus::Attach attach;
    attach.attachment = bus::AttachmentId("chat.v1");
    attach.kind = bus::AttachKind::chat;
    attach.visitor = VisitorId("v1");
    attach.page = "p";
    attach.contact = contact;
    attach.last_seq = last_seq;
    EXPECT_EQ(s.ask(std::move(attach)), "ack");
    return take();
  }
  bool take() {
    std::size_t bytes = 0;
    bool more = false;
    for (const auto& notice : s.port.notices) {
      const auto& frame = notice.frame;
      bytes += json::serialize(frame).size();
      if (frame.at("type") == "more") more = true;
      if (frame.at("type") == "state") ends.emplace_back(frame.at("state").as_string());
      if (frame.at("type") != "msg") continue;
      contact = ContactId::parse(std::string(frame.at("contact").as_string()));
      last_seq = frame.at("seq").to_number<std::uint64_t>();
      seen.push_back(last_seq);
    }
    s.port.notices.clear();
    largest = std::max(largest, bytes);
    return more;
  }
};

TEST_F(Missed, AllOfItInOrderAndOnce) {
  write_all();
  int rounds = 1;
  for (; attach() && rounds < 50; ++rounds) EXPECT_EQ(s.port.types("chat.v1"), "");
  EXPECT_GT(rounds, 5);
  EXPECT_LT(largest, 128U * 1024) << "half of a customer's outbox";
  std::vector<std::uint64_t> all;
  for (std::uint64_t seq = 1; seq <= lines; ++seq) all.push_back(seq);
  EXPECT_EQ(seen, all);
  EXPECT_EQ(s.write("v1", "one more"), "ack");
  EXPECT_FALSE(take());
  EXPECT_EQ(seen.back(), lines + 1) << "it is whole, and hears what happens";
}

TEST_F(Missed, WhatHappensMeanwhileComesInItsPlace) {
  write_all();
  ASSERT_TRUE(attach());
  EXPECT_EQ(s.write("v1", "one more"), "ack");
  EXPECT_EQ(s.port.types("chat.v1"), "") << "it would stand before older lines";
  while (attach() && seen.size() < 200) {
  }
  ASSERT_EQ(seen.size(), lines + 1);
  EXPECT_EQ(seen.back(), lines + 1);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_F(Missed, OfAClosedChatTheEndComesAfterItsLines) {
  write_all();
  ASSERT_TRUE(attach());
  bus::Command end;
  end.verb = Verb::end;
  end.contact = s.contact();
  end.visitor = VisitorId("v1");
  EXPECT_EQ(s.ask(end), "ack");
  while (attach() && seen.size() < 200) EXPECT_TRUE(ends.empty());
  EXPECT_GE(seen.size(), lines);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(ends, std::vector<std::string>{"closed"});
}

TEST_F(Missed, AFewLinesComeAtOnce) {  // the control
  for (int n = 0; n < 3; ++n) ASSERT_EQ(s.write("v1", "short"), "ack");
  EXPECT_FALSE(attach());
  EXPECT_EQ(seen.size(), 3U);
}

}  // namespace
}  // namespace fd::site::test
