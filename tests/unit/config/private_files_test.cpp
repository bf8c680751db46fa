// Files that only the daemon's user may read: modes, how long a secret must be, links.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/accounts.hpp"
#include "tests/unit/config/folder.hpp"

namespace fd::config::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* with_secret = "chat: {websites: {d: {origins: [], secret: {file: k}}}}\n";
constexpr const char* long_enough = "0123456789abcdef\n";

std::string codes(const Folder& folder) {
  std::string out;
  for (const auto& e : folder.load().errors) out += e.file + " " + e.code + " ";
  return out;
}

class PrivateFile : public ::testing::TestWithParam<const char*> {
 protected:
  PrivateFile() {
    folder.put("frontdesk.yaml", with_secret).put("k", long_enough, true);
    folder.put("agents.yaml", "agents: [{id: a, staff_no: \"1\"}]\n", true);
  }
  [[nodiscard]] std::string with_mode(mode_t mode) const {
    EXPECT_EQ(::chmod((folder.path() / GetParam()).c_str(), mode), 0);
    return codes(folder);
  }
  Folder folder;
};

TEST_P(PrivateFile, OthersMayNeitherReadNorChangeIt) {
  EXPECT_EQ(with_mode(0600), "");  // control
  EXPECT_EQ(with_mode(0400), "");
  for (const mode_t mode : {0604, 0602, 0620, 0660, 0666})
    EXPECT_NE(with_mode(mode).find(" E0303 "), std::string::npos);
}

TEST_P(PrivateFile, AGroupMayReadWhatIsRoots) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  EXPECT_EQ(with_mode(0640), "");
  EXPECT_EQ(::chown((folder.path() / GetParam()).c_str(), 1, 1), 0);
  EXPECT_NE(with_mode(0640).find(" E0303 "), std::string::npos) << "else its owner gave it to others";
  EXPECT_EQ(with_mode(0600), "");
}

INSTANTIATE_TEST_SUITE_P(Each, PrivateFile, ::testing::Values("k", "agents.yaml"),
                         [](const auto& one) { return std::string(one.index == 0 ? "Secret" : "Accounts"); });

TEST(Secrets, MustBeLongEnoughNotToBeGuessed) {
  Folder folder;
  folder.put("frontdesk.yaml", with_secret).put("k", "0123456789abcde\n", true);
  EXPECT_EQ(codes(folder), "frontdesk.yaml E0305 ");
  folder.put("k", long_enough, true);  // control
  EXPECT_EQ(codes(folder), "");
  folder.put("frontdesk.yaml", "walkin: {devices: {kiosk-1: {token: {file: t}}}}\n").put("t", "1\n", true);
  EXPECT_EQ(codes(folder), "frontdesk.yaml E0305 ");
  folder.put("t", long_enough, true);
  EXPECT_EQ(codes(folder), "");
}

TEST(Accounts, ALinkStaysALinkAndItsTargetIsWritten) {
  const Folder etc, elsewhere;
  const auto link = etc.path() / "agents.yaml", target = elsewhere.path() / "shared.yaml";
  const auto add = [&](const std::string& id) {
    return change_accounts(
        link, Language::en,
        [&](std::vector<StoredAccount>& list) {
          StoredAccount one;
          one.account.id = AgentId(id);
          one.account.staff_no = id;
          one.account.name = {{"en", id}, {"zh", id}};
          one.password = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA";
          list.push_back(one);
          return true;
        },
        [](const std::string& text) { return judge_accounts(text, Language::en); });
  };
  fs::create_symlink(target, link);
  EXPECT_NE(add("a1").trouble, "") << "a link that leads nowhere is not replaced";
  EXPECT_TRUE(fs::is_symlink(link));
  std::ofstream(target) << "agents: []\n";
  ASSERT_TRUE(add("a1").done());
  EXPECT_TRUE(fs::is_symlink(link));
  ASSERT_EQ(read_accounts(target).list.size(), 1U);
  fs::remove(link);  // control: a plain file is written in place
  ASSERT_TRUE(add("a2").done());
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(link)));
  EXPECT_EQ(read_accounts(link).list.at(0).account.id.str(), "a2");
  EXPECT_EQ(read_accounts(target).list.size(), 1U);
}

}  // namespace
}  // namespace fd::config::testing
