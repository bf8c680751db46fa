#include "router/store/redis/codec.hpp"

#include <gtest/gtest.h>

#include "router/store/shapes.hpp"
#include "tests/support/store_records.hpp"
#include "tests/unit/store/command_map.hpp"

namespace {

using namespace fd;
using namespace fd::store;
using namespace fd::store::redis;
using test::CommandMap;
using test::RandomRecords;

constexpr int rounds = 1000;

template <class T>
std::shared_ptr<const T> shared(const T& value) {
  return std::make_shared<const T>(value);
}

CommandMap said(Encoder& encoder, const engine::Mutation& mutation, CommandMap map = {}) {
  Request request;
  encoder.encode(mutation, request);
  map.apply(request);
  EXPECT_EQ(request.commands(), commands_of(request.bytes()).size());
  return map;
}

TEST(Codec, ContactGoesIntoAHashAndComesBack) {
  RandomRecords random(1);
  Encoder encoder(SiteName("main"));
  for (int i = 0; i < rounds; ++i) {
    const auto before = random.contact();
    const auto key = encoder.keys().contact(before.id);
    auto map = said(encoder, engine::PutContact{nullptr, shared(before)});
    const auto decoded = contact_from(before.id, map.pairs(key));
    ASSERT_TRUE(decoded) << decoded.error().text;
    ASSERT_EQ(*decoded, before);
    const auto after = random.changed(before);
    map = said(encoder, engine::PutContact{shared(before), shared(after)}, std::move(map));
    const auto again = contact_from(before.id, map.pairs(key));
    ASSERT_TRUE(again) << again.error().text;
    ASSERT_EQ(*again, after);
  }
}

TEST(Codec, AFieldThatWasLostIsSeen) {  // the control of the round trip
  RandomRecords random(8);
  Encoder encoder(SiteName("main"));
  for (int i = 0; i < 50; ++i) {
    const auto contact = random.contact();
    const auto map = said(encoder, engine::PutContact{nullptr, shared(contact)});
    const auto whole = map.pairs(encoder.keys().contact(contact.id));
    for (std::size_t lost = 0; lost < whole.size(); ++lost) {
      auto fields = whole;
      fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(lost));
      const auto decoded = contact_from(contact.id, fields);
      const bool has_default = whole[lost].second.empty() || (whole[lost].first == "v" && contact.v == 0);
      if (has_default) continue;  // written for the eye
      EXPECT_FALSE(decoded && *decoded == contact) << whole[lost].first;
    }
  }
}

TEST(Codec, AnUnchangedContactSaysNothingAndAChangedFieldOnlyItself) {
  RandomRecords random(2);
  Encoder encoder(SiteName("main"));
  const auto before = random.contact();
  Request none;
  encoder.encode(engine::PutContact{shared(before), shared(before)}, none);
  EXPECT_EQ(none.commands(), 0U);
  auto after = before;
  after.read_agent = before.read_agent + 1;
  Request one;
  encoder.encode(engine::PutContact{shared(before), shared(after)}, one);
  const std::vector<std::vector<std::string>> expected{
      {"HSET", encoder.keys().contact(before.id), "read:agent", std::to_string(after.read_agent)}};
  EXPECT_EQ(commands_of(one.bytes()), expected);
}

TEST(Codec, ValuesStayCompact) {  // 64 bytes is where Redis leaves the compact encoding of a hash
  Contact c;
  c.id = ContactId(Ulid::make(1'795'507'200'000, 9, 9));
  c.state = ContactState::offered;
  c.offers = {{OfferId(Ulid::make(1'795'507'200'000, 10, 10)), AgentId("a1024"), OfferState::pending,
               Instant{1'795'507'200'000}, "longest_idle"}};
  c.excluded = {{AgentId("a7"), Instant{1'795'507'200'000}, Instant{1'795'507'260'000}}};
  Encoder encoder(SiteName("main"));
  const auto map = said(encoder, engine::PutContact{nullptr, shared(c)});
  const auto& hash = map.hashes.at(encoder.keys().contact(c.id));
  EXPECT_EQ(hash.at("offer:a1024"), c.offers[0].id.str() + " pending 1795507200000 longest_idle");
  EXPECT_EQ(hash.at("no:a7"), "1795507200000 1795507260000");
  EXPECT_EQ(hash.at("state"), "offered");
  for (const auto& [name, value] : hash) EXPECT_LE(value.size(), 64U) << name;
}

TEST(Codec, AgentWithTodo) {
  RandomRecords random(3);
  Encoder encoder(SiteName("main"));
  for (int i = 0; i < rounds; ++i) {
    const auto before = random.agent();
    auto map = said(encoder, engine::PutAgent{nullptr, shared(before)});
    const auto after = random.changed(before);
    map = said(encoder, engine::PutAgent{shared(before), shared(after)}, std::move(map));
    auto decoded = agent_from(after.id, map.pairs(encoder.keys().agent(after.id)));
    ASSERT_TRUE(decoded) << decoded.error().text;
    for (const auto& number : map.sets[encoder.keys().todo(after.id)]) decoded->todo.emplace_back(number);
    ASSERT_EQ(*decoded, after);
  }
}

TEST(Codec, TheOtherRecords) {
  RandomRecords random(4);
  Encoder encoder(SiteName("main"));
  const auto& keys = encoder.keys();
  for (int i = 0; i < rounds; ++i) {
    const auto case_record = random.case_record();
    auto map = said(encoder, engine::PutCase{nullptr, shared(case_record)});
    auto other = random.case_record();
    other.number = case_record.number;
    map = said(encoder, engine::PutCase{shared(case_record), shared(other)}, std::move(map));
    ASSERT_EQ(*case_from(other.number, map.pairs(keys.case_of(other.number))), other);
    auto visitor = random.visitor();
    map = said(encoder, engine::PutVisitor{visitor}, std::move(map));
    visitor.pages.resize(visitor.pages.size() / 2);  // written whole: what is gone is gone
    visitor.before = {};
    map = said(encoder, engine::PutVisitor{visitor}, std::move(map));
    ASSERT_EQ(*visitor_from(visitor.id, map.pairs(keys.visitor(visitor.id))), visitor);
    const auto customer = random.customer();
    map = said(encoder, engine::PutCustomer{customer}, std::move(map));
    ASSERT_EQ(*customer_from(customer.id, map.pairs(keys.customer(customer.id))), customer);
    const auto state = random.queue_state();
    map = said(encoder, engine::PutQueueState{state}, std::move(map));
    ASSERT_EQ(*queue_state_from(state.name, map.pairs(keys.queue_state(state.name))), state);
  }
}

TEST(Codec, LinesAndNotes) {
  RandomRecords random(5);
  for (int i = 0; i < rounds; ++i) {
    const auto line = random.line();
    std::string text;
    print_line(text, line);
    const auto decoded = line_from(line.seq, text);
    ASSERT_TRUE(decoded) << decoded.error().text << text;
    ASSERT_EQ(*decoded, line);
    const auto note = random.note();
    text.clear();
    print_note(text, note);
    ASSERT_EQ(*note_from(text), note);
  }
  EXPECT_FALSE(line_from(1, R"({"at":1,"by":"customer","kind":"text","k":7,"n":"x","b":"sealed"})"));
  EXPECT_FALSE(line_from(1, R"({"at":1,"by":"nobody","kind":"text","k":0,"n":"","b":""})"));
}

TEST(Codec, DamagedFieldsAreNamed) {
  RandomRecords random(6);
  const auto id = random.contact().id;
  const auto why = [&](Pairs fields) {
    const auto decoded = contact_from(id, fields);
    return decoded ? std::string("fine") : decoded.error().text;
  };
  EXPECT_EQ(why({{"state", "queued"}}), "fine");
  EXPECT_EQ(why({{"state", "queued"}, {"of a later version", "x"}}), "fine");
  EXPECT_NE(why({{"v", "1"}}).find("state"), std::string::npos);
  EXPECT_NE(why({{"state", "asleep"}}).find("asleep"), std::string::npos);
  EXPECT_NE(why({{"state", "queued"}, {"seq", "-1"}}).find("`seq`"), std::string::npos);
  EXPECT_NE(why({{"state", "queued"}, {"offer:a1", "xyz pending 5"}}).find("offer:a1"), std::string::npos);
  EXPECT_NE(why({{"state", "queued"}, {"no:a1", "5"}}).find("no:a1"), std::string::npos);
}

TEST(Codec, ExpireIsSaidAfterEverythingElse) {
  test::Site site(Leadership{"r", 1, {0}, 0, Instant{1'795'507'200'000}});
  auto batch = site.batch();
  const auto contact = site.arrive(batch, "v1", "hello");
  site.close(batch, contact);
  batch.mutations.push_back(engine::AppendNote{contact.id, {batch.now, AgentId("a1"), "late"}, {}});
  batch = site.sealed(std::move(batch));
  Encoder encoder(SiteName("main"));
  Request request;
  encoder.encode(batch, request);
  const auto commands = commands_of(request.bytes());
  ASSERT_GT(commands.size(), 4U);
  for (std::size_t i = commands.size() - 4; i < commands.size(); ++i) EXPECT_EQ(commands[i][0], "EXPIRE");
  EXPECT_EQ(commands.back()[2], "2592000");
}

TEST(Codec, NamesOfQueuesAndAgentsAreSaidOnce) {
  Encoder encoder(SiteName("main"));
  encoder.know_queue(QueueName("known"));
  const auto key = OrderKey{1, 5, ContactId(Ulid::make(1, 1, 1))};
  auto map = said(encoder, engine::QueueAdd{QueueName("known"), key});
  EXPECT_TRUE(map.sets.empty());
  map = said(encoder, engine::QueueAdd{QueueName("new"), key});
  EXPECT_TRUE(map.sets.at(encoder.keys().plain("queues")).contains("new"));
  map = said(encoder, engine::QueueAdd{QueueName("new"), key});
  EXPECT_TRUE(map.sets.empty());
  encoder.forget_names();
  map = said(encoder, engine::QueueAdd{QueueName("new"), key});
  EXPECT_FALSE(map.sets.empty());
}

TEST(Codec, UnsoundBatchesAreNotSent) {
  test::Site site(Leadership{"r", 1, {7}, 20, Instant{1'795'507'200'000}});
  auto batch = site.batch();
  const auto contact = site.arrive(batch, "v1", "hello");
  batch = site.sealed(std::move(batch));
  EXPECT_FALSE(unsound(batch, {7}, 20));
  EXPECT_TRUE(unsound(batch, {6}, 20));
  EXPECT_TRUE(unsound(batch, {7}, 21));
  auto wrong = batch;
  wrong.sequence += 1;
  EXPECT_TRUE(unsound(wrong, {7}, 20));
  wrong = batch;
  auto twice = contact;
  twice.offers = {{OfferId(Ulid::make(1, 1, 1)), AgentId("a"), OfferState::pending, {}, {}},
                  {OfferId(Ulid::make(1, 1, 2)), AgentId("a"), OfferState::pending, {}, {}}};
  wrong.mutations.push_back(engine::PutContact{nullptr, shared(twice)});
  EXPECT_TRUE(unsound(wrong, {7}, 20));
  wrong = batch;
  wrong.mutations.push_back(engine::QueueAdd{QueueName("q"), {2048, 5, contact.id}});
  EXPECT_TRUE(unsound(wrong, {7}, 20));
}

}  // namespace
