#include "router/bus/codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "router/bus/reader.hpp"
#include "router/bus/tables.hpp"

namespace fd::bus {
namespace {

namespace json = boost::json;
using Decoded = boost::system::result<Envelope, CodecError>;

// --- values to payloads ---------------------------------------------------------------------------------------------

void put(json::object& o, std::string_view key, const std::string& v) {
  if (!v.empty()) o[key] = v;
}

struct Payload {
  json::object operator()(const Hello& h) const { return {{"edge", h.edge.str()}, {"run", h.run}}; }
  json::object operator()(const Submit& s) const { return to_json(s.message); }
  json::object operator()(const Command& c) const { return to_json(c); }
  json::object operator()(const Attach& a) const {
    json::object o{{"attachment", a.attachment.str()}, {"kind", word(a.kind)}};
    put(o, "visitor", a.visitor.str());
    put(o, "owner", a.owner);
    put(o, "agent", a.agent.str());
    put(o, "channel", a.channel.str());
    put(o, "page", a.page);
    if (a.contact) o["contact"] = a.contact->str();
    if (a.last_seq != 0) o["last_seq"] = a.last_seq;
    if (a.wall) o["wall"] = true;
    put(o, "locale", a.locale);
    return o;
  }
  json::object operator()(const Detach& d) const {
    json::object o{{"attachment", d.attachment.str()}};
    if (d.lost) o["lost"] = true;
    return o;
  }
  json::object operator()(const Ask& a) const {
    json::object o{{"what", word(a.what)}};
    put(o, "agent", a.agent.str());
    if (a.contact) o["contact"] = a.contact->str();
    if (a.before != 0) o["before"] = a.before;
    put(o, "id", a.id);
    put(o, "session", a.session.str());
    put(o, "text", a.text);
    return o;
  }
  json::object operator()(const Signal& s) const {
    return {{"attachment", s.attachment.str()}, {"contact", s.contact.str()}, {"typing", s.typing}};
  }
  json::object operator()(const Ack& a) const { return a.body; }
  json::object operator()(const Reject& r) const {
    json::object o{{"code", r.code}};
    put(o, "text", r.text);
    if (!r.now.empty()) o["now"] = r.now;
    return o;
  }
  json::object operator()(const Retry& r) const {
    json::object o{{"after_ms", r.after_ms}, {"reason", r.reason}};
    if (!r.body.empty()) o["body"] = r.body;
    return o;
  }
  json::object operator()(const Leading& l) const {
    return {{"leading", l.leading},
            {"epoch", l.epoch},
            {"window_intake", l.window_intake},
            {"window_agents", l.window_agents},
            {"batch", l.batch}};
  }
  json::object operator()(const Notice& n) const { return {{"attachment", n.attachment.str()}, {"frame", n.frame}}; }
  json::object operator()(const Resync& r) const {
    json::array list;
    for (const auto& a : r.attachments) list.emplace_back(a.str());
    return {{"attachments", std::move(list)}};
  }
  json::object operator()(const Job& j) const {
    return {{"attachment", j.attachment.str()}, {"id", j.id}, {"kind", j.kind}, {"body", j.body}};
  }
};

// --- payloads to values ---------------------------------------------------------------------------------------------

Submit read_submit(Reader& in, const json::object& payload) {
  auto message = message_from(payload);
  if (!message) return in.fail("message", message.error().text), Submit{};
  if (message->external_id.empty() && (message->page.empty() || message->n == 0))
    in.fail("external_id", "is missing (or page with n): without it a resend would be a second message");
  if (message->page.empty() != (message->n == 0)) in.fail("page", "and n go together");
  if (message->n != 0 && message->visitor.empty()) in.fail("visitor", "is missing: page and n count its messages");
  if (message->external_id.empty()) message->external_id = message->page + ":" + std::to_string(message->n);
  return {std::move(*message)};
}

Command read_command(Reader& in, const json::object& payload) {
  auto command = command_from(payload);
  if (!command) return in.fail("command", command.error().text), Command{};
  return std::move(*command);
}

Attach read_attach(Reader& in) {
  Attach a;
  a.attachment = AttachmentId(in.text("attachment", Need::must));
  const auto kind = parse_attach_kind(in.text("kind", Need::must));
  if (!kind) in.fail("kind", "must be chat, desk, display or adapter");
  a.kind = kind.value_or(AttachKind::chat);
  a.visitor = VisitorId(in.text("visitor", kind == AttachKind::chat ? Need::must : Need::may));
  a.owner = in.text("owner", Need::may);
  a.agent = AgentId(in.text("agent", kind == AttachKind::desk ? Need::must : Need::may));
  a.channel = ChannelName(in.text("channel", kind == AttachKind::adapter ? Need::must : Need::may));
  a.page = in.text("page", Need::may);
  if (in.has("contact")) a.contact = in.ulid<ContactId>("contact", Need::must);
  a.last_seq = in.count("last_seq", Need::may);
  a.wall = in.flag("wall", Need::may);
  a.locale = in.text("locale", Need::may);
  return a;
}

Ask read_ask(Reader& in) {
  Ask a;
  const auto what = parse_what(in.text("what", Need::must));
  if (!what) in.fail("what", "is not one of the questions");
  a.what = what.value_or(What::status);
  a.agent = AgentId(in.text("agent", Need::may));
  if (in.has("contact")) a.contact = in.ulid<ContactId>("contact", Need::must);
  a.before = in.count("before", Need::may);
  a.id = in.text("id", Need::may);
  a.session = SessionHash(in.text("session", Need::may));
  a.text = in.text("text", Need::may);
  return a;
}

Leading read_leading(Reader& in) {
  Leading l;
  l.leading = in.flag("leading", Need::must);
  l.epoch = in.count("epoch", Need::must);
  l.window_intake = in.small_count("window_intake", l.window_intake);
  l.window_agents = in.small_count("window_agents", l.window_agents);
  l.batch = in.count("batch", Need::may);
  return l;
}

Resync read_resync(Reader& in) {
  Resync r;
  const auto* list = in.array("attachments", Need::must);
  if (list == nullptr) return r;
  for (const auto& entry : *list) {
    const auto* s = entry.if_string();
    if (s == nullptr || s->empty()) return in.fail("attachments", "must be a list of names"), r;
    r.attachments.emplace_back(std::string(s->data(), s->size()));
  }
  return r;
}

decltype(Envelope::body) read_body(std::string_view type, Reader& in, json::object& payload) {
  if (type == "hello") return Hello{EdgeId(in.text("edge", Need::must)), in.text("run", Need::must)};
  if (type == "submit") return read_submit(in, payload);
  if (type == "command") return read_command(in, payload);
  if (type == "attach") return read_attach(in);
  if (type == "detach") return Detach{AttachmentId(in.text("attachment", Need::must)), in.flag("lost", Need::may)};
  if (type == "ask") return read_ask(in);
  if (type == "signal")
    return Signal{AttachmentId(in.text("attachment", Need::must)), in.ulid<ContactId>("contact", Need::must),
                  in.flag("typing", Need::must)};
  if (type == "ack") return Ack{std::move(payload)};
  if (type == "reject")
    return Reject{in.text("code", Need::must), in.text("text", Need::may), in.object("now", Need::may)};
  if (type == "retry")
    return Retry{in.milliseconds("after_ms", Need::must), in.text("reason", Need::must), in.object("body", Need::may)};
  if (type == "leading") return read_leading(in);
  if (type == "notice") return Notice{AttachmentId(in.text("attachment", Need::must)), in.object("frame", Need::must)};
  if (type == "resync") return read_resync(in);
  if (type == "job")
    return Job{AttachmentId(in.text("attachment", Need::must)), in.text("id", Need::must), in.text("kind", Need::must),
               in.object("body", Need::may)};
  in.fail("type", "is not known here");
  return Hello{};
}

// Requests and their answers; reject may speak of the connection itself, with id 0.
bool needs_id(std::string_view type) {
  return type == "submit" || type == "command" || type == "attach" || type == "detach" || type == "ask" ||
         type == "ack" || type == "retry";
}

boost::system::result<json::object, CodecError> parse(std::string_view bytes, std::string_view place) {
  if (bytes.size() > frame_bytes_max) return CodecError{std::string(place) + " is longer than 1 MiB"};
  json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code ec;
  auto value = json::parse(json::string_view(bytes.data(), bytes.size()), ec, {}, options);
  if (ec) return CodecError{std::string(place) + " is not JSON: " + ec.message()};
  auto* object = value.if_object();
  if (object == nullptr) return CodecError{std::string(place) + " is not a JSON object"};
  return std::move(*object);
}

}  // namespace

Frames encode(const Envelope& e) {
  json::object header{{"v", version}, {"type", envelope_types()[e.body.index()]}};
  if (e.id != 0) header["id"] = e.id;
  if (e.deadline_ms != 0) header["deadline"] = e.deadline_ms;
  if (e.batch != 0) header["batch"] = e.batch;
  return {json::serialize(header), json::serialize(std::visit(Payload{}, e.body))};
}

bool fits(const Frames& f) noexcept {
  return f.header.size() <= frame_bytes_max && f.payload.size() <= frame_bytes_max;
}

Decoded decode(std::string_view header, std::string_view payload) {
  auto head = parse(header, "header");
  if (!head) return head.error();
  Reader top(*head, "header");
  const auto v = top.count("v", Need::must);
  if (top.ok() && v != static_cast<std::uint64_t>(version)) top.fail("v", "must be 1: no other version is spoken here");
  const auto type = top.text("type", Need::must);
  Envelope e;
  e.id = top.count("id", needs_id(type) ? Need::must : Need::may);
  if (top.ok() && needs_id(type) && e.id == 0) top.fail("id", "begins at 1");
  e.deadline_ms = top.milliseconds("deadline", Need::may);
  e.batch = top.count("batch", Need::may);
  if (!top.ok()) return CodecError{top.error()};
  auto body = parse(payload, "payload");
  if (!body) return body.error();
  Reader in(*body, type);
  e.body = read_body(type, in, *body);
  if (!in.ok()) return CodecError{in.error()};
  return e;
}

RequestId id_of(std::string_view header) noexcept try {
  const auto head = parse(header, "header");
  if (!head) return 0;
  Reader top(*head, "header");
  return top.count("id", Need::may);
} catch (const std::exception&) {
  return 0;  // out of memory: the sender hears nothing and repeats
}

}  // namespace fd::bus
