#pragma once
// Everything of the configuration that can change a decision. Filled by config; replaced whole by events `config`,
// `roster`.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "router/calendar/zone.hpp"
#include "router/model/contact.hpp"
#include "router/model/time.hpp"

namespace fd::engine {

using namespace std::chrono_literals;

enum class Mode : std::uint8_t { push, pull };
enum class Strategy : std::uint8_t { longest_idle, least_loaded, round_robin, top_down };

struct RelaxStep {  // at `after` of waiting: first replace, then lower and drop, then add
  Duration after{0};
  std::vector<SkillNeed> needs{};                   // lowered to the level, 0: dropped
  std::vector<SkillNeed> add{};                     // needed from here on, at this level at least
  std::optional<std::vector<SkillNeed>> replace{};  // all needs so far give way to these
};

struct Queue {
  QueueName name;
  std::map<std::string, std::string> label;  // zh, en
  Mode mode = Mode::push;
  Strategy strategy = Strategy::longest_idle;
  std::size_t parallel_offers = 1;         // agents asked at once; the first to accept has it
  Duration max_wait{0};                    // 0 = none
  std::optional<QueueName> overflow;       // where to, at max_wait
  std::optional<Duration> ttl;             // else the channel's
  std::vector<RelaxStep> steps;            // ascending
  std::optional<Duration> offer_deadline;  // else the channel's
  std::optional<Duration> wrapup;          // else the channel's
  bool operator==(const Queue&) const = default;
};

struct Channel {
  ChannelName name;
  bool media = false;  // connect: instant | media
  bool can_reply = true;
  bool outbox = false;                    // what agents write leaves by jobs of the bus, to an adapter
  int cost = 25;                          // of 100
  std::uint32_t at_once = 0;              // contacts of it an agent has at a time; 0 = as capacity allows
  std::vector<std::string> interrupts{};  // what an agent has of these takes no capacity from one of it
  Duration offer_deadline = 45s;
  std::uint32_t missed_max = 3;
  Duration ttl = 24h;
  bool ttl_closes = false;  // walk-in: closed(expired) instead of the fallback queue
  Duration wrapup = 0s;
  Duration active_max = 24h;  // chat: without a line; counter: in all
  Duration paused_max = 24h;
  Duration resume_window = 600s;  // abandoned -> queued
  bool tickets = false;           // attribute `service` draws a number, called at a counter (walk-in)
  bool presence = false;          // the customer has a socket whose loss counts (chat)
  Duration away_skip = 60s;
  Duration away_abandon = 600s;
  Duration away_pause = 300s;
};

struct TeamMembership {
  QueueName queue;
  int rank = 1;       // 1 … 99, lower first
  Duration delay{0};  // a contact waits this long before this agent sees it
  bool operator==(const TeamMembership&) const = default;
};

enum class Role : std::uint8_t { agent, supervisor, admin };

struct Account {  // one of agents.yaml, without its password
  AgentId id;
  std::string staff_no;
  std::map<std::string, std::string> name;  // zh, en
  Role role = Role::agent;
  std::vector<TeamMembership> teams;
  std::map<std::string, int> skills;
  int capacity = 100;
  std::vector<std::string> channels;  // empty = all
  bool disabled = false;
  bool operator==(const Account&) const = default;
};

struct Option {  // a row of a list: kinds, reasons, dispositions
  std::string id;
  std::map<std::string, std::string> name;  // zh, en
  std::vector<std::string> kinds;           // dispositions: only for these kinds; empty = all
  bool operator==(const Option&) const = default;
};

struct Service {  // walk-in
  std::string id;
  std::string prefix;
  QueueName queue;
};

struct Settings {
  SiteName site{"main"};
  calendar::Zone zone;
  std::map<QueueName, Queue> queues;
  QueueName default_queue{"online"};
  std::map<std::string, Channel> channels;  // by name
  std::map<std::string, Service> services;
  std::map<AgentId, Account> roster;
  std::vector<Option> kinds, dispositions, decline_reasons, transfer_reasons, away_reasons;

  std::string id_key;  // 16 bytes, sub-key of the root secret: ids and random choices
  Duration head_start_high = 300s, head_start_medium = 0s, head_start_low = Duration{-300'000};
  Duration transfer_head_start = 300s;
  Duration reoffer_after = 60s, decline_delay = 10s;
  Duration sticky_wait = 120s, reopen_within = 24h;
  Duration called_for = 60s, absent_skip = 180s, absent_window = 1800s;
  Duration media_setup = 15s;
  Duration agent_grace = 30s, agent_return = 60s, not_responding_return{0};  // 0 = by click only
  Duration load_grace = 30s;
  Duration closed_kept = Duration{30LL * 24 * 3600 * 1000};  // EXPIRE of closed contacts
  Duration short_abandon = 5s;                               // left sooner: flagged
  Duration stranger_kept = 60 * 24h;  // a customer whom no verified identity names, after the last contact
  Duration session_life = 12h, session_idle = 30min;
  std::uint32_t transfers_max = 3, hops_max = 8, connect_failed_max = 3;
  std::size_t fire_max = 1000;  // deadlines fired in one apply

  [[nodiscard]] bool left_at_once(const Contact& c, Instant left) const noexcept {
    return left - c.virtual_start < short_abandon;
  }
  [[nodiscard]] Duration head_start(Priority p) const noexcept {
    return p == Priority::high ? head_start_high : p == Priority::medium ? head_start_medium : head_start_low;
  }
};

}  // namespace fd::engine
