#pragma once
// The state machines of contact and offer as one constexpr table each (routing-semantics §5.1, 5.2, 5.6). Whatever is
// not a row cannot happen. docs/states.md is printed from it and compared by a test.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "router/model/contact.hpp"

namespace fd::engine {

enum class ContactEvent : std::uint8_t {
  offer,         // an agent was found
  offers_ended,  // the last open offer ended without acceptance
  accept,        // an offer won
  connected,     // instant channel, media up, or the customer stands at the counter
  connect_failed,
  arrival_assumed,  // called 60 s ago
  call,             // next, recall
  absent,           // called or served, but not there
  no_show,          // absent twice, and the window is over
  customer_left,    // away too long
  customer_back,
  message,         // the customer's line
  silence,         // away and nobody wrote
  transfer,        // to a queue
  transfer_agent,  // or reassigned: one offer to one agent
  agent_lost,      // lease of the agent over, or forced offline
  end,             // the customer ends
  resolve,
  cancel,  // a supervisor closes what waits
  overflow,
  ttl,
  lease,  // lease of the state over
  wrapup_over,
  restart  // a router took the lead
};
inline constexpr std::size_t contact_events = 24;

[[nodiscard]] constexpr std::string_view word(ContactEvent e) noexcept {
  constexpr std::array<std::string_view, contact_events> words{"offer",
                                                               "offers_ended",
                                                               "accept",
                                                               "connected",
                                                               "connect_failed",
                                                               "arrival_assumed",
                                                               "call",
                                                               "absent",
                                                               "no_show",
                                                               "customer_left",
                                                               "customer_back",
                                                               "message",
                                                               "silence",
                                                               "transfer",
                                                               "transfer_agent",
                                                               "agent_lost",
                                                               "end",
                                                               "resolve",
                                                               "cancel",
                                                               "overflow",
                                                               "ttl",
                                                               "lease",
                                                               "wrapup_over",
                                                               "restart"};
  return words[static_cast<std::size_t>(e)];
}

struct ContactRow {
  ContactState from;
  ContactEvent event;
  ContactState to;
};

namespace rows {
using S = ContactState;
using E = ContactEvent;
inline constexpr std::array contact{
    ContactRow{S::scheduled, E::lease, S::queued},
    // queued
    ContactRow{S::queued, E::offer, S::offered}, ContactRow{S::queued, E::transfer_agent, S::offered},
    ContactRow{S::queued, E::call, S::connecting}, ContactRow{S::queued, E::overflow, S::queued},
    ContactRow{S::queued, E::ttl, S::queued}, ContactRow{S::queued, E::ttl, S::closed},
    ContactRow{S::queued, E::customer_left, S::abandoned}, ContactRow{S::queued, E::end, S::closed},
    ContactRow{S::queued, E::cancel, S::closed},
    // offered
    ContactRow{S::offered, E::offers_ended, S::queued}, ContactRow{S::offered, E::accept, S::connecting},
    ContactRow{S::offered, E::transfer_agent, S::offered}, ContactRow{S::offered, E::customer_left, S::abandoned},
    ContactRow{S::offered, E::end, S::closed}, ContactRow{S::offered, E::cancel, S::closed},
    // connecting
    ContactRow{S::connecting, E::connected, S::active}, ContactRow{S::connecting, E::arrival_assumed, S::active},
    ContactRow{S::connecting, E::connect_failed, S::queued}, ContactRow{S::connecting, E::call, S::connecting},
    ContactRow{S::connecting, E::absent, S::queued}, ContactRow{S::connecting, E::absent, S::abandoned},
    ContactRow{S::connecting, E::agent_lost, S::queued}, ContactRow{S::connecting, E::end, S::closed},
    ContactRow{S::connecting, E::resolve, S::wrapup}, ContactRow{S::connecting, E::lease, S::queued},
    ContactRow{S::connecting, E::restart, S::queued},
    // active
    ContactRow{S::active, E::silence, S::paused}, ContactRow{S::active, E::transfer, S::queued},
    ContactRow{S::active, E::transfer_agent, S::offered}, ContactRow{S::active, E::agent_lost, S::queued},
    ContactRow{S::active, E::end, S::wrapup}, ContactRow{S::active, E::resolve, S::wrapup},
    ContactRow{S::active, E::lease, S::wrapup}, ContactRow{S::active, E::absent, S::queued},
    ContactRow{S::active, E::absent, S::abandoned},
    // paused
    ContactRow{S::paused, E::message, S::active}, ContactRow{S::paused, E::message, S::queued},
    ContactRow{S::paused, E::transfer, S::queued}, ContactRow{S::paused, E::transfer_agent, S::offered},
    ContactRow{S::paused, E::end, S::closed}, ContactRow{S::paused, E::resolve, S::closed},
    ContactRow{S::paused, E::lease, S::wrapup},
    // wrapup
    ContactRow{S::wrapup, E::message, S::active}, ContactRow{S::wrapup, E::wrapup_over, S::closed},
    ContactRow{S::wrapup, E::resolve, S::closed}, ContactRow{S::wrapup, E::agent_lost, S::closed},
    // abandoned
    ContactRow{S::abandoned, E::customer_back, S::queued}, ContactRow{S::abandoned, E::message, S::queued},
    ContactRow{S::abandoned, E::call, S::connecting}, ContactRow{S::abandoned, E::end, S::closed},
    ContactRow{S::abandoned, E::lease, S::closed}, ContactRow{S::abandoned, E::no_show, S::closed}};
}  // namespace rows

// What bounds the stay in a state, and the event its end is.
struct LeaseRow {
  ContactState state;
  std::string_view lease;
  ContactEvent on_expiry;
};
inline constexpr std::array leases{
    LeaseRow{ContactState::scheduled, "its due time", ContactEvent::lease},
    LeaseRow{ContactState::queued, "ttl of queue or channel; steps and max_wait before it", ContactEvent::ttl},
    LeaseRow{ContactState::offered, "the longest offer deadline", ContactEvent::offers_ended},
    LeaseRow{ContactState::connecting, "called 60 s, media 15 s", ContactEvent::arrival_assumed},
    LeaseRow{ContactState::active, "chat 24 h without a line, counter 12 h", ContactEvent::lease},
    LeaseRow{ContactState::paused, "chat 24 h, email 7 d", ContactEvent::lease},
    LeaseRow{ContactState::wrapup, "wrap-up time of queue or channel", ContactEvent::wrapup_over},
    LeaseRow{ContactState::abandoned, "resume window: phone 300 s, chat 600 s, ticket 30 min", ContactEvent::lease}};

[[nodiscard]] constexpr bool allowed(ContactState from, ContactEvent event, ContactState to) noexcept {
  for (const auto& row : rows::contact)
    if (row.from == from && row.event == event && row.to == to) return true;
  return false;
}

// Looked up on every transition, so as bits: [from][event] -> set of targets.
inline constexpr auto contact_targets = [] {
  std::array<std::array<std::uint16_t, contact_events>, 9> bits{};
  for (const auto& row : rows::contact)
    bits[static_cast<std::size_t>(row.from)][static_cast<std::size_t>(row.event)] |=
        static_cast<std::uint16_t>(1U << static_cast<unsigned>(row.to));
  return bits;
}();

namespace proof {
constexpr bool terminal(ContactState s) { return s == ContactState::closed; }
constexpr bool every_state_has_a_lease_that_leaves_it() {
  for (std::size_t s = 0; s < 9; ++s) {
    const auto state = static_cast<ContactState>(s);
    if (terminal(state)) continue;
    bool leaves = false;
    for (const auto& lease : leases) {
      if (lease.state != state) continue;
      for (const auto& row : rows::contact)
        if (row.from == state && row.event == lease.on_expiry && row.to != state) leaves = true;
    }
    if (!leaves) return false;
  }
  return true;
}
constexpr bool closed_is_final() {
  for (const auto& row : rows::contact)
    if (terminal(row.from)) return false;
  return true;
}
constexpr bool every_state_reaches_closed() {
  std::array<bool, 9> reaches{};
  reaches[static_cast<std::size_t>(ContactState::closed)] = true;
  for (int round = 0; round < 9; ++round)
    for (const auto& row : rows::contact)
      if (reaches[static_cast<std::size_t>(row.to)]) reaches[static_cast<std::size_t>(row.from)] = true;
  for (const bool r : reaches)
    if (!r) return false;
  return true;
}
constexpr bool rows_are_unique() {
  for (std::size_t i = 0; i < rows::contact.size(); ++i)
    for (std::size_t j = i + 1; j < rows::contact.size(); ++j)
      if (rows::contact[i].from == rows::contact[j].from && rows::contact[i].event == rows::contact[j].event &&
          rows::contact[i].to == rows::contact[j].to)
        return false;
  return true;
}
}  // namespace proof
static_assert(proof::every_state_has_a_lease_that_leaves_it());
static_assert(proof::closed_is_final());
static_assert(proof::every_state_reaches_closed());
static_assert(proof::rows_are_unique());

// --- offers ---------------------------------------------------------------------------------------------------------
enum class OfferEvent : std::uint8_t { accept, up, decline, deadline, withdraw, cancel, fail };
struct OfferRow {
  OfferState from;
  OfferEvent event;
  OfferState to;
};
namespace rows {
using O = OfferState;
inline constexpr std::array offer{OfferRow{O::pending, OfferEvent::accept, O::accepting},
                                  OfferRow{O::pending, OfferEvent::up, O::accepted},
                                  OfferRow{O::pending, OfferEvent::decline, O::declined},
                                  OfferRow{O::pending, OfferEvent::deadline, O::expired},
                                  OfferRow{O::pending, OfferEvent::withdraw, O::withdrawn},
                                  OfferRow{O::pending, OfferEvent::cancel, O::canceled},
                                  OfferRow{O::accepting, OfferEvent::up, O::accepted},
                                  OfferRow{O::accepting, OfferEvent::fail, O::failed},
                                  OfferRow{O::accepting, OfferEvent::deadline, O::failed},
                                  OfferRow{O::accepting, OfferEvent::withdraw, O::withdrawn},
                                  OfferRow{O::accepting, OfferEvent::cancel, O::canceled}};
}  // namespace rows
[[nodiscard]] constexpr bool open(OfferState s) noexcept {
  return s == OfferState::pending || s == OfferState::accepting;
}
[[nodiscard]] constexpr bool allowed(OfferState from, OfferState to) noexcept {
  for (const auto& row : rows::offer)
    if (row.from == from && row.to == to) return true;
  return false;
}
static_assert([] {
  for (const auto& row : rows::offer)
    if (!open(row.from)) return false;  // an ended offer never moves again
  return true;
}());
static_assert(allowed(OfferState::pending, OfferState::expired) && allowed(OfferState::accepting, OfferState::failed));

}  // namespace fd::engine
