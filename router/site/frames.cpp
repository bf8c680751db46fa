#include "router/site/frames.hpp"

#include <boost/json/array.hpp>

#include "router/model/words.hpp"

namespace fd::site {

std::string_view pick(const Words& words, std::string_view locale) {
  const std::string language(locale.substr(0, locale.find('-')));
  if (const auto it = words.find(language); it != words.end()) return it->second;
  if (const auto it = words.find("zh"); it != words.end()) return it->second;
  return words.empty() ? std::string_view{} : std::string_view(words.begin()->second);
}

std::string Names::name(const AgentId& id, std::string_view locale) const {
  const auto it = engine.roster.find(id);
  return it == engine.roster.end() ? std::string{} : std::string(pick(it->second.name, locale));
}

json::object Names::agent(const AgentId& id, std::string_view locale) const {
  const auto it = engine.roster.find(id);
  return {{"name", name(id, locale)}, {"no", it == engine.roster.end() ? std::string{} : it->second.staff_no}};
}

std::string_view shown_state(const Contact& c) {
  switch (c.state) {
    case ContactState::connecting:
    case ContactState::active: return "active";
    case ContactState::paused: return "paused";
    case ContactState::wrapup:
    case ContactState::closed: return "closed";
    default: return "queued";
  }
}

std::string_view preview_of(std::string_view text) {
  constexpr std::size_t most = 200;
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

json::object attributes(const Contact& c) {
  json::object o;
  for (const auto& [name, value] : c.attributes.map()) o[name] = value;
  return o;
}

json::object row(const Contact& c, std::string_view preview) {
  json::value last = nullptr;
  if (c.last_at.set()) {
    json::object line{{"at", c.last_at.ms}, {"by", word(c.last_by)}};
    if (!preview.empty()) line["text"] = preview;
    last = std::move(line);
  }
  json::object o{
      {"id", c.id.str()},
      {"v", c.v},
      {"case", c.number.str()},
      {"channel", c.channel.str()},
      {"queue", c.queue.str()},
      {"state", word(c.state)},
      {"away", c.away.set()},
      {"customer", json::object{{"id", c.customer.str()}, {"name", c.name}, {"grade", c.grade}, {"masked", c.masked}}},
      {"kind", c.kind},
      {"priority", word(c.priority)},
      {"urgency", word(c.urgency)},
      {"seq", c.seq},
      {"last", std::move(last)},
      {"read", json::object{{"customer", c.read_customer}, {"agent", c.read_agent}}},
      {"since", c.since.ms},
      {"due", c.lease.ms},
      {"transfers", c.transfers}};
  if (!c.ticket.empty()) o["ticket"] = c.ticket;
  if (!c.counter.empty()) o["counter"] = c.counter;
  if (!c.service.empty()) o["service"] = c.service;
  if (!c.previous.empty()) o["previous"] = c.previous.str();
  if (!c.locale.empty()) o["locale"] = c.locale;
  if (!c.attributes.empty()) o["attributes"] = attributes(c);
  if (!c.disposition.empty()) o["disposition"] = c.disposition;
  if (c.arrival_assumed) o["arrival_assumed"] = true;
  if (c.short_abandon) o["short_abandon"] = true;
  return o;
}

json::object offer_frame(const Contact& c, const Offer& offer, std::string_view why, int cost, Instant now) {
  return {{"type", "offer"},
          {"offer", offer.id.str()},
          {"contact", c.id.str()},
          {"v", c.v},
          {"case", c.number.str()},
          {"channel", c.channel.str()},
          {"queue", c.queue.str()},
          {"customer", json::object{{"name", c.name}, {"grade", c.grade}}},
          {"priority", word(c.priority)},
          {"kind", c.kind},
          {"why", why},
          {"waited_ms", (now - c.virtual_start).count()},
          {"due", offer.due.ms},
          {"cost", cost}};
}

json::object transfer_failed_frame(const engine::TransferFailed& e) {
  const Contact& c = *e.row;
  return {{"type", "transfer_failed"}, {"contact", c.id.str()},
          {"case", c.number.str()},    {"customer", json::object{{"name", c.name}, {"grade", c.grade}}},
          {"queue", c.queue.str()},    {"to", e.to.str()},
          {"end", word(e.end)},        {"reason", e.reason}};
}

json::object state_frame(const Contact& c, const Names& names) {
  json::object o{{"type", "state"}, {"contact", c.id.str()}, {"case", c.number.str()}, {"state", shown_state(c)}};
  if (c.state == ContactState::closed || c.state == ContactState::wrapup) o["reason"] = word(c.reason);
  if (shown_state(c) == "active" && !c.owner.empty()) o["agent"] = names.agent(c.owner, c.locale);
  return o;
}

json::object line_frame(ContactId contact, const Line& line, const Names& names, std::string_view locale,
                        bool for_customer) {
  json::object o{{"type", "msg"},    {"contact", contact.str()}, {"seq", line.seq},
                 {"at", line.at.ms}, {"by", word(line.by)},      {"kind", word(line.kind)}};
  if (line.kind == MessageKind::event) {
    json::object event{{"name", line.text}};
    if (!line.agent.empty()) event["agent"] = names.agent(line.agent, locale);
    o["event"] = std::move(event);
  } else {
    o["text"] = line.text;
  }
  if (!line.cid.empty()) o["cid"] = line.cid;
  if (!for_customer && !line.agent.empty()) o["agent"] = line.agent.str();
  return o;
}

json::object note_frame(ContactId contact, const Note& note) {
  return {{"type", "note"},
          {"contact", contact.str()},
          {"at", note.at.ms},
          {"agent", note.agent.str()},
          {"text", note.text}};
}

json::object presence(const Agent& a) {
  json::object o{{"state", word(a.presence)},
                 {"reason", a.reason},
                 {"since", a.since.ms},
                 {"missed", a.missed},
                 {"counter", a.counter}};
  o["next"] =
      a.next ? json::value(json::object{{"state", word(*a.next)}, {"reason", a.next_reason}}) : json::value(nullptr);
  return o;
}

std::string greeting(const Names& names, const Contact& c, const AgentId& id) {
  std::string text(pick(names.site.greeting, c.locale));
  const auto it = names.engine.roster.find(id);
  const auto fill = [&](std::string_view key, std::string_view value) {
    for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + value.size()))
      text.replace(at, key.size(), value);
  };
  fill("{company}", pick(names.site.company, c.locale));
  fill("{name}", names.name(id, c.locale));
  fill("{staff_no}", it == names.engine.roster.end() ? std::string{} : it->second.staff_no);
  return text;
}

}  // namespace fd::site
