// The command: exit codes, what goes where, languages. Against a control socket of the test's own.

#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>

#include "tests/unit/cli/running_cli.hpp"

namespace fd::cli {
namespace {

constexpr const char* queues_body =
    R"({"v":1,"at":1795507445000,"queues":[)"
    R"({"id":"phone","name":{"zh":"电话","en":"Phone"},"mode":"push","waiting":8,"oldest_at":1795507200000,"free":0,)"
    R"("paused":true,"reason":"line test"},)"
    R"({"id":"online","name":{"zh":"在线客服","en":"Online"},"mode":"push","waiting":12,"oldest_at":0,"free":3,)"
    R"("paused":false,"reason":""}]})";

TEST_F(Cli, QueuesAreATableWithChineseWidth) {
  daemon.answer("GET /v1/queues", 200, queues_body);
  EXPECT_EQ(run({"queues", "--lang", "zh"}), done);
  EXPECT_EQ(out,
            "队列    名称      方式  等待  最长等待  空闲客服  暂停  原因\n"
            "phone   电话      push     8      4:05         0  是    line test\n"
            "online  在线客服  push    12         -         3  否    -\n");
  EXPECT_EQ(err, "");
  EXPECT_EQ(run({"queues", "phone"}), done);
  EXPECT_NE(out.find("Phone"), std::string::npos);
  EXPECT_EQ(out.find("online"), std::string::npos);
}

TEST_F(Cli, JsonIsOneObjectWithTimesInUtc) {
  daemon.answer("GET /v1/queues", 200, queues_body);
  EXPECT_EQ(run({"queues", "phone", "--json"}), done);
  EXPECT_EQ(out, R"({"v":1,"at":"2026-11-24T08:04:05.000Z","queues":[{"id":"phone","name":{"zh":"电话","en":"Phone"},)"
                 R"("mode":"push","waiting":8,"oldest_at":"2026-11-24T08:00:00.000Z","free":0,"paused":true,)"
                 R"("reason":"line test"}]})"
                 "\n");
}

TEST_F(Cli, ExitCodes) {
  daemon.answer("GET /v1/queues", 200, queues_body);
  daemon.answer("GET /v1/contacts/none", 404, R"({"error":{"code":"not_found","message":"no such contact"}})");
  daemon.answer("GET /v1/contacts/secret", 403, R"({"error":{"code":"forbidden","message":"no"}})");
  daemon.answer("GET /v1/contacts/bad", 400, R"({"error":{"code":"bad_request","message":"no"}})");
  daemon.answer("GET /v1/contacts/odd", 200, "not JSON");
  daemon.answer("GET /v1/status", 503, R"({"error":{"code":"not_leading","message":"no router answers"}})");
  daemon.answer("POST /v1/queues/q/pause", 504, R"({"error":{"code":"outcome_unknown","message":"?"}})");
  EXPECT_EQ(run({"queues"}), 0);
  EXPECT_EQ(run({"status"}), 1);
  EXPECT_NE(err.find("not_leading"), std::string::npos);
  EXPECT_EQ(out, "");
  EXPECT_EQ(run({"contact", "odd"}), 1);
  EXPECT_EQ(run({"contact", "bad"}), 2);
  EXPECT_EQ(run({"contact", "secret"}), 4);
  EXPECT_EQ(run({"contact", "none"}), 5);
  EXPECT_EQ(run({"queues", "nosuch"}), 5);
  EXPECT_EQ(run({"queue", "q", "pause", "--reason", "r"}), 6);
  EXPECT_EQ(run({"queue", "silent", "pause", "--reason", "r"}), 6) << "sent, closed without an answer";
  EXPECT_EQ(run({"contact", "silent"}), 3) << "a question may simply be asked again";
  EXPECT_EQ(run({"status", "--socket", "/nowhere/control.sock"}), 3);
  EXPECT_NE(err.find("--socket"), std::string::npos) << "says how to mend it";
}

TEST_F(Cli, WrongUsageIsTwoAndSaysWhat) {
  for (const auto& args : std::vector<std::vector<std::string>>{{},
                                                                {"nosuch"},
                                                                {"contact"},
                                                                {"queue", "q", "pause"},
                                                                {"queue", "q", "burn", "--reason", "r"},
                                                                {"status", "--lang", "fr"},
                                                                {"status", "--nosuch"},
                                                                {"help", "nosuch"}}) {
    EXPECT_EQ(run(args), wrong_usage) << ::testing::PrintToString(args);
    EXPECT_NE(err, "");
    EXPECT_EQ(out, "");
  }
  EXPECT_TRUE(daemon.asked().empty());
}

TEST_F(Cli, ChangesCarryTheirReasonAndEncodeNames) {
  daemon.answer("POST /v1/queues/a%2Fb%20%E7%94%B5/resume", 200, R"({"v":1})");
  EXPECT_EQ(run({"queue", "a/b 电", "resume", "--reason", "测试 \"done\""}), done);
  EXPECT_EQ(out, "");
  EXPECT_NE(err, "");
  ASSERT_EQ(daemon.asked().size(), 1U);
  EXPECT_EQ(daemon.asked()[0].body, R"({"reason":"测试 \"done\""})");
  EXPECT_EQ(run({"--quiet", "queue", "a/b 电", "resume", "--reason", "r"}), done);
  EXPECT_EQ(err, "");
}

TEST_F(Cli, TheLanguageFollowsTheLocale) {
  EXPECT_EQ(run({"status", "--socket", "/nowhere"}), 3);
  EXPECT_TRUE(err.starts_with("No daemon")) << err;
  ::setenv("LC_MESSAGES", "zh_CN.UTF-8", 1);
  EXPECT_EQ(run({"status", "--socket", "/nowhere"}), 3);
  EXPECT_NE(err.find("守护进程"), std::string::npos);
  EXPECT_EQ(run({"--lang=en", "status", "--socket", "/nowhere"}), 3);
  EXPECT_TRUE(err.starts_with("No daemon")) << err;
  ::setenv("LC_ALL", "C", 1);
  EXPECT_EQ(run({"status", "--socket", "/nowhere"}), 3);
  EXPECT_TRUE(err.starts_with("No daemon")) << "LC_ALL wins";
}

TEST_F(Cli, TheEnvironmentNamesTheSocketAndTheFlagWins) {
  ::setenv("FRONTDESK_SOCKET", "/nowhere/else", 1);
  EXPECT_EQ(run({"status"}), 3);
  EXPECT_NE(err.find("/nowhere/else"), std::string::npos);
  daemon.answer("GET /v1/status", 200, R"({"v":1,"site":"main"})");
  EXPECT_EQ(run({"status", "--socket", daemon.path()}), done);
}

TEST_F(Cli, ColourOnlyOnATerminalAndNotWithNoColor) {
  daemon.answer("GET /v1/queues", 200, queues_body);
  run({"queues"});
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
  run({"queues"}, {}, true);
  EXPECT_NE(out.find('\x1b'), std::string::npos);
  ::setenv("NO_COLOR", "1", 1);
  run({"queues"}, {}, true);
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
  run({"queues", "--color", "always"});
  EXPECT_NE(out.find('\x1b'), std::string::npos);
}

TEST_F(Cli, ACustomersNameCannotDriveTheTerminal) {
  daemon.answer("GET /v1/contacts/x", 200, "{\"v\":1,\"id\":\"x\",\"kind\":\"\\u001b[2Jgone\\u202e\"}");
  EXPECT_EQ(run({"contact", "x"}), done);
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
  EXPECT_EQ(out.find("\xE2\x80\xAE"), std::string::npos);
  EXPECT_NE(out.find("[2Jgone"), std::string::npos);  // control: the text itself is there
}

TEST_F(Cli, ExplainSaysRulePlaceChoiceAndTimeline) {
  daemon.answer(
      "GET /v1/explain/20261124-000123", 200,
      R"({"v":1,"contact":"01KATJ3W00000000000000000A","case":"20261124-000123","queue":"vip",)"
      R"("rule":{"id":"vip-first","at":"rules.d/10-vip.yaml:3"},)"
      R"("key":{"band":0,"virtual_start":1795507200000,"head_start":300000},)"
      R"("decisions":[{"at":1795507240000,"winner":"a1024","strategy":"longest_idle","value":900,)"
      R"("runners_up":[{"agent":"a1031","value":300}],"excluded":{"capacity":3,"skill":1}},)"
      R"({"at":1795507220000,"winner":"","strategy":"longest_idle","value":null,"runners_up":[],"excluded":{"presence":5}}],)"
      R"("transitions":[{"at":1795507200000,"from":"","to":"queued","event":"message","reason":"","actor":""},)"
      R"({"at":1795507240000,"from":"queued","to":"offered","event":"offer","reason":"","actor":"router"}]})");
  EXPECT_EQ(run({"explain", "20261124-000123"}), done);
  for (const auto* text : {"vip-first at rules.d/10-vip.yaml:3", "vip", "head start", "5:00", "a1024", "longest_idle",
                           "agent a1031, value 300", "capacity 3, skill 1", "nobody", "presence 5", "queued  offered",
                           "2026-11-24 16:00:40 +0800"})
    EXPECT_NE(out.find(text), std::string::npos) << text << "\n" << out;
}

TEST_F(Cli, ExplainSaysWhyItStillWaits) {
  daemon.answer(
      "GET /v1/explain/c1", 200,
      R"({"v":1,"contact":"c1","case":"20261124-000123","queue":"vip","rule":"vip-first","place":4,)"
      R"("key":{"band":0,"virtual_start":1795507200000,"head_start":0},)"
      R"("waiting":{"a1024":"capacity","a1031":"skill zh 1 < 2","a1040":"eligible"},)"
      R"("path":[{"rule":"complaints","matched":false,"failed":"words"},{"rule":"vip-first","matched":true,"failed":""}],)"
      R"("attributes":{"url":"https://www.example.cn/"},"decisions":[],"transitions":[]})");
  EXPECT_EQ(run({"explain", "c1"}), done);
  for (const auto* text : {"place", "4", "why it waits", "a1024", "no free capacity", "skill zh 1 < 2",
                           "would get it now", "rules looked at", "complaints", "words", "https://www.example.cn/"})
    EXPECT_NE(out.find(text), std::string::npos) << text << "\n" << out;
  EXPECT_EQ(run({"explain", "c1", "--lang", "zh"}), done);
  for (const auto* text : {"当前位次", "为何仍在等待", "负荷已满", "检查过的规则", "渠道提供的信息"})
    EXPECT_NE(out.find(text), std::string::npos) << text << "\n" << out;
}

TEST_F(Cli, AContactSaysThatItsCustomerLeftAtOnce) {
  daemon.answer("GET /v1/contacts/c1", 200,
                R"({"v":1,"id":"c1","state":"closed","reason":"abandoned","short_abandon":true})");
  EXPECT_EQ(run({"contact", "c1"}), done);
  EXPECT_NE(out.find("left at once"), std::string::npos) << out;
  daemon.answer("GET /v1/contacts/c2", 200, R"({"v":1,"id":"c2","state":"closed","reason":"abandoned"})");
  EXPECT_EQ(run({"contact", "c2"}), done);
  EXPECT_EQ(out.find("left at once"), std::string::npos) << out;
}

TEST_F(Cli, StatusAndAgents) {
  daemon.answer("GET /v1/status", 200,
                R"({"v":1,"site":"main","router":"r1","epoch":3,"leading":true,"batch":7,"sequence":9,)"
                R"("at":1795507200000,"live":4,"waiting":2,"agents":{"available":3,"total":5},"ready":false})");
  EXPECT_EQ(run({"status"}), done);
  for (const auto* text : {"main", "r1", "3/5", "yes", "no", "2026-11-24 16:00:00 +0800"})
    EXPECT_NE(out.find(text), std::string::npos) << text << "\n" << out;
  daemon.answer("GET /v1/agents", 200,
                R"({"v":1,"agents":[{"id":"a1024","no":"1024","name":{"zh":"陈静","en":"Chen Jing"},)"
                R"("state":"away","reason":"meal","since":1795507200000,"used":25,"total":100,"attached":true,)"
                R"("counter":"3"}]})");
  EXPECT_EQ(run({"agents", "a1024"}), done);
  EXPECT_NE(out.find("Chen Jing"), std::string::npos);
  EXPECT_NE(out.find("25/100"), std::string::npos);
  EXPECT_EQ(run({"agents", "a9"}), not_found);
}

TEST_F(Cli, StatusSaysWhatStillHasToBeCarriedOutside) {
  daemon.answer("GET /v1/status", 200,
                R"({"v":1,"at":1795507200000,"outbox":{"sms":{"open":3,"adapters":0,"oldest_at":1795507140000},)"
                R"("mail":{"open":0,"adapters":1,"oldest_at":0}}})");
  EXPECT_EQ(run({"status"}), done);
  EXPECT_NE(out.find("to deliver: sms"), std::string::npos) << out;
  EXPECT_NE(out.find("3, the oldest for 1:00, adapters connected: 0"), std::string::npos) << out;
  EXPECT_EQ(out.find("mail"), std::string::npos) << "nothing is open there";
  EXPECT_EQ(run({"status", "--lang", "zh"}), done);
  EXPECT_NE(out.find("待送出：sms"), std::string::npos) << out;
  EXPECT_NE(out.find("3 条，最早已等 1:00，已连接适配器 0"), std::string::npos) << out;
}

TEST_F(Cli, ExplainSaysThatItsTimelineStoppedEarly) {
  const std::string body =
      R"({"v":1,"contact":"c1","key":{},"decisions":[],"transitions":[{"at":1795507200000,"from":"","to":"queued",)"
      R"("event":"message","reason":"","actor":""}])";
  daemon.answer("GET /v1/explain/c1", 200, body + R"(,"transitions_cut":true})");
  EXPECT_EQ(run({"explain", "c1"}), done);
  EXPECT_NE(out.find("stopped early"), std::string::npos) << out;
  EXPECT_EQ(run({"explain", "c1", "--lang", "zh"}), done);
  EXPECT_NE(out.find("未列完"), std::string::npos) << out;
  daemon.answer("GET /v1/explain/c1", 200, body + "}");  // control
  EXPECT_EQ(run({"explain", "c1"}), done);
  EXPECT_EQ(out.find("stopped early"), std::string::npos) << out;
}

TEST_F(Cli, CheckIsTheExecutablesOwn) {
  std::string called;
  context.config_file = "/etc/frontdesk/frontdesk.yaml";
  context.check = [&](const std::string& file, bool as_json, const std::string& lang) {
    called = file + (as_json ? " json " : " text ") + lang;
    return errors_found;
  };
  EXPECT_EQ(run({"check"}), errors_found);
  EXPECT_EQ(called, "/etc/frontdesk/frontdesk.yaml text en");
  EXPECT_EQ(run({"check", "x.yaml", "--json", "--lang", "zh"}), errors_found);
  EXPECT_EQ(called, "x.yaml json zh");
}

TEST_F(Cli, VersionAndHelp) {
  EXPECT_EQ(run({"version"}), done);
  EXPECT_EQ(out, "frontdesk 1.2.3\n");
  EXPECT_EQ(run({"version", "--json"}), done);
  EXPECT_EQ(out, "{\"v\":1,\"version\":\"1.2.3\"}\n");
  EXPECT_EQ(run({"--version"}), done);
  EXPECT_EQ(run({"help"}), done);
  EXPECT_NE(out.find("explain"), std::string::npos);
  EXPECT_EQ(run({"help", "queue"}), done);
  EXPECT_NE(out.find("--reason"), std::string::npos);
  EXPECT_EQ(run({"queue", "--help"}), done);
  EXPECT_NE(out.find("--reason"), std::string::npos);
}

TEST_F(Cli, WrongUsageIsToldInTheLanguageAskedFor) {
  for (const auto& args :
       std::vector<std::vector<std::string>>{{},
                                             {"nosuch"},
                                             {"status", "ONE", "TWO"},
                                             {"contact"},
                                             {"queue", "q", "pause"},
                                             {"queue", "q", "burn", "--reason", "r"},
                                             {"queue", "q", "pause", "--reason"},
                                             {"status", "--color", "red"},
                                             {"status", "--timeout", "0"},
                                             {"status", "--timeout", "soon"},
                                             {"agent"},
                                             {"agent", "set", "a1"},
                                             {"agent", "add", "a1", "--staff-no", "1"},
                                             {"device", "d", "--url", "http://h"},
                                             {"agent", "passwd", "a", "--generate", "--password-file", "x"}}) {
    auto chinese = args;
    chinese.insert(chinese.begin(), {"--lang", "zh"});
    EXPECT_EQ(run(chinese), wrong_usage);
    const auto said = err.substr(0, err.find("（frontdesk help"));
    EXPECT_FALSE(std::regex_search(said, std::regex("[A-Za-z]{2,} [a-z]{2,}"))) << said;
    EXPECT_EQ(run(args), wrong_usage);
    EXPECT_EQ(err.find("A subcommand"), std::string::npos) << err;
  }
}

TEST_F(Cli, DevicePrintsTheTokenOrAnAddress) {
  std::vector<std::string> asked;
  context.config_file = "/etc/frontdesk/frontdesk.yaml";
  context.state = "/var/lib/frontdesk";
  context.device = [&](const std::string& name, const std::string& file,
                       const std::string& state) -> std::variant<DeviceAccess, DeviceTrouble> {
    asked = {name, file, state};
    return DeviceAccess{"a/b+c", "https://service.example.cn/"};
  };
  EXPECT_EQ(run({"device", "kiosk-1"}), done);
  EXPECT_EQ(out, "a/b+c\n");
  EXPECT_EQ(err, "") << "a token is data, never words";
  EXPECT_EQ(asked, (std::vector<std::string>{"kiosk-1", "/etc/frontdesk/frontdesk.yaml", "/var/lib/frontdesk"}));
  EXPECT_EQ(run({"device", "kiosk-1", "--config", "f.yaml", "--state", "s", "--page", "kiosk"}), done);
  EXPECT_EQ(asked, (std::vector<std::string>{"kiosk-1", "f.yaml", "s"}));
  EXPECT_EQ(out, "https://service.example.cn/kiosk/?device=a%2Fb%2Bc\n");
  EXPECT_EQ(run({"device", "d", "--page", "display", "--url", "http://127.0.0.1:8080"}), done);
  EXPECT_EQ(out, "http://127.0.0.1:8080/display/?device=a%2Fb%2Bc\n");
  EXPECT_EQ(run({"device", "d", "--json", "--page", "display", "--url", "http://h"}), done);
  EXPECT_EQ(out, R"({"v":1,"name":"d","token":"a/b+c","url":"http://h/display/?device=a%2Fb%2Bc"})"
                 "\n");
  EXPECT_EQ(run({"device"}), wrong_usage);
  EXPECT_EQ(run({"device", "d", "--page", "desk"}), wrong_usage);
  EXPECT_EQ(run({"device", "d", "--url", "http://h"}), wrong_usage) << "an address of which page?";
  EXPECT_TRUE(daemon.asked().empty()) << "no daemon is needed";
}

TEST_F(Cli, DeviceSaysWhyThereIsNoToken) {
  using Kind = DeviceTrouble::Kind;
  struct Case {
    Kind kind;
    int code;
    const char *english, *chinese;
  };
  for (const auto& c :
       {Case{Kind::unknown, not_found, "kiosk-1, display-1", "walkin.devices"},
        Case{Kind::no_secret, failed, "--state", "--state"}, Case{Kind::unreadable, not_permitted, "root", "root"},
        Case{Kind::bad_config, failed, "frontdesk check f.yaml", "frontdesk check f.yaml"}}) {
    context.device = [&](const std::string&, const std::string&,
                         const std::string&) -> std::variant<DeviceAccess, DeviceTrouble> {
      return DeviceTrouble{c.kind, "kiosk-1, display-1"};
    };
    EXPECT_EQ(run({"device", "x", "--config", "f.yaml"}), c.code);
    EXPECT_NE(err.find(c.english), std::string::npos) << err;
    EXPECT_EQ(out, "");
    EXPECT_EQ(run({"device", "x", "--config", "f.yaml", "--lang", "zh"}), c.code);
    EXPECT_NE(err.find(c.chinese), std::string::npos) << err;
  }
}

}  // namespace
}  // namespace fd::cli
