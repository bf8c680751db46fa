// Who may read what (security.md: each frame authorised by team). Commands are judged in the engine, questions here.
#include <algorithm>

#include "router/site/site.hpp"

namespace fd::site {

// Its agents of now and before, whoever is asked to take it, the queue's team; and of a customer whom the agent is
// speaking with, all earlier contacts. Supervisors read everything. An edge that asks for itself names nobody.
bool Site::may_read(const AgentId& reader, const Contact& c) const {
  if (reader.empty() || reader.str().front() == '@') return true;
  const auto view = engine_ ? engine_->agent(reader) : std::nullopt;
  if (!view || !view->account || view->account->disabled) return false;
  const engine::Account& account = *view->account;
  if (account.role != engine::Role::agent || c.owner == reader || c.last_agent == reader) return true;
  if (std::any_of(account.teams.begin(), account.teams.end(), [&](const auto& team) { return team.queue == c.queue; }))
    return true;
  return std::any_of(view->contacts.begin(), view->contacts.end(), [&](const ContactId id) {
    const auto mine = engine_->contact(id);
    return mine && (mine->id == c.id || (!c.customer.empty() && mine->customer == c.customer));
  });
}

bool Site::supervises(const AgentId& who) const {
  const auto view = engine_ ? engine_->agent(who) : std::nullopt;
  return view && view->account && !view->account->disabled && view->account->role != engine::Role::agent;
}

// An admin, a supervisor of this team, or one who has no team and so has them all.
bool Site::supervises(const AgentId& who, const QueueName& queue) const {
  if (who.empty() || who.str().front() == '@') return true;
  if (!supervises(who)) return false;
  const engine::Account& account = *engine_->agent(who)->account;
  return account.role == engine::Role::admin || account.teams.empty() ||
         std::any_of(account.teams.begin(), account.teams.end(), [&](const auto& team) { return team.queue == queue; });
}

bus::Answer Site::may_not_read() { return bus::Reject{"not_permitted", "this contact is of another team", {}}; }

}  // namespace fd::site
