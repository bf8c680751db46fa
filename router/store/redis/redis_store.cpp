#include "router/store/redis/redis_store.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <random>
#include <utility>

#include "router/store/redis/back_off.hpp"
#include "router/store/shapes.hpp"

namespace fd::store {

namespace asio = boost::asio;
using redis::ExecSeen;
using redis::LeaderSeen;
using redis::Outcome;
using redis::Request;

namespace {

redis::Settings complete(redis::Settings settings) {
  if (!settings.router.empty()) return settings;
  static constexpr char hex[] = "0123456789abcdef";
  std::random_device random;
  for (int i = 0; i < 16; ++i) settings.router.push_back(hex[random() & 15U]);
  return settings;
}

struct Busy {  // counts a coroutine in and out
  explicit Busy(int& n) : count(n) { ++count; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() { --count; }
  int& count;
};

}  // namespace

RedisStore::RedisStore(asio::io_context& io, redis::Settings settings)
    : settings_(complete(std::move(settings))),
      timer_(io),
      encoder_(settings_.site),
      lead_(settings_),
      reads_(settings_, io.get_executor()),
      probe_(settings_),
      trimmer_(encoder_.keys().plain("events"), encoder_.keys().plain("cursors"), settings_.events_kept,
               settings_.trim_every) {}

RedisStore::~RedisStore() {
  lead_.close("the store is gone");
  reads_.close("the store is gone");
  probe_.close("the store is gone");
}

asio::awaitable<boost::system::result<Receipt, Failure>> RedisStore::commit(Batch batch) {
  if (stopped_) co_return *stopped_;
  if (batch.mutations.empty() && batch.events.empty() && batch.facts.empty()) {
    if (batch.number <= leadership_.batch) co_return receipt(batch.number);
    co_return stop(Fail::refused, "an empty batch takes no number, this one says " + std::to_string(batch.number.n));
  }
  if (auto why = unsound(batch, leadership_.batch, leadership_.sequence)) co_return stop(Fail::refused, *why);
  const Busy busy(busy_);
  Request request;
  request.command("MULTI");
  encoder_.encode(batch, request);
  trimmer_.wake(steady(), batch.now, leadership_.sequence);
  if (trimmer_.border()) {
    trimmer_.add_trim(request, false);
    trimmer_.done();
    ++counts_.trims;
  }
  const auto leader_key = encoder_.keys().plain("leader");
  if (std::exchange(config_changed_, false)) {
    request.command("SET", encoder_.keys().plain("config:" + settings_.config_hash), settings_.config);
    request.command("HSET", leader_key, "config", settings_.config_hash);
  }
  request.command("HSET", leader_key, "batch", batch.number.n, "now", batch.now.ms, "seq", batch.sequence);
  request.command("EXEC");
  ++counts_.batches;
  ExecSeen exec;
  LeaderSeen leader;
  const auto outcome = co_await carry_through(request, exec, leader, batch.number.n);
  if (closing_ && outcome == Outcome::read_leader)
    co_return stop(Fail::unreachable, "closed while batch " + std::to_string(batch.number.n) + " was held back");
  trouble_.reset();
  if (outcome == Outcome::committed || outcome == Outcome::taken_over) {
    leadership_.batch = batch.number;
    leadership_.sequence = batch.sequence;
    leadership_.now = batch.now;
  }
  if (outcome == Outcome::committed) co_return receipt(batch.number);
  if (outcome == Outcome::poisoned)
    co_await mark_poisoned(std::to_string(batch.number.n) + ":" + std::to_string(exec.index) + ":" + exec.text);
  auto failed = failure(outcome, exec, leader, batch.number.n);
  if (outcome == Outcome::taken_over) failed.receipt = receipt(batch.number);  // this once: later calls give none
  co_return failed;
}

void RedisStore::run_with(std::string config, std::string hash) {
  config_changed_ = hash != settings_.config_hash || config_changed_;
  settings_.config = std::move(config);
  settings_.config_hash = std::move(hash);
}

// Sends until the batch is in, or until this router must not lead any longer.
asio::awaitable<Outcome> RedisStore::carry_through(const Request& head, ExecSeen& exec, LeaderSeen& leader,
                                                   std::uint64_t number) {
  const redis::Expected ours{settings_.router, leadership_.epoch, number};
  redis::BackOff back_off(settings_.back_off_min, settings_.back_off_max);
  bool sending = lead_.up();  // then WATCH stands and the record was read after the batch before
  while (!closing_) {
    if (sending) {
      co_await send(head, exec, leader);
    } else {
      leader = co_await read_leader();
    }
    sending = false;
    const auto outcome = redis::judge(exec, leader, ours);
    const auto wait = back_off.next();
    switch (outcome) {
      case Outcome::read_leader:
        hold(leader.text);
        co_await pause(wait);
        break;
      case Outcome::again:
        ++counts_.again;
        if (exec.kind == ExecSeen::Kind::nil) {
          ++counts_.nils;
          say("EXEC of batch " + std::to_string(number) + " was nil though we lead: the leader's record was touched");
          hold("the leader's record is touched by someone else");
        }
        co_await pause(wait);
        exec = {};
        sending = lead_.up();
        break;
      case Outcome::passes:
        ++counts_.aborted;
        hold(exec.text);
        if (exec.text.starts_with("OOM")) co_await make_room();
        co_await pause(wait);
        sending = lead_.up();
        break;
      case Outcome::unknown:
        ++counts_.aborted;
        hold("command " + std::to_string(exec.index) + " refused: " + exec.text);
        co_await pause(settings_.repeat_unknown);
        sending = lead_.up();
        break;
      default: co_return outcome;
    }
  }
  co_return Outcome::read_leader;
}

asio::awaitable<LeaderSeen> RedisStore::read_leader() {
  if (lead_.up()) co_return co_await lead_.watch();
  co_return co_await lead_.reach();
}

asio::awaitable<void> RedisStore::send(const Request& head, ExecSeen& exec, LeaderSeen& leader) {
  ++counts_.sends;
  Request tail;
  lead_.add_watch(tail);
  const bool probe = trimmer_.searching();
  if (probe) trimmer_.ask(tail);
  Request whole = head;
  whole.append(tail);
  auto answer = co_await lead_.ask(whole);
  if (!answer) {
    exec = {};
    leader = {};
    leader.text = answer.error().text;
    co_return;
  }
  const auto& replies = *answer;
  const auto n = head.commands();
  exec = redis::exec_seen(replies.data(), n);
  leader = redis::leader_seen(*replies[n + 1]);
  if (redis::is_error(*replies[n])) {
    leader = {};
    leader.text = std::string(redis::text(*replies[n]));
  }
  if (probe) trimmer_.take(*replies[n + 2]);
}

asio::awaitable<void> RedisStore::make_room() {
  trimmer_.hurry();
  trimmer_.wake(steady(), leadership_.now, leadership_.sequence);
  while (!closing_ && (trimmer_.searching() || trimmer_.border())) {
    Request request;
    const bool probe = trimmer_.searching();
    if (probe)
      trimmer_.ask(request);
    else
      trimmer_.add_trim(request, true);
    auto answer = co_await lead_.ask(request);
    if (!answer) {
      trimmer_.done();
    } else if (probe) {
      trimmer_.take(*(*answer)[0]);
    } else {
      trimmer_.done();
      ++counts_.trims;
      say("out of memory: trimmed the event stream, " + std::to_string((*answer)[0]->integer) + " entries gone");
    }
  }
}

// In a MULTI of its own, fenced like a commit; who leads next reads it and refuses.
asio::awaitable<void> RedisStore::mark_poisoned(std::string text) {
  say("batch is poisoned: " + text);
  Request request;
  request.command("MULTI");
  request.command("HSET", encoder_.keys().plain("leader"), "poisoned", text);
  request.command("EXEC");
  redis::BackOff back_off(settings_.back_off_min, settings_.back_off_max);
  bool ready = lead_.up();
  while (!closing_) {
    if (ready) {
      auto answer = co_await lead_.ask(request);
      // Where MULTI itself is refused the HSET ran by itself: it is written all the same.
      if (answer && (redis::is_array(*(*answer)[2]) || redis::is_error(*(*answer)[0]))) co_return;
    }
    co_await pause(back_off.next());
    const auto leader = co_await read_leader();
    ready = leader.kind == LeaderSeen::Kind::read;
    if (leader.kind == LeaderSeen::Kind::missing) co_return;
    if (ready && (leader.router != settings_.router || leader.epoch != leadership_.epoch)) co_return;
    if (!ready) hold(leader.text);
  }
}

Failure RedisStore::failure(Outcome outcome, const ExecSeen& exec, const LeaderSeen& leader, std::uint64_t number) {
  const auto key = encoder_.keys().plain("leader");
  const auto other = "router " + leader.router + ", epoch " + std::to_string(leader.epoch);
  const auto batch = "batch " + std::to_string(number);
  switch (outcome) {
    case Outcome::taken_over:
      return stop(Fail::taken_over, batch + " is committed, then " + other + " took the lead of " + settings_.address);
    case Outcome::fenced:
      return stop(Fail::fenced, "fenced by " + other + "; restart this router to take the lead again");
    case Outcome::deleted:
      return stop(Fail::deleted, key + " was deleted or the server flushed; restore a backup, or empty the whole site");
    case Outcome::poisoned:
      return stop(Fail::poisoned, batch + ", command " + std::to_string(exec.index) + ": " + exec.text +
                                      "; repair the key, then HDEL " + key + " poisoned");
    default:
      return stop(Fail::rolled_back, key + " says batch " + std::to_string(leader.batch) + ", this router committed " +
                                         std::to_string(leadership_.batch.n) + " and was sending " +
                                         std::to_string(number) + ": the store was restored or rolled back");
  }
}

Failure RedisStore::stop(Fail code, std::string text) {
  say(text);
  stopped_ = Failure{code, std::move(text)};
  return *stopped_;
}

asio::awaitable<void> RedisStore::pause(Duration d) {
  if (closing_ || d.count() == 0) co_return;
  timer_.expires_after(d);
  boost::system::error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  co_await timer_.async_wait(token);
}

// A server that refuses writes only (full disk, full memory, replica) answers reads as ever, and says so as soon as a
// write is queued. So one is queued and thrown away: on a socket of its own, for DISCARD ends every WATCH.
asio::awaitable<std::optional<std::string>> RedisStore::probe() {
  if (closing_) co_return "closed";
  const Busy busy(busy_);
  const auto leader = co_await probe_.reach();
  auto why = leader.text;
  if (leader.kind == LeaderSeen::Kind::missing)
    why = encoder_.keys().plain("leader") + " was deleted";
  else if (leader.kind == LeaderSeen::Kind::read &&
           (leader.router != settings_.router || leader.epoch != leadership_.epoch))
    why = "router " + leader.router + ", epoch " + std::to_string(leader.epoch) + " leads";
  if (why.empty()) {
    Request request;
    request.command("MULTI");
    request.command("SET", encoder_.keys().plain("probe"), "");
    request.command("DISCARD");
    const auto answer = co_await probe_.ask(request);
    if (!answer)
      why = answer.error().text;
    else if (const auto& queued = *(*answer)[1]; redis::is_error(queued))
      why = redis::text(queued);
  }
  probe_.close("asked");
  if (why.empty()) co_return std::nullopt;
  co_return "Redis " + settings_.address + ": " + why;
}

asio::awaitable<void> RedisStore::close() {
  closing_ = true;
  lead_.close("closed");
  reads_.close("closed");
  probe_.close("closed");
  timer_.cancel();
  while (busy_ > 0) {
    timer_.cancel();
    co_await asio::post(timer_.get_executor(), asio::use_awaitable);
  }
}

RedisStore::Counts RedisStore::counts() const noexcept {
  auto counts = counts_;
  counts.dialed = lead_.dialed();
  return counts;
}

Duration RedisStore::steady() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

void RedisStore::say(std::string_view text) const {
  if (settings_.say) settings_.say(text);
}

void RedisStore::hold(std::string why) {
  if (trouble_ != why) say("the batch in hand is not through: " + why);
  trouble_ = std::move(why);
}

}  // namespace fd::store
