// What a waiting contact needs changes with its age (routing-semantics §5.1, step_due).
#include "tests/unit/engine/small_site.hpp"

namespace fd::engine::test {
namespace {

Classification needing(std::vector<SkillNeed> needs) {
  Classification c;
  c.queue = QueueName("online");
  c.needs = std::move(needs);
  return c;
}

TEST(Order, RelaxationWidensByAge) {
  Settings settings = small_settings();
  settings.queues[QueueName("online")].steps = {{30s, {{"en", 2}}}, {60s, {{"en", 0}}}};
  settings.roster[AgentId("a1")].skills["en"] = 2;
  SmallSite s(settings);
  const ContactId c = s.chat("v1", needing({{"en", 3}}));
  s.desk("a2");
  s.desk("a1");
  s.pass(29s);
  EXPECT_EQ(s.show(c), "queued");
  s.pass(1s);
  EXPECT_EQ(s.show(c), "offered offer a1");
  s.decline("a1", c);
  s.pass(9s);
  EXPECT_EQ(s.show(c), "queued");
  s.pass(1s);
  EXPECT_EQ(s.show(c), "offered offer a1") << "nobody else is eligible";
  s.decline("a1", c);
  s.pass(20s);
  EXPECT_EQ(s.row(c)->step, 2U) << "the clock is the age, not restarted by declines";
}

TEST(Order, RelaxationLowersDropsAddsAndReplaces) {
  struct Row {
    const char* what;
    RelaxStep step;
    std::vector<SkillNeed> before, after;
  };
  using Needs = std::vector<SkillNeed>;
  const std::vector<Row> table{
      {"lower", {.after = 30s, .needs = {{"en", 1}}}, {{"en", 3}, {"fr", 2}}, {{"en", 1}, {"fr", 2}}},
      {"lower never raises", {.after = 30s, .needs = {{"en", 3}}}, {{"en", 1}}, {{"en", 1}}},
      {"lower never adds", {.after = 30s, .needs = {{"en", 3}}}, {{"fr", 1}}, {{"fr", 1}}},
      {"drop", {.after = 30s, .needs = {{"en", 0}}}, {{"en", 3}, {"fr", 2}}, {{"fr", 2}}},
      {"add", {.after = 30s, .add = {{"de", 2}}}, {{"en", 3}}, {{"de", 2}, {"en", 3}}},
      {"add raises", {.after = 30s, .add = {{"en", 4}}}, {{"en", 3}}, {{"en", 4}}},
      {"add never lowers", {.after = 30s, .add = {{"en", 1}}}, {{"en", 3}}, {{"en", 3}}},
      {"replace", {.after = 30s, .replace = Needs{{"de", 1}}}, {{"en", 3}, {"fr", 2}}, {{"de", 1}}},
      {"replace by nothing", {.after = 30s, .replace = Needs{}}, {{"en", 3}, {"fr", 2}}, {}},
      {"all in turn",
       {.after = 30s, .needs = {{"de", 2}, {"fr", 0}}, .add = {{"vip", 1}}, .replace = Needs{{"de", 3}, {"fr", 1}}},
       {{"en", 3}},
       {{"de", 2}, {"vip", 1}}},
  };
  for (const Row& row : table) {
    Settings settings = small_settings();
    settings.queues[QueueName("online")].steps = {row.step};
    SmallSite s(settings);
    const ContactId c = s.chat("v1", needing(row.before));
    s.pass(29s);
    EXPECT_EQ(s.row(c)->needs, row.before) << row.what;
    s.pass(1s);
    EXPECT_EQ(s.row(c)->needs, row.after) << row.what;
    s.restart();
    EXPECT_EQ(s.row(c)->needs, row.after) << row.what << ", after a restart";
  }
}

TEST(Order, AnAddedNeedNarrowsAndAReplacedOneOpens) {
  Settings settings = small_settings();
  settings.queues[QueueName("online")].steps = {{.after = 30s, .add = {{"vip", 1}}},
                                                {.after = 60s, .replace = std::vector<SkillNeed>{{"fr", 1}}}};
  settings.roster[AgentId("a1")].skills["en"] = 1;
  settings.roster[AgentId("a2")].skills["fr"] = 1;
  SmallSite s(settings);
  const ContactId c = s.chat("v1", needing({{"en", 1}}));
  s.pass(30s);
  s.desk("a1");
  EXPECT_EQ(s.show(c), "queued") << "English alone is not enough any more";
  s.desk("a2");
  EXPECT_EQ(s.show(c), "queued");
  s.pass(30s);
  EXPECT_EQ(s.show(c), "offered offer a2");
}

}  // namespace
}  // namespace fd::engine::test
