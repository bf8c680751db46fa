#include "router/store/record.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <type_traits>

#include "tests/support/store_records.hpp"

namespace {

using namespace fd;
using namespace fd::store;
using test::RandomRecords;

// Events have no equality; what they are written as has: it names every field.
void comes_back(const engine::Event& event) {
  const auto text = to_json(event);
  const auto decoded = event_from(text);
  ASSERT_TRUE(decoded) << decoded.error().text << " in " << text;
  EXPECT_EQ(decoded->index(), event.index());
  EXPECT_EQ(to_json(*decoded), text);
}

engine::Event message(RandomRecords& random) {
  engine::CustomerMessage m;
  m.ref = random.below(100);
  m.channel = ChannelName(random.word());
  m.visitor = VisitorId(random.word());
  m.page = random.word();
  m.n = random.below(50);
  m.identities = {{"phone", "d1"}, {"visitor", random.word()}};
  m.name = random.text();
  m.body = {random.below(9)};
  m.classification.queue = QueueName("online");
  m.classification.band = static_cast<std::int32_t>(random.below(3));
  m.classification.needs = {{"zh", 2}};
  if (random.below(2) == 0) m.classification.head_start = Duration{static_cast<std::int64_t>(random.below(3))};
  if (random.below(2) == 0) m.facts.seen = engine::Seen{random.contact().id, 3, CaseNumber("n")};
  if (random.below(2) == 0) m.facts.visitor = random.visitor();
  if (random.below(2) == 0) m.facts.customer = random.customer();
  if (random.below(2) == 0) m.facts.previous_case = random.case_record();
  if (random.below(2) == 0) m.facts.previous = random.contact();
  return m;
}

TEST(Record, EveryEventComesBack) {
  RandomRecords random(7);
  const auto contact = random.contact().id;
  const OfferId offer(random.ulid());
  const engine::From from{5, AgentId("a1024"), "p1", 9};
  const std::vector<engine::Event> events{
      engine::CustomerAttached{contact},
      engine::CustomerDetached{contact},
      engine::CustomerEnd{4, contact},
      engine::VisitorBound{{VisitorId("v"), contact, {}, CustomerId("c"), {{"p", 3}}, "mark"}},
      engine::CustomerRead{1, contact, 3},
      engine::AgentAttached{from.agent},
      engine::AgentDetached{from.agent, true},
      engine::SetPresence{from, Presence::away, "lunch", "3"},
      engine::Accept{from, contact, offer},
      engine::Decline{from, contact, offer, "busy"},
      engine::AgentMessage{from, contact, {7}},
      engine::AgentNote{from, contact, {8}, {}},
      engine::AgentRead{1, from.agent, contact, 2},
      engine::Transfer{from, contact, 4, QueueName("vip"), std::nullopt, "skill"},
      engine::Resolve{from, contact, 4, 9, "billing", "done", {3}, {}},
      engine::Classify{from, contact, 4, "billing", {}},
      engine::Extend{from, contact},
      engine::Next{from, QueueName("counter")},
      engine::Recall{from, contact},
      engine::Serve{from, contact},
      engine::AbsentCustomer{from, contact},
      engine::Done{from, contact, "k", "d"},
      engine::Reassign{from, contact, 4, AgentId("a2"), true, "r"},
      engine::Reprioritise{from, contact, 4, Priority::high, "r"},
      engine::PauseQueue{from, QueueName("vip"), false, "r"},
      engine::ForcePresence{from, AgentId("a2"), Presence::offline, "r"},
      engine::Connected{contact, offer},
      engine::ConnectFailed{contact, offer},
      engine::JobDone{1, 17, Instant{5}, "number_unknown", {}},
      engine::SessionOpen{1, SessionHash("ff"), from.agent},
      engine::SessionClose{1, SessionHash("ff"), from.agent},
      engine::Lead{},
      engine::Tick{},
      engine::ClockMoved{Duration{7000}}};
  for (const auto& event : events) comes_back(event);
  EXPECT_EQ(events.size() + 2, std::variant_size_v<engine::Event>);  // with the two below
  for (int i = 0; i < 2000; ++i) comes_back(message(random));
  engine::Roster roster;
  roster.roster[AgentId("a1")] = {AgentId("a1"),
                                  "1001",
                                  {{"zh", "王伟"}},
                                  engine::Role::supervisor,
                                  {{QueueName("vip"), 2, Duration{5000}}},
                                  {{"zh", 3}},
                                  80,
                                  {"chat"},
                                  true};
  comes_back(roster);
}

TEST(Record, ReadsAsWritten) {
  const auto contact = *ContactId::parse("01JDDDDDDDDDDDDDDDDDDDDDDD");
  const engine::Event event = engine::Transfer{{0, AgentId("a1"), "p", 2}, contact, 3, {}, AgentId("a2"), "lang"};
  EXPECT_EQ(to_json(event),
            R"({"type":"transfer","from":{"agent":"a1","page":"p","n":2},"contact":"01JDDDDDDDDDDDDDDDDDDDDDDD","v":3,)"
            R"("agent":"a2","reason":"lang"})");
  const auto decoded = event_from(to_json(event));
  ASSERT_TRUE(decoded);
  const auto& transfer = std::get<engine::Transfer>(*decoded);
  EXPECT_EQ(transfer.contact, contact);
  EXPECT_EQ(transfer.agent, AgentId("a2"));
  EXPECT_FALSE(transfer.queue);
  EXPECT_EQ(transfer.from.n, 2U);
  EXPECT_EQ(to_json(engine::Event(engine::Tick{})), R"({"type":"tick"})");
}

TEST(Record, AbsentMeansTheDefaultNotZero) {
  engine::CustomerMessage m;
  m.classification.band = 0;
  auto decoded = event_from(to_json(engine::Event(m)));
  EXPECT_EQ(std::get<engine::CustomerMessage>(*decoded).classification.band, 0);
  m.classification.band = 1;
  decoded = event_from(to_json(engine::Event(m)));
  EXPECT_EQ(std::get<engine::CustomerMessage>(*decoded).classification.band, 1);
}

TEST(Record, RefusesWhatDoesNotFit) {
  const auto why = [](std::string_view text) {
    const auto decoded = event_from(text);
    return decoded ? std::string("fine") : decoded.error().text;
  };
  EXPECT_EQ(why(R"({"type":"tick","later":1})"), "fine");
  EXPECT_NE(why("{"), "fine");
  EXPECT_NE(why("[]"), "fine");
  EXPECT_NE(why(R"({"type":"dance"})").find("dance"), std::string::npos);
  EXPECT_NE(why(R"({"type":"accept","contact":"x"})").find("contact"), std::string::npos);
  EXPECT_NE(why(R"({"type":"classify","v":-1})").find("`v`"), std::string::npos);
  EXPECT_NE(why(R"({"type":"accept","from":{"n":"x"}})").find("`n`"), std::string::npos);
}

// The bus carries accounts as a record does: what docs/bus.md and the golden frame show is what the router takes.
TEST(Record, TheRosterOfTheBusIsTheRecordsOwn) {
  std::ifstream golden(FD_SOURCE_DIR "/tests/golden/bus/command.roster.txt");
  std::string header, payload;
  std::getline(golden, header);
  std::getline(golden, payload);
  const auto roster = boost::json::parse(payload).at("roster");
  const auto event = event_from(boost::json::serialize(boost::json::object{{"type", "roster"}, {"roster", roster}}));
  ASSERT_TRUE(event) << event.error().text;
  engine::Account account;
  account.id = AgentId("a1024");
  account.staff_no = "1024";
  account.name = {{"en", "Chen Jing"}, {"zh", "陈静"}};
  account.role = engine::Role::supervisor;
  account.teams = {{QueueName("vip"), 2, Duration{5000}}};
  account.skills = {{"zh", 3}};
  EXPECT_EQ(std::get<engine::Roster>(*event).roster, (std::map<AgentId, engine::Account>{{account.id, account}}));
  EXPECT_EQ(boost::json::parse(to_json(*event)).at("roster"), roster);
}

TEST(Record, Transitions) {
  const std::vector<engine::Transition> list{{'c', "01J", "queued", "offered", "offer", "", {}},
                                             {'a', "a1", "available", "away", "set", "lunch", AgentId("a1")}};
  const auto text = to_json(list);
  EXPECT_EQ(text, R"([{"id":"01J","from":"queued","to":"offered","event":"offer"},)"
                  R"({"o":"a","id":"a1","from":"available","to":"away","event":"set","reason":"lunch","actor":"a1"}])");
  const auto decoded = transitions_from(text);
  ASSERT_TRUE(decoded);
  ASSERT_EQ(decoded->size(), 2U);
  EXPECT_EQ((*decoded)[0].object, 'c');
  EXPECT_EQ((*decoded)[1].actor, AgentId("a1"));
  EXPECT_EQ(to_json(*decoded), text);
  EXPECT_EQ(to_json(std::vector<engine::Transition>{}), "[]");
  EXPECT_FALSE(transitions_from("{}"));
}

}  // namespace
