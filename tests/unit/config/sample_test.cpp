// config/frontdesk.yaml names every field of the tables with a comment, and shows the defaults. docs/config-errors.md
// and docs/configuration.md say what the tables say.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "config/document.hpp"
#include "config/rules_file.hpp"
#include "config/tables.hpp"
#include "tests/unit/config/folder.hpp"

namespace fd::config::testing {
namespace {

const std::filesystem::path source(FD_SOURCE_DIR);

// A commented-out setting, "  # overflow: online  # where to", counts as named: the mark is taken off.
std::string uncommented(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    const auto mark = line.find_first_not_of(' ');
    if (mark != std::string::npos && line.compare(mark, 2, "# ") == 0) {
      auto end = mark + 2;
      while (end < line.size() &&
             (std::isalnum(static_cast<unsigned char>(line[end])) != 0 || line[end] == '_' || line[end] == '-'))
        ++end;
      if (end > mark + 2 && line.compare(end, 2, ": ") == 0) line.erase(mark, 2);
    }
    out += line + "\n";
  }
  return out;
}

void matches(const Node& node, std::string_view path, std::vector<const Entry*>& out, const Entry* at = nullptr) {
  if (path.empty()) {
    if (at) out.push_back(at);
    return;
  }
  const auto dot = path.find('.');
  const auto key = path.substr(0, dot);
  const auto rest = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  for (const auto& item : node.items)
    if (key == "*") matches(item, rest, out, at);
  for (const auto& entry : node.entries)
    if (key == "*" || key == entry.key) matches(entry.value, rest, out, &entry);
}

bool commented(const std::vector<std::string>& lines, int line) {
  const auto words = [](std::string_view s) {
    return std::count_if(s.begin(), s.end(), [](unsigned char c) { return std::isalpha(c) != 0; }) >= 3;
  };
  const std::string& own = lines[static_cast<std::size_t>(line) - 1];
  const auto mark = own.find("  # ");
  if (mark != std::string::npos && words(std::string_view(own).substr(mark))) return true;
  for (int above = line - 2; above >= 0; --above) {  // the nearest comment line directly above
    const std::string& text = lines[static_cast<std::size_t>(above)];
    const auto first = text.find_first_not_of(' ');
    if (first == std::string::npos || text[first] != '#') return false;
    if (words(text)) return true;
  }
  return false;
}

// What the sample lacks: keys never named, and keys never commented.
std::vector<std::string> lacks(const std::string& sample, const std::vector<Row>& rows = reference()) {
  const std::string text = uncommented(sample);
  Report report;
  const auto root = parse_document(text, "sample", report);
  if (!root) return {all(report.errors(Language::en))};
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::vector<std::string> out;
  for (const auto& row : rows) {
    std::vector<const Entry*> found;
    matches(*root, row.key, found);
    if (found.empty())
      out.push_back("not named: " + row.key);
    else if (std::none_of(found.begin(), found.end(), [&](const Entry* e) { return commented(lines, e->at.line); }))
      out.push_back("without a comment: " + row.key);
  }
  return out;
}

// Values without a default that makes sense: they show an example.
bool demonstrative(const std::string& key) {
  static const std::set<std::string> roots{"sites",        "zone",         "company",         "greeting",
                                           "kinds",        "dispositions", "decline_reasons", "transfer_reasons",
                                           "away_reasons", "phrases"};
  return roots.count(key.substr(0, key.find('.'))) == 1 || key.find('*') != std::string::npos;
}

const boost::json::value* at(const boost::json::value& root, std::string_view path) {
  const boost::json::value* v = &root;
  while (!path.empty()) {
    const auto dot = path.find('.');
    v = v->as_object().if_contains(path.substr(0, dot));
    if (!v) return nullptr;
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return v;
}

std::vector<std::string> differs(const Configuration& sample) {
  const boost::json::value shown = show_table(sample, root_table());
  const boost::json::value fresh = show_table(Configuration{}, root_table());
  std::vector<std::string> out;
  for (const auto& row : reference()) {
    if (demonstrative(row.key) || row.type == "section" || row.type == "map by name") continue;
    const auto *a = at(shown, row.key), *b = at(fresh, row.key);
    if (!a || !b || *a != *b) out.push_back(row.key + " is not the default");
  }
  for (const auto& [name, channel] : sample.engine.channels)
    if (show_table(channel, channel_table()) != show_table(channel_preset(name), channel_table()))
      out.push_back("channels." + name + " is not the preset");
  for (const auto& [name, queue] : sample.engine.queues)
    if (queue.label != queue_preset(name.str()).label || queue.mode != queue_preset(name.str()).mode)
      out.push_back("queues." + name.str() + " is not the preset");
  return out;
}

TEST(Sample, NamesEveryFieldWithAComment) {
  EXPECT_EQ(lacks(slurp(source / "config/frontdesk.yaml")), std::vector<std::string>{});
}

// The controls: a sample that lost a key, a comment, or a default is noticed.
TEST(Sample, AMissingKeyCommentOrDefaultIsNoticed) {
  const std::string sample = slurp(source / "config/frontdesk.yaml");
  const auto without = [&](const std::string& what, const std::string& instead) {
    const auto i = sample.find(what);
    EXPECT_NE(i, std::string::npos) << what;
    return sample.substr(0, i) + instead + sample.substr(i + what.size());
  };
  EXPECT_EQ(lacks(without("  tries_window: 15m", "  # gone")),
            std::vector<std::string>{"not named: desk.tries_window"});
  EXPECT_EQ(lacks(without("tries_window: 15m  # the window", "tries_window: 15m  #")),
            std::vector<std::string>{"without a comment: desk.tries_window"});
  Folder folder;
  folder.put("frontdesk.yaml", without("  tries_max: 5", "  tries_max: 6"));
  const auto c = folder.load().configuration;
  ASSERT_TRUE(c);
  EXPECT_EQ(differs(*c), std::vector<std::string>{"desk.tries_max is not the default"});
}

TEST(Sample, OfRulesNamesEveryFieldWithACommentAndIsValid) {
  const std::string sample = slurp(source / "config/rules.d/every-field.yaml.sample");
  EXPECT_EQ(lacks(sample, rules_reference()), std::vector<std::string>{});
  auto without = sample;
  without.erase(without.find("      weekday: mon-fri"), 24);
  EXPECT_EQ(lacks(without, rules_reference()), std::vector<std::string>{"not named: rules.*.when.weekday"});
  Folder folder;
  folder.put("frontdesk.yaml", slurp(source / "config/frontdesk.yaml"));
  folder.put("rules.d/every-field.yaml", sample);
  const auto result = folder.load();
  ASSERT_TRUE(result.configuration) << all(result.errors);
  EXPECT_EQ(result.configuration->rules.rules.size(), 2U);
}

TEST(Sample, LoadsWithItsRulesAndShowsTheDefaults) {
  const auto result = load(source / "config/frontdesk.yaml");
  ASSERT_TRUE(result.configuration) << all(result.errors);
  const auto& c = *result.configuration;
  EXPECT_EQ(differs(c), std::vector<std::string>{});
  EXPECT_EQ(c.engine.queues.size(), preset_queues().size());
  EXPECT_EQ(c.engine.channels.size(), preset_channels().size());
  EXPECT_EQ(c.rules.rules.size(), 14U);
  EXPECT_GE(c.rules.examples.size(), 25U);
  EXPECT_EQ(c.chat.websites.at("demo").origins,
            (std::vector<std::string>{"http://127.0.0.1:8080", "http://localhost:8080"}));
  ASSERT_EQ(c.walkin.services.size(), 3U);
  EXPECT_EQ(c.walkin.services[0].prefix + c.walkin.services[1].prefix + c.walkin.services[2].prefix, "ABC");
  EXPECT_EQ(c.walkin.devices.size(), 2U);
}

// --- documents made from the tables ---
std::string cell(std::string_view s) {
  std::string out;
  for (const char c : s) out += c == '|' ? "\\|" : std::string(1, c);
  return out;
}

std::string error_document() {
  std::string out =
      "# Errors and warnings of the configuration\n\n"
      "`frontdesk check` prints every error at once, as `file:line:column: error[CODE]: message` and a hint. A code "
      "keeps\n"
      "its meaning for ever; with a warning (`W…`) the daemon starts, and `check` ends with 10 instead of 11. `{0}` "
      "stands for\n"
      "a word of the file. 错误编码长期不变，警告（`W…`）不妨碍启动，`{0}` 代表文件中的内容。\n\n"
      "| code | message | hint | 信息 | 提示 |\n|---|---|---|---|---|\n";
  for (const auto& m : catalogue())
    out += "| " + number(m.code) + " | " + cell(m.en) + " | " + cell(m.hint_en) + " | " + cell(m.zh) + " | " +
           cell(m.hint_zh) + " |\n";
  return out;
}

std::string table_document(const std::vector<Row>& rows) {
  std::string out = "| key | type, range | default | meaning | 含义 |\n|---|---|---|---|---|\n";
  for (const auto& r : rows)
    out += "| `" + r.key + "` | " + cell(r.type + (r.range.empty() ? "" : ": " + r.range)) + " | " +
           (r.fallback.empty() || r.fallback == "null" ? "" : "`" + cell(r.fallback) + "`") + " | " + cell(r.en) +
           " | " + cell(r.zh) + " |\n";
  return out;
}

std::string reference_document() {
  return "# Configuration reference\n\n"
         "Made from the field tables of `config/`, with which a test compares it. `*` stands for a name or a position. "
         "A\n"
         "queue or channel of a known name starts from its preset (`config/frontdesk.yaml` shows them).\n\n"
         "## frontdesk.yaml and conf.d/\n\n" +
         table_document(reference()) + "\n## rules.d/\n\n" + table_document(rules_reference()) +
         "\n## agents.yaml (written by `frontdesk agent`)\n\n"
         "`frontdesk agent add|set|passwd|disable|enable ID` writes it, beside `--config FILE`: the whole new file is "
         "checked as\n"
         "`frontdesk check` would, written only when it is good, and a running daemon (`--socket`) takes it at once. "
         "What `--team`,\n"
         "`--skill` and `--channel` name replaces all before. `disable` closes the desk with 4403 and gives the "
         "conversations back\n"
         "to the line; it and `passwd` work whatever is wrong elsewhere. "
         "用以上命令修改账号，检查无误才写入，运行中的守护进程立即生效。\n"
         "\n" +
         [] {
           std::vector<Row> rows;
           list_rows(StoredAccount{}, account_table(), "agents.*", rows);
           return table_document(rows);
         }();
}

// On a difference the right text lies in the build folder, to be looked at and copied.
void same(const std::string& expected, const std::string& name) {
  const std::filesystem::path made = std::filesystem::path(FD_BINARY_DIR) / "docs" / name;
  std::filesystem::create_directories(made.parent_path());
  std::ofstream(made, std::ios::binary) << expected;
  EXPECT_TRUE(slurp(source / "docs" / name) == expected) << "docs/" << name << " differs from " << made.string();
}

TEST(Documents, ErrorsAreTheCatalogue) { same(error_document(), "config-errors.md"); }
TEST(Documents, ReferenceIsTheTables) { same(reference_document(), "configuration.md"); }

}  // namespace
}  // namespace fd::config::testing
