#include "daemon/desk/frames.hpp"

#include <algorithm>
#include <array>

namespace fd::desk {
namespace {

using Name = std::string_view;

constexpr Name hello_must[] = {"v", "page"};
constexpr Name hello_may[] = {"wall"};
constexpr Name contact_[] = {"contact"};
constexpr Name history_may[] = {"id", "before"};
constexpr Name id_[] = {"id"};
constexpr Name case_[] = {"case"};
constexpr Name queue_[] = {"queue"};
constexpr Name typing_[] = {"contact", "on"};
constexpr Name read_[] = {"contact", "seq"};

constexpr std::array<FrameRow, 13> in_rows{{
    {"hello", hello_must, hello_may},
    {"history", contact_, history_may},
    {"customer", id_, {}},
    {"targets", contact_, id_},
    {"find", case_, id_},
    {"explain", contact_, id_},
    {"waiting", queue_, id_},
    {"finished", {}, id_},
    {"acknowledge", queue_, {}},
    {"typing", typing_, {}},
    {"read", read_, {}},
    {"resync", {}, {}},
    {"ping", {}, {}},
}};

constexpr Name welcome_must[] = {"v", "at", "epoch", "me", "session_until", "last", "lists", "limits"};
constexpr Name zone_[] = {"zone"};
constexpr Name snapshot_must[] = {"n", "part", "parts"};
constexpr Name snapshot_may[] = {"presence", "capacity", "offers", "contacts", "todo", "todo_total"};
constexpr Name offer_must[] = {"n",        "offer",    "contact", "v",         "channel", "queue",
                               "customer", "priority", "why",     "waited_ms", "due",     "cost"};
constexpr Name offer_end_must[] = {"n", "offer", "end", "reason"};
constexpr Name by_[] = {"by"};
constexpr Name transfer_failed_must[] = {"n", "contact", "case", "customer", "queue", "to", "end", "reason"};
constexpr Name contact_must[] = {"n",     "id",   "v",        "case",  "channel",  "queue",
                                 "state", "away", "customer", "kind",  "priority", "urgency",
                                 "seq",   "last", "read",     "since", "due",      "transfers"};
constexpr Name contact_may[] = {"ticket", "counter", "disposition", "arrival_assumed", "attributes"};
constexpr Name contact_gone_must[] = {"n", "id", "why"};
constexpr Name msg_must[] = {"n", "contact", "seq", "at", "by", "kind"};
constexpr Name msg_may[] = {"text", "event", "cid"};
constexpr Name note_must[] = {"n", "contact", "at", "agent", "text"};
constexpr Name presence_must[] = {"n", "state", "reason", "since", "next", "missed", "counter"};
constexpr Name capacity_must[] = {"n", "used", "total"};
constexpr Name todo_must[] = {"n", "todo", "todo_total"};
constexpr Name done_may[] = {"seq", "contact"};
constexpr Name refused_must[] = {"code", "why"};
constexpr Name refused_may[] = {"id", "ask", "now"};
constexpr Name history_must[] = {"contact", "lines"};
constexpr Name history_out_may[] = {"id", "notes"};
constexpr Name customer_must[] = {"id", "contacts"};
constexpr Name targets_must[] = {"queues", "agents"};
constexpr Name find_may[] = {"id", "contacts", "state", "kind"};
constexpr Name explain_must[] = {"contact", "case", "queue", "rule", "key", "decisions", "transitions"};
constexpr Name explain_may[] = {"id", "transitions_cut"};
constexpr Name waiting_must[] = {"queue", "at", "contacts"};
constexpr Name contacts_[] = {"contacts"};
constexpr Name wall_must[] = {"at", "long_wait_ms", "queues", "agents"};
constexpr Name slow_down_must[] = {"retry_ms", "reason"};
constexpr Name next_[] = {"next"};
constexpr Name retry_ms_[] = {"retry_ms"};
constexpr Name error_must[] = {"code", "text"};
constexpr Name at_[] = {"at"};

constexpr std::array<FrameRow, 28> out_rows{{
    {"welcome", welcome_must, zone_},
    {"snapshot", snapshot_must, snapshot_may},
    {"offer", offer_must, {}},
    {"offer_end", offer_end_must, by_},
    {"transfer_failed", transfer_failed_must, {}},
    {"contact", contact_must, contact_may},
    {"contact_gone", contact_gone_must, {}},
    {"msg", msg_must, msg_may},
    {"note", note_must, {}},
    {"presence", presence_must, {}},
    {"capacity", capacity_must, {}},
    {"todo", todo_must, {}},
    {"done", id_, done_may},
    {"refused", refused_must, refused_may},
    {"history", history_must, history_out_may},
    {"customer", customer_must, {}},
    {"targets", targets_must, id_},
    {"find", case_, find_may},
    {"explain", explain_must, explain_may},
    {"waiting", waiting_must, id_},
    {"finished", contacts_, id_},
    {"typing", typing_, {}},
    {"read", read_, {}},
    {"wall", wall_must, {}},
    {"slow_down", slow_down_must, next_},
    {"restart", retry_ms_, {}},
    {"error", error_must, id_},
    {"pong", at_, {}},
}};

struct Rename {
  bus::Verb verb;
  Name bus_field, wire;
};
constexpr std::array<Rename, 4> renames{{
    {bus::Verb::queue, "on", "pause"},
    {bus::Verb::agent, "target", "agent"},
    {bus::Verb::agent, "on", "drain"},
    {bus::Verb::agent, "state", "force"},
}};

const FrameRow* find(std::span<const FrameRow> rows, std::string_view type) noexcept {
  const auto at = std::find_if(rows.begin(), rows.end(), [type](const FrameRow& r) { return r.type == type; });
  return at == rows.end() ? nullptr : &*at;
}

}  // namespace

std::span<const FrameRow> frames_in() noexcept { return in_rows; }
std::span<const FrameRow> frames_out() noexcept { return out_rows; }
const FrameRow* find_in(std::string_view type) noexcept { return find(in_rows, type); }
const FrameRow* find_out(std::string_view type) noexcept { return find(out_rows, type); }

bool is_command(bus::Verb verb) noexcept {
  return verb != bus::Verb::acknowledge && (verb <= bus::Verb::done || bus::row(verb).supervisor);
}

std::string_view wire_name(bus::Verb verb, std::string_view bus_field) noexcept {
  for (const auto& r : renames)
    if (r.verb == verb && r.bus_field == bus_field) return r.wire;
  if (bus_field == "to_queue") return "to.queue";
  if (bus_field == "to_agent") return "to.agent";
  return bus_field;
}

}  // namespace fd::desk
