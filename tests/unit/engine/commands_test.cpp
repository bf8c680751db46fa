// Duplicates and gaps, codes of closing, versions, ids, what waits for a receipt, restart.
#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

TEST(Counters, OfACustomersPage) {
  SmallSite s;
  s.chat("v1", "p", 2);
  EXPECT_EQ(s.answer(), "gap 1") << "an unknown page begins at 1";
  EXPECT_EQ(s.last->sequence, 0U) << "and leaves nothing";
  const ContactId c = s.chat("v1", "p", 1);
  EXPECT_EQ(s.answer(), "kept 1");
  s.chat("v1", "p", 1);
  EXPECT_EQ(s.answer(), "again 1") << "the original answer";
  s.chat("v1", "p", 3);
  EXPECT_EQ(s.answer(), "gap 2");
  s.chat("v1", "q", 1);
  EXPECT_EQ(s.answer(), "kept 2") << "each tab counts alone";
  s.restart();
  s.chat("v1", "p", 1);
  EXPECT_EQ(s.answer(), "again 1");
  EXPECT_EQ(s.row(c)->seq, 2U);
}

TEST(Counters, TheEngineKnowsADuplicateAlsoWithoutTheLookUp) {
  SmallSite s;
  const ContactId c = s.chat("v1", "p", 1);
  CustomerMessage again;
  again.classification.queue = QueueName("online");
  again.ref = 1;
  again.channel = ChannelName("chat");
  again.visitor = VisitorId("v1");
  again.page = "p";
  again.n = 1;
  again.external_id = "p:1";
  again.body = {99};
  s.apply(again);
  EXPECT_TRUE(s.answer().starts_with("again")) << s.answer();
  EXPECT_EQ(s.row(c)->seq, 1U);
}

TEST(Counters, OfAnAgentsPage) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  const auto say = [&](std::uint64_t n) { s.apply(AgentMessage{{1, AgentId("a1"), "d", n}, c, {1}}); };
  say(2);
  EXPECT_EQ(s.answer(), "gap 1");
  say(1);
  EXPECT_EQ(s.row(c)->seq, 4U);
  say(1);
  EXPECT_EQ(s.answer(), "done");
  EXPECT_EQ(s.row(c)->seq, 4U) << "once";
  const auto& again = std::get<Done_>(s.effects.front());
  EXPECT_EQ(again.contact, c);
  EXPECT_EQ(again.cid, "d:1") << "the shell finds the line by it";
  s.apply(AgentMessage{{1, AgentId("a1"), "d", 2}, ContactId{}, {1}});
  EXPECT_EQ(s.answer(), "refused closed");
  say(2);
  EXPECT_EQ(s.row(c)->seq, 5U) << "a refused number is not consumed";
}

TEST(Counters, ARepetitionNamesTheContactAgain) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  const auto twice = [&](const Event& e) {
    for (int i = 0; i < 2; ++i) {
      s.apply(e);
      ASSERT_EQ(s.answer(), "done");
      EXPECT_EQ(std::get<Done_>(s.effects.front()).contact, c);
    }
  };
  twice(Accept{{1, AgentId("a1"), "d", 1}, c, s.offer(c)});
  twice(Classify{{1, AgentId("a1"), "d", 2}, c, s.row(c)->v, "fault", {}});
}

TEST(Codes, OfClosing) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  const auto refused = [&](const string& kind, const string& disposition, const string& code) {
    s.resolve("a1", c, kind, disposition);
    EXPECT_EQ(s.answer(), "refused " + code);
    EXPECT_EQ(s.show(c), "active of a1");
  };
  refused("", "solved", "kind_missing");
  refused("weather", "solved", "unknown_kind");
  refused("billing", "", "disposition_missing");
  refused("billing", "magic", "unknown_disposition");
  refused("billing", "repaired", "wrong_disposition");
  s.apply(Resolve{s.from("a1"), c, s.row(c)->v + 1, 99, "fault", "repaired", {}, {}});
  EXPECT_EQ(s.answer(), "refused stale");
  s.apply(Resolve{s.from("a1"), c, s.row(c)->v, 0, "fault", "repaired", {}, {}});
  EXPECT_EQ(s.answer(), "refused unread");
  s.resolve("a1", c, "fault", "repaired");
  s.pass(30s);
  EXPECT_EQ(s.show(c), "closed:resolved of a1");
  std::uint64_t faults = 0;
  for (const auto& [name, n] : s.image().counters)
    if (name == "kind:fault:20261124") faults = n;
  EXPECT_EQ(faults, 1U);
}

TEST(Codes, AKindIsCountedOnceHoweverOftenItIsResolved) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.resolve("a1", c);
  s.chat("v1");
  EXPECT_EQ(s.show(c), "active of a1");
  EXPECT_EQ(s.row(c)->disposition, "") << "not solved after all";
  s.resolve("a1", c);
  s.pass(30s);
  std::uint64_t billing = 0;
  for (const auto& [name, n] : s.image().counters)
    if (name == "kind:billing:20261124") billing = n;
  EXPECT_EQ(billing, 1U);
}

TEST(Codes, AClosedContactsCaseStaysOnTheListUntilItsDisposition) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.end(c);
  s.pass(30s);
  EXPECT_EQ(s.show(c), "closed:ended of a1");
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->todo.size(), 1U);
  s.resolve("a1", c);
  EXPECT_EQ(s.answer(), "done");
  EXPECT_TRUE(s.engine.agent(AgentId("a1"))->row->todo.empty());
  s.resolve("a1", c);
  EXPECT_EQ(s.answer(), "refused resolved");
}

// A contact that a1 served and the customer ended, and what the store would add to a command on it.
struct ClosedOne {
  SmallSite s;
  ContactId id;
  Facts facts;
  ClosedOne() {
    s.desk("a1");
    s.desk("a2");
    id = s.chat("v1");
    s.accept("a1", id);
    s.end(id);
    s.pass(30s);
  }
  void forget() {  // the engine's own memory of it: a minute
    facts.previous = *s.row(id);
    facts.previous_case = *s.server_case(facts.previous->number);
    s.pass(2min);
  }
};

TEST(Codes, AClosedContactTakesANote) {
  for (const bool forgotten : {false, true}) {
    ClosedOne c;
    if (forgotten) c.forget();
    c.s.apply(AgentNote{c.s.from("a1"), c.id, BodyRef{1}, c.facts});
    EXPECT_EQ(c.s.answer(), "done");
    EXPECT_EQ(c.s.row(c.id)->notes, 1U);
    EXPECT_EQ(c.s.show(c.id), "closed:ended of a1");
    EXPECT_NE(c.s.said().find("note"), string::npos);
    c.s.apply(AgentNote{c.s.from("a2"), c.id, BodyRef{1}, c.facts});
    EXPECT_EQ(c.s.answer(), "refused not_owner");
    c.s.apply(AgentNote{c.s.from("a1"), ContactId(Ulid::make(1, 1, 1)), BodyRef{1}, c.facts});
    EXPECT_EQ(c.s.answer(), "refused not_found");
  }
}

TEST(Codes, AClosedContactsKindIsCorrected) {
  for (const bool forgotten : {false, true}) {
    ClosedOne c;
    if (forgotten) c.forget();
    c.s.apply(Classify{c.s.from("a1"), c.id, 0, "fault", c.facts});
    EXPECT_EQ(c.s.answer(), "done");
    EXPECT_EQ(c.s.server_case(c.s.row(c.id)->number)->kind, "fault");
    c.s.apply(Classify{c.s.from("a2"), c.id, 0, "billing", c.facts});
    EXPECT_EQ(c.s.answer(), "refused not_owner");
    c.s.apply(Classify{c.s.from("a1"), c.id, 0, "nonsense", c.facts});
    EXPECT_EQ(c.s.answer(), "refused unknown_kind");
  }
}

TEST(Codes, TheTextOfALateResolveIsKeptAsANote) {
  ClosedOne c;
  c.s.apply(Resolve{c.s.from("a1"), c.id, 0, 0, "billing", "solved", BodyRef{1}, {}});
  EXPECT_EQ(c.s.answer(), "done");
  EXPECT_EQ(c.s.row(c.id)->notes, 1U);
}

TEST(Codes, WithoutDispositionsAResolveStillSolves) {
  Settings settings = small_settings();
  settings.dispositions.clear();
  settings.kinds.clear();
  SmallSite s(settings);
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.resolve("a1", c, "", "");
  s.pass(30s);
  EXPECT_TRUE(s.engine.agent(AgentId("a1"))->row->todo.empty());
}

TEST(Transfers, AreCapped) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  for (int i = 0; i < 3; ++i) {
    s.transfer("a1", c, "online");
    EXPECT_EQ(s.answer(), "done");
    s.pass(10s);
    s.accept("a1", c);
  }
  s.transfer("a1", c, "online");
  EXPECT_EQ(s.answer(), "refused transfers_max");
  s.transfer("s1", c, "vip");
  EXPECT_EQ(s.show(c), "queued in vip") << "then the supervisor";
}

TEST(Transfers, RatesOfAnAgentAreCountedByDay) {
  SmallSite s;
  s.desk("a1");
  s.desk("a2");
  const auto counts = [&](const char* agent) {
    const auto& row = *s.engine.agent(AgentId(agent))->row;
    return std::to_string(row.today) + " " + std::to_string(row.declined) + " " + std::to_string(row.passed_on);
  };
  const ContactId c = s.chat("v1");
  s.decline("a1", c);
  s.apply(Decline{s.from("a2"), c, s.offer(c), ""});
  EXPECT_EQ(s.answer(), "refused reason_missing");
  EXPECT_EQ(counts("a1"), "0 1 0");
  EXPECT_EQ(counts("a2"), "0 0 0");
  s.accept("a2", c);
  s.transfer("a2", c, "vip");
  EXPECT_EQ(counts("a2"), "1 0 1");
  s.restart();
  EXPECT_EQ(counts("a2"), "1 0 1");
  s.pass(24h);
  s.desk("a2");
  s.accept("a2", s.chat("v2"));
  EXPECT_EQ(counts("a2"), "1 0 0") << "another day";
}

TEST(Transfers, NotToWhoHasIt) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.hand("s1", c, "a1");
  EXPECT_EQ(s.answer(), "refused bad_request");
  s.attach("s1");
  s.presence("s1", Presence::available, "");
  s.hand("s1", c, "s1");
  EXPECT_EQ(s.show(c), "offered offer s1") << "a supervisor may take it";
}

TEST(Sessions, EndWithoutUseAfterTheirLifeOrWhenSignedOut) {
  Settings settings = small_settings();
  settings.session_life = 60min;
  SmallSite s(settings);
  s.apply(SessionOpen{1, SessionHash("ff"), AgentId("a1")});
  ASSERT_EQ(s.last->mutations.size(), 1U);
  EXPECT_EQ(std::get<PutSession>(s.last->mutations.front()).life, 30min) << "without a desk";
  EXPECT_EQ(std::get<PutSession>(s.last->mutations.front()).until, s.now + 60min);
  const Instant until = s.now + 60min;
  s.wait(50min);
  s.apply(SessionOpen{1, SessionHash("ff"), AgentId("a1"), until});
  const auto& again = std::get<PutSession>(s.last->mutations.front());
  EXPECT_TRUE(again.again);
  EXPECT_EQ(again.until, until) << "use does not make it longer";
  EXPECT_EQ(again.life, 10min);
  s.apply(SessionClose{1, SessionHash("ff"), AgentId("a1")});
  EXPECT_EQ(s.said(), "done session_over");
  EXPECT_EQ(std::get<SessionOver>(s.effects.back()).session.str(), "ff");
}

TEST(Rights, OfSupervisors) {
  SmallSite s;
  const ContactId c = s.chat("v1");
  s.apply(Reassign{s.from("a1"), c, 1, AgentId("a2"), true, "x"});
  EXPECT_EQ(s.answer(), "refused not_permitted");
  s.apply(Reprioritise{s.from("s1"), c, 1, Priority::high, ""});
  EXPECT_EQ(s.answer(), "refused reason_missing");
  s.apply(PauseQueue{s.from("a1"), QueueName("online"), true, "x"});
  EXPECT_EQ(s.answer(), "refused not_permitted");
  s.apply(PauseQueue{{1, AgentId(string(operator_id)), "page", 1}, QueueName("online"), true, "works"});
  EXPECT_EQ(s.answer(), "done") << "the operator has no account, and no page to count";
}

TEST(Rights, AnOverrideIsRecordedWithActorAndReason) {
  SmallSite s;
  s.desk("a1");
  const ContactId first = s.chat("v1");
  s.presence("a1", Presence::away);
  const ContactId c = s.chat("v2");
  const auto recorded = [&](const string& event) {
    const auto& all = s.last->transitions;
    return std::any_of(all.begin(), all.end(), [&](const Transition& t) {
      return t.event == event && t.reason == "second call" && t.actor.str() == "s1";
    });
  };
  s.apply(Reprioritise{s.from("s1"), c, s.row(c)->v, Priority::high, "second call"});
  EXPECT_EQ(s.answer(), "done");
  EXPECT_TRUE(recorded("reprioritise"));
  s.presence("a1", Presence::available);
  s.desk("a2");
  s.accept("a1", first);
  s.apply(Reassign{s.from("s1"), first, s.row(first)->v, AgentId("a2"), false, ""});
  EXPECT_EQ(s.answer(), "refused reason_missing");
  s.apply(Reassign{s.from("s1"), first, s.row(first)->v, AgentId("a2"), false, "second call"});
  EXPECT_EQ(s.answer(), "done");
  EXPECT_TRUE(recorded("offer"));
}

// security.md, A7: a supervisor beyond the own team. s2 has the phone's only; an admin of the phone has all.
TEST(Rights, OfASupervisorEndAtTheTeam) {
  for (const Role role : {Role::supervisor, Role::admin}) {
    Settings settings = small_settings();
    Account other = settings.roster.at(AgentId("s1"));
    other.id = AgentId("s2");
    other.role = role;
    other.teams = {{QueueName("phone"), 1, 0s}};
    settings.roster[other.id] = other;
    settings.roster.at(AgentId("a2")).teams = {{QueueName("online"), 1, 0s}};
    SmallSite s(settings);
    const string no = role == Role::admin ? "done" : "refused not_permitted";
    const auto said = [&](const Event& event) {
      s.apply(event);
      return s.answer();
    };
    const ContactId chat = s.chat("v1"), call = s.call("+86");
    const auto v = [&](ContactId id) { return s.engine.contact(id)->v; };
    const auto seq = [&](ContactId id) { return s.engine.contact(id)->seq; };
    EXPECT_EQ(said(Reprioritise{s.from("s2"), chat, v(chat), Priority::high, "x"}), no);
    EXPECT_EQ(said(Reprioritise{s.from("s2"), call, v(call), Priority::high, "x"}), "done");
    EXPECT_EQ(said(PauseQueue{s.from("s2"), QueueName("online"), false, "x"}), no);
    EXPECT_EQ(said(PauseQueue{s.from("s2"), QueueName("phone"), false, "x"}), "done");
    EXPECT_EQ(said(ForcePresence{s.from("s2"), AgentId("a2"), Presence::away, "x"}), no);
    EXPECT_EQ(said(ForcePresence{s.from("s2"), AgentId("a1"), Presence::away, "x"}), "done");
    s.desk("a1");
    s.accept("a1", chat);
    const string not_mine = role == Role::admin ? "done" : "refused not_owner";
    EXPECT_EQ(said(AgentNote{s.from("s2"), chat, {1}, {}}), not_mine);
    EXPECT_EQ(said(Transfer{s.from("s2"), chat, v(chat), QueueName("vip"), {}, "x"}), not_mine);
    EXPECT_EQ(said(Resolve{s.from("s2"), call, v(call), seq(call), "billing", "solved", {}, {}}), "done");
  }
}

TEST(Ids, SameInputsSameIds) {
  const auto run = [](const string& key) {
    Settings settings = small_settings();
    settings.id_key = key;
    SmallSite s(settings);
    s.desk("a1");
    return s.chat("v1").str() + s.chat("v2").str();
  };
  EXPECT_EQ(run("0123456789abcdef"), run("0123456789abcdef"));
  EXPECT_NE(run("0123456789abcdef"), run("fedcba9876543210")) << "and nobody guesses them without the key";
}

TEST(Held, OpensForItsBatchOrALaterOne) {
  auto server = std::make_shared<store::MemoryServer>();
  SmallSite s;
  const ContactId c = s.chat("v1");
  static_cast<void>(c);
  store::Batch b;
  b.number = {s.batch};
  const Receipt now = *s.store.commit_now(b);
  EXPECT_EQ(now.batch().n, s.batch);
  Held<int> later(1, BatchNumber{s.batch + 1}), same(2, BatchNumber{s.batch}), before(3, BatchNumber{s.batch - 1});
  EXPECT_EQ(std::move(later).open(now), std::nullopt);
  EXPECT_EQ(std::move(same).open(now), 2);
  EXPECT_EQ(std::move(before).open(now), 3);
}

TEST(Held, AQuietStepIsHeldForWhatItMayShow) {
  Engine engine(small_settings());
  EXPECT_EQ(engine.apply(Tick{}, start, BatchNumber{5}, BatchNumber{4}).effects.batch().n, 4U);
  EXPECT_EQ(engine.apply(Lead{}, start, BatchNumber{5}, BatchNumber{4}).effects.batch().n, 5U);
}

}  // namespace
}  // namespace fd::engine::test
