// A contact begins: registered under a case number, classified, put into its queue; one step of one commit.
#include <cstdio>

#include "router/engine/core.hpp"

namespace fd::engine {

void Core::enter_queue(Contact& row, const QueueNode& queue) {
  const auto channel = settings.channels.find(row.channel.str());
  row.queue = queue.settings->name;
  row.step = 0;
  row.overflow_due = false;
  row.ttl_at = now + queue.settings->ttl.value_or(channel->second.ttl);
  row.max_wait_at =
      queue.settings->max_wait.count() > 0 && queue.settings->overflow ? now + queue.settings->max_wait : Instant{};
}

// What came with the message, and what the rules said of it.
void Core::describe(Contact& row, const CustomerMessage& e) const {
  row.channel = e.channel;
  row.visitor = e.visitor;
  row.name = e.name;
  row.grade = e.grade;
  row.masked = e.masked;
  row.locale = e.locale;
  row.service = e.service;
  row.attributes = e.attributes;
  const Classification& c = e.classification;
  row.kind = c.kind;
  row.priority = c.priority;
  row.urgency = c.urgency;
  row.needs = c.needs;
  row.tags = c.tags;
  row.rule = c.rule;
  row.band = c.band;
  row.virtual_start = now;
  row.head_start = c.head_start.value_or(settings.head_start(c.priority));
  row.since = now;
  row.v = 1;
}

ContactNode& Core::intake(const CustomerMessage& e, Visitor visitor) {
  const Contact* previous = nullptr;
  const Case* previous_case = nullptr;
  if (const Recent* lately = e.visitor.empty() ? nullptr : lately_closed(visitor.contact)) {
    previous = lately->contact.get();
    previous_case = lately->registered.get();
  } else if (e.facts.previous && e.facts.previous->state == ContactState::closed && e.facts.previous_case) {
    previous = &*e.facts.previous;
    previous_case = &*e.facts.previous_case;
  }
  if (previous && (previous->since + settings.reopen_within < now || !previous_case)) previous = nullptr;

  const ContactId id(make_id());
  ContactNode& node = contacts[id];
  node.row = std::make_shared<Contact>();
  node.touched = step_no;
  step.contacts.push_back(&node);
  node.channel = &settings.channels.find(e.channel.str())->second;
  Contact& row = *node.row;
  row.id = id;
  describe(row, e);
  const Classification& c = e.classification;
  QueueNode* queue = find(c.queue);
  if (!queue) queue = find(settings.default_queue);
  if (!queue) throw std::logic_error("no default queue");
  enter_queue(row, *queue);
  if (const auto service = settings.services.find(e.service); service != settings.services.end()) {
    const std::uint64_t n = count("ticket:" + service->second.prefix + ":" + today());
    char number[32];
    std::snprintf(number, sizeof number, "%s%03llu", service->second.prefix.c_str(),
                  static_cast<unsigned long long>(n));
    row.ticket = number;
  }
  register_customer(row, e);
  register_case(node, previous, previous_case);
  if (!e.visitor.empty()) {
    visitor.id = e.visitor;
    visitor.before = visitor.contact;
    visitor.contact = id;
    visitor.customer = row.customer;
    VisitorNode& v = visitors[e.visitor];
    touch(v);
    v.row = std::move(visitor);
  }
  step.transitions.push_back({'c', id.str(), "", "queued", "intake", c.failure.empty() ? c.rule : c.failure, {}});
  step.mutations.push_back(PutFacts{id});
  if (e.body.n != 0) {
    Line line;
    line.by = Author::customer;
    line.cid = e.external_id;
    append(node, std::move(line), e.body);
  }
  settle(node);
  return node;
}

void Core::register_case(ContactNode& node, const Contact* previous, const Case* previous_case) {
  Contact& row = *node.row;
  if (previous) {  // the customer is not done: the same case opens again, the last agent is preferred
    row.number = previous_case->number;
    row.previous = previous->id;
    if (row.kind.empty()) row.kind = previous_case->kind;
    if (const AgentNode* last = find(previous->owner); last && last->account && !last->account->disabled) {
      row.last_agent = previous->owner;
      row.held_for = previous->owner;
      row.held_until = now + settings.sticky_wait;
    }
    CaseNode& c = cases[row.number];
    if (!c.row) c.row = std::make_shared<Case>(*previous_case);
    Case& registered = touch(c);
    todo_remove(registered.agent, row.number);
    registered.state = CaseState::open;
    registered.contact = row.id;
    registered.resolved = {};
    step.mutations.push_back(CasePersist{row.number});
    step.mutations.push_back(LiveRemove{previous->id, settings.closed_kept});  // it may have waited on a list
    step.transitions.push_back(
        {'k', row.number.str(), std::string(word(previous_case->state)), "open", "reopened", "", {}});
    // the case is this contact's now; last, for previous_case may point there
    if (Recent* lately = lately_closed(previous->id)) lately->registered.reset();
    return;
  }
  char number[48];
  std::snprintf(number, sizeof number, "%s-%06llu", today().c_str(),
                static_cast<unsigned long long>(count("case:" + today())));
  row.number = CaseNumber(number);
  CaseNode& c = cases[row.number];
  Case& registered = touch(c);
  registered.number = row.number;
  registered.customer = row.customer;
  registered.contact = row.id;
  registered.kind = row.kind;
  registered.opened = now;
}

void Core::register_customer(Contact& row, const CustomerMessage& e) {
  if (e.identities.empty() && !e.facts.customer) return;
  Customer customer;
  if (e.facts.customer) {
    customer = *e.facts.customer;
  } else {
    customer.id = CustomerId(make_id().str());
    customer.first = now;
  }
  customer.last = now;
  customer.known = customer.known || e.known || !customer.masked.empty();
  const Duration keep = customer.known ? Duration{0} : settings.stranger_kept;
  if (!e.name.empty()) customer.name = e.name;
  if (!e.grade.empty()) customer.grade = e.grade;
  if (!e.masked.empty()) customer.masked = e.masked;
  if (!e.locale.empty()) customer.locale = e.locale;
  if (row.grade.empty()) row.grade = customer.grade;
  if (row.name.empty()) row.name = customer.name;
  if (row.masked.empty()) row.masked = customer.masked;
  row.customer = customer.id;
  for (const auto& [kind, digest] : e.identities)
    step.mutations.push_back(PutIdentity{kind, digest, customer.id, keep});
  step.mutations.push_back(CustomerContact{customer.id, row.id, keep});
  step.mutations.push_back(PutCustomer{std::move(customer), keep});
}

}  // namespace fd::engine
