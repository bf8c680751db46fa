// Layers, presets, what is derived, secrets, limits, environment, the canonical text.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json.hpp>

#include "config/document.hpp"
#include "config/settle.hpp"
#include "tests/unit/config/folder.hpp"

namespace fd::config::testing {
namespace {

using namespace std::chrono_literals;

Configuration good(const Folder& folder, const LoadOptions& options = {}) {
  auto result = folder.load(options);
  if (!result.configuration) throw std::runtime_error(all(result.errors));
  return std::move(*result.configuration);
}

TEST(Load, AnEmptyFileGivesAWorkingDepartment) {
  Folder folder;
  const auto c = good(folder.put("frontdesk.yaml", ""));
  EXPECT_EQ(c.redis.kind, Redis::Kind::managed);
  EXPECT_EQ(c.public_listener.port, 8080);
  EXPECT_EQ(c.internal_listener.port, 8081);
  EXPECT_EQ(c.engine.queues.size(), 5U);
  EXPECT_EQ(c.engine.queues.at(QueueName("counter")).mode, engine::Mode::pull);
  const auto& phone = c.engine.channels.at("phone");
  EXPECT_TRUE(phone.media);
  EXPECT_EQ(phone.cost, 100);
  EXPECT_EQ(phone.offer_deadline, Duration{20s});
  EXPECT_EQ(phone.missed_max, 1U);
  EXPECT_EQ(phone.ttl, Duration{2h});
  EXPECT_EQ(phone.wrapup, Duration{30s});
  EXPECT_EQ(phone.resume_window, Duration{300s});
  EXPECT_EQ(c.engine.channels.at("email").ttl, Duration{336h});
  EXPECT_EQ(c.engine.channels.at("email").paused_max, Duration{168h});
  EXPECT_TRUE(c.engine.channels.at("chat").presence);
  EXPECT_EQ(c.engine.channels.at("walkin").resume_window, Duration{1800s});
  EXPECT_TRUE(c.engine.channels.at("walkin").ttl_closes);
  EXPECT_EQ(c.rules.default_queue.str(), "online");
  EXPECT_TRUE(c.rules.rules.empty());
  EXPECT_EQ(c.desk.sockets.message_bytes_max, 64U * 1024);
  EXPECT_EQ(c.engine.zone.name(), "UTC");
  EXPECT_EQ(c.engine.site.str(), "main");
}

TEST(Load, AFileThatIsNotThere) {
  const Folder folder;
  const auto result = folder.load();
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].code, "E0101");
  EXPECT_EQ(result.errors[0].line, 0);
  EXPECT_FALSE(result.configuration);
  Folder directory;
  std::filesystem::create_directories(directory.main());
  EXPECT_EQ(directory.load().errors.at(0).code, "E0101");
}

TEST(Load, APresetIsWhatANamedEntryStartsFrom) {
  Folder folder;
  const auto c = good(folder.put(
      "frontdesk.yaml", "channels: {phone: {cost: 50}, letter: {ttl: 30d}}\nqueues: {online: {}, counter: {}}\n"));
  EXPECT_EQ(c.engine.channels.size(), 2U);
  EXPECT_EQ(c.engine.channels.at("phone").cost, 50);
  EXPECT_TRUE(c.engine.channels.at("phone").media);
  EXPECT_FALSE(c.engine.channels.at("letter").media);
  EXPECT_EQ(c.engine.queues.size(), 2U);
  EXPECT_EQ(c.engine.queues.at(QueueName("counter")).mode, engine::Mode::pull);
}

TEST(Load, MapsMergeListsAndScalarsReplace) {
  Folder folder;
  folder
      .put("frontdesk.yaml", "queues: {online: {max_wait: 1m}, vip: {}}\naway_reasons: [{id: a}, {id: b}]\nzone: UTC\n")
      .put("conf.d/10.yaml",
           "queues: {online: {strategy: top_down}, extra: {}}\naway_reasons: [{id: c}]\nzone: Asia/Shanghai\n")
      .put("conf.d/20.yaml", "away_reasons: [{id: d}]\n")
      .put("conf.d/notes.txt", "not: [read\n")
      .put("conf.d/.hidden.yaml", "not: [read\n");
  const auto c = good(folder);
  EXPECT_EQ(c.engine.queues.size(), 3U);
  EXPECT_EQ(c.engine.queues.at(QueueName("online")).max_wait, Duration{1min});
  EXPECT_EQ(c.engine.queues.at(QueueName("online")).strategy, engine::Strategy::top_down);
  ASSERT_EQ(c.engine.away_reasons.size(), 1U);
  EXPECT_EQ(c.engine.away_reasons[0].id, "d");
  EXPECT_EQ(c.engine.zone.name(), "Asia/Shanghai");
}

TEST(Load, AStepLowersAddsAndReplaces) {
  Folder folder;
  folder.put("frontdesk.yaml",
             "queues:\n  online:\n    steps:\n      - {after: 30s, needs: {zh: 1, en: 0}}\n"
             "      - {after: 1m, add: {vip: 2}}\n      - {after: 2m, replace: {}}\n");
  const auto c = good(folder);
  const auto& steps = c.engine.queues.at(QueueName("online")).steps;
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].needs, (std::vector<SkillNeed>{{"en", 0}, {"zh", 1}}));
  EXPECT_FALSE(steps[0].replace) << "not named: what was required stays";
  EXPECT_EQ(steps[1].add, (std::vector<SkillNeed>{{"vip", 2}}));
  EXPECT_EQ(steps[2].replace, std::vector<SkillNeed>{}) << "nothing is required any more";
}

TEST(Load, FilesOfConfDApplyInByteOrder) {
  Folder folder;
  folder.put("frontdesk.yaml", "")
      .put("conf.d/2.yaml", "kinds: [{id: from-2}]\n")
      .put("conf.d/10.yaml", "kinds: [{id: from-10}]\n");
  EXPECT_EQ(good(folder).engine.kinds.at(0).id, "from-2");  // "10" < "2"
}

TEST(Load, RulesComeInTheOrderOfFilesAndLines) {
  Folder folder;
  folder.put("frontdesk.yaml", "")
      .put("rules.d/20.yaml", "rules: [{id: c, when: {grade: C}, then: {queue: vip}}]\n")
      .put("rules.d/10.yaml",
           "rules:\n  - {id: a, when: {grade: A}, then: {queue: vip}}\n  - {id: b, when: {grade: B}, then: {queue: "
           "vip}}\n");
  const auto c = good(folder);
  ASSERT_EQ(c.rules.rules.size(), 3U);
  EXPECT_EQ(c.rules.rules[0].id, "a");
  EXPECT_EQ(c.rules.rules[1].id, "b");
  EXPECT_EQ(c.rules.rules[2].id, "c");
  EXPECT_EQ(c.rules.rules[1].at, (rules::Source{"rules.d/10.yaml", 3, 5}));
}

TEST(Load, RulesNestedTooDeep) {
  std::string open, close;
  for (int i = 0; i < 33; ++i) {
    open += "{not: [";
    close += "]}";
  }
  Folder shallow;  // inside YAML's own limit of levels only when flat enough: each `not` is two levels
  shallow.put("frontdesk.yaml", "")
      .put("rules.d/1.yaml", "rules: [{id: a, when: " + open + "{grade: A}" + close + ", then: {queue: vip}}]\n");
  EXPECT_EQ(shallow.load().errors.at(0).code, "E0111");
  std::string maps, ends;
  for (int i = 0; i < 40; ++i) {
    maps += "{not: ";
    ends += "}";
  }
  Folder deep;
  deep.put("frontdesk.yaml", "")
      .put("rules.d/1.yaml", "rules: [{id: a, when: " + maps + "{grade: A}" + ends + ", then: {queue: vip}}]\n");
  EXPECT_EQ(deep.load().errors.at(0).code, "E0407");
}

TEST(Load, SitesAndItsShortForm) {
  Folder brief, full;
  const auto a = good(brief.put("frontdesk.yaml", "redis: unix:/run/redis.sock\nzone: Asia/Shanghai\n"));
  const auto b =
      good(full.put("frontdesk.yaml", "sites: {main: {redis: unix:/run/redis.sock, zone: Asia/Shanghai}}\n"));
  EXPECT_EQ(a.redis.kind, Redis::Kind::unix_socket);
  EXPECT_EQ(a.redis.path, "/run/redis.sock");
  EXPECT_EQ(a.canonical, b.canonical);
  Folder north;
  EXPECT_EQ(good(north.put("frontdesk.yaml", "sites: {north: {}}\n")).engine.site.str(), "north");
}

TEST(Load, RedisAddresses) {
  Folder folder;
  const auto tcp = good(folder.put("frontdesk.yaml", "redis: redis://redis.example.cn:6380/\n")).redis;
  EXPECT_EQ(tcp.kind, Redis::Kind::tcp);
  EXPECT_EQ(tcp.host, "redis.example.cn");
  EXPECT_EQ(tcp.port, 6380);
  const auto v6 = good(folder.put("frontdesk.yaml", "redis: \"redis://[::1]\"\n")).redis;
  EXPECT_EQ(v6.host, "[::1]");
  EXPECT_EQ(v6.port, 6379);
  const auto user = good(folder.put("frontdesk.yaml", "redis: \"redis://front%40desk@10.0.0.5:6380/3\"\n")).redis;
  EXPECT_EQ(user.user, "front@desk");
  EXPECT_EQ(user.host, "10.0.0.5");
  EXPECT_EQ(user.port, 6380);
  EXPECT_EQ(user.database, 3);
  const auto socket = good(folder.put("frontdesk.yaml", "redis: unix://me@/run/redis.sock\n")).redis;
  EXPECT_EQ(socket.user, "me");
  EXPECT_EQ(socket.path, "/run/redis.sock");
}

TEST(Load, TheRedisPasswordComesFromAFileOrACredentialAndIsNeverShown) {
  Folder folder;
  folder.put("frontdesk.yaml",
             "redis: {address: redis://me@10.0.0.5, password: {file: pw}, allow_weak: true, managed: {binary: /x}}\n");
  const auto c = good(folder.put("pw", "geheim\n", true));
  EXPECT_EQ(c.redis.password, "geheim");
  EXPECT_EQ(c.redis.password_from, "file: pw");
  EXPECT_TRUE(c.redis.allow_weak);
  EXPECT_EQ(c.redis.binary, "/x");
  EXPECT_EQ(c.canonical.find("geheim"), std::string::npos);
  EXPECT_NE(c.canonical.find("\"password\":\"{file: pw}\""), std::string::npos);
  folder.put("frontdesk.yaml", "sites: {main: {redis: {address: unix:/r, password: {credential: redis}}}}\n");
  folder.put("frontdesk_redis", "p", true);
  const auto d = good(folder, {Language::en, {{"CREDENTIALS_DIRECTORY", folder.path().string()}}});
  EXPECT_EQ(d.redis.password, "p");
  EXPECT_EQ(d.redis.password_from, "credential: redis");
  folder.put("frontdesk.yaml", "redis: {address: managed, password: {file: pw}}\n");
  EXPECT_EQ(folder.load().errors.at(0).code, "E0217");
}

TEST(Load, NoErrorRepeatsThePasswordOfAnAddress) {
  for (const char* address : {"redis://me:geheim@10.0.0.5", "rediss://me:geheim@h", "redis://me:geheim@h:x"}) {
    Folder folder;
    const auto result = folder.put("frontdesk.yaml", std::string("redis: ") + address + "\n").load();
    ASSERT_EQ(result.errors.size(), 1U);
    EXPECT_EQ(text(result.errors[0], Language::en).find("geheim"), std::string::npos);
    EXPECT_NE(result.errors[0].hint.find("password: {file: /path}"), std::string::npos);
  }
}

TEST(Load, WhatIsDerived) {
  Folder folder;
  folder
      .put("frontdesk.yaml",
           "public_url: https://s.example.cn/\ninternal_url: http://desk.lan\ncustomers: {vip: [C1, C2]}\n"
           "bus: {endpoint: \"ipc:/run/bus.ipc\", window_intake: 7, heartbeat: 1s}\n"
           "walkin: {services: {repair: {prefix: A, queue: counter}, returns: {prefix: B, queue: counter}}}\n"
           "desk: {session_life: 90m}\nqueues: {vip: {parallel_offers: 3}, online: {}, counter: {mode: pull}}\n")
      .put("agents.yaml",
           "agents:\n  - {id: a1, staff_no: \"1024\", teams: [{queue: vip, rank: 2, delay: 5s}], skills: {zh: 2}}\n");
  const auto c = good(folder);
  EXPECT_TRUE(c.http_public.secure);
  EXPECT_FALSE(c.http_internal.secure);
  EXPECT_EQ(c.chat.public_url, "https://s.example.cn");
  EXPECT_EQ(c.walkin.public_url, "https://s.example.cn");
  EXPECT_EQ(c.desk.public_url, "http://desk.lan");
  EXPECT_FALSE(c.desk.secure);
  EXPECT_EQ(c.grades.at("C2"), "VIP");
  EXPECT_EQ(c.bus_edge.endpoints, (std::vector<std::string>{"ipc:///run/bus.ipc"}));
  EXPECT_EQ(c.bus_router.endpoints, c.bus_edge.endpoints);
  EXPECT_EQ(c.bus_edge.window_intake, 7U);
  EXPECT_EQ(c.bus_router.heartbeat, 1000ms);
  EXPECT_EQ(c.engine.services.at("returns").prefix, "B");
  EXPECT_EQ(c.walkin.services.at(0).id, "repair");
  const auto& account = c.engine.roster.at(AgentId("a1"));
  EXPECT_EQ(account.teams, (std::vector<engine::TeamMembership>{{QueueName("vip"), 2, Duration{5s}}}));
  EXPECT_EQ(account.skills.at("zh"), 2);
  EXPECT_EQ(c.desk.accounts.at("1024").agent.str(), "a1");
  EXPECT_EQ(c.engine.session_life, Duration{90min}) << "the router ends what the edge's cookie promises";
  EXPECT_EQ(c.engine.queues.at(QueueName("vip")).parallel_offers, 3U);
}

TEST(Load, TheSocketsOfBothSidesTakeTheirLimits) {
  Folder folder;
  const auto c = good(
      folder.put("frontdesk.yaml",
                 "sockets:\n  customers: {message_bytes_max: 20KiB, outbox_bytes_max: 100KiB, ping_every: 7s, "
                 "dead_after: 21s, handshake_time_max: 3s}\n  desk: {message_bytes_max: 96KiB, ping_every: 5s}\n"));
  const http::SocketLimits customers{20 * 1024, 100 * 1024, 7s, 21s, 3s};
  EXPECT_EQ(c.chat.sockets, customers);
  EXPECT_EQ(c.walkin.sockets, customers);
  const http::SocketLimits desk{96 * 1024, 4096 * 1024, 5s, 30s, 10s};
  EXPECT_EQ(c.desk.sockets, desk);
}

TEST(Canonical, FollowsValuesNotTheirFilesAndHidesSecrets) {
  const std::string hash = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA";
  Folder one, two, three;
  one.put("frontdesk.yaml", "transfers_max: 4\nzone: UTC\n")
      .put("agents.yaml", "agents: [{id: a, staff_no: \"1\", password: \"" + hash + "\"}]\n");
  two.put("frontdesk.yaml", "# the same\n\nzone: \"UTC\"\n")
      .put("conf.d/1.yaml", "transfers_max: 4\n")
      .put("agents.yaml", "agents: [{staff_no: \"1\", id: a}]\n");
  three.put("frontdesk.yaml", "transfers_max: 5\n").put("agents.yaml", "agents: [{staff_no: \"1\", id: a}]\n");
  const auto a = good(one), b = good(two), c = good(three);
  EXPECT_EQ(a.canonical, b.canonical);
  EXPECT_EQ(a.hash, b.hash);
  EXPECT_NE(a.hash, c.hash);
  EXPECT_EQ(a.hash, sha256_hex(a.canonical));
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2
  EXPECT_EQ(a.canonical.find("argon2id"), std::string::npos);
  EXPECT_EQ(boost::json::parse(a.canonical).at("transfers_max").as_int64(), 4);

  Folder secret;
  secret.put("k", "geheim-geheim-geheim\n", true)
      .put("frontdesk.yaml", "chat: {websites: {a.b: {origins: [], secret: {file: k}}}}\n");
  const auto d = good(secret);
  EXPECT_EQ(d.chat.websites.at("a.b").secret, "geheim-geheim-geheim");
  EXPECT_EQ(d.canonical.find("geheim"), std::string::npos);
  EXPECT_NE(d.canonical.find("\"secret\":\"{file: k}\""), std::string::npos);
}

TEST(Canonical, RulesAndAccountsAreIn) {
  Folder a, b, c;
  a.put("frontdesk.yaml", "").put("rules.d/1.yaml", "rules: [{id: a, when: {words: [x]}, then: {queue: vip}}]\n");
  b.put("frontdesk.yaml", "").put("rules.d/1.yaml", "rules: [{id: a, when: {words: [z]}, then: {queue: vip}}]\n");
  c.put("frontdesk.yaml", "").put("rules.d/1.yaml", "rules: [{id: a, when: {words: [x]}, then: {queue: online}}]\n");
  EXPECT_NE(good(a).hash, good(b).hash);
  EXPECT_NE(good(a).hash, good(c).hash);
  Folder d, e;
  d.put("frontdesk.yaml", "").put("agents.yaml", "agents: [{id: a, staff_no: \"1\"}]\n");
  e.put("frontdesk.yaml", "").put("agents.yaml", "agents: [{id: a, staff_no: \"1\", disabled: true}]\n");
  EXPECT_NE(good(d).hash, good(e).hash);
}

TEST(Canonical, OtherAccountsGiveWhatALoadWithThemGives) {
  Folder folder;
  folder.put("frontdesk.yaml", "company: 示例\ntransfers_max: 4\n");
  auto running = good(folder);
  const auto before = running.hash;
  folder.put("agents.yaml",
             "agents:\n  - {id: b, staff_no: \"2\", skills: {zh: 3}}\n  - {id: a, staff_no: \"1\", disabled: true}\n");
  const auto fresh = good(folder);
  take_roster(running, fresh.engine.roster);
  EXPECT_EQ(running.canonical, fresh.canonical);
  EXPECT_EQ(running.hash, fresh.hash);
  EXPECT_NE(running.hash, before);
}

TEST(Secrets, FilesOthersMayReadAreRefused) {
  Folder folder;
  folder.put("k", "geheim-geheim-geheim\n")
      .put("frontdesk.yaml", "chat: {websites: {d: {origins: [], secret: {file: k}}}}\n");
  const auto errors = folder.load().errors;
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, "E0303");
  EXPECT_EQ(errors[0].hint, "chmod 600 k");
  ::chmod((folder.path() / "k").c_str(), 0600);
  EXPECT_TRUE(folder.load().errors.empty());
}

TEST(Secrets, CredentialsOfSystemd) {
  Folder folder, credentials;
  credentials.put("frontdesk_site", "from-systemd-0123\n", true);
  folder.put("frontdesk.yaml",
             "chat: {websites: {d: {origins: [], secret: {credential: site}}}}\nwalkin: {devices: {k: {token: "
             "{credential: site}}, l: {}}}\n");
  const auto c = good(folder, {Language::en, {{"CREDENTIALS_DIRECTORY", credentials.path().string()}}});
  EXPECT_EQ(c.chat.websites.at("d").secret, "from-systemd-0123");
  EXPECT_EQ(c.walkin.devices.at("k"), "from-systemd-0123");
  EXPECT_EQ(c.walkin.devices.at("l"), "");
}

TEST(Environment, UnknownVariablesOfOursAreErrors) {
  Folder folder;
  folder.put("frontdesk.yaml", "");
  const auto result = folder.load({Language::en, {{"FRONTDESK_CONFIG", "x"}, {"FRONTDESK_SOKET", "x"}, {"HOME", "/"}}});
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(
      text(result.errors[0], Language::en),
      "environment: error[E0301]: unknown environment variable FRONTDESK_SOKET; did you mean \"FRONTDESK_SOCKET\"?\n"
      "  hint: settings come from files only; known: FRONTDESK_CONFIG, FRONTDESK_SOCKET, FRONTDESK_URL\n");
  EXPECT_TRUE(folder.load({Language::en, {{"FRONTDESK_URL", "x"}}}).errors.empty());
  EXPECT_EQ(process_environment().count("PATH"), 1U);
}

std::string code_of(const std::string& text) {
  Report report;
  const auto node = parse_document(text, "x.yaml", report);
  const auto errors = report.errors(Language::en);
  EXPECT_EQ(errors.empty(), node.has_value());
  return errors.empty() ? "" : errors.front().code;
}

TEST(Limits, DepthSizeAliasesAndKeys) {
  EXPECT_EQ(code_of(std::string(50, '[') + std::string(50, ']')), "");
  EXPECT_EQ(code_of(std::string(51, '[') + std::string(51, ']')), "E0111");
  EXPECT_EQ(code_of(std::string(100'000, '[')), "E0111");
  EXPECT_EQ(code_of("a: " + std::string(5'000'000, 'x')), "E0111");
  std::string keys;
  for (std::size_t i = 0; i <= keys_max; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(code_of(keys), "E0111");
  std::string aliases = "a: &a x\nb: [";
  for (std::size_t i = 0; i <= aliases_max; ++i) aliases += "*a,";
  EXPECT_EQ(code_of(aliases + "]"), "E0111");
  EXPECT_EQ(code_of("a: &a [*a]\n"), "E0111");
  std::string bomb = "a0: &a0 [x]\n";  // ten to the ninth values in 200 bytes
  for (int i = 1; i < 10; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += "*a" + std::to_string(i - 1) + ",";
    bomb += "]\n";
  }
  EXPECT_EQ(code_of(bomb), "E0111");
}

TEST(Limits, AliasesStandForWhatTheyName) {
  Report report;
  const auto node = parse_document("a: &x {b: 1}\nc: *x\n", "x.yaml", report);
  ASSERT_TRUE(node);
  EXPECT_EQ(node->find("c")->value.find("b")->value.text, "1");
}

}  // namespace
}  // namespace fd::config::testing
