// Message and Command as JSON objects: the two values that also stand in the event record.

#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include "router/bus/codec.hpp"
#include "router/bus/reader.hpp"
#include "router/bus/tables.hpp"

namespace fd::bus {
namespace {

namespace json = boost::json;

constexpr std::size_t identities_max = 32;
constexpr std::size_t attributes_max = 64;
constexpr std::size_t attributes_bytes_max =
    std::size_t{16} * 1024;  // kept with the contact, and in the record of inputs

void put(json::object& o, std::string_view key, const std::string& v) {
  if (!v.empty()) o[key] = v;
}

template <class Tag>
void put(json::object& o, std::string_view key, const Id<Tag>& v) {
  put(o, key, v.str());
}

void read_identities(Reader& in, Message& m) {
  const auto* list = in.array("identities", Need::may);
  if (list == nullptr) return;
  if (list->size() > identities_max) return in.fail("identities", "has more than 32 entries");
  for (const auto& entry : *list) {
    const auto* o = entry.if_object();
    if (o == nullptr) return in.fail("identities", "must be a list of objects");
    Reader one(*o, "identities[]");
    Identity identity{one.text("kind", Need::must), one.text("value", Need::must), one.flag("verified", Need::may)};
    if (!one.ok()) return in.fail("identities", "holds a wrong entry: " + one.error());
    m.identities.push_back(std::move(identity));
  }
}

void read_attributes(Reader& in, Message& m) {
  const auto object = in.object("attributes", Need::may);
  if (object.size() > attributes_max) return in.fail("attributes", "has more than 64 entries");
  std::size_t bytes = 0;
  for (const auto& [key, value] : object) {
    const auto* s = value.if_string();
    if (s == nullptr) return in.fail("attributes", "must map names to text");
    if (s->size() > word_bytes_max || key.size() > word_bytes_max)
      return in.fail("attributes", "has an entry longer than 4096 bytes");
    bytes += key.size() + s->size();
    if (bytes > attributes_bytes_max) return in.fail("attributes", "has more than 16384 bytes in all");
    m.attributes.emplace(std::string(key), std::string(s->data(), s->size()));
  }
}

// A field of Command on the wire: its name and where it lives.
using Member =
    std::variant<std::string Command::*, AgentId Command::*, VisitorId Command::*, SessionHash Command::*,
                 std::optional<ContactId> Command::*, std::optional<OfferId> Command::*,
                 std::optional<std::uint64_t> Command::*, std::optional<bool> Command::*, json::object Command::*>;
struct Field {
  std::string_view name;
  Member member;
};

constexpr std::array fields{
    Field{"contact", &Command::contact},
    Field{"offer", &Command::offer},
    Field{"v", &Command::v},
    Field{"seq", &Command::seq},
    Field{"on", &Command::on},
    Field{"force", &Command::force},
    Field{"state", &Command::state},
    Field{"reason", &Command::reason},
    Field{"counter", &Command::counter},
    Field{"text", &Command::text},
    Field{"to_queue", &Command::to_queue},
    Field{"to_agent", &Command::to_agent},
    Field{"queue", &Command::queue},
    Field{"kind", &Command::kind},
    Field{"priority", &Command::priority},
    Field{"disposition", &Command::disposition},
    Field{"target", &Command::target},
    Field{"job", &Command::job},
    Field{"visitor", &Command::visitor},
    Field{"session", &Command::session},
    Field{"agent", &Command::agent},
    Field{"roster", &Command::roster},
};

struct Write {
  const Command& c;
  json::object& out;
  std::string_view name;
  void operator()(std::string Command::*m) const { put(out, name, c.*m); }
  void operator()(AgentId Command::*m) const { put(out, name, c.*m); }
  void operator()(VisitorId Command::*m) const { put(out, name, c.*m); }
  void operator()(SessionHash Command::*m) const { put(out, name, c.*m); }
  void operator()(json::object Command::*m) const { out[name] = c.*m; }
  template <class Tag>
  void operator()(std::optional<UlidId<Tag>> Command::*m) const {
    if (const auto& id = c.*m) out[name] = id->str();
  }
  template <class Plain>
  void operator()(std::optional<Plain> Command::*m) const {
    if (const auto& v = c.*m) out[name] = *v;
  }
};

struct Read {
  Command& c;
  Reader& in;
  std::string_view name;
  Need need;
  void operator()(std::string Command::*m) const {
    c.*m = in.text(name, need, name == "text" ? text_bytes_max : word_bytes_max);
  }
  void operator()(AgentId Command::*m) const { c.*m = AgentId(in.text(name, need)); }
  void operator()(VisitorId Command::*m) const { c.*m = VisitorId(in.text(name, need)); }
  void operator()(SessionHash Command::*m) const { c.*m = SessionHash(in.text(name, need)); }
  void operator()(json::object Command::*m) const { c.*m = in.object(name, need); }
  template <class Tag>
  void operator()(std::optional<UlidId<Tag>> Command::*m) const {
    if (in.has(name) || need == Need::must) c.*m = in.ulid<UlidId<Tag>>(name, Need::must);
  }
  void operator()(std::optional<std::uint64_t> Command::*m) const {
    if (in.has(name) || need == Need::must) c.*m = in.count(name, need);
  }
  void operator()(std::optional<bool> Command::*m) const {
    if (in.has(name) || need == Need::must) c.*m = in.flag(name, need);
  }
};

const Field& field(std::string_view name) {
  for (const auto& f : fields)
    if (f.name == name) return f;
  std::abort();  // tables.cpp names a field that Command has not: the table test runs over every row
}

void read_one_of(Reader& in, Command& c, std::span<const std::string_view> names) {
  if (names.empty()) return;
  std::size_t there = 0;
  for (const auto name : names) {
    if (!in.has(name)) continue;
    ++there;
    std::visit(Read{c, in, name, Need::must}, field(name).member);
  }
  if (there != 1) in.fail(names.front(), "or " + std::string(names.back()) + ": exactly one of them is needed");
}

}  // namespace

json::object to_json(const Message& m) {
  json::object o;
  put(o, "channel", m.channel);
  put(o, "external_id", m.external_id);
  put(o, "visitor", m.visitor);
  put(o, "page", m.page);
  if (m.n != 0) o["n"] = m.n;
  if (!m.identities.empty()) {
    json::array list;
    for (const auto& identity : m.identities) {
      json::object one{{"kind", identity.kind}, {"value", identity.value}};
      if (identity.verified) one["verified"] = true;
      list.push_back(std::move(one));
    }
    o["identities"] = std::move(list);
  }
  put(o, "name", m.name);
  put(o, "grade", m.grade);
  put(o, "locale", m.locale);
  put(o, "text", m.text);
  if (!m.attributes.empty()) {
    json::object map;
    for (const auto& [key, value] : m.attributes) map[key] = value;
    o["attributes"] = std::move(map);
  }
  if (m.received.set()) o["received"] = m.received.ms;
  return o;
}

boost::system::result<Message, CodecError> message_from(const json::object& o) {
  Reader in(o, "message");
  Message m;
  m.channel = ChannelName(in.text("channel", Need::must));
  m.external_id = in.text("external_id", Need::may);
  m.visitor = VisitorId(in.text("visitor", Need::may));
  m.page = in.text("page", Need::may);
  m.n = in.count("n", Need::may);
  read_identities(in, m);
  m.name = in.text("name", Need::may);
  m.grade = in.text("grade", Need::may);
  m.locale = in.text("locale", Need::may);
  m.text = in.text("text", Need::may, text_bytes_max);
  read_attributes(in, m);
  m.received = Instant{in.milliseconds("received", Need::may)};
  if (!in.ok()) return CodecError{in.error()};
  return m;
}

json::object to_json(const Command& c) {
  const auto& r = row(c.verb);
  json::object o{{"verb", r.word}};
  put(o, "agent", c.agent);
  put(o, "page", c.page);
  if (c.n != 0) o["n"] = c.n;
  for (const auto names : {r.required, r.optional, r.one_of})
    for (const auto name : names) std::visit(Write{c, o, name}, field(name).member);
  return o;
}

boost::system::result<Command, CodecError> command_from(const json::object& o) {
  Reader in(o, "command");
  Command c;
  const auto verb = parse_verb(in.text("verb", Need::must));
  if (!in.ok()) return CodecError{in.error()};
  if (!verb) return CodecError{"command.verb is not one of the verbs"};
  c.verb = *verb;
  const auto& r = row(c.verb);
  c.agent = AgentId(in.text("agent", r.speaker ? Need::must : Need::may));
  c.page = in.text("page", Need::may);
  c.n = in.count("n", Need::may);
  if (c.page.empty() != (c.n == 0)) in.fail("page", "and n come together, and n begins at 1");
  for (const auto name : r.required) std::visit(Read{c, in, name, Need::must}, field(name).member);
  for (const auto name : r.optional) std::visit(Read{c, in, name, Need::may}, field(name).member);
  read_one_of(in, c, r.one_of);
  if (!in.ok()) return CodecError{in.error()};
  return c;
}

}  // namespace fd::bus
