// Questions beside the commits, on the second connection. A look-up of somebody new is one round trip; of somebody
// known two or three, for what to ask next stands in the answer before.

#include <algorithm>

#include "router/store/duplicates.hpp"
#include "router/store/redis/redis_store.hpp"

namespace fd::store {

namespace asio = boost::asio;
using redis::Replies;
using redis::Request;

namespace {

Failure undecodable(const std::string& key, const redis::BadField& bad) {
  return {Fail::refused, key + ": " + bad.text};
}

// One hash, or nothing.
template <class T, class Decode>
boost::system::result<std::optional<T>, Failure> record(const redisReply& hash, const std::string& key, Decode decode) {
  if (redis::size(hash) == 0) return std::optional<T>{};
  auto decoded = decode(redis::pairs_of(hash));
  if (!decoded) return undecodable(key, decoded.error());
  return std::optional<T>(std::move(*decoded));
}

struct Finding {  // a look-up under way
  const LookUp& question;
  const redis::Keys& keys;
  engine::Facts facts;
  CustomerId customer;
  std::optional<redis::SeenValue> seen;
  bool search = false;  // for the cid
  std::optional<Failure> failure;

  void first(Request& request) const;
  void take_first(const Replies& replies);
  void second(Request& request) const;
  void take_second(const Replies& replies);
  std::optional<std::uint64_t> find_cid(const redisReply& length, const redisReply& entries) const;
};

void Finding::first(Request& request) const {
  if (!question.seen_digest.empty()) request.command("GET", keys.seen(question.channel, question.seen_digest));
  if (!question.visitor.empty()) request.command("HGETALL", keys.visitor(question.visitor));
  for (const auto& [kind, digest] : question.identities) request.command("GET", keys.identity(kind, digest));
}

void Finding::take_first(const Replies& replies) {
  std::size_t at = 0;
  if (!question.seen_digest.empty()) {
    const auto& reply = *replies[at++];
    if (redis::is_text(reply)) {
      auto decoded = redis::seen_from(redis::text(reply));
      if (decoded)
        seen = *decoded;
      else
        failure = undecodable(keys.seen(question.channel, question.seen_digest), decoded.error());
    }
  }
  if (!question.visitor.empty()) {
    auto found = record<Visitor>(*replies[at++], keys.visitor(question.visitor), [&](const redis::Pairs& fields) {
      return redis::visitor_from(question.visitor, fields);
    });
    if (found)
      facts.visitor = std::move(*found);
    else
      failure = found.error();
  }
  for (; at < replies.size() && customer.empty(); ++at)
    if (redis::is_text(*replies[at])) customer = CustomerId(std::string(redis::text(*replies[at])));
  if (customer.empty() && facts.visitor) customer = facts.visitor->customer;
  search = facts.visitor && !seen && may_be_known(*facts.visitor, question.cid);
}

void Finding::second(Request& request) const {
  if (seen) request.command("HGET", keys.contact(seen->contact), "case");
  if (!customer.empty()) request.command("HGETALL", keys.customer(customer));
  if (!facts.visitor) return;
  const auto& v = *facts.visitor;
  if (!v.contact.empty()) request.command("HGETALL", keys.contact(v.contact));
  if (!search) return;
  const auto from = -static_cast<std::int64_t>(lines_searched);
  for (const auto& id : {v.contact, v.before}) {
    if (id.empty()) continue;
    request.command("LLEN", keys.messages(id));
    request.command("LRANGE", keys.messages(id), from, std::int64_t{-1});
    request.command("HGET", keys.contact(id), "case");
  }
}

std::optional<std::uint64_t> Finding::find_cid(const redisReply& length, const redisReply& entries) const {
  const auto count = redis::size(entries);
  const auto first = static_cast<std::uint64_t>(length.integer) - count + 1;
  for (std::size_t i = count; i-- > 0;) {
    const auto text = redis::text(redis::at(entries, i));
    if (text.find(question.cid) == std::string_view::npos) continue;  // cheaper than JSON; cids hold nothing escaped
    const auto line = redis::line_from(first + i, text);
    if (line && line->by == Author::customer && line->cid == question.cid) return line->seq;
  }
  return std::nullopt;
}

void Finding::take_second(const Replies& replies) {
  std::size_t at = 0;
  if (seen) {
    const auto& number = *replies[at++];
    facts.seen = {seen->contact, seen->seq, CaseNumber(std::string(redis::text(number)))};
  }
  if (!customer.empty()) {
    auto found = record<Customer>(*replies[at++], keys.customer(customer),
                                  [&](const redis::Pairs& fields) { return redis::customer_from(customer, fields); });
    if (found)
      facts.customer = std::move(*found);
    else
      failure = found.error();
  }
  if (!facts.visitor) return;
  const auto& v = *facts.visitor;
  if (!v.contact.empty()) {
    auto found = record<Contact>(*replies[at++], keys.contact(v.contact),
                                 [&](const redis::Pairs& fields) { return redis::contact_from(v.contact, fields); });
    if (!found)
      failure = found.error();
    else if (*found && (*found)->state == ContactState::closed)
      facts.previous = std::move(*found);
  }
  if (!search) return;
  for (const auto& id : {v.contact, v.before}) {
    if (id.empty()) continue;
    const auto seq = find_cid(*replies[at], *replies[at + 1]);
    if (seq && !facts.seen) facts.seen = {id, *seq, CaseNumber(std::string(redis::text(*replies[at + 2])))};
    at += 3;
  }
}

}  // namespace

asio::awaitable<boost::system::result<engine::Facts, Failure>> RedisStore::look_up(LookUp question) {
  Finding finding{question, encoder_.keys(), {}, {}, {}, false, {}};
  Request first;
  finding.first(first);
  auto answer = co_await reads_.ask(first);
  if (!answer) co_return answer.error();
  finding.take_first(*answer);
  Request second;
  finding.second(second);
  if (!finding.failure && second.commands() > 0) {
    answer = co_await reads_.ask(second);
    if (!answer) co_return answer.error();
    finding.take_second(*answer);
  }
  if (finding.failure) co_return *finding.failure;
  if (finding.facts.previous && !finding.facts.previous->number.empty()) {
    auto found = co_await find_case(finding.facts.previous->number);
    if (!found) co_return found.error();
    finding.facts.previous_case = std::move(*found);
  }
  co_return std::move(finding.facts);
}

asio::awaitable<boost::system::result<std::vector<Line>, Failure>> RedisStore::lines(ContactId id, std::uint64_t from,
                                                                                     std::uint64_t to) {
  std::vector<Line> lines;
  const auto first = std::max<std::uint64_t>(from, 1);
  if (to < first) co_return lines;
  const auto key = encoder_.keys().messages(id);
  Request request;
  request.command("LRANGE", key, first - 1, std::min<std::uint64_t>(to, INT64_MAX) - 1);
  auto answer = co_await reads_.ask(request);
  if (!answer) co_return answer.error();
  const auto& list = *(*answer)[0];
  for (std::size_t i = 0; i < redis::size(list); ++i) {
    auto line = redis::line_from(first + i, redis::text(redis::at(list, i)));
    if (!line) co_return undecodable(key, line.error());
    lines.push_back(std::move(*line));
  }
  co_return lines;
}

asio::awaitable<boost::system::result<std::vector<Note>, Failure>> RedisStore::notes(ContactId id) {
  const auto key = encoder_.keys().notes(id);
  Request request;
  request.command("LRANGE", key, "0", "-1");
  auto answer = co_await reads_.ask(request);
  if (!answer) co_return answer.error();
  std::vector<Note> notes;
  const auto& list = *(*answer)[0];
  for (std::size_t i = 0; i < redis::size(list); ++i) {
    auto note = redis::note_from(redis::text(redis::at(list, i)));
    if (!note) co_return undecodable(key, note.error());
    notes.push_back(std::move(*note));
  }
  co_return notes;
}

asio::awaitable<boost::system::result<std::optional<Contact>, Failure>> RedisStore::contact(ContactId id) {
  const auto key = encoder_.keys().contact(id);
  Request request;
  request.command("HGETALL", key);
  auto answer = co_await reads_.ask(request);
  if (!answer) co_return answer.error();
  co_return record<Contact>(*(*answer)[0], key, [&](const redis::Pairs& f) { return redis::contact_from(id, f); });
}

asio::awaitable<boost::system::result<std::optional<Case>, Failure>> RedisStore::find_case(CaseNumber number) {
  const auto key = encoder_.keys().case_of(number);
  Request request;
  request.command("HGETALL", key);
  auto answer = co_await reads_.ask(request);
  if (!answer) co_return answer.error();
  co_return record<Case>(*(*answer)[0], key, [&](const redis::Pairs& f) { return redis::case_from(number, f); });
}

asio::awaitable<boost::system::result<std::vector<ContactId>, Failure>> RedisStore::contacts_of(CustomerId id) {
  return listed(encoder_.keys().customer_contacts(id));
}

asio::awaitable<boost::system::result<std::vector<ContactId>, Failure>> RedisStore::done_by(AgentId id) {
  return listed(encoder_.keys().done(id));
}

asio::awaitable<boost::system::result<std::vector<ContactId>, Failure>> RedisStore::listed(std::string key) {
  Request request;
  request.command("LRANGE", key, std::int64_t{0}, redis::contacts_kept - 1);
  auto answer = co_await reads_.ask(request);
  if (!answer) co_return answer.error();
  std::vector<ContactId> ids;
  const auto& list = *(*answer)[0];
  for (std::size_t i = 0; i < redis::size(list); ++i)
    if (const auto contact_id = ContactId::parse(redis::text(redis::at(list, i)))) ids.push_back(*contact_id);
  co_return ids;
}

asio::awaitable<boost::system::result<std::optional<Visitor>, Failure>> RedisStore::visitor(VisitorId id) {
  const auto key = encoder_.keys().visitor(id);
  Request request;
  request.command("HGETALL", key);
  auto answer = co_await reads_.ask(request);
  if (!answer) co_return answer.error();
  co_return record<Visitor>(*(*answer)[0], key, [&](const redis::Pairs& f) { return redis::visitor_from(id, f); });
}

asio::awaitable<boost::system::result<std::optional<SignIn>, Failure>> RedisStore::session(SessionHash hash) {
  const auto key = encoder_.keys().session(hash);
  Request request;
  request.command("GET", key);
  auto answer = co_await reads_.ask(request);
  if (!answer) co_return answer.error();
  if (!redis::is_text(*(*answer)[0])) co_return std::optional<SignIn>{};
  auto decoded = redis::sign_in_from(redis::text(*(*answer)[0]));
  if (!decoded) co_return std::optional<SignIn>{};  // whoever holds it signs in again
  co_return std::optional<SignIn>(std::move(*decoded));
}

asio::awaitable<boost::system::result<std::optional<std::string>, Failure>> RedisStore::facts(ContactId id) {
  Request request;
  request.command("GET", encoder_.keys().facts(id));
  auto answer = co_await reads_.ask(request);
  if (!answer) co_return answer.error();
  const auto& value = *(*answer)[0];
  if (!redis::is_text(value)) co_return std::optional<std::string>{};
  co_return std::optional<std::string>(std::string(redis::text(value)));
}

asio::awaitable<boost::system::result<std::vector<EventEntry>, Failure>> RedisStore::events(std::uint64_t from,
                                                                                            std::size_t count) {
  const auto key = encoder_.keys().plain("events");
  Request request;
  request.command("XRANGE", key, std::to_string(from) + "-0", "+", "COUNT", static_cast<std::uint64_t>(count));
  auto answer = co_await reads_.ask(request);
  if (!answer) co_return answer.error();
  std::vector<EventEntry> entries;
  const auto& list = *(*answer)[0];
  for (std::size_t i = 0; i < redis::size(list); ++i) {
    auto entry = redis::event_entry_from(redis::at(list, i));
    if (!entry) co_return undecodable(key, entry.error());
    entries.push_back(std::move(*entry));
  }
  co_return entries;
}

}  // namespace fd::store
