// `frontdesk agent`: what is asked, what is written, what is said.

#include <chrono>
#include <fstream>

#include "tests/unit/cli/running_cli.hpp"

namespace fd::cli {
namespace {

using Accounts = Cli;

const std::vector<std::string> add{"agent",     "add",        "a1099",  "--staff-no",  "1099",   "--name", "赵敏",
                                   "--name-en", "Zhao Min",   "--team", "online:2:30", "--team", "vip",    "--skill",
                                   "english:3", "--capacity", "200",    "--channel",   "chat"};

std::vector<std::string> with(std::vector<std::string> args, const std::vector<std::string>& more) {
  args.insert(args.end(), more.begin(), more.end());
  return args;
}

TEST_F(Accounts, AgentAddWritesTheAccountAndTellsTheDaemon) {
  daemon.answer("POST /v1/roster", 200, R"({"v":1})");
  EXPECT_EQ(run(add, "correct horse\ncorrect horse\n", true), done) << err;
  ASSERT_EQ(added.size(), 1U);
  const auto& account = added[0];
  EXPECT_EQ(account.id, "a1099");
  EXPECT_EQ(account.staff_no, "1099");
  EXPECT_EQ(account.name_zh, "赵敏");
  EXPECT_EQ(account.name_en, "Zhao Min");
  EXPECT_TRUE(account.fresh);
  EXPECT_EQ(account.role, std::nullopt);
  ASSERT_EQ(account.teams->size(), 2U);
  EXPECT_EQ(account.teams->at(0).queue, "online");
  EXPECT_EQ(account.teams->at(0).rank, 2);
  EXPECT_EQ(account.teams->at(0).delay_s, 30);
  EXPECT_EQ(account.teams->at(1).rank, 1);
  EXPECT_EQ(account.skills->at("english"), 3);
  EXPECT_EQ(account.capacity, 200);
  EXPECT_EQ(account.channels, (std::vector<std::string>{"chat"}));
  EXPECT_EQ(account.password, "hash-of:correct horse");
  EXPECT_EQ((out + err).find("correct"), std::string::npos) << "the password is shown nowhere";
  EXPECT_EQ(daemon.asked().at(0).line, "POST /v1/roster");
}

TEST_F(Accounts, APasswordMustBeTypedTwiceAndBeLong) {
  EXPECT_EQ(run(add, "correct horse\ncorrect house\n", true), failed);
  EXPECT_EQ(run(add, "short\nshort\n", true), failed);
  EXPECT_TRUE(added.empty());
  EXPECT_TRUE(daemon.asked().empty());
}

TEST_F(Accounts, WithoutATerminalNothingIsAsked) {
  EXPECT_EQ(run(add, "correct horse\ncorrect horse\n"), wrong_usage);
  EXPECT_NE(err.find("--password-file"), std::string::npos);
  EXPECT_TRUE(added.empty());
}

TEST_F(Accounts, PasswordsComeFromAFileOrStandardInput) {
  const std::string file = daemon.path() + ".password";
  std::ofstream(file) << "from the file\nsecond line\n";
  EXPECT_EQ(run(with(add, {"--password-file", file})), outcome_unknown) << "no answer to /v1/roster";
  EXPECT_EQ(added.at(0).password, "hash-of:from the file");
  ::unlink(file.c_str());
  EXPECT_EQ(run(with(add, {"--password-file", file})), failed);
  EXPECT_EQ(added.size(), 1U);
  daemon.answer("POST /v1/roster", 200, R"({"v":1})");
  EXPECT_EQ(run(with(add, {"--password-file", "-"}), "from the pipe\r\n"), done);
  EXPECT_EQ(added.at(1).password, "hash-of:from the pipe");
}

TEST_F(Accounts, AGeneratedPasswordIsPrintedOnce) {
  daemon.answer("POST /v1/roster", 200, R"({"v":1})");
  EXPECT_EQ(run(with(add, {"--generate"})), done);
  const auto password = out.substr(0, out.size() - 1);
  EXPECT_EQ(password.size(), 20U);
  EXPECT_EQ(added.at(0).password, "hash-of:" + password);
  EXPECT_EQ(err.find(password), std::string::npos);
  EXPECT_EQ(run(with(add, {"--generate"})), done);
  EXPECT_NE(out.substr(0, out.size() - 1), password);
  EXPECT_EQ(run(with(add, {"--generate", "--password-file", "x"})), wrong_usage);
}

TEST_F(Accounts, WithoutADaemonTheAccountWaits) {
  context.socket = "/nowhere/control.sock";
  EXPECT_EQ(run(with(add, {"--generate"})), done);
  EXPECT_NE(err.find("next start"), std::string::npos);
}

TEST_F(Accounts, WhetherTheDaemonTookItMayBeUnknown) {
  daemon.answer("POST /v1/roster", 504, R"({"error":{"code":"outcome_unknown","message":"no answer in time"}})");
  EXPECT_EQ(run({"agent", "disable", "a1"}), outcome_unknown);
  EXPECT_NE(err.find("not known"), std::string::npos) << err;
  EXPECT_EQ(err.find("did not take it"), std::string::npos) << err;
  daemon.answer("POST /v1/roster", 422, R"({"error":{"code":"bad_accounts","message":"agents.yaml:3:5"}})");
  EXPECT_EQ(run({"agent", "disable", "a1"}), failed);
  EXPECT_NE(err.find("did not take it"), std::string::npos) << err;
}

// A daemon that takes the connection and says nothing.
TEST_F(Accounts, TheDaemonIsWaitedForAsLongAsAsked) {
  const std::string silent = daemon.path() + ".silent";
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, silent.c_str(), silent.size() + 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(run({"agent", "disable", "a1", "--timeout", "0.1", "--socket", silent}), outcome_unknown);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(9)) << "not the 10 s of the default";
  ::close(fd);
  ::unlink(silent.c_str());
}

TEST_F(Accounts, WrongAccountsAreRefusedBeforeAnythingIsAsked) {
  for (const auto& more : std::vector<std::vector<std::string>>{{"--team", "q:x"},
                                                                {"--team", "q:1:x"},
                                                                {"--team", "q:1:2:3"},
                                                                {"--team", ""},
                                                                {"--skill", "english"},
                                                                {"--skill", "english:much"}}) {
    EXPECT_EQ(run(with(with(add, {"--generate"}), more)), wrong_usage) << more[1];
    EXPECT_NE(err.find(more[0]), std::string::npos);
  }
  EXPECT_EQ(run({"agent", "add", "a1", "--staff-no", "1", "--generate"}), wrong_usage) << "no name";
  EXPECT_EQ(run(with(with(add, {"--generate"}), {"--agents-file", "broken.yaml"})), failed);
  EXPECT_TRUE(added.empty());
}

TEST_F(Accounts, AgentVerbsChangeWhatTheyNameAndNothingElse) {
  daemon.answer("POST /v1/roster", 200, R"({"v":1})");
  EXPECT_EQ(run({"agent", "set", "a1", "--role", "agent", "--team", "vip"}), done) << err;
  EXPECT_EQ(added.at(0).role, "agent");
  EXPECT_EQ(added[0].teams->size(), 1U);
  EXPECT_FALSE(added[0].fresh || added[0].staff_no || added[0].name_zh || added[0].skills || added[0].capacity ||
               added[0].channels || added[0].password || added[0].disabled);
  EXPECT_EQ(run({"agent", "disable", "a1"}), done);
  EXPECT_EQ(added.at(1).disabled, true);
  EXPECT_FALSE(added[1].role || added[1].teams || added[1].password);
  EXPECT_EQ(run({"agent", "enable", "a1", "--json"}), done);
  EXPECT_EQ(added.at(2).disabled, false);
  EXPECT_EQ(out, "{\"v\":1,\"id\":\"a1\"}\n");
  EXPECT_EQ(run({"agent", "passwd", "a1", "--password-file", "-"}, "another horse\n"), done);
  EXPECT_EQ(added.at(3).password, "hash-of:another horse");
  EXPECT_FALSE(added[3].fresh || added[3].disabled);
  EXPECT_EQ(daemon.asked().size(), 4U);
  EXPECT_EQ(run({"agent", "set", "a1"}), wrong_usage) << "nothing to change";
  EXPECT_EQ(run({"agent", "disable", "nobody"}), not_found);
  EXPECT_NE(err.find("nobody"), std::string::npos);
  EXPECT_EQ(added.size(), 4U);
}

TEST_F(Accounts, AccountsAndConfigurationStandSideBySide) {
  context.socket = "/nowhere/control.sock";
  EXPECT_EQ(run({"agent", "disable", "a1"}), done);
  EXPECT_EQ(files, (std::vector<std::string>{"/etc/frontdesk/agents.yaml", "/etc/frontdesk/frontdesk.yaml", "en"}));
  EXPECT_EQ(run({"agent", "disable", "a1", "--agents-file", "/x/agents.yaml", "--lang", "zh"}), done);
  EXPECT_EQ(files, (std::vector<std::string>{"/x/agents.yaml", "/x/frontdesk.yaml", "zh"}));
  EXPECT_EQ(run({"agent", "disable", "a1", "--config", "/y/desk.yaml"}), done);
  EXPECT_EQ(files, (std::vector<std::string>{"/y/agents.yaml", "/y/desk.yaml", "en"}));
}

}  // namespace
}  // namespace fd::cli
