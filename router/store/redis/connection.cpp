#include "router/store/redis/connection.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "router/store/redis/back_off.hpp"

namespace fd::store::redis {

namespace asio = boost::asio;

namespace {

struct Who {
  const std::string &user, &password, &password_from;
};

Who leader_of(const Settings& s) { return {s.user, s.password, s.password_from}; }
Who reader_of(const Settings& s) {
  static const std::string nowhere;
  const bool own = !s.reader_user.empty() || !s.reader_password.empty();
  return own ? Who{s.reader_user, s.reader_password, nowhere} : leader_of(s);
}

// What goes before anything else: who we are, and where we are.
void add_entry(Request& request, const Who& who, const Settings& settings) {
  if (!who.user.empty())
    request.command("AUTH", who.user, who.password);
  else if (!who.password.empty())
    request.command("AUTH", who.password);
  if (settings.database != 0) request.command("SELECT", std::uint64_t{settings.database});
}

// Whether one of these answers says that we may not, as a text that names what, where and how to mend it; else empty.
std::string refusal(const Replies& replies, const Who& who) {
  for (const auto& reply : replies) {
    const auto said = is_error(*reply) ? text(*reply) : std::string_view{};
    const auto user = who.user.empty() ? std::string("the default user") : "user `" + who.user + "`";
    if (said.starts_with("NOAUTH"))
      return "it asks for a password: name it in redis.password, and the user in redis.address (" + std::string(said) +
             ")";
    if (said.starts_with("NOPERM"))
      return user + " may not do what is needed; docs/redis.md has the ACL line (" + std::string(said) + ")";
    if (said.starts_with("WRONGPASS") || said.find("AUTH") != std::string_view::npos)
      return "it refuses " + user + " with the password " +
             (who.password_from.empty() ? "it was given" : "of {" + who.password_from + "}") +
             ": put the right one there and restart, or let the server know it with ACL SETUSER (" + std::string(said) +
             ")";
    if (said.find("DB index") != std::string_view::npos)
      return "the number behind the address in redis.address is no database of it (" + std::string(said) + ")";
  }
  return {};
}

}  // namespace

LeadConnection::LeadConnection(const Settings& settings)
    : settings_(settings), leader_key_(Keys(settings.site).plain("leader")) {}

void LeadConnection::add_watch(Request& request) const {
  request.command("WATCH", leader_key_);
  request.command("HMGET", leader_key_, "router", "epoch", "batch", "seq");
}

asio::awaitable<Answer> LeadConnection::ask(const Request& request) {
  auto link = link_;
  if (!link) co_return Lost{"not connected"};
  co_return co_await link->ask(request);
}

asio::awaitable<LeaderSeen> LeadConnection::watch() {
  Request request;
  add_watch(request);
  auto answer = co_await ask(request);
  LeaderSeen seen;
  if (!answer) {
    seen.text = answer.error().text;
    co_return seen;
  }
  const auto& watched = *(*answer)[0];
  if (is_error(watched)) {  // not watched: whatever HMGET says now may be overtaken
    seen.text = std::string(text(watched));
    co_return seen;
  }
  co_return leader_seen(*(*answer)[1]);
}

asio::awaitable<std::string> LeadConnection::shake() {
  Request request;
  add_entry(request, leader_of(settings_), settings_);
  request.command("MULTI");
  request.command("PING");
  request.command("EXEC");
  auto answer = co_await ask(request);
  if (!answer) co_return answer.error().text;
  auto& replies = *answer;
  if (auto why = refusal(replies, leader_of(settings_)); !why.empty()) co_return why;
  const auto n = replies.size();
  const auto& exec = *replies[n - 1];
  if (text(*replies[n - 3]) == "OK" && text(*replies[n - 2]) == "QUEUED" && size(exec) == 1 &&
      text(at(exec, 0)) == "PONG")
    co_return std::string{};
  if (is_error(*replies[n - 2])) co_return std::string(text(*replies[n - 2]));  // no memory, no disk, still loading
  std::string why = "no MULTI/EXEC:";
  for (auto i = n - 3; i < n; ++i) why.append(" `").append(text(*replies[i])).append("`");
  co_return why;
}

asio::awaitable<LeaderSeen> LeadConnection::reach() {
  close("replaced");
  LeaderSeen seen;
  auto dialed = co_await Link::dial(settings_.address, settings_.connect_deadline, settings_.reply_deadline);
  if (!dialed) {
    seen.text = dialed.error().text;
    co_return seen;
  }
  link_ = *dialed;
  ++dialed_;
  seen.text = co_await shake();
  if (seen.text.empty()) seen = co_await watch();
  if (seen.kind == LeaderSeen::Kind::unread) close(seen.text);
  co_return seen;
}

void LeadConnection::close(const std::string& why) {
  if (auto link = std::exchange(link_, nullptr)) link->close(why);
}

ReadConnection::ReadConnection(const Settings& settings, asio::any_io_executor executor)
    : settings_(settings), schema_key_(Keys(settings.site).plain("schema")), executor_(std::move(executor)) {}

asio::awaitable<std::string> ReadConnection::dial() {
  auto dialed = co_await Link::dial(settings_.address, settings_.connect_deadline, settings_.reply_deadline);
  if (!dialed) co_return dialed.error().text;
  auto link = *dialed;
  Request request;
  add_entry(request, reader_of(settings_), settings_);
  request.command("EXISTS", schema_key_);  // PING is not of +@read
  auto answer = co_await link->ask(request);
  if (!answer) co_return answer.error().text;
  for (const auto& reply : *answer) {
    if (!is_error(*reply)) continue;
    auto why = refusal(*answer, reader_of(settings_));
    if (why.empty()) why = std::string(text(*reply));
    link->close(why);
    co_return why;
  }
  if (closed_)
    link->close("closed");
  else
    link_ = std::move(link);
  co_return closed_ ? "closed" : std::string{};
}

asio::awaitable<std::string> ReadConnection::reach() {
  if (link_ && link_->up()) co_return std::string{};
  if (dialing_) {
    auto other = dialing_;
    boost::system::error_code woken;
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await other->async_wait(token);
    co_return failure_;
  }
  auto mine = std::make_shared<asio::steady_timer>(executor_, asio::steady_timer::time_point::max());
  dialing_ = mine;
  failure_ = co_await dial();
  dialing_.reset();
  mine->cancel();
  co_return failure_;
}

asio::awaitable<boost::system::result<Replies, Failure>> ReadConnection::ask(const Request& request) {
  BackOff back_off(settings_.back_off_min, settings_.back_off_max);
  std::string why = "closed";
  for (int attempt = 0; attempt < 4 && !closed_; ++attempt) {
    const auto wait = back_off.next();
    if (attempt > 0) {
      asio::steady_timer pause(executor_, wait);
      co_await pause.async_wait(asio::use_awaitable);
    }
    why = co_await reach();
    if (!why.empty()) continue;
    auto link = link_;
    if (!link) continue;
    auto answer = co_await link->ask(request);
    if (!answer) {
      why = answer.error().text;
      continue;
    }
    const redisReply* refused = nullptr;
    for (const auto& reply : *answer)
      if (!refused && is_error(*reply)) refused = reply.get();
    if (!refused) co_return std::move(*answer);
    why = std::string(text(*refused));
    if (!passes(why)) break;
  }
  co_return Failure{Fail::unreachable, "Redis " + settings_.address + " does not answer reads: " + why};
}

void ReadConnection::close(const std::string& why) {
  closed_ = true;
  if (auto link = std::exchange(link_, nullptr)) link->close(why);
}

}  // namespace fd::store::redis
