// Files that only the daemon's user may read.

#include <gtest/gtest.h>

#include "config/accounts.hpp"
#include "tests/unit/config/folder.hpp"

namespace fd::config::testing {
namespace {

namespace fs = std::filesystem;

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
