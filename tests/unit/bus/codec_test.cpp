// Goal: whatever arrives is either read whole or refused by name, and never throws. Method: tables of wrong frames with
// the words that the refusal must hold; random envelopes round trip; random damage never escapes.

#include "router/bus/codec.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <random>

#include "router/bus/tables.hpp"
#include "tests/unit/bus/samples.hpp"

namespace fd::test {
namespace {

using bus::decode;

const std::string submit_header = R"({"v":1,"type":"submit","id":1})";
const std::string command_header = R"({"v":1,"type":"command","id":1})";

struct Wrong {
  const char* header;
  const char* payload;
  const char* says;
};

TEST(BusCodec, RefusalsNameFieldAndReason) {
  const Wrong table[] = {
      {"", "{}", "header is not JSON"},
      {"[]", "{}", "header is not a JSON object"},
      {R"({"type":"ack","id":1})", "{}", "header.v is missing"},
      {R"({"v":2,"type":"ack","id":1})", "{}", "header.v must be 1"},
      {R"({"v":1,"id":1})", "{}", "header.type is missing"},
      {R"({"v":1,"type":"acck","id":1})", "{}", "type is not known"},
      {R"({"v":1,"type":"ack"})", "{}", "header.id is missing"},
      {R"({"v":1,"type":"ack","id":0})", "{}", "header.id begins at 1"},
      {R"({"v":1,"type":"ack","id":-1})", "{}", "header.id must be a whole number"},
      {R"({"v":1,"type":"ack","id":1.5})", "{}", "header.id must be a whole number"},
      {R"({"v":1,"type":"ack","id":9007199254740992})", "{}", "header.id must be a whole number"},
      {R"({"v":1,"type":"ack","id":"1"})", "{}", "header.id must be a whole number"},
      {R"({"v":1,"type":"ack","id":1})", "{", "payload is not JSON"},
      {R"({"v":1,"type":"ack","id":1})", "7", "payload is not a JSON object"},
      {R"({"v":1,"type":"hello"})", R"({"run":"r"})", "hello.edge is missing"},
      {R"({"v":1,"type":"hello"})", R"({"edge":"","run":"r"})", "hello.edge is empty"},
      {R"({"v":1,"type":"submit","id":1})", R"({"text":"x"})", "message.channel is missing"},
      {R"({"v":1,"type":"submit","id":1})", R"({"channel":"chat"})", "external_id is missing"},
      {R"({"v":1,"type":"submit","id":1})", R"({"channel":"c","external_id":"a","page":"p","n":1})",
       "visitor is missing"},
      {R"({"v":1,"type":"submit","id":1})", R"({"channel":"c","external_id":"a","visitor":"v","n":1})",
       "page and n go together"},
      {R"({"v":1,"type":"submit","id":1})", R"({"channel":"chat","external_id":"a","text":5})", "text must be text"},
      {R"({"v":1,"type":"submit","id":1})", R"({"channel":"c","external_id":"a","identities":[{"kind":"p"}]})",
       "identities[].value is missing"},
      {R"({"v":1,"type":"submit","id":1})", R"({"channel":"c","external_id":"a","attributes":{"a":1}})",
       "attributes must map names to text"},
      {R"({"v":1,"type":"command","id":1})", R"({"agent":"a"})", "command.verb is missing"},
      {R"({"v":1,"type":"command","id":1})", R"({"verb":"dance","agent":"a"})", "command.verb is not one"},
      {R"({"v":1,"type":"command","id":1})", R"({"verb":"extend"})", "command.agent is missing"},
      {R"({"v":1,"type":"command","id":1})", R"({"verb":"extend","agent":"a","contact":"x"})",
       "command.contact must be a ULID"},
      {R"({"v":1,"type":"command","id":1})",
       R"({"verb":"extend","agent":"a","contact":"01JD8M3K5T0000000000000001","page":"d1"})", "command.page and n"},
      {R"({"v":1,"type":"command","id":1})",
       R"({"verb":"transfer","agent":"a","contact":"01JD8M3K5T0000000000000001","v":1,"reason":"r"})",
       "command.to_queue or to_agent: exactly one"},
      {R"({"v":1,"type":"command","id":1})", R"({"verb":"queue","agent":"a","queue":"q","on":"yes","reason":"r"})",
       "command.on must be true or false"},
      {R"({"v":1,"type":"attach","id":1})", R"({"attachment":"a","kind":"chat"})", "attach.visitor is missing"},
      {R"({"v":1,"type":"attach","id":1})", R"({"attachment":"a","kind":"desk"})", "attach.agent is missing"},
      {R"({"v":1,"type":"attach","id":1})", R"({"attachment":"a","kind":"phone"})", "attach.kind must be"},
      {R"({"v":1,"type":"ask","id":1})", R"({"what":"weather"})", "ask.what is not one"},
      {R"({"v":1,"type":"signal"})", R"({"attachment":"a","contact":"01JD8M3K5T0000000000000001"})",
       "signal.typing is missing"},
      {R"({"v":1,"type":"resync"})", R"({"attachments":[1]})", "resync.attachments must be a list of names"},
      {R"({"v":1,"type":"leading"})", R"({"leading":true,"epoch":1,"window_agents":2000000})",
       "leading.window_agents must be at most"},
  };
  for (const auto& w : table) {
    const auto got = decode(w.header, w.payload);
    ASSERT_FALSE(got.has_value()) << w.header << w.payload;
    EXPECT_NE(got.error().text.find(w.says), std::string::npos) << got.error().text << " lacks " << w.says;
  }
}

TEST(BusCodec, BoundsComeBeforeParsing) {
  const std::string huge(bus::frame_bytes_max + 1, '[');
  EXPECT_EQ(decode(huge, "{}").error().text, "header is longer than 1 MiB");
  EXPECT_EQ(decode(submit_header, huge).error().text, "payload is longer than 1 MiB");
}

TEST(BusCodec, DepthIsBounded) {
  const auto nested = [](int depth) {
    std::string text = R"({"a":)";
    for (int i = 1; i < depth; ++i) text += "[";
    text += "1";
    for (int i = 1; i < depth; ++i) text += "]";
    return text + "}";
  };
  EXPECT_TRUE(decode(R"({"v":1,"type":"ack","id":1})", nested(32)).has_value());
  EXPECT_FALSE(decode(R"({"v":1,"type":"ack","id":1})", nested(33)).has_value());
}

TEST(BusCodec, TextAboveItsBoundIsRefused) {
  auto m = sample_message();
  m.text.assign(bus::text_bytes_max, 'x');
  auto frames = bus::encode(sample_request(bus::Submit{m}));
  EXPECT_TRUE(decode(frames.header, frames.payload).has_value());
  m.text += 'x';
  frames = bus::encode(sample_request(bus::Submit{m}));
  EXPECT_NE(decode(frames.header, frames.payload).error().text.find("message.text is longer"), std::string::npos);
}

TEST(BusCodec, UnknownFieldsAreIgnored) {
  const auto got = decode(R"({"v":1,"type":"command","id":1,"trace":"t"})",
                          R"({"verb":"next","agent":"a","queue":"q","page":"d","n":1,"shoe_size":43,"reason":"no"})");
  ASSERT_TRUE(got.has_value()) << got.error().text;
  const auto& c = std::get<bus::Command>(got->body);
  EXPECT_EQ(c.queue, "q");
  EXPECT_EQ(c.reason, "");  // `next` carries no reason
}

TEST(BusCodec, IdIsFoundInAWrongHeader) {
  EXPECT_EQ(bus::id_of(R"({"v":9,"type":"dance","id":5})"), 5U);
  EXPECT_EQ(bus::id_of(R"({"id":"5"})"), 0U);
  EXPECT_EQ(bus::id_of("{"), 0U);
}

// Each verb: complete it is read; without any one of its required fields, or its agent, it is refused by that name.
TEST(BusCodec, EveryRequiredFieldOfEveryVerbIsRequired) {
  for (const auto& r : bus::verbs()) {
    const auto whole = bus::to_json(sample_command(r.verb));
    ASSERT_TRUE(bus::command_from(whole).has_value()) << r.word << bus::command_from(whole).error().text;
    std::vector<std::string_view> must(r.required.begin(), r.required.end());
    if (r.speaker) must.emplace_back("agent");
    for (const auto name : must) {
      auto without = whole;
      without.erase(name);
      const auto got = bus::command_from(without);
      ASSERT_FALSE(got.has_value()) << r.word << " without " << name;
      EXPECT_NE(got.error().text.find("command." + std::string(name) + " is missing"), std::string::npos)
          << got.error().text;
    }
    for (const auto name : r.optional) {
      auto without = whole;
      ASSERT_EQ(without.erase(name), 1U) << r.word << " does not write " << name;
      EXPECT_TRUE(bus::command_from(without).has_value()) << r.word << " without " << name;
    }
    if (r.one_of.empty()) continue;
    auto both = whole;
    both["to_queue"] = both["to_agent"] = both["state"] = "x";
    both["on"] = true;
    EXPECT_FALSE(bus::command_from(both).has_value()) << r.word;
  }
}

TEST(BusTables, WordsReadBackAndLanesAreTold) {
  for (const auto& r : bus::verbs()) EXPECT_EQ(bus::parse_verb(r.word), r.verb);
  for (const auto w : bus::whats()) EXPECT_EQ(bus::word(*bus::parse_what(w)), w);
  for (const auto k :
       {bus::AttachKind::chat, bus::AttachKind::desk, bus::AttachKind::display, bus::AttachKind::adapter})
    EXPECT_EQ(bus::parse_attach_kind(bus::word(k)), k);
  EXPECT_FALSE(bus::parse_verb("Accept").has_value());
  EXPECT_EQ(bus::lane_of(bus::Submit{}), bus::Lane::intake);
  EXPECT_EQ(bus::lane_of(sample_command(bus::Verb::accept)), bus::Lane::agents);
  EXPECT_EQ(bus::lane_of(sample_command(bus::Verb::end)), bus::Lane::intake);
  EXPECT_EQ(bus::lane_of(bus::Detach{}), bus::Lane::intake);
}

// --- random ---------------------------------------------------------------------------------------------------------

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t n) { return std::uniform_int_distribution<std::uint64_t>(0, n - 1)(engine_); }
  std::string text(bool may_be_empty = true) {
    static const std::vector<std::string> bits{
        "a", "\"", "\\", "\n", std::string(1, '\0'), "客", "😀", "{", "é", "\t", "/", "'", " ", "\x7f", "0", ":", ","};
    std::string t;
    for (auto n = below(12) + (may_be_empty ? 0 : 1); n > 0; --n) t += bits[below(bits.size())];
    return t;
  }
  std::uint64_t count() { return below(2) == 0 ? below(100) : below(bus::count_max + 1); }
  template <class I>
  I ulid() {
    return I(Ulid::make(static_cast<std::int64_t>(below(1ULL << 47)), below(1ULL << 40), below(1ULL << 40)));
  }
  boost::json::object object() {
    boost::json::object o;
    for (auto n = below(4); n > 0; --n) o[text()] = boost::json::array{text(), count(), below(2) == 0, nullptr};
    return o;
  }

 private:
  std::mt19937 engine_;
};

bus::Command random_command(Random& r) {
  auto c = sample_command(static_cast<bus::Verb>(r.below(bus::verbs().size())));
  if (c.n != 0) c.n = r.below(bus::count_max) + 1;
  if (c.n != 0) c.page = r.text(false);
  c.contact = r.ulid<ContactId>();
  c.v = r.count();
  c.seq = r.count();
  c.reason = r.text(false);
  c.text = r.text(false);
  if (r.below(2) == 0) c.force.reset();
  if (r.below(2) == 0) c.counter.clear();
  if (r.below(2) == 0) c.kind = r.text(false);
  c.roster = r.object();
  return c;
}

Message random_message(Random& r) {
  Message m;
  m.channel = ChannelName(r.text(false));
  m.external_id = r.text(false);
  m.visitor = VisitorId(r.text());
  if (!m.visitor.empty() && r.below(2) == 0) {
    m.page = r.text(false);
    m.n = r.below(bus::count_max) + 1;
  }
  for (auto n = r.below(3); n > 0; --n) m.identities.push_back({r.text(false), r.text(false), r.below(2) == 0});
  m.name = r.text();
  m.text = r.text();
  for (auto n = r.below(3); n > 0; --n) m.attributes[r.text()] = r.text();
  m.received = Instant{static_cast<std::int64_t>(r.count())};
  return m;
}

bus::Envelope random_envelope(Random& r) {
  bus::Envelope e;
  e.id = r.below(bus::count_max) + 1;
  e.deadline_ms = static_cast<std::int64_t>(r.count());
  e.batch = r.count();
  const bus::AttachmentId a(r.text(false));
  switch (r.below(14)) {
    case 0: e.body = bus::Hello{bus::EdgeId(r.text(false)), r.text(false)}; break;
    case 1: e.body = bus::Submit{random_message(r)}; break;
    case 2: e.body = random_command(r); break;
    case 3: {
      bus::Attach one{a,
                      bus::AttachKind::chat,
                      VisitorId(r.text(false)),
                      AgentId(r.text()),
                      ChannelName(r.text()),
                      r.text(),
                      {},
                      r.count(),
                      r.below(2) == 0,
                      r.text()};
      if (r.below(2) == 0) one.contact = r.ulid<ContactId>();
      one.owner = r.text();
      e.body = one;
      break;
    }
    case 4: e.body = bus::Detach{a, r.below(2) == 0}; break;
    case 5:
      e.body = bus::Ask{static_cast<bus::What>(r.below(bus::whats().size())),
                        AgentId(r.text()),
                        r.ulid<ContactId>(),
                        r.count(),
                        r.text(),
                        SessionHash(r.text()),
                        r.text()};
      break;
    case 6: e.body = bus::Signal{a, r.ulid<ContactId>(), r.below(2) == 0}; break;
    case 7: e.body = bus::Ack{r.object()}; break;
    case 8: e.body = bus::Reject{r.text(false), r.text(), r.object()}; break;
    case 9: e.body = bus::Retry{static_cast<std::int64_t>(r.count()), r.text(false), r.object()}; break;
    case 10: e.body = bus::Leading{r.below(2) == 0, r.count(), 5, 6, r.count()}; break;
    case 11: e.body = bus::Notice{a, r.object()}; break;
    case 12: e.body = bus::Resync{std::vector(r.below(4), a)}; break;
    default: e.body = bus::Job{a, r.text(false), r.text(false), r.object()};
  }
  return e;
}

TEST(BusCodec, RandomEnvelopesRoundTrip) {
  for (std::uint32_t seed = 1; seed <= 20'000; ++seed) {
    Random r(seed);
    const auto e = random_envelope(r);
    const auto frames = bus::encode(e);
    const auto back = decode(frames.header, frames.payload);
    ASSERT_TRUE(back.has_value()) << "seed " << seed << ": " << back.error().text;
    const auto again = bus::encode(*back);
    ASSERT_EQ(again.header, frames.header) << "seed " << seed;
    ASSERT_EQ(again.payload, frames.payload) << "seed " << seed;
    if (const auto* s = std::get_if<bus::Submit>(&e.body)) {
      ASSERT_EQ(std::get<bus::Submit>(back->body).message, s->message) << "seed " << seed;
    }
  }
}

TEST(BusCodec, DamagedFramesNeverThrow) {
  std::size_t refused = 0;
  for (std::uint32_t seed = 1; seed <= 20'000; ++seed) {
    Random r(seed);
    auto frames = bus::encode(random_envelope(r));
    auto& hit = r.below(2) == 0 ? frames.header : frames.payload;
    for (auto n = r.below(4) + 1; n > 0 && !hit.empty(); --n) {
      const auto at = r.below(hit.size());
      if (r.below(3) == 0)
        hit.erase(at, r.below(8));
      else
        hit[at] = static_cast<char>(r.below(256));
    }
    const auto got = decode(frames.header, frames.payload);
    if (!got) {
      ++refused;
      EXPECT_FALSE(got.error().text.empty());
      continue;
    }
    const auto again = bus::encode(*got);  // what was read can be written and read again
    ASSERT_TRUE(decode(again.header, again.payload).has_value()) << "seed " << seed;
  }
  EXPECT_GT(refused, 10'000U);  // control: the damage is real
}

}  // namespace
}  // namespace fd::test
