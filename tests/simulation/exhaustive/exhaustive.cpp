// Breadth first through everything that two customers, two agents, time and crashes can do to the real engine: each
// state is restored into a fresh engine, each event applied, every invariant checked, and the state after it visited
// unless one equal to it up to names, times and counts was. exhaustive [--states N] [--without-lease]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <unordered_set>

#include "router/engine/engine.hpp"
#include "router/model/words.hpp"
#include "tests/simulation/checker.hpp"

namespace fd::simulation {
namespace {

using namespace std::chrono_literals;
using State = ContactState;
using engine::Image;

engine::Settings two_and_two() {
  engine::Settings s;
  s.id_key = "exhaustive key 1";
  s.queues[QueueName("online")].name = QueueName("online");
  engine::Channel chat;
  chat.name = ChannelName("chat");
  chat.cost = 60;  // one each
  chat.presence = true;
  chat.offer_deadline = 60s;
  chat.missed_max = 2;
  chat.wrapup = 60s;
  chat.away_pause = 60s;
  chat.away_skip = 60s;
  chat.away_abandon = 120s;
  chat.resume_window = 120s;
  s.channels["chat"] = chat;
  auto phone = chat;
  phone.name = ChannelName("phone");
  phone.media = true;
  phone.presence = false;
  s.channels["phone"] = phone;
  s.reoffer_after = 120s, s.decline_delay = 60s, s.sticky_wait = 60s;
  s.agent_grace = s.load_grace = s.agent_return = s.media_setup = 60s;
  s.reopen_within = 0s;
  for (const char* id : {"a1", "a2"}) {
    engine::Account a;
    a.id = AgentId(id);
    a.teams = {{QueueName("online"), 1, 0s}};
    a.role = engine::Role::supervisor;
    s.roster[a.id] = a;
  }
  return s;
}

// The part of a state that can decide anything, with ids as the order of customers and times as distances from now.
class Canonical {
 public:
  explicit Canonical(const Image& image) : image_(image) {
    for (const Contact& c : image.contacts) start_.push_back(c.virtual_start.ms);
    for (const Agent& a : image.agents) idle_.push_back(a.idle_since.ms);
    std::sort(start_.begin(), start_.end());
    std::sort(idle_.begin(), idle_.end());
  }
  std::string text() {
    std::vector<const Contact*> contacts;
    for (const Contact& c : image_.contacts) contacts.push_back(&c);
    std::sort(contacts.begin(), contacts.end(), [](auto* a, auto* b) { return a->visitor < b->visitor; });
    for (const Contact* c : contacts) contact(*c);
    for (const Agent& a : image_.agents) agent(a);
    return std::move(out_);
  }

 private:
  void word_of(std::string_view w) { out_.append(w).push_back(' '); }
  void number(std::int64_t n) { word_of(std::to_string(n)); }
  void time(Instant t) { t.set() ? number(std::max<std::int64_t>(t.ms - image_.now.ms, -121'000)) : word_of("-"); }
  static std::int64_t rank(const std::vector<std::int64_t>& in, std::int64_t of) {
    return std::lower_bound(in.begin(), in.end(), of) - in.begin();
  }
  void contact(const Contact& c) {
    word_of(c.visitor.str());
    word_of(word(c.state));
    number(rank(start_, c.virtual_start.ms));
    number(c.advantage().count());
    number(c.transfers);
    for (const AgentId* id : {&c.owner, &c.held_for, &c.giver, &c.last_agent}) word_of(id->empty() ? "-" : id->str());
    time(c.held_until);
    time(c.away);
    number(c.skip);
    if (c.state == State::active && c.away.set()) time(std::max(c.away, c.last_at));
    if (c.state != State::active && c.state != State::paused) time(c.lease);
    word_of(word(c.reason));
    for (const Offer& o : c.offers) word_of(o.agent.str()), word_of(word(o.state)), time(o.due);
    for (const Exclusion& e : c.excluded) word_of(e.agent.str()), time(e.soft), time(e.until);
    if (c.last_offer) word_of(c.last_offer->agent.str()), word_of(word(c.last_offer->state));
    out_.push_back('\n');
  }
  void agent(const Agent& a) {
    word_of(word(a.presence));
    if (a.next) word_of(word(*a.next));
    number(a.attached);
    time(a.lease);
    if (a.presence == Presence::offline && !a.attached) word_of(word(a.before)), time(a.lost_at);
    number(a.missed);
    number(a.connect_failed);
    number(rank(idle_, a.idle_since.ms));
    out_.push_back('\n');
  }

  const Image& image_;
  std::vector<std::int64_t> start_, idle_;
  std::string out_;
};

class Search {
 public:
  Search(std::size_t wanted, bool control) : wanted_(wanted), control_(control) {}
  bool run();

 private:
  void expand(const Image&, int depth);
  void one(const Image&, int depth, const engine::Event&, bool crash_after = false);
  void customers(const Image&, int depth);
  void agents(const Image&, int depth);

  engine::Settings settings_ = two_and_two();
  std::size_t wanted_;
  bool control_;
  std::unordered_set<std::string> seen_;
  std::deque<std::pair<Image, int>> waiting_;
  std::uint64_t applied_ = 0;
  int deepest_ = 0;
  std::vector<std::string> wrong_;
};

// The event, and, when the reply is lost or the router dies after the commit, what the next leader makes of it.
void Search::one(const Image& from, int depth, const engine::Event& event, bool crash_after) {
  if (!wrong_.empty()) return;
  engine::Engine engine(settings_);
  engine.restore(from);
  Checker checker(from);
  const auto go = [&](const engine::Event& e, Duration later = 0s) {
    const auto step = engine.apply(e, from.now + later, BatchNumber{from.batch.n + 1});
    ++applied_;
    auto after = engine.image();
    if (control_ && depth > 3)
      for (Contact& c : after.contacts) c.lease = {};
    for (auto& wrong : checker.check(settings_, e, step, after, engine.next_due())) wrong_.push_back(std::move(wrong));
    for (auto& wrong : engine.self_check(8)) wrong_.push_back("self-check: " + wrong);
    return after;
  };
  Image after;
  try {
    after = go(event);
    if (crash_after) {
      engine = engine::Engine(settings_);
      engine.restore(after);
      checker.reset(after);
      after = go(engine::Lead{}, 60s);
    }
  } catch (const std::logic_error& broken) {  // a row of the tables that is none
    wrong_.emplace_back(broken.what());
  }
  if (!wrong_.empty()) wrong_.push_back("after:\n" + Canonical(from).text() + "event " + std::to_string(event.index()));
  if (!seen_.insert(Canonical(after).text()).second) return;
  deepest_ = std::max(deepest_, depth + 1);
  waiting_.emplace_back(std::move(after), depth + 1);
}

void Search::customers(const Image& at, int depth) {
  for (const char* name : {"v1", "v2"}) {
    const VisitorId visitor(name);
    const auto contact =
        std::find_if(at.contacts.begin(), at.contacts.end(), [&](const Contact& c) { return c.visitor == visitor; });
    engine::CustomerMessage m;
    m.ref = 1;
    m.channel = ChannelName(std::strcmp(name, "v1") == 0 ? "chat" : "phone");
    m.visitor = visitor;
    m.classification.queue = QueueName("online");
    m.body = {1};
    one(at, depth, m);
    if (contact == at.contacts.end()) continue;
    one(at, depth, m, true);
    one(at, depth, engine::CustomerEnd{1, contact->id});
    if (!contact->away.set())
      one(at, depth, engine::CustomerDetached{contact->id});
    else
      one(at, depth, engine::CustomerAttached{contact->id});
  }
}

void Search::agents(const Image& at, int depth) {
  for (const Agent& a : at.agents) {
    const engine::From from{1, a.id, "", 0};
    if (!a.attached)
      one(at, depth, engine::AgentAttached{a.id});
    else
      one(at, depth, engine::AgentDetached{a.id, false}), one(at, depth, engine::AgentDetached{a.id, true});
    for (const Presence p : {Presence::available, Presence::away, Presence::draining, Presence::offline})
      if (p != a.presence) one(at, depth, engine::SetPresence{from, p, "r", ""});
    for (const Contact& c : at.contacts) {
      for (const Offer& o : c.offers) {
        if (o.agent != a.id) continue;
        one(at, depth, engine::Accept{from, c.id, o.id});
        one(at, depth, engine::Accept{from, c.id, o.id}, true);
        one(at, depth, engine::Decline{from, c.id, o.id, "r"});
        one(at, depth, engine::Connected{c.id, o.id});
        one(at, depth, engine::ConnectFailed{c.id, o.id});
      }
      if (c.last_offer && c.last_offer->agent == a.id) one(at, depth, engine::Accept{from, c.id, c.last_offer->id});
      if (c.owner == a.id) one(at, depth, engine::Resolve{from, c.id, c.v, c.seq, "", "", {}, {}});
      if (c.owner == a.id)
        one(at, depth, engine::Transfer{from, c.id, c.v, {}, AgentId(a.id.str() == "a1" ? "a2" : "a1"), "r"});
      if (c.state != State::abandoned) one(at, depth, engine::Reassign{from, c.id, c.v, a.id, false, "r"});
    }
  }
}

void Search::expand(const Image& at, int depth) {
  customers(at, depth);
  agents(at, depth);
  one(at, depth, engine::Lead{});
  engine::Engine engine(settings_);
  engine.restore(at);
  if (engine.next_due() == never) return;
  Image later = at;
  later.now = engine.next_due();
  if (later.now - at.now <= 10min) one(later, depth, engine::Tick{});
  later.now = std::min(later.now, at.now + 30s);
  one(later, depth, engine::Tick{});
}

bool Search::run() {
  const auto began = std::chrono::steady_clock::now();
  engine::Engine engine(settings_);
  static_cast<void>(engine.apply(engine::Lead{}, Instant{1'795'500'000'000}, BatchNumber{1}));
  waiting_.emplace_back(engine.image(), 0);
  seen_.insert(Canonical(engine.image()).text());
  while (!waiting_.empty() && seen_.size() < wanted_ && wrong_.empty()) {
    const auto [image, depth] = std::move(waiting_.front());
    waiting_.pop_front();
    expand(image, depth);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%zu distinct states, %llu events applied, %d events deep, %s, %.1f s\n", seen_.size(),
              static_cast<unsigned long long>(applied_), deepest_, waiting_.empty() ? "all of them" : "stopped there",
              took.count());
  for (const auto& wrong : wrong_) std::printf("WRONG %s\n", wrong.c_str());
  const bool enough = seen_.size() >= wanted_;
  if (!enough) std::printf("too few: %zu were wanted\n", wanted_);
  return wrong_.empty() && enough;
}

}  // namespace
}  // namespace fd::simulation

int main(int argc, char** argv) {
  std::size_t states = 100'000;
  bool control = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--without-lease") == 0)
      control = true;
    else if (std::strcmp(argv[i], "--states") == 0 && i + 1 < argc)
      states = std::stoull(argv[++i]);
    else
      return std::fprintf(stderr, "exhaustive [--states N] [--without-lease]\n"), 2;
  }
  return fd::simulation::Search(states, control).run() ? 0 : 1;
}
