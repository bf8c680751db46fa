#include "tests/simulation/world.hpp"

#include <algorithm>

namespace fd::simulation {

using namespace std::chrono_literals;
using State = ContactState;

namespace {

engine::Channel channel(const char* name, int cost) {
  engine::Channel c;
  c.name = ChannelName(name);
  c.cost = cost;
  return c;
}

void channels(engine::Settings& s, std::uint64_t seed) {
  auto chat = channel("chat", 25);
  chat.presence = true;
  chat.outbox = seed % 2 == 1;
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
  walkin.tickets = true;
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
    if (i == 6) a.role = seed % 2 == 0 ? engine::Role::admin : engine::Role::supervisor;  // of all, of its teams
    s.roster[a.id] = a;
  }
  s.kinds = {{"billing", {}, {}}, {"fault", {}, {}}};
  s.dispositions = {{"solved", {}, {}}};
  return s;
}

}  // namespace

World::World(std::uint64_t seed, Control control)
    : random_(seed),
      control_(control),
      settings_(make_settings(seed)),
      server_(std::make_shared<store::MemoryServer>(false)) {
  now_ = Instant{1'795'500'000'000};
  for (int i = 0; i < 12; ++i)
    customers_.push_back({VisitorId("v" + std::to_string(i)), 0, {}, i < 9 ? "chat" : "phone", {}, false});
  for (const auto& [id, account] : settings_.roster) desks_.push_back({id, 0, false});
  lead();
}

void World::step() {
  time_passes();
  store_goes_on();
  ++report_.steps;
  if (under_way_) ++report_.held_steps;
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
  else if (what < 98 && !image_.jobs.empty())
    job_done();
  else
    apply(engine::Tick{});
  if (one_in(700) && control_ != Control::early)
    crash(one_in(2));
  else if (one_in(3))
    send_batch();
  if (control_ == Control::lease && report_.steps % 100 == 0) remove_a_lease();
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
  const BatchNumber last{batch_ + (under_way_ ? 1U : 0U)}, next{last.n + 1};  // as the site does
  auto step = engine_->apply(event, now_, next, filling_.number.n > 0 ? next : last);
  image_ = engine_->image();
  if (image_.now != step.at) report_.wrong.push_back("the step is of another time");
  report_.transitions += step.transitions.size();
  for (const auto& t : step.transitions)
    if (t.object == 'c' && !t.from.empty()) report_.rows.insert(t.from + " --" + t.event + "--> " + t.to);
  if (std::holds_alternative<engine::Lead>(event))
    for (const auto& t : step.transitions)
      if (t.to == "expired" || t.event == "arrival_assumed")
        report_.wrong.push_back("who led before is blamed: " + t.id + " " + t.event);
  if (step.sequence != 0 || !step.mutations.empty()) {
    filling_.number = next;
    filling_.sequence = image_.sequence;
    filling_.now = step.at;
    for (auto& m : step.mutations) filling_.mutations.push_back(m);
    if (step.sequence != 0) filling_.events.push_back({step.sequence, "{}", "[]", step.at, "r"});
  }
  for (auto& wrong : checker_->check(settings_, event, step, image_, engine_->next_due()))
    report_.wrong.push_back(std::move(wrong));
  for (auto& wrong : engine_->self_check(16)) report_.wrong.push_back("self-check: " + wrong);
  held_.push_back(std::move(step.effects));
}

void World::remove_a_lease() {
  auto image = engine_->image();
  for (Contact& c : image.contacts)
    if (c.state == State::active || c.state == State::connecting || c.state == State::paused) c.lease = {};
  engine_.emplace(settings_);
  engine_->restore(image);
}

}  // namespace fd::simulation
