#include "router/store/redis/connection.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "router/store/redis/back_off.hpp"

namespace fd::store::redis {

namespace asio = boost::asio;

namespace {

void add_auth(Request& request, const std::string& user, const std::string& password) {
  if (user.empty() && password.empty()) return;
  if (user.empty())
    request.command("AUTH", password);
  else
    request.command("AUTH", user, password);
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
  add_auth(request, settings_.user, settings_.password);
  request.command("MULTI");
  request.command("PING");
  request.command("EXEC");
  auto answer = co_await ask(request);
  if (!answer) co_return answer.error().text;
  auto& replies = *answer;
  if (replies.size() == 4 && is_error(*replies[0])) co_return "AUTH: " + std::string(text(*replies[0]));
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
  const bool own = !settings_.reader_user.empty() || !settings_.reader_password.empty();
  add_auth(request, own ? settings_.reader_user : settings_.user, own ? settings_.reader_password : settings_.password);
  request.command("EXISTS", schema_key_);  // PING is not of +@read
  auto answer = co_await link->ask(request);
  if (!answer) co_return answer.error().text;
  for (const auto& reply : *answer) {
    if (!is_error(*reply)) continue;
    const std::string why(text(*reply));
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
