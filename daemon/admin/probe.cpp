#include "daemon/admin/probe.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fd::admin {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::seconds every{2};

asio::awaitable<bool> take(http::Worker& pool) {
  auto nothing = [] { return true; };
  const auto done = co_await pool.run(nothing);
  co_return std::holds_alternative<bool>(done);
}

}  // namespace

Probe::Probe(std::string name, const Clock& clock, Take take)
    : name_(std::move(name)), clock_(clock), take_(std::move(take)) {}

asio::awaitable<void> Probe::run() {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (;;) {
    if (!out_since_) out_since_ = clock_.steady();
    const bool taken = co_await take_();
    if (taken) out_since_.reset();
    pause.expires_after(every);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

Check Probe::check() const {
  const auto out = out_since_ ? clock_.steady() - *out_since_ : Duration{0};
  if (out < stuck_after) return {name_, true, {}};
  return {name_, false, "took no probe for " + std::to_string(out.count() / 1000) + " s"};
}

Probe::Take taken_by(http::Worker& pool) {
  return [&pool] { return take(pool); };
}

}  // namespace fd::admin
