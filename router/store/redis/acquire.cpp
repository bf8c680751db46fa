// Taking the lead: what is looked at before, and the one fenced write that raises the epoch.

#include <algorithm>

#include "router/store/redis/back_off.hpp"
#include "router/store/redis/redis_store.hpp"
#include "router/store/redis/values.hpp"

namespace fd::store {

namespace asio = boost::asio;
using redis::LeaderSeen;
using redis::Request;

namespace {

constexpr std::uint64_t known_schema = 1;

// Reads of one round trip behind the leader's record. The order is the index into the answer.
enum Check : std::size_t { schema, data, record, appendonly, appendfsync, rewrite, policy };

struct Weak {
  std::string what;
  std::string mend;
};

std::string config_value(const redisReply& reply) {  // of CONFIG GET name: [name, value]
  if (redis::is_error(reply)) return std::string(redis::text(reply));
  return redis::size(reply) == 2 ? std::string(redis::text(redis::at(reply, 1))) : std::string{};
}

std::optional<Weak> weakness(const redis::Replies& replies) {
  const auto value = [&](Check check) { return config_value(*replies[check]); };
  if (redis::is_error(*replies[appendfsync]))
    return Weak{"its durability cannot be read (" + value(appendfsync) + ")", "permit CONFIG GET to this user"};
  if (const auto v = value(appendonly); v != "yes")
    return Weak{"appendonly is `" + v + "`", "CONFIG SET appendonly yes"};
  if (const auto v = value(appendfsync); v != "always")
    return Weak{"appendfsync is `" + v + "`", "CONFIG SET appendfsync always"};
  if (const auto v = value(rewrite); v != "no")
    return Weak{"no-appendfsync-on-rewrite is `" + v + "`", "CONFIG SET no-appendfsync-on-rewrite no"};
  if (const auto v = value(policy); v != "noeviction")
    return Weak{"maxmemory-policy is `" + v + "`, which throws contacts away",
                "CONFIG SET maxmemory-policy noeviction"};
  return std::nullopt;
}

Failure refused(std::string text) { return {Fail::refused, std::move(text)}; }

}  // namespace

struct RedisStore::Attempt {
  std::optional<Leadership> lead;
  std::optional<Failure> failure;
  std::string why;  // neither: try again
};

// What must be true before anybody may lead; nullopt: it is.
asio::awaitable<std::optional<RedisStore::Attempt>> RedisStore::check_server(bool has_leader) {
  const auto& keys = encoder_.keys();
  Request request;
  request.command("GET", keys.plain("schema"));
  request.command("EXISTS", keys.plain("live"), keys.plain("events"), keys.plain("counters"), keys.plain("agents"));
  request.command("HMGET", keys.plain("leader"), "now", "poisoned");
  for (const auto* name : {"appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy"})
    request.command("CONFIG", "GET", name);
  auto answer = co_await lead_.ask(request);
  Attempt attempt;
  if (!answer) {
    attempt.why = answer.error().text;
    co_return attempt;
  }
  const auto& replies = *answer;
  const auto where = settings_.address + ": ";
  const auto& version = *replies[schema];
  if (redis::is_error(version) && redis::passes(redis::text(version))) {
    attempt.why = std::string(redis::text(version));
    co_return attempt;
  }
  for (const auto check : {schema, data, record})
    if (const auto said = redis::text(*replies[check]); redis::is_error(*replies[check]) && said.starts_with("NOPERM"))
      attempt.failure = refused(where + "this user may not do what is needed; docs/redis.md has the ACL line (" +
                                std::string(said) + ")");
  if (attempt.failure) co_return attempt;
  std::uint64_t number = 0;
  const bool has_schema = !redis::is_nil(version);
  if (has_schema && (!redis::is_text(version) || !redis::values::parse_number(redis::text(version), number)))
    attempt.failure =
        refused(where + keys.plain("schema") + " is no number: `" + std::string(redis::text(version)) + "`");
  else if (number > known_schema)
    attempt.failure = refused(where + keys.plain("schema") + " is " + std::to_string(number) + ", this release knows " +
                              std::to_string(known_schema) + ": install the newer one, or restore a backup");
  else if (!has_leader && has_schema)
    attempt.failure = refused(where + keys.plain("leader") + " is missing over a store that has " +
                              keys.plain("schema") + ": restore a backup");
  else if (!has_leader && replies[data]->integer > 0)
    attempt.failure = refused(where + "there is data of site " + settings_.site.str() + " but no " +
                              keys.plain("leader") + ": restore a backup, or empty the site");
  else if (has_leader && !has_schema)
    attempt.failure = refused(where + keys.plain("schema") + " is missing: SET it to 1 if this is a store of ours");
  else if (const auto& r = *replies[record]; redis::size(r) == 2 && !redis::text(redis::at(r, 1)).empty())
    attempt.failure = refused(where + "poisoned at " + std::string(redis::text(redis::at(r, 1))) +
                              "; repair the key, then HDEL " + keys.plain("leader") + " poisoned");
  else if (const auto weak = weakness(replies); weak && !settings_.allow_weak)
    attempt.failure = refused(where + weak->what + ": what was acknowledged could be lost. " + weak->mend +
                              ", or set redis.allow_weak: true");
  if (attempt.failure) co_return attempt;
  if (redis::size(*replies[record]) == 2)
    static_cast<void>(redis::values::parse(redis::text(redis::at(*replies[record], 0)), leadership_.now));
  co_return std::nullopt;
}

asio::awaitable<RedisStore::Attempt> RedisStore::try_acquire(Instant wall) {
  Attempt attempt;
  auto seen = co_await lead_.reach();
  if (seen.kind == LeaderSeen::Kind::unread) {
    attempt.why = seen.text;
    co_return attempt;
  }
  leadership_ = {};
  const bool has_leader = seen.kind == LeaderSeen::Kind::read;
  if (auto refusal = co_await check_server(has_leader)) co_return std::move(*refusal);
  Leadership next{settings_.router, seen.epoch + 1, {seen.batch}, seen.sequence, std::max(leadership_.now, wall)};
  const auto& keys = encoder_.keys();
  Request request;
  request.command("MULTI");
  if (!has_leader) request.command("SET", keys.plain("schema"), known_schema);
  if (!settings_.config_hash.empty())
    request.command("SET", keys.plain("config:" + settings_.config_hash), settings_.config);
  request.command("HSET", keys.plain("leader"), "router", next.router, "epoch", next.epoch, "batch", next.batch.n,
                  "seq", next.sequence, "now", next.now.ms, "config", settings_.config_hash);
  request.command("EXEC");
  const auto exec_at = request.commands() - 1;
  lead_.add_watch(request);
  auto answer = co_await lead_.ask(request);
  if (answer) {
    const auto exec = redis::exec_seen(answer->data(), exec_at + 1);
    seen = redis::leader_seen(*(*answer)[exec_at + 2]);
    attempt.why =
        exec.kind == redis::ExecSeen::Kind::nil ? "another router takes the lead at the same time" : exec.text;
  } else {
    attempt.why = answer.error().text;
    seen = co_await lead_.reach();  // the reply is lost: the record says whether it came through
  }
  if (seen.kind == LeaderSeen::Kind::read && seen.router == next.router && seen.epoch == next.epoch)
    attempt.lead = next;
  else if (seen.kind == LeaderSeen::Kind::unread)
    lead_.close("the leader's record was not read");
  co_return attempt;
}

asio::awaitable<boost::system::result<Leadership, Failure>> RedisStore::acquire(Instant wall) {
  ++busy_;
  stopped_.reset();
  encoder_.forget_names();
  redis::BackOff back_off(settings_.back_off_min, settings_.back_off_max);
  const auto until = steady() + settings_.acquire_for;
  Attempt attempt;
  do {
    co_await pause(back_off.next());
    attempt = co_await try_acquire(wall);
    if (!attempt.lead && !attempt.failure) hold(attempt.why);
  } while (!closing_ && !attempt.lead && !attempt.failure && steady() < until);
  --busy_;
  trouble_.reset();
  if (attempt.lead) {
    leadership_ = *attempt.lead;
    co_return leadership_;
  }
  leadership_ = {};
  if (attempt.failure) co_return stop(attempt.failure->code, attempt.failure->text);
  co_return Failure{Fail::unreachable, "Redis " + settings_.address + ": " + attempt.why};
}

}  // namespace fd::store
