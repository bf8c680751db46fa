// What supervisors see and say on the wall: who waits, in which order; which queue is in trouble and who has seen it.
#include <gtest/gtest.h>

#include "router/site/mask.hpp"
#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using namespace std::chrono_literals;

struct WallShell : SmallShell {
  std::string write_as(const std::string& name, const std::string& visitor) {
    bus::Submit submit;
    Message& m = submit.message;
    m.channel = ChannelName("chat");
    m.visitor = VisitorId(visitor);
    m.page = "p";
    m.n = 1;
    m.external_id = visitor + ":1";
    m.name = name;
    m.text = "private matters";
    return ask(std::move(submit));
  }
  std::string waiting(const std::string& queue, const std::string& agent) {
    bus::Ask question;
    question.what = bus::What::waiting;
    question.agent = AgentId(agent);
    question.id = queue;
    return ask(std::move(question));
  }
  [[nodiscard]] std::vector<std::string> cases() const {
    std::vector<std::string> found;
    for (const auto& row : body(last).at("contacts").as_array())
      found.emplace_back(row.as_object().at("case").as_string());
    return found;
  }
  [[nodiscard]] json::object row(std::size_t n) const { return body(last).at("contacts").as_array().at(n).as_object(); }
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
  // Of this agent, in the newest wall s1 was shown: whom nobody serves.
  [[nodiscard]] json::value unattended(const std::string& agent) {
    EXPECT_EQ(acknowledge("s1"), "ack");
    for (auto n = port.notices.rbegin(); n != port.notices.rend(); ++n)
      if (n->attachment == "wall.s1" && n->frame.at("type") == "wall")
        for (const auto& a : n->frame.at("agents").as_array())
          if (a.at("id").as_string() == agent) return a.at("unattended");
    return {};
  }
  // The next number of the counter, called and served by a1.
  ContactId serve() {
    EXPECT_EQ(ticket("tax"), "ack");
    auto next = command(bus::Verb::next, "a1");
    next.queue = "counter";
    EXPECT_EQ(ask(std::move(next)), "ack");
    auto c = command(bus::Verb::serve, "a1");
    c.contact = ContactId::parse(std::string(body(last).at("contact").as_string()));
    const ContactId id = *c.contact;
    EXPECT_EQ(ask(std::move(c)), "ack");
    return id;
  }
  std::string lose(const std::string& agent, bool lost) {
    return ask(bus::Detach{bus::AttachmentId("desk." + agent), lost});
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

TEST(Waiting, StandInTheOrderInWhichTheyWillBeServed) {
  WallShell s;
  std::vector<std::string> cases;
  std::vector<ContactId> ids;
  for (const char* visitor : {"v1", "v2", "v3"}) {
    EXPECT_EQ(s.write_as("王小明", visitor), "ack");
    cases.emplace_back(s.body(s.last).at("case").as_string());
    ids.push_back(s.contact());
    s.clock.advance(1s);
  }
  ASSERT_EQ(s.waiting("online", "s1"), "ack");
  EXPECT_EQ(s.cases(), cases);
  const auto first = s.row(0);
  EXPECT_EQ(first.at("state"), "queued");
  EXPECT_EQ(first.at("channel"), "chat");
  EXPECT_EQ(first.at("since").as_int64() + 3000, s.clock.wall().ms);
  EXPECT_EQ(first.at("customer").at("name"), "王**");
  EXPECT_TRUE(first.at("offered").as_array().empty());
  EXPECT_EQ(json::serialize(s.body(s.last)).find("private"), std::string::npos);

  auto c = s.command(bus::Verb::reprioritise, "s1");  // a head start of some minutes: the last becomes the first
  c.contact = ids[2];
  c.v = s.row(2).at("v").to_number<std::uint64_t>();
  c.priority = "high";
  c.reason = "press";
  ASSERT_EQ(s.ask(std::move(c)), "ack");
  ASSERT_EQ(s.waiting("online", "s1"), "ack");
  EXPECT_EQ(s.cases(), (std::vector<std::string>{cases[2], cases[0], cases[1]}));
  EXPECT_EQ(s.row(0).at("priority"), "high");

  s.available("a1");
  ASSERT_EQ(s.waiting("online", "s1"), "ack");
  EXPECT_EQ(s.row(0).at("state"), "offered");
  EXPECT_EQ(s.row(0).at("offered").as_array().at(0).at("agent"), "a1");
  ASSERT_EQ(s.accept("a1"), "ack");
  ASSERT_EQ(s.waiting("online", "s1"), "ack");
  EXPECT_EQ(s.cases().size(), 2U) << "served: no longer in line";
}

TEST(Waiting, IsClosedWithWhatTheListTold) {
  WallShell s;
  EXPECT_EQ(s.attach_chat("v1"), "ack");
  EXPECT_EQ(s.write("v1", "hello"), "ack");
  ASSERT_EQ(s.waiting("online", "s1"), "ack");
  const auto told = s.row(0);
  EXPECT_EQ(told.at("kind"), "");
  const auto close = [&](const char* by, std::uint64_t seq, std::uint64_t v) {
    auto c = s.command(bus::Verb::resolve, by);
    c.contact = s.contact();
    c.v = v;
    c.seq = seq;
    c.text = "sent by mistake";
    return s.ask(std::move(c));
  };
  const auto seq = told.at("seq").to_number<std::uint64_t>(), v = told.at("v").to_number<std::uint64_t>();
  EXPECT_EQ(close("a1", seq, v), "reject not_permitted") << "an agent takes them, and closes nobody who waits";
  EXPECT_EQ(close("s1", seq, v + 1), "reject stale");
  EXPECT_EQ(s.write("v1", "still there?"), "ack");
  EXPECT_EQ(close("s1", seq, v), "reject unread") << "there is news that the list did not tell of";
  ASSERT_EQ(s.waiting("online", "s1"), "ack");
  s.port.notices.clear();
  EXPECT_EQ(close("s1", seq + 1, s.row(0).at("v").to_number<std::uint64_t>()), "ack");
  EXPECT_TRUE(s.port.told("chat.v1", R"("state":"closed","reason":"canceled")")) << "the customer hears of the end";
  ASSERT_EQ(s.waiting("online", "s1"), "ack");
  EXPECT_TRUE(s.cases().empty());
}

TEST(Waiting, IsForTheTeamAndItsSupervisors) {
  WallShell s;
  EXPECT_EQ(s.ticket("tax"), "ack");
  EXPECT_EQ(s.waiting("counter", "s1"), "ack") << "of no team: of all";
  EXPECT_EQ(s.waiting("counter", "s2"), "ack") << "of this team";
  EXPECT_EQ(s.row(0).at("ticket"), "A001");
  EXPECT_EQ(s.waiting("online", "s2"), "reject not_permitted") << "of another team";
  EXPECT_EQ(s.waiting("online", "a1"), "ack") << "an agent of the team";
  EXPECT_EQ(s.waiting("counter", "c1"), "ack") << "an agent of this team";
  EXPECT_EQ(s.waiting("online", "c1"), "reject not_permitted") << "an agent of another team";
  EXPECT_EQ(s.waiting("online", "nobody"), "reject not_permitted");
  EXPECT_EQ(s.waiting("nowhere", "s1"), "reject not_found");
}

TEST(Waiting, AreFiftyAtMost) {
  WallShell s;
  for (int i = 0; i < 60; ++i) EXPECT_EQ(s.write("v" + std::to_string(i), "hello"), "ack");
  ASSERT_EQ(s.waiting("online", "s1"), "ack");
  EXPECT_EQ(s.cases().size(), 50U);
}

TEST(Waiting, AreKnownByTheFirstCharacterOfTheirName) {
  EXPECT_EQ(masked_name("王小明"), "王**");
  EXPECT_EQ(masked_name("Wang Xiaoming"), "W**");
  EXPECT_EQ(masked_name("王"), "王");
  EXPECT_EQ(masked_name(""), "");
}

TEST(Unattended, IsSaidFromTheEndOfTheAgentsLeaseUntilTheAgentIsBack) {
  WallShell s;
  EXPECT_EQ(s.look("s1"), "ack");
  s.available("a1");
  s.serve();
  EXPECT_EQ(s.unattended("a1"), json::array{}) << "served";
  EXPECT_EQ(s.lose("a1", false), "ack");
  EXPECT_EQ(s.unattended("a1"), json::array{}) << "a moment without a socket is no news";
  s.clock.advance(30s);
  EXPECT_EQ(s.write("v1", "hello"), "ack");
  EXPECT_EQ(s.unattended("a1"), json::array{"A001"});
  EXPECT_EQ(s.unattended("a2"), json::array{});
  s.clock.advance(61s);
  EXPECT_EQ(s.attach_desk("a1"), "ack");
  EXPECT_EQ(s.unattended("a1"), json::array{}) << "too late for the former presence, but there";
}

TEST(Unattended, GoesBackInLineWhenASupervisorSetsTheLostAgentOffline) {
  WallShell s;
  EXPECT_EQ(s.look("s1"), "ack");
  s.available("a1");
  s.serve();
  EXPECT_EQ(s.lose("a1", true), "ack");
  EXPECT_EQ(s.unattended("a1"), json::array{"A001"});
  auto c = s.command(bus::Verb::agent, "s1");
  c.target = "a1";
  c.state = "offline";
  c.reason = "nobody there";
  EXPECT_EQ(s.ask(std::move(c)), "ack");
  EXPECT_EQ(s.unattended("a1"), json::array{});
  ASSERT_EQ(s.waiting("counter", "s1"), "ack");
  EXPECT_EQ(s.row(0).at("ticket"), "A001");
}

TEST(Unattended, IsNobodyWhoOnlyWrites) {
  WallShell s;
  EXPECT_EQ(s.look("s1"), "ack");
  s.available("a1");
  EXPECT_EQ(s.attach_chat("v1"), "ack");
  EXPECT_EQ(s.write("v1", "hello"), "ack");
  const ContactId chat = s.contact();
  ASSERT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(s.ask(bus::Detach{bus::AttachmentId("chat.v1"), false}), "ack");
  s.clock.advance(5min);
  EXPECT_EQ(s.lose("a1", true), "ack");
  bus::Ask question;
  question.what = bus::What::contact;
  question.contact = chat;
  EXPECT_EQ(s.ask(std::move(question)), "ack");
  EXPECT_EQ(s.body(s.last).at("state"), "paused");
  EXPECT_EQ(s.body(s.last).at("owner"), "a1") << "still this agent's";
  EXPECT_EQ(s.unattended("a1"), json::array{});
}

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
  EXPECT_EQ(s.acknowledge("s3"), "ack");
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
  EXPECT_EQ(s.acknowledge("s3"), "ack");
  EXPECT_EQ(s.queue().at("seen").at("by"), "s3");
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
  EXPECT_EQ(s.acknowledge("s2"), "reject not_permitted") << "of another team: it would be silent for this one's";
  EXPECT_EQ(s.acknowledge("s1", "nowhere"), "reject not_found");
  EXPECT_TRUE(s.queue().at("seen").is_null());
  EXPECT_EQ(s.acknowledge("s1", "counter"), "ack") << "there is nothing to acknowledge";
  EXPECT_TRUE(s.queue("counter").at("seen").is_null());
}

}  // namespace
}  // namespace fd::site::test
