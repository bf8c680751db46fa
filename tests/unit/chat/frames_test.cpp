// The document, the golden files and the table of frames say the same. Method: every example is compared with the
// table, strictly; as a control, a copy of each with one thing changed must be refused.

#include "channels/chat/frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <set>
#include <sstream>

namespace fd::chat {
namespace {
namespace json = boost::json;

std::string file(const std::string& path) {
  std::ifstream in(std::string(FD_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Example {
  Direction direction;  // by the chapter it stands in
  json::object frame;
};

std::vector<Example> examples(const std::string& document) {
  std::vector<Example> found;
  const std::string open = "```json\n";
  const auto from_server = document.find("\n## From the server");
  EXPECT_LT(document.find("\n## From the page"), from_server);
  for (auto at = document.find(open); at != std::string::npos; at = document.find(open, at)) {
    at += open.size();
    const auto end = document.find("\n```", at);
    found.push_back(
        {at < from_server ? Direction::in : Direction::out, json::parse(document.substr(at, end - at)).as_object()});
    at = end;
  }
  return found;
}

TEST(ChatFrames, EachExampleOfTheDocumentFitsTheTableAndEachFrameHasOne) {
  std::set<std::pair<Direction, std::string>> shown;
  for (const auto& [direction, frame] : examples(file("docs/chat.md"))) {
    ASSERT_EQ(mismatch(direction, frame, true), std::nullopt) << json::serialize(frame);
    shown.emplace(direction, std::string(frame.at("type").as_string()));
  }
  for (const auto& row : frames())
    EXPECT_TRUE(shown.contains({row.direction, std::string(row.type)})) << row.type << " has no example";
}

// type.field of those that no example has.
std::set<std::string> unshown(const std::string& document) {
  std::set<std::string> missing;
  const auto all = examples(document);
  for (const auto& row : frames())
    for (const auto& field : row.fields) {
      const auto shows = [&](const Example& one) {
        return one.direction == row.direction && one.frame.at("type").as_string() == row.type &&
               one.frame.contains(field.name);
      };
      if (!std::any_of(all.begin(), all.end(), shows))
        missing.insert(std::string(row.type) + "." + std::string(field.name));
    }
  return missing;
}

TEST(ChatFrames, EachFieldIsInAnExampleOfTheDocument) {
  auto document = file("docs/chat.md");
  EXPECT_EQ(unshown(document), std::set<std::string>{});
  const std::string field = "\"prechat\": ";
  for (auto at = document.find(field); at != std::string::npos; at = document.find(field, at))
    document.replace(at, field.size(), "\"x\": ");
  EXPECT_EQ(unshown(document), std::set<std::string>{"msg.prechat"}) << "control";
}

TEST(ChatFrames, AMutatedDocumentDoesNotFit) {  // the control of the test above
  auto document = file("docs/chat.md");
  const std::string field = "\"retry_ms\": 1000";
  const auto at = document.find(field);
  ASSERT_NE(at, std::string::npos);
  document.replace(at, field.size(), "\"wait_ms\": 1000");
  int strangers = 0;
  for (const auto& [direction, frame] : examples(document)) strangers += mismatch(direction, frame, true) ? 1 : 0;
  EXPECT_EQ(strangers, 1);
}

std::vector<std::pair<std::string, json::object>> golden(const std::string& name) {
  std::vector<std::pair<std::string, json::object>> found;
  const auto list = json::parse(file("tests/golden/chat/" + name + ".json"));
  for (const auto& entry : list.as_array())
    found.emplace_back(entry.at("name").as_string(), entry.at("frame").as_object());
  return found;
}

TEST(ChatFrames, GoldenFilesFitTheTableAndCoverIt) {
  for (const auto direction : {Direction::in, Direction::out}) {
    std::set<std::string> shown;
    for (const auto& [name, frame] : golden(direction == Direction::in ? "in" : "out")) {
      EXPECT_EQ(mismatch(direction, frame, true), std::nullopt) << name;
      shown.emplace(frame.at("type").as_string());
      if (direction == Direction::in) {
        EXPECT_TRUE(parse_frame(json::serialize(frame))) << name;
      }
    }
    for (const auto& row : frames())
      if (row.direction == direction) {
        EXPECT_TRUE(shown.contains(std::string(row.type))) << row.type;
      }
  }
}

TEST(ChatFrames, EveryRequiredFieldOfEveryGoldenFrameIsMissed) {  // control: take each away, or change its shape
  for (const auto direction : {Direction::in, Direction::out})
    for (const auto& [name, frame] : golden(direction == Direction::in ? "in" : "out"))
      for (const auto& field : find_frame(direction, std::string(frame.at("type").as_string()))->fields) {
        if (!frame.contains(field.name)) continue;
        auto twin = frame;
        json::array wrong;
        twin[field.name] = wrong;
        EXPECT_NE(mismatch(direction, twin, false), std::nullopt) << name << " " << field.name;
        twin.erase(field.name);
        EXPECT_EQ(mismatch(direction, twin, false).has_value(), field.required) << name << " " << field.name;
      }
}

TEST(ChatFrames, BuildersMakeTheGoldenFrames) {
  std::map<std::string, json::object> by_name;
  for (const auto& [name, frame] : golden("out")) by_name[name] = frame;
  EXPECT_EQ(slow_down_frame(0, "gap", 3), by_name["slow_down_gap"]);
  EXPECT_EQ(slow_down_frame(1000, "rate"), by_name["slow_down_rate"]);
  EXPECT_EQ(pong_frame(Instant{1'795'507'230'000}), by_name["pong"]);
  EXPECT_EQ(error_frame({"bad_frame", {}, "msg.cid is missing"}), by_name["error_bad_frame"]);
  const auto& welcome = by_name["welcome_new_visitor"];
  auto body = welcome;
  for (const auto name : {"type", "v", "token", "limits"}) body.erase(name);
  EXPECT_EQ(welcome_frame(body, std::string(welcome.at("token").as_string()), {}, {}), welcome);
  auto ack = by_name["ack_first"];
  EXPECT_EQ(ack_frame("p7Kq2:1", ack), ack);
}

struct Wrong {
  std::string frame, code, part;
};
class ChatWrongFrames : public testing::TestWithParam<Wrong> {};

TEST_P(ChatWrongFrames, AreNamed) {
  const auto parsed = parse_frame(GetParam().frame);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, GetParam().code);
  EXPECT_NE(parsed.error().text.find(GetParam().part), std::string::npos) << parsed.error().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ChatWrongFrames,
    testing::Values(
        Wrong{"{", "bad_frame", "not JSON"}, Wrong{"[]", "bad_frame", "object"}, Wrong{"{}", "bad_frame", "type"},
        Wrong{R"({"type":7})", "bad_frame", "type"}, Wrong{R"({"type":"shout"})", "bad_type", "shout"},
        Wrong{R"({"type":"welcome"})", "bad_type", "welcome"},
        Wrong{R"({"type":"msg","cid":"a:1"})", "bad_frame", "msg.text is missing"},
        Wrong{R"({"type":"msg","cid":1,"text":"x"})", "bad_frame", "msg.cid must be a text"},
        Wrong{R"({"type":"msg","cid":"a:1","text":"\ud800"})", "bad_frame", "not JSON"},
        Wrong{R"({"type":"msg","cid":"a:1","text":"x","consent":1})", "bad_frame", "msg.consent must be a text"},
        Wrong{R"({"type":"msg","cid":"a:1","text":"x","prechat":[]})", "bad_frame", "msg.prechat must be an object"},
        Wrong{R"({"type":"msg","cid":"a:1","text":"x","prechat":{"a":1}})", "bad_frame", "msg.prechat must map"},
        Wrong{"{\"type\":\"msg\",\"cid\":\"a:1\",\"text\":\"\xff\"}", "bad_frame", "not JSON"},
        Wrong{R"({"type":"typing","on":1})", "bad_frame", "typing.on must be true or false"},
        Wrong{R"({"type":"read","contact":"x","seq":1})", "bad_frame", "read.contact"},
        Wrong{R"({"type":"read","contact":"01KATJ3W00000000000000000A","seq":-1})", "bad_frame", "read.seq"},
        Wrong{R"({"type":"read","contact":"01KATJ3W00000000000000000A","seq":9007199254740992})", "bad_frame",
              "read.seq"},
        Wrong{R"({"type":"read","contact":"01KATJ3W00000000000000000A","seq":1.5})", "bad_frame", "read.seq"},
        Wrong{R"({"type":"end","contact":""})", "bad_frame", "end.contact"},
        Wrong{R"({"type":"hello","v":2,"page":"a","locale":"en"})", "bad_frame", "hello.v must be 1"},
        Wrong{R"({"type":"hello","v":1,"page":"a:b","locale":"en"})", "bad_frame", "hello.page"},
        Wrong{R"({"type":"hello","v":1,"page":"a","locale":"e n"})", "bad_frame", "hello.locale"},
        Wrong{R"({"type":"hello","v":1,"page":"a","locale":"en","last_seq":3})", "bad_frame", "hello.last_seq"},
        Wrong{R"({"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":1}}}}}}}}})", "bad_frame", "not JSON"}));

TEST(ChatFrames, AWrongMessageKeepsItsCid) {
  const auto parsed = parse_frame(R"({"type":"msg","cid":"a:1"})");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().cid, "a:1");
}

TEST(ChatFrames, UnknownFieldsAreIgnored) {
  EXPECT_TRUE(parse_frame(R"({"type":"ping","mood":"good"})"));
  const auto frame = json::parse(R"({"type":"ping","mood":"good"})").as_object();
  EXPECT_NE(mismatch(Direction::in, frame, true), std::nullopt);  // control: the strict reading sees it
}

}  // namespace
}  // namespace fd::chat
