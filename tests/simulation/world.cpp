#include "tests/simulation/world.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace fd::simulation {

using namespace std::chrono_literals;
using State = ContactState;

namespace {

// The stores of the simulation never suspend; a result has no default value, so it is carried out in an optional.
template <class T>
T run(boost::asio::io_context& io, boost::asio::awaitable<T> awaitable) {
  std::optional<T> result;
  const auto keep = [](boost::asio::awaitable<T> inner, std::optional<T>& out) -> boost::asio::awaitable<void> {
    out.emplace(co_await std::move(inner));
  };
  auto done = boost::asio::co_spawn(io, keep(std::move(awaitable), result), boost::asio::use_future);
  io.restart();
  io.run();
  done.get();
  return std::move(*result);
}

engine::Channel channel(const char* name, int cost) {
  engine::Channel c;
  c.name = ChannelName(name);
  c.cost = cost;
  return c;
}

void channels(engine::Settings& s, std::uint64_t seed) {
  auto chat = channel("chat", 25);
  chat.presence = true;
  chat.away_skip = 15s;
  chat.away_pause = 20s;
  chat.away_abandon = 40s;  // within the offer's deadline
  chat.active_max = 20min;
  chat.paused_max = 30min;
  auto phone = channel("phone", 100);
  phone.media = true;
  phone.can_reply = false;
  phone.offer_deadline = 20s;
  phone.missed_max = 1;
  phone.wrapup = 30s;
  if (seed % 2 == 0) phone.interrupts = {"chat"};
  if (seed % 3 == 0) chat.at_once = 2;
  auto walkin = channel("walkin", 100);
  walkin.can_reply = false;
  walkin.ttl = 12h;
  walkin.ttl_closes = true;
  walkin.active_max = 30min;
  walkin.resume_window = 1800s;
  s.channels = {{"chat", chat}, {"phone", phone}, {"walkin", walkin}};
}

void queues(engine::Settings& s, std::uint64_t seed) {
  for (const char* name : {"online", "vip", "phone", "counter"}) s.queues[QueueName(name)].name = QueueName(name);
  auto& online = s.queues[QueueName("online")];
  online.strategy = static_cast<engine::Strategy>(seed % 4);
  online.max_wait = 300s;
  online.overflow = QueueName("vip");
  online.steps = {{30s, {{"en", 1}}}, {90s, {{"en", 0}}}};
  online.wrapup = seed % 2 == 0 ? 0s : 20s;
  auto& vip = s.queues[QueueName("vip")];
  vip.strategy = static_cast<engine::Strategy>(seed / 4 % 4);
  vip.max_wait = seed % 3 == 0 ? 0s : 200s;
  vip.parallel_offers = 1 + seed % 4;
  vip.ttl = 15min;
  vip.steps = {{.after = 20s, .add = {{"en", 2}}}, {.after = 60s, .replace = std::vector<SkillNeed>{{"en", 1}}}};
  vip.overflow = QueueName("online");
  s.queues[QueueName("counter")].mode = engine::Mode::pull;
}

engine::Settings make_settings(std::uint64_t seed) {
  engine::Settings s;
  s.id_key = "simulation key 1";
  channels(s, seed);
  queues(s, seed);
  s.services["tax"] = {"tax", "A", QueueName("counter")};
  for (int i = 1; i <= 6; ++i) {
    engine::Account a;
    a.id = AgentId("a" + std::to_string(i));
    a.teams = {{QueueName("online"), i % 3 + 1, i == 5 ? 20s : 0s}, {QueueName("vip"), i % 2 + 1, i == 3 ? 45s : 0s}};
    a.teams.push_back({QueueName("phone"), 1, 0s});
    if (i <= 2) a.teams = {{QueueName("counter"), 1, 0s}};  // nothing but counters, else chats leave no room
    if (i == 3) a.teams.push_back({QueueName("counter"), 1, 0s});
    if (i == 4) a.channels = {"phone", "walkin"};
    a.skills = {{"en", i % 4}, {"zh", 3}};
    if (i == 6) a.role = engine::Role::supervisor;
    s.roster[a.id] = a;
  }
  s.kinds = {{"billing", {}, {}}, {"fault", {}, {}}};
  s.dispositions = {{"solved", {}, {}}};
  return s;
}

}  // namespace

World::World(std::uint64_t seed)
    : random_(seed), settings_(make_settings(seed)), server_(std::make_shared<store::MemoryServer>(false)) {
  now_ = Instant{1'795'500'000'000};
  for (int i = 0; i < 12; ++i)
    customers_.push_back({VisitorId("v" + std::to_string(i)), 0, {}, i < 9 ? "chat" : "phone", {}, false});
  for (const auto& [id, account] : settings_.roster) desks_.push_back({id, 0, false});
  lead();
}

// A router takes the lead, at the start and after a crash.
void World::lead() {
  memory_ = std::make_unique<store::MemoryStore>(server_, "router " + std::to_string(++routers_));
  store_ = std::make_unique<fd::test::FaultyStore>(io_, *memory_);
  store_->wait = [](Duration) -> boost::asio::awaitable<void> { co_return; };
  store_->seed(random_(), 20, 500ms);
  const auto lead = run(io_, store_->acquire(now_));
  const auto image = run(io_, store_->load());
  if (!lead || !image) {
    report_.wrong.push_back("load: " + (lead ? image.error().text : lead.error().text));
    return;
  }
  batch_ = lead->batch.n;
  engine_.emplace(settings_);
  engine_->restore(*image);
  if (checker_)
    checker_->reset(engine_->image());
  else
    checker_.emplace(engine_->image());
  filling_ = {};
  held_.clear();
  apply(engine::Lead{});
}

void World::step() {
  time_passes();
  ++report_.steps;
  const auto what = below(100);
  if (what < 38)
    customer_event();
  else if (what < 74)
    agent_event();
  else if (what < 84)
    counter_event();
  else if (what < 89)
    supervisor_event();
  else if (what < 95)
    media_event();
  else if (what < 96)
    roster_event();
  else
    apply(engine::Tick{});
  if (one_in(700))
    crash(one_in(2));
  else if (one_in(3))
    commit(false);
  if (report_.steps % 500 == 0) compare_with_store();
}

void World::time_passes() {
  const auto how = below(100);
  if (how < 60)
    now_ = now_ + Duration{static_cast<std::int64_t>(below(4000))};
  else if (how < 66)
    now_ = std::max(now_, std::min(engine_->next_due(), now_ + 2h));
  else if (how < 67)
    now_ = now_ + Duration{static_cast<std::int64_t>(below(400'000))};
  else if (one_in(300))
    now_ = now_ + 5h;
}

void World::apply(const engine::Event& event) {
  auto step =
      engine_->apply(event, now_, BatchNumber{batch_ + 1}, BatchNumber{filling_.number.n > 0 ? batch_ + 1 : batch_});
  image_ = engine_->image();
  if (image_.now != step.at) report_.wrong.push_back("the step is of another time");
  report_.transitions += step.transitions.size();
  for (const auto& t : step.transitions)
    if (t.object == 'c' && !t.from.empty()) report_.rows.insert(t.from + " --" + t.event + "--> " + t.to);
  if (step.sequence != 0) {
    filling_.number = {batch_ + 1};
    filling_.sequence = step.sequence;
    filling_.now = step.at;
    for (auto& m : step.mutations) filling_.mutations.push_back(m);
    filling_.events.push_back({step.sequence, "{}", "[]", step.at, "r"});
  }
  for (auto& wrong : checker_->check(settings_, step, image_, engine_->next_due()))
    report_.wrong.push_back(std::move(wrong));
  for (auto& wrong : engine_->self_check(16)) report_.wrong.push_back("self-check: " + wrong);
  held_.push_back(std::move(step.effects));
}

void World::commit(bool reply_lost) {
  if (filling_.number.n == 0)
    filling_.number = {batch_};
  else
    batch_ = filling_.number.n;
  const auto receipt = run(io_, store_->commit(std::exchange(filling_, {})));
  if (!receipt) {
    report_.wrong.push_back("commit: " + receipt.error().text);
    return;
  }
  checker_->committed();
  for (auto& held : std::exchange(held_, {})) {
    if (reply_lost) continue;
    auto effects = std::move(held).open(*receipt);
    if (effects)
      hear(*effects);
    else
      report_.wrong.push_back("effects did not open for their own batch");
  }
}

// What was acknowledged is what customers and agents rely on.
void World::hear(const engine::Effects& effects) {
  for (const auto& e : effects) {
    engine::RequestRef ref = 0;
    if (const auto* kept = std::get_if<engine::Kept>(&e)) {
      ref = kept->ref;
      believed_.insert(kept->contact);
      if (ref > 100 && ref <= 100 + customers_.size() && customers_[ref - 101].open) {
        Customer& c = customers_[ref - 101];
        c.n = *c.open;
        c.acked.insert(c.n);
        c.open.reset();
      }
    } else if (const auto* gap = std::get_if<engine::Gap>(&e)) {
      ref = gap->ref;
      if (ref > 100 && ref <= 100 + customers_.size())
        customers_[ref - 101].open = gap->next;
      else if (ref > 0 && ref <= desks_.size())
        desks_[ref - 1].n = gap->next - 1;
    } else if (const auto* done = std::get_if<engine::Done_>(&e)) {
      ref = done->ref;
      if (ref > 0 && ref <= desks_.size()) ++desks_[ref - 1].n;
    } else if (const auto* no = std::get_if<engine::Refused>(&e)) {
      ref = no->ref;
    }
    if (ref > 0 && ref <= desks_.size()) desks_[ref - 1].waiting = false;
  }
}

void World::crash(bool committed) {
  ++report_.crashes;
  if (committed) {
    ++report_.lost_replies;
    commit(true);
  }
  const auto old = std::move(memory_);
  const auto last = filling_;
  for (Desk& d : desks_) d.waiting = false;
  lead();
  store::Batch late = last;  // what the dead router still had under way arrives too late
  late.number = {batch_ + 1};
  late.sequence = std::max<std::uint64_t>(late.sequence, 1);
  const auto refused = old->commit_now(late);
  if (refused && !late.mutations.empty()) report_.wrong.push_back("a write of the old epoch was taken");
  check_kept();
  for (Customer& c : customers_)
    if (c.attached && !one_in(4))
      if (const auto contact = engine_->contact_of(c.id)) apply(engine::CustomerAttached{*contact});
  for (Desk& d : desks_)
    if (!one_in(4)) apply(engine::AgentAttached{d.id});
}

// Nothing acknowledged is lost, nothing is there twice.
void World::check_kept() {
  for (const ContactId id : believed_) {
    const auto c = run(io_, memory_->contact(id));
    if (!*c) report_.wrong.push_back(id.str() + " was acknowledged and is gone");
  }
  if (believed_.size() > 400) believed_.clear();
}

void World::compare_with_store() {
  ++report_.reloads;
  commit(false);
  check_kept();
  auto stored = run(io_, memory_->load());
  if (!stored) {
    report_.wrong.push_back("load: " + stored.error().text);
    return;
  }
  stored->now = engine_->image().now;
  engine::Engine again(settings_);
  again.restore(*stored);
  const auto a = engine_->image(), b = again.image();
  const auto differ = [&](bool same, const char* what) {
    if (!same) report_.wrong.push_back(std::string("a reload gives other ") + what);
  };
  differ(a.contacts == b.contacts, "contacts");
  differ(a.agents.size() == b.agents.size(), "agents");
  for (std::size_t i = 0; i < std::min(a.agents.size(), b.agents.size()); ++i) {
    const Agent &x = a.agents[i], &y = b.agents[i];
    const std::string who = x.id.str() + ": other ";
    const auto of = [&](bool same, const char* what) { differ(same, (who + what).c_str()); };
    of(x.presence == y.presence && x.reason == y.reason && x.since == y.since && x.next == y.next, "presence");
    of(x.attached == y.attached && x.lease == y.lease && x.before == y.before && x.lost_at == y.lost_at, "lease");
    of(x.missed == y.missed && x.connect_failed == y.connect_failed, "misses");
    of(x.idle_since == y.idle_since && x.today == y.today && x.day == y.day, "idle time");
    of(x.pages == y.pages && x.todo == y.todo && x.counter == y.counter, "pages, list or counter");
    of(x == y, "fields");
  }
  differ(a.cases == b.cases, "cases");
  differ(a.visitors == b.visitors, "visitors");
  differ(a.counters == b.counters, "counters");
  differ(a.queues == b.queues, "queue states");
  differ(a.sequence == b.sequence && a.batch == b.batch, "numbers");
  if (engine_->derived() != again.derived())
    report_.wrong.push_back("derived differs:\n" + engine_->derived() + "--- reloaded\n" + again.derived());
}

void World::remove_a_lease() {
  auto image = engine_->image();
  for (Contact& c : image.contacts)
    if (c.state == State::active || c.state == State::connecting || c.state == State::paused) c.lease = {};
  engine_.emplace(settings_);
  engine_->restore(image);
}

}  // namespace fd::simulation
