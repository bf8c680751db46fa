#include "daemon/cli/print.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/cli/table.hpp"

namespace fd::cli {
namespace json = boost::json;
namespace {

constexpr std::array<std::string_view, 9> instants{"at",    "since",  "due",      "until",        "oldest_at",
                                                   "lease", "opened", "resolved", "virtual_start"};
constexpr std::int64_t year_2001_ms = 1'000'000'000'000;  // smaller numbers are no instants

bool is_instant(std::string_view key) {
  return std::find(instants.begin(), instants.end(), key) != instants.end() || key.ends_with("_at");
}

const json::value* member(const json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v == nullptr || v->is_null() ? nullptr : v;
}

std::optional<std::int64_t> number(const json::object& o, std::string_view key) {
  const auto* v = member(o, key);
  if (v == nullptr || !v->is_number()) return std::nullopt;
  json::error_code error;
  const auto n = v->to_number<std::int64_t>(error);
  return error ? std::nullopt : std::optional(n);
}

std::string cell(const json::value& v, const Style& style, std::string_view key = {});

std::string joined(const json::object& o, const Style& style) {
  // A name in both languages is shown in one.
  const std::string_view own = &style.words == &words_zh ? "zh" : "en";
  if (const auto* name = member(o, own); name != nullptr && name->is_string()) return cell(*name, style);
  std::string out;
  for (const auto& [key, value] : o) out += (out.empty() ? "" : ", ") + printable(key) + " " + cell(value, style, key);
  return out;
}

std::string cell(const json::value& v, const Style& style, std::string_view key) {
  if (v.is_null()) return "-";
  if (v.is_bool()) return v.get_bool() ? style.words.yes.str() : style.words.no.str();
  if (v.is_string()) return v.get_string().empty() ? "-" : printable(v.get_string());
  if (v.is_object()) return joined(v.get_object(), style);
  if (v.is_array()) {
    std::string out;
    for (const auto& one : v.get_array()) out += (out.empty() ? "" : "; ") + cell(one, style);
    return out.empty() ? "-" : out;
  }
  if (v.is_double()) {
    auto text = std::to_string(v.get_double());
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
  }
  const auto n = v.is_int64() ? v.get_int64() : static_cast<std::int64_t>(v.get_uint64());
  return is_instant(key) && (n == 0 || n > year_2001_ms) ? local_time(n) : std::to_string(n);
}

std::string at(const json::object& o, std::string_view key, const Style& style) {
  const auto* v = member(o, key);
  return v == nullptr ? "-" : cell(*v, style, key);
}

std::vector<const json::object*> rows_of(const json::object& body, std::string_view list) {
  std::vector<const json::object*> out;
  const auto* v = member(body, list);
  if (v == nullptr || !v->is_array()) return out;
  for (const auto& row : v->get_array())
    if (row.is_object()) out.push_back(&row.get_object());
  return out;
}

// Of a queue or an outbox.
std::string waited(const json::object& body, const json::object& line, const Style& style) {
  const auto oldest = number(line, "oldest_at");
  if (!oldest || *oldest == 0) return "-";
  const auto now = number(body, "at");
  return now ? duration(*now - *oldest) : cell(*oldest, style, "oldest_at");
}

using Lines = std::vector<std::pair<std::string, std::string>>;
std::string print_lines(const Lines& lines) {
  std::size_t widest = 0;
  for (const auto& [title, text] : lines) widest = std::max(widest, width(title));
  std::string out;
  for (const auto& [title, text] : lines) out += title + std::string(widest - width(title) + 2, ' ') + text + '\n';
  return out;
}

std::string title(const Word& word, const Style& style) {
  return style.bold ? "\n\x1b[1m" + word.str() + "\x1b[0m\n" : "\n" + word.str() + "\n";
}

std::string load(const json::object& o, const Style& style) {
  return at(o, "used", style) + "/" + at(o, "total", style);
}

const json::object& inner(const json::object& o, std::string_view key) {
  static const json::object empty;
  const auto* v = member(o, key);
  return v != nullptr && v->is_object() ? v->get_object() : empty;
}

std::string print_decision(const json::object& decision, const Style& style) {
  const auto& w = style.words;
  Lines lines;
  const auto* winner = member(decision, "winner");
  const bool nobody = winner == nullptr || (winner->is_string() && winner->get_string().empty());
  lines.emplace_back(w.winner.str(), nobody ? w.nobody.str() : cell(*winner, style));
  lines.emplace_back(w.strategy.str(), at(decision, "strategy", style));
  lines.emplace_back(w.value.str(), at(decision, "value", style));
  lines.emplace_back(w.runners_up.str(), at(decision, "runners_up", style));
  lines.emplace_back(w.why_not.str(), at(decision, "excluded", style));
  return "\n" + fill(w.decision, {at(decision, "at", style)}) + "\n" + print_lines(lines);
}

std::string print_transitions(const json::object& body, const Style& style) {
  const auto& w = style.words;
  Table table({{w.at.str()}, {w.from.str()}, {w.to.str()}, {w.event.str()}, {w.reason.str()}, {w.actor.str()}});
  for (const auto* t : rows_of(body, "transitions"))
    table.add({at(*t, "at", style), at(*t, "from", style), at(*t, "to", style), at(*t, "event", style),
               at(*t, "reason", style), at(*t, "actor", style)});
  return table.str(style.bold);
}

std::string print_rule(const json::object& body, const Style& style) {
  const auto& rule = inner(body, "rule");
  if (rule.empty()) return at(body, "rule", style);
  if (member(rule, "at") == nullptr) return at(rule, "id", style);
  return fill(style.words.rule_at, {at(rule, "id", style), at(rule, "at", style)});
}

}  // namespace

std::string print_status(const json::object& body, const Style& style) {
  const auto& w = style.words;
  const auto& agents = inner(body, "agents");
  Lines lines;
  for (const auto& [word, key] :
       std::initializer_list<std::pair<const Word&, std::string_view>>{{w.site, "site"},
                                                                       {w.router, "router"},
                                                                       {w.leading, "leading"},
                                                                       {w.ready, "ready"},
                                                                       {w.epoch, "epoch"},
                                                                       {w.batch, "batch"},
                                                                       {w.sequence, "sequence"},
                                                                       {w.at, "at"},
                                                                       {w.live, "live"},
                                                                       {w.waiting, "waiting"}})
    lines.emplace_back(word.str(), at(body, key, style));
  lines.emplace_back(w.agents_available.str(), at(agents, "available", style) + "/" + at(agents, "total", style));
  std::string kinds;
  for (const auto& [kind, n] : inner(body, "kinds"))
    kinds += (kinds.empty() ? "" : ", ") + std::string(kind) + " " + cell(n, style);
  lines.emplace_back(w.kinds_today.str(), kinds.empty() ? "-" : kinds);
  for (const auto& [channel, box] : inner(body, "outbox"))
    if (box.is_object() && number(box.get_object(), "open").value_or(0) > 0)
      lines.emplace_back(fill(w.to_deliver, {printable(channel)}),
                         fill(w.jobs_open, {at(box.get_object(), "open", style), waited(body, box.get_object(), style),
                                            at(box.get_object(), "adapters", style)}));
  return print_lines(lines);
}

std::string print_queues(const json::object& body, const Style& style) {
  const auto& w = style.words;
  Table table({{w.queue.str()},
               {w.name.str()},
               {w.mode.str()},
               {w.waiting.str(), true},
               {w.oldest.str(), true},
               {w.free.str(), true},
               {w.paused.str()},
               {w.reason.str()}});
  for (const auto* q : rows_of(body, "queues"))
    table.add({at(*q, "id", style), at(*q, "name", style), at(*q, "mode", style), at(*q, "waiting", style),
               waited(body, *q, style), at(*q, "free", style), at(*q, "paused", style), at(*q, "reason", style)});
  return table.str(style.bold);
}

std::string print_agents(const json::object& body, const Style& style) {
  const auto& w = style.words;
  Table table({{w.agent.str()},
               {w.staff_no.str()},
               {w.name.str()},
               {w.state.str()},
               {w.reason.str()},
               {w.since.str()},
               {w.load.str(), true},
               {w.sockets.str()},
               {w.counter.str()},
               {w.accepted.str(), true},
               {w.declined.str(), true},
               {w.passed_on.str(), true}});
  for (const auto* a : rows_of(body, "agents"))
    table.add({at(*a, "id", style), at(*a, "no", style), at(*a, "name", style), at(*a, "state", style),
               at(*a, "reason", style), at(*a, "since", style), load(*a, style), at(*a, "attached", style),
               at(*a, "counter", style), at(*a, "accepted", style), at(*a, "declined", style),
               at(*a, "passed_on", style)});
  return table.str(style.bold);
}

std::string print_contact(const json::object& body, const Style& style) {
  const auto& w = style.words;
  Lines lines;
  const auto id = member(body, "id") != nullptr ? "id" : "contact";
  for (const auto& [word, key] :
       std::initializer_list<std::pair<const Word&, std::string_view>>{{w.contact, id},
                                                                       {w.case_no, "case"},
                                                                       {w.channel, "channel"},
                                                                       {w.queue, "queue"},
                                                                       {w.state, "state"},
                                                                       {w.reason, "reason"},
                                                                       {w.short_abandon, "short_abandon"},
                                                                       {w.since, "since"},
                                                                       {w.due, "due"},
                                                                       {w.priority, "priority"},
                                                                       {w.kind, "kind"},
                                                                       {w.owner, "owner"},
                                                                       {w.ticket, "ticket"},
                                                                       {w.counter, "counter"},
                                                                       {w.rule, "rule"}})
    if (member(body, key) != nullptr) lines.emplace_back(word.str(), at(body, key, style));
  for (const auto& [name, value] : inner(body, "attributes")) lines.emplace_back(printable(name), cell(value, style));
  auto out = print_lines(lines);
  if (const auto offers = rows_of(body, "offers"); !offers.empty()) {
    Table table({{w.offer.str()}, {w.agent.str()}, {w.state.str()}, {w.due.str()}});
    for (const auto* o : offers)
      table.add({at(*o, member(*o, "id") != nullptr ? "id" : "offer", style), at(*o, "agent", style),
                 at(*o, "state", style), at(*o, "due", style)});
    out += title(w.offers, style) + table.str(style.bold);
  }
  if (const auto excluded = rows_of(body, "excluded"); !excluded.empty()) {
    Table table({{w.agent.str()}, {w.until.str()}});
    for (const auto* e : excluded) table.add({at(*e, "agent", style), at(*e, "until", style)});
    out += title(w.excluded, style) + table.str(style.bold);
  }
  return out;
}

namespace {

// The router's word for why an agent does not get a contact, or is the next to; another one is shown as it is.
std::string reason_text(std::string_view code, const Words& w) {
  for (const auto& [known, text] :
       std::initializer_list<std::pair<std::string_view, const Word&>>{{"eligible", w.r_eligible},
                                                                       {"held", w.r_held},
                                                                       {"capacity", w.r_capacity},
                                                                       {"channel", w.r_channel},
                                                                       {"excluded", w.r_excluded},
                                                                       {"delay", w.r_delay},
                                                                       {"offline", w.r_offline},
                                                                       {"away", w.r_away},
                                                                       {"draining", w.r_draining},
                                                                       {"not_responding", w.r_not_responding},
                                                                       {"detached", w.r_detached},
                                                                       {"after", w.r_after}})
    if (code == known) return text.str();
  return printable(code);
}

// What decided beside the decisions: each section only where the answer has it.
std::string print_reasons(const json::object& body, const Style& style) {
  const auto& w = style.words;
  std::string out;
  if (const auto& waiting = inner(body, "waiting"); !waiting.empty()) {
    Table table({{w.agent.str()}, {w.reason.str()}});
    for (const auto& [agent, reason] : waiting)
      table.add({printable(agent), reason.is_string() ? reason_text(reason.get_string(), w) : cell(reason, style)});
    out += title(w.waiting_why, style) + table.str(style.bold);
  }
  if (const auto path = rows_of(body, "path"); !path.empty()) {
    Table table({{w.rule.str()}, {w.matched.str()}, {w.failed.str()}});
    for (const auto* p : path) table.add({at(*p, "rule", style), at(*p, "matched", style), at(*p, "failed", style)});
    out += title(w.rules_seen, style) + table.str(style.bold);
  }
  if (const auto& said = inner(body, "attributes"); !said.empty()) {
    Lines lines;
    for (const auto& [name, value] : said) lines.emplace_back(printable(name), cell(value, style));
    out += title(w.attributes, style) + print_lines(lines);
  }
  return out;
}

}  // namespace

std::string print_explain(const json::object& body, const Style& style) {
  const auto& w = style.words;
  const auto& key = inner(body, "key");
  const auto head_start = number(key, "head_start");
  Lines lines{{w.contact.str(), at(body, "contact", style)},
              {w.case_no.str(), at(body, "case", style)},
              {w.queue.str(), at(body, "queue", style)},
              {w.rule.str(), print_rule(body, style)}};
  if (member(body, "place") != nullptr) lines.emplace_back(w.place_now.str(), at(body, "place", style));
  auto out = print_lines(lines) + print_reasons(body, style) + title(w.place_key, style);
  std::string advantage = "-";
  if (head_start) advantage = (*head_start < 0 ? "-" : "") + duration(*head_start < 0 ? -*head_start : *head_start);
  out += print_lines({{w.band.str(), at(key, "band", style)},
                      {w.virtual_start.str(), at(key, "virtual_start", style)},
                      {w.head_start.str(), advantage}});
  for (const auto* decision : rows_of(body, "decisions")) out += print_decision(*decision, style);
  out += title(w.timeline, style) + print_transitions(body, style);
  const auto* cut = member(body, "transitions_cut");
  return cut != nullptr && *cut == true ? out + w.timeline_cut.str() + "\n" : out;
}

bool keep_only(json::object& body, std::string_view list, std::string_view id) {
  auto* v = body.if_contains(list);
  if (v == nullptr || !v->is_array()) return false;
  json::array kept;
  for (auto& row : v->get_array())
    if (row.is_object())
      if (const auto* own = member(row.get_object(), "id");
          own != nullptr && own->is_string() && own->get_string() == id)
        kept.push_back(row);
  const bool found = !kept.empty();
  *v = std::move(kept);
  return found;
}

void times_to_utc(json::value& value) {
  if (auto* list = value.if_array())
    for (auto& one : *list) times_to_utc(one);
  auto* object = value.if_object();
  if (object == nullptr) return;
  for (auto& [key, one] : *object) {
    if (one.is_int64() && one.get_int64() > year_2001_ms && is_instant(key))
      one = utc_time(one.get_int64());
    else
      times_to_utc(one);
  }
}

}  // namespace fd::cli
