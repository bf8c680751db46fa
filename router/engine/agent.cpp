// Agents' commands: the duplicate rule, answers, lines, notes, sockets (routing-semantics §5.7, design §8).
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {

namespace {
std::string cid_of(const From& from) { return from.page + ":" + std::to_string(from.n); }
}  // namespace

bool Core::supervises(const AgentNode& agent, const QueueName& queue) const {
  if (!agent.account || agent.account->role == Role::agent) return false;
  const auto& teams = agent.account->teams;
  return agent.account->role == Role::admin || teams.empty() ||
         std::any_of(teams.begin(), teams.end(), [&](const TeamMembership& team) { return team.queue == queue; });
}

bool Core::supervises(const AgentNode& agent, const AgentNode& other) const {
  if (!other.account || other.account->teams.empty()) return supervises(agent, QueueName());
  return std::any_of(other.account->teams.begin(), other.account->teams.end(),
                     [&](const TeamMembership& team) { return supervises(agent, team.queue); });
}

bool Core::begin(const From& from, AgentNode*& agent, std::optional<ContactId> contact, bool line) {
  agent = find(from.agent);
  if (!agent || !agent->account || agent->account->disabled) {
    step.replies.push_back(Refused{from.ref, "disabled", "this agent is not in the roster", nullptr});
    return false;
  }
  if (from.page.empty()) return true;
  const auto& pages = agent->row->pages;
  const auto page = std::find_if(pages.begin(), pages.end(), [&](const PageCounter& p) { return p.page == from.page; });
  const std::uint64_t last = page == pages.end() ? 0 : page->n;
  if (from.n == last + 1) return true;
  if (from.n <= last)
    step.replies.push_back(Done_{from.ref, contact, 0, line ? cid_of(from) : std::string{}});
  else
    step.replies.push_back(Gap{from.ref, last + 1});
  return false;
}

void Core::done(const From& from, std::optional<ContactId> contact, std::uint64_t seq) {
  if (AgentNode* agent = find(from.agent); agent && !from.page.empty()) {
    Agent& row = touch(*agent);
    std::erase_if(row.pages, [&](const PageCounter& p) { return p.page == from.page; });
    row.pages.push_back({from.page, from.n});
    if (row.pages.size() > 8) row.pages.erase(row.pages.begin());
  }
  step.replies.push_back(Done_{from.ref, contact, seq, {}});
}

void Core::refuse(const From& from, std::string code, std::string why, const ContactNode* now_row) {
  step.replies.push_back(Refused{from.ref, std::move(code), std::move(why), now_row ? now_row->row : nullptr});
}

void Core::on(const AgentMessage& e) {
  AgentNode* agent = nullptr;
  if (!begin(e.from, agent, e.contact, true)) return;
  ContactNode* node = find(e.contact);
  if (!node) return refuse(e.from, "closed", "the contact is closed");
  const ContactState state = node->row->state;
  if (node->row->owner != agent->row->id) return refuse(e.from, "not_owner", "this contact is another agent's", node);
  if (state != ContactState::active && state != ContactState::paused && state != ContactState::wrapup)
    return refuse(e.from, "wrong_state", "the contact is " + std::string(word(state)), node);
  if (!node->channel->can_reply) return refuse(e.from, "no_reply", "this channel cannot be answered in writing", node);
  Line line;
  line.by = Author::agent;
  line.agent = agent->row->id;
  if (!e.from.page.empty()) line.cid = cid_of(e.from);
  append(*node, std::move(line), e.body);
  Contact& row = touch(*node);
  if (state == ContactState::active) row.lease = now + node->channel->active_max;
  if (state == ContactState::paused) row.lease = now + node->channel->paused_max;
  settle(*node);
  done(e.from, row.id, row.seq);
}

void Core::on(const AgentNote& e) {
  AgentNode* agent = nullptr;
  if (!begin(e.from, agent, e.contact)) return;
  ContactNode* node = find(e.contact);
  if (!node) return note_closed(e.from, e.contact, e.facts, *agent, e.body);
  if (node->row->owner != agent->row->id && !supervises(*agent, node->row->queue))
    return refuse(e.from, "not_owner", "this contact is another agent's", node);
  Contact& row = touch(*node);
  ++row.notes;
  Note note;
  note.at = now;
  note.agent = agent->row->id;
  step.mutations.push_back(AppendNote{row.id, note, e.body});
  step.rest.push_back(NoteAdded{node->row, note, e.body});
  done(e.from, row.id);
}

void Core::on(const AgentRead& e) {
  step.replies.push_back(Done_{e.ref, {}, 0, {}});
  ContactNode* node = find(e.contact);
  if (!node || node->row->owner != e.agent || e.seq <= node->row->read_agent || e.seq > node->row->seq) return;
  touch(*node).read_agent = e.seq;
  step.rest.push_back(ReadMark{node->row, Author::agent, e.seq});
}

void Core::on(const AgentAttached& e) {
  AgentNode* agent = find(e.agent);
  if (!agent || agent->row->attached) return;
  Agent& row = touch(*agent);
  row.attached = true;
  row.lease = {};
  if (row.presence == Presence::offline && row.lost_at.set() && now - row.lost_at <= settings.agent_return) {
    const Presence back = row.before;
    const std::string reason = row.before_reason;
    const Instant idle = row.idle_since;
    if (counter_taken(*agent, row.counter)) row.counter.clear();  // somebody sits there meanwhile: to be named anew
    if (back != Presence::offline) set_presence(*agent, back, reason);
    row.idle_since = idle;  // a short loss costs no place
  }
  row.lost_at = {};
  settle(*agent);
}

void Core::on(const AgentDetached& e) {
  AgentNode* agent = find(e.agent);
  if (!agent || !agent->row->attached) return;
  Agent& row = touch(*agent);
  row.attached = false;
  row.lease = now + settings.agent_grace;
  if (e.lost) lease_over(*agent);
  settle(*agent);
}

void Core::on(const SessionOpen& e) {
  const AgentNode* agent = find(e.agent);
  if (!agent || !agent->account || agent->account->disabled) {
    step.replies.push_back(Refused{e.ref, "disabled", "this agent is not in the roster", nullptr});
    return;
  }
  const bool again = e.until.set();
  const Instant until = again ? e.until : now + settings.session_life;
  step.mutations.push_back(PutSession{e.session, e.agent, until, std::min(settings.session_idle, until - now), again});
  step.replies.push_back(Done_{e.ref, {}, 0, {}});
}

void Core::on(const SessionClose& e) {
  if (e.session.empty()) {
    step.replies.push_back(Refused{e.ref, "bad_request", "name the session", nullptr});
    return;
  }
  if (AgentNode* agent = find(e.agent)) {
    leave(*agent, Presence::offline, "signed_out");
    if (agent->row->lost_at.set()) touch(*agent).lost_at = {};
  }
  step.mutations.push_back(DropSession{e.session});
  step.replies.push_back(Done_{e.ref, {}, 0, {}});
  step.rest.push_back(SessionOver{e.agent, e.session});
}

}  // namespace fd::engine
