// What a page has seen without holes: a lost line must be asked for again.

#include "channels/chat/seen.hpp"

#include <gtest/gtest.h>

namespace fd::chat {
namespace {

const ContactId older = *ContactId::parse("01KATJ3W00000000000000000A");
const ContactId newer = *ContactId::parse("01KATJ3X00000000000000000A");

TEST(ChatSeen, AHoleHoldsItBack) {
  Seen seen(older, 2);
  seen.line(older, 4);
  seen.line(older, 5);
  EXPECT_EQ(seen.seq(), 2U);
  seen.line(older, 3);
  EXPECT_EQ(seen.seq(), 5U);
  seen.line(older, 1);
  EXPECT_EQ(seen.seq(), 5U);
}

TEST(ChatSeen, TheRouterMaySayLess) {  // a restored store
  Seen seen(older, 9);
  seen.welcome(older, 1);
  EXPECT_EQ(seen.seq(), 0U);
}

TEST(ChatSeen, TheNewerContactTakesOverWithItsFirstLine) {
  Seen seen(older, 2);
  seen.welcome(newer, 1);
  seen.line(older, 3);
  EXPECT_EQ(seen.contact(), older);
  EXPECT_EQ(seen.seq(), 3U);
  seen.line(newer, 1);
  EXPECT_EQ(seen.contact(), newer);
  EXPECT_EQ(seen.seq(), 1U);
  seen.line(older, 4);
  EXPECT_EQ(seen.contact(), newer);
}

TEST(ChatSeen, AFreshPageTakesWhatThereIs) {
  Seen seen;
  EXPECT_EQ(seen.contact(), std::nullopt);
  seen.welcome(older, 1);
  seen.line(older, 1);
  EXPECT_EQ(seen.seq(), 1U);
}

}  // namespace
}  // namespace fd::chat
