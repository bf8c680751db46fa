// Questions: from the state of the batch being filled (answered when that is durable) or from the store.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "router/bus/tables.hpp"
#include "router/model/words.hpp"
#include "router/site/mask.hpp"
#include "router/site/site.hpp"

namespace fd::site {

void Site::ask(const Asker& asker, bus::Ask request) { spawn(answer_ask(asker, std::move(request)), "ask"); }

asio::awaitable<void> Site::answer_ask(Asker asker, bus::Ask request) {
  using bus::What;
  bus::Answer reply;
  switch (request.what) {  // read now, said once it is durable
    case What::targets: reply = bus::Ack{targets(request)}; break;
    case What::waiting: reply = waiting(request); break;
    case What::finished: reply = co_await finished(std::move(request)); break;
    case What::services: reply = bus::Ack{services()}; break;
    case What::queues: reply = bus::Ack{queues_view()}; break;
    case What::agents: reply = bus::Ack{agents_view()}; break;
    case What::status: reply = bus::Ack{status_view()}; break;
    case What::history: reply = co_await history(std::move(request)); break;
    case What::customer: reply = co_await customer(std::move(request)); break;
    case What::find: reply = co_await find(std::move(request)); break;
    case What::ticket: reply = co_await ticket(std::move(request)); break;
    case What::explain: reply = co_await explain(std::move(request)); break;
    case What::contact: reply = co_await contact(std::move(request)); break;
    case What::session: {
      auto found = co_await store_.session(request.session);
      if (!found)
        reply = bus::Retry{1000, "store", {}};
      else if (!*found)
        reply = bus::Reject{"not_signed_in", "this session is unknown or over", {}};
      else
        reply = bus::Ack{{{"agent", (*found)->agent.str()}, {"until", (*found)->until.ms}}};
      break;
    }
  }
  if (!co_await barrier()) reply = bus::Retry{2000, "fenced", {}};
  answer(asker, std::move(reply));
}

namespace {

// The newest of a list, as much as fits a frame twice over; at least one.
class Share {
 public:
  bool add(json::object frame) {
    frame.erase("type");
    frame.erase("contact");
    bytes_ += json::serialize(frame).size();
    if (bytes_ > most && !newest_first_.empty()) return false;
    newest_first_.push_back(std::move(frame));
    return true;
  }
  json::array taken() {
    std::reverse(newest_first_.begin(), newest_first_.end());
    return std::move(newest_first_);
  }

 private:
  static constexpr std::size_t most = std::size_t{256} * 1024;
  std::size_t bytes_ = 0;
  json::array newest_first_;
};

}  // namespace

asio::awaitable<bus::Answer> Site::history(bus::Ask request) {
  if (!request.contact) co_return bus::Reject{"bad_request", "history needs a contact", {}};
  if (!co_await barrier()) co_return bus::Retry{2000, "fenced", {}};
  auto row = co_await store_.contact(*request.contact);
  if (!row) co_return bus::Retry{1000, "store", {}};
  if (!*row) co_return bus::Reject{"not_found", "no such contact", {}};
  if (!may_read(request.agent, **row)) co_return may_not_read();
  const std::uint64_t to = request.before > 0 ? std::min(request.before - 1, (*row)->seq) : (*row)->seq;
  Share lines, notes;
  if (to > 0) {
    auto kept = co_await store_.lines((*row)->id, to > 50 ? to - 49 : 1, to);
    if (!kept) co_return bus::Retry{1000, "store", {}};
    for (auto line = kept->rbegin(); line != kept->rend(); ++line)
      if (!lines.add(line_frame((*row)->id, *line, names(), "zh", false))) break;
  }
  if (request.before == 0)
    if (auto kept = co_await store_.notes((*row)->id))
      for (auto note = kept->rbegin(); note != kept->rend(); ++note)
        if (!notes.add(note_frame((*row)->id, *note))) break;
  co_return bus::Ack{{{"contact", (*row)->id.str()}, {"lines", lines.taken()}, {"notes", notes.taken()}}};
}

asio::awaitable<bus::Answer> Site::customer(bus::Ask request) {
  auto ids = co_await store_.contacts_of(CustomerId(request.id));
  if (!ids) co_return bus::Retry{1000, "store", {}};
  json::array list;
  for (const ContactId id : *ids) {
    auto row = co_await store_.contact(id);
    if (!row || !*row || !may_read(request.agent, **row)) continue;
    const Contact& c = **row;
    list.push_back(json::object{{"contact", id.str()},
                                {"case", c.number.str()},
                                {"channel", c.channel.str()},
                                {"state", word(c.state)},
                                {"at", c.virtual_start.ms},
                                {"kind", c.kind},
                                {"disposition", c.disposition}});
  }
  co_return bus::Ack{{{"id", request.id}, {"contacts", std::move(list)}}};
}

asio::awaitable<bus::Answer> Site::finished(bus::Ask request) {
  if (!co_await barrier()) co_return bus::Retry{2000, "fenced", {}};
  auto ids = co_await store_.done_by(request.agent);
  if (!ids) co_return bus::Retry{1000, "store", {}};
  json::array list;
  for (const ContactId id : *ids) {
    auto stored = co_await store_.contact(id);
    if (!stored) co_return bus::Retry{1000, "store", {}};
    if (*stored && may_read(request.agent, **stored)) list.push_back(row(**stored, {}));
  }
  co_return bus::Ack{{{"contacts", std::move(list)}}};
}

asio::awaitable<bus::Answer> Site::find(bus::Ask request) {
  auto registered = co_await store_.find_case(CaseNumber(request.id));
  if (!registered) co_return bus::Retry{1000, "store", {}};
  if (!*registered) co_return bus::Reject{"not_found", "no case of this number", {}};
  json::array contacts;
  ContactId id = (*registered)->contact;
  for (int i = 0; i < 20 && !id.empty(); ++i) {  // newest first, along `previous`
    auto row = co_await store_.contact(id);
    if (row && *row && may_read(request.agent, **row)) contacts.push_back(json::value(id.str()));
    id = row && *row ? (*row)->previous : ContactId{};
  }
  if (contacts.empty()) co_return may_not_read();
  co_return bus::Ack{{{"case", request.id},
                      {"state", word((*registered)->state)},
                      {"kind", (*registered)->kind},
                      {"contacts", std::move(contacts)}}};
}

asio::awaitable<bus::Answer> Site::ticket(bus::Ask request) {
  if (!request.contact) co_return bus::Reject{"bad_request", "ticket needs a contact", {}};
  engine::Row row = engine_->contact(*request.contact);
  const auto place = row ? engine_->place(row->id, now()) : std::nullopt;
  if (!row) {
    auto stored = co_await store_.contact(*request.contact);
    if (!stored) co_return bus::Retry{1000, "store", {}};
    if (!*stored) co_return bus::Reject{"not_found", "no such ticket", {}};
    row = std::make_shared<Contact>(std::move(**stored));
  }
  json::object o{{"number", row->ticket}, {"service", row->service}, {"state", word(row->state)}, {"at", now().ms}};
  o["ahead"] = place ? json::value(place->position - 1) : json::value(nullptr);
  o["est_wait_s"] = place && place->estimate ? json::value(place->estimate->count() / 1000) : json::value(nullptr);
  const bool waits = row->state == ContactState::queued || row->state == ContactState::offered;
  // In line again, the last call in vain, and told so until the next one, also when it is passed over no longer.
  const std::string_view last = row->last_offer ? std::string_view(row->last_offer->reason) : std::string_view();
  const bool again = waits && (row->skip_until.set() || last == "absent" || last == "arrival_assumed");
  o["missed"] = row->absent > 0 && (again || row->state == ContactState::abandoned ||
                                    (row->state == ContactState::closed && row->reason == CloseReason::no_show));
  if (!waits && !row->counter.empty()) o["counter"] = row->counter;  // in line again: which one is not yet known
  if (row->state == ContactState::closed || row->state == ContactState::wrapup) o["reason"] = word(row->reason);
  co_return bus::Ack{std::move(o)};
}

asio::awaitable<bus::Answer> Site::contact(bus::Ask request) {
  std::optional<ContactId> id = request.contact ? request.contact : ContactId::parse(request.text);
  if (!id) {
    auto registered = co_await store_.find_case(CaseNumber(request.text.empty() ? request.id : request.text));
    if (!registered) co_return bus::Retry{1000, "store", {}};
    if (*registered) id = (*registered)->contact;
  }
  if (!id) co_return bus::Reject{"not_found", "no contact or case of this name", {}};
  engine::Row row_ = engine_->contact(*id);
  if (!row_) {
    auto stored = co_await store_.contact(*id);
    if (!stored) co_return bus::Retry{1000, "store", {}};
    if (!*stored) co_return bus::Reject{"not_found", "no contact or case of this name", {}};
    row_ = std::make_shared<Contact>(std::move(**stored));
  }
  if (!may_read(request.agent, *row_)) co_return may_not_read();
  json::object o = row(*row_, {});
  o.erase("last");
  o["owner"] = row_->owner.str();
  o["reason"] = word(row_->reason);
  json::array offers, excluded;
  for (const Offer& offer : row_->offers)
    offers.push_back(json::object{
        {"offer", offer.id.str()}, {"agent", offer.agent.str()}, {"state", word(offer.state)}, {"due", offer.due.ms}});
  for (const Exclusion& e : row_->excluded)
    excluded.push_back(json::object{{"agent", e.agent.str()}, {"until", e.until.ms}});
  o["offers"] = std::move(offers);
  o["excluded"] = std::move(excluded);
  co_return bus::Ack{std::move(o)};
}

namespace {

json::object waiting_row(const Contact& c) {
  json::array offered;
  for (const Offer& offer : c.offers)
    offered.push_back(json::object{{"agent", offer.agent.str()}, {"due", offer.due.ms}});
  json::object o{{"id", c.id.str()},
                 {"v", c.v},
                 {"case", c.number.str()},
                 {"channel", c.channel.str()},
                 {"customer", json::object{{"name", masked_name(c.name)}, {"grade", c.grade}, {"masked", c.masked}}},
                 {"kind", c.kind},
                 {"seq", c.seq},
                 {"since", c.virtual_start.ms},
                 {"priority", word(c.priority)},
                 {"urgency", word(c.urgency)},
                 {"state", word(c.state)},
                 {"away", c.away.set()},
                 {"offered", std::move(offered)}};
  if (!c.ticket.empty()) o["ticket"] = c.ticket;
  return o;
}

bool in_team(const engine::Engine& engine, const AgentId& who, const QueueName& queue) {
  const auto view = engine.agent(who);
  if (!view || !view->account || view->account->disabled) return false;
  const auto& teams = view->account->teams;
  return std::any_of(teams.begin(), teams.end(), [&](const auto& team) { return team.queue == queue; });
}

}  // namespace

// The head of the line, in the order in which it will be served.
bus::Answer Site::waiting(const bus::Ask& request) {
  constexpr std::size_t most = 50;
  const QueueName queue(request.id);
  if (!engine_->settings().queues.contains(queue)) return bus::Reject{"not_found", "no queue of this name", {}};
  if (!supervises(request.agent, queue) && !in_team(*engine_, request.agent, queue))
    return bus::Reject{"not_permitted", "only its team and supervisors see who waits in a queue", {}};
  json::array list;
  engine_->walk(queue, [&](std::size_t position, ContactId id) {
    if (const auto row = engine_->contact(id)) list.push_back(waiting_row(*row));
    return position < most;
  });
  return bus::Ack{{{"queue", queue.str()}, {"at", now().ms}, {"contacts", std::move(list)}}};
}

json::object Site::targets(const bus::Ask& request) {
  json::array queues, agents;
  for (const auto& view : engine_->queues())
    queues.push_back(
        json::object{{"id", view.state.name.str()}, {"waiting", view.waiting}, {"free", view.free_agents}});
  for (const auto& view : engine_->agents()) {
    if (view.row->id == request.agent || view.row->presence == Presence::offline) continue;
    json::object name;
    for (const auto& [language, text] : view.account->name) name[language] = text;
    agents.push_back(json::object{{"id", view.row->id.str()},
                                  {"no", view.account->staff_no},
                                  {"name", std::move(name)},
                                  {"state", word(view.row->presence)},
                                  {"used", view.used},
                                  {"total", view.account->capacity}});
  }
  return {{"queues", std::move(queues)}, {"agents", std::move(agents)}};
}

// `waiting` of a service counts what `ahead` of its next ticket will: its place is asked for as the ticket's would be.
json::object Site::services() {
  std::set<QueueName> open;
  for (const auto& view : engine_->queues())
    if (view.free_agents > 0) open.insert(view.state.name);
  for (const auto& view : engine_->agents())
    for (const auto& team : view.account->teams)
      if (view.row->presence == Presence::available && view.row->attached) open.insert(team.queue);
  json::array list;
  for (const auto& [id, service] : engine_->settings().services) {
    Message ticket;
    ticket.channel = ChannelName("walkin");
    ticket.attributes["service"] = id;
    engine::CustomerMessage next;
    std::optional<rules::Outcome> outcome;
    classify(next, ticket, now(), outcome);
    list.push_back(json::object{
        {"id", id}, {"waiting", engine_->ahead(next.classification, now())}, {"open", open.contains(service.queue)}});
  }
  return {{"services", std::move(list)}, {"at", now().ms}, {"zone", engine_->settings().zone.name()}};
}

json::object Site::queues_view() {
  static constexpr std::array<std::string_view, 3> alarms{"", "no_free", "long_wait"};
  json::array list;
  for (const auto& v : engine_->queues()) {
    json::object name;
    const Alarm alarm = alarm_of(v);
    const Seen* by = seen(v.state.name, alarm);
    for (const auto& [language, text] : v.settings->label) name[language] = text;
    list.push_back(json::object{
        {"id", v.state.name.str()},
        {"name", std::move(name)},
        {"mode", v.settings->mode == engine::Mode::pull ? "pull" : "push"},
        {"waiting", v.waiting},
        {"oldest_at", v.oldest.set() ? json::value(v.oldest.ms) : json::value(nullptr)},
        {"free", v.free_agents},
        {"paused", v.state.paused},
        {"reason", v.state.paused ? v.state.reason : ""},
        {"alarm", alarms[static_cast<std::size_t>(alarm)]},
        {"seen", by ? json::value(json::object{{"by", by->by.str()}, {"at", by->at.ms}}) : json::value(nullptr)}});
  }
  return {{"at", now().ms}, {"queues", std::move(list)}};
}

json::object Site::agents_view() {
  json::array list;
  const std::string today = engine_->today();
  for (const auto& v : engine_->agents()) {
    const bool counted = v.row->day == today;
    json::object name;
    for (const auto& [language, text] : v.account->name) name[language] = text;
    json::array teams;
    for (const auto& team : v.account->teams) teams.push_back(json::value(team.queue.str()));
    list.push_back(json::object{{"id", v.row->id.str()},
                                {"no", v.account->staff_no},
                                {"name", std::move(name)},
                                {"teams", std::move(teams)},
                                {"state", word(v.row->presence)},
                                {"reason", v.row->reason},
                                {"since", v.row->since.set() ? json::value(v.row->since.ms) : json::value(nullptr)},
                                {"used", v.used},
                                {"total", v.account->capacity},
                                {"attached", v.row->attached},
                                {"counter", v.row->counter},
                                {"unattended", unattended(v)},
                                {"accepted", counted ? v.row->today : 0},
                                {"declined", counted ? v.row->declined : 0},
                                {"passed_on", counted ? v.row->passed_on : 0}});
  }
  return {{"agents", std::move(list)}};
}

json::object Site::status_view() {
  std::size_t available = 0, total = 0, waiting = 0;
  for (const auto& v : engine_->agents())
    ++total, available += v.row->presence == Presence::available && v.row->attached ? 1U : 0U;
  for (const auto& v : engine_->queues()) waiting += v.waiting;
  json::object outboxes;
  for (const auto& [channel, box] : outboxes_)
    outboxes[channel.str()] = json::object{{"open", box.open.size()},
                                           {"adapters", box.adapters.size()},
                                           {"oldest_at", box.open.empty() ? 0 : box.open.begin()->second.at.ms}};
  json::object kinds;
  for (const auto& [kind, n] : engine_->counted("kind")) kinds[kind] = n;
  return {{"site", engine_->settings().site.str()},
          {"router", settings_.router},
          {"epoch", leadership_.epoch},
          {"leading", leading_},
          {"batch", leadership_.batch.n},
          {"sequence", engine_->sequence()},
          {"at", now().ms},
          {"live", engine_->live()},
          {"waiting", waiting},
          {"agents", json::object{{"available", available}, {"total", total}}},
          {"kinds", std::move(kinds)},
          {"outbox", std::move(outboxes)},
          {"ready", store_.trouble().value_or("").empty()}};
}

}  // namespace fd::site
