#include "router/store/memory/memory_store.hpp"

#include <algorithm>

#include "router/store/duplicates.hpp"
#include "router/store/memory/names.hpp"

namespace fd::store {

namespace asio = boost::asio;

MemoryStore::MemoryStore(std::shared_ptr<MemoryServer> server, std::string router) : server_(std::move(server)) {
  leadership_.router = std::move(router);
}

Failure MemoryStore::stop(Fail code, std::string text) {
  stopped_ = Failure{code, std::move(text)};
  return *stopped_;
}

asio::awaitable<boost::system::result<Leadership, Failure>> MemoryStore::acquire(Instant wall) {
  stopped_.reset();
  auto& s = *server_;
  if (!s.leader && s.schema_) co_return stop(Fail::refused, "leader is missing over a store that has schema");
  if (s.leader && !s.leader->poisoned.empty()) co_return stop(Fail::refused, "poisoned at " + s.leader->poisoned);
  if (!s.leader) s.leader.emplace();
  s.schema_ = true;
  s.leader->router = leadership_.router;
  ++s.leader->epoch;
  s.leader->now = std::max(s.leader->now, wall);
  leadership_ = {s.leader->router, s.leader->epoch, {s.leader->batch}, s.leader->sequence, s.leader->now};
  co_return leadership_;
}

asio::awaitable<boost::system::result<Image, Failure>> MemoryStore::load() {
  if (stopped_) co_return *stopped_;
  if (leadership_.epoch == 0 || !server_->leader) co_return Failure{Fail::refused, "load before acquire"};
  auto image = server_->image();
  if (!image) co_return stop(image.error().code, image.error().text);
  co_return image;
}

asio::awaitable<std::optional<std::string>> MemoryStore::probe() {
  const auto& leader = server_->leader;
  if (!leader) co_return "leader was deleted";
  if (leader->router != leadership_.router || leader->epoch != leadership_.epoch)
    co_return "router " + leader->router + ", epoch " + std::to_string(leader->epoch) + " leads";
  co_return std::nullopt;
}

asio::awaitable<boost::system::result<Receipt, Failure>> MemoryStore::commit(Batch batch) {
  co_return commit_now(batch);
}

boost::system::result<Receipt, Failure> MemoryStore::commit_now(const Batch& batch) {
  if (stopped_) return *stopped_;
  if (batch.mutations.empty() && batch.events.empty() && batch.facts.empty()) {
    if (batch.number <= leadership_.batch) return receipt(batch.number);
    return stop(Fail::refused, "an empty batch takes no number, this one says " + std::to_string(batch.number.n));
  }
  if (auto why = unsound(batch, leadership_.batch, leadership_.sequence)) return stop(Fail::refused, std::move(*why));
  auto& s = *server_;
  if (!s.leader) return stop(Fail::deleted, "leader was deleted");
  if (s.leader->router != leadership_.router || s.leader->epoch != leadership_.epoch)
    return stop(Fail::fenced, "fenced by router " + s.leader->router + ", epoch " + std::to_string(s.leader->epoch));
  if (s.leader->batch != leadership_.batch.n)
    return stop(Fail::rolled_back, "leader says batch " + std::to_string(s.leader->batch) + ", this router committed " +
                                       std::to_string(leadership_.batch.n));
  s.apply(batch);
  leadership_.batch = batch.number;
  leadership_.sequence = batch.sequence;
  leadership_.now = batch.now;
  if (!s.break_next.empty()) {
    s.leader->poisoned = std::to_string(batch.number.n) + ":0:" + std::exchange(s.break_next, {});
    return stop(Fail::poisoned, s.leader->poisoned);
  }
  return receipt(batch.number);
}

CaseNumber MemoryStore::number_of(ContactId id) const {
  const auto found = server_->contacts_.find(id);
  return found != server_->contacts_.end() && found->second.contact ? found->second.contact->number : CaseNumber{};
}

std::optional<engine::Seen> MemoryStore::find_cid(const Visitor& v, const std::string& cid) const {
  for (const auto& id : {v.contact, v.before}) {
    const auto found = server_->contacts_.find(id);
    if (found == server_->contacts_.end()) continue;
    const auto& lines = found->second.lines;
    const auto oldest = lines.size() > lines_searched ? lines.size() - lines_searched : 0;
    for (auto i = lines.size(); i-- > oldest;)
      if (lines[i].by == Author::customer && lines[i].cid == cid) return engine::Seen{id, i + 1, number_of(id)};
  }
  return std::nullopt;
}

engine::Facts MemoryStore::look_up_now(const LookUp& question) const {
  const auto& s = *server_;
  engine::Facts facts;
  if (!question.seen_digest.empty())
    if (const auto seen = s.seen_.find(joined(question.channel, question.seen_digest)); seen != s.seen_.end()) {
      const auto& value = seen->second.value;
      facts.seen = {value.contact, value.seq, number_of(value.contact)};
    }
  if (!question.visitor.empty())
    if (const auto v = s.visitors_.find(question.visitor.str()); v != s.visitors_.end())
      facts.visitor = v->second.value;
  CustomerId customer;
  for (const auto& [kind, digest] : question.identities)
    if (const auto found = s.identities_.find(joined(kind, digest)); found != s.identities_.end() && customer.empty())
      customer = found->second.value;
  if (customer.empty() && facts.visitor) customer = facts.visitor->customer;
  if (const auto found = s.customers_.find(customer.str()); found != s.customers_.end())
    facts.customer = found->second.value;
  if (!facts.visitor) return facts;
  const auto& v = *facts.visitor;
  if (!facts.seen && may_be_known(v, question.cid)) facts.seen = find_cid(v, question.cid);
  const auto newest = s.contacts_.find(v.contact);
  if (newest == s.contacts_.end() || !newest->second.contact) return facts;
  const auto& previous = *newest->second.contact;
  if (previous.state != ContactState::closed) return facts;
  facts.previous = previous;
  if (const auto found = s.cases_.find(previous.number.str()); found != s.cases_.end())
    facts.previous_case = *found->second.value;
  return facts;
}

asio::awaitable<boost::system::result<engine::Facts, Failure>> MemoryStore::look_up(LookUp question) {
  co_return look_up_now(question);
}

asio::awaitable<boost::system::result<std::vector<Line>, Failure>> MemoryStore::lines(ContactId id, std::uint64_t from,
                                                                                      std::uint64_t to) {
  std::vector<Line> lines;
  const auto found = server_->contacts_.find(id);
  if (found == server_->contacts_.end()) co_return lines;
  const auto& all = found->second.lines;
  for (auto seq = std::max<std::uint64_t>(from, 1); seq <= to && seq <= all.size(); ++seq) {
    lines.push_back(all[seq - 1]);
    lines.back().seq = seq;  // the place is the number, as in the list
  }
  co_return lines;
}

asio::awaitable<boost::system::result<std::vector<Note>, Failure>> MemoryStore::notes(ContactId id) {
  const auto found = server_->contacts_.find(id);
  co_return found == server_->contacts_.end() ? std::vector<Note>{} : found->second.notes;
}

asio::awaitable<boost::system::result<std::optional<Contact>, Failure>> MemoryStore::contact(ContactId id) {
  std::optional<Contact> contact;
  const auto found = server_->contacts_.find(id);
  if (found != server_->contacts_.end() && found->second.contact) contact = *found->second.contact;
  co_return contact;
}

asio::awaitable<boost::system::result<std::optional<Case>, Failure>> MemoryStore::find_case(CaseNumber number) {
  std::optional<Case> record;
  const auto found = server_->cases_.find(number.str());
  if (found != server_->cases_.end()) record = *found->second.value;
  co_return record;
}

asio::awaitable<boost::system::result<std::vector<ContactId>, Failure>> MemoryStore::contacts_of(CustomerId id) {
  std::vector<ContactId> ids;
  const auto found = server_->customer_contacts_.find(id.str());
  if (found != server_->customer_contacts_.end()) ids.assign(found->second.value.rbegin(), found->second.value.rend());
  co_return ids;
}

asio::awaitable<boost::system::result<std::vector<ContactId>, Failure>> MemoryStore::done_by(AgentId id) {
  std::vector<ContactId> ids;
  const auto found = server_->agent_contacts_.find(id.str());
  if (found != server_->agent_contacts_.end()) ids.assign(found->second.rbegin(), found->second.rend());
  co_return ids;
}

asio::awaitable<boost::system::result<std::optional<Visitor>, Failure>> MemoryStore::visitor(VisitorId id) {
  std::optional<Visitor> visitor;
  const auto found = server_->visitors_.find(id.str());
  if (found != server_->visitors_.end()) visitor = found->second.value;
  co_return visitor;
}

asio::awaitable<boost::system::result<std::optional<SignIn>, Failure>> MemoryStore::session(SessionHash hash) {
  std::optional<SignIn> found;
  const auto kept = server_->sessions_.find(hash.str());
  if (kept != server_->sessions_.end()) found = kept->second.value;
  co_return found;
}

asio::awaitable<boost::system::result<std::optional<std::string>, Failure>> MemoryStore::facts(ContactId id) {
  const auto found = server_->contacts_.find(id);
  co_return found == server_->contacts_.end() ? std::optional<std::string>{} : found->second.facts;
}

asio::awaitable<boost::system::result<std::vector<EventEntry>, Failure>> MemoryStore::events(std::uint64_t from,
                                                                                             std::size_t count) {
  const auto& all = server_->events_;
  const auto first = std::lower_bound(
      all.begin(), all.end(), from, [](const EventEntry& e, std::uint64_t sequence) { return e.sequence < sequence; });
  const auto left = static_cast<std::size_t>(all.end() - first);
  co_return std::vector<EventEntry>(first, first + static_cast<std::ptrdiff_t>(std::min(count, left)));
}

}  // namespace fd::store
