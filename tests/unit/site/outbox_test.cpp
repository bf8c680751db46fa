// Jobs of a channel with an outbox, as its adapters hear of them.
#include <gtest/gtest.h>

#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using bus::Verb;

struct Outbox : ::testing::Test {
  std::map<std::string, std::string> whole_;  // ids as they were said
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
    c.job = whole_.contains(id) ? whole_[id] : id;
    c.reason = failed;
    return s.ask(std::move(c));
  }
  // Since the last call: "sms j-1 Hello; sms j-2 …", each with who was told.
  std::string heard() {
    std::string out;
    for (const auto& [edge, job] : std::exchange(s.port.jobs, {})) {
      if (!out.empty()) out += "; ";
      const std::string id = job.id.substr(0, job.id.rfind('-'));  // "j-1" of "j-1-1795507200000"
      whole_[id] = job.id;
      out += job.attachment.str() + " " + id + " " + std::string(job.body.at("text").as_string());
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
  EXPECT_EQ(report("j-9-1795507200000"), "reject not_found");
  EXPECT_EQ(report("j-9"), "reject bad_request");
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

// While the line to be said is looked up, all is to be said again: the older ones first, none left out.
TEST_F(Outbox, SaidAgainDuringALookUp) {
  talk(2);
  EXPECT_EQ(attach("sms"), "ack");
  EXPECT_EQ(heard(), "sms j-1 公司 1001 为您服务; sms j-2 line 1; sms j-3 line 2");
  EXPECT_EQ(report("j-1"), "ack");
  s.gate.hold_next();
  say("line 3");  // its look-up waits
  EXPECT_EQ(heard(), "");
  EXPECT_EQ(attach("sms"), "ack");
  s.gate.let_go();
  s.run();
  EXPECT_EQ(heard(), "sms j-2 line 1; sms j-3 line 2; sms j-4 line 3");
}

TEST_F(Outbox, AReasonIsACode) {
  talk(0);
  EXPECT_EQ(attach("sms"), "ack");
  heard();
  EXPECT_EQ(report("j-1", "13800138000 is not known"), "reject bad_request");
  EXPECT_EQ(report("j-1", "number_unknown"), "ack");
}

TEST_F(Outbox, UndeliveredAfterTheEndTheAgentHasItOnTheList) {
  talk(0);
  EXPECT_EQ(attach("sms"), "ack");
  heard();
  bus::Command over = s.command(Verb::resolve, "a1");
  for (const auto& n : s.port.notices)
    if (n.attachment == "desk.a1" && n.frame.at("type") == "contact") {
      over.contact = ContactId::parse(std::string(n.frame.at("id").as_string()));
      over.v = n.frame.at("v").to_number<std::uint64_t>();
      over.seq = n.frame.at("seq").to_number<std::uint64_t>();
    }
  EXPECT_EQ(s.ask(over), "ack");
  s.clock.advance(std::chrono::minutes{10});
  EXPECT_EQ(s.write("v9", "time goes on"), "ack");
  s.port.notices.clear();
  EXPECT_EQ(report("j-1", "number_unknown"), "ack");
  const auto found = std::find_if(s.port.notices.begin(), s.port.notices.end(),
                                  [](const auto& n) { return n.frame.at("type") == "todo"; });
  ASSERT_NE(found, s.port.notices.end());
  EXPECT_EQ(found->frame.at("todo").as_array().size(), 1U);
  EXPECT_EQ(found->frame.at("todo_total").to_number<int>(), 1);
}

// An id that was somebody's is somebody else's now: the old one has left.
TEST_F(Outbox, AnAttachmentsIdMayComeAnewAsAnotherKind) {
  const auto kinds = {bus::AttachKind::chat, bus::AttachKind::desk, bus::AttachKind::display, bus::AttachKind::adapter};
  for (const auto first : kinds)
    for (const auto second : kinds) {
      for (const auto kind : {first, second}) {
        bus::Attach a;
        a.attachment = bus::AttachmentId("one");
        a.kind = kind;
        if (kind == bus::AttachKind::chat) a.visitor = VisitorId("v7");
        if (kind == bus::AttachKind::desk) a.agent = AgentId("a2");
        if (kind == bus::AttachKind::adapter) a.channel = ChannelName("chat");
        EXPECT_EQ(s.ask(std::move(a), "edge-one"), "ack");
      }
      const bool sits = second == bus::AttachKind::desk;
      bus::Ask agents;
      agents.what = bus::What::agents;
      EXPECT_EQ(s.ask(agents), "ack");
      for (const auto& row : s.body(s.last).at("agents").as_array())
        if (row.at("id") == "a2") {
          EXPECT_EQ(row.at("attached").as_bool(), sits) << static_cast<int>(first) << static_cast<int>(second);
        }
      EXPECT_EQ(detach("one"), "ack");
    }
}

TEST_F(Outbox, OfAChannelThatHasOne) {
  EXPECT_EQ(attach("x", "walkin"), "reject unknown_channel");
  EXPECT_EQ(attach("x", "none"), "reject unknown_channel");
}

}  // namespace
}  // namespace fd::site::test
