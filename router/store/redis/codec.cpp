#include "router/store/redis/codec.hpp"

#include <set>

#include "router/store/redis/values.hpp"

namespace fd::store::redis {
namespace {

std::int64_t seconds(Duration d) { return std::max<std::int64_t>(1, (d.count() + 999) / 1000); }

}  // namespace

void Encoder::encode(const Batch& batch, Request& out) {
  expire_.clear();
  for (const auto& [contact, json] : batch.facts) {  // first: a SET takes the time to live away
    out.begin(3);
    out.arg("SET");
    out.joined(keys_.prefix(), "contact:", contact.str(), ":facts");
    out.arg(json);
  }
  for (const auto& mutation : batch.mutations) encode(mutation, out);
  for (const auto& event : batch.events) {
    char id[24];
    const auto* end = std::to_chars(id, id + sizeof id, event.sequence).ptr;
    out.begin(11);
    out.arg("XADD");
    out.joined(keys_.prefix(), "events");
    out.joined(std::string_view(id, static_cast<std::size_t>(end - id)), "-0");
    out.arg("in");
    out.arg(event.input);
    out.arg("tr");
    out.arg(event.transitions);
    out.arg("at");
    out.arg(event.at.ms);
    out.arg("rules");
    out.arg(event.rules);
  }
  for (const auto& expire : expire_) {
    const auto id = expire.contact.str();
    for (const std::string_view part : {":notes", "", ":messages", ":facts"}) {
      out.begin(3);
      out.arg("EXPIRE");
      out.joined(keys_.prefix(), "contact:", id, part);
      out.arg(expire.seconds);
      if (expire.notes_only) break;
    }
  }
}

void Encoder::encode(const engine::Mutation& mutation, Request& out) {
  std::visit([&](const auto& m) { put(m, out); }, mutation);
}

void Encoder::forget_names() {
  agents_.clear();
  queues_.clear();
}

void Encoder::put(const engine::PutContact& m, Request& out) {
  edit_.clear();
  diff(m.before.get(), *m.after, edit_);
  if (!edit_.empty()) edit_.write(keys_.contact(m.after->id), out);
  // A note on a closed contact may be its first: its list is new and has no time to live yet.
  if (m.before && m.before->state == ContactState::closed && m.before->notes == 0 && m.after->notes > 0)
    expire_.push_back({m.after->id, late_note_s, true});
}

void Encoder::put(const engine::PutAgent& m, Request& out) {
  const auto& after = *m.after;
  edit_.clear();
  diff(m.before.get(), after, edit_);
  if (!edit_.empty()) edit_.write(keys_.agent(after.id), out);
  if (agents_.insert(after.id.str()).second) out.command("SADD", keys_.plain("agents"), after.id.str());
  const std::set<CaseNumber> now(after.todo.begin(), after.todo.end());
  const auto old =
      m.before ? std::set<CaseNumber>(m.before->todo.begin(), m.before->todo.end()) : std::set<CaseNumber>{};
  if (now == old) return;
  const auto key = keys_.todo(after.id);
  for (const auto& number : old)
    if (!now.contains(number)) out.command("SREM", key, number.str());
  for (const auto& number : now)
    if (!old.contains(number)) out.command("SADD", key, number.str());
}

void Encoder::put(const engine::PutCase& m, Request& out) {
  edit_.clear();
  diff(m.before.get(), *m.after, edit_);
  if (!edit_.empty()) edit_.write(keys_.case_of(m.after->number), out);
}

void Encoder::put(const engine::PutVisitor& m, Request& out) {
  edit_.clear();
  all(m.visitor, edit_);
  const auto key = keys_.visitor(m.visitor.id);
  edit_.write(key, out);
  out.command("EXPIRE", key, visitor_s);
}

void Encoder::put(const engine::PutCustomer& m, Request& out) {
  edit_.clear();
  all(m.customer, edit_);
  const auto key = keys_.customer(m.customer.id);
  edit_.write(key, out);
  keep(key, m.keep, out);
}

void Encoder::put(const engine::PutIdentity& m, Request& out) {
  const auto key = keys_.identity(m.kind, m.digest);
  if (m.keep.count() == 0)
    out.command("SET", key, m.customer.str());
  else
    out.command("SET", key, m.customer.str(), "EX", seconds(m.keep));
}

void Encoder::keep(const std::string& key, Duration keep, Request& out) {
  if (keep.count() == 0)
    out.command("PERSIST", key);
  else
    out.command("EXPIRE", key, seconds(keep));
}

void Encoder::put(const engine::CustomerContact& m, Request& out) {
  const auto key = keys_.customer_contacts(m.customer);
  out.command("LPUSH", key, m.contact.str());
  out.command("LTRIM", key, std::int64_t{0}, contacts_kept - 1);
  keep(key, m.keep, out);
}

void Encoder::put(const engine::AgentContact& m, Request& out) {
  const auto key = keys_.done(m.agent);
  out.command("LPUSH", key, m.contact.str());
  out.command("LTRIM", key, std::int64_t{0}, contacts_kept - 1);
}

void Encoder::name_queue(const QueueName& name, Request& out) {
  if (queues_.insert(name.str()).second) out.command("SADD", keys_.plain("queues"), name.str());
}

void Encoder::put(const engine::PutQueueState& m, Request& out) {
  name_queue(m.state.name, out);
  edit_.clear();
  all(m.state, edit_);
  edit_.write(keys_.queue_state(m.state.name), out);
}

void Encoder::put(const engine::QueueAdd& m, Request& out) {
  name_queue(m.queue, out);
  out.begin(4);
  out.arg("ZADD");
  out.joined(keys_.prefix(), "queue:", m.queue.str());
  out.arg(static_cast<std::int64_t>(m.key.score()));
  out.arg(m.key.id.str());
}

void Encoder::put(const engine::QueueRemove& m, Request& out) {
  out.begin(3);
  out.arg("ZREM");
  out.joined(keys_.prefix(), "queue:", m.queue.str());
  out.arg(m.contact.str());
}

void Encoder::put(const engine::LiveAdd& m, Request& out) {
  out.begin(3);
  out.arg("SADD");
  out.joined(keys_.prefix(), "live");
  out.arg(m.contact.str());
}

void Encoder::put(const engine::LiveRemove& m, Request& out) {
  out.begin(3);
  out.arg("SREM");
  out.joined(keys_.prefix(), "live");
  out.arg(m.contact.str());
  if (m.keep.count() > 0) expire_.push_back({m.contact, seconds(m.keep), false});
}

void Encoder::put(const engine::AppendLine& m, Request& out) {
  text_.clear();
  print_line(text_, m.line);
  out.begin(3);
  out.arg("RPUSH");
  out.joined(keys_.prefix(), "contact:", m.contact.str(), ":messages");
  out.arg(text_);
}

void Encoder::put(const engine::AppendNote& m, Request& out) {
  text_.clear();
  print_note(text_, m.note);
  out.begin(3);
  out.arg("RPUSH");
  out.joined(keys_.prefix(), "contact:", m.contact.str(), ":notes");
  out.arg(text_);
}

void Encoder::put(const engine::PutSeen& m, Request& out) {
  text_.assign(m.contact.str()).push_back(' ');
  append_number(text_, m.seq);
  out.command("SET", keys_.seen(m.channel, m.digest), text_, "EX", seen_s);
}

void Encoder::put(const engine::PutCounter& m, Request& out) {
  out.command("HSET", keys_.plain("counters"), m.name, m.value);
}

void Encoder::put(const engine::PutSession& m, Request& out) {
  text_.assign(m.agent.str()).push_back(' ');
  append_number(text_, static_cast<std::uint64_t>(m.until.ms));
  const auto life = std::max<std::int64_t>(1, m.life.count());
  if (m.again)
    out.command("SET", keys_.session(m.session), text_, "XX", "PX", life);
  else
    out.command("SET", keys_.session(m.session), text_, "PX", life);
}

void Encoder::put(const engine::DropSession& m, Request& out) { out.command("DEL", keys_.session(m.session)); }

void Encoder::put(const engine::CaseExpire& m, Request& out) {
  out.command("EXPIRE", keys_.case_of(m.number), seconds(m.keep));
}

void Encoder::put(const engine::CasePersist& m, Request& out) { out.command("PERSIST", keys_.case_of(m.number)); }

void Encoder::put(const engine::PutJob& m, Request& out) {
  text_.clear();
  values::print(text_, m.job);
  out.command("HSET", keys_.plain("outbox:deliver"), m.job.n, text_);
}

void Encoder::put(const engine::DropJob& m, Request& out) { out.command("HDEL", keys_.plain("outbox:deliver"), m.n); }

void Encoder::put(const engine::PutFacts&, Request&) {}  // its text comes in Batch::facts

}  // namespace fd::store::redis
