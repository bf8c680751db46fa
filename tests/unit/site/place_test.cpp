// The place in line, as customers who watch are told of it: by the clock, when it has changed, and all of them.
#include <gtest/gtest.h>

#include <map>

#include "tests/support/running.hpp"
#include "tests/unit/site/small_shell.hpp"

namespace fd::site::test {
namespace {

using namespace std::chrono_literals;

struct PlaceShell : SmallShell {
  ContactId wait_in_line(int customers) {  // the first one's
    ContactId first;
    for (int i = 0; i < customers; ++i) {
      attach_chat("v" + std::to_string(i));
      EXPECT_EQ(write("v" + std::to_string(i), "x"), "ack");
      if (i == 0) first = contact();
    }
    port.notices.clear();
    return first;
  }
  // The newest place each is told until so many are.
  std::map<std::string, std::int64_t> told(std::size_t wanted) {
    std::map<std::string, std::int64_t> found;
    fd::test::run_until(io, [&] {
      clock.advance(200ms);
      for (const auto& n : port.notices)
        if (n.frame.at("type") == "place") found[n.attachment] = n.frame.at("position").to_number<std::int64_t>();
      port.notices.clear();
      return found.size() >= wanted;
    });
    return found;
  }
};

TEST(Places, AreToldToAllHoweverManySlicesThatTakes) {
  PlaceShell s;
  s.wait_in_line(1201);
  const auto told = s.told(1201);
  ASSERT_EQ(told.size(), 1201U);
  EXPECT_EQ(told.at("chat.v0"), 1);
  EXPECT_EQ(told.at("chat.v19"), 20);
  EXPECT_EQ(told.at("chat.v20"), 25);
  EXPECT_EQ(told.at("chat.v600"), 625) << "the middle of a long line is counted, not guessed";
  EXPECT_EQ(told.at("chat.v1200"), 1225);
}

TEST(Places, AreToldAgainOnlyWhenTheyHaveChanged) {
  PlaceShell s;
  bus::Command end;
  end.verb = bus::Verb::end;
  end.visitor = VisitorId("v0");
  end.contact = s.wait_in_line(3);
  EXPECT_EQ(s.told(3), (std::map<std::string, std::int64_t>{{"chat.v0", 1}, {"chat.v1", 2}, {"chat.v2", 3}}));
  EXPECT_EQ(s.ask(std::move(end)), "ack");
  EXPECT_EQ(s.told(2), (std::map<std::string, std::int64_t>{{"chat.v1", 1}, {"chat.v2", 2}}));
  s.attach_chat("v3");
  EXPECT_EQ(s.write("v3", "x"), "ack");
  EXPECT_EQ(s.told(1), (std::map<std::string, std::int64_t>{{"chat.v3", 3}})) << "nobody hears of a place twice";
}

TEST(Places, WhoIsPassedOverIsInFrontOfNobody) {
  PlaceShell s;
  s.wait_in_line(3);
  EXPECT_EQ(s.ask(bus::Detach{bus::AttachmentId("chat.v0")}), "ack");
  s.clock.advance(61s);
  EXPECT_EQ(s.write("v1", "still here"), "ack");
  EXPECT_EQ(s.told(2), (std::map<std::string, std::int64_t>{{"chat.v1", 1}, {"chat.v2", 2}}));
  s.attach_chat("v0");  // back at the old place
  EXPECT_EQ(s.told(3), (std::map<std::string, std::int64_t>{{"chat.v0", 1}, {"chat.v1", 2}, {"chat.v2", 3}}));
}

// The clock moves fast: a round of places every few turns of the loop.
struct EstimateShell : SmallShell {
  EstimateShell() : SmallShell([](engine::Settings&, Settings& s) { s.wall_every = 1ms; }) {
    available("a1");
    for (int i = 0; i < 4; ++i) {  // one a minute
      clock.advance(60s);
      EXPECT_EQ(write("served" + std::to_string(i), "x"), "ack");
      EXPECT_EQ(accept("a1"), "ack");
    }
    attach_chat("v0");
    EXPECT_EQ(write("v0", "x"), "ack");
    port.notices.clear();
  }
  // What is told until so many are, with the time of it; "-": unknown.
  std::vector<std::pair<Instant, std::string>> tell(std::size_t many) {
    std::vector<std::pair<Instant, std::string>> told;
    fd::test::run_until(io, [&] {
      for (const auto& n : port.notices)
        if (n.attachment == "chat.v0" && n.frame.at("type") == "place")
          told.emplace_back(clock.wall(), n.frame.at("est_wait_s").is_null()
                                              ? "-"
                                              : std::to_string(n.frame.at("est_wait_s").to_number<std::int64_t>()));
      port.notices.clear();
      if (told.size() < many) clock.advance(500ms);
      return told.size() >= many;
    });
    return told;
  }
};

TEST(Places, AnEstimateIsToldAgainWhenItsMinutesChange) {
  EstimateShell s;
  const auto told = s.tell(3);
  ASSERT_EQ(told.size(), 3U) << "nobody leaves, the wait grows";
  for (std::size_t i = 1; i < told.size(); ++i) {
    EXPECT_GE(told[i].first - told[i - 1].first, 4500ms);
    EXPECT_NE((std::stoi(told[i].second) + 30) / 60, (std::stoi(told[i - 1].second) + 30) / 60);
  }
}

TEST(Places, AnEstimateFromOldDataIsUnknown) {
  EstimateShell s;
  const auto before = s.tell(1);
  ASSERT_EQ(before.size(), 1U);
  EXPECT_NE(before.back().second, "-") << "the control: as long as there are data";
  s.clock.advance(31min);
  const auto told = s.tell(1);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.back().second, "-") << "nobody has left for half an hour";
}

}  // namespace
}  // namespace fd::site::test
