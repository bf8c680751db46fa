#include "router/bus/tables.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace fd::bus {
namespace {

using Names = std::string_view;

constexpr Names contact_[] = {"contact"};
constexpr Names contact_offer[] = {"contact", "offer"};
constexpr Names contact_offer_reason[] = {"contact", "offer", "reason"};
constexpr Names contact_text[] = {"contact", "text"};
constexpr Names contact_v_reason[] = {"contact", "v", "reason"};
constexpr Names contact_v_kind[] = {"contact", "v", "kind"};
constexpr Names contact_seq[] = {"contact", "seq"};
constexpr Names session_agent[] = {"session", "agent"};
constexpr Names visitor_contact[] = {"visitor", "contact"};
constexpr Names visitor_contact_seq[] = {"visitor", "contact", "seq"};
constexpr Names state_[] = {"state"};
constexpr Names queue_[] = {"queue"};
constexpr Names roster_[] = {"roster"};
constexpr Names visitor_[] = {"visitor"};
constexpr Names force_[] = {"force"};
constexpr Names job_[] = {"job"};
constexpr Names reason_[] = {"reason"};
constexpr Names presence_may[] = {"reason", "counter"};
constexpr Names resolve_must[] = {"contact", "v", "seq", "disposition"};
constexpr Names resolve_may[] = {"kind", "text"};
constexpr Names done_may[] = {"kind", "disposition"};
constexpr Names reassign_must[] = {"contact", "v", "to_agent", "reason"};
constexpr Names reprioritise_must[] = {"contact", "v", "priority", "reason"};
constexpr Names queue_must[] = {"queue", "on", "reason"};
constexpr Names agent_must[] = {"target", "reason"};
constexpr Names transfer_one[] = {"to_queue", "to_agent"};
constexpr Names agent_one[] = {"state", "on"};

// In the order of Verb.
constexpr std::array<VerbRow, 28> verb_rows{{
    {Verb::presence, "presence", state_, presence_may},
    {Verb::accept, "accept", contact_offer, {}},
    {Verb::decline, "decline", contact_offer_reason, {}},
    {Verb::msg, "msg", contact_text, {}},
    {Verb::note, "note", contact_text, {}},
    {Verb::transfer, "transfer", contact_v_reason, {}, false, transfer_one},
    {Verb::resolve, "resolve", resolve_must, resolve_may},
    {Verb::classify, "classify", contact_v_kind, {}},
    {Verb::extend, "extend", contact_, {}},
    {Verb::next, "next", queue_, {}},
    {Verb::recall, "recall", contact_, {}},
    {Verb::serve, "serve", contact_, {}},
    {Verb::absent, "absent", contact_, {}},
    {Verb::done, "done", contact_, done_may},
    {Verb::read, "read", contact_seq, {}},
    {Verb::reassign, "reassign", reassign_must, force_, true},
    {Verb::reprioritise, "reprioritise", reprioritise_must, {}, true},
    {Verb::queue, "queue", queue_must, {}, true},
    {Verb::agent, "agent", agent_must, {}, true, agent_one},
    {Verb::acknowledge, "acknowledge", queue_, {}, true},
    {Verb::session_open, "session_open", session_agent, {}},
    {Verb::session_close, "session_close", session_agent, {}},
    {Verb::session_touch, "session_touch", session_agent, {}},
    {Verb::end, "end", visitor_contact, {}, false, {}, false},
    {Verb::customer_read, "customer_read", visitor_contact_seq, {}, false, {}, false},
    {Verb::cancel, "cancel", contact_, visitor_, false, {}, false},
    {Verb::roster, "roster", roster_, {}, false, {}, false},
    {Verb::job_done, "job_done", job_, reason_, false, {}, false},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < verb_rows.size(); ++i)
    if (static_cast<std::size_t>(verb_rows[i].verb) != i) return false;
  return true;
}
static_assert(in_order(), "verb_rows stand in the order of Verb");
static_assert(static_cast<std::size_t>(Verb::job_done) + 1 == verb_rows.size());

constexpr std::array<std::string_view, 14> what_words{"history", "customer", "targets", "find",    "explain",
                                                      "waiting", "finished", "contact", "session", "services",
                                                      "ticket",  "queues",   "agents",  "status"};
static_assert(static_cast<std::size_t>(What::status) + 1 == what_words.size());

constexpr std::array<std::string_view, 4> attach_words{"chat", "desk", "display", "adapter"};
static_assert(static_cast<std::size_t>(AttachKind::adapter) + 1 == attach_words.size());

constexpr std::array<std::string_view, 14> type_words{"hello",   "submit", "command", "attach", "detach",
                                                      "ask",     "signal", "ack",     "reject", "retry",
                                                      "leading", "notice", "resync",  "job"};
static_assert(std::variant_size_v<decltype(Envelope::body)> == type_words.size());

template <class Enum, std::size_t N>
std::optional<Enum> find_word(const std::array<std::string_view, N>& words, std::string_view text) noexcept {
  const auto* const at = std::find(words.begin(), words.end(), text);
  if (at == words.end()) return std::nullopt;
  return static_cast<Enum>(at - words.begin());
}

}  // namespace

std::span<const VerbRow> verbs() noexcept { return verb_rows; }
const VerbRow& row(Verb verb) noexcept { return verb_rows[static_cast<std::size_t>(verb)]; }
std::optional<Verb> parse_verb(std::string_view text) noexcept {
  for (const auto& r : verb_rows)
    if (r.word == text) return r.verb;
  return std::nullopt;
}

std::span<const std::string_view> whats() noexcept { return what_words; }
std::string_view word(What what) noexcept { return what_words[static_cast<std::size_t>(what)]; }
std::optional<What> parse_what(std::string_view text) noexcept { return find_word<What>(what_words, text); }
std::string_view word(AttachKind kind) noexcept { return attach_words[static_cast<std::size_t>(kind)]; }
std::optional<AttachKind> parse_attach_kind(std::string_view text) noexcept {
  return find_word<AttachKind>(attach_words, text);
}
std::span<const std::string_view> envelope_types() noexcept { return type_words; }

namespace {

struct LaneOf {
  Lane operator()(const Submit&) const noexcept { return Lane::intake; }
  Lane operator()(const Command& c) const noexcept {
    const bool customer = c.verb == Verb::end || c.verb == Verb::customer_read || c.verb == Verb::cancel;
    return customer ? Lane::intake : Lane::agents;
  }
  Lane operator()(const Attach& a) const noexcept { return a.kind == AttachKind::desk ? Lane::agents : Lane::intake; }
  // The lane taken last: a detach never overtakes the attach it ends, whatever lane that took.
  Lane operator()(const Detach&) const noexcept { return Lane::intake; }
  Lane operator()(const Ask& a) const noexcept {
    return !a.agent.empty() || a.what == What::session ? Lane::agents : Lane::intake;
  }
};

}  // namespace

Lane lane_of(const Request& request) noexcept { return std::visit(LaneOf{}, request); }

}  // namespace fd::bus
