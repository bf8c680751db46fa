#include "router/engine/core.hpp"

#include <sodium/crypto_shorthash.h>

#include <cstring>

namespace fd::engine {

Core::Core(Settings s) : settings(std::move(s)) {
  for (const auto& [name, channel] : settings.channels) channel_bit.push_back(&channel);
  for (const auto& [name, queue] : settings.queues) {
    QueueNode& node = queues[name];
    node.settings = &queue;
    node.row = std::make_shared<QueueState>();
    node.row->name = name;
  }
  for (const auto& [id, account] : settings.roster) {
    AgentNode& node = agents[id];
    node.row = std::make_shared<Agent>();
    node.row->id = id;
    attach_account(node);
  }
}

ContactNode* Core::find(ContactId id) {
  const auto it = contacts.find(id);
  return it == contacts.end() ? nullptr : &it->second;
}
AgentNode* Core::find(const AgentId& id) {
  const auto it = agents.find(id);
  return it == agents.end() ? nullptr : &it->second;
}
QueueNode* Core::find(const QueueName& name) {
  const auto it = queues.find(name);
  return it == queues.end() ? nullptr : &it->second;
}
CaseNode* Core::find(const CaseNumber& number) {
  const auto it = cases.find(number);
  return it == cases.end() ? nullptr : &it->second;
}

Contact& Core::touch(ContactNode& node) {
  if (node.touched != step_no) {
    node.touched = step_no;
    node.before = node.row;
    node.row = std::make_shared<Contact>(*node.row);
    step.contacts.push_back(&node);
  }
  return *node.row;
}
Agent& Core::touch(AgentNode& node) {
  if (node.touched != step_no) {
    node.touched = step_no;
    node.before = node.row;
    node.row = std::make_shared<Agent>(*node.row);
    step.agents.push_back(&node);
  }
  return *node.row;
}
QueueState& Core::touch(QueueNode& node) {
  if (node.touched != step_no) {
    node.touched = step_no;
    node.row = std::make_shared<QueueState>(*node.row);
    step.queues.push_back(&node);
  }
  return *node.row;
}
Case& Core::touch(CaseNode& node) {
  if (node.touched != step_no) {
    node.touched = step_no;
    node.before = node.row;
    node.row = node.row ? std::make_shared<Case>(*node.row) : std::make_shared<Case>();
    step.cases.push_back(&node);
  }
  return *node.row;
}
void Core::touch(VisitorNode& node) {
  if (node.touched == step_no) return;
  node.touched = step_no;
  step.visitors.push_back(&node);
}

// Random choice and the hidden part of ids: SipHash-2-4 of (event sequence, k) under a sub-key of the root secret.
Ulid Core::make_id() {
  std::array<unsigned char, crypto_shorthash_KEYBYTES> key{};
  std::memcpy(key.data(), settings.id_key.data(), std::min(key.size(), settings.id_key.size()));
  std::array<std::uint64_t, 2> in{step.sequence, step.ids++};
  std::array<unsigned char, crypto_shorthash_BYTES> out{};
  std::array<unsigned char, sizeof in> bytes{};
  std::memcpy(bytes.data(), in.data(), sizeof in);
  crypto_shorthash(out.data(), bytes.data(), bytes.size(), key.data());
  std::uint64_t hash = 0;
  std::memcpy(&hash, out.data(), sizeof hash);
  // ids of one step sort in the order they were made: the upper bits of the hash are the counter within the step
  hash = (hash & 0xFFFF'FFFFULL) | static_cast<std::uint64_t>(in[1] & 0xFFU) << 32;
  return Ulid::make(now.ms, step.sequence, hash);
}

std::uint64_t Core::count(const std::string& name) {
  const std::uint64_t value = ++counters[name];
  step.mutations.push_back(PutCounter{name, value});
  return value;
}

Agent& Core::on_day(Agent& row) {
  if (row.day != today()) row.day = today(), row.today = row.declined = row.passed_on = 0;
  return row;
}

const std::string& Core::today() {
  if (now >= day_until) {
    const auto local = settings.zone.local(now);
    day = local.date();
    day_until = now + std::chrono::minutes{15 - local.minute_of_day % 15} -
                Duration{now.ms % 60'000};  // days of 23 and 25 hours
  }
  return day;
}

void Core::move(ContactNode& node, ContactEvent event, ContactState to, std::string_view reason, const AgentId& actor) {
  const ContactState from = node.row->state;
  const auto targets = contact_targets[static_cast<std::size_t>(from)][static_cast<std::size_t>(event)];
  if ((targets & 1U << static_cast<unsigned>(to)) == 0)
    throw std::logic_error("contact " + node.row->id.str() + ": no row for " + std::string(word(from)) + " --" +
                           std::string(word(event)) + "--> " + std::string(word(to)));
  Contact& row = touch(node);
  row.state = to;
  row.since = now;
  ++row.v;
  step.transitions.push_back({'c', row.id.str(), std::string(word(from)), std::string(word(to)),
                              std::string(word(event)), std::string(reason), actor});
}

void Core::append(ContactNode& node, Line line, BodyRef body) {
  Contact& row = touch(node);
  line.seq = ++row.seq;
  line.at = now;
  row.last_at = now;
  row.last_by = line.by;
  if (line.by == Author::customer) row.customer_seq = row.seq;
  step.mutations.push_back(AppendLine{row.id, line, body});
  if (node.channel->outbox && line.by == Author::agent) open_job(node, line.seq);
  step.lines.push_back(LineAdded{node.row, std::move(line), body});
}

// "joined", "transferred", "ended" …: lines by the system; the shell fills in the person's name at the bodies seam.
void Core::event_line(ContactNode& node, std::string_view event, const AgentId& agent) {
  const Instant last_at = node.row->last_at;
  const Author last_by = node.row->last_by;
  Line line;
  line.by = Author::system;
  line.kind = MessageKind::event;
  line.agent = agent;
  line.text = event;
  append(node, std::move(line), {});
  node.row->last_at = last_at;  // silence is measured by people's lines
  node.row->last_by = last_by;
}

Step Core::apply(const Event& event, Instant at, BatchNumber written, BatchNumber quiet) {
  now = std::max(now, at);
  ++step_no;
  step = StepState{};
  step.batch = written;
  step.quiet = quiet;
  step.sequence = sequence + 1;
  const auto take = [this, &event] { std::visit([this](const auto& e) { on(e); }, event); };
  // What fell due while nobody led, or by a jump of the clock, is nobody's fault: these two move such deadlines first.
  const bool moves = std::holds_alternative<Lead>(event) || std::holds_alternative<ClockMoved>(event);
  if (moves) take();
  fire_due();
  drop_closed();  // a message to a contact that has just closed begins a new one
  if (!moves) take();
  run_matching();
  return finish();
}

}  // namespace fd::engine
