// Pull queues and what is not a ticket in them (routing-semantics §5.6).
#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

// A pull queue takes whatever was handed to it; only a ticket's customer has to walk to a counter.
TEST(Pull, AChatIsTakenWithoutACall) {
  SmallSite s;
  s.attach("a1");
  s.presence("a1", Presence::available);
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.transfer("a1", c, "counter");
  ASSERT_EQ(s.show(c), "queued");
  s.attach("a2");
  s.presence("a2", Presence::available);
  s.next("a2");
  EXPECT_EQ(s.answer(), "done");
  EXPECT_EQ(s.show(c), "active of a2");
  EXPECT_EQ(s.said().find("called"), string::npos) << "no number on the display";
  s.resolve("a2", c);
  EXPECT_EQ(s.answer(), "done");
}

TEST(Pull, NoRoomIsNotNobody) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.next("a1");
  EXPECT_EQ(s.answer(), "refused empty") << "control";
  s.ticket();
  s.next("a1");
  EXPECT_EQ(s.answer(), "refused capacity") << "25 of 100 are used, a ticket takes all";
}

}  // namespace
}  // namespace fd::engine::test
