#include "tests/unit/engine/small_site.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace fd::engine::test {

template <class Awaitable>
auto run_now(Awaitable awaitable) {  // the memory store never suspends
  boost::asio::io_context io;
  auto result = boost::asio::co_spawn(io, std::move(awaitable), boost::asio::use_future);
  io.run();
  return result.get();
}

namespace {

Queue queue(const char* name, Mode mode = Mode::push) {
  Queue q;
  q.name = QueueName(name);
  q.mode = mode;
  return q;
}

Account account(const char* id, Role role, int capacity = 100) {
  Account a;
  a.id = AgentId(id);
  a.role = role;
  a.capacity = capacity;
  for (const char* team : {"online", "counter", "phone"}) a.teams.push_back({QueueName(team), 1, 0s});
  return a;
}

Channel channel(const char* name, int cost) {
  Channel c;
  c.name = ChannelName(name);
  c.cost = cost;
  return c;
}

}  // namespace

Settings small_settings() {
  Settings s;
  s.id_key = "0123456789abcdef";
  for (const char* name : {"online", "vip", "phone"}) s.queues[QueueName(name)] = queue(name);
  s.queues[QueueName("counter")] = queue("counter", Mode::pull);
  s.queues[QueueName("online")].wrapup = 30s;
  Channel chat = channel("chat", 25);
  chat.presence = true;
  Channel phone = channel("phone", 100);
  phone.media = true;
  phone.can_reply = false;
  phone.offer_deadline = 20s;
  phone.missed_max = 1;
  phone.ttl = 2h;
  Channel walkin = channel("walkin", 100);
  walkin.can_reply = false;
  walkin.ttl = 12h;
  walkin.ttl_closes = true;
  walkin.tickets = true;
  walkin.active_max = 12h;
  s.channels = {{"chat", chat}, {"phone", phone}, {"walkin", walkin}};
  s.services["tax"] = {"tax", "A", QueueName("counter")};
  for (const char* id : {"a1", "a2"}) s.roster[AgentId(id)] = account(id, Role::agent);
  s.roster[AgentId("s1")] = account("s1", Role::supervisor);
  s.roster[AgentId("s1")].teams.clear();
  s.kinds = {{"billing", {}, {}}, {"fault", {}, {}}};
  s.dispositions = {{"solved", {}, {}}, {"repaired", {}, {"fault"}}};
  return s;
}

SmallSite::SmallSite(Settings s) : settings(s), engine(std::move(s)) {
  if (!run_now(store.acquire(now))) throw std::logic_error("the store does not let us lead");
}

Step& SmallSite::apply(const Event& event) {
  last.emplace(engine.apply(event, now, BatchNumber{batch + 1}, BatchNumber{batch}));
  store::Batch b;
  if (last->sequence != 0 || !last->mutations.empty()) {
    b.number = {++batch};
    b.sequence = engine.sequence();
    b.now = last->at;
    b.mutations = last->mutations;
    if (last->sequence != 0) b.events.push_back({last->sequence, "{}", "[]", last->at, "r"});
  } else {
    b.number = {batch};
  }
  const auto receipt = store.commit_now(b);
  if (!receipt) throw std::logic_error("commit: " + receipt.error().text);
  auto opened = std::move(last->effects).open(*receipt);
  if (!opened) throw std::logic_error("effects did not open");
  effects = std::move(*opened);
  for (const auto& wrong : engine.self_check(1000)) ADD_FAILURE() << "self-check: " << wrong;
  return *last;
}

void SmallSite::pass(Duration d) {
  const Instant until = now + d;
  std::vector<string> all;
  while (engine.next_due() <= until) {  // each deadline at its own time, as the shell does
    now = std::max(now, engine.next_due());
    apply(Tick{});
  }
  now = until;
  apply(Tick{});
}

ContactId SmallSite::chat(const string& visitor, Classification c) {
  CustomerMessage m;
  if (c.queue.empty()) c.queue = QueueName("online");
  m.classification = std::move(c);
  m.ref = 1;
  m.channel = ChannelName("chat");
  m.visitor = VisitorId(visitor);
  m.page = "p";
  m.n = ++counters[visitor];
  m.external_id = "p:" + std::to_string(m.n);
  m.body = {++body};
  m.facts = store.look_up_now({"chat", {}, m.visitor, m.external_id, {}});
  apply(m);
  for (const Effect& e : effects)
    if (const auto* kept = std::get_if<Kept>(&e)) return kept->contact;
  return {};
}

ContactId SmallSite::chat(const string& visitor, const string& page, std::uint64_t n) {
  CustomerMessage m;
  m.classification.queue = QueueName("online");
  m.ref = 1;
  m.channel = ChannelName("chat");
  m.visitor = VisitorId(visitor);
  m.page = page;
  m.n = n;
  m.external_id = page + ":" + std::to_string(n);
  m.body = {++body};
  m.facts = store.look_up_now({"chat", {}, m.visitor, m.external_id, {}});
  apply(m);
  for (const Effect& e : effects)
    if (const auto* kept = std::get_if<Kept>(&e)) return kept->contact;
  return {};
}

ContactId SmallSite::ticket(const string& service) {
  CustomerMessage m;
  m.classification.queue = QueueName("counter");
  m.ref = 1;
  m.channel = ChannelName("walkin");
  m.service = service;
  m.external_id = "t" + std::to_string(++body);
  m.seen_digest = m.external_id;
  m.facts = store.look_up_now({"walkin", m.seen_digest, {}, {}, {}});
  apply(m);
  return std::get<Kept>(effects.front()).contact;
}

ContactId SmallSite::call(const string& caller) {
  CustomerMessage m;
  m.classification.queue = QueueName("phone");
  m.channel = ChannelName("phone");
  m.visitor = VisitorId(caller);
  apply(m);
  return std::get<Kept>(effects.front()).contact;
}

void SmallSite::desk(const string& agent) {
  attach(agent);
  presence(agent, Presence::available, "", "window " + agent);
}
void SmallSite::presence(const string& agent, Presence p, const string& reason, const string& counter) {
  apply(SetPresence{from(agent), p, reason, counter});
}
void SmallSite::accept(const string& agent, ContactId id) { apply(Accept{from(agent), id, offer(id)}); }
void SmallSite::decline(const string& agent, ContactId id) { apply(Decline{from(agent), id, offer(id), "busy"}); }
void SmallSite::say(const string& agent, ContactId id) { apply(AgentMessage{from(agent), id, {++body}}); }
void SmallSite::resolve(const string& agent, ContactId id, const string& kind, const string& disposition) {
  Resolve e{from(agent), id, row(id)->v, row(id)->seq, kind, disposition, {}, {}};
  if (!engine.contact(id)) {
    e.facts.previous = *row(id);
    e.facts.previous_case = **run_now(store.find_case(row(id)->number));
  }
  apply(e);
}
void SmallSite::transfer(const string& agent, ContactId id, const string& queue) {
  apply(Transfer{from(agent), id, row(id)->v, QueueName(queue), {}, "wrong team"});
}
void SmallSite::hand(const string& agent, ContactId id, const string& target) {
  apply(Transfer{from(agent), id, row(id)->v, {}, AgentId(target), "knows it"});
}
void SmallSite::reassign(const string& target, ContactId id, bool force) {
  apply(Reassign{from("s1"), id, row(id)->v, AgentId(target), force, "because"});
}
void SmallSite::force(const string& agent, Presence p) {
  apply(ForcePresence{from("s1"), AgentId(agent), p, "because"});
}
void SmallSite::pause(const string& queue, bool paused) {
  apply(PauseQueue{from("s1"), QueueName(queue), paused, "because"});
}
void SmallSite::next(const string& agent, const string& queue) { apply(Next{from(agent), QueueName(queue)}); }

void SmallSite::restart(Duration down) {
  now = now + down;
  auto image = run_now(store.load());
  if (!image) throw std::logic_error("load: " + image.error().text);
  engine = Engine(settings);
  engine.restore(*image);
  apply(Lead{});
}

Row SmallSite::row(ContactId id) const {
  if (auto live = engine.contact(id)) return live;
  auto& s = const_cast<store::MemoryStore&>(store);
  const auto kept = *run_now(s.contact(id));
  return kept ? std::make_shared<const Contact>(*kept) : nullptr;
}

std::shared_ptr<const Case> SmallSite::server_case(const CaseNumber& number) const {
  auto& s = const_cast<store::MemoryStore&>(store);
  const auto kept = *run_now(s.find_case(number));
  return kept ? std::make_shared<const Case>(*kept) : nullptr;
}

string SmallSite::show(ContactId id) const {
  const Row c = row(id);
  if (!c) return "unknown";
  string out(word(c->state));
  if (c->state == ContactState::closed) out += ":" + string(word(c->reason));
  if (c->queue.str() != "online" && c->queue.str() != "phone" && c->queue.str() != "counter")
    out += " in " + c->queue.str();
  for (const Offer& o : c->offers) out += (o.state == OfferState::pending ? " offer " : " accepting ") + o.agent.str();
  if (!c->owner.empty()) out += " of " + c->owner.str();
  if (!c->held_for.empty()) out += " held " + c->held_for.str();
  if (c->away.set()) out += " away";
  if (c->skip || c->skip_until.set()) out += " skip";
  if (c->arrival_assumed) out += " assumed";
  return out;
}

string SmallSite::show(const string& agent) const {
  const auto view = engine.agent(AgentId(agent));
  string out(word(view->row->presence));
  if (view->row->presence != Presence::available && !view->row->reason.empty()) out += "(" + view->row->reason + ")";
  if (view->row->next) out += ">" + string(word(*view->row->next));
  if (view->used > 0) out += " used " + std::to_string(view->used);
  return out;
}

string SmallSite::answer() const {
  for (const Effect& e : effects) {
    if (const auto* x = std::get_if<Kept>(&e)) return (x->duplicate ? "again " : "kept ") + std::to_string(x->seq);
    if (std::get_if<Done_>(&e)) return "done";
    if (const auto* x = std::get_if<Refused>(&e)) return "refused " + x->code;
    if (const auto* x = std::get_if<Gap>(&e)) return "gap " + std::to_string(x->next);
  }
  return "";
}

string SmallSite::said() const {
  static const std::vector<string> names{
      "kept",   "done",      "refused",         "gap",  "line",    "note",     "state",    "row",  "row_gone",
      "offer",  "offer_end", "transfer_failed", "job",  "job_end", "presence", "capacity", "todo", "read",
      "called", "display",   "session_over",    "alarm"};
  static_assert(std::variant_size_v<Effect> == 22);
  string out;
  for (const Effect& e : effects) out += (out.empty() ? "" : " ") + names[e.index()];
  return out;
}

string SmallSite::told_of_failed_transfer() const {
  for (const Effect& e : effects)
    if (const auto* failed = std::get_if<TransferFailed>(&e))
      return failed->giver.str() + ": " + failed->to.str() + " " + string(word(failed->end));
  return {};
}

string SmallSite::moved() const {
  string out;
  for (const Transition& t : last->transitions)
    if (t.object == 'c') out += (out.empty() ? "" : " ") + t.from + ">" + t.to;
  return out;
}

OfferId SmallSite::offer(ContactId id) const {
  const Row c = row(id);
  if (!c->offers.empty()) return c->offers.front().id;
  return c->last_offer ? c->last_offer->id : OfferId{};
}

}  // namespace fd::engine::test
