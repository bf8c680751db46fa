// A table of bad files, each with the file, line, column and code of what is found. A row without code must load.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "tests/unit/config/folder.hpp"

namespace fd::config::testing {
namespace {

struct Bad {
  const char* name;
  std::map<std::string, std::string> files;
  const char* at;  // "file:line:column code", or empty: no error
};

std::map<std::string, std::string> main_file(std::string text) { return {{"frontdesk.yaml", std::move(text)}}; }
std::map<std::string, std::string> rule_file(std::string text) {
  return {{"frontdesk.yaml", "kinds: [{id: other}]\n"}, {"rules.d/10.yaml", std::move(text)}};
}
const std::string one_rule = "rules:\n  - id: a\n    when: {channel: chat}\n    then: {queue: vip}\n";

std::map<std::string, std::string> website(const std::string& line) {
  return main_file("chat:\n  websites:\n    d:\n      origins: []\n      " + line + "\n");
}
std::string nine_fields() {
  std::string list;
  for (const char key : std::string("abcdefghi")) list += std::string("{key: ") + key + ", label: x}, ";
  return "prechat: [" + list + "]";
}

std::vector<Bad> shape() {
  return {
      {"empty file", main_file(""), ""},
      {"only comments", main_file("# nothing\n"), ""},
      {"tab", main_file("listen:\n\tpublic: 127.0.0.1:1\n"), "frontdesk.yaml:2:1 E0102"},
      {"tab after spaces", main_file("listen:\n  \tpublic: 127.0.0.1:1\n"), "frontdesk.yaml:2:3 E0102"},
      {"unknown key", main_file("listen:\n  pubic: 127.0.0.1:1\n"), "frontdesk.yaml:2:3 E0103"},
      {"unknown top key", main_file("colour: red\n"), "frontdesk.yaml:1:1 E0103"},
      {"merge key", main_file("queues:\n  a: &x {mode: pull}\n  b:\n    <<: *x\ndefault_queue: a\n"),
       "frontdesk.yaml:4:5 E0103"},
      {"duplicate key", main_file("zone: UTC\nlog: {}\nzone: UTC\n"), "frontdesk.yaml:3:1 E0104"},
      {"duplicate key in quotes", main_file("zone: UTC\n\"zone\": UTC\n"), "frontdesk.yaml:2:1 E0104"},
      {"duplicate inside", main_file("log: {level: info, level: debug}\n"), "frontdesk.yaml:1:20 E0104"},
      {"list for map", main_file("listen: [a]\n"), "frontdesk.yaml:1:9 E0105"},
      {"map for list", main_file("kinds: {a: 1}\n"), "frontdesk.yaml:1:8 E0105"},
      {"text for number", main_file("transfers_max: three\n"), "frontdesk.yaml:1:16 E0105"},
      {"number in quotes", main_file("transfers_max: \"3\"\n"), "frontdesk.yaml:1:16 E0105"},
      {"yes for true", main_file("allow_plain: yes\n"), "frontdesk.yaml:1:14 E0105"},
      {"list as key", main_file("[a]: 1\n"), "frontdesk.yaml:1:1 E0105"},
      {"duration without unit", main_file("routing:\n  sticky_wait: 120\n"), "frontdesk.yaml:2:16 E0106"},
      {"duration of another kind", main_file("routing: {sticky_wait: 2 min}\n"), "frontdesk.yaml:1:24 E0106"},
      {"duration with a leading zero", main_file("routing: {sticky_wait: 010s}\n"), "frontdesk.yaml:1:24 E0106"},
      {"size without unit", main_file("http: {body_bytes_max: 65536}\n"), "frontdesk.yaml:1:24 E0106"},
      {"size of a thousand", main_file("http: {body_bytes_max: 64KB}\n"), "frontdesk.yaml:1:24 E0106"},
      {"not YAML", main_file("log: {level: info\n"), "frontdesk.yaml:2:1 E0108"},
      {"two documents", main_file("zone: UTC\n---\nzone: UTC\n"), "frontdesk.yaml:3:1 E0108"},
      {"unknown alias", main_file("zone: *no\n"), "frontdesk.yaml:1:7 E0108"},
      {"out of range", main_file("transfers_max: 101\n"), "frontdesk.yaml:1:16 E0109"},
      {"negative", main_file("transfers_max: -1\n"), "frontdesk.yaml:1:16 E0109"},
      {"long number", main_file("transfers_max: 99999999999999999999\n"), "frontdesk.yaml:1:16 E0105"},
      {"duration out of range", main_file("desk: {session_life: 30d}\n"), "frontdesk.yaml:1:22 E0109"},
      {"steps that do not ascend", main_file("queues:\n  online:\n    steps: [{after: 60s}, {after: 60s}]\n"),
       "frontdesk.yaml:3:12 E0109"},
      {"octal", main_file("transfers_max: 010\n"), "frontdesk.yaml:1:16 E0110"},
      {"no as text", main_file("kinds: [{id: no}]\n"), "frontdesk.yaml:1:14 E0110"},
      {"no in quotes", main_file("kinds: [{id: \"no\"}]\n"), ""},
      {"hexadecimal as text", main_file("company: 0x1F\n"), "frontdesk.yaml:1:10 E0110"},
      {"exponent as text", main_file("company: 1e3\n"), "frontdesk.yaml:1:10 E0110"},
      {"leading zero as text", main_file("company: {zh: 007, en: Bond}\n"), "frontdesk.yaml:1:15 E0110"},
      {"missing key", main_file("kinds:\n  - name: x\n"), "frontdesk.yaml:2:5 E0112"},
      {"missing origins", main_file("chat:\n  websites:\n    demo:\n      name: x\n"), "frontdesk.yaml:4:7 E0112"},
      {"not a choice", main_file("queues: {online: {mode: pul}}\n"), "frontdesk.yaml:1:25 E0114"},
      {"not UTF-8", main_file("company: \xFF\n"), "frontdesk.yaml:0:0 E0115"},
      {"bad name", main_file("kinds: [{id: a b}]\n"), "frontdesk.yaml:1:14 E0116"},
      {"bad queue name", main_file("queues: {online: {}, a/b: {}}\n"), "frontdesk.yaml:1:22 E0116"},
      {"bad prefix", main_file("walkin: {services: {r: {prefix: a, queue: counter}}}\n"), "frontdesk.yaml:1:33 E0116"},
      {"columns count characters", main_file("company: {zh: 公司, de: Firma}\n"), "frontdesk.yaml:1:19 E0103"},
  };
}

std::vector<Bad> meaning() {
  return {
      {"unknown channel", rule_file("rules:\n  - id: a\n    when: {channel: caht}\n    then: {queue: vip}\n"),
       "rules.d/10.yaml:3:21 E0201"},
      {"unknown kind", rule_file("rules:\n  - id: a\n    then: {kind: refund}\n"), "rules.d/10.yaml:3:18 E0202"},
      {"unknown kind of a disposition", main_file("kinds: [{id: a}]\ndispositions: [{id: b, kinds: [a, c]}]\n"),
       "frontdesk.yaml:2:35 E0202"},
      {"unknown zone", main_file("zone: Mars/Olympus\n"), "frontdesk.yaml:1:7 E0203"},
      {"unknown queue", rule_file("rules:\n  - id: a\n    then:\n      queue: vpi\n"), "rules.d/10.yaml:4:14 E0204"},
      {"unknown default queue", main_file("default_queue: onlin\n"), "frontdesk.yaml:1:16 E0204"},
      {"default queue not among the queues", main_file("queues: {a: {}}\n"), "frontdesk.yaml:1:1 E0204"},
      {"unknown overflow", main_file("queues: {online: {overflow: vip}}\n"), "frontdesk.yaml:1:29 E0204"},
      {"unknown service", rule_file("rules:\n  - id: a\n    when: {service: [repair]}\n    then: {queue: vip}\n"),
       "rules.d/10.yaml:3:22 E0205"},
      {"overflow to itself", main_file("queues: {online: {overflow: online}}\n"), "frontdesk.yaml:1:29 E0206"},
      {"plain listener", main_file("listen: {public: 0.0.0.0:80}\n"), "frontdesk.yaml:1:18 E0207"},
      {"plain IPv6 listener", main_file("listen: {internal: \"[::]:80\"}\n"), "frontdesk.yaml:1:20 E0207"},
      {"plain listener with http", main_file("listen: {public: 10.0.0.1:80}\npublic_url: http://a.cn\n"),
       "frontdesk.yaml:1:18 E0207"},
      {"listener behind TLS", main_file("listen: {public: 0.0.0.0:80}\npublic_url: https://a.cn\n"), ""},
      {"listener allowed", main_file("listen: {public: 0.0.0.0:80, internal: 0.0.0.0:81}\nallow_plain: true\n"), ""},
      {"IPv6 loopback", main_file("listen: {public: \"[::1]:0\"}\n"), ""},
      {"no port", main_file("listen: {public: 127.0.0.1}\n"), "frontdesk.yaml:1:18 E0208"},
      {"a name as address", main_file("listen: {public: localhost:80}\n"), "frontdesk.yaml:1:18 E0208"},
      {"bad port", main_file("listen: {public: 127.0.0.1:65536}\n"), "frontdesk.yaml:1:18 E0208"},
      {"bad Redis", main_file("redis: rediss://a.cn\n"), "frontdesk.yaml:1:8 E0209"},
      {"relative Redis socket", main_file("redis: unix:run/redis.sock\n"), "frontdesk.yaml:1:8 E0209"},
      {"password in the Redis address", main_file("redis: redis://:geheim@10.0.0.5:6379\n"),
       "frontdesk.yaml:1:8 E0216"},
      {"password in an address of another kind", main_file("redis: rediss://me:geheim@10.0.0.5\n"),
       "frontdesk.yaml:1:8 E0216"},
      {"no user before the @", main_file("redis: redis://@10.0.0.5\n"), "frontdesk.yaml:1:8 E0209"},
      {"broken percent encoding", main_file("redis: \"redis://a%4@10.0.0.5\"\n"), "frontdesk.yaml:1:8 E0209"},
      {"a word as Redis database", main_file("redis: redis://10.0.0.5/desk\n"), "frontdesk.yaml:1:8 E0209"},
      {"Redis without its address", main_file("redis: {allow_weak: true}\n"), "frontdesk.yaml:1:8 E0112"},
      {"literal Redis password", main_file("redis: {address: redis://a@10.0.0.5, password: geheim}\n"),
       "frontdesk.yaml:1:48 E0107"},
      {"dead with the ping", main_file("sockets: {desk: {ping_every: 30s}}\n"), "frontdesk.yaml:1:17 E0218"},
      {"dead before the ping", main_file("sockets: {customers: {dead_after: 20s}}\n"), "frontdesk.yaml:1:35 E0218"},
      {"edge gone before its sign of life", main_file("bus: {heartbeat: 7s}\n"), "frontdesk.yaml:1:6 E0218"},
      {"origin with a path", main_file("chat: {websites: {d: {origins: [\"https://a.cn/x\"]}}}\n"),
       "frontdesk.yaml:1:33 E0210"},
      {"origin with a wildcard", main_file("chat: {websites: {d: {origins: [\"https://*.a.cn\"]}}}\n"),
       "frontdesk.yaml:1:33 E0210"},
      {"origin in capitals", main_file("chat: {websites: {d: {origins: [\"https://A.cn\"]}}}\n"),
       "frontdesk.yaml:1:33 E0210"},
      {"prefix twice",
       main_file("walkin:\n  services:\n    a: {prefix: A, queue: counter}\n    b: {prefix: A, queue: counter}\n"),
       "frontdesk.yaml:4:17 E0211"},
      {"kind twice", main_file("kinds:\n  - id: a\n  - id: a\n"), "frontdesk.yaml:3:5 E0211"},
      {"two sites", main_file("sites: {north: {}, south: {}}\n"), "frontdesk.yaml:1:20 E0212"},
      {"bus over tcp", main_file("bus: {endpoint: \"tcp://*:5555\"}\n"), "frontdesk.yaml:1:17 E0213"},
      {"unknown placeholder", main_file("greeting: {zh: 您好, en: \"Hi {nmae}\"}\n"), "frontdesk.yaml:1:24 E0214"},
      {"bad url", main_file("public_url: service.example.cn\n"), "frontdesk.yaml:1:13 E0215"},
      {"bad network", main_file("http: {trusted_proxies: [10.0.0.0/33]}\n"), "frontdesk.yaml:1:26 E0106"},
      {"literal secret", main_file("chat: {websites: {d: {origins: [], secret: geheim}}}\n"),
       "frontdesk.yaml:1:44 E0107"},
      {"secret not there", main_file("chat: {websites: {d: {origins: [], secret: {file: x.secret}}}}\n"),
       "frontdesk.yaml:1:51 E0302"},
      {"credential without systemd", main_file("chat: {websites: {d: {origins: [], secret: {credential: x}}}}\n"),
       "frontdesk.yaml:1:57 E0302"},
      {"redis twice", main_file("redis: managed\nsites: {main: {redis: managed}}\n"), "frontdesk.yaml:2:23 E0113"},
  };
}

std::vector<Bad> before_a_chat() {
  return {
      {"consent without a text", website("consent: {version: \"1\"}"), "frontdesk.yaml:5:16 E0112"},
      {"consent without a version", website("consent: {text: x}"), "frontdesk.yaml:5:16 E0112"},
      {"consent of a script", website("consent: {version: \"1\", text: x, url: \"javascript:alert(1)\"}"),
       "frontdesk.yaml:5:45 E0106"},
      {"consent of a page with a space", website("consent: {version: \"1\", text: x, url: \"https://a.cn/x y\"}"),
       "frontdesk.yaml:5:45 E0106"},
      {"form", website("prechat: [{key: a, label: x}, {key: b, type: list, label: x, options: [{id: c, name: x}]}]"),
       ""},
      {"form without a key", website("prechat: [{label: x}]"), "frontdesk.yaml:5:17 E0112"},
      {"form of an unknown type", website("prechat: [{key: a, label: x, type: date}]"), "frontdesk.yaml:5:42 E0114"},
      {"form with a list without options", website("prechat: [{key: a, label: x, type: list}]"),
       "frontdesk.yaml:5:17 E0112"},
      {"form with a key twice", website("prechat: [{key: a, label: x}, {key: a, label: x}]"),
       "frontdesk.yaml:5:37 E0104"},
      {"form of nine fields", website(nine_fields()), "frontdesk.yaml:5:16 E0109"},
  };
}

std::vector<Bad> rules_and_layers() {
  return {
      {"good rule", rule_file(one_rule), ""},
      {"two rules of one name", rule_file(one_rule + "  - {id: a, then: {queue: vip}}\n"), "rules.d/10.yaml:5:5 E0401"},
      {"unreachable rule",
       rule_file("rules:\n  - {id: a, then: {queue: vip}}\n  - {id: b, when: {grade: A}, then: {queue: vip}}\n"),
       "rules.d/10.yaml:3:5 E0402"},
      {"the same conditions", rule_file(one_rule + "  - {id: b, when: {channel: chat}, then: {queue: online}}\n"),
       "rules.d/10.yaml:5:5 E0402"},
      {"unreachable in another file",
       {{"frontdesk.yaml", ""},
        {"rules.d/10.yaml", "rules: [{id: a, then: {queue: vip}}]\n"},
        {"rules.d/20.yaml", one_rule.substr(0, 7) + "  - id: b\n    when: {grade: A}\n    then: {queue: vip}\n"}},
       "rules.d/20.yaml:2:5 E0402"},
      {"bad pattern", rule_file("rules:\n  - id: a\n    when: {patterns: ['(']}\n    then: {queue: vip}\n"),
       "rules.d/10.yaml:3:22 E0403"},
      {"failing test", rule_file(one_rule + "tests:\n  - {text: x, expect: {queue: online}}\n"),
       "rules.d/10.yaml:6:5 E0404"},
      {"test that holds", rule_file(one_rule + "tests:\n  - {text: x, expect: {queue: vip, rule: a}}\n"), ""},
      {"test without expect", rule_file(one_rule + "tests:\n  - {text: x}\n"), "rules.d/10.yaml:6:5 E0112"},
      {"rule without action", rule_file("rules:\n  - id: a\n    then: {}\n"), "rules.d/10.yaml:3:11 E0405"},
      {"rule without id", rule_file("rules:\n  - when: {channel: chat}\n    then: {queue: vip}\n"),
       "rules.d/10.yaml:2:5 E0112"},
      {"empty word", rule_file("rules:\n  - id: a\n    when: {words: [\" \"]}\n    then: {queue: vip}\n"),
       "rules.d/10.yaml:3:19 E0406"},
      {"no words", rule_file("rules:\n  - id: a\n    when: {words: []}\n    then: {queue: vip}\n"),
       "rules.d/10.yaml:3:19 E0105"},
      {"no as a word", rule_file("rules:\n  - id: a\n    when: {words: [no]}\n    then: {queue: vip}\n"),
       "rules.d/10.yaml:3:20 E0110"},
      {"unknown condition", rule_file("rules:\n  - id: a\n    when: {word: [x]}\n    then: {queue: vip}\n"),
       "rules.d/10.yaml:3:12 E0103"},
      {"unknown action", rule_file("rules:\n  - id: a\n    then: {que: vip}\n"), "rules.d/10.yaml:3:12 E0103"},
      {"bad time", rule_file("rules:\n  - id: a\n    when: {time: \"9:00-18:00\"}\n    then: {queue: vip}\n"),
       "rules.d/10.yaml:3:18 E0106"},
      {"bad weekday", rule_file("rules:\n  - id: a\n    when: {weekday: mon-fry}\n    then: {queue: vip}\n"),
       "rules.d/10.yaml:3:21 E0114"},
      {"band out of range", rule_file("rules:\n  - id: a\n    then: {band: 2048}\n"), "rules.d/10.yaml:3:18 E0109"},
      {"scalar set by two files of conf.d",
       {{"frontdesk.yaml", "zone: UTC\n"},
        {"conf.d/10.yaml", "zone: Asia/Shanghai\n"},
        {"conf.d/20.yaml", "\nzone: UTC\n"}},
       "conf.d/20.yaml:2:7 E0113"},
      {"account: unknown queue",
       {{"frontdesk.yaml", ""},
        {"agents.yaml", "agents:\n  - id: a\n    staff_no: \"1\"\n    teams: [{queue: onlin}]\n"}},
       "agents.yaml:4:21 E0204"},
      {"account: password in clear",
       {{"frontdesk.yaml", ""}, {"agents.yaml", "agents:\n  - id: a\n    staff_no: \"1\"\n    password: geheim\n"}},
       "agents.yaml:4:15 E0304"},
      {"account: staff number twice",
       {{"frontdesk.yaml", ""},
        {"agents.yaml", "agents:\n  - {id: a, staff_no: \"1\"}\n  - {id: b, staff_no: \"1\"}\n"}},
       "agents.yaml:3:23 E0211"},
      {"account: staff number with a leading zero",
       {{"frontdesk.yaml", ""}, {"agents.yaml", "agents:\n  - {id: a, staff_no: 007}\n"}},
       "agents.yaml:2:23 E0110"},
  };
}

std::string found(const std::vector<Error>& errors) {
  std::string out;
  for (const auto& e : errors)
    out += (out.empty() ? "" : "; ") + e.file + ":" + std::to_string(e.line) + ":" + std::to_string(e.column) + " " +
           e.code;
  return out;
}

class BadFiles : public ::testing::TestWithParam<std::vector<Bad>> {};

TEST_P(BadFiles, EachIsNamedWithItsPlaceAndCode) {
  for (const Bad& bad : GetParam()) {
    Folder folder;
    for (const auto& [name, text] : bad.files) folder.put(name, text);
    const auto result = folder.load();
    EXPECT_EQ(found(result.errors), bad.at) << bad.name << "\n" << all(result.errors);
    EXPECT_EQ(result.configuration.has_value(), result.errors.empty()) << bad.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shape, BadFiles, ::testing::Values(shape()));
INSTANTIATE_TEST_SUITE_P(Meaning, BadFiles, ::testing::Values(meaning()));
INSTANTIATE_TEST_SUITE_P(BeforeAChat, BadFiles, ::testing::Values(before_a_chat()));
INSTANTIATE_TEST_SUITE_P(RulesAndLayers, BadFiles, ::testing::Values(rules_and_layers()));

// Codes that need more than a small file are asked for in the tests named here; all others must be in the table.
TEST(Codes, EveryCodeOfTheCatalogueIsTested) {
  std::set<std::string> seen{
      "E0101",  // Load.AFileThatIsNotThere
      "E0111",  // Limits.*
      "E0301",  // Environment.*
      "E0217",  // Load.TheRedisPassword…
      "E0303",  // PrivateFile.*
      "E0305",  // Secrets.*
      "E0219",  // Check.*
      "E0220",  // Check.*
      "E0221",  // Check.*
      "W0222",  // Check.*
      "W0223",  // Check.*
      "W0224",  // Check.*
      "E0407",  // Rules nested deeper than 32: Load.RulesNestedTooDeep
  };
  for (const auto& table : {shape(), meaning(), rules_and_layers()})
    for (const auto& bad : table)
      if (const std::string at = bad.at; !at.empty()) seen.insert(at.substr(at.size() - 5));
  for (const auto& message : catalogue()) EXPECT_EQ(seen.count(number(message.code)), 1U) << number(message.code);
}

TEST(Report, PrintsAsSpecified) {
  Folder folder;
  folder.put("frontdesk.yaml", "").put("rules.d/10-vip.yaml", "rules:\n  - id: a\n    then: {queue: vpi}\n");
  const auto en = folder.load();
  ASSERT_EQ(en.errors.size(), 1U);
  EXPECT_EQ(text(en.errors[0], Language::en),
            "rules.d/10-vip.yaml:3:19: error[E0204]: unknown queue \"vpi\"; did you mean \"vip\"?\n"
            "  hint: queues stand under queues:\n");
  EXPECT_EQ(en.errors[0].key, "rules.0.then.queue");
  const auto zh = folder.load({Language::zh, {}});
  EXPECT_EQ(text(zh.errors[0], Language::zh),
            "rules.d/10-vip.yaml:3:19: 错误[E0204]: 未知的队列“vpi”；是不是“vip”？\n"
            "  提示：队列在 queues: 下定义\n");
}

TEST(Report, GivesAllErrorsAtOnceSorted) {
  Folder folder;
  folder.put("frontdesk.yaml", "zone: Mars/X\nallow_plain: no\ncolour: red\n")
      .put("rules.d/10.yaml", "rules:\n  - id: a\n    then: {queue: x, kind: other}\n")
      .put("conf.d/10.yaml", "transfers_max: 999\n");
  EXPECT_EQ(found(folder.load().errors),
            "conf.d/10.yaml:1:16 E0109; frontdesk.yaml:1:7 E0203; frontdesk.yaml:2:14 E0105; frontdesk.yaml:3:1 E0103; "
            "rules.d/10.yaml:3:19 E0204; rules.d/10.yaml:3:28 E0202");
}

TEST(Report, EveryMessageHasBothLanguagesAndFillsItsPlaces) {
  std::set<std::string> numbers;
  for (const auto& m : catalogue()) {
    EXPECT_TRUE(numbers.insert(number(m.code)).second) << number(m.code);
    for (const auto s : {m.en, m.zh, m.hint_en, m.hint_zh}) EXPECT_FALSE(s.empty()) << number(m.code);
    for (int i = 0; i < 4; ++i) {
      const std::string place = "{" + std::to_string(i) + "}";
      EXPECT_EQ(m.en.find(place) == std::string_view::npos, m.zh.find(place) == std::string_view::npos)
          << number(m.code);
    }
  }
}

// Whoever adds a phrase of ours to a message in English gives its Chinese too.
TEST(Report, ChineseMessagesHaveNoEnglishPhrases) {
  const std::regex phrase("\\b(an?|the|one of|more than) [a-z]{3,}");
  std::size_t seen = 0;
  for (const auto& table : {shape(), meaning(), before_a_chat(), rules_and_layers()})
    for (const auto& bad : table) {
      Folder folder;
      for (const auto& [name, text] : bad.files) folder.put(name, text);
      for (const auto& e : folder.load({Language::zh, {}}).errors) {
        ++seen;
        const bool ours = e.code != "E0108" && e.code != "E0403";  // what yaml-cpp and RE2 say is quoted
        EXPECT_FALSE(ours && std::regex_search(e.message + e.hint, phrase)) << text(e, Language::zh);
      }
    }
  EXPECT_GT(seen, 80U);
  EXPECT_TRUE(std::regex_search("应为 a map", phrase));
}

TEST(Nearest, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string> known{"vip", "online", "complaints"};
  EXPECT_EQ(nearest("vpi", known), "vip");
  EXPECT_EQ(nearest("onlin", known), "online");
  EXPECT_EQ(nearest("complaint", known), "complaints");
  EXPECT_EQ(nearest("phone", known), "");
  EXPECT_EQ(nearest("x", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest(std::string(10'000, 'x'), known), "");
}

}  // namespace
}  // namespace fd::config::testing
