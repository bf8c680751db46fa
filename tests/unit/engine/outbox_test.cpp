// Jobs: what agents write in a channel with an outbox stays open until an adapter reports its end (design §7).
#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

struct Sms : SmallSite {
  static Settings with_outbox() {
    Settings s = small_settings();
    s.channels["chat"].outbox = true;
    return s;
  }
  Sms() : SmallSite(with_outbox()) {}
  [[nodiscard]] string open() const {  // "1=3 2=4": number of the job = seq of the line
    string out;
    for (const Job& job : image().jobs) {
      if (!out.empty()) out += ' ';
      out += std::to_string(job.n) + "=" + std::to_string(job.seq);
    }
    return out;
  }
  string report(std::uint64_t n, const string& failed = {}) {
    Instant at;
    for (const Job& job : image().jobs)
      if (job.n == n) at = job.at;
    apply(JobDone{7, n, at, failed, {}});
    return answer();
  }
};

TEST(Outbox, EachLineOfAnAgentIsAJobUntilItIsReported) {
  Sms s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  EXPECT_EQ(s.open(), "") << "the customer's own line goes nowhere";
  s.accept("a1", c);
  EXPECT_EQ(s.open(), "1=3") << "the greeting; that an agent joined is no line to send";
  s.say("a1", c);
  s.say("a1", c);
  EXPECT_EQ(s.open(), "1=3 2=4 3=5");
  EXPECT_EQ(s.report(2), "done");
  EXPECT_EQ(s.open(), "1=3 3=5");
  EXPECT_EQ(s.report(2), "done") << "reported twice: the same answer";
  EXPECT_EQ(s.report(4), "refused not_found");
  EXPECT_EQ(s.report(0), "refused not_found");

  s.apply(AgentNote{s.from("a1"), c, {99}, {}});
  EXPECT_EQ(s.open(), "1=3 3=5") << "a note never leaves";
  s.resolve("a1", c);
  s.pass(31s);
  ASSERT_EQ(s.show(c), "closed:resolved of a1");
  s.restart();
  EXPECT_EQ(s.open(), "1=3 3=5") << "neither the end of the contact nor a restart forgets what was promised";
  EXPECT_EQ(s.report(1), "done");
  EXPECT_EQ(s.report(3), "done");
  s.restart();
  EXPECT_EQ(s.open(), "");
  EXPECT_EQ(s.report(3), "done") << "still known to have been given out";
}

TEST(Outbox, WhatCannotBeDeliveredIsSaidToTheAgent) {
  Sms s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  EXPECT_EQ(s.report(1, "number unknown"), "done");
  EXPECT_EQ(s.open(), "");
  const auto line = std::find_if(s.effects.begin(), s.effects.end(),
                                 [](const Effect& e) { return std::holds_alternative<LineAdded>(e); });
  ASSERT_NE(line, s.effects.end());
  EXPECT_EQ(std::get<LineAdded>(*line).line.text, "undelivered");
  EXPECT_EQ(s.last->transitions.front().reason, "number unknown");
}

TEST(Outbox, AReportOfAnotherLifeOfTheNumberIsNone) {  // the store is a backup's, numbers are given out anew
  Sms s;
  s.desk("a1");
  s.accept("a1", s.chat("v1"));
  s.apply(JobDone{7, 1, Instant{1}, {}, {}});
  EXPECT_EQ(s.answer(), "done") << "the adapter may forget it";
  EXPECT_EQ(s.open(), "1=3");
}

// The conversation is over and its case solved; then the adapter says that the last line never arrived.
struct Late : Sms {
  ContactId contact;
  CaseNumber number;
  Late() {
    desk("a1");
    contact = chat("v1");
    accept("a1", contact);
    number = row(contact)->number;
    resolve("a1", contact);
    pass(31s);
    EXPECT_EQ(show(contact), "closed:resolved of a1");
    EXPECT_EQ(todo(), 0U);
  }
  [[nodiscard]] std::size_t todo() const { return engine.agent(AgentId("a1"))->row->todo.size(); }
  void fails(Facts facts) {
    const auto jobs = image().jobs;
    apply(JobDone{7, 1, jobs.front().at, "number_unknown", std::move(facts)});
    EXPECT_EQ(answer(), "done");
  }
  void is_open_again() {
    EXPECT_EQ(server_case(number)->state, CaseState::open);
    EXPECT_EQ(server_case(number)->disposition, "");
    EXPECT_EQ(todo(), 1U) << "somebody has to look at it";
    EXPECT_EQ(row(contact)->seq, 5U) << "and the transcript says why";
    restart();
    EXPECT_EQ(todo(), 1U);
  }
};

TEST(Outbox, UndeliveredAfterTheEndTheCaseIsBackOnTheList) {
  Late s;
  s.fails({});
  s.is_open_again();
}

TEST(Outbox, AlsoLongAfterTheEnd) {
  Late s;
  s.pass(10min);
  Facts facts;
  facts.previous = *s.row(s.contact);
  facts.previous_case = *s.server_case(s.number);
  s.fails(std::move(facts));
  s.is_open_again();
  Facts now;
  now.previous = *s.row(s.contact);
  now.previous_case = *s.server_case(s.number);
  s.apply(Resolve{s.from("a1"), s.contact, now.previous->v, 5, "billing", "solved", {}, std::move(now)});
  EXPECT_EQ(s.answer(), "done");
  EXPECT_EQ(s.todo(), 0U);
}

TEST(Outbox, AChannelWithoutOneMakesNoJobs) {
  SmallSite s;
  s.desk("a1");
  const ContactId c = s.chat("v1");
  s.accept("a1", c);
  s.say("a1", c);
  EXPECT_TRUE(s.image().jobs.empty());
}

}  // namespace
}  // namespace fd::engine::test
