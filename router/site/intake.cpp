// A customer's message: FIFO by key, look-up, classification.
#include "router/site/site.hpp"

#include <algorithm>

#include "router/site/digest.hpp"
#include "router/site/mask.hpp"
#include "router/store/duplicates.hpp"

namespace fd::site {

void Site::submit(const Asker& asker, bus::Submit request) {
  if (refs_.size() + intake_lane_.size() > settings_.window_intake * 4U)
    return answer(asker, bus::Retry{1000, "busy", {}});
  auto in = std::make_shared<Intake>();
  in->asker = asker;
  in->message = std::move(request.message);
  const Message& m = in->message;
  engine::CustomerMessage& e = in->event;
  e.channel = m.channel;
  e.visitor = m.visitor;
  e.page = m.page;
  e.n = m.n;
  e.external_id = m.external_id;
  e.name = m.name;
  e.grade = m.grade;
  e.locale = m.locale;
  const auto channel = engine_->settings().channels.find(m.channel.str());
  const bool tickets = channel != engine_->settings().channels.end() && channel->second.tickets;
  if (const auto it = m.attributes.find("service"); tickets && it != m.attributes.end()) e.service = it->second;
  for (const Identity& identity : m.identities) {
    if (identity.verified && identity.kind == "external") {
      // the edge says WEBSITE:id, so that no website claims another's customer; the list holds the id as it is signed
      const std::string id = identity.value.substr(identity.value.find(':') + 1);
      if (const auto listed = settings_.grades.find(id); listed != settings_.grades.end()) e.grade = listed->second;
    }
    // what nobody proved may fill a form, but finds no customer: else one could read another's history
    e.known = e.known || identity.verified;
    if (identity.verified || identity.kind == "visitor")
      e.identities.emplace_back(identity.kind, digest(settings_.pepper, identity.kind, identity.value));
    if (identity.verified && e.masked.empty()) e.masked = masked(identity.kind, identity.value);
  }
  if (!m.visitor.empty() && e.identities.empty())
    e.identities.emplace_back("visitor", digest(settings_.pepper, "visitor", m.visitor.str()));
  if (m.n == 0 && !m.external_id.empty())
    e.seen_digest = digest(settings_.pepper,
                           "seen:" + m.channel.str() + (m.visitor.empty() ? "" : ":") + m.visitor.str(), m.external_id);
  if (!m.visitor.empty()) in->keys.push_back("v:" + m.visitor.str());
  if (!e.seen_digest.empty()) in->keys.push_back("s:" + e.seen_digest);

  if (!m.visitor.empty()) e.owner = owner_of(m.visitor);
  const auto known = engine_->visitor(m.visitor);
  const bool live = known && engine_->contact_of(m.visitor);
  const bool newer = live && m.n > 0 && !store::may_be_known(*known, m.external_id);
  in->slow = !newer || !e.seen_digest.empty();
  if (in->slow)
    for (const auto& [kind, value] : e.identities) in->keys.push_back("i:" + value);
  std::sort(in->keys.begin(), in->keys.end());
  in->keys.erase(std::unique(in->keys.begin(), in->keys.end()), in->keys.end());

  const bool held =
      std::any_of(in->keys.begin(), in->keys.end(), [this](const std::string& key) { return lines_.contains(key); });
  if (!in->slow && !held) {
    in->keys.clear();
    intake_lane_.push_back({in->event, in->message.text, in});
    return wake();
  }
  for (const std::string& key : in->keys) lines_[key].push_back(in);
  if (!held) start(in);
}

void Site::start(const std::shared_ptr<Intake>& in) { spawn(look_up(in), "look-up"); }

asio::awaitable<void> Site::look_up(std::shared_ptr<Intake> in) {
  engine::CustomerMessage& e = in->event;
  store::LookUp question{e.channel.str(), e.seen_digest, e.visitor, {}, e.identities};
  auto known = engine_->visitor(e.visitor);
  if (!known && !e.visitor.empty() && e.n > 0) {
    if (auto stored = co_await store_.visitor(e.visitor)) known = *stored;
  }
  if (e.n > 0 && known && store::may_be_known(*known, e.external_id))
    question.cid = e.external_id;  // came before? then under which seq
  auto facts = co_await store_.look_up(std::move(question));
  if (!leading_) {
    turn_away(*in);
    co_return;
  }
  if (!facts) {
    answer(in->asker, bus::Retry{1000, "store", {}});
    finished(in);
    co_return;
  }
  e.facts = std::move(*facts);
  if (engine_->contact_of(e.visitor)) e.facts.previous.reset(), e.facts.previous_case.reset();
  intake_lane_.push_back({e, in->message.text, in});  // the rules read the message at apply
  wake();
}

void Site::finished(const std::shared_ptr<Intake>& in) {
  std::vector<std::shared_ptr<Intake>> next;
  for (const std::string& key : in->keys) {
    const auto it = lines_.find(key);
    if (it == lines_.end()) continue;
    std::erase(it->second, in);
    if (it->second.empty())
      lines_.erase(it);
    else if (std::find(next.begin(), next.end(), it->second.front()) == next.end())
      next.push_back(it->second.front());
  }
  for (const auto& candidate : next)  // front of all its lines: its turn
    if (std::all_of(candidate->keys.begin(), candidate->keys.end(),
                    [&](const std::string& key) { return lines_[key].front() == candidate; }))
      start(candidate);
}

// Only a new contact is classified. The rules see the text; the engine never does.
void Site::classify(engine::CustomerMessage& e, const Message& message, Instant at,
                    std::optional<rules::Outcome>& outcome) {
  std::string grade = e.grade;
  if (grade.empty() && e.facts.customer) grade = e.facts.customer->grade;
  const auto local = engine_->settings().zone.local(at);
  outcome = rules_.classify({message, grade, local});
  e.attributes = Attributes(message.attributes);  // a rule may have decided by them: kept, so that it can be shown
  engine::Classification& c = e.classification;
  c.queue = outcome->queue;
  c.rule = outcome->rule;
  c.priority = outcome->priority;
  c.urgency = outcome->urgency;
  c.kind = outcome->kind;
  c.needs = outcome->needs;
  c.tags = outcome->tags;
  c.head_start = outcome->head_start;
  c.band = outcome->band;
  c.failure = outcome->failure;
}

}  // namespace fd::site
