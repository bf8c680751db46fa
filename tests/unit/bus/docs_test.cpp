// Goal: docs/bus.md suffices to write an adapter, and stays true. Method: every example (a header block and the payload
// block after it) is decoded by the codec; every type, verb, question and kind of attachment must have one; the table
// of verbs is the codec's own; every field a verb can carry is shown. Controls: damaged copies of the page must be
// caught.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "router/bus/codec.hpp"
#include "router/bus/tables.hpp"

namespace fd::test {
namespace {

std::string page() {
  std::ifstream in(std::filesystem::path(FD_SOURCE_DIR) / "docs/bus.md");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Example {
  std::string header;
  std::string payload;
};

std::vector<Example> examples(const std::string& text, std::vector<std::string>& wrong) {
  std::vector<Example> list;
  std::istringstream in(text);
  std::string line;
  std::string* into = nullptr;
  while (std::getline(in, line)) {
    if (line == "```json header") {
      list.emplace_back();
      into = &list.back().header;
    } else if (line == "```json payload") {
      if (list.empty() || !list.back().payload.empty())
        wrong.push_back("a payload without header");
      else
        into = &list.back().payload;
    } else if (line == "```") {
      into = nullptr;
    } else if (into != nullptr) {
      *into += line;
    }
  }
  return list;
}

std::string joined(std::span<const std::string_view> names, std::string_view between) {
  std::string text;
  for (const auto n : names) text.append(text.empty() ? "" : between).append(n);
  return text;
}

std::string table_row(const bus::VerbRow& r) {
  auto needs = joined(r.required, ", ");
  if (!r.one_of.empty()) needs.append(", ").append(joined(r.one_of, " or "));
  const auto may = r.optional.empty() ? "–" : joined(r.optional, ", ");
  const auto* others = r.verb == bus::Verb::job_done ? "adapter" : "customer, operator";
  const auto* who = r.supervisor ? "supervisor" : r.speaker ? "agent" : others;
  std::string line("| `");
  for (const std::string_view part :
       {r.word, std::string_view("` | "), std::string_view(needs), std::string_view(" | "), std::string_view(may),
        std::string_view(" | "), std::string_view(who)})
    line.append(part);
  return line.append(" |");
}

// What an example shows, by name: "type ack", "verb accept", "what find", "kind chat", "accept.offer".
void note_shown(const bus::Envelope& e, std::set<std::string>& shown) {
  shown.insert("type " + std::string(bus::envelope_types()[e.body.index()]));
  if (const auto* c = std::get_if<bus::Command>(&e.body)) {
    const std::string verb(bus::row(c->verb).word);
    shown.insert("verb " + verb);
    for (const auto& [key, value] : bus::to_json(*c)) shown.insert(verb + "." + std::string(key));
  }
  if (const auto* a = std::get_if<bus::Ask>(&e.body)) shown.insert("what " + std::string(bus::word(a->what)));
  if (const auto* a = std::get_if<bus::Attach>(&e.body)) shown.insert("kind " + std::string(bus::word(a->kind)));
}

std::set<std::string> needed() {
  std::set<std::string> names;
  for (const auto t : bus::envelope_types()) names.insert("type " + std::string(t));
  for (const auto w : bus::whats()) names.insert("what " + std::string(w));
  for (const auto k :
       {bus::AttachKind::chat, bus::AttachKind::desk, bus::AttachKind::display, bus::AttachKind::adapter})
    names.insert("kind " + std::string(bus::word(k)));
  for (const auto& r : bus::verbs()) {
    names.insert("verb " + std::string(r.word));
    for (const auto list : {r.required, r.one_of})
      for (const auto f : list) names.insert(std::string(r.word) + "." + std::string(f));
    if (r.word == "cancel") continue;  // its visitor is named in the table only
    for (const auto f : r.optional) names.insert(std::string(r.word) + "." + std::string(f));
  }
  return names;
}

std::vector<std::string> check(const std::string& text) {
  std::vector<std::string> wrong;
  std::set<std::string> shown;
  for (const auto& [header, payload] : examples(text, wrong)) {
    const auto e = bus::decode(header, payload);
    if (!e)
      wrong.push_back(e.error().text + " in " + header + payload);
    else
      note_shown(*e, shown);
  }
  for (const auto& name : needed())
    if (!shown.contains(name)) wrong.push_back("no example of " + name);
  for (const auto& r : bus::verbs())
    if (text.find(table_row(r)) == std::string::npos) wrong.push_back("the table lacks " + table_row(r));
  return wrong;
}

std::string with(std::string text, const std::string& old, const std::string& fresh) {
  const auto at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return at == std::string::npos ? text : text.replace(at, old.size(), fresh);
}

TEST(BusDocs, ThePageSaysWhatTheCodecDoes) {
  for (const auto& complaint : check(page())) ADD_FAILURE() << complaint;
}

TEST(BusDocs, ControlsDamagedPagesAreCaught) {
  const auto good = page();
  EXPECT_FALSE(check(with(good, R"("verb":"extend")", R"("verb":"prolong")")).empty());
  EXPECT_FALSE(check(with(good, R"("type":"resync")", R"("type":"again")")).empty());
  EXPECT_FALSE(check(with(good, R"("what":"find")", R"("what":"status")")).empty());
  EXPECT_FALSE(check(with(good, R"("force":true)", R"("forced":true)")).empty());
  EXPECT_FALSE(check(with(good, "| `decline` | contact, offer, reason |", "| `decline` | contact, offer |")).empty());
  EXPECT_FALSE(check(with(good, R"("kind":"display")", R"("kind":"desk")")).empty());
  EXPECT_FALSE(check(with(good, "```json header", "```json")).empty());
}

}  // namespace
}  // namespace fd::test
