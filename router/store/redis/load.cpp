// Reading a site back: `live` page by page, with each page's contacts in the same write as the next page's question,
// then what the contacts name. On the leading connection: nobody commits meanwhile.

#include <algorithm>
#include <set>

#include "router/store/redis/redis_store.hpp"
#include "router/store/redis/values.hpp"
#include "router/store/shapes.hpp"

namespace fd::store {

namespace asio = boost::asio;
using redis::Replies;
using redis::Request;

namespace {

struct Broken {  // the load ends here; caught by load()
  Failure failure;
};

[[noreturn]] void refuse(const std::string& text) { throw Broken{{Fail::refused, text + "; nothing was changed"}}; }

template <class T>
T sound(redis::Decoded<T> decoded, const std::string& key) {
  if (!decoded) refuse(key + ": " + decoded.error().text);
  return std::move(*decoded);
}

class Loading {
 public:
  Loading(redis::LeadConnection& lead, redis::Encoder& encoder, std::size_t page)
      : lead_(lead), encoder_(encoder), keys_(encoder.keys()), page_(std::max<std::size_t>(1, page)) {}

  asio::awaitable<Image> run(const Leadership& leadership);

 private:
  asio::awaitable<Replies> ask(const Request& request);
  asio::awaitable<void> contacts();
  asio::awaitable<void> agents();
  asio::awaitable<void> queues();
  asio::awaitable<void> cases_and_visitors();
  asio::awaitable<void> counters_jobs_and_events();
  void take_contacts(const std::vector<std::string>& ids, const Replies& replies, std::size_t from);
  asio::awaitable<std::vector<std::string>> members(const std::string& key);

  // Asks `commands` a record for every name, a page of names a round trip, and hands each record's replies to `take`.
  template <class Names, class Ask, class Take>
  asio::awaitable<void> in_pages(const Names& names, std::size_t commands, Ask add, Take take);

  redis::LeadConnection& lead_;
  redis::Encoder& encoder_;
  const redis::Keys& keys_;
  std::size_t page_;
  Image image_;
  std::vector<QueueEntries> entries_;
};

asio::awaitable<Replies> Loading::ask(const Request& request) {
  auto answer = co_await lead_.ask(request);
  if (!answer) throw Broken{{Fail::unreachable, "while loading: " + answer.error().text}};
  for (const auto& reply : *answer) {
    if (!redis::is_error(*reply)) continue;
    const std::string why(redis::text(*reply));
    if (redis::passes(why)) throw Broken{{Fail::unreachable, "while loading: " + why}};
    refuse("while loading: " + why);  // WRONGTYPE and the like
  }
  co_return std::move(*answer);
}

template <class Names, class Ask, class Take>
asio::awaitable<void> Loading::in_pages(const Names& names, std::size_t commands, Ask add, Take take) {
  auto next = names.begin();
  while (next != names.end()) {
    const auto first = next;
    Request request;
    for (std::size_t i = 0; i < page_ && next != names.end(); ++i, ++next) add(request, *next);
    const auto replies = co_await ask(request);
    std::size_t at = 0;
    for (auto name = first; name != next; ++name, at += commands) take(*name, replies.data() + at);
  }
}

asio::awaitable<std::vector<std::string>> Loading::members(const std::string& key) {
  Request request;
  request.command("SMEMBERS", key);
  const auto replies = co_await ask(request);
  std::vector<std::string> list;
  for (std::size_t i = 0; i < redis::size(*replies[0]); ++i) list.emplace_back(redis::text(redis::at(*replies[0], i)));
  co_return list;
}

void Loading::take_contacts(const std::vector<std::string>& ids, const Replies& replies, std::size_t from) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto id = ContactId::parse(ids[i]);
    if (!id) refuse(keys_.plain("live") + " holds `" + ids[i] + "`, which is no contact id");
    const auto& hash = *replies[from + i];
    if (redis::size(hash) == 0) refuse(keys_.contact(*id) + " is missing, but stands in " + keys_.plain("live"));
    image_.contacts.push_back(sound(redis::contact_from(*id, redis::pairs_of(hash)), keys_.contact(*id)));
  }
}

asio::awaitable<void> Loading::contacts() {
  const auto live = keys_.plain("live");
  const auto count = std::to_string(page_);
  std::string cursor = "0";
  std::vector<std::string> page;
  do {
    Request request;
    request.command("SSCAN", live, cursor, "COUNT", count);
    for (const auto& id : page) request.command("HGETALL", keys_.prefix() + "contact:" + id);
    const auto replies = co_await ask(request);
    take_contacts(page, replies, 1);
    const auto& scan = *replies[0];
    cursor = std::string(redis::text(redis::at(scan, 0)));
    page.clear();
    const auto& ids = redis::at(scan, 1);
    for (std::size_t i = 0; i < redis::size(ids); ++i) page.emplace_back(redis::text(redis::at(ids, i)));
  } while (cursor != "0");
  Request last;
  for (const auto& id : page) last.command("HGETALL", keys_.prefix() + "contact:" + id);
  const auto replies = co_await ask(last);
  take_contacts(page, replies, 0);
  auto& list = image_.contacts;  // SSCAN may say a member twice
  std::sort(list.begin(), list.end(), [](const Contact& a, const Contact& b) { return a.id < b.id; });
  const auto same = [](const Contact& a, const Contact& b) { return a.id == b.id; };
  list.erase(std::unique(list.begin(), list.end(), same), list.end());
}

asio::awaitable<void> Loading::agents() {
  const auto names = co_await members(keys_.plain("agents"));
  auto add = [&](Request& request, const std::string& name) {
    request.command("HGETALL", keys_.agent(AgentId(name)));
    request.command("SMEMBERS", keys_.todo(AgentId(name)));
  };
  auto take = [&](const std::string& name, const redis::Reply* replies) {
    const AgentId id(name);
    const auto key = keys_.agent(id);
    if (redis::size(*replies[0]) == 0) refuse(key + " is missing, but stands in " + keys_.plain("agents"));
    auto agent = sound(redis::agent_from(id, redis::pairs_of(*replies[0])), key);
    for (std::size_t i = 0; i < redis::size(*replies[1]); ++i)
      agent.todo.emplace_back(std::string(redis::text(redis::at(*replies[1], i))));
    encoder_.know_agent(id);
    image_.agents.push_back(std::move(agent));
  };
  co_await in_pages(names, 2, add, take);
}

asio::awaitable<void> Loading::queues() {
  const auto names = co_await members(keys_.plain("queues"));
  auto add = [&](Request& request, const std::string& name) {
    request.command("HGETALL", keys_.queue_state(QueueName(name)));
  };
  auto take = [&](const std::string& name, const redis::Reply* replies) {
    const QueueName queue(name);
    encoder_.know_queue(queue);
    if (redis::size(*replies[0]) > 0)
      image_.queues.push_back(
          sound(redis::queue_state_from(queue, redis::pairs_of(*replies[0])), keys_.queue_state(queue)));
  };
  co_await in_pages(names, 1, add, take);
  for (const auto& name : names) {
    auto& queue = entries_.emplace_back();
    queue.name = QueueName(name);
    const auto key = keys_.queue(queue.name);
    const auto step = static_cast<std::int64_t>(page_) * 10;
    for (std::int64_t from = 0;; from += step) {
      Request request;
      request.command("ZRANGE", key, from, from + step - 1, "WITHSCORES");
      const auto replies = co_await ask(request);
      const auto& range = *replies[0];
      for (std::size_t i = 0; i + 1 < redis::size(range); i += 2) {
        const auto id = ContactId::parse(redis::text(redis::at(range, i)));
        std::int64_t score = 0;
        if (!id || !redis::values::parse_number(redis::text(redis::at(range, i + 1)), score))
          refuse(key + " holds `" + std::string(redis::text(redis::at(range, i))) +
                 "`, which is no contact at its key");
        queue.entries.push_back({*id, static_cast<double>(score)});
      }
      if (redis::size(range) < static_cast<std::size_t>(step) * 2) break;
    }
  }
}

asio::awaitable<void> Loading::cases_and_visitors() {
  std::set<CaseNumber> numbers;
  std::set<VisitorId> visitors;
  for (const auto& c : image_.contacts) {
    if (!c.number.empty()) numbers.insert(c.number);
    if (!c.visitor.empty()) visitors.insert(c.visitor);
  }
  auto add_case = [&](Request& request, const CaseNumber& number) {
    request.command("HGETALL", keys_.case_of(number));
  };
  auto take_case = [&](const CaseNumber& number, const redis::Reply* replies) {
    const auto key = keys_.case_of(number);
    if (redis::size(*replies[0]) == 0) refuse(key + " is missing, but a live contact names it");
    image_.cases.push_back(sound(redis::case_from(number, redis::pairs_of(*replies[0])), key));
  };
  co_await in_pages(numbers, 1, add_case, take_case);
  auto add_visitor = [&](Request& request, const VisitorId& id) { request.command("HGETALL", keys_.visitor(id)); };
  auto take_visitor = [&](const VisitorId& id, const redis::Reply* replies) {
    if (redis::size(*replies[0]) == 0) return;  // 30 days without a line: it went before its contact
    image_.visitors.push_back(sound(redis::visitor_from(id, redis::pairs_of(*replies[0])), keys_.visitor(id)));
  };
  co_await in_pages(visitors, 1, add_visitor, take_visitor);
}

asio::awaitable<void> Loading::counters_jobs_and_events() {
  Request request;
  request.command("HGETALL", keys_.plain("counters"));
  request.command("EXISTS", keys_.plain("events"));
  request.command("HGETALL", keys_.plain("outbox:deliver"));
  auto replies = co_await ask(request);
  for (const auto& [number, what] : redis::pairs_of(*replies[2])) {
    Job& job = image_.jobs.emplace_back();
    if (!redis::values::parse_number(number, job.n) || !redis::values::parse(what, job))
      refuse(keys_.plain("outbox:deliver") + " `" + std::string(number) + "` is no job");
  }
  for (const auto& [name, value] : redis::pairs_of(*replies[0])) {
    std::uint64_t n = 0;
    if (!redis::values::parse_number(value, n))
      refuse(keys_.plain("counters") + " `" + std::string(name) + "` is no number");
    image_.counters.emplace_back(name, n);
  }
  std::string last = "0-0";
  if (replies[1]->integer != 0) {
    Request info;
    info.command("XINFO", "STREAM", keys_.plain("events"));
    replies = co_await ask(info);
    for (const auto& [name, value] : redis::pairs_of(*replies[0]))
      if (name == "last-generated-id") last = std::string(value);
  }
  const auto ours = image_.sequence == 0 ? std::string("0-0") : std::to_string(image_.sequence) + "-0";
  if (last != ours)
    refuse(keys_.plain("events") + " ends at " + last + ", " + keys_.plain("leader") + " says seq " +
           std::to_string(image_.sequence));
}

asio::awaitable<Image> Loading::run(const Leadership& leadership) {
  image_.sequence = leadership.sequence;
  image_.batch = leadership.batch;
  image_.now = leadership.now;
  co_await counters_jobs_and_events();
  co_await contacts();
  co_await agents();
  co_await queues();
  co_await cases_and_visitors();
  put_in_order(image_);
  if (const auto why = mismatch(image_, entries_, keys_.prefix())) refuse(*why);
  co_return std::move(image_);
}

}  // namespace

asio::awaitable<boost::system::result<Image, Failure>> RedisStore::load() {
  if (stopped_) co_return *stopped_;
  if (leadership_.epoch == 0) co_return Failure{Fail::refused, "load before acquire"};
  ++busy_;
  std::optional<Image> image;
  Failure failure;
  Loading loading(lead_, encoder_, settings_.page);
  try {
    image = co_await loading.run(leadership_);
  } catch (const Broken& broken) {
    failure = broken.failure;
  }
  --busy_;
  if (image) co_return std::move(*image);
  if (failure.code == Fail::refused) co_return stop(failure.code, settings_.address + ": " + failure.text);
  co_return failure;
}

}  // namespace fd::store
