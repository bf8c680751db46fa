// What supervisors see and say on the wall: which queue is in trouble and who has seen it.
#include <gtest/gtest.h>

#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using namespace std::chrono_literals;

struct WallShell : SmallShell {
  std::string look(const std::string& agent, bool wall = true) {
    bus::Attach attach;
    attach.attachment = bus::AttachmentId("wall." + agent);
    attach.kind = bus::AttachKind::desk;
    attach.agent = AgentId(agent);
    attach.wall = wall;
    return ask(std::move(attach));
  }
  std::string acknowledge(const std::string& agent, const std::string& queue = "online") {
    auto c = command(bus::Verb::acknowledge, agent);
    c.queue = queue;
    return ask(std::move(c));
  }
  // The queue in the newest wall this agent was shown.
  [[nodiscard]] json::object shown(const std::string& agent, const std::string& queue = "online") const {
    for (auto n = port.notices.rbegin(); n != port.notices.rend(); ++n)
      if (n->attachment == "wall." + agent && n->frame.at("type") == "wall")
        for (const auto& q : n->frame.at("queues").as_array())
          if (q.at("id").as_string() == queue) return q.as_object();
    return {};
  }
  [[nodiscard]] json::object queue(const std::string& name = "online") {
    bus::Ask question;
    question.what = bus::What::queues;
    EXPECT_EQ(ask(std::move(question)), "ack");
    for (const auto& q : body(last).at("queues").as_array())
      if (q.at("id").as_string() == name) return q.as_object();
    return {};
  }
};

TEST(Alarm, IsAcknowledgedForAllWallsUntilItEnds) {
  WallShell s;
  EXPECT_EQ(s.look("s1"), "ack");
  EXPECT_EQ(s.look("s2"), "ack");
  EXPECT_EQ(s.queue().at("alarm"), "");
  EXPECT_EQ(s.write("v1", "hello"), "ack");
  EXPECT_EQ(s.queue().at("alarm"), "no_free");
  EXPECT_TRUE(s.queue().at("seen").is_null());

  EXPECT_EQ(s.acknowledge("s1"), "ack");
  const auto at = s.clock.wall().ms;
  for (const char* other : {"s1", "s2"}) {
    EXPECT_EQ(s.shown(other).at("alarm"), "no_free");
    EXPECT_EQ(s.shown(other).at("seen"), (json::value{{"by", "s1"}, {"at", at}})) << "at once, and not by a clock";
  }
  s.clock.advance(5s);
  EXPECT_EQ(s.acknowledge("s2"), "ack");
  EXPECT_EQ(s.shown("s1").at("seen").at("by"), "s1") << "the first one counts";

  s.available("a1");
  ASSERT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(s.queue().at("alarm"), "") << "nobody waits";
  EXPECT_EQ(s.write("v2", "hello"), "ack");
  EXPECT_EQ(s.accept("a1"), "ack");
  auto away = s.command(bus::Verb::presence, "a1");
  away.state = "away";
  EXPECT_EQ(s.ask(std::move(away)), "ack");
  EXPECT_EQ(s.write("v3", "hello"), "ack");
  EXPECT_EQ(s.queue().at("alarm"), "no_free");
  EXPECT_TRUE(s.queue().at("seen").is_null()) << "the next one is news again";
}

TEST(Alarm, ThatGrowsWorseIsNewsAgain) {
  WallShell s;
  EXPECT_EQ(s.write("v1", "hello"), "ack");
  EXPECT_EQ(s.acknowledge("s1"), "ack");
  s.clock.advance(299s);
  EXPECT_EQ(s.queue().at("seen").at("by"), "s1");
  s.clock.advance(1s);
  EXPECT_EQ(s.queue().at("alarm"), "long_wait");
  EXPECT_TRUE(s.queue().at("seen").is_null());
  EXPECT_EQ(s.acknowledge("s2"), "ack");
  EXPECT_EQ(s.queue().at("seen").at("by"), "s2");
}

TEST(Alarm, ThatEndsWhileNobodyLooksIsForgottenToo) {
  WallShell s;
  EXPECT_EQ(s.write("v1", "hello"), "ack");
  EXPECT_EQ(s.acknowledge("s1"), "ack");
  int n = 1;
  EXPECT_TRUE(fd::test::run_until(s.io, [&] {  // until the pass of a second came by between two customers
    auto end = s.command(bus::Verb::end, "");
    end.visitor = VisitorId("v" + std::to_string(n));
    end.contact = s.contact();
    EXPECT_EQ(s.ask(std::move(end)), "ack");
    s.clock.advance(1s);
    s.io.restart();
    s.io.run_one_for(1s);
    EXPECT_EQ(s.write("v" + std::to_string(++n), "hello"), "ack");
    return s.queue().at("seen").is_null();
  }));
}

TEST(Alarm, IsASupervisorsToAcknowledge) {
  WallShell s;
  EXPECT_EQ(s.write("v1", "hello"), "ack");
  EXPECT_EQ(s.acknowledge("a1"), "reject not_permitted");
  EXPECT_EQ(s.acknowledge("nobody"), "reject not_permitted");
  EXPECT_EQ(s.acknowledge("s1", "nowhere"), "reject not_found");
  EXPECT_TRUE(s.queue().at("seen").is_null());
  EXPECT_EQ(s.acknowledge("s1", "counter"), "ack") << "there is nothing to acknowledge";
  EXPECT_TRUE(s.queue("counter").at("seen").is_null());
}

}  // namespace
}  // namespace fd::site::test
