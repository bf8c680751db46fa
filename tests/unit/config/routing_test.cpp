// The sample rules on messages as customers write them: each team gets what is its own.

#include <gtest/gtest.h>

#include "router/rules/rules.hpp"
#include "tests/unit/config/folder.hpp"

namespace fd::config::testing {
namespace {

struct Said {
  const char *channel, *grade, *text;
  const char *rule, *queue, *kind;
  Urgency urgency = Urgency::medium;
  Priority priority = Priority::medium;
};

const std::vector<Said>& said() {
  static const std::vector<Said> list{
      {"chat", "VIP", "你好", "vip", "vip", "", Urgency::medium, Priority::high},
      {"email", "vip", "I will sue you", "vip", "vip", "", Urgency::medium, Priority::high},
      {"phone", "VIP", "", "vip", "vip", "", Urgency::medium, Priority::high},
      {"chat", "A", "我要投诉快递员", "complaints", "complaints", "complaint", Urgency::high},
      {"chat", "", "我要举报", "complaints", "complaints", "complaint", Urgency::high},
      {"chat", "", "给你们差评", "complaints", "complaints", "complaint", Urgency::high},
      {"chat", "", "我要维权", "complaints", "complaints", "complaint", Urgency::high},
      {"chat", "", "马上打12315", "complaints", "complaints", "complaint", Urgency::high},
      {"email", "", "将向消费者协会反映", "complaints", "complaints", "complaint", Urgency::high},
      {"chat", "", "我要去网上曝光", "complaints", "complaints", "complaint", Urgency::high},
      {"chat", "", "你们这是欺骗消费者", "complaints", "complaints", "complaint", Urgency::high},
      {"email", "", "This is a complaint about your courier.", "complaints", "complaints", "complaint", Urgency::high},
      {"chat", "", "I want to COMPLAIN", "complaints", "complaints", "complaint", Urgency::high},
      {"chat", "", "or I'll sue", "complaints", "complaints", "complaint", Urgency::high},
      {"email", "", "You will hear from my lawyer!", "complaints", "complaints", "complaint", Urgency::high},
      {"chat", "", "the tissue paper is thin", "online", "online", ""},
      {"walkin", "", "", "counter", "counter", ""},
      {"phone", "", "", "phone", "phone", ""},
      {"phone", "", "投诉", "phone", "phone", ""},  // a call is not read: what was chosen in the menu counts
      {"chat", "", "你好", "online", "online", ""},
      {"email", "", "Hello", "online", "online", ""},
      {"chat", "", "很急！", "online-urgent", "online", "", Urgency::high},
      {"email", "", "urgent: my order", "online-urgent", "online", "", Urgency::high},
      {"chat", "", "不急，问一下退款", "online-refund", "online", "refund"},
      {"chat", "", "where is my parcel", "online-delivery", "online", "delivery"},
      {"chat", "", "冰箱坏了", "online-repair", "online", "repair"},
      {"email", "", "Please send an invoice", "online-invoice", "online", "invoice"},
      {"letter", "", "投诉", "default", "online", ""},
  };
  return list;
}

TEST(SampleRules, EachTeamGetsItsOwn) {
  const auto loaded = load(std::filesystem::path(FD_SOURCE_DIR) / "config/frontdesk.yaml");
  ASSERT_TRUE(loaded.configuration) << all(loaded.errors);
  const auto set = rules::RuleSet::compile(loaded.configuration->rules);
  ASSERT_TRUE(set);
  for (const Said& s : said()) {
    Message m;
    m.channel = ChannelName(s.channel);
    m.text = s.text;
    const auto out = (*set).classify({m, s.grade, {}});
    EXPECT_EQ(out.rule, s.rule) << s.text;
    EXPECT_EQ(out.queue.str(), s.queue) << s.text;
    EXPECT_EQ(out.kind, s.kind) << s.text;
    EXPECT_EQ(out.urgency, s.urgency) << s.text;
    EXPECT_EQ(out.priority, s.priority) << s.text;
    EXPECT_EQ(out.failure, "");
    if (out.rule != "default") {
      EXPECT_EQ(out.where.rfind("rules.d/", 0), 0U) << out.where;
    }
  }
}

TEST(SampleRules, TicketsGoToTheCounterByService) {
  const auto loaded = load(std::filesystem::path(FD_SOURCE_DIR) / "config/frontdesk.yaml");
  ASSERT_TRUE(loaded.configuration);
  const auto set = rules::RuleSet::compile(loaded.configuration->rules);
  ASSERT_TRUE(set);
  for (const auto& [service, kind] :
       {std::pair{"repair", "repair"}, {"returns", "refund"}, {"complaint", "complaint"}, {"other", ""}}) {
    Message m;
    m.channel = ChannelName("walkin");
    m.attributes["service"] = service;
    const auto out = (*set).classify({m, "", {}});
    EXPECT_EQ(out.queue.str(), "counter");
    EXPECT_EQ(out.kind, kind);
  }
}

}  // namespace
}  // namespace fd::config::testing
