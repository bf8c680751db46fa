// The end of a contact, and what it leaves behind: the case, solved or still on somebody's list.
#include <algorithm>

#include "router/engine/core.hpp"

namespace fd::engine {

bool Core::todo_add(const AgentId& id, const CaseNumber& number) {
  AgentNode* agent = find(id);
  if (!agent || !agent->account) return false;
  if (std::find(agent->row->todo.begin(), agent->row->todo.end(), number) != agent->row->todo.end()) return true;
  auto& todo = touch(*agent).todo;  // a set in the store: in order, so that a reload gives the same
  todo.insert(std::lower_bound(todo.begin(), todo.end(), number), number);
  return true;
}

void Core::todo_remove(const AgentId& id, const CaseNumber& number) {
  AgentNode* agent = find(id);
  if (!agent || std::find(agent->row->todo.begin(), agent->row->todo.end(), number) == agent->row->todo.end()) return;
  std::erase(touch(*agent).todo, number);
}

void Core::close(ContactNode& node, ContactEvent event, CloseReason reason, const AgentId& actor) {
  if (!node.row->owner.empty()) event_line(node, "ended", actor);
  const bool at_once = reason == CloseReason::abandoned && node.row->short_abandon;
  move(node, event, ContactState::closed, at_once ? "short_abandon" : word(reason), actor);
  Contact& row = touch(node);
  row.reason = reason;
  row.lease = {};
  row.ttl_at = {};
  row.max_wait_at = {};
  row.away = {};
  row.skip = false;
  row.skip_until = {};
  row.held_for = {};
  row.held_until = {};
  row.excluded.clear();
  node.unconfirmed = {};
  settle(node);
  closed.push_back(row.id);
  if (row.served && !row.owner.empty()) step.mutations.push_back(AgentContact{row.owner, row.id});
  end_case(node, !row.disposition.empty() || reason == CloseReason::resolved || reason == CloseReason::canceled, actor);
}

void Core::end_case(ContactNode& node, bool solved, const AgentId& actor) {
  const Contact& row = *node.row;
  CaseNode* registered = find(row.number);
  if (!registered || registered->row->contact != row.id) return;
  Case& c = touch(*registered);
  c.kind = row.kind;
  if (row.served)
    c.agent = row.owner.empty() ? row.last_agent : row.owner;
  else if (solved)
    c.agent = actor;  // else it stays whose it was: nobody's, if it is new
  if (solved) {
    c.disposition = row.disposition;
    c.state = CaseState::resolved;
    c.resolved = now;
    todo_remove(c.agent, c.number);
    if (!row.kind.empty() && row.reason != CloseReason::canceled) count("kind:" + row.kind + ":" + today());
    step.transitions.push_back(
        {'k', c.number.str(), "open", "resolved", "resolve", row.disposition, actor.empty() ? c.agent : actor});
  } else if (todo_add(c.agent, c.number)) {  // frees capacity, but somebody still has to say how it ended
    step.unsolved.push_back(row.id);
    return;
  }
  step.mutations.push_back(CaseExpire{c.number, settings.closed_kept});
}

// Customer gone, agent still writes; no wrap-up time: closed in the same step.
void Core::to_wrapup(ContactNode& node, ContactEvent event, CloseReason reason, const AgentId& actor) {
  move(node, event, ContactState::wrapup, word(reason), actor);
  Contact& row = touch(node);
  row.reason = reason;
  const QueueNode* queue = find(row.queue);
  const Duration wrapup = queue ? queue->settings->wrapup.value_or(node.channel->wrapup) : node.channel->wrapup;
  if (wrapup.count() > 0) {
    row.lease = now + wrapup;
    settle(node);
    return;
  }
  close(node, ContactEvent::wrapup_over, reason, actor);
}

// Kind and disposition must be given and known (CLS-1: an empty kind blocks the resolve). Fills `kind` from the
// contact.
bool Core::code_ok(const From& from, const ContactNode* node, std::string& kind, const std::string& disposition) {
  const auto known = [](const std::vector<Option>& list, const std::string& id) {
    return std::find_if(list.begin(), list.end(), [&](const Option& o) { return o.id == id; });
  };
  if (kind.empty() && node) kind = node->row->kind;
  if (!settings.kinds.empty() && kind.empty())
    return refuse(from, "kind_missing", "say what kind of request it is", node), false;
  if (!kind.empty() && !settings.kinds.empty() && known(settings.kinds, kind) == settings.kinds.end())
    return refuse(from, "unknown_kind", "no kind \"" + kind + "\" is configured", node), false;
  if (settings.dispositions.empty()) return true;
  if (disposition.empty()) return refuse(from, "disposition_missing", "say how it was solved", node), false;
  const auto d = known(settings.dispositions, disposition);
  if (d == settings.dispositions.end())
    return refuse(from, "unknown_disposition", "no disposition \"" + disposition + "\" is configured", node), false;
  if (!d->kinds.empty() && std::find(d->kinds.begin(), d->kinds.end(), kind) == d->kinds.end())
    return refuse(from, "wrong_disposition", "disposition \"" + disposition + "\" is not for kind \"" + kind + "\"",
                  node),
           false;
  return true;
}

void Core::resolve_row(ContactNode& node, const From& from, const std::string& kind, const std::string& disposition) {
  Contact& row = touch(node);
  row.kind = kind;
  row.disposition = disposition;
  switch (row.state) {
    case ContactState::connecting:
    case ContactState::active: to_wrapup(node, ContactEvent::resolve, CloseReason::resolved, from.agent); break;
    default: close(node, ContactEvent::resolve, CloseReason::resolved, from.agent); break;
  }
}

void Core::on(const Resolve& e) {
  AgentNode* agent = nullptr;
  if (!begin(e.from, agent, e.contact)) return;
  ContactNode* node = find(e.contact);
  if (!node) return resolve_closed(e, *agent);
  const Contact& row = *node->row;
  const bool waits = row.state == ContactState::queued || row.state == ContactState::offered;
  if (!waits && row.owner != agent->row->id && !supervises(*agent, row.queue))
    return refuse(e.from, "not_owner", "this contact is another agent's", node);
  if (waits && !supervises(*agent, row.queue))
    return refuse(e.from, "not_permitted", "only a supervisor of its team closes a contact that waits", node);
  if (row.v != e.v) return refuse(e.from, "stale", "the contact has changed", node);
  if (row.customer_seq > e.seq) return refuse(e.from, "unread", "the customer has written again", node);
  if (row.state == ContactState::connecting || row.state == ContactState::abandoned)
    return refuse(e.from, "wrong_state", "the contact is " + std::string(word(row.state)), node);
  std::string kind = e.kind;
  if (!code_ok(e.from, node, kind, e.disposition)) return;
  if (e.text.n != 0) {
    ++touch(*node).notes;
    Note note;
    note.at = now;
    note.agent = agent->row->id;
    step.mutations.push_back(AppendNote{row.id, note, e.text});
    step.rest.push_back(NoteAdded{node->row, note, e.text});
  }
  if (waits) {
    end_offers(*node, OfferState::withdrawn, "supervisor", agent->row->id);
    if (node->row->state == ContactState::closed) return done(e.from, e.contact);  // its time was over, too
    Contact& c = touch(*node);
    c.kind = kind;
    c.disposition = e.disposition;
    close(*node, ContactEvent::cancel, CloseReason::canceled, agent->row->id);
  } else {
    resolve_row(*node, e.from, kind, e.disposition);
  }
  done(e.from, e.contact);
}

Recent* Core::lately_closed(ContactId contact) {
  const auto found = recent.find(contact);
  return found == recent.end() ? nullptr : &found->second;
}

const Contact* Core::ended(ContactId contact, const Facts& facts) {
  const Recent* lately = lately_closed(contact);
  const Contact* row = lately ? lately->contact.get() : facts.previous ? &*facts.previous : nullptr;
  return row && row->id == contact && row->state == ContactState::closed ? row : nullptr;
}

// A closed contact as this step leaves it: the next command on it may come before the store has it so.
void Core::remember(std::shared_ptr<const Contact> row, std::shared_ptr<const Case> registered) {
  const auto [it, fresh] = recent.try_emplace(row->id);
  if (fresh) recent_order.emplace_back(now + std::chrono::seconds{60}, row->id);
  it->second.contact = std::move(row);
  if (registered) it->second.registered = std::move(registered);
}

// Of a closed contact that is the newest of its case; null when a live one has the case meanwhile.
const Case* Core::case_of_closed(ContactId contact, const Facts& facts) {
  const Case* stored = nullptr;
  const Recent* lately = lately_closed(contact);
  if (lately && lately->registered) stored = lately->registered.get();
  if (!stored && facts.previous_case && facts.previous && facts.previous->id == contact) stored = &*facts.previous_case;
  const CaseNode* reopened = stored ? find(stored->number) : nullptr;
  const bool theirs = stored && stored->contact == contact && !(reopened && reopened->row->contact != contact);
  return theirs ? stored : nullptr;
}

// The case of a closed contact, when this agent may work on it; else refused.
const Case* Core::closed_case(const From& from, ContactId contact, const Facts& facts, const AgentNode& agent) {
  const Case* stored = case_of_closed(contact, facts);
  if (!stored) {
    refuse(from, "not_found", "this contact is not known");
    return nullptr;
  }
  const Recent* lately = lately_closed(contact);
  const QueueName& queue = lately ? lately->contact->queue : facts.previous->queue;
  if (stored->agent == agent.row->id || supervises(agent, queue)) return stored;
  refuse(from, "not_owner", "this case is another agent's");
  return nullptr;
}

// A note on a contact that is closed: it stays closed, the list of its notes grows.
void Core::add_late_note(const Contact& row, AgentNode& agent, BodyRef body) {
  auto before = std::make_shared<const Contact>(row);
  auto after = std::make_shared<Contact>(row);
  ++after->notes;
  Note note;
  note.at = now;
  note.agent = agent.row->id;
  step.mutations.push_back(PutContact{std::move(before), after});
  step.mutations.push_back(AppendNote{row.id, note, body});
  remember(after);
  step.rest.push_back(NoteAdded{std::move(after), note, body});
}

void Core::note_closed(const From& from, ContactId contact, const Facts& facts, AgentNode& agent, BodyRef body) {
  const Contact* row = ended(contact, facts);
  if (!row) return refuse(from, "not_found", "this contact is not known");
  if (row->owner != agent.row->id && row->last_agent != agent.row->id && !supervises(agent, row->queue))
    return refuse(from, "not_owner", "this contact is another agent's");
  add_late_note(*row, agent, body);
  done(from, contact);
}

// A line did not reach its customer, and the conversation is over: the transcript says so, and the case waits for its
// agent again.
void Core::undelivered_late(const Job& job, const Facts& facts) {
  const Contact* row = ended(job.contact, facts);
  if (!row) return;  // kept no longer
  auto before = std::make_shared<const Contact>(*row);
  auto after = std::make_shared<Contact>(*row);
  Line line;
  line.seq = ++after->seq;
  line.at = now;
  line.by = Author::system;
  line.kind = MessageKind::event;
  line.text = "undelivered";
  step.mutations.push_back(PutContact{std::move(before), after});
  step.mutations.push_back(AppendLine{after->id, line, {}});
  step.lines.push_back(LineAdded{after, std::move(line), {}});
  const Case* stored = case_of_closed(job.contact, facts);
  if (stored && stored->state == CaseState::resolved && todo_add(stored->agent, stored->number)) {
    auto reopened = std::make_shared<Case>(*stored);
    reopened->state = CaseState::open;
    reopened->disposition.clear();
    reopened->resolved = {};
    step.transitions.push_back({'k', reopened->number.str(), "resolved", "open", "undelivered", "", {}});
    step.mutations.push_back(PutCase{std::make_shared<Case>(*stored), reopened});
    step.mutations.push_back(CasePersist{reopened->number});
    remember(after, std::move(reopened));
  } else {
    remember(std::move(after));
  }
}

// The contact is closed, its case still lacks the disposition.
void Core::resolve_closed(const Resolve& e, AgentNode& agent) {
  const Case* stored = closed_case(e.from, e.contact, e.facts, agent);
  if (!stored) return;
  std::string kind = e.kind;
  if (stored->state == CaseState::resolved) return refuse(e.from, "resolved", "the case is resolved already");
  if (kind.empty()) kind = stored->kind;
  if (!code_ok(e.from, nullptr, kind, e.disposition)) return;
  auto before = std::make_shared<Case>(*stored);
  auto after = std::make_shared<Case>(*stored);
  after->kind = kind;
  after->disposition = e.disposition;
  after->state = CaseState::resolved;
  after->resolved = now;
  if (!kind.empty()) count("kind:" + kind + ":" + today());
  todo_remove(stored->agent, stored->number);
  step.transitions.push_back({'k', after->number.str(), "open", "resolved", "resolve", e.disposition, agent.row->id});
  step.mutations.push_back(CaseExpire{after->number, settings.closed_kept});
  step.mutations.push_back(LiveRemove{e.contact, settings.closed_kept});  // no longer live since long; goes now
  if (const Contact* row = ended(e.contact, e.facts)) remember(std::make_shared<const Contact>(*row), after);
  step.mutations.push_back(PutCase{std::move(before), std::move(after)});
  if (const Contact* row = ended(e.contact, e.facts); row && e.text.n != 0) add_late_note(*row, agent, e.text);
  done(e.from, e.contact);
}

void Core::classify_closed(const Classify& e, AgentNode& agent) {
  const Case* stored = closed_case(e.from, e.contact, e.facts, agent);
  if (!stored) return;
  auto before = std::make_shared<Case>(*stored);
  auto after = std::make_shared<Case>(*stored);
  after->kind = e.kind;
  if (const Contact* row = ended(e.contact, e.facts)) remember(std::make_shared<const Contact>(*row), after);
  step.transitions.push_back({'k', after->number.str(), std::string(word(before->state)),
                              std::string(word(after->state)), "classify", e.kind, agent.row->id});
  step.mutations.push_back(PutCase{std::move(before), std::move(after)});
  done(e.from, e.contact);
}

void Core::on(const Classify& e) {
  AgentNode* agent = nullptr;
  if (!begin(e.from, agent, e.contact)) return;
  ContactNode* node = find(e.contact);
  if (std::none_of(settings.kinds.begin(), settings.kinds.end(), [&](const Option& o) { return o.id == e.kind; }))
    return refuse(e.from, "unknown_kind", "no kind \"" + e.kind + "\" is configured", node);
  if (!node) return classify_closed(e, *agent);
  if (!versioned(e.from, e.contact, e.v, *agent, true)) return;
  Contact& row = touch(*node);
  row.kind = e.kind;
  ++row.v;
  if (CaseNode* c = find(row.number)) touch(*c).kind = e.kind;
  done(e.from, row.id);
}

void Core::on(const Extend& e) {
  AgentNode* agent = nullptr;
  if (!begin(e.from, agent, e.contact)) return;
  ContactNode* node = find(e.contact);
  if (!node || node->row->owner != agent->row->id || node->row->state != ContactState::wrapup)
    return refuse(e.from, "wrong_state", "only wrap-up can be extended", node);
  Contact& row = touch(*node);
  row.lease = row.lease + std::chrono::seconds{30};
  settle(*node);
  done(e.from, row.id);
}

}  // namespace fd::engine
