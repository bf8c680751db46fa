// Several agents asked at once (routing-semantics §5.2).
#include <algorithm>

#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

Settings ringing(std::size_t offers) {
  Settings s = small_settings();
  s.roster[AgentId("a3")] = s.roster[AgentId("a2")];
  s.roster[AgentId("a3")].id = AgentId("a3");
  for (const char* name : {"online", "phone"}) s.queues[QueueName(name)].strategy = Strategy::top_down;
  for (const char* name : {"online", "phone"}) s.queues[QueueName(name)].parallel_offers = offers;
  return s;
}

OfferId offer_of(const SmallSite& s, ContactId c, const string& agent) {
  for (const Offer& o : s.row(c)->offers)
    if (o.agent.str() == agent) return o.id;
  return {};
}

// What a desk heard of the ends of its offers in the last step: "accepted accepted", "withdrawn answered_elsewhere a1".
string offer_ends(const SmallSite& s, const string& agent) {
  string out;
  for (const Effect& e : s.effects)
    if (const auto* end = std::get_if<OfferEnded>(&e); end && end->agent.str() == agent)
      out += string(word(end->end)) + " " + end->reason + (end->by.str() == agent ? "" : " " + end->by.str());
  return out;
}

TEST(Parallel, AsManyAreAskedAsTheQueueSays) {
  for (const auto& [offers, want] : {std::pair<std::size_t, string>{1, "offered offer a1"},
                                     {2, "offered offer a1 offer a2"},
                                     {50, "offered offer a1 offer a2 offer a3"}}) {
    SmallSite s(ringing(offers));
    for (const char* agent : {"a3", "a2", "a1"}) s.desk(agent);
    const ContactId c = s.chat("v1");
    EXPECT_EQ(s.show(c), want);
    EXPECT_EQ(s.used("a3"), offers > 2 ? 25 : 0) << "each offer reserves room";
    s.restart();
    for (const char* agent : {"a1", "a2", "a3"}) EXPECT_LE(s.used(agent), 25);
  }
}

TEST(Parallel, TheFirstToAcceptHasItAndTheOthersHear) {
  SmallSite s(ringing(3));
  for (const char* agent : {"a1", "a2", "a3"}) s.desk(agent);
  const ContactId c = s.chat("v1");
  const OfferId second = offer_of(s, c, "a2"), third = offer_of(s, c, "a3");
  s.apply(Accept{s.from("a2"), c, second});
  EXPECT_EQ(s.show(c), "active of a2");
  EXPECT_EQ(offer_ends(s, "a2"), "accepted accepted");
  EXPECT_EQ(offer_ends(s, "a1"), "withdrawn answered_elsewhere a2");
  EXPECT_EQ(offer_ends(s, "a3"), "withdrawn answered_elsewhere a2");
  EXPECT_EQ(std::count_if(s.last->transitions.begin(), s.last->transitions.end(),
                          [](const Transition& t) { return t.object == 'o' && t.reason == "sibling_won"; }),
            2);
  EXPECT_EQ(s.used("a1"), 0);
  EXPECT_EQ(s.used("a3"), 0);
  EXPECT_EQ(s.engine.agent(AgentId("a1"))->row->missed, 0U) << "nobody missed it";
  s.apply(Accept{s.from("a3"), c, third});
  EXPECT_TRUE(s.answer().starts_with("refused")) << s.answer();
  s.apply(Accept{s.from("a2"), c, second});
  EXPECT_EQ(s.answer(), "done");
}

TEST(Parallel, OnTheWayToTheCallNobodyElseIsAsked) {
  SmallSite s(ringing(3));
  for (const char* agent : {"a1", "a2", "a3"}) s.desk(agent);
  const ContactId c = s.call("+86");
  const OfferId first = offer_of(s, c, "a1"), second = offer_of(s, c, "a2");
  s.apply(Accept{s.from("a1"), c, first});
  EXPECT_EQ(s.show(c), "connecting accepting a1 of a1");
  EXPECT_EQ(offer_ends(s, "a2"), "withdrawn answered_elsewhere a1");
  s.apply(Accept{s.from("a2"), c, second});
  EXPECT_TRUE(s.answer().starts_with("refused")) << s.answer();
  s.apply(Connected{c, first});
  EXPECT_EQ(s.show(c), "active of a1");
}

TEST(Parallel, OneDeclinesTheOthersRingOnAndTheLastEndBringsItBack) {
  SmallSite s(ringing(2));
  for (const char* agent : {"a1", "a2"}) s.desk(agent);
  const ContactId c = s.chat("v1");
  s.apply(Decline{s.from("a1"), c, offer_of(s, c, "a1"), "busy"});
  EXPECT_EQ(s.show(c), "offered offer a2");
  s.apply(Decline{s.from("a2"), c, offer_of(s, c, "a2"), "busy"});
  EXPECT_EQ(s.show(c), "queued");
  const ContactId other = s.chat("v2");
  EXPECT_EQ(s.show(other), "offered offer a1 offer a2");
  s.presence("a1", Presence::away);
  EXPECT_EQ(s.show(other), "offered offer a2");
  s.presence("a1", Presence::available);
  EXPECT_EQ(s.show(other), "offered offer a2") << "who comes later is not asked as well";
  s.end(other);
  EXPECT_EQ(offer_ends(s, "a2"), "canceled customer_left ");
}

}  // namespace
}  // namespace fd::engine::test
