// Every cell of the table of states and events of an agent (routing-semantics §5.7), without and with work.
#include <functional>

#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

constexpr std::array columns{"offline",       "available", "available+work", "away",
                             "draining+work", "draining",  "not_responding", "not_responding+work"};

void make(SmallSite& s, const string& state) {
  if (state == "offline") return;
  s.desk("a1");
  const auto work = [&] {
    const ContactId c = s.chat("v1");
    s.accept("a1", c);
  };
  if (state.ends_with("+work")) work();
  if (state == "away") s.presence("a1", Presence::away, "tea");
  if (state.starts_with("draining")) s.presence("a1", Presence::draining, "");
  if (state.starts_with("not_responding")) {
    s.settings.channels["chat"].missed_max = 3;
    for (int i = 0; i < 3; ++i) {
      const ContactId c = s.chat("m" + std::to_string(i));
      s.pass(45s);
      s.end(c);
    }
  }
}

struct TableRow {
  const char* event;
  std::function<void(SmallSite&)> happen;
  std::array<const char*, columns.size()> cells;
};

void check(const TableRow& row) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const string want = row.cells[i];
    if (want.empty()) continue;
    SCOPED_TRACE(string(row.event) + " in " + columns[i]);
    SmallSite s;
    make(s, columns[i]);
    ASSERT_TRUE(s.show("a1").starts_with(string(columns[i]).substr(0, string(columns[i]).find('+')))) << s.show("a1");
    const string before = s.show("a1");
    row.happen(s);
    if (want.starts_with("! ")) {
      EXPECT_EQ(s.answer(), "refused " + want.substr(2));
      EXPECT_EQ(s.show("a1"), before);
    } else {
      EXPECT_EQ(s.show("a1"), want == "=" ? before : want);
    }
  }
}

TEST(AgentTable, Chosen) {
  const auto set = [](Presence p) {
    return [p](SmallSite& s) { s.presence("a1", p, p == Presence::draining ? "" : "lunch"); };
  };
  check({"available",
         [](SmallSite& s) { s.attach("a1"), s.presence("a1", Presence::available); },
         {"available", "=", "=", "available", "available used 25", "available", "available", "available used 25"}});
  check({"available without a socket",
         [](SmallSite& s) { s.presence("a1", Presence::available); },
         {"! no_socket", "", "", "", "", "", "", ""}});
  check({"away",
         set(Presence::away),
         {"! wrong_state", "away(lunch)", "draining(lunch)>away used 25", "away(lunch)", "draining(lunch)>away used 25",
          "away(lunch)", "away(lunch)", "away(lunch) used 25"}});
  check(
      {"draining",
       set(Presence::draining),
       {"! wrong_state", "draining", "draining used 25", "! wrong_state", "=", "=", "! wrong_state", "! wrong_state"}});
  check({"offline",
         set(Presence::offline),
         {"=", "offline(lunch)", "draining(lunch)>offline used 25", "offline(lunch)", "draining(lunch)>offline used 25",
          "offline(lunch)", "offline(lunch)", "draining(lunch)>offline used 25"}});
  check({"signed out",
         [](SmallSite& s) {
           s.apply(SessionClose{7, SessionHash("ff"), AgentId("a1")});
         },
         {"=", "offline(signed_out)", "draining(signed_out)>offline used 25", "offline(signed_out)",
          "draining(signed_out)>offline used 25", "offline(signed_out)", "offline(signed_out)",
          "draining(signed_out)>offline used 25"}});
  check({"not_responding",
         set(Presence::not_responding),
         {"! bad_request", "! bad_request", "", "! bad_request", "", "! bad_request", "! bad_request", ""}});
}

TEST(AgentTable, WhoReturnsFindsTheCounterTaken) {
  SmallSite s;
  s.attach("a1");
  s.presence("a1", Presence::available, "", "3");
  s.detach("a1", true);
  s.attach("a2");
  s.presence("a2", Presence::available, "", "3");
  EXPECT_EQ(s.answer(), "done");
  s.pass(20s);
  s.attach("a1");
  EXPECT_EQ(s.show("a1"), "available");
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->counter, "") << "two numbers would be called to one window";
  s.ticket();
  s.next("a1");
  EXPECT_EQ(s.answer(), "refused no_counter");
}

TEST(AgentTable, WhoSignsOutMissesNothing) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.desk("a2");
  ASSERT_EQ(s.show(c), "offered offer a1");
  s.apply(SessionClose{7, SessionHash("ff"), AgentId("a1")});
  EXPECT_EQ(s.show(c), "offered offer a2") << "not after a lease of 30 s";
  s.detach("a1");
  s.pass(45s);
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->missed, 0U);
  s.attach("a1");
  EXPECT_EQ(s.show("a1"), "offline(signed_out)") << "what was left by the own will does not come back by itself";
}

TEST(AgentTable, Imposed) {
  check({"lease over",
         [](SmallSite& s) { s.detach("a1"), s.pass(30s); },
         {"=", "offline(lease)", "offline(lease)", "offline(lease)", "offline(lease)", "offline(lease)",
          "offline(lease)", "offline(lease)"}});
  check({"lost",
         [](SmallSite& s) { s.detach("a1", true); },
         {"=", "offline(lease)", "offline(lease)", "offline(lease)", "offline(lease)", "offline(lease)",
          "offline(lease)", "offline(lease)"}});
  check({"socket back within 60 s",
         [](SmallSite& s) { s.detach("a1", true), s.pass(59s), s.attach("a1"); },
         {"=", "available", "", "away(tea)", "", "draining", "", ""}});
  check({"socket back later",
         [](SmallSite& s) { s.detach("a1", true), s.pass(61s), s.attach("a1"); },
         {"=", "offline(lease)", "", "offline(lease)", "", "offline(lease)", "", ""}});
  for (const Presence p : {Presence::offline, Presence::away, Presence::draining, Presence::not_responding}) {
    const string to = string(word(p)) + "(because)";
    const string kept = p == Presence::offline ? to : to + " used 25";
    check({"force",
           [p](SmallSite& s) { s.force("a1", p); },
           {to.c_str(), to.c_str(), kept.c_str(), to.c_str(), kept.c_str(), to.c_str(), to.c_str(), kept.c_str()}});
  }
  check({"force available",
         [](SmallSite& s) { s.force("a1", Presence::available); },
         {"! no_socket", "=", "=", "available", "available used 25", "available", "available", "available used 25"}});
  check({"disabled",
         [](SmallSite& s) {
           auto roster = s.settings.roster;
           roster[AgentId("a1")].disabled = true;
           s.apply(Roster{1, roster});
         },
         {"=", "offline(config)", "offline(config)", "offline(config)", "offline(config)", "offline(config)",
          "offline(config)", "offline(config)"}});
  check({"load", [](SmallSite& s) { s.restart(); }, {"=", "=", "=", "=", "=", "=", "=", "="}});
  check({"load, nobody came back",
         [](SmallSite& s) { s.restart(), s.pass(30s); },
         {"=", "offline(lease)", "offline(lease)", "offline(lease)", "offline(lease)", "offline(lease)",
          "offline(lease)", "offline(lease)"}});
}

TEST(AgentTable, LastWorkEnds) {
  for (const auto& [next, want] : {std::pair{Presence::away, "away(tea)"}, std::pair{Presence::offline, "offline(tea)"},
                                   std::pair{Presence::draining, "draining(tea)"}}) {
    SmallSite s;
    s.desk("a1");
    const ContactId c = s.chat("v1");
    s.accept("a1", c);
    s.presence("a1", next, "tea");
    s.resolve("a1", c);
    s.pass(30s);
    EXPECT_EQ(s.show("a1"), want);
  }
}

TEST(AgentTable, NextIsWithdrawnByComingBack) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.presence("a1", Presence::away);
  s.presence("a1", Presence::available);
  s.resolve("a1", c);
  s.pass(30s);
  EXPECT_EQ(s.show("a1"), "available");
}

TEST(AgentTable, AReconnectCostsNoPlace) {
  SmallSite s;
  s.desk("a1");
  s.wait(1s);
  s.desk("a2");
  s.wait(1s);
  s.detach("a1", true);
  s.wait(5s);
  s.attach("a1");
  const ContactId c = s.chat("v1");
  EXPECT_EQ(s.show(c), "offered offer a1");
  s.end(c);
  s.presence("a1", Presence::away);
  s.presence("a1", Presence::available);
  EXPECT_EQ(s.show(s.chat("v2")), "offered offer a2") << "toggling gains nothing";
}

TEST(AgentTable, MissedCounts) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.call("+86");
  s.pass(20s);
  EXPECT_EQ(s.show("a1"), "not_responding(missed)") << "phone: once is enough";
  EXPECT_EQ(s.show(c), "queued");
  s.presence("a1", Presence::available);
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->missed, 0U);
}

TEST(AgentTable, ThreeFailedConnectionsAreTheDevice) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.call("+86");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(s.show(c), "offered offer a1");
    s.accept("a1", c);
    if (i == 1)
      s.apply(ConnectFailed{c, s.offer(c)});
    else
      s.pass(15s);  // an error and no answer count alike
  }
  EXPECT_EQ(s.show("a1"), "away(device)");
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->missed, 0U);
  EXPECT_EQ(s.show(c), "queued");
}

TEST(AgentTable, OneCounterOneAgent) {
  SmallSite s;
  s.desk("a1");
  s.attach("a2");
  s.presence("a2", Presence::available, "", "window a1");
  EXPECT_EQ(s.answer(), "refused counter_taken");
}

}  // namespace
}  // namespace fd::engine::test
