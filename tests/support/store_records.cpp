#include "tests/support/store_records.hpp"

#include <algorithm>
#include <utility>

namespace fd::test {

std::string RandomRecords::word() {
  static const std::vector<std::string> words{"",     "a1024", "online",    "-",   "two words",         "50%",
                                              "王伟", "a:b",   "tab\there", "%2D", std::string(90, 'x')};
  return words[below(words.size())];
}

std::string RandomRecords::text() {
  static const std::vector<std::string> texts{
      "",           "hello",           "quote \" and \\ slash",   "line\nbreak\x01",
      "你好，世界", "broken \xff\xfe", std::string("nul\0in", 6), "{\"b\":1}"};
  return texts[below(texts.size())];
}

Ulid RandomRecords::ulid() {
  ++made_;  // ascending, as the engine makes them
  return Ulid::make(1'700'000'000'000 + static_cast<std::int64_t>(made_), made_, random_());
}

Instant RandomRecords::instant() {
  return half() ? Instant{} : Instant{static_cast<std::int64_t>(below(4'000'000'000'000))};
}

Contact RandomRecords::contact() {
  Contact empty;
  empty.id = ContactId(ulid());
  return changed(empty);
}

Contact RandomRecords::changed(const Contact& before) {
  auto c = before;
  const auto maybe = [&](auto& field, auto value) {
    if (half()) field = std::move(value);
  };
  const auto number = [&] { return below(1000); };
  const auto agent_id = [&] { return AgentId(word()); };
  maybe(c.v, number());
  maybe(c.number, CaseNumber(word()));
  maybe(c.channel, ChannelName(word()));
  maybe(c.queue, QueueName(word()));
  maybe(c.state, static_cast<ContactState>(below(9)));
  maybe(c.reason, static_cast<CloseReason>(below(10)));
  maybe(c.customer, CustomerId(word()));
  maybe(c.visitor, VisitorId(word()));
  for (auto* s :
       {&c.name, &c.grade, &c.masked, &c.locale, &c.kind, &c.disposition, &c.rule, &c.ticket, &c.service, &c.counter})
    maybe(*s, half() ? word() : text());
  maybe(c.priority, static_cast<Priority>(below(3)));
  maybe(c.urgency, static_cast<Urgency>(below(3)));
  std::vector<SkillNeed> needs;
  for (auto i = below(4); i > 0; --i) needs.push_back({word(), static_cast<int>(below(9)) - 4});
  maybe(c.needs, needs);
  std::vector<std::string> tags;
  for (auto i = below(4); i > 0; --i) tags.push_back(word());
  maybe(c.tags, tags);
  maybe(c.band, static_cast<std::int32_t>(below(2048)));
  maybe(c.head_start, Duration{static_cast<std::int64_t>(below(1000)) - 500});
  maybe(c.transfer_head_start, Duration{static_cast<std::int64_t>(below(1000))});
  for (auto* t : {&c.virtual_start, &c.last_at, &c.held_until, &c.away, &c.skip_until, &c.since, &c.lease, &c.ttl_at,
                  &c.max_wait_at})
    maybe(*t, instant());
  for (auto* n : {&c.step, &c.hops, &c.transfers, &c.absent}) maybe(*n, static_cast<std::uint32_t>(number()));
  for (auto* b : {&c.overflow_due, &c.ttl_fired, &c.arrival_assumed, &c.short_abandon, &c.skip}) maybe(*b, half());
  for (auto* n : {&c.seq, &c.notes, &c.customer_seq, &c.read_customer, &c.read_agent}) maybe(*n, number());
  maybe(c.last_by, static_cast<Author>(below(3)));
  for (auto* a : {&c.owner, &c.last_agent, &c.held_for, &c.giver}) maybe(*a, agent_id());
  if (half()) c.attributes = Attributes({{word(), text()}, {"url", "https://a.example/?q=%20 x"}, {word() + "k", ""}});
  maybe(c.previous, half() ? ContactId{} : ContactId(ulid()));
  const std::vector<std::string> agents{"a1", "a 2", "王", "a4"};
  const std::vector<std::string> why{"", "longest_idle", "3", "2 of them asked", " ", text()};
  std::vector<Offer> offers;
  std::vector<Exclusion> excluded;
  for (const auto& a : agents) {
    if (half())
      offers.push_back(
          {OfferId(ulid()), AgentId(a), static_cast<OfferState>(below(8)), instant(), why[below(why.size())]});
    if (half()) excluded.push_back({AgentId(a), instant(), instant()});
  }
  std::shuffle(offers.begin(), offers.end(), random_);
  std::shuffle(excluded.begin(), excluded.end(), random_);
  maybe(c.offers, offers);
  maybe(c.excluded, excluded);
  std::optional<LastOffer> last;
  if (half())
    last = LastOffer{half() ? OfferId{} : OfferId(ulid()), agent_id(), static_cast<OfferState>(below(8)), text()};
  maybe(c.last_offer, last);
  return c;
}

Agent RandomRecords::agent() {
  Agent empty;
  empty.id = AgentId("a" + std::to_string(below(1'000'000)));
  return changed(empty);
}

Agent RandomRecords::changed(const Agent& before) {
  auto a = before;
  const auto maybe = [&](auto& field, auto value) {
    if (half()) field = std::move(value);
  };
  maybe(a.presence, static_cast<Presence>(below(5)));
  maybe(a.before, static_cast<Presence>(below(5)));
  std::optional<Presence> next;
  if (half()) next = static_cast<Presence>(below(5));
  maybe(a.next, next);
  for (auto* s : {&a.reason, &a.next_reason, &a.before_reason, &a.day, &a.counter}) maybe(*s, word());
  for (auto* t : {&a.since, &a.lease, &a.lost_at, &a.idle_since}) maybe(*t, instant());
  for (auto* n : {&a.missed, &a.connect_failed, &a.today}) maybe(*n, static_cast<std::uint32_t>(below(9)));
  maybe(a.attached, half());
  std::vector<PageCounter> pages;
  for (auto i = below(9); i > 0; --i) pages.push_back({word(), below(100)});
  maybe(a.pages, pages);
  std::vector<CaseNumber> todo;
  for (std::uint64_t i = 0; i < 5; ++i)
    if (half()) todo.emplace_back("20261124-00012" + std::to_string(i));
  maybe(a.todo, todo);
  return a;
}

Case RandomRecords::case_record() {
  Case c;
  c.number = CaseNumber("20261124-" + std::to_string(below(1'000'000)));
  c.state = static_cast<CaseState>(below(2));
  c.customer = CustomerId(word());
  if (half()) c.contact = ContactId(ulid());
  c.kind = word();
  c.disposition = word();
  c.agent = AgentId(word());
  c.opened = instant();
  c.resolved = instant();
  return c;
}

Visitor RandomRecords::visitor() {
  Visitor v;
  v.id = VisitorId("v" + std::to_string(below(1'000'000)));
  v.contact = ContactId(ulid());
  if (half()) v.before = ContactId(ulid());
  v.customer = CustomerId(word());
  for (auto i = below(17); i > 0; --i) v.pages.push_back({word(), below(100)});
  return v;
}

Customer RandomRecords::customer() {
  return {CustomerId("c" + std::to_string(below(1'000'000))), text(), word(), text(), word(), instant(), instant()};
}

QueueState RandomRecords::queue_state() { return {QueueName("q"), half(), AgentId(word()), text(), AgentId(word())}; }

Line RandomRecords::line() {
  Line line;
  line.seq = 1 + below(100);
  line.at = instant();
  line.by = static_cast<Author>(below(3));
  line.kind = static_cast<MessageKind>(below(3));
  line.cid = half() ? "" : "p1:" + std::to_string(below(100));
  line.agent = AgentId(word());
  line.text = text();
  line.name = text();
  return line;
}

Note RandomRecords::note() { return {instant(), AgentId(word()), text()}; }

// --- the made-up site ---

store::Batch Site::batch() {
  store::Batch batch;
  batch.number = {++number_};
  now_ = now_ + Duration{10};
  batch.now = now_;
  return batch;
}

store::Batch Site::sealed(store::Batch batch) {
  batch.sequence = ++sequence_;
  batch.events.push_back({sequence_, R"({"type":"tick"})", "[]", batch.now, "00ff"});
  return batch;
}

Contact Site::arrive(store::Batch& batch, const std::string& visitor, const std::string& text) {
  ++arrivals_;
  Contact c;
  c.id = ContactId(Ulid::make(now_.ms, sequence_ + 1, arrivals_));
  c.v = 1;
  c.number = CaseNumber("20261124-" + std::to_string(100'000 + number_ * 1000 + arrivals_));
  c.channel = ChannelName("chat");
  c.queue = QueueName("online");
  c.customer = CustomerId("c-" + visitor);
  c.visitor = VisitorId(visitor);
  c.name = "访客 " + visitor;
  c.needs = {{"zh", 1}};
  c.virtual_start = now_;
  c.since = now_;
  c.seq = c.customer_seq = 1;
  c.last_at = now_;
  auto& m = batch.mutations;
  m.push_back(engine::PutCounter{"case:20261124", number_ * 1000 + arrivals_});
  m.push_back(engine::PutCase{
      nullptr, std::make_shared<Case>(Case{c.number, CaseState::open, c.customer, c.id, "", "", {}, now_, {}})});
  m.push_back(engine::PutContact{nullptr, std::make_shared<Contact>(c)});
  m.push_back(engine::LiveAdd{c.id});
  m.push_back(engine::QueueAdd{c.queue, c.key()});
  m.push_back(engine::AppendLine{c.id, Line{1, now_, Author::customer, MessageKind::text, "p1:1", {}, text, {}}, {}});
  m.push_back(engine::PutVisitor{Visitor{c.visitor, c.id, {}, c.customer, {{"p1", 1}}}});
  m.push_back(engine::PutCustomer{Customer{c.customer, c.name, "A", "138****5678", "zh-CN", now_, now_}});
  m.push_back(engine::PutIdentity{"visitor", "digest-" + visitor, c.customer});
  m.push_back(engine::CustomerContact{c.customer, c.id});
  m.push_back(engine::PutSeen{"chat", "seen-" + visitor, c.id, 1});
  batch.facts.emplace_back(c.id, R"({"rule":"default"})");
  return c;
}

void Site::change(store::Batch& batch, const Contact& before, Contact after) {
  batch.mutations.push_back(
      engine::PutContact{std::make_shared<Contact>(before), std::make_shared<Contact>(std::move(after))});
}

void Site::close(store::Batch& batch, const Contact& before) {
  auto after = before;
  ++after.v;
  after.state = ContactState::closed;
  after.reason = CloseReason::resolved;
  after.offers.clear();
  change(batch, before, after);
  if (before.state == ContactState::queued || before.state == ContactState::offered)
    batch.mutations.push_back(engine::QueueRemove{before.queue, before.id});
  batch.mutations.push_back(engine::LiveRemove{before.id, Duration{30LL * 86'400'000}});
}

void Site::say(store::Batch& batch, Contact& contact, Line line) {
  const auto before = contact;
  line.seq = ++contact.seq;
  contact.last_at = line.at;
  change(batch, before, contact);
  batch.mutations.push_back(engine::AppendLine{contact.id, std::move(line), {}});
}

}  // namespace fd::test
