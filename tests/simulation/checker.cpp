#include "tests/simulation/checker.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <type_traits>

#include "router/model/words.hpp"

namespace fd::simulation {
namespace {

using State = ContactState;

bool takes(State s) { return s == State::connecting || s == State::active || s == State::wrapup; }

const engine::Channel& channel(const engine::Settings& s, const Contact& c) { return s.channels.at(c.channel.str()); }

bool interrupts(const engine::Channel& over, const ChannelName& under) {
  return std::find(over.interrupts.begin(), over.interrupts.end(), under.str()) != over.interrupts.end();
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What only a person does, and what the router or a customer does and nobody else may be blamed for (§5.1, §5.2, §5.6).
bool of_a_person(const engine::Transition& t) {
  switch (t.object) {
    case 'c':
      return one_of(t.event,
                    {"accept", "call", "absent", "transfer", "transfer_agent", "resolve", "cancel", "reprioritise"});
    case 'o': return one_of(t.event, {"accept", "accepting", "call", "declined"});
    case 'k': return t.event == "classify";
    default: return t.object == 'q';
  }
}

bool of_nobody(const engine::Transition& t) {
  return t.object == 'c' &&
         one_of(t.event, {"intake", "offers_ended", "connect_failed", "arrival_assumed", "no_show", "customer_left",
                          "customer_back", "silence", "agent_lost", "end", "overflow", "ttl", "lease", "restart"});
}

bool has_a_reason(const engine::Transition& t) {
  switch (t.object) {
    case 'c':
      return one_of(t.to, {"wrapup", "closed"}) ||
             one_of(t.event, {"offer", "call", "connect_failed", "absent", "transfer", "transfer_agent", "agent_lost",
                              "overflow", "restart", "reprioritise"});
    case 'o':
      return t.event == "offer" || one_of(t.to, {"accepted", "declined", "expired", "withdrawn", "canceled", "failed"});
    case 'a': return t.to != "available";
    default: return t.object == 'q';
  }
}

// What a person's event says of them; of any other: nothing.
struct Said {
  AgentId by, target;  // target: whose presence it is
  std::string reason;
  std::optional<Presence> presence;
};

Said said_in(const engine::Event& event) {
  Said said;
  std::visit(
      [&](const auto& e) {
        if constexpr (requires { e.from.agent; }) said.by = said.target = e.from.agent;
        if constexpr (requires { e.from.agent, e.reason; }) said.reason = e.reason;
        if constexpr (requires { e.presence; }) said.presence = e.presence;
        if constexpr (std::is_same_v<std::decay_t<decltype(e)>, engine::ForcePresence>) said.target = e.agent;
      },
      event);
  return said;
}

// What bounds the stay of a contact where it is; unset: nothing does, which is wrong.
std::vector<Instant> bounds(const Contact& c) {
  switch (c.state) {
    case State::queued: return {c.ttl_at};
    case State::offered: {
      std::vector<Instant> all;
      for (const Offer& o : c.offers) all.push_back(o.due);
      return all;
    }
    default: return {c.lease};
  }
}

}  // namespace

void Checker::reset(const engine::Image& image) {
  before_.clear();
  folded_.clear();
  sent_.clear();
  ending_.clear();
  for (const Contact& c : image.contacts) {
    before_[c.id] = c;
    ++folded_[std::string(word(c.state))];
  }
  sequence_ = image.sequence;
  jobs_.clear();
  for (const Job& job : image.jobs) jobs_.emplace(job.n, job);
}

std::vector<std::string> Checker::check(const engine::Settings& settings, const engine::Event& event,
                                        const engine::Step& step, const engine::Image& image, Instant next_due) {
  wrong_.clear();
  after_.clear();
  now_ = image.now;
  for (const Contact& c : image.contacts)
    if (!after_.emplace(c.id, c).second) say(c.id.str() + " is there twice");
  agents_ = image.agents;
  paused_.clear();
  for (const QueueState& q : image.queues) paused_[q.name] = q.paused;
  states(settings, next_due);
  capacity(settings);
  history(event, step);
  recorded(event, step);
  conserves_work(settings, step);
  jobs(settings, event, step, image);
  before_ = after_;
  sequence_ = image.sequence;
  return wrong_;
}

// Each line of an agent for the outer world is a job, and stays one until it is reported.
void Checker::jobs(const engine::Settings& settings, const engine::Event& event, const engine::Step& step,
                   const engine::Image& image) {
  std::set<std::pair<ContactId, std::uint64_t>> lines, given;
  for (const auto& m : step.mutations) {
    if (const auto* line = std::get_if<engine::AppendLine>(&m); line && line->line.by == Author::agent) {
      const auto now = after_.find(line->contact), old = before_.find(line->contact);
      const Contact& c = now != after_.end() ? now->second : old->second;
      if (settings.channels.at(c.channel.str()).outbox) lines.emplace(line->contact, line->line.seq);
    } else if (const auto* put = std::get_if<engine::PutJob>(&m)) {
      given.emplace(put->job.contact, put->job.seq);
      jobs_[put->job.n] = put->job;
    }
  }
  if (lines != given) say(std::to_string(lines.size()) + " lines to carry, " + std::to_string(given.size()) + " jobs");
  if (const auto* done = std::get_if<engine::JobDone>(&event))
    std::erase_if(jobs_, [&](const auto& job) { return job.first == done->n && job.second.at == done->at; });
  std::map<std::uint64_t, Job> open;
  for (const Job& job : image.jobs) open.emplace(job.n, job);
  if (open != jobs_) say("other jobs are open than were given and not reported");
}

void Checker::states(const engine::Settings& settings, Instant next_due) {
  for (const auto& [id, c] : after_) {
    const auto wrong = [&, name = id.str() + " (" + std::string(word(c.state)) + ")"](const char* what) {
      say(name + ": " + what);
    };
    if (c.state == State::closed) wrong("closed, but live");
    if (ended_.contains(id) || sent_.contains(id) || ending_.contains(id)) wrong("lives after its end");
    if (!settings.queues.contains(c.queue)) wrong("in no queue");
    std::size_t accepting = 0;
    for (const Offer& o : c.offers) {
      if (o.state != OfferState::pending && o.state != OfferState::accepting) wrong("an ended offer is open");
      accepting += o.state == OfferState::accepting ? 1U : 0U;
    }
    if (accepting > 1) wrong("two agents accepted");
    if (c.state == State::offered      ? c.offers.empty() || accepting > 0
        : c.state == State::connecting ? c.offers.size() != 1 || accepting != 1
                                       : !c.offers.empty())
      wrong("open offers do not agree with the state");
    if (c.state == State::connecting && !c.offers.empty() && c.offers.front().agent != c.owner)
      wrong("called by one, had by another");
    if (takes(c.state) && c.owner.empty()) wrong("nobody has it");
    if ((c.state == State::queued || c.state == State::offered) && !c.owner.empty())
      wrong("waits, but somebody has it");
    const auto bound = bounds(c);
    const Instant last = bound.empty() ? Instant{} : *std::max_element(bound.begin(), bound.end());
    if (!last.set())
      wrong("no deadline");
    else if (last <= now_)
      wrong("its deadline has passed");
    else if (last < next_due)
      wrong("its deadline is not in the heap");
  }
}

void Checker::capacity(const engine::Settings& settings) {
  work_.clear();
  std::map<AgentId, Work> unforced;
  for (const auto& [id, c] : after_) {
    const auto take = [&, &contact = c](const AgentId& agent) {
      work_[agent].push_back(&contact);
      if (!forced_.contains(contact.id)) unforced[agent].push_back(&contact);
    };
    for (const Offer& o : c.offers)
      if (c.state == State::offered) take(o.agent);
    if (takes(c.state)) take(c.owner);
  }
  for (const auto& [agent, work] : unforced) within(settings, agent, work);
}

// What is interrupted and what is not must each fit by itself.
void Checker::within(const engine::Settings& settings, const AgentId& agent, const Work& work) {
  const auto account = settings.roster.find(agent);
  if (account == settings.roster.end()) return;
  int interrupted = 0, other = 0;
  std::map<ChannelName, std::uint32_t> count;
  for (const Contact* c : work) {
    const bool under = std::any_of(work.begin(), work.end(), [&](const Contact* over) {
      return interrupts(channel(settings, *over), c->channel);
    });
    (under ? interrupted : other) += channel(settings, *c).cost;
    const auto most = channel(settings, *c).at_once;
    if (++count[c->channel] > most && most > 0) say(agent.str() + ": more at once than the channel allows");
  }
  if (std::max(interrupted, other) > account->second.capacity)
    say(agent.str() + ": takes " + std::to_string(interrupted) + " and " + std::to_string(other));
}

void Checker::history(const engine::Event& event, const engine::Step& step) {
  const bool wrote = !step.mutations.empty() || !step.transitions.empty();
  const bool mark =  // a field of the contact, no event
      step.sequence == 0 && step.transitions.empty() && step.mutations.size() == 1 &&
      (std::holds_alternative<engine::AgentRead>(event) || std::holds_alternative<engine::CustomerRead>(event));
  if (wrote && !mark && step.sequence != sequence_ + 1) say("the sequence jumps to " + std::to_string(step.sequence));
  if (!wrote && step.sequence != 0) say("a sequence for nothing");
  std::map<std::string, std::string> at;  // contact -> state, as told
  std::map<std::string, std::uint64_t> moves;
  for (const auto& [id, c] : before_) at[id.str()] = word(c.state);
  for (const auto& t : step.transitions) {
    if (t.object != 'c') continue;
    if (t.event.empty()) say(t.id + ": moved without an event");
    if (t.event != "reprioritise" && at[t.id] != t.from) say(t.id + ": told to leave " + t.from + ", was " + at[t.id]);
    at[t.id] = t.to;
    ++moves[t.id];
    if (!t.from.empty() && --folded_[t.from] < 0) say("more left " + t.from + " than came");
    if (t.to != "closed")
      ++folded_[t.to];
    else
      ending_.insert(*ContactId::parse(t.id));
  }
  // the kind is no move, but another version: the input itself is its record; refused, it is none
  if (const auto* e = std::get_if<engine::Classify>(&event))
    if (const auto c = after_.find(e->contact), old = before_.find(e->contact);
        c != after_.end() && old != before_.end() && c->second.kind == e->kind &&
        c->second.v > old->second.v + moves[e->contact.str()])
      ++moves[e->contact.str()];
  std::map<ContactId, std::shared_ptr<const Contact>> written;
  for (const auto& m : step.mutations)
    if (const auto* put = std::get_if<engine::PutContact>(&m)) written[put->after->id] = put->after;
  std::map<std::string, int> counted;
  for (const auto& [id, c] : after_) {
    ++counted[std::string(word(c.state))];
    if (at[id.str()] != word(c.state)) say(id.str() + ": is " + std::string(word(c.state)) + ", told " + at[id.str()]);
    const auto old = before_.find(id);
    if (old != before_.end() && c.virtual_start != old->second.virtual_start) say(id.str() + ": virtual start moved");
    const std::uint64_t told = (old != before_.end() ? old->second.v : 0) + moves[id.str()];
    if (c.v != told)
      say(id.str() + ": version " + std::to_string(c.v) + ", by its transitions " + std::to_string(told));
    if (old == before_.end() || old->second != c) {
      const auto put = written.find(id);
      if (put == written.end())
        say(id.str() + ": changed, not written");
      else if (*put->second != c)
        say(id.str() + ": written otherwise than it is");
    }
  }
  for (const auto& [id, c] : before_)
    if (!after_.contains(id) && at[id.str()] != "closed") say(id.str() + ": vanished");
  for (const auto& [state, n] : folded_)
    if (counted[state] != n)
      say("fold over the events says " + std::to_string(n) + " " + state + ", there are " +
          std::to_string(counted[state]));
}

// Who did it, and what they gave as their reason, stand in the record.
void Checker::recorded(const engine::Event& event, const engine::Step& step) {
  const Said said = said_in(event);
  for (const auto& t : step.transitions) {
    const auto wrong = [&](const std::string& what) { say(t.id + ": " + t.event + " " + what); };
    const std::string who = t.actor.empty() ? "nobody" : t.actor.str();
    const bool chosen = t.object == 'a' && said.presence && t.id == said.target.str() && t.to == word(*said.presence) &&
                        !one_of(t.reason, {"lease", "config", "device", "missed", "returned"});
    if ((of_a_person(t) || chosen) && (said.by.empty() || t.actor != said.by))
      wrong("by " + who + ", it was " + said.by.str());
    if (of_nobody(t) && !t.actor.empty()) wrong("is put down to " + who);
    if (one_of(t.event, {"offer", "connected"}) && t.actor.empty()) wrong("to nobody");
    if (has_a_reason(t) && t.reason.empty()) wrong("for no reason");
    if (one_of(t.event, {"transfer", "transfer_agent", "reprioritise", "pause", "declined"}) && t.reason != said.reason)
      wrong("for \"" + t.reason + "\", said was \"" + said.reason + "\"");
  }
}

bool Checker::room(const engine::Settings& s, const Agent& a, const Contact& c, const Contact* without) const {
  const auto& account = s.roster.at(a.id);
  const auto& only = account.channels;
  if (!only.empty() && std::find(only.begin(), only.end(), c.channel.str()) == only.end()) return false;
  const auto& wanted = channel(s, c);
  int used = wanted.cost;
  std::uint32_t same = 1;
  if (const auto work = work_.find(a.id); work != work_.end())
    for (const Contact* has : work->second) {
      if (has == without) continue;
      if (has->channel == c.channel) ++same;
      if (!interrupts(wanted, has->channel)) used += channel(s, *has).cost;
    }
  return used <= account.capacity && (wanted.at_once == 0 || same <= wanted.at_once);
}

bool Checker::eligible(const engine::Settings& s, const Agent& a, const Contact& c, bool soft,
                       const Contact* without) const {
  const auto account = s.roster.find(a.id);
  if (account == s.roster.end() || account->second.disabled || a.presence != Presence::available || !a.attached)
    return false;
  if (!room(s, a, c, without)) return false;
  for (const Exclusion& e : c.excluded)
    if (e.agent == a.id && e.until > now_ && !(soft && !e.soft.set())) return false;
  if (!c.held_for.empty()) return c.held_for == a.id;
  for (const SkillNeed& need : c.needs) {
    const auto has = account->second.skills.find(need.skill);
    if (has == account->second.skills.end() || has->second < need.level) return false;
  }
  for (const auto& team : account->second.teams)
    if (team.queue == c.queue) return c.virtual_start + team.delay <= now_;
  return false;
}

bool Checker::wants(const engine::Settings& s, const Contact& c) const {
  const auto paused = paused_.find(c.queue);
  return c.state == State::queued && !c.skip && !c.skip_until.set() &&
         s.queues.at(c.queue).mode == engine::Mode::push && !(paused != paused_.end() && paused->second);
}

void Checker::conserves_work(const engine::Settings& settings, const engine::Step& step) {
  for (const auto& [id, c] : after_) {
    if (!wants(settings, c)) continue;
    for (const Agent& a : agents_)
      if (eligible(settings, a, c, true)) say(id.str() + " waits, though " + a.id.str() + " could take it");
  }
  std::map<AgentId, int> offered;
  for (const auto& t : step.transitions)
    if (t.object == 'c' && t.event == "offer") ++offered[t.actor];
  for (const auto& t : step.transitions) {
    if (t.object != 'c' || t.event != "offer") continue;
    const auto served = after_.find(*ContactId::parse(t.id));
    if (served == after_.end() || served->second.state != State::offered || t.reason == "last_agent") continue;
    const auto agent = std::find_if(agents_.begin(), agents_.end(), [&](const Agent& a) { return a.id == t.actor; });
    if (offered[t.actor] == 1 && !room(settings, *agent, served->second, &served->second))
      say(t.id + ": offered to " + t.actor.str() + ", who has no room");
    for (const auto& [id, rival] : after_)
      if (wants(settings, rival) && rival.queue == served->second.queue && rival.key() < served->second.key() &&
          eligible(settings, *agent, rival, false, &served->second))
        say(t.id + " was served before " + id.str());
  }
}

}  // namespace fd::simulation
