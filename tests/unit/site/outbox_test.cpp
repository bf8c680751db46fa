// Jobs of a channel with an outbox, as its adapters hear of them.
#include <gtest/gtest.h>

#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using bus::Verb;

struct Outbox : ::testing::Test {
  SmallShell s{[](engine::Settings& e, Settings& site) {
    e.channels["chat"].outbox = true;
    site.jobs_out = 3;
  }};

  std::string attach(const std::string& name, const std::string& channel = "chat") {
    bus::Attach a;
    a.attachment = bus::AttachmentId(name);
    a.kind = bus::AttachKind::adapter;
    a.channel = ChannelName(channel);
    return s.ask(std::move(a), "edge-" + name);
  }
  std::string detach(const std::string& name) {
    return s.ask(bus::Detach{bus::AttachmentId(name), false}, "edge-" + name);
  }
  std::string report(const std::string& id, const std::string& failed = {}) {
    bus::Command c;
    c.verb = Verb::job_done;
    c.job = id;
    c.reason = failed;
    return s.ask(std::move(c));
  }
  // Since the last call: "sms j-1 Hello; sms j-2 …", each with who was told.
  std::string heard() {
    std::string out;
    for (const auto& [edge, job] : std::exchange(s.port.jobs, {})) {
      if (!out.empty()) out += "; ";
      out += job.attachment.str() + " " + job.id + " " + std::string(job.body.at("text").as_string());
    }
    return out;
  }
  void talk(int lines) {  // an accepted conversation and so many lines of its agent
    s.available("a1");
    EXPECT_EQ(s.write("v1", "good day"), "ack");
    EXPECT_EQ(s.accept("a1"), "ack");
    for (int i = 1; i <= lines; ++i) say("line " + std::to_string(i));
  }
  void say(const std::string& text) {
    bus::Command c = s.command(Verb::msg, "a1");
    c.contact = s.contact();
    c.text = text;
    EXPECT_EQ(s.ask(std::move(c)), "ack");
  }
};

TEST_F(Outbox, JobsWaitForAnAdapterAndAreSaidInTheirOrder) {
  talk(1);
  EXPECT_EQ(heard(), "");
  EXPECT_EQ(attach("sms"), "ack");
  const auto jobs = s.port.jobs;
  ASSERT_EQ(jobs.size(), 2U) << "the greeting and the line";
  EXPECT_EQ(jobs[1].first.str(), "edge-sms");
  EXPECT_EQ(jobs[1].second.kind, "deliver");
  const json::object& body = jobs[1].second.body;
  EXPECT_EQ(body.at("channel"), "chat");
  EXPECT_EQ(body.at("visitor"), "v1");
  EXPECT_EQ(body.at("contact").as_string(), s.contact().str());
  EXPECT_EQ(body.at("text"), "line 1");
  EXPECT_FALSE(body.at("case").as_string().empty());
  heard();
  EXPECT_EQ(report("j-1"), "ack");
  EXPECT_EQ(report("j-1"), "ack") << "reported twice";
  EXPECT_EQ(report("j-9"), "reject not_found");
  EXPECT_EQ(report("7"), "reject bad_request");
  say("line 2");
  EXPECT_EQ(heard(), "sms j-3 line 2") << "what was said is not said again while its adapter is there";
}

TEST_F(Outbox, NotBeforeTheLineIsDurable) {
  talk(0);
  EXPECT_EQ(attach("sms"), "ack");
  heard();
  s.store.script({fd::test::Fault::Kind::stalled, {}});
  bus::Command c = s.command(Verb::msg, "a1");
  c.contact = s.contact();
  c.text = "held";
  EXPECT_EQ(s.ask(std::move(c)), "");
  EXPECT_EQ(heard(), "");
  s.store.release();
  s.run();
  EXPECT_EQ(heard(), "sms j-2 held");
}

TEST_F(Outbox, OnlySoManyAheadOfTheReports) {
  talk(5);
  EXPECT_EQ(attach("sms"), "ack");
  ASSERT_EQ(s.port.jobs.size(), 3U);
  heard();
  EXPECT_EQ(report("j-2"), "ack");
  EXPECT_EQ(heard(), "sms j-4 line 3");
}

TEST_F(Outbox, AnotherAdapterTakesOverAndAnAttachmentAnewHearsAllAgain) {
  talk(1);
  EXPECT_EQ(attach("one"), "ack");
  heard();
  EXPECT_EQ(attach("two"), "ack");
  EXPECT_EQ(heard(), "") << "one does the jobs";
  EXPECT_EQ(attach("one"), "ack");
  EXPECT_EQ(s.port.jobs.size(), 2U) << "resync: all that is open, with the same ids";
  heard();
  EXPECT_EQ(report("j-1"), "ack");
  EXPECT_EQ(detach("one"), "ack");
  EXPECT_EQ(heard(), "two j-2 line 1");
}

TEST_F(Outbox, SaidAgainWhenNobodyReports) {
  talk(1);
  EXPECT_EQ(attach("sms"), "ack");
  heard();
  s.clock.advance(std::chrono::seconds{59});
  EXPECT_FALSE(fd::test::run_until(
      s.io, [this] { return !s.port.jobs.empty(); }, std::chrono::milliseconds{1500}));
  s.clock.advance(std::chrono::seconds{2});
  EXPECT_TRUE(fd::test::run_until(s.io, [this] { return s.port.jobs.size() == 2; }));
  EXPECT_EQ(heard().substr(0, 7), "sms j-1") << "under the same id";
}

TEST_F(Outbox, OfAChannelThatHasOne) {
  EXPECT_EQ(attach("x", "walkin"), "reject unknown_channel");
  EXPECT_EQ(attach("x", "none"), "reject unknown_channel");
}

}  // namespace
}  // namespace fd::site::test
