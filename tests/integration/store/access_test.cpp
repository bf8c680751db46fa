// Getting in: who the server takes us for, what that user may do, and what is said when it is not enough.

#include <filesystem>
#include <regex>
#include <set>

#include "tests/integration/store/faults.hpp"

namespace fd::store_test {
namespace {

class Access : public Faults {
 protected:
  // What acquire comes to with these settings: "" or why not.
  std::string lead_with(redis::Settings settings) {
    settings.router = "r2";
    settings.acquire_for = Duration{50};
    settings.say = [this](std::string_view text) { said.append(text).append("\n"); };
    auto other = rig.open_redis(settings);
    const auto result = finish(rig.io, other->acquire(wall));
    const auto probed = finish(rig.io, other->probe()).value_or("");
    const auto read = finish(rig.io, other->session(SessionHash("x")));
    rig.close(*other);
    EXPECT_EQ(result.has_value(), probed.empty()) << probed;
    EXPECT_EQ(result.has_value(), read.has_value()) << "the second connection comes in as the first";
    if (!read) said.append(read.error().text);
    return result ? std::string{} : result.error().text;
  }
  redis::Settings as(const std::string& user, const std::string& password) const {
    auto settings = rig.settings("r2");
    settings.user = user;
    settings.password = password;
    settings.password_from = "file: /etc/frontdesk/credentials/redis";
    return settings;
  }
  std::string said;
};

bool names(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

TEST_F(Access, WithThePasswordOfTheDefaultUser) {
  EXPECT_EQ(lead_with(as("", "")), "");
  redis("CONFIG SET requirepass geheim");
  EXPECT_EQ(lead_with(as("", "geheim")), "");
  const auto none = lead_with(as("", ""));
  EXPECT_TRUE(names(none, "redis.password") && names(none, rig.server.socket())) << none;
}

TEST_F(Access, AWrongPasswordIsNamedByWhereItCameFromAndNeverByItself) {
  redis("ACL SETUSER desk on >right ~fd:* +@all");
  EXPECT_EQ(lead_with(as("desk", "right")), "");
  for (const char* user : {"desk", "nobody"}) {
    said.clear();
    const auto why = lead_with(as(user, "wr0ng"));
    EXPECT_TRUE(names(why, std::string("`") + user + "`")) << why;
    EXPECT_TRUE(names(why, "file: /etc/frontdesk/credentials/redis")) << why;
    EXPECT_TRUE(names(why, rig.server.socket())) << why;
    EXPECT_FALSE(names(why + said, "wr0ng")) << why + said;
  }
  EXPECT_TRUE(names(lead_with(as("", "wr0ng")), "default user"));
}

TEST_F(Access, ADatabaseIsItsOwn) {
  auto settings = as("", "");
  settings.database = 3;
  EXPECT_EQ(lead_with(settings), "");
  EXPECT_NE(redis("HGET fd:{main}:leader router"), "r2") << "database 0";
  settings.database = 99;
  EXPECT_TRUE(names(lead_with(settings), "redis.address"));
}

// That it is enough, the whole contract shows (contract_test.cpp, "acl"). Here: what there is beyond it.
TEST_F(Access, TheDocumentedUserMayDoWhatWeDoAndNothingElse) {
  rig.use_documented_user();
  for (const char* allowed : {"SET fd:{main}:x 1", "EXEC", "CONFIG GET appendfsync", "XINFO STREAM fd:{main}:events"})
    EXPECT_EQ(redis(std::string("ACL DRYRUN frontdesk ") + allowed), "OK") << allowed;
  for (const char* refused : {"SET x 1", "GET x", "FLUSHALL", "KEYS *", "CONFIG SET appendonly no", "EVAL return 0",
                              "ACL WHOAMI", "SHUTDOWN", "RENAME fd:{main}:x fd:{main}:y", "MONITOR", "PUBLISH a b"})
    EXPECT_NE(redis(std::string("ACL DRYRUN frontdesk ") + refused), "OK") << refused;
}

// Both directions, by the source: each command that is sent is granted, and each one granted is sent.
TEST_F(Access, TheDocumentedUserIsGrantedTheCommandsOfTheSource) {
  std::set<std::string> sent, granted;
  const std::regex command(R"re((?:command|arg)\("([A-Z]+)"(?:, "([A-Z]+)")?)re");
  for (const auto& entry : std::filesystem::directory_iterator(std::string(FD_SOURCE_DIR) + "/router/store/redis")) {
    if (entry.path().extension() != ".cpp" || entry.path().filename().string().starts_with("managed")) continue;
    std::ifstream in(entry.path());
    const std::string source{std::istreambuf_iterator<char>(in), {}};
    for (std::sregex_iterator it(source.begin(), source.end(), command), end; it != end; ++it)
      sent.insert((*it)[1].str() + ((*it)[2].matched ? "|" + (*it)[2].str() : ""));
  }
  sent.erase("AUTH");  // everybody may
  const std::regex plus(R"(\+([a-z]+(?:\|[a-z]+)?))");
  const auto line = test::documented_user("");
  for (std::sregex_iterator it(line.begin(), line.end(), plus), end; it != end; ++it) {
    auto word = (*it)[1].str();
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::toupper(c); });
    granted.insert(word);
  }
  EXPECT_EQ(granted, sent);
}

}  // namespace
}  // namespace fd::store_test
