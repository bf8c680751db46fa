// Deadlines that move.
#include <gtest/gtest.h>

#include "router/engine/core.hpp"
#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

// Each line of a conversation moves its end further away; what stands in the heap stays in proportion to the rows.
TEST(Deadlines, DoNotPileUpWithTheLinesOfAConversation) {
  Core core(small_settings());
  Instant now = start;
  std::uint64_t batch = 0;
  const auto apply = [&](const Event& event) {
    ++batch;
    now = now + 1s;
    return core.apply(event, now, BatchNumber{batch}, BatchNumber{batch - 1});
  };
  const From a1{0, AgentId("a1"), {}, 0};
  static_cast<void>(apply(AgentAttached{a1.agent}));
  static_cast<void>(apply(SetPresence{a1, Presence::available, {}, {}}));
  CustomerMessage m;
  m.channel = ChannelName("chat");
  m.visitor = VisitorId("v1");
  m.page = "p";
  m.n = 1;
  m.external_id = "p:1";
  m.body = {1};
  m.classification.queue = QueueName("online");
  static_cast<void>(apply(m));
  const ContactId id = core.contacts.begin()->first;
  static_cast<void>(apply(Accept{a1, id, core.find(id)->row->offers.front().id}));
  ASSERT_EQ(core.find(id)->row->state, ContactState::active);
  for (std::uint64_t i = 0; i < 2000; ++i) static_cast<void>(apply(AgentMessage{a1, id, {i + 2}}));
  EXPECT_LT(core.heap.size(), 32U);
  const Instant over = core.find(id)->row->lease;
  while (core.next_due() < over) {
    now = core.next_due();
    static_cast<void>(apply(Tick{}));
    ASSERT_EQ(core.find(id)->row->state, ContactState::active);
  }
  EXPECT_EQ(core.next_due(), over) << "and none is forgotten";
}

}  // namespace
}  // namespace fd::engine::test
