// The way in: agents before customers.
#include <gtest/gtest.h>

#include "router/store/record.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using Kind = fd::test::Fault::Kind;

bus::Submit line(const std::string& visitor, std::uint64_t n) {
  bus::Submit submit;
  Message& m = submit.message;
  m.channel = ChannelName("chat");
  m.visitor = VisitorId(visitor);
  m.page = "p";
  m.n = n;
  m.external_id = "p:" + std::to_string(n);
  m.text = "line " + std::to_string(n);
  return submit;
}

// What the engine was given since the entry `from` of the event stream: "accept v1:2 v1:3".
std::string taken(const SmallShell& s, std::size_t from) {
  std::string all;
  const auto events = s.server->events();
  for (std::size_t i = from; i < events.size(); ++i) {
    const auto event = store::event_from(events[i].input);
    if (!event) throw std::runtime_error(event.error().text);
    const auto* m = std::get_if<engine::CustomerMessage>(&*event);
    all.append(all.empty() ? "" : " ");
    all.append(m ? m->visitor.str() + ":" + std::to_string(m->n) : std::string(store::type_of(*event)));
  }
  return all;
}

TEST(Lanes, AFloodNeverStopsAnAccept) {
  SmallShell s;
  s.available("a1");
  EXPECT_EQ(s.write("v1", "good day"), "ack");
  bus::Command accept = s.command(bus::Verb::accept, "a1");
  for (const auto& n : s.port.notices)
    if (n.frame.at("type") == "offer") {
      accept.offer = OfferId::parse(std::string(n.frame.at("offer").as_string()));
      accept.contact = ContactId::parse(std::string(n.frame.at("contact").as_string()));
    }
  ASSERT_TRUE(accept.offer);
  EXPECT_EQ(s.write("v2", "good day"), "ack");
  const auto before = s.server->events().size();
  const auto first = s.put(line("v2", 2));
  for (std::uint64_t n = 3; n <= 300; ++n) s.put(line("v2", n));
  const auto flood = s.last;
  const auto asked = s.put(std::move(accept));
  s.store.script({});
  s.store.script({Kind::stalled, Duration{0}});
  s.run();
  EXPECT_EQ(s.answered(asked), "ack") << "with the batch that was next";
  EXPECT_EQ(s.answered(first), "ack") << "nor does an accept stop the flood";
  EXPECT_EQ(s.answered(flood), "");
  EXPECT_TRUE(taken(s, before).starts_with("accept v2:2 v2:3 ")) << taken(s, before).substr(0, 80);
  s.store.release();
  s.run();
  EXPECT_EQ(s.answered(flood), "ack");
}

}  // namespace
}  // namespace fd::site::test
