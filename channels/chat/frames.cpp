#include "channels/chat/frames.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cctype>

#include "router/model/utf8.hpp"

namespace fd::chat {
namespace json = boost::json;
namespace {

constexpr Field optional_of(std::string_view name, Shape shape) { return {name, shape, false, false}; }

constexpr std::array hello_in{Field{"v", Shape::count},
                              Field{"page", Shape::text},
                              Field{"locale", Shape::text},
                              optional_of("url", Shape::text),
                              optional_of("token", Shape::text),
                              optional_of("identity", Shape::text),
                              optional_of("contact", Shape::text),
                              optional_of("last_seq", Shape::count)};
constexpr std::array msg_in{Field{"cid", Shape::text}, Field{"text", Shape::text}, optional_of("consent", Shape::text),
                            optional_of("prechat", Shape::object)};
constexpr std::array typing_in{Field{"on", Shape::flag}};
constexpr std::array read_in{Field{"contact", Shape::text}, Field{"seq", Shape::count}};
constexpr std::array end_in{Field{"contact", Shape::text}};

constexpr std::array welcome_out{Field{"v", Shape::count},
                                 Field{"at", Shape::count},
                                 optional_of("token", Shape::text),
                                 optional_of("identity", Shape::text),
                                 Field{"online", Shape::flag},
                                 Field{"contact", Shape::text, true, true},
                                 optional_of("case", Shape::text),
                                 optional_of("state", Shape::text),
                                 Field{"seq", Shape::count},
                                 Field{"from", Shape::count},
                                 Field{"reset", Shape::flag},
                                 optional_of("agent", Shape::object),
                                 optional_of("place", Shape::object),
                                 Field{"read", Shape::object},
                                 Field{"last", Shape::count},
                                 Field{"limits", Shape::object}};
constexpr std::array ack_out{Field{"cid", Shape::text}, Field{"contact", Shape::text}, Field{"seq", Shape::count},
                             Field{"case", Shape::text}, Field{"at", Shape::count}};
constexpr std::array msg_out{Field{"contact", Shape::text},       Field{"seq", Shape::count},
                             Field{"at", Shape::count},           Field{"by", Shape::text},
                             Field{"kind", Shape::text},          optional_of("text", Shape::text),
                             optional_of("event", Shape::object), optional_of("cid", Shape::text)};
constexpr std::array state_out{Field{"contact", Shape::text}, Field{"case", Shape::text}, Field{"state", Shape::text},
                               optional_of("reason", Shape::text), optional_of("agent", Shape::object)};
constexpr std::array place_out{Field{"contact", Shape::text}, Field{"position", Shape::count, true, true},
                               Field{"est_wait_s", Shape::count, true, true}};
constexpr std::array typing_out{Field{"contact", Shape::text}, Field{"on", Shape::flag}};
constexpr std::array read_out{Field{"contact", Shape::text}, Field{"seq", Shape::count}};
constexpr std::array pong_out{Field{"at", Shape::count}};
constexpr std::array slow_down_out{Field{"retry_ms", Shape::count}, Field{"reason", Shape::text},
                                   optional_of("next", Shape::count)};
constexpr std::array error_out{Field{"code", Shape::text}, optional_of("cid", Shape::text), Field{"text", Shape::text}};
constexpr std::array restart_out{Field{"retry_ms", Shape::count}};

constexpr std::array table{FrameRow{Direction::in, "hello", hello_in},
                           FrameRow{Direction::in, "msg", msg_in},
                           FrameRow{Direction::in, "typing", typing_in},
                           FrameRow{Direction::in, "read", read_in},
                           FrameRow{Direction::in, "end", end_in},
                           FrameRow{Direction::in, "ping", {}},
                           FrameRow{Direction::out, "welcome", welcome_out},
                           FrameRow{Direction::out, "ack", ack_out},
                           FrameRow{Direction::out, "msg", msg_out},
                           FrameRow{Direction::out, "state", state_out},
                           FrameRow{Direction::out, "place", place_out},
                           FrameRow{Direction::out, "typing", typing_out},
                           FrameRow{Direction::out, "read", read_out},
                           FrameRow{Direction::out, "pong", pong_out},
                           FrameRow{Direction::out, "slow_down", slow_down_out},
                           FrameRow{Direction::out, "error", error_out},
                           FrameRow{Direction::out, "restart", restart_out}};

std::string_view said(Shape shape) {
  switch (shape) {
    case Shape::text: return "a text";
    case Shape::count: return "a whole number from 0 to 2^53 - 1";
    case Shape::flag: return "true or false";
    case Shape::object: break;
  }
  return "an object";
}

std::optional<std::uint64_t> count_of(const json::value& value) {
  if (const auto* i = value.if_int64(); i && *i >= 0 && static_cast<std::uint64_t>(*i) <= count_max)
    return static_cast<std::uint64_t>(*i);
  if (const auto* u = value.if_uint64(); u && *u <= count_max) return *u;
  return std::nullopt;
}

bool fits(Shape shape, const json::value& value) {
  switch (shape) {
    case Shape::text: return value.is_string();
    case Shape::count: return count_of(value).has_value();
    case Shape::flag: return value.is_bool();
    case Shape::object: break;
  }
  return value.is_object();
}

std::string text_of(const json::object& frame, std::string_view name) {
  const auto* value = frame.if_contains(name);
  return value ? std::string(value->as_string()) : std::string();
}

bool is_token(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

FrameError bad_frame(std::string text, std::string cid = {}) { return {"bad_frame", std::move(cid), std::move(text)}; }

boost::system::result<Frame, FrameError> hello_of(const json::object& frame) {
  if (frame.at("v").to_number<std::uint64_t>() != version)
    return bad_frame("hello.v must be 1: this server speaks version 1 only");
  Hello hello{text_of(frame, "page"),
              text_of(frame, "locale"),
              text_of(frame, "url"),
              text_of(frame, "token"),
              text_of(frame, "identity"),
              {},
              0};
  if (!is_token(hello.page, 64)) return bad_frame("hello.page must be 1 to 64 of A-Z a-z 0-9 - _");
  if (!is_token(hello.locale, 35)) return bad_frame("hello.locale must be a language tag such as zh-CN or en");
  if (hello.url.size() > 2048) return bad_frame("hello.url is longer than 2048 bytes");
  if (const auto* seq = frame.if_contains("last_seq")) hello.last_seq = *count_of(*seq);
  if (frame.contains("contact")) {
    hello.contact = ContactId::parse(text_of(frame, "contact"));
    if (!hello.contact) return bad_frame("hello.contact is not a contact id");
  }
  if (hello.last_seq > 0 && !hello.contact) return bad_frame("hello.last_seq needs hello.contact beside it");
  return Frame(std::move(hello));
}

boost::system::result<Frame, FrameError> msg_of(const json::object& frame) {
  Msg msg{text_of(frame, "cid"), text_of(frame, "text"), text_of(frame, "consent"), {}};
  if (const auto* prechat = frame.if_contains("prechat"))
    for (const auto& [key, value] : prechat->as_object()) {
      if (!value.is_string()) return bad_frame("msg.prechat must map keys to texts", msg.cid);
      msg.prechat.emplace(key, value.as_string());
    }
  return Frame(std::move(msg));
}

boost::system::result<Frame, FrameError> read_or_end(const json::object& frame, bool read) {
  const auto contact = ContactId::parse(text_of(frame, "contact"));
  if (!contact) return bad_frame(std::string(read ? "read" : "end") + ".contact is not a contact id");
  if (!read) return Frame(End{*contact});
  return Frame(Read{*contact, *count_of(frame.at("seq"))});
}

}  // namespace

std::span<const FrameRow> frames() noexcept { return table; }

const FrameRow* find_frame(Direction direction, std::string_view type) noexcept {
  const auto at = std::find_if(table.begin(), table.end(),
                               [&](const FrameRow& row) { return row.direction == direction && row.type == type; });
  return at == table.end() ? nullptr : &*at;
}

std::optional<std::string> mismatch(Direction direction, const json::object& frame, bool strict) {
  const auto* type = frame.if_contains("type");
  if (!type || !type->is_string()) return "type is missing";
  const std::string name(type->as_string());
  const auto* row = find_frame(direction, name);
  if (!row) return "no frame of the type \"" + name + "\" is known";
  for (const auto& field : row->fields) {
    const auto* value = frame.if_contains(field.name);
    const std::string place = name + "." + std::string(field.name);
    if (!value && !field.required) continue;
    if (!value) return place + " is missing";
    if (field.nullable && value->is_null()) continue;
    if (!fits(field.shape, *value)) return place + " must be " + std::string(said(field.shape));
  }
  if (!strict) return std::nullopt;
  for (const auto& [key, value] : frame) {
    const auto known = [name = std::string_view(key)](const Field& field) { return field.name == name; };
    if (key != "type" && std::none_of(row->fields.begin(), row->fields.end(), known))
      return name + "." + std::string(key) + " is not in the table";
  }
  return std::nullopt;
}

boost::system::result<Frame, FrameError> parse_frame(std::string_view text) {
  json::parse_options options;
  options.max_depth = 8;
  boost::system::error_code failed;
  const auto value = json::parse(text, failed, {}, options);
  if (failed) return bad_frame("the frame is not JSON: " + failed.message());
  const auto* frame = value.if_object();
  if (!frame) return bad_frame("the frame must be a JSON object");
  const auto* type = frame->if_contains("type");
  if (!type || !type->is_string()) return bad_frame("type is missing");
  const std::string name(type->as_string());
  if (!find_frame(Direction::in, name))
    return FrameError{"bad_type", {}, "no frame of the type \"" + std::string(cut_utf8(name, 40)) + "\" is known"};
  if (auto wrong = mismatch(Direction::in, *frame, false)) {
    const auto* cid = name == "msg" ? frame->if_contains("cid") : nullptr;
    const bool named = cid && cid->is_string() && cid->as_string().size() <= 100;
    return bad_frame(*std::move(wrong), named ? std::string(cid->as_string()) : std::string());
  }
  if (name == "hello") return hello_of(*frame);
  if (name == "msg") return msg_of(*frame);
  if (name == "typing") return Frame(Typing{frame->at("on").as_bool()});
  if (name == "ping") return Frame(Ping{});
  return read_or_end(*frame, name == "read");
}

json::object welcome_frame(const json::object& body, const std::string& token, std::string_view identity,
                           const Limits& limits) {
  json::object frame;
  frame["type"] = "welcome";
  frame["v"] = version;
  for (const auto& [key, value] : body) frame[key] = value;
  if (!token.empty()) frame["token"] = token;
  if (!identity.empty()) frame["identity"] = identity;
  json::object bounds;
  bounds["chars"] = limits.chars;
  bounds["bytes"] = limits.bytes;
  frame["limits"] = std::move(bounds);
  return frame;
}

json::object ack_frame(const std::string& cid, const json::object& body) {
  json::object frame;
  frame["type"] = "ack";
  frame["cid"] = cid;
  for (const auto name : {"contact", "seq", "case", "at"})
    if (const auto* value = body.if_contains(name)) frame[name] = *value;
  return frame;
}

json::object slow_down_frame(std::int64_t retry_ms, std::string_view reason, std::optional<std::uint64_t> next) {
  json::object frame;
  frame["type"] = "slow_down";
  frame["retry_ms"] = std::max<std::int64_t>(retry_ms, 0);
  frame["reason"] = reason;
  if (next) frame["next"] = *next;
  return frame;
}

json::object error_frame(const FrameError& error) {
  json::object frame;
  frame["type"] = "error";
  frame["code"] = error.code;
  if (!error.cid.empty()) frame["cid"] = error.cid;
  frame["text"] = error.text;
  return frame;
}

json::object pong_frame(Instant at) {
  json::object frame;
  frame["type"] = "pong";
  frame["at"] = at.ms;
  return frame;
}

}  // namespace fd::chat
