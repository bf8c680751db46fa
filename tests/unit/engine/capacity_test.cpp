// An agent's capacity: in all, by channel, and what one channel may interrupt (routing-semantics §5.3).
#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

// phone rings through chats; a1 alone is at work
Settings matrix() {
  Settings s = small_settings();
  s.channels.at("phone").interrupts = {"chat"};
  return s;
}

Settings limited(std::uint32_t at_once) {
  Settings s = small_settings();
  s.channels.at("chat").at_once = at_once;
  s.queues[QueueName("online")].wrapup = 0s;
  return s;
}

std::vector<ContactId> chats(SmallSite& s, int n) {
  std::vector<ContactId> all;
  for (int i = 0; i < n; ++i) {
    all.push_back(s.chat("v" + std::to_string(i)));
    if (s.show(all.back()) == "offered offer a1") s.accept("a1", all.back());
  }
  return all;
}

TEST(Interrupts, ACallComesToAnAgentInFourChatsAndNoChatToOneInACall) {
  SmallSite s(matrix());
  s.desk("a1");
  const auto four = chats(s, 4);
  EXPECT_EQ(s.used("a1"), 100);
  const ContactId call = s.call("+86");
  EXPECT_EQ(s.show(call), "offered offer a1");
  s.accept("a1", call);
  EXPECT_EQ(s.used("a1"), 200);
  s.end(four[0]);
  s.resolve("a1", four[0]);
  const ContactId fifth = s.chat("v9");
  EXPECT_EQ(s.show(fifth), "queued") << "never the reverse";
  EXPECT_EQ(s.show(s.call("+8613")), "queued") << "one call does not interrupt another";
}

TEST(Interrupts, NoChatIsHandedToOneInACall) {
  Settings settings = matrix();
  settings.channels.at("chat").at_once = 4;
  SmallSite s(settings);
  s.desk("a1");
  s.accept("a1", s.call("+86"));
  s.desk("a2");
  const ContactId chat = s.chat("v1");
  s.accept("a2", chat);
  s.hand("a2", chat, "a1");
  EXPECT_EQ(s.answer(), "refused target_unavailable");
}

TEST(Interrupts, WithoutTheMatrixFourChatsKeepACallOut) {  // the control
  SmallSite s;
  s.desk("a1");
  chats(s, 4);
  EXPECT_EQ(s.show(s.call("+86")), "queued");
}

TEST(Interrupts, ACallThatWaitedComesWhenTheCallBeforeItEnds) {
  SmallSite s(matrix());
  s.settings.roster[AgentId("a1")].capacity = 100;
  s.desk("a1");
  chats(s, 4);
  const ContactId first = s.call("+86"), second = s.call("+8613");
  s.accept("a1", first);
  s.apply(Connected{first, s.offer(first)});
  EXPECT_EQ(s.show(second), "queued");
  s.resolve("a1", first);
  EXPECT_EQ(s.show(second), "offered offer a1") << "full of chats all the time";
}

TEST(Interrupts, AFreeAgentIsAskedBeforeABusyOne) {
  SmallSite s(matrix());
  s.desk("a1");
  chats(s, 4);
  s.wait(1h);
  s.desk("a2");
  EXPECT_EQ(s.show(s.call("+86")), "offered offer a2") << "though a1 has been idle longer";
  EXPECT_EQ(s.show(s.call("+8613")), "offered offer a1");
}

TEST(AtOnce, BoundsAChannelBelowTheCapacity) {
  SmallSite s(limited(2));
  s.desk("a1");
  const auto three = chats(s, 3);
  EXPECT_EQ(s.show(three[2]), "queued");
  EXPECT_EQ(s.used("a1"), 50);
  s.resolve("a1", three[0]);
  EXPECT_EQ(s.show(three[2]), "offered offer a1");
}

TEST(AtOnce, NoTransferPassesIt) {
  SmallSite s(limited(1));
  s.desk("a1");
  const auto first = chats(s, 1)[0];
  s.desk("a2");
  const ContactId second = s.chat("v5");
  s.accept("a2", second);
  s.hand("a2", second, "a1");
  EXPECT_EQ(s.answer(), "refused target_unavailable");
  s.resolve("a1", first);
  s.hand("a2", second, "a1");
  EXPECT_EQ(s.answer(), "done");
}

// A crowd at its limit is counted, not walked past: the trace of a walk would end at 64.
void expect_counted(int phone_cost, std::size_t named) {
  constexpr int crowd = 70;
  Settings settings = limited(1);
  settings.channels.at("phone").cost = phone_cost;
  Account like = settings.roster.at(AgentId("a1"));
  settings.roster.clear();
  for (int i = 0; i < crowd; ++i) {
    like.id = AgentId("b" + std::to_string(i));
    settings.roster[like.id] = like;
  }
  SmallSite s(settings);
  for (int i = 0; i < crowd; ++i) {
    const std::string agent = "b" + std::to_string(i);
    s.desk(agent);
    s.accept(agent, s.chat("v" + std::to_string(i)));
  }
  EXPECT_EQ(s.show(s.chat("one more")), "queued");
  ASSERT_EQ(s.last->decisions.size(), 1U);
  const Decision& d = s.last->decisions.front();
  const std::vector<std::pair<std::string, std::uint32_t>> all{{"capacity", crowd}};
  EXPECT_EQ(d.excluded, all);
  ASSERT_EQ(d.runners_up.size(), named);
  for (const Considered& one : d.runners_up) EXPECT_EQ(one.reason, "capacity");
}

TEST(AtOnce, WhoIsAtTheLimitCostsAWaitingContactNothing) {
  expect_counted(50, 8);   // a call still fits
  expect_counted(100, 0);  // nothing does
}

// a2 takes chats only, so it stands in another list than the others.
Settings unlike(Strategy strategy) {
  Settings settings = small_settings();
  Account third = settings.roster.at(AgentId("a1"));
  third.id = AgentId("a3");
  settings.roster[third.id] = third;
  settings.roster.at(AgentId("a2")).channels = {"chat"};
  settings.queues[QueueName("online")].strategy = strategy;
  return settings;
}

TEST(Lists, AreOneOrderWhenAContactLooksAtThem) {
  SmallSite s(unlike(Strategy::longest_idle));
  for (const char* agent : {"a1", "a2", "a3"}) {
    s.desk(agent);
    s.wait(1s);
  }
  for (const char* agent : {"a1", "a2", "a3"}) {
    const ContactId chat = s.chat(std::string("v") + agent);
    EXPECT_EQ(s.show(chat), std::string("offered offer ") + agent);
    s.accept(agent, chat);
    s.presence(agent, Presence::draining, "");
  }
}

TEST(Lists, AreOneRoundForRoundRobin) {
  SmallSite s(unlike(Strategy::round_robin));
  for (const char* agent : {"a3", "a2", "a1"}) s.desk(agent);
  for (const char* agent : {"a1", "a2", "a3", "a1", "a2"}) {
    const ContactId chat = s.chat("v" + std::to_string(s.now.ms));
    EXPECT_EQ(s.show(chat), std::string("offered offer ") + agent);
    s.accept(agent, chat);
    s.wait(1s);
  }
}

TEST(Lists, SayWhomTheAccountKeepsFromTheChannel) {
  SmallSite s(unlike(Strategy::longest_idle));
  s.desk("a2");
  EXPECT_EQ(s.show(s.call("+86")), "queued");
  const Decision& d = s.last->decisions.front();
  ASSERT_EQ(d.runners_up.size(), 1U);
  EXPECT_EQ(d.runners_up.front().reason, "channel");
}

}  // namespace
}  // namespace fd::engine::test
