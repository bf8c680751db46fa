// The engine alone: N contacts wait under 200 requirement signatures for 5,000 agents with 50 skills. Each turn an
// agent accepts a contact, asks for a break, resolves it, and a new customer takes the place; then the agent comes back
// and so is given the next one: the assignment, with its decision, offer and records. Timed apart, in processor time:
// the assignments, and all that an agent does in a turn; intake is not timed.
//
// Usage: bench_engine WAITING TURNS [AGENTS]

#include <cstdlib>
#include <deque>
#include <random>
#include <set>
#include <stdexcept>

#include "router/engine/engine.hpp"
#include "tests/bench/json_line.hpp"

namespace {

using namespace fd;
using namespace fd::engine;

constexpr std::size_t skills = 50, signatures = 200, skills_of_agent = 8;

struct Town {
  std::mt19937_64 random{7};
  Settings settings;
  std::vector<AgentId> agents;
  std::vector<std::vector<SkillNeed>> signature;
};

std::string skill(std::size_t i) { return "skill-" + std::to_string(i); }

Town make_town(std::size_t agents) {
  Town t;
  t.settings.id_key = "0123456789abcdef";
  Queue queue;
  queue.name = QueueName("online");
  t.settings.queues[queue.name] = queue;
  Channel chat;
  chat.name = ChannelName("chat");
  chat.cost = 100;
  chat.presence = true;
  t.settings.channels = {{"chat", chat}};
  for (std::size_t i = 0; i < agents; ++i) {
    Account a;
    a.id = AgentId("a" + std::to_string(i));
    a.teams = {{queue.name, 1, Duration{0}}};
    while (a.skills.size() < skills_of_agent)
      a.skills[skill(t.random() % skills)] = 1 + static_cast<int>(t.random() % 5);
    t.agents.push_back(a.id);
    t.settings.roster[a.id] = a;
  }
  std::set<std::vector<SkillNeed>> known;
  while (known.size() < signatures) {  // what some agent has, so that every contact can be served
    const Account& like = t.settings.roster[t.agents[t.random() % agents]];
    std::vector<SkillNeed> needs;
    for (const auto& [name, level] : like.skills)
      if (needs.size() < 1 + known.size() % 2 && t.random() % 3 == 0)
        needs.push_back({name, 1 + static_cast<int>(t.random() % static_cast<unsigned>(level))});
    if (!needs.empty()) known.insert(needs);
  }
  t.signature.assign(known.begin(), known.end());
  return t;
}

class Run {
 public:
  explicit Run(std::size_t agents) : town_(make_town(agents)), engine_(town_.settings) {}

  void fill(std::size_t waiting) {
    const double before = bench::rss_kib();
    for (std::size_t i = 0; i < waiting; ++i) arrive();
    bytes_a_row_ = (bench::rss_kib() - before) * 1024 / static_cast<double>(waiting);
    for (const AgentId& agent : town_.agents) {
      note(step(AgentAttached{agent}));
      note(step(SetPresence{{1, agent, {}, 0}, Presence::available, {}, {}}));
    }
    for (std::size_t i = 0; i < town_.agents.size() && i < waiting; ++i) arrive();  // those who were given one
  }

  void turns(std::size_t n) {
    while (assigned_ < n && !open_.empty()) {
      std::vector<Event> accepts, pauses, resolves, returns;  // made outside of the time taken, a block at a time
      std::vector<Open> block;
      while (!open_.empty() && block.size() < 500) block.push_back(open_.front()), open_.pop_front();
      for (const Open& open : block) {
        const From from{1, open.agent, {}, 0};
        accepts.emplace_back(Accept{from, open.contact, open.offer});
        pauses.emplace_back(SetPresence{from, Presence::away, "break", {}});
        returns.emplace_back(SetPresence{from, Presence::available, {}, {}});
      }
      serving_ += timed(accepts);
      serving_ += timed(pauses);
      for (const Open& open : block) {
        const Row row = engine_.contact(open.contact);
        if (!row || row->state != ContactState::active) throw std::logic_error("an accept was refused");
        Resolve resolve;
        resolve.from = {1, open.agent, {}, 0};
        resolve.contact = open.contact;
        resolve.v = row->v;
        resolve.seq = row->seq;
        resolves.emplace_back(std::move(resolve));
      }
      serving_ += timed(resolves);
      for (std::size_t i = 0; i < block.size(); ++i) arrive();
      const std::size_t before = open_.size();
      assigning_ += timed(returns);
      if (open_.size() - before != block.size()) throw std::logic_error("free agents were not given one contact each");
      assigned_ += block.size();
    }
  }

  // Lost, doubled: every contact is waiting, or with exactly one agent.
  void check() {
    const auto queues = engine_.queues();
    std::set<ContactId> held;
    for (const auto& agent : engine_.agents())
      for (const ContactId id : agent.contacts)
        if (!held.insert(id).second) throw std::logic_error("two agents have " + id.str());
    if (engine_.live() != arrived_ - assigned_) throw std::logic_error("contacts were lost or doubled");
    if (held.size() != open_.size()) throw std::logic_error("offers and occupants differ");
    for (const auto& wrong : engine_.self_check(engine_.live())) throw std::logic_error("self-check: " + wrong);
    waiting_ = queues.front().waiting - open_.size();
  }

  void print() const {
    const double n = static_cast<double>(assigned_);
    bench::JsonLine()
        .add("waiting", static_cast<double>(waiting_))
        .add("assignments", n)
        .add("assignments_s", n / assigning_)
        .add("turns_s", n / (assigning_ + serving_))
        .add("bytes_a_waiting_contact", bytes_a_row_)
        .print();
  }

 private:
  struct Open {
    AgentId agent;
    ContactId contact;
    OfferId offer;
  };

  Step step(const Event& event) {
    ++batch_;
    now_ = now_ + Duration{1};
    return engine_.apply(event, now_, BatchNumber{batch_});
  }
  double timed(const std::vector<Event>& events) {
    const double begin = bench::thread_seconds();
    for (const Event& event : events) note(step(event));
    return bench::thread_seconds() - begin;
  }
  void note(const Step& s) {  // the offers it opened
    for (const Mutation& m : s.mutations)
      if (const auto* put = std::get_if<PutContact>(&m); put && put->after->state == ContactState::offered) {
        const Offer& offer = put->after->offers.front();
        open_.push_back({offer.agent, put->after->id, offer.id});
      }
  }
  void arrive() {
    CustomerMessage m;
    m.ref = 1;
    m.channel = ChannelName("chat");
    m.visitor = VisitorId("visitor-" + std::to_string(arrived_++));
    m.page = "p";
    m.n = 1;
    m.external_id = "p:1";
    m.locale = "zh-CN";
    m.body = {1};
    m.classification.queue = QueueName("online");
    m.classification.rule = "r-online";
    m.classification.needs = town_.signature[town_.random() % signatures];
    note(step(m));
  }

  Town town_;
  Engine engine_;
  Instant now_{1'795'500'000'000};
  std::uint64_t batch_ = 0;
  std::deque<Open> open_;
  std::size_t arrived_ = 0, assigned_ = 0, waiting_ = 0;
  double serving_ = 0, assigning_ = 0, bytes_a_row_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fputs("usage: bench_engine WAITING TURNS [AGENTS]\n", stderr), 2;
  const auto number = [&](int i, std::size_t otherwise) {
    return argc > i ? static_cast<std::size_t>(std::strtoull(argv[i], nullptr, 10)) : otherwise;
  };
  try {
    Run run(number(3, 5'000));
    run.fill(number(1, 0));
    run.turns(number(2, 0));
    run.check();
    run.print();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_engine: %s\n", e.what());
    return 1;
  }
  return 0;
}
