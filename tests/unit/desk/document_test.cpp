// docs/desk.md against the tables: each frame, command and question has an example, and each example is a golden frame.

#include <algorithm>
#include <set>
#include <sstream>

#include "daemon/desk/frames.hpp"
#include "tests/unit/desk/fixture.hpp"

namespace fd::desk::test {
namespace {

struct Example {
  std::string dir;
  json::object frame;
};

std::vector<Example> examples(const std::string& document) {
  std::vector<Example> found;
  std::istringstream lines(document);
  std::string line, dir;
  while (std::getline(lines, line)) {
    if (line == "```json in" || line == "```json out")
      dir = line.substr(8);
    else if (line.starts_with("```"))
      dir.clear();
    else if (!dir.empty())
      found.push_back({dir, json::parse(line).as_object()});
  }
  return found;
}

std::string document() {
  std::ifstream in(std::string(FD_SOURCE_DIR) + "/docs/desk.md");
  return {std::istreambuf_iterator<char>(in), {}};
}

// What the document fails to say; empty when it says all.
std::vector<std::string> gaps(const std::string& text, const json::array& golden_in, const json::array& golden_out) {
  std::vector<std::string> out;
  std::set<std::string> in_types, out_types;
  const auto all = examples(text);
  for (const auto& example : all) {
    const std::string type(example.frame.at("type").as_string());
    (example.dir == "in" ? in_types : out_types).insert(type);
    const auto& frames = example.dir == "in" ? golden_in : golden_out;
    const bool known = std::any_of(frames.begin(), frames.end(), [&](const json::value& entry) {
      return entry.as_object().at("frame") == example.frame;
    });
    if (!known) out.push_back("no golden frame: " + json::serialize(example.frame));
  }
  for (const auto& row : frames_in())
    if (!in_types.contains(std::string(row.type))) out.push_back("in " + std::string(row.type));
  for (const auto& row : frames_out())
    if (!out_types.contains(std::string(row.type))) out.push_back("out " + std::string(row.type));
  for (const auto& rows : {frames_in(), frames_out()})
    for (const auto& row : rows)
      for (const auto name : row.optional) {
        const bool shown = std::any_of(all.begin(), all.end(), [&](const Example& one) {
          return one.frame.at("type").as_string() == row.type && one.frame.contains(name);
        });
        if (!shown) out.push_back(std::string(row.type) + "." + std::string(name) + " is in no example");
      }
  for (const auto& row : bus::verbs())
    if (is_command(row.verb) && !in_types.contains(std::string(row.word))) out.push_back("in " + std::string(row.word));
  return out;
}

TEST(DeskDocument, HasAnExampleOfEveryFrame) {
  EXPECT_EQ(gaps(document(), golden("in.json"), golden("out.json")), std::vector<std::string>{});
}

TEST(DeskDocument, ControlMutatedCopiesHaveGaps) {
  const auto whole = document();
  const auto golden_in = golden("in.json"), golden_out = golden("out.json");
  ASSERT_GT(examples(whole).size(), 60U);
  std::istringstream lines(whole);
  std::string line;
  std::size_t mutants = 0;
  for (std::size_t at = 0; std::getline(lines, line); at += line.size() + 1) {
    if (!line.starts_with("{\"type\": \"")) continue;
    auto renamed = whole;
    renamed.insert(at + 10, "x_");
    EXPECT_FALSE(gaps(renamed, golden_in, golden_out).empty()) << line;
    ++mutants;
  }
  EXPECT_EQ(mutants, examples(whole).size());
}

TEST(DeskDocument, ControlAFieldThatNoExampleShowsIsMissed) {
  auto text = document();
  for (auto at = text.find("\"notes\": "); at != std::string::npos; at = text.find("\"notes\": "))
    text.insert(at + 1, "x_");
  const auto found = gaps(text, golden("in.json"), golden("out.json"));
  EXPECT_NE(std::find(found.begin(), found.end(), "history.notes is in no example"), found.end());
}

}  // namespace
}  // namespace fd::desk::test
