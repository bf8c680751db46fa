// Verbs of the bus become events of the engine. Rights are the engine's to judge; shapes were checked by the codec.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cctype>

#include "router/model/words.hpp"
#include "router/site/site.hpp"
#include "router/store/record.hpp"

namespace fd::site {
namespace {

using bus::Verb;

// What the configuration demands of agents.yaml, demanded again: names become names of keys.
bool sound(const engine::Roster& roster) {
  const auto name = [](const std::string& id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
    });
  };
  for (const auto& [id, account] : roster.roster) {
    if (!name(id.str()) || account.id != id || account.capacity < 1 || account.capacity > 1000) return false;
    for (const engine::TeamMembership& team : account.teams)
      if (team.rank < 1 || team.rank > 99 || team.delay.count() < 0 || team.delay > std::chrono::hours{1}) return false;
  }
  return true;
}

std::optional<engine::Event> supervisor_event(const bus::Command& c, const engine::From& from) {
  switch (c.verb) {
    case Verb::reassign:
      return engine::Reassign{from,    *c.contact, c.v.value_or(0), AgentId(c.to_agent), c.force.value_or(false),
                              c.reason};
    case Verb::reprioritise:
      if (const auto p = parse_word<Priority>(c.priority))
        return engine::Reprioritise{from, *c.contact, c.v.value_or(0), *p, c.reason};
      return std::nullopt;
    case Verb::queue: return engine::PauseQueue{from, QueueName(c.queue), c.on.value_or(true), c.reason};
    case Verb::agent: {
      auto to = parse_word<Presence>(c.state);
      if (c.on) to = *c.on ? Presence::draining : Presence::available;
      if (!to || *to == Presence::not_responding) return std::nullopt;
      return engine::ForcePresence{from, AgentId(c.target), *to, c.reason};
    }
    case Verb::session_open: return engine::SessionOpen{from.ref, c.session, c.agent};
    case Verb::session_close: return engine::SessionClose{from.ref, c.session, c.agent};
    case Verb::roster: {
      const auto event =
          store::event_from(boost::json::serialize(boost::json::object{{"type", "roster"}, {"roster", c.roster}}));
      if (!event || !std::holds_alternative<engine::Roster>(*event)) return std::nullopt;
      auto roster = std::get<engine::Roster>(*event);
      if (!sound(roster)) return std::nullopt;
      roster.ref = from.ref;
      return roster;
    }
    default: return std::nullopt;
  }
}

std::optional<engine::Event> counter_event(const bus::Command& c, const engine::From& from) {
  switch (c.verb) {
    case Verb::next: return engine::Next{from, QueueName(c.queue)};
    case Verb::recall: return engine::Recall{from, *c.contact};
    case Verb::serve: return engine::Serve{from, *c.contact};
    case Verb::absent: return engine::AbsentCustomer{from, *c.contact};
    case Verb::done: return engine::Done{from, *c.contact, c.kind, c.disposition};
    default: return supervisor_event(c, from);
  }
}

std::optional<engine::Event> event_of(const bus::Command& c, const engine::From& from) {
  switch (c.verb) {
    case Verb::presence:
      if (const auto p = parse_word<Presence>(c.state)) return engine::SetPresence{from, *p, c.reason, c.counter};
      return std::nullopt;
    case Verb::accept: return engine::Accept{from, *c.contact, *c.offer};
    case Verb::decline: return engine::Decline{from, *c.contact, *c.offer, c.reason};
    case Verb::msg: return engine::AgentMessage{from, *c.contact, {}};
    case Verb::note: return engine::AgentNote{from, *c.contact, {}, {}};
    case Verb::transfer: {
      engine::Transfer t{from, *c.contact, c.v.value_or(0), {}, {}, c.reason};
      if (!c.to_queue.empty()) t.queue = QueueName(c.to_queue);
      if (!c.to_agent.empty()) t.agent = AgentId(c.to_agent);
      return t;
    }
    case Verb::resolve:
      return engine::Resolve{from, *c.contact, c.v.value_or(0), c.seq.value_or(0), c.kind, c.disposition, {}, {}};
    case Verb::classify: return engine::Classify{from, *c.contact, c.v.value_or(0), c.kind, {}};
    case Verb::extend: return engine::Extend{from, *c.contact};
    case Verb::read: return engine::AgentRead{from.ref, c.agent, *c.contact, c.seq.value_or(0)};
    case Verb::end:
    case Verb::cancel: return engine::CustomerEnd{from.ref, *c.contact};
    case Verb::customer_read: return engine::CustomerRead{from.ref, *c.contact, c.seq.value_or(0)};
    default: return counter_event(c, from);
  }
}

}  // namespace

void Site::push(engine::Event event, std::string body) {
  agents_lane_.push_back({std::move(event), std::move(body), {}});
  wake();
}

void Site::command(const Asker& asker, bus::Command c) {
  if (c.verb == Verb::acknowledge) return acknowledge(asker, c);
  if (c.verb == Verb::job_done) return report_job(asker, c);
  const bool customers = c.verb == Verb::end || c.verb == Verb::customer_read;
  if (customers) {  // a token opens its own visitor's contacts only
    const auto row = engine_->contact(*c.contact);
    if (row && row->visitor != c.visitor)
      return answer(asker, bus::Reject{"not_found", "this contact is not this visitor's", {}});
  }
  const engine::From from{ref(asker, {}, c.agent), c.agent, c.page, c.n};
  if (c.verb == Verb::session_touch) return spawn(touch_session(from.ref, std::move(c.session)), "touch session");
  auto event = event_of(c, from);
  if (!event) {
    static_cast<void>(take_ref(from.ref));
    return answer(asker, bus::Reject{"bad_request", "a field has a value this verb does not know", {}});
  }
  const bool of_closed = c.verb == Verb::resolve || c.verb == Verb::note || c.verb == Verb::classify;
  if (of_closed && !engine_->contact(*c.contact))
    return spawn(with_closed(from.ref, *c.contact, std::move(*event), std::move(c.text)), "closed contact");
  push(std::move(*event), std::move(c.text));
}

asio::awaitable<void> Site::touch_session(engine::RequestRef asked, SessionHash session) {
  auto found = co_await store_.session(session);
  if (!leading_) co_return;  // standing down answered everybody
  if (found && *found) co_return push(engine::SessionOpen{asked, session, (*found)->agent, (*found)->until});
  const auto waiting = take_ref(asked);
  if (!waiting) co_return;
  if (found)
    answer(waiting->asker, bus::Reject{"not_signed_in", "this session is unknown or over", {}});
  else
    answer(waiting->asker, bus::Retry{1000, "store", {}});
}

// The contact is no longer live: what the engine does not hold comes from the store.
asio::awaitable<void> Site::with_closed(engine::RequestRef asked, ContactId id, engine::Event event, std::string text) {
  if (!co_await barrier()) co_return;  // standing down answered everybody
  auto row = co_await store_.contact(id);
  engine::Facts facts;
  if (row && *row) {
    auto registered = co_await store_.find_case((*row)->number);
    if (registered && *registered) facts.previous_case = std::move(**registered);
    facts.previous = std::move(**row);
  }
  if (!leading_) co_return;
  if (!row) {
    if (const auto waiting = take_ref(asked)) answer(waiting->asker, bus::Retry{1000, "store", {}});
    co_return;
  }
  if (auto* note = std::get_if<engine::AgentNote>(&event)) note->facts = std::move(facts);
  if (auto* resolve = std::get_if<engine::Resolve>(&event)) resolve->facts = std::move(facts);
  if (auto* classify = std::get_if<engine::Classify>(&event)) classify->facts = std::move(facts);
  if (auto* failed = std::get_if<engine::JobDone>(&event)) failed->facts = std::move(facts);
  push(std::move(event), std::move(text));
}

}  // namespace fd::site
