#include "router/store/redis/fields.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "router/store/redis/values.hpp"

namespace fd::store::redis {
namespace {

using values::next_word;
using values::parse;

template <class T>
struct Field {
  std::string_view name;
  bool (*same)(const T&, const T&);
  void (*print)(std::string&, const T&);
  bool (*parse)(std::string_view, T&);
  bool always = false;  // written for a new record also when it is the default: a reader by eye wants it
};

template <class T, auto Member>
constexpr Field<T> field(std::string_view name, bool always = false) {
  return {name, [](const T& a, const T& b) { return a.*Member == b.*Member; },
          [](std::string& out, const T& record) { values::print(out, record.*Member); },
          [](std::string_view text, T& record) { return values::parse(text, record.*Member); }, always};
}

constexpr std::array contact_fields{field<Contact, &Contact::v>("v", true),
                                    field<Contact, &Contact::number>("case", true),
                                    field<Contact, &Contact::channel>("channel", true),
                                    field<Contact, &Contact::queue>("queue", true),
                                    field<Contact, &Contact::state>("state", true),
                                    field<Contact, &Contact::reason>("reason"),
                                    field<Contact, &Contact::customer>("customer"),
                                    field<Contact, &Contact::visitor>("visitor"),
                                    field<Contact, &Contact::name>("name"),
                                    field<Contact, &Contact::grade>("grade"),
                                    field<Contact, &Contact::masked>("masked"),
                                    field<Contact, &Contact::locale>("locale"),
                                    field<Contact, &Contact::kind>("kind"),
                                    field<Contact, &Contact::disposition>("disposition"),
                                    field<Contact, &Contact::priority>("priority"),
                                    field<Contact, &Contact::urgency>("urgency"),
                                    field<Contact, &Contact::needs>("needs"),
                                    field<Contact, &Contact::tags>("tags"),
                                    field<Contact, &Contact::rule>("rule"),
                                    field<Contact, &Contact::band>("band"),
                                    field<Contact, &Contact::virtual_start>("start"),
                                    field<Contact, &Contact::head_start>("head_start"),
                                    field<Contact, &Contact::transfer_head_start>("transfer_head_start"),
                                    field<Contact, &Contact::step>("step"),
                                    field<Contact, &Contact::hops>("hops"),
                                    field<Contact, &Contact::transfers>("transfers"),
                                    field<Contact, &Contact::overflow_due>("overflow_due"),
                                    field<Contact, &Contact::ttl_fired>("ttl_fired"),
                                    field<Contact, &Contact::arrival_assumed>("arrival_assumed"),
                                    field<Contact, &Contact::seq>("seq"),
                                    field<Contact, &Contact::notes>("notes"),
                                    field<Contact, &Contact::last_at>("last"),
                                    field<Contact, &Contact::last_by>("last:by"),
                                    field<Contact, &Contact::customer_seq>("seq:customer"),
                                    field<Contact, &Contact::read_customer>("read:customer"),
                                    field<Contact, &Contact::read_agent>("read:agent"),
                                    field<Contact, &Contact::owner>("owner"),
                                    field<Contact, &Contact::last_agent>("last_agent"),
                                    field<Contact, &Contact::held_for>("held_for"),
                                    field<Contact, &Contact::held_until>("held_until"),
                                    field<Contact, &Contact::away>("away"),
                                    field<Contact, &Contact::skip>("skip"),
                                    field<Contact, &Contact::skip_until>("skip_until"),
                                    field<Contact, &Contact::absent>("absent"),
                                    field<Contact, &Contact::served>("served"),
                                    field<Contact, &Contact::short_abandon>("short_abandon"),
                                    field<Contact, &Contact::since>("since"),
                                    field<Contact, &Contact::lease>("due"),
                                    field<Contact, &Contact::ttl_at>("ttl"),
                                    field<Contact, &Contact::max_wait_at>("max_wait"),
                                    field<Contact, &Contact::ticket>("ticket"),
                                    field<Contact, &Contact::service>("service"),
                                    field<Contact, &Contact::counter>("counter"),
                                    field<Contact, &Contact::previous>("previous"),
                                    field<Contact, &Contact::attributes>("attributes"),
                                    field<Contact, &Contact::giver>("giver"),
                                    field<Contact, &Contact::last_offer>("last_offer")};

constexpr std::array agent_fields{field<Agent, &Agent::presence>("presence"),
                                  field<Agent, &Agent::reason>("reason"),
                                  field<Agent, &Agent::since>("since"),
                                  field<Agent, &Agent::next>("next"),
                                  field<Agent, &Agent::next_reason>("next_reason"),
                                  field<Agent, &Agent::attached>("attached"),
                                  field<Agent, &Agent::lease>("due"),
                                  field<Agent, &Agent::before>("before"),
                                  field<Agent, &Agent::before_reason>("before_reason"),
                                  field<Agent, &Agent::lost_at>("lost"),
                                  field<Agent, &Agent::missed>("missed"),
                                  field<Agent, &Agent::connect_failed>("connect_failed"),
                                  field<Agent, &Agent::idle_since>("idle_since"),
                                  field<Agent, &Agent::today>("today"),
                                  field<Agent, &Agent::declined>("declined"),
                                  field<Agent, &Agent::passed_on>("passed_on"),
                                  field<Agent, &Agent::day>("day"),
                                  field<Agent, &Agent::counter>("counter"),
                                  field<Agent, &Agent::pages>("pages")};

constexpr std::array case_fields{
    field<Case, &Case::state>("state", true),       field<Case, &Case::customer>("customer"),
    field<Case, &Case::contact>("contact", true),   field<Case, &Case::kind>("kind"),
    field<Case, &Case::disposition>("disposition"), field<Case, &Case::agent>("agent"),
    field<Case, &Case::opened>("opened"),           field<Case, &Case::resolved>("resolved")};

constexpr std::array visitor_fields{field<Visitor, &Visitor::contact>("contact", true),
                                    field<Visitor, &Visitor::before>("before"),
                                    field<Visitor, &Visitor::customer>("customer"),
                                    field<Visitor, &Visitor::owner>("owner"), field<Visitor, &Visitor::pages>("pages")};

constexpr std::array customer_fields{
    field<Customer, &Customer::name>("name"),         field<Customer, &Customer::grade>("grade"),
    field<Customer, &Customer::masked>("masked"),     field<Customer, &Customer::locale>("locale"),
    field<Customer, &Customer::first>("first", true), field<Customer, &Customer::last>("last"),
    field<Customer, &Customer::known>("known")};

constexpr std::array queue_fields{
    field<QueueState, &QueueState::paused>("paused", true), field<QueueState, &QueueState::by>("by"),
    field<QueueState, &QueueState::reason>("reason"), field<QueueState, &QueueState::cursor>("cursor")};

constexpr std::string_view offer_prefix = "offer:";
constexpr std::string_view no_prefix = "no:";

template <class T, std::size_t N>
void diff_table(const std::array<Field<T>, N>& table, const T* before, const T& after, HashEdit& edit) {
  static const T defaults{};
  const T& old = before ? *before : defaults;
  for (const auto& f : table) {
    if (f.same(old, after) && (before || !f.always)) continue;
    if (!f.always && f.same(after, defaults))
      edit.del({}, f.name);
    else
      edit.set({}, f.name, [&](std::string& out) { f.print(out, after); });
  }
}

template <class T, std::size_t N>
void all_table(const std::array<Field<T>, N>& table, const T& record, HashEdit& edit) {
  for (const auto& f : table) edit.set({}, f.name, [&](std::string& out) { f.print(out, record); });
}

// Lists of the contact keep their order: the place follows, left out for the first (the usual, only) one.
void print_place(std::string& out, std::size_t place) {
  if (place == 0) return;
  out.push_back(' ');
  append_number(out, place);
}
// The why is the rest, as people may have written it; one that begins like a place has the place before it.
void print_item(std::string& out, const Offer& o, std::size_t place) {
  out.append(o.id.str()).append(" ").append(word(o.state)).append(" ");
  append_number(out, o.due.ms);
  if (place == 0 && !o.why.empty() && o.why.front() >= '0' && o.why.front() <= '9') out.append(" 0");
  print_place(out, place);
  if (!o.why.empty()) out.append(" ").append(o.why);
}
void print_item(std::string& out, const Exclusion& e, std::size_t place) {
  append_number(out, e.soft.ms);
  out.push_back(' ');
  append_number(out, e.until.ms);
  print_place(out, place);
}
bool parse_item(std::string_view rest, Offer& o, std::size_t& place) {
  const auto id = next_word(rest);
  const auto state = next_word(rest);
  const auto due = next_word(rest);
  auto after = rest;
  if (std::size_t n = 0; parse(next_word(after), n)) place = n, rest = after;
  o.why = std::string(rest);
  return !id.empty() && parse(id, o.id) && parse(state, o.state) && parse(due, o.due);
}
bool parse_item(std::string_view rest, Exclusion& e, std::size_t& place) {
  const auto soft = next_word(rest);
  const auto until = next_word(rest);
  return parse(soft, e.soft) && parse(until, e.until) && (rest.empty() || parse(rest, place));
}

template <class Item>
void diff_list(std::string_view prefix, const std::vector<Item>* before, const std::vector<Item>& after,
               HashEdit& edit) {
  static const std::vector<Item> none;
  const auto& old = before ? *before : none;
  for (const auto& item : old)
    if (std::none_of(after.begin(), after.end(), [&](const Item& a) { return a.agent == item.agent; }))
      edit.del(prefix, item.agent.str());
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (i < old.size() && old[i] == after[i]) continue;
    edit.set(prefix, after[i].agent.str(), [&](std::string& out) { print_item(out, after[i], i); });
  }
}

template <class Item>
using Placed = std::vector<std::pair<std::size_t, Item>>;

template <class Item>
bool parse_listed_item(std::string_view agent, std::string_view text, Placed<Item>& list) {
  auto& [place, item] = list.emplace_back();
  item.agent = AgentId(std::string(agent));
  return parse_item(text, item, place);
}

template <class Item>
void take(Placed<Item>& placed, std::vector<Item>& list) {
  if (placed.size() > 1)
    std::sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  list.reserve(placed.size());
  for (auto& [place, item] : placed) list.push_back(std::move(item));
}

BadField bad(std::string_view name, std::string_view value) {
  return {"field `" + std::string(name) + "` holds `" + std::string(value.substr(0, 80)) + "`"};
}

template <class T, std::size_t N>
class Index {
 public:
  explicit Index(const std::array<Field<T>, N>& table) {
    for (const auto& f : table) fields_.emplace(f.name, &f);
  }
  [[nodiscard]] const Field<T>* find(std::string_view name) const {
    const auto found = fields_.find(name);
    return found == fields_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string_view, const Field<T>*> fields_;
};

// Fields of later versions are passed over; a record without its first `always` field is none of ours.
template <class T, std::size_t N>
Decoded<T> decode_table(const std::array<Field<T>, N>& table, std::string_view needed, const Pairs& fields, T record) {
  static const Index<T, N> index(table);
  bool found = needed.empty();
  for (const auto& [name, value] : fields) {
    const auto* f = index.find(name);
    if (!f) continue;
    if (!f->parse(value, record)) return bad(name, value);
    found = found || name == needed;
  }
  if (!found) return BadField{"field `" + std::string(needed) + "` is missing"};
  return record;
}

}  // namespace

void HashEdit::write(const std::string& key, Request& out) const {
  if (!sets_.empty()) {
    out.begin(2 + sets_.size() * 2);
    out.arg("HSET");
    out.arg(key);
    for (const auto& s : sets_) {
      out.arg(part(s.name, s.name_size));
      out.arg(part(s.value, s.value_size));
    }
  }
  if (dels_.empty()) return;
  out.begin(2 + dels_.size());
  out.arg("HDEL");
  out.arg(key);
  for (const auto& s : dels_) out.arg(part(s.name, s.name_size));
}

void diff(const Contact* before, const Contact& after, HashEdit& edit) {
  diff_table(contact_fields, before, after, edit);
  diff_list(offer_prefix, before ? &before->offers : nullptr, after.offers, edit);
  diff_list(no_prefix, before ? &before->excluded : nullptr, after.excluded, edit);
}
void diff(const Agent* before, const Agent& after, HashEdit& edit) { diff_table(agent_fields, before, after, edit); }
void diff(const Case* before, const Case& after, HashEdit& edit) { diff_table(case_fields, before, after, edit); }
void all(const Visitor& visitor, HashEdit& edit) { all_table(visitor_fields, visitor, edit); }
void all(const Customer& customer, HashEdit& edit) { all_table(customer_fields, customer, edit); }
void all(const QueueState& state, HashEdit& edit) { all_table(queue_fields, state, edit); }

Pairs pairs_of(const redisReply& hash) {
  Pairs pairs;
  pairs.reserve(size(hash) / 2);
  for (std::size_t i = 0; i + 1 < size(hash); i += 2) pairs.emplace_back(text(at(hash, i)), text(at(hash, i + 1)));
  return pairs;
}

Decoded<Contact> contact_from(ContactId id, const Pairs& fields) {
  static const Index<Contact, contact_fields.size()> index(contact_fields);
  Contact c;
  c.id = id;
  Placed<Offer> offers;
  Placed<Exclusion> excluded;
  bool state = false;
  for (const auto& [name, value] : fields) {
    bool good = true;
    if (const auto* f = index.find(name)) {
      good = f->parse(value, c);
      state = state || name == "state";
    } else if (name.starts_with(offer_prefix)) {
      good = parse_listed_item(name.substr(offer_prefix.size()), value, offers);
    } else if (name.starts_with(no_prefix)) {
      good = parse_listed_item(name.substr(no_prefix.size()), value, excluded);
    }
    if (!good) return bad(name, value);
  }
  if (!state) return BadField{"field `state` is missing"};
  take(offers, c.offers);
  take(excluded, c.excluded);
  return c;
}

Decoded<Agent> agent_from(AgentId id, const Pairs& fields) {
  Agent agent;
  agent.id = std::move(id);
  // Nothing is needed: who never went online has only what differs from an account that never came.
  return decode_table(agent_fields, "", fields, std::move(agent));
}
Decoded<Case> case_from(CaseNumber number, const Pairs& fields) {
  Case record;
  record.number = std::move(number);
  return decode_table(case_fields, "state", fields, std::move(record));
}
Decoded<Visitor> visitor_from(VisitorId id, const Pairs& fields) {
  Visitor visitor;
  visitor.id = std::move(id);
  return decode_table(visitor_fields, "contact", fields, std::move(visitor));
}
Decoded<Customer> customer_from(CustomerId id, const Pairs& fields) {
  Customer customer;
  customer.id = std::move(id);
  return decode_table(customer_fields, "first", fields, std::move(customer));
}
Decoded<QueueState> queue_state_from(QueueName name, const Pairs& fields) {
  QueueState state;
  state.name = std::move(name);
  return decode_table(queue_fields, "paused", fields, std::move(state));
}

}  // namespace fd::store::redis
