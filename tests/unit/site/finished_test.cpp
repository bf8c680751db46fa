// What an agent finished: its own, the newest first, as it was when it was closed; told again after a restart.
#include <gtest/gtest.h>

#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using bus::Verb;

struct DoneShell : SmallShell {
  using SmallShell::SmallShell;
  // A customer writes, the agent takes it, the customer ends it.
  ContactId serve(const std::string& visitor, const std::string& agent) {
    EXPECT_EQ(write(visitor, "good day"), "ack");
    const ContactId id = contact();
    EXPECT_EQ(accept(agent), "ack");
    bus::Command end;
    end.verb = Verb::end;
    end.contact = id;
    end.visitor = VisitorId(visitor);
    EXPECT_EQ(ask(end), "ack");
    return id;
  }
  std::vector<std::string> finished(const std::string& agent) {
    bus::Ask question;
    question.what = bus::What::finished;
    question.agent = AgentId(agent);
    EXPECT_EQ(ask(std::move(question)), "ack");
    std::vector<std::string> ids;
    for (const auto& row : body(last).at("contacts").as_array()) ids.emplace_back(row.at("id").as_string());
    return ids;
  }
};

using Ids = std::vector<std::string>;

TEST(Finished, AreTheAgentsOwnNewestFirst) {
  DoneShell s;
  s.available("a1");
  EXPECT_EQ(s.finished("a1"), Ids{});
  const auto first = s.serve("v1", "a1").str(), second = s.serve("v2", "a1").str();
  EXPECT_EQ(s.finished("a1"), (Ids{second, first}));
  const auto row = s.body(s.last).at("contacts").as_array().at(0).as_object();
  EXPECT_EQ(row.at("state"), "closed");
  EXPECT_EQ(row.at("queue"), "online");
  EXPECT_FALSE(row.at("case").as_string().empty());
  EXPECT_EQ(s.finished("a2"), Ids{}) << "another agent's";
  bus::Ask history;
  history.what = bus::What::history;
  history.agent = AgentId("a1");
  history.contact = ContactId::parse(first);
  EXPECT_EQ(s.ask(history), "ack") << "what is listed can be read";
}

TEST(Finished, IsNotWhatIsOpenNorWhatNobodyServed) {
  DoneShell s;
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  bus::Command end;
  end.verb = Verb::end;
  end.contact = s.contact();
  end.visitor = VisitorId("v1");
  EXPECT_EQ(s.ask(end), "ack");
  s.available("a1");
  EXPECT_EQ(s.write("v2", "good day"), "ack");
  EXPECT_EQ(s.accept("a1"), "ack");
  EXPECT_EQ(s.finished("a1"), Ids{});
}

TEST(Finished, IsKeptOverARestart) {
  const auto server = std::make_shared<store::MemoryServer>();
  std::string id;
  {
    DoneShell s({}, server);
    s.available("a1");
    id = s.serve("v1", "a1").str();
  }
  DoneShell s({}, server);
  EXPECT_EQ(s.finished("a1"), Ids{id});
}

}  // namespace
}  // namespace fd::site::test
