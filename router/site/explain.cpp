// Explain data: kept with the contact, <= 4 KiB. What the rules saw is written with the intake; a later decision is
// added to it by a batch of its own, for nothing depends on it.
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "router/site/site.hpp"
#include "router/store/record.hpp"

namespace fd::site {
namespace {

constexpr std::size_t facts_bytes_max = 4096;
constexpr std::size_t decisions_max = 8;

// Of the strategy's first criterion, as the engine says it of the winner.
std::int64_t value_of(const engine::AgentView& agent, const engine::Decision& d, Instant at) {
  if (d.strategy == "longest_idle") return (at - agent.row->idle_since).count();
  if (d.strategy == "least_loaded")
    return agent.account ? 10'000LL * agent.used / std::max(1, agent.account->capacity) : 0;
  if (d.strategy == "top_down" && agent.account)
    for (const auto& team : agent.account->teams)
      if (team.queue == d.queue) return team.rank;
  return 0;
}

json::object decision_json(const engine::Engine& engine, const engine::Decision& d, Instant at) {
  json::array runners;
  for (const auto& r : d.runners_up) {
    json::object runner{{"agent", r.agent.str()}, {"reason", r.reason}};
    if (const auto view = engine.agent(r.agent)) runner["value"] = value_of(*view, d, at);
    runners.push_back(std::move(runner));
  }
  json::object excluded;
  for (const auto& [reason, n] : d.excluded) excluded[reason] = n;
  return {{"at", at.ms},
          {"winner", d.winner.str()},
          {"strategy", d.strategy},
          {"value", d.value},
          {"waited_ms", d.waited.count()},
          {"runners_up", std::move(runners)},
          {"excluded", std::move(excluded)}};
}

}  // namespace

std::string Site::facts_json(ContactId id, const rules::Outcome* outcome,
                             const std::vector<engine::Decision>& decisions) {
  json::object o;
  const auto row = engine_->contact(id);
  if (row) {
    o["queue"] = row->queue.str();
    o["key"] = json::object{
        {"band", row->band}, {"virtual_start", row->virtual_start.ms}, {"head_start", row->advantage().count()}};
    o["grade"] = row->grade;
  }
  if (outcome) {
    o["rule"] = json::object{{"id", outcome->rule}, {"at", outcome->where}};
    json::array path;
    for (const auto& c : outcome->path)
      path.push_back(json::object{{"rule", c.rule}, {"matched", c.matched}, {"failed", c.failed}});
    o["path"] = std::move(path);
    if (!outcome->failure.empty()) o["failure"] = outcome->failure;
  }
  o["rules"] = rules_.hash();
  json::array list;
  for (const auto& d : decisions)
    if (d.contact == id) list.push_back(decision_json(*engine_, d, now()));
  o["decisions"] = std::move(list);
  std::string text = json::serialize(o);
  if (text.size() > facts_bytes_max) {
    o.erase("path");
    text = json::serialize(o);
  }
  return text;
}

void Site::add_decision(engine::Decision decision, Instant at) {
  const ContactId contact = decision.contact;
  auto& waiting = decisions_[contact];
  waiting.emplace_back(std::move(decision), at);
  if (waiting.size() == 1) spawn(add_decisions(contact), "explain");
}

// All that wait for this contact at once: two who read and write by themselves would lose one another's.
asio::awaitable<void> Site::add_decisions(ContactId contact) {
  const bool durable = co_await barrier();
  boost::system::result<std::optional<std::string>, store::Failure> stored = std::optional<std::string>{};
  if (durable) stored = co_await store_.facts(contact);
  const auto news = std::exchange(decisions_[contact], {});
  decisions_.erase(contact);
  if (!durable || !leading_ || !stored || !*stored) co_return;
  boost::system::error_code ec;
  json::value value = json::parse(**stored, ec);
  if (ec || !value.is_object() || !engine_->contact(contact)) co_return;  // closed: its keys expire as they are
  json::value& kept = value.as_object()["decisions"];
  json::array& list = kept.is_array() ? kept.as_array() : kept.emplace_array();
  for (const auto& [decision, at] : news) list.push_back(decision_json(*engine_, decision, at));
  while (list.size() > decisions_max) list.erase(list.begin());
  std::string text = json::serialize(value);
  for (; text.size() > facts_bytes_max && list.size() > 1; text = json::serialize(value)) list.erase(list.begin());
  if (text.size() > facts_bytes_max) co_return;
  filling_.batch.mutations.push_back(engine::PutFacts{contact});
  filling_.batch.facts.emplace_back(contact, std::move(text));
  wake();
}

// What happened to it, from the record of inputs: from the event that made it (its id holds the number) until as many
// transitions are found as its row counts, or the look would take too long.
asio::awaitable<void> Site::timeline(ContactId id, std::uint64_t transitions, json::object& answer) {
  constexpr std::size_t page = 500, pages_max = 60;
  json::array steps;
  std::uint64_t from = id.ulid().sequence();
  for (std::size_t n = 0; steps.size() < transitions; ++n) {
    if (n == pages_max) {  // said, so that nobody takes this for all
      answer["transitions_cut"] = true;
      break;
    }
    const auto entries = co_await store_.events(from, page);
    if (!entries || entries->empty()) break;
    for (const auto& entry : *entries) {
      if (entry.transitions.find(id.str()) == std::string::npos) continue;  // cheaper than JSON
      const auto found = store::transitions_from(entry.transitions);
      if (!found) continue;
      for (const auto& t : *found)
        if (t.object == 'c' && t.id == id.str())
          steps.push_back(json::object{{"at", entry.at.ms},
                                       {"from", t.from},
                                       {"to", t.to},
                                       {"event", t.event},
                                       {"reason", t.reason},
                                       {"actor", t.actor.str()}});
    }
    if (entries->size() < page) break;
    from = entries->back().sequence + 1;
  }
  answer["transitions"] = std::move(steps);
}

asio::awaitable<bus::Answer> Site::explain(bus::Ask request) {
  std::optional<ContactId> id = request.contact ? request.contact : ContactId::parse(request.text);
  if (!id) {
    auto registered = co_await store_.find_case(CaseNumber(request.text));
    if (!registered) co_return bus::Retry{1000, "store", {}};
    if (*registered) id = (*registered)->contact;
  }
  if (!id) co_return bus::Reject{"not_found", "no contact or case of this name", {}};
  if (!co_await barrier()) co_return bus::Retry{2000, "fenced", {}};
  auto stored = co_await store_.facts(*id);
  auto row = co_await store_.contact(*id);
  if (!stored || !row) co_return bus::Retry{1000, "store", {}};
  if (!*row) co_return bus::Reject{"not_found", "no contact or case of this name", {}};
  if (!may_read(request.agent, **row)) co_return may_not_read();
  json::object o{{"contact", id->str()}, {"case", (*row)->number.str()}, {"queue", (*row)->queue.str()}};
  boost::system::error_code ec;
  if (*stored) {
    const json::value value = json::parse(**stored, ec);
    if (!ec && value.is_object())
      for (const auto& [key, part] : value.as_object())
        if (key != "queue") o[key] = part;
  }
  if (!(*row)->attributes.empty()) o["attributes"] = attributes(**row);
  o["key"] = json::object{
      {"band", (*row)->band}, {"virtual_start", (*row)->virtual_start.ms}, {"head_start", (*row)->advantage().count()}};
  if (const auto live = engine_->contact(*id);
      live && (live->state == ContactState::queued || live->state == ContactState::offered)) {
    json::object waiting;  // why it still waits: each agent of the team, as of now
    for (const auto& view : engine_->agents())
      if (std::string no = engine_->why_not(view.row->id, *id); no != "team")
        waiting[view.row->id.str()] = no.empty() ? "eligible" : no;
    o["waiting"] = std::move(waiting);
    if (const auto place = engine_->place(*id, now())) o["place"] = place->position;
  }
  if ((*row)->short_abandon) o["short_abandon"] = true;
  if (!o.contains("decisions")) o["decisions"] = json::array{};
  co_await timeline(*id, (*row)->v, o);
  co_return bus::Ack{std::move(o)};
}

}  // namespace fd::site
