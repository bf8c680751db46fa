// Accounts and the root secret: files with modes, written whole; keys that do not tell of one another.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>
#include <thread>

#include "config/accounts.hpp"
#include "config/devices.hpp"
#include "config/file.hpp"
#include "config/secrets.hpp"
#include "tests/unit/config/folder.hpp"

namespace fd::config::testing {
namespace {

mode_t mode(const std::filesystem::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 07777;
}

engine::Account account(const std::string& id, const std::string& staff_no) {
  engine::Account a;
  a.id = AgentId(id);
  a.staff_no = staff_no;
  a.name = {{"zh", "张三"}, {"en", "Zhang \"San\" \\ #1: {x}"}};
  a.role = engine::Role::supervisor;
  a.teams = {{QueueName("vip"), 1, Duration{0}}, {QueueName("online"), 2, Duration{90'000}}};
  a.skills = {{"zh", 3}, {"en", 1}};
  a.capacity = 80;
  a.channels = {"chat"};
  return a;
}

const std::string some_hash = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA";

std::vector<Error> shape_only(const std::string& text) { return judge_accounts(text, Language::en); }

AccountsWritten add_account(const std::filesystem::path& path, const engine::Account& account,
                            const std::string& password_hash) {
  return change_accounts(
      path, Language::en,
      [&](std::vector<StoredAccount>& list) {
        list.push_back({account, password_hash});
        return true;
      },
      shape_only);
}

TEST(Accounts, WhatIsWrittenIsReadBack) {
  const Folder folder;
  const auto path = folder.path() / "agents.yaml";
  EXPECT_TRUE(read_accounts(path).list.empty());
  auto first = account("a1", "007");
  auto second = account("no", "1e3");
  second.teams.clear();
  second.skills.clear();
  second.channels.clear();
  second.disabled = true;
  EXPECT_TRUE(add_account(path, first, some_hash).done());
  EXPECT_TRUE(add_account(path, second, some_hash).done());
  const auto read = read_accounts(path);
  ASSERT_TRUE(read.errors.empty()) << all(read.errors);
  ASSERT_EQ(read.list.size(), 2U);
  EXPECT_EQ(read.list[0].account, first);
  EXPECT_EQ(read.list[1].account, second);
  EXPECT_EQ(read.list[0].password, some_hash);
  EXPECT_EQ(mode(path), 0600U);
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".new"));
}

TEST(Accounts, TheSameIdOrNumberIsRefusedAndNothingWritten) {
  const Folder folder;
  const auto path = folder.path() / "agents.yaml";
  ASSERT_TRUE(add_account(path, account("a", "1"), some_hash).done());
  const auto before = slurp(path);
  EXPECT_FALSE(add_account(path, account("a", "2"), some_hash).done());
  EXPECT_FALSE(add_account(path, account("b", "1"), some_hash).done());
  EXPECT_EQ(slurp(path), before);
}

TEST(Accounts, AFaultyFileIsNotOverwritten) {
  Folder folder;
  folder.put("agents.yaml", "agents: [{id: a}]\n");
  const auto failed = add_account(folder.path() / "agents.yaml", account("b", "2"), some_hash);
  EXPECT_NE(all(failed.errors).find("agents.yaml:1:10: error[E0112]"), std::string::npos) << all(failed.errors);
  EXPECT_EQ(slurp(folder.path() / "agents.yaml"), "agents: [{id: a}]\n");
}

TEST(Accounts, ReadAgainTheirQueuesAndChannelsAreLookedUp) {
  Folder folder;
  folder.put("frontdesk.yaml", "")
      .put("agents.yaml", "agents: [{id: a, staff_no: \"1\", teams: [{queue: vpi}], channels: [chat, caht]}]\n");
  const auto path = folder.path() / "agents.yaml";
  EXPECT_TRUE(read_accounts(path).errors.empty());
  engine::Settings known;
  known.queues[QueueName("vip")] = {};
  known.channels["chat"] = {};
  const auto errors = read_accounts(path, Language::en, &known).errors;
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].code + errors[1].code, "E0204E0201");
}

TEST(Accounts, TheWholeNewTextIsJudgedByTheConfigurationBeforeItIsWritten) {
  Folder folder;
  folder.put("frontdesk.yaml", "queues: {vip: {}, online: {}}\n");
  const auto path = folder.path() / "agents.yaml";
  ASSERT_TRUE(add_account(path, account("a", "1"), some_hash).done());
  const auto before = slurp(path);
  const auto judge = [&](const std::string& text) {
    LoadOptions options;
    options.accounts = text;
    return folder.load(options).errors;
  };
  const auto change = [&](const auto& how) {
    return change_accounts(
        path, Language::en,
        [&](std::vector<StoredAccount>& list) {
          how(list.at(0).account);
          return true;
        },
        judge);
  };
  for (const auto& [code, how] : std::vector<std::pair<std::string, std::function<void(engine::Account&)>>>{
           {"E0204", [](auto& a) { a.teams[0].queue = QueueName("vpi"); }},
           {"E0201", [](auto& a) { a.channels = {"caht"}; }},
           {"E0109", [](auto& a) { a.teams[0].delay = std::chrono::hours{2}; }},
           {"E0109", [](auto& a) { a.teams[0].rank = 0; }},
           {"E0109", [](auto& a) { a.skills["zh"] = 10; }},
           {"E0109", [](auto& a) { a.capacity = 0; }},
           {"E0116", [](auto& a) { a.staff_no = "a b"; }}}) {
    const auto refused = change(how);
    EXPECT_NE(all(refused.errors).find(code), std::string::npos) << code << all(refused.errors);
    EXPECT_EQ(slurp(path), before);
  }
  EXPECT_TRUE(change([](auto& a) { a.disabled = true; }).done());
  EXPECT_TRUE(folder.load().errors.empty());
  EXPECT_TRUE(read_accounts(path).list.at(0).account.disabled);
  EXPECT_FALSE(change_accounts(
                   path, Language::en, [](auto&) { return false; }, judge)
                   .found);
}

TEST(Accounts, TwoCommandsAtOnceBothCount) {
  const Folder folder;
  const auto path = folder.path() / "agents.yaml";
  std::vector<std::thread> commands;
  for (int i = 0; i < 8; ++i)
    commands.emplace_back([&, i] {
      EXPECT_TRUE(add_account(path, account("a" + std::to_string(i), std::to_string(i)), some_hash).done());
    });
  for (auto& command : commands) command.join();
  EXPECT_EQ(read_accounts(path).list.size(), 8U);
}

TEST(Accounts, AFolderThatCannotBeWritten) {
  EXPECT_FALSE(add_account("/proc/agents.yaml", account("a", "1"), some_hash).done());
}

TEST(Passwords, AreArgon2idWith64MiBAndThreePasses) {
  const auto hash = hash_password("correct horse");
  EXPECT_EQ(hash.rfind("$argon2id$v=19$m=65536,t=3,p=1$", 0), 0U) << hash;
  EXPECT_NE(hash, hash_password("correct horse"));  // salted
  EXPECT_TRUE(password_fits("correct horse", hash));
  EXPECT_FALSE(password_fits("correct horsf", hash));
  EXPECT_FALSE(password_fits("", "nonsense"));
}

TEST(Files, WriteNewRefusesWhatIsThere) {
  const Folder folder;
  const auto path = folder.path() / "x";
  EXPECT_EQ(write_new(path, "one", 0600), std::nullopt);
  EXPECT_NE(write_new(path, "two", 0600), std::nullopt);
  EXPECT_EQ(slurp(path), "one");
  EXPECT_EQ(replace_file(path, "three", 0640), std::nullopt);
  EXPECT_EQ(slurp(path), "three");
  EXPECT_EQ(mode(path), 0640U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(RootSecret, IsMadeOnceAndKept) {
  const Folder folder;
  const auto first = RootSecret::open(folder.path(), "");
  ASSERT_TRUE(first);
  EXPECT_EQ(mode(folder.path() / "root-secret"), 0600U);
  EXPECT_EQ(std::filesystem::file_size(folder.path() / "root-secret"), 32U);
  const auto again = RootSecret::open(folder.path(), "");
  ASSERT_TRUE(again);
  EXPECT_EQ((*first).key("visitor"), (*again).key("visitor"));
  const Folder other;
  EXPECT_NE((*first).key("visitor"), (*RootSecret::open(other.path(), "")).key("visitor"));
}

TEST(RootSecret, IsNotMadeAnewOverData) {
  const Folder folder;
  std::filesystem::create_directories(folder.path() / "redis");
  ASSERT_TRUE(RootSecret::open(folder.path(), "")) << "control: the directory is empty";
  std::filesystem::remove(folder.path() / "root-secret");
  std::filesystem::create_directories(folder.path() / "redis/appendonlydir");
  const auto lost = RootSecret::open(folder.path(), "");
  ASSERT_FALSE(lost);
  EXPECT_NE(lost.error().text.find((folder.path() / "root-secret").string()), std::string::npos) << lost.error().text;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "root-secret"));
}

TEST(RootSecret, KeysFollowTheLabel) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(0x0b);
  const RootSecret root(bytes);
  std::set<std::string> keys;
  for (const char* label : {"visitor", "ticket", "id", "pepper", "device", "device:kiosk-1", "device:kiosk-2"}) {
    EXPECT_EQ(root.key(label).size(), 32U);
    EXPECT_TRUE(keys.insert(root.key(label)).second) << label;
  }
  EXPECT_EQ(root.device_token("kiosk-1").size(), 32U);
  EXPECT_NE(root.device_token("kiosk-1"), root.device_token("kiosk-2"));
  // printf visitor | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b0b… (32 times)
  std::string hex;
  for (const char c : root.key("visitor")) {
    hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
    hex += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
  }
  EXPECT_EQ(hex, "eefa4b5e2f64d6e9cfd6fa20cc77daec6121eae964b43ce56e27eebe030b0978");
}

TEST(RootSecret, CredentialsComeFirst) {
  Folder state, credentials;
  credentials.put("frontdesk_root-secret", std::string(32, 'r'), true);
  const auto root = RootSecret::open(state.path(), credentials.path().string());
  ASSERT_TRUE(root);
  EXPECT_FALSE(std::filesystem::exists(state.path() / "root-secret"));
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill('r');
  EXPECT_EQ((*root).key("id"), RootSecret(bytes).key("id"));
}

TEST(RootSecret, IsRefusedWhenShortOrOpenToAll) {
  Folder folder;
  folder.put("root-secret", "short", true);
  const auto cut = RootSecret::open(folder.path(), "");
  ASSERT_FALSE(cut);
  EXPECT_NE(cut.error().text.find("32 bytes"), std::string::npos);
  folder.put("root-secret", std::string(32, 'x'), false);
  const auto exposed = RootSecret::open(folder.path(), "");
  ASSERT_FALSE(exposed);
  EXPECT_NE(exposed.error().text.find("chmod 600"), std::string::npos);
  std::filesystem::permissions(folder.path() / "root-secret", std::filesystem::perms(0660));
  EXPECT_FALSE(RootSecret::open(folder.path(), "")) << "a group that may change it";
  std::filesystem::permissions(folder.path() / "root-secret", std::filesystem::perms(0600));
  EXPECT_TRUE(RootSecret::open(folder.path(), ""));  // control
  const auto nowhere = RootSecret::open("/proc/nowhere", "");
  EXPECT_FALSE(nowhere);
}

TEST(RootSecret, FillsWhatTheFilesDoNotSay) {
  Folder folder;
  folder.put("t", "a-token-of-our-own\n", true)
      .put("frontdesk.yaml", "walkin: {devices: {kiosk-1: {}, display-1: {token: {file: t}}}}\n");
  auto c = folder.load().configuration;
  ASSERT_TRUE(c);
  const auto root = RootSecret::open(folder.path(), "");
  ASSERT_TRUE(root);
  fill_keys(*c, *root);
  EXPECT_EQ(c->walkin.devices.at("kiosk-1"), (*root).device_token("kiosk-1"));
  EXPECT_EQ(c->walkin.devices.at("display-1"), "a-token-of-our-own");
  EXPECT_EQ(c->chat.token_key.size(), 32U);
  EXPECT_EQ(c->walkin.ticket_key.size(), 32U);
  EXPECT_EQ(c->engine.id_key.size(), 16U);
  EXPECT_NE(c->chat.token_key, c->walkin.ticket_key);
}

TEST(Devices, TheTokenIsTheOneTheDaemonWillJudgeBy) {
  const Folder state;
  Configuration c;
  c.walkin.devices = {{"kiosk-1", ""}, {"display-2", "of-its-file"}};
  const auto before = find_device(c, "kiosk-1", state.path(), "");
  ASSERT_TRUE(std::holds_alternative<DeviceTrouble>(before));
  EXPECT_EQ(std::get<DeviceTrouble>(before).kind, DeviceTrouble::Kind::no_secret);
  EXPECT_FALSE(std::filesystem::exists(state.path() / "root-secret")) << "asking makes no secret";
  EXPECT_EQ(std::get<DeviceAccess>(find_device(c, "display-2", state.path(), "")).token, "of-its-file");

  const auto root = RootSecret::open(state.path(), "");
  ASSERT_TRUE(root);
  auto running = c;
  fill_keys(running, *root);
  const auto found = std::get<DeviceAccess>(find_device(c, "kiosk-1", state.path(), ""));
  EXPECT_EQ(found.token, running.walkin.devices.at("kiosk-1"));
  EXPECT_EQ(found.base, "http://127.0.0.1:8080");
  c.public_url = "https://service.example.cn";
  EXPECT_EQ(std::get<DeviceAccess>(find_device(c, "kiosk-1", state.path(), "")).base, c.public_url);

  const Folder other;  // control: another secret gives another token
  ASSERT_TRUE(RootSecret::open(other.path(), ""));
  EXPECT_NE(std::get<DeviceAccess>(find_device(c, "kiosk-1", other.path(), "")).token, found.token);

  const auto unknown = std::get<DeviceTrouble>(find_device(c, "kiosk-9", state.path(), ""));
  EXPECT_EQ(unknown.kind, DeviceTrouble::Kind::unknown);
  EXPECT_EQ(unknown.text, "display-2, kiosk-1");
  std::filesystem::permissions(state.path() / "root-secret", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(std::get<DeviceTrouble>(find_device(c, "kiosk-1", state.path(), "")).kind, DeviceTrouble::Kind::unreadable);
}

}  // namespace
}  // namespace fd::config::testing
