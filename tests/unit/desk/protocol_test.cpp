// Frames <-> bus, by the golden files that the page's tests read too.

#include "daemon/desk/protocol.hpp"

#include <algorithm>
#include <set>

#include "channels/http/target.hpp"
#include "daemon/desk/frames.hpp"
#include "router/bus/codec.hpp"
#include "tests/unit/desk/fixture.hpp"

namespace fd::desk::test {
namespace {

const AgentId chen{"a1024"};

std::string text(const json::value& v) { return std::string(v.as_string()); }

// What the frame became, in the words of the golden file's "bus".
json::object bus_of(const Incoming& frame) {
  if (const auto* command = std::get_if<CommandFrame>(&frame)) return bus::to_json(command->command);
  const auto& ask = std::get<AskFrame>(frame).ask;
  json::object out{{"what", bus::word(ask.what)}, {"agent", ask.agent.str()}};
  if (ask.contact) out["contact"] = ask.contact->str();
  if (ask.before != 0) out["before"] = ask.before;
  if (!ask.id.empty()) out["id"] = ask.id;
  if (!ask.text.empty()) out["text"] = ask.text;
  return out;
}

bool same(const json::object& got, const json::object& want) { return got == want; }

TEST(DeskProtocol, ReadsEveryGoldenFrame) {
  for (const auto& entry : golden("in.json")) {
    const auto& golden_frame = entry.as_object();
    SCOPED_TRACE(text(golden_frame.at("name")));
    const auto frame = parse(json::serialize(golden_frame.at("frame")), chen);
    ASSERT_FALSE(std::holds_alternative<BadFrame>(frame)) << json::serialize(std::get<BadFrame>(frame).answer);
    if (const auto* want = golden_frame.if_contains("bus")) {
      EXPECT_TRUE(same(bus_of(frame), want->as_object())) << json::serialize(bus_of(frame));
      // Control: another value in any field is another request.
      auto other = want->as_object();
      for (const auto& [key, value] : want->as_object()) {
        other[key] = "changed";
        EXPECT_FALSE(same(bus_of(frame), other)) << key;
        other[key] = value;
      }
    }
  }
}

TEST(DeskProtocol, WhatTheParserMakesPassesTheBusCodec) {
  for (const auto& entry : golden("in.json")) {
    const auto frame = parse(json::serialize(entry.as_object().at("frame")), chen);
    const auto* command = std::get_if<CommandFrame>(&frame);
    if (command == nullptr) continue;
    SCOPED_TRACE(text(entry.as_object().at("name")));
    bus::Envelope envelope;
    envelope.id = 7;
    envelope.body = command->command;
    const auto frames = bus::encode(envelope);
    EXPECT_TRUE(bus::decode(frames.header, frames.payload).has_value());
  }
}

TEST(DeskProtocol, EveryVerbOfADeskHasAGoldenFrame) {
  std::set<std::string> types;
  for (const auto& entry : golden("in.json")) types.insert(text(entry.as_object().at("frame").as_object().at("type")));
  for (const auto& row : bus::verbs())
    EXPECT_TRUE(!is_command(row.verb) || types.contains(std::string(row.word))) << row.word;
  for (const auto& row : frames_in()) EXPECT_TRUE(types.contains(std::string(row.type))) << row.type;
}

TEST(DeskProtocol, GoldenFramesOutCarryWhatTheTableSays) {
  std::set<std::string> types;
  for (const auto& entry : golden("out.json")) {
    const auto& frame = entry.as_object().at("frame").as_object();
    SCOPED_TRACE(text(entry.as_object().at("name")));
    const auto* row = find_out(std::string_view(frame.at("type").as_string()));
    ASSERT_NE(row, nullptr);
    types.insert(std::string(row->type));
    for (const auto name : row->required) EXPECT_TRUE(frame.contains(name)) << name;
    for (const auto& [key, value] : frame) {
      const auto known = [&](auto names) {
        return std::find(names.begin(), names.end(), std::string_view(key)) != names.end();
      };
      EXPECT_TRUE(key == "type" || known(row->required) || known(row->optional)) << key;
    }
  }
  for (const auto& row : frames_out()) EXPECT_TRUE(types.contains(std::string(row.type))) << row.type;
}

// Control of the reader: each required field taken away, or of another type, is refused.
TEST(DeskProtocol, MutatedCopiesAreRefused) {
  std::size_t mutants = 0;
  for (const auto& entry : golden("in.json")) {
    const auto frame = entry.as_object().at("frame").as_object();
    const auto type = text(frame.at("type"));
    std::vector<std::string> required{"type"};
    if (const auto* row = find_in(type)) required.insert(required.end(), row->required.begin(), row->required.end());
    if (const auto verb = bus::parse_verb(type); verb && find_in(type) == nullptr) {
      required.emplace_back("id");
      for (const auto name : bus::row(*verb).required) required.emplace_back(wire_name(*verb, name));
      for (const auto name : bus::row(*verb).one_of) required.emplace_back(wire_name(*verb, name));
    }
    for (auto name : required) {
      name = name.substr(0, name.find('.'));
      if (!frame.contains(name)) continue;
      auto without = frame;
      without.erase(name);
      auto other = frame;
      other[name] = json::array{1};
      for (const auto& mutant : {without, other}) {
        ++mutants;
        EXPECT_TRUE(std::holds_alternative<BadFrame>(parse(json::serialize(mutant), chen))) << json::serialize(mutant);
      }
    }
  }
  EXPECT_GT(mutants, 100U);
}

std::string code_of(const std::string& frame) {
  const auto parsed = parse(frame, chen);
  const auto* bad = std::get_if<BadFrame>(&parsed);
  return bad == nullptr ? "" : text(bad->answer.at("code"));
}

TEST(DeskProtocol, RefusalsHaveStableCodes) {
  EXPECT_EQ(code_of("{"), "bad_frame");
  EXPECT_EQ(code_of("[]"), "bad_frame");
  EXPECT_EQ(code_of(R"({"type":"acept"})"), "bad_type");
  EXPECT_EQ(code_of(R"({"type":"roster","id":"p:1"})"), "bad_type");        // a verb, but no desk's
  EXPECT_EQ(code_of(R"({"type":"session_open","id":"p:1"})"), "bad_type");  // nor this
  EXPECT_EQ(code_of(R"({"type":"extend"})"), "bad_frame");
  EXPECT_EQ(code_of(R"({"type":"hello","v":2,"page":"p"})"), "bad_frame");
  EXPECT_EQ(code_of(R"({"type":"hello","v":1,"page":"p q"})"), "bad_frame");
  for (const auto* id : {"p:0", "p:", ":1", "p:-1", "p:1x", "p", "p q:1", "p:99999999999999999999"})
    EXPECT_EQ(code_of(R"({"type":"next","queue":"q","id":")" + std::string(id) + "\"}"), "bad_request") << id;
  EXPECT_EQ(code_of(R"({"type":"next","queue":"q","id":"p:1"})"), "");  // control
}

TEST(DeskProtocol, AnUnknownTypeIsSaidBackCutBetweenCharacters) {
  std::string many;
  for (int i = 0; i < 20; ++i) many += "\u5BA2";
  const auto parsed = parse(R"({"type":")" + many + "\"}", chen);
  const auto said = text(std::get<BadFrame>(parsed).answer.at("text"));
  EXPECT_TRUE(http::valid_utf8(said)) << said;
  EXPECT_NE(said.find("\"" + many.substr(0, 39) + "\""), std::string::npos) << said;
}

TEST(DeskProtocol, OneTargetExactly) {
  const std::string head =
      R"({"type":"transfer","id":"p:1","contact":"01KATJ3W00000000000000000A","v":1,"reason":"r","to":)";
  EXPECT_EQ(code_of(head + R"({"queue":"q"}})"), "");
  EXPECT_EQ(code_of(head + R"({"queue":"q","agent":"a"}})"), "bad_request");
  EXPECT_EQ(code_of(head + "{}}"), "bad_request");
  EXPECT_EQ(code_of(head + "\"q\"}"), "bad_request");
}

TEST(DeskProtocol, TextIsCountedInCharacters) {
  const auto message = [](std::size_t characters) {
    std::string text;
    for (std::size_t i = 0; i < characters; ++i) text += "洗";
    return R"({"type":"msg","id":"p:1","contact":"01KATJ3W00000000000000000A","text":")" + text + "\"}";
  };
  EXPECT_EQ(code_of(message(4000)), "");
  EXPECT_EQ(code_of(message(4001)), "too_long");
  EXPECT_EQ(code_of(message(0)), "bad_request");
}

TEST(DeskProtocol, AnswersBecomeFrames) {
  EXPECT_EQ(json::serialize(answer_frame("p:1", bus::Ack{{{"seq", 4}}})), R"({"type":"done","id":"p:1","seq":4})");
  const auto refused = answer_frame("p:1", bus::Reject{"unread", "why", {{"v", 2}}});
  EXPECT_EQ(json::serialize(refused), R"({"type":"refused","id":"p:1","code":"unread","why":"why","now":{"v":2}})");
  EXPECT_EQ(json::serialize(answer_frame("p:1", bus::Retry{0, "gap", {{"next", 5}}})),
            R"({"type":"slow_down","retry_ms":0,"reason":"gap","next":5})");
  EXPECT_EQ(json::serialize(answer_frame("p:1", bus::Retry{700, "fenced", {}})),
            R"({"type":"slow_down","retry_ms":700,"reason":"busy"})");
  const AskFrame ask{"history", "h1", {}};
  EXPECT_EQ(json::serialize(answer_frame(ask, bus::Ack{{{"contact", "C"}}})),
            R"({"type":"history","contact":"C","id":"h1"})");
  const auto busy = answer_frame(ask, bus::Retry{});
  EXPECT_EQ(busy.at("type"), "refused");
  EXPECT_EQ(busy.at("ask"), "history");
}

TEST(DeskProtocol, DeepJsonIsRefusedNotFollowed) {
  EXPECT_EQ(code_of(R"({"type":"ping","x":)" + std::string(5000, '[') + std::string(5000, ']') + "}"), "bad_frame");
}

}  // namespace
}  // namespace fd::desk::test
