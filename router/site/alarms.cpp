// Which queues are in trouble, and which supervisor saw it first; who stands at a counter without an agent. Who saw
// what is kept here and not in the store: it would have to ride in the queue's hash through the engine, and after a
// restart, while the agents come back one by one, every alarm is news anyway. Said once too often is better than never.
#include <algorithm>

#include "router/site/site.hpp"

namespace fd::site {

Site::Alarm Site::alarm_of(const engine::QueueView& queue) {
  if (queue.waiting == 0) return Alarm::none;
  if (queue.oldest.set() && now() - queue.oldest >= settings_.long_wait) return Alarm::long_wait;
  return !queue.state.paused && queue.free_agents == 0 ? Alarm::no_free : Alarm::none;
}

// Holds while the alarm lasts and grows no worse; the next one is news again.
const Site::Seen* Site::seen(const QueueName& queue, Alarm alarm) {
  const auto it = seen_.find(queue);
  if (it == seen_.end()) return nullptr;
  if (alarm != Alarm::none && alarm <= it->second.alarm) return &it->second;
  seen_.erase(it);
  return nullptr;
}

void Site::acknowledge(const Asker& asker, const bus::Command& c) {
  if (!supervises(c.agent, QueueName(c.queue)))
    return answer(asker, bus::Reject{"not_permitted", "only a supervisor may do this", {}});
  const auto queues = engine_->queues();
  const auto queue =
      std::find_if(queues.begin(), queues.end(), [&](const auto& v) { return v.state.name.str() == c.queue; });
  if (queue == queues.end()) return answer(asker, bus::Reject{"not_found", "no queue of this name", {}});
  const Alarm alarm = alarm_of(*queue);
  if (alarm != Alarm::none && !seen(queue->state.name, alarm)) seen_[queue->state.name] = {alarm, c.agent, now()};
  answer(asker, bus::Ack{});
  wall_pass();  // all walls show it at once
}

// Tickets at the counter of an agent whose lease is over (routing-semantics §5.6): the connection went, the customers
// did not. Nobody else is sent there by itself; the agent may be in the next room.
json::array Site::unattended(const engine::AgentView& agent) const {
  json::array tickets;
  if (agent.row->attached || agent.row->presence != Presence::offline) return tickets;
  for (const ContactId id : agent.contacts)
    if (const auto c = engine_->contact(id); c && c->state == ContactState::active && !c->ticket.empty())
      tickets.push_back(json::value(c->ticket));
  return tickets;
}

}  // namespace fd::site
