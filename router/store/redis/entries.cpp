// Entries of the lists of a contact, and the value of `seen`.

#include <boost/json.hpp>

#include "router/store/redis/codec.hpp"
#include "router/store/redis/values.hpp"

namespace fd::store::redis {
namespace {

namespace json = boost::json;

std::string_view string_at(const json::object& o, std::string_view name) {
  const auto* v = o.if_contains(name);
  const auto* s = v ? v->if_string() : nullptr;
  return s ? std::string_view(s->data(), s->size()) : std::string_view{};
}

std::optional<std::int64_t> number_at(const json::object& o, std::string_view name) {
  const auto* v = o.if_contains(name);
  const auto* n = v ? v->if_int64() : nullptr;
  return n ? std::optional(*n) : std::nullopt;
}

std::optional<json::object> parse_object(std::string_view text) {
  json::error_code error;
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // what was taken in must come out again
  auto value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

void print_body(std::string& out, std::string_view body) {
  out.append(R"("k":0,"n":"","b":)");
  append_json(out, body);
  out.push_back('}');
}

// k = 0: the body as it is. Another key id is a body sealed by a later version, which this one cannot open.
bool plain(const json::object& o) { return number_at(o, "k") == 0 && o.if_contains("b") != nullptr; }

BadField bad(std::string_view what, std::string_view text) {
  return {std::string(what) + ": `" + std::string(text.substr(0, 60)) + "`"};
}

}  // namespace

void print_line(std::string& out, const Line& line) {
  out.append(R"({"at":)");
  append_number(out, line.at.ms);
  const auto field = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    out.append(name);
    append_json(out, value);
  };
  field(R"(,"cid":)", line.cid);
  field(R"(,"agent":)", line.agent.str());
  field(R"(,"name":)", line.name);
  out.append(R"(,"by":")").append(word(line.by)).append(R"(","kind":")").append(word(line.kind)).append("\",");
  print_body(out, line.text);
}

Decoded<Line> line_from(std::uint64_t seq, std::string_view text) {
  const auto o = parse_object(text);
  if (!o) return bad("a message is no JSON object", text);
  const auto at = number_at(*o, "at");
  const auto by = parse_word<Author>(string_at(*o, "by"));
  const auto kind = parse_word<MessageKind>(string_at(*o, "kind"));
  if (!at || !by || !kind || !plain(*o)) return bad("a message lacks at, by, kind or b, or its key is unknown", "");
  Line line;
  line.seq = seq;
  line.at = {*at};
  line.by = *by;
  line.kind = *kind;
  line.cid = string_at(*o, "cid");
  line.agent = AgentId(std::string(string_at(*o, "agent")));
  line.name = string_at(*o, "name");
  line.text = string_at(*o, "b");
  return line;
}

void print_note(std::string& out, const Note& note) {
  out.append(R"({"at":)");
  append_number(out, note.at.ms);
  out.append(R"(,"agent":)");
  append_json(out, note.agent.str());
  out.push_back(',');
  print_body(out, note.text);
}

Decoded<Note> note_from(std::string_view text) {
  const auto o = parse_object(text);
  if (!o) return bad("a note is no JSON object", text);
  const auto at = number_at(*o, "at");
  if (!at || !plain(*o)) return bad("a note lacks at or b, or its key is unknown", "");
  Note note;
  note.at = {*at};
  note.agent = AgentId(std::string(string_at(*o, "agent")));
  note.text = string_at(*o, "b");
  return note;
}

Decoded<SeenValue> seen_from(std::string_view text) {
  SeenValue seen;
  auto rest = text;
  const auto id = values::next_word(rest);
  const auto seq = values::next_word(rest);
  if (id.empty() || !values::parse(id, seen.contact) || !values::parse(seq, seen.seq)) return bad("seen", text);
  return seen;
}

Decoded<SignIn> sign_in_from(std::string_view text) {
  SignIn found;
  auto rest = text;
  found.agent = AgentId(std::string(values::next_word(rest)));
  if (found.agent.empty() || !values::parse(values::next_word(rest), found.until)) return bad("session", text);
  return found;
}

Decoded<EventEntry> event_entry_from(const redisReply& entry) {
  if (size(entry) != 2 || !is_text(at(entry, 0)) || !is_array(at(entry, 1))) return bad("event", "not an entry");
  EventEntry event;
  const auto id = text(at(entry, 0));
  const auto dash = id.find('-');
  if (!values::parse_number(id.substr(0, dash), event.sequence)) return bad("event id", id);
  const auto& fields = at(entry, 1);
  for (std::size_t i = 0; i + 1 < size(fields); i += 2) {
    const auto name = text(at(fields, i));
    const auto value = text(at(fields, i + 1));
    if (name == "in") event.input = value;
    if (name == "tr") event.transitions = value;
    if (name == "rules") event.rules = value;
    if (name == "at" && !values::parse(value, event.at)) return bad("event time", value);
  }
  return event;
}

}  // namespace fd::store::redis
