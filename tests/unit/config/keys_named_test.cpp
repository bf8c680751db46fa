// What a text tells somebody to set must be there to be set: every key that a document, a message of the program or an
// error names is a key of the tables.

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "config/rules_file.hpp"
#include "config/tables.hpp"
#include "tests/unit/config/folder.hpp"

namespace fd::config::testing {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

Words split(const std::string& key) {
  Words out;
  std::istringstream in(key);
  for (std::string part; std::getline(in, part, '.');) out.push_back(part);
  return out;
}

class Keys {
 public:
  Keys() {
    for (const auto& rows : {reference(), rules_reference()})
      for (const auto& row : rows) keys_.push_back(split(row.key));
  }
  [[nodiscard]] bool begins(const std::string& word) const {
    return std::any_of(keys_.begin(), keys_.end(), [&](const Words& k) { return k.front() == word; });
  }
  // The key, a section above it, or a name below one that is a map by name.
  [[nodiscard]] bool has(const std::string& key) const {
    const auto asked = split(key);
    return std::any_of(keys_.begin(), keys_.end(), [&](const Words& known) {
      const auto n = std::min(asked.size(), known.size());
      if (asked.size() > n) return false;
      for (std::size_t i = 0; i < n; ++i)
        if (known[i] != "*" && known[i] != asked[i] && asked[i] != "*") return false;
      return true;
    });
  }

 private:
  std::vector<Words> keys_;
};

// `desk.tries_max`, and what stands before ": value" where somebody is told to set, write or add it.
// `settings`: what it shows as `key: true` is a setting; documents of frames show their fields so.
std::vector<std::string> strangers(const std::string& text, const Keys& keys, bool settings = true) {
  static const std::regex dotted(R"((^|[^\w.:/=])([a-z_]+(?:\.[a-z_*]+)+)(?![\w/]))");
  static const std::regex told(R"(\b(?:set|write|add|unless|or) `?([a-z_]+(?:\.[a-z_]+)*): (?:true|false|\{))");
  static const std::regex shown(R"(`([a-z_]+(?:\.[a-z_]+)*): (?:true|false)[`;,])");
  static const std::set<std::string> of_files{"yaml", "hpp", "cpp", "md", "d",       "conf",
                                              "sock", "js",  "ts",  "py", "service", "css"};
  std::vector<std::string> out;
  for (std::sregex_iterator it(text.begin(), text.end(), dotted), end; it != end; ++it) {
    const auto key = (*it)[2].str();
    const auto parts = split(key);
    if (keys.begins(parts.front()) && of_files.count(parts.back()) == 0 && !keys.has(key)) out.push_back(key);
  }
  for (const auto* pattern : {&told, settings ? &shown : &told})
    for (std::sregex_iterator it(text.begin(), text.end(), *pattern), end; it != end; ++it)
      if (!keys.has((*it)[1].str())) out.push_back((*it)[1].str());
  return out;
}

// The string literals of a source that are more than a word, one a line: neighbours are one text.
std::string literals(const std::string& source) {
  static const std::regex joint("\"\\s*\"");
  static const std::regex literal(R"re("((?:[^"\\\n]|\\.)*)"(\s*"((?:[^"\\\n]|\\.)*)")*)re");
  std::string out;
  std::istringstream in(source);
  std::string code;
  for (std::string line; std::getline(in, line);)
    if (line.find("#include") == std::string::npos) code += line.substr(0, line.find("//")) + "\n";
  for (std::sregex_iterator it(code.begin(), code.end(), literal), end; it != end; ++it)
    if (it->str().find(' ') != std::string::npos) out += std::regex_replace(it->str(), joint, "") + "\n";
  return out;
}

std::string in_marks(const std::string& document) {
  static const std::regex mark("`[^`\n]+`");
  std::string out;
  for (std::sregex_iterator it(document.begin(), document.end(), mark), end; it != end; ++it) out += it->str() + "\n";
  return out;
}

TEST(KeysNamed, ByTheProgramAreThere) {
  const Keys keys;
  for (const char* folder : {"channels", "config", "daemon", "router"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(FD_SOURCE_DIR) / folder)) {
      const auto path = entry.path();
      if (path.string().find("node_modules") != std::string::npos) continue;
      if (path.extension() != ".cpp" && path.extension() != ".hpp") continue;
      EXPECT_EQ(strangers(literals(slurp(path)), keys, false), Words{}) << path;
    }
}

TEST(KeysNamed, ByTheDocumentsAreThere) {
  const Keys keys;
  std::vector<fs::path> documents{fs::path(FD_SOURCE_DIR) / "README.md", fs::path(FD_SOURCE_DIR) / "README.zh-CN.md"};
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(FD_SOURCE_DIR) / "docs"))
    if (entry.path().extension() == ".md") documents.push_back(entry.path());
  EXPECT_GT(documents.size(), 10U);
  const std::set<std::string> of_frames{"bus.md", "chat.md", "desk.md", "walkin.md"};
  for (const auto& path : documents)
    EXPECT_EQ(strangers(in_marks(slurp(path)), keys, of_frames.count(path.filename()) == 0), Words{}) << path;
}

// The control: what made this test necessary is found, and what is there is not.
TEST(KeysNamed, AStrangerIsFound) {
  const Keys keys;
  EXPECT_EQ(strangers(", or set allow_lax: true", keys), (Words{"allow_lax"}));
  EXPECT_EQ(strangers("install it or set redis.managed.file", keys), (Words{"redis.managed.file"}));
  EXPECT_EQ(strangers("`allow_lax: true`;", keys), (Words{"allow_lax"}));
  EXPECT_EQ(strangers("or set redis.allow_weak: true, desk.tries_max, queues.vip.overflow, chat.websites.*.secret, "
                      "rules.d, see chat.hpp",
                      keys),
            Words{});
  EXPECT_EQ(literals("x = \"set a\" \"b: true\";  // \"no\"\n"), "\"set ab: true\"\n");
}

}  // namespace
}  // namespace fd::config::testing
