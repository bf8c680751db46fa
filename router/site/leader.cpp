// Taking the lead once, at the start; standing down for good (design §6); site time (design §5).
#include <spdlog/spdlog.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "router/site/site.hpp"

namespace fd::site {
namespace {

// What the configuration no longer has and somebody who is not done with still needs; empty: it fits.
std::string misfit(const engine::Image& image, const engine::Settings& settings) {
  for (const Contact& c : image.contacts)
    if (const auto& name = c.channel.str(); !settings.channels.contains(name))
      return "contact " + c.id.str() + " is of channel \"" + name + "\", which is not configured: put channels." +
             name + " back, restart, and take it out when no contact of it is left";
  return {};
}

}  // namespace

Instant Site::now() {
  last_now_ = std::max(last_now_, time_base_ + (clock_.steady() - steady_base_));
  return last_now_;
}

// Nothing: this router leads. Else when to try again: soon while the store does not answer or has a leader; later when
// what it holds cannot be loaded, for each attempt counts the epoch up and somebody must mend it first.
asio::awaitable<std::optional<std::chrono::milliseconds>> Site::lead() {
  constexpr std::chrono::milliseconds soon{500}, later{5000};
  auto won = co_await store_.acquire(clock_.wall());
  if (!won) {
    if (why_not_ != won.error().text) spdlog::warn("event=leader.waiting reason=\"{}\"", won.error().text);
    why_not_ = won.error().text;
    co_return soon;
  }
  auto image = co_await store_.load();
  if (!image) {
    why_not_ = image.error().text;
    spdlog::error("event=leader.refused reason=\"{}\"", why_not_);
    co_return later;
  }
  if (auto why = misfit(*image, engine_settings_); !why.empty()) {
    if (why_not_ != why) spdlog::error("event=leader.refused reason=\"{}\"", why);
    why_not_ = std::move(why);
    co_return later;
  }
  store::Batch nothing{won->batch, won->sequence, won->now, {}, {}, {}};
  auto receipt = co_await store_.commit(std::move(nothing));
  if (!receipt) {
    why_not_ = receipt.error().text;
    co_return soon;
  }
  leadership_ = std::move(*won);
  receipt_ = *receipt;
  steady_base_ = clock_.steady();
  time_base_ = std::max(leadership_.now, clock_.wall());
  last_now_ = time_base_;
  image->sequence = leadership_.sequence;
  image->batch = leadership_.batch;
  engine_ = std::make_unique<engine::Engine>(engine_settings_);
  engine_->restore(*image);
  for (const Job& job : image->jobs) outboxes_[job.channel].open.emplace(job.n, job);
  leading_ = true;
  why_not_.clear();
  apply({engine::Lead{}, {}, {}});
  if (!leading_) co_return later;
  calls_of_before();
  next_place_ = next_wall_ = now();
  port_.set_leading({true, leadership_.epoch, settings_.window_intake, settings_.window_agents, leadership_.batch.n});
  spdlog::info("event=leader.taken epoch={} batch={} live={}", leadership_.epoch, leadership_.batch.n, engine_->live());
  co_return std::nullopt;
}

asio::awaitable<Readiness> Site::check() {
  auto r = ready();
  if (!r.leading || !r.store.empty()) co_return r;
  auto mine = probe_;
  if (!mine) {
    mine = probe_ = std::make_shared<asio::steady_timer>(io_, std::chrono::seconds{2});
    spawn(probe_store(mine), "probe");
  }
  if (probe_ == mine) {  // not answered at once
    boost::system::error_code woken;
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await mine->async_wait(token);
  }
  r = ready();
  if (r.leading && r.store.empty()) r.store = probe_ == mine ? "Redis does not answer" : probe_said_;
  co_return r;
}

asio::awaitable<void> Site::probe_store(std::shared_ptr<asio::steady_timer> waiting) {
  const auto why = co_await store_.probe();
  probe_said_ = why.value_or("");
  probe_.reset();
  waiting->cancel();
}

// Who was called before the restart and has not come yet, newest first.
void Site::calls_of_before() {
  std::vector<engine::Row> called;
  for (const auto& view : engine_->agents())
    for (const ContactId id : view.contacts)
      if (auto row = engine_->contact(id); row && row->state == ContactState::connecting && !row->ticket.empty())
        called.push_back(std::move(row));
  std::sort(called.begin(), called.end(), [](const auto& a, const auto& b) { return a->since > b->since; });
  if (called.size() > calls_kept) called.resize(calls_kept);
  for (const auto& row : called)
    calls_.push_back({{"number", row->ticket}, {"counter", row->counter}, {"at", row->since.ms}, {"recall", false}});
}

void Site::turn_away(Intake& in) {
  if (!std::exchange(in.turned_away, true)) answer(in.asker, bus::Retry{2000, "fenced", {}});
}

// No effects leave any more but what the store says is durable; everybody who waits is told to come again.
void Site::stand_down(const store::Failure& failure) {
  leading_ = false;
  why_not_ = failure.text;
  spdlog::error("event=leader.lost reason=\"{}\"", failure.text);
  held_.clear();
  agents_lane_.clear();
  for (const Item& item : intake_lane_)
    if (item.intake) turn_away(*item.intake);
  intake_lane_.clear();
  for (const auto& [key, waiting] : std::exchange(lines_, {}))  // behind others, or being looked up
    for (const auto& in : waiting) turn_away(*in);
  filling_ = Filling{};
  for (const auto& [r, waiting] : refs_) {
    if (waiting.intake)
      turn_away(*waiting.intake);
    else
      answer(waiting.asker, bus::Retry{2000, "fenced", {}});
  }
  refs_.clear();
  waiters_.clear();
  for (const auto& barrier : barriers_)  // they wake and see that nobody leads
    if (const auto timer = barrier.lock()) timer->cancel();
  barriers_.clear();
  attachments_.clear();
  by_visitor_.clear();
  by_agent_.clear();
  displays_.clear();
  for (auto& [channel, box] : outboxes_) box.open.clear(), box.adapters.clear(), box.out.clear();
  port_.set_leading({false, leadership_.epoch, settings_.window_intake, settings_.window_agents, leadership_.batch.n});
  work_.cancel();
}

// The process was stopped, the machine asleep: for us no time passed, and nobody could have answered (design §6).
void Site::watch_pause() {
  const Instant at = now();
  const Duration gap = at - std::exchange(last_turn_, at);
  if (gap <= settings_.pause_over || gap >= Duration{at.ms}) return;
  spdlog::warn("event=loop.paused ms={}", gap.count());
  agents_lane_.push_front({engine::ClockMoved{gap}, {}, {}});
}

// A wall clock more than 5 s ahead for 10 s moves the deadlines of offers and agents along; behind is an alarm only.
void Site::watch_clock() {
  const Duration ahead = clock_.wall() - now();
  const bool behind = ahead < std::chrono::seconds{-5};
  if (behind && !clock_behind_) spdlog::warn("event=clock.behind ms={}", ahead.count());
  clock_behind_ = behind;
  if (ahead <= std::chrono::seconds{5}) {
    clock_ahead_since_.reset();
    return;
  }
  if (!clock_ahead_since_) clock_ahead_since_ = now();
  if (now() - *clock_ahead_since_ < std::chrono::seconds{10}) return;
  clock_ahead_since_.reset();
  spdlog::warn("event=clock.moved ms={}", ahead.count());
  time_base_ = time_base_ + ahead;
  last_turn_ = now();                                            // this leap is told here, it is no pause
  agents_lane_.push_front({engine::ClockMoved{ahead}, {}, {}});  // before whatever else is taken at the new time
  wake();
}

}  // namespace fd::site
