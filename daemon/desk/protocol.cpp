#include "daemon/desk/protocol.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <charconv>
#include <optional>

#include "daemon/desk/frames.hpp"
#include "router/model/utf8.hpp"

namespace fd::desk {
namespace json = boost::json;
namespace {

constexpr std::int64_t count_max = (1LL << 53U) - 1;  // exact in JavaScript

using Slot = std::variant<std::string bus::Command::*, std::optional<std::uint64_t> bus::Command::*,
                          std::optional<bool> bus::Command::*, std::optional<ContactId> bus::Command::*,
                          std::optional<OfferId> bus::Command::*>;
struct Field {
  std::string_view name;  // as in bus::verbs()
  Slot slot;
};
const std::array<Field, 17> fields{{{"contact", &bus::Command::contact},
                                    {"offer", &bus::Command::offer},
                                    {"v", &bus::Command::v},
                                    {"seq", &bus::Command::seq},
                                    {"on", &bus::Command::on},
                                    {"force", &bus::Command::force},
                                    {"state", &bus::Command::state},
                                    {"reason", &bus::Command::reason},
                                    {"counter", &bus::Command::counter},
                                    {"text", &bus::Command::text},
                                    {"to_queue", &bus::Command::to_queue},
                                    {"to_agent", &bus::Command::to_agent},
                                    {"queue", &bus::Command::queue},
                                    {"kind", &bus::Command::kind},
                                    {"disposition", &bus::Command::disposition},
                                    {"priority", &bus::Command::priority},
                                    {"target", &bus::Command::target}}};

struct Fault {
  std::string code, text;
};

const json::value* member(const json::object& o, std::string_view path) {
  const auto dot = path.find('.');
  if (dot != std::string_view::npos) {
    const auto* outer = o.if_contains(path.substr(0, dot));
    if (outer == nullptr || !outer->is_object()) return nullptr;
    return member(outer->get_object(), path.substr(dot + 1));
  }
  const auto* v = o.if_contains(path);
  return v == nullptr || v->is_null() ? nullptr : v;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::optional<std::uint64_t> count(const json::value& v) {
  if (v.is_int64() && v.get_int64() >= 0 && v.get_int64() <= count_max)
    return static_cast<std::uint64_t>(v.get_int64());
  return std::nullopt;
}

Fault bad(std::string_view name, std::string_view what) {
  return {"bad_request", std::string(name).append(" ").append(what)};
}

// Puts one value where it belongs; says what is wrong with it.
struct Put {
  const json::value& value;
  std::string_view wire;
  bus::Command& out;

  std::optional<Fault> operator()(std::string bus::Command::*slot) const {
    if (!value.is_string()) return bad(wire, "must be text");
    const std::string_view text = value.get_string();
    if (wire == "text") {
      if (characters(text) > text_chars_max)
        return Fault{"too_long", "text is longer than " + std::to_string(text_chars_max) + " characters"};
    } else if (text.size() > word_bytes_max) {
      return Fault{"too_long", std::string(wire) + " is longer than " + std::to_string(word_bytes_max) + " bytes"};
    }
    out.*slot = std::string(text);
    return std::nullopt;
  }
  std::optional<Fault> operator()(std::optional<std::uint64_t> bus::Command::*slot) const {
    const auto n = count(value);
    if (!n) return bad(wire, "must be a whole number from 0 to 2^53 - 1");
    out.*slot = *n;
    return std::nullopt;
  }
  std::optional<Fault> operator()(std::optional<bool> bus::Command::*slot) const {
    if (!value.is_bool()) return bad(wire, "must be true or false");
    out.*slot = value.get_bool();
    return std::nullopt;
  }
  template <class Ulid>
  std::optional<Fault> operator()(std::optional<Ulid> bus::Command::*slot) const {
    if (value.is_string()) out.*slot = Ulid::parse(std::string_view(value.get_string()));
    if (!(out.*slot)) return bad(wire, "must be an id of 26 characters");
    return std::nullopt;
  }
};

bool blank(const json::value& v) { return v.is_string() && v.get_string().empty(); }

std::optional<Fault> take(const json::object& frame, const bus::VerbRow& row, std::string_view name, bool must,
                          bus::Command& out) {
  const auto wire = wire_name(row.verb, name);
  const auto* value = member(frame, wire);
  if (value == nullptr || (must && blank(*value)))
    return must ? std::optional(bad(wire, "is missing")) : std::optional<Fault>();
  const auto at = std::find_if(fields.begin(), fields.end(), [name](const Field& f) { return f.name == name; });
  if (at == fields.end()) return bad(wire, "cannot be sent by a desk");
  return std::visit(Put{*value, wire, out}, at->slot);
}

std::optional<Fault> take_all(const json::object& frame, const bus::VerbRow& row, bus::Command& out) {
  for (const auto name : row.required)
    if (auto fault = take(frame, row, name, true, out)) return fault;
  for (const auto name : row.optional)
    if (auto fault = take(frame, row, name, false, out)) return fault;
  if (row.one_of.empty()) return std::nullopt;
  std::size_t found = 0;
  std::string names;
  for (const auto name : row.one_of) {
    const auto wire = wire_name(row.verb, name);
    names += (names.empty() ? "" : " or ") + std::string(wire);
    const auto* value = member(frame, wire);
    if (value == nullptr || blank(*value)) continue;
    ++found;
    if (auto fault = take(frame, row, name, true, out)) return fault;
  }
  if (found != 1) return bad(names, found == 0 ? "is missing" : "must be one of them, not both");
  return std::nullopt;
}

bool page_ok(std::string_view page) {
  return !page.empty() && page.size() <= page_bytes_max && std::all_of(page.begin(), page.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool split_id(std::string_view id, bus::Command& out) {
  const auto colon = id.rfind(':');
  if (colon == std::string_view::npos || !page_ok(id.substr(0, colon))) return false;
  const auto digits = id.substr(colon + 1);
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (error != std::errc{} || end != digits.data() + digits.size() || n < 1 || n > count_max) return false;
  out.page = std::string(id.substr(0, colon));
  out.n = static_cast<std::uint64_t>(n);
  return true;
}

Incoming parse_command(const json::object& frame, const bus::VerbRow& row, const AgentId& speaker) {
  const auto* id = member(frame, "id");
  if (id == nullptr || !id->is_string() || id->get_string().size() > page_bytes_max + 20)
    return BadFrame{error_frame("bad_frame", std::string(row.word) + " needs an id page:counter")};
  CommandFrame out{std::string(id->get_string()), {}};
  out.command.verb = row.verb;
  out.command.agent = speaker;
  if (!split_id(out.id, out.command))
    return BadFrame{refused_frame(out.id, "bad_request", "id must be page:counter, the counter from 1")};
  if (auto fault = take_all(frame, row, out.command)) return BadFrame{refused_frame(out.id, fault->code, fault->text)};
  return out;
}

BadFrame bad_frame(const json::object& frame, std::string_view type, const Fault& fault) {
  auto answer = error_frame("bad_frame", std::string(type) + ": " + fault.text);
  if (const auto* id = member(frame, "id");
      id != nullptr && id->is_string() && id->get_string().size() <= word_bytes_max)
    answer["id"] = *id;
  return {std::move(answer)};
}

std::optional<Fault> contact_of(const json::object& frame, ContactId& out) {
  const auto* v = member(frame, "contact");
  if (v == nullptr) return bad("contact", "is missing");
  const auto id = v->is_string() ? ContactId::parse(std::string_view(v->get_string())) : std::nullopt;
  if (!id) return bad("contact", "must be an id of 26 characters");
  out = *id;
  return std::nullopt;
}

std::optional<Fault> text_of(const json::object& frame, std::string_view name, bool must, std::string& out) {
  const auto* v = member(frame, name);
  if (v == nullptr || blank(*v)) return must ? std::optional(bad(name, "is missing")) : std::optional<Fault>();
  if (!v->is_string()) return bad(name, "must be text");
  if (v->get_string().size() > word_bytes_max)
    return bad(name, "is longer than " + std::to_string(word_bytes_max) + " bytes");
  out = std::string(v->get_string());
  return std::nullopt;
}

std::optional<Fault> fill_ask(const json::object& frame, AskFrame& out) {
  auto& ask = out.ask;
  const bool by_customer = ask.what == bus::What::customer;
  if (auto fault = text_of(frame, "id", by_customer, out.id)) return fault;
  if (by_customer) return ask.id = out.id, std::nullopt;
  if (ask.what == bus::What::find) return text_of(frame, "case", true, ask.id);
  if (ask.what == bus::What::waiting) return text_of(frame, "queue", true, ask.id);
  if (ask.what == bus::What::finished) return std::nullopt;
  ContactId contact;
  if (auto fault = contact_of(frame, contact)) return fault;
  ask.contact = contact;
  if (ask.what == bus::What::explain) ask.text = contact.str();
  if (const auto* before = member(frame, "before"); before != nullptr && ask.what == bus::What::history) {
    const auto n = count(*before);
    if (!n) return bad("before", "must be a whole number from 0 to 2^53 - 1");
    ask.before = *n;
  }
  return std::nullopt;
}

Incoming parse_ask(const json::object& frame, std::string_view type, bus::What what, const AgentId& speaker) {
  AskFrame out{std::string(type), {}, {}};
  out.ask.what = what;
  out.ask.agent = speaker;
  if (auto fault = fill_ask(frame, out)) return bad_frame(frame, type, *fault);
  return out;
}

Incoming parse_hello(const json::object& frame) {
  const auto* v = member(frame, "v");
  if (v == nullptr || !v->is_int64() || v->get_int64() != version)
    return bad_frame(frame, "hello", bad("v", "must be " + std::to_string(version)));
  HelloFrame out;
  if (auto fault = text_of(frame, "page", true, out.page)) return bad_frame(frame, "hello", *fault);
  if (!page_ok(out.page))
    return bad_frame(frame, "hello", bad("page", "must be 1 to 64 letters, digits, hyphens or underscores"));
  if (const auto* wall = member(frame, "wall")) {
    if (!wall->is_bool()) return bad_frame(frame, "hello", bad("wall", "must be true or false"));
    out.wall = wall->get_bool();
  }
  return out;
}

Incoming parse_typing(const json::object& frame) {
  TypingFrame out;
  if (auto fault = contact_of(frame, out.contact)) return bad_frame(frame, "typing", *fault);
  const auto* on = member(frame, "on");
  if (on == nullptr || !on->is_bool()) return bad_frame(frame, "typing", bad("on", "must be true or false"));
  out.on = on->get_bool();
  return out;
}

Incoming parse_read(const json::object& frame) {
  ReadFrame out;
  if (auto fault = contact_of(frame, out.contact)) return bad_frame(frame, "read", *fault);
  const auto* seq = member(frame, "seq");
  const auto n = seq == nullptr ? std::nullopt : count(*seq);
  if (!n) return bad_frame(frame, "read", bad("seq", "must be a whole number from 0 to 2^53 - 1"));
  out.seq = *n;
  return out;
}

Incoming parse_acknowledge(const json::object& frame) {
  AcknowledgeFrame out;
  if (auto fault = text_of(frame, "queue", true, out.queue)) return bad_frame(frame, "acknowledge", *fault);
  return out;
}

Incoming parse_object(const json::object& frame, const AgentId& speaker) {
  const auto* type_value = frame.if_contains("type");
  if (type_value == nullptr || !type_value->is_string())
    return BadFrame{error_frame("bad_frame", "type is missing or not text")};
  const std::string_view type = type_value->get_string();
  if (find_in(type) == nullptr) {
    const auto verb = bus::parse_verb(type);
    if (verb && is_command(*verb)) return parse_command(frame, bus::row(*verb), speaker);
    return BadFrame{error_frame("bad_type", "no frame type \"" + std::string(cut_utf8(type, 40)) + "\"")};
  }
  if (type == "hello") return parse_hello(frame);
  if (type == "typing") return parse_typing(frame);
  if (type == "read") return parse_read(frame);
  if (type == "acknowledge") return parse_acknowledge(frame);
  if (type == "resync") return ResyncFrame{};
  if (type == "ping") return PingFrame{};
  return parse_ask(frame, type, *bus::parse_what(type), speaker);
}

json::object retry_frame(const bus::Retry& retry) {
  if (retry.reason != "gap") return slow_down_frame(retry.after_ms);
  json::object out{{"type", "slow_down"}, {"retry_ms", 0}, {"reason", "gap"}};
  if (const auto* next = retry.body.if_contains("next")) out["next"] = *next;
  return out;
}

}  // namespace

Incoming parse(std::string_view text, const AgentId& speaker) {
  json::parse_options options;
  options.max_depth = 16;
  json::error_code error;
  const auto value = json::parse(text, error, {}, options);
  if (error) return BadFrame{error_frame("bad_frame", "not JSON: " + error.message())};
  if (!value.is_object()) return BadFrame{error_frame("bad_frame", "a frame is one JSON object")};
  return parse_object(value.get_object(), speaker);
}

json::object welcome_frame(const json::object& from_router, Instant session_until, std::size_t frame_bytes_max) {
  json::object out{{"type", "welcome"}, {"v", version}};
  for (const auto& [key, value] : from_router) out[key] = value;
  out["session_until"] = session_until.ms;
  out["limits"] = {{"bytes", frame_bytes_max}, {"chars", text_chars_max}};
  return out;
}

json::object answer_frame(const std::string& id, const bus::Answer& answer) {
  if (const auto* ack = std::get_if<bus::Ack>(&answer)) {
    json::object out{{"type", "done"}, {"id", id}};
    for (const auto& [key, value] : ack->body)
      if (key != "type" && key != "id") out[key] = value;
    return out;
  }
  if (const auto* reject = std::get_if<bus::Reject>(&answer)) {
    auto out = refused_frame(id, reject->code, reject->text);
    if (!reject->now.empty()) out["now"] = reject->now;
    return out;
  }
  return retry_frame(std::get<bus::Retry>(answer));
}

json::object answer_frame(const AskFrame& ask, const bus::Answer& answer) {
  if (const auto* ack = std::get_if<bus::Ack>(&answer)) {
    json::object out{{"type", ask.type}};
    for (const auto& [key, value] : ack->body)
      if (key != "type") out[key] = value;
    if (!ask.id.empty()) out["id"] = ask.id;
    return out;
  }
  // No slow_down: that is about commands, and this one asks again when somebody looks again.
  const auto* reject = std::get_if<bus::Reject>(&answer);
  auto out = reject != nullptr ? refused_frame(ask.id, reject->code, reject->text)
                               : refused_frame(ask.id, "busy", "the switchboard cannot answer now: ask again");
  if (ask.id.empty()) out.erase("id");
  out["ask"] = ask.type;
  return out;
}

json::object refused_frame(const std::string& id, std::string_view code, std::string_view why) {
  return {{"type", "refused"}, {"id", id}, {"code", code}, {"why", why}};
}

json::object slow_down_frame(std::int64_t retry_ms) {
  return {{"type", "slow_down"}, {"retry_ms", retry_ms}, {"reason", "busy"}};
}

json::object error_frame(std::string_view code, std::string_view text) {
  return {{"type", "error"}, {"code", code}, {"text", text}};
}

json::object pong_frame(Instant at) { return {{"type", "pong"}, {"at", at.ms}}; }

}  // namespace fd::desk
