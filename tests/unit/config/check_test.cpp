// What is well-formed and yet cannot work (errors) or does not do what it looks like (warnings).

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/config/folder.hpp"

namespace fd::config::testing {
namespace {

struct Case {
  const char* name;
  const char* main;
  const char* rules;
  const char* found;  // "CODE file:line:column", or empty
};

const std::vector<Case> cases{
    {"one address twice", "listen:\n  public: 127.0.0.1:9000\n  internal: 127.0.0.1:9000\n", "",
     "E0219 frontdesk.yaml:3:13"},
    {"the default of the other", "listen: {public: 127.0.0.1:8081}\n", "", "E0219 frontdesk.yaml:1:9"},
    {"one of all addresses", "allow_plain: true\nlisten: {public: 0.0.0.0:9000, internal: 127.0.0.1:9000}\n", "",
     "E0219 frontdesk.yaml:2:42"},
    {"two ports", "listen: {public: 127.0.0.1:9000, internal: 127.0.0.1:9001}\n", "", ""},
    {"two addresses", "listen: {public: 127.0.0.1:9000, internal: 127.0.0.2:9000}\n", "", ""},
    {"ports of the kernel", "listen: {public: 127.0.0.1:0, internal: 127.0.0.1:0}\n", "", ""},
    {"more text than a frame", "chat: {text_chars_max: 5000}\n", "", "E0220 frontdesk.yaml:1:24"},
    {"a larger frame", "chat: {text_chars_max: 5000}\nsockets: {customers: {message_bytes_max: 24KiB}}\n", "", ""},
    {"a service that is never called", "walkin:\n  services:\n    r: {prefix: R, queue: online}\n", "",
     "E0221 frontdesk.yaml:3:27"},
    {"a service that is called", "walkin:\n  services:\n    r: {prefix: R, queue: counter}\n", "", ""},
    {"nobody is offered the default", "default_queue: counter\n", "", "W0222 frontdesk.yaml:1:16"},
    {"overflow to a pull queue", "queues:\n  online: {max_wait: 5m, overflow: counter}\n  counter: {mode: pull}\n", "",
     "W0222 frontdesk.yaml:2:36"},
    {"overflow out of the numbers", "queues:\n  online: {}\n  counter: {mode: pull, max_wait: 5m, overflow: online}\n",
     "", "W0223 frontdesk.yaml:3:49"},
    {"overflow of one mode", "queues:\n  online: {}\n  vip: {max_wait: 5m, overflow: online}\n", "", ""},
    {"a rule to a pull queue", "", "rules:\n  - id: a\n    when: {words: [x]}\n    then: {queue: counter}\n",
     "W0222 rules.d/1.yaml:2:5"},
    {"a rule for tickets", "", "rules:\n  - id: a\n    when: {channel: walkin}\n    then: {queue: counter}\n", ""},
    {"a rule for tickets to a push queue", "",
     "rules:\n  - id: a\n    when: {channel: walkin, grade: VIP}\n    then: {queue: vip}\n",
     "W0223 rules.d/1.yaml:2:5"},
    {"max_wait that does nothing", "queues:\n  online: {max_wait: 5m}\n", "", "W0224 frontdesk.yaml:2:22"},
    {"no max_wait", "queues:\n  online: {max_wait: 0s}\n", "", ""},
    {"a rule behind a wider one", "",
     "rules:\n  - {id: a, when: {words: [x, z]}, then: {queue: vip}}\n"
     "  - {id: b, when: {channel: chat, words: [z]}, then: {queue: online}}\n",
     "E0402 rules.d/1.yaml:3:5"},
};

TEST(Check, FindsWhatCannotWorkAndWhatDoesNotDoWhatItLooksLike) {
  for (const auto& c : cases) {
    Folder folder;
    folder.put("frontdesk.yaml", c.main);
    if (*c.rules != '\0') folder.put("rules.d/1.yaml", c.rules);
    auto result = folder.load();
    const bool good = result.errors.empty();
    EXPECT_EQ(good, result.configuration.has_value()) << "warnings keep nothing from starting";
    auto found = result.errors;
    found.insert(found.end(), result.warnings.begin(), result.warnings.end());
    std::string seen;
    for (const auto& e : found)
      seen += e.code + " " + e.file + ":" + std::to_string(e.line) + ":" + std::to_string(e.column);
    EXPECT_EQ(seen, c.found) << c.name << "\n" << all(found);
    EXPECT_EQ(good, seen.empty() || seen.front() == 'W') << c.name;
    for (const auto& w : result.warnings) {
      EXPECT_NE(text(w, Language::en).find(": warning[W"), std::string::npos);
      EXPECT_NE(text(w, Language::zh).find("警告"), std::string::npos);
    }
  }
}

// With errors_test.cpp, which has the other codes.
TEST(Check, EveryWarningOfTheCatalogueIsTested) {
  for (const auto& m : catalogue()) {
    const bool here = std::any_of(cases.begin(), cases.end(),
                                  [&](const Case& c) { return std::string_view(c.found).starts_with(number(m.code)); });
    EXPECT_TRUE(here || !m.warning) << number(m.code);
  }
}

TEST(Check, AFileThatIsNotThereIsNamedWithItsFolder) {
  const auto errors = load("/nowhere/desk.yaml").errors;
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].message.find("/nowhere/desk.yaml"), std::string::npos) << errors[0].message;
}

}  // namespace
}  // namespace fd::config::testing
