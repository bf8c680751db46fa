#include "router/site/site.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include "router/store/record.hpp"

namespace fd::site {

Site::Site(asio::io_context& io, const Clock& clock, Settings settings, engine::Settings engine, rules::RuleSet rules,
           store::Store& store, bus::RouterPort& port)
    : io_(io),
      clock_(clock),
      settings_(std::move(settings)),
      engine_settings_(std::move(engine)),
      rules_(std::move(rules)),
      store_(store),
      port_(port),
      work_(io, asio::steady_timer::time_point::max()),
      tick_(io) {
  port_.set_sink(this);
}

Site::~Site() { port_.set_sink(nullptr); }

asio::awaitable<void> Site::run() {
  while (!stopping_) {
    const auto again = co_await lead();
    if (!again) break;
    asio::steady_timer pause(io_, *again);
    boost::system::error_code ec;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
  if (stopping_) co_return;
  spawn(tick_loop(), "tick");
  co_await commit_loop();
  stopped_ = true;
}

asio::awaitable<void> Site::stop() {
  stopping_ = true;
  wake();
  while (leading_ && !stopped_) {
    asio::steady_timer pause(io_, std::chrono::milliseconds{5});
    boost::system::error_code ec;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
  tick_.cancel();
}

Readiness Site::ready() const {
  Readiness r{leading_, leading_ ? std::string{} : why_not_, {}};
  if (leading_) r.store = store_.trouble().value_or("");
  return r;
}

void Site::spawn(asio::awaitable<void> work, const char* what) {
  asio::co_spawn(io_, std::move(work), [what, life = std::weak_ptr<int>(life_)](const std::exception_ptr& e) {
    if (!e) return;
    try {
      std::rethrow_exception(e);
    } catch (const std::exception& error) {
      spdlog::error("event=site.failed what={} error=\"{}\"", what, error.what());
    }
  });
}

void Site::answer(const Asker& asker, bus::Answer answer) { port_.answer(asker.edge, asker.id, std::move(answer)); }

engine::RequestRef Site::ref(const Asker& asker, std::shared_ptr<Intake> intake, AgentId agent) {
  refs_.emplace(++last_ref_, Ref{asker, std::move(intake), std::move(agent)});
  return last_ref_;
}

std::optional<Site::Ref> Site::take_ref(engine::RequestRef r) {
  const auto it = refs_.find(r);
  if (it == refs_.end()) return std::nullopt;
  Ref taken = std::move(it->second);
  refs_.erase(it);
  return taken;
}

void Site::on_request(const bus::EdgeId& edge, bus::RequestId id, bus::Request request) {
  const Asker asker{edge, id};
  if (!leading_ || stopping_) return answer(asker, bus::Retry{1000, stopping_ ? "restart" : "not_leading", {}});
  if (auto* submit_ = std::get_if<bus::Submit>(&request)) {
    // What was taken is kept and tried again; whoever comes meanwhile hears at once that it is not now (design §6).
    if (store_.trouble()) return answer(asker, bus::Retry{1000, "store", {}});
    return submit(asker, std::move(*submit_));
  }
  const bool full = agents_lane_.size() >= settings_.window_agents * std::size_t{16};
  if (full && !std::holds_alternative<bus::Detach>(request)) return answer(asker, bus::Retry{1000, "busy", {}});
  if (auto* command_ = std::get_if<bus::Command>(&request)) return command(asker, std::move(*command_));
  if (auto* attach_ = std::get_if<bus::Attach>(&request)) return attach(asker, std::move(*attach_));
  if (auto* detach_ = std::get_if<bus::Detach>(&request)) {
    detach(edge, *detach_);
    return answer(asker, bus::Ack{});
  }
  ask(asker, std::move(std::get<bus::Ask>(request)));
}

// --- apply ----------------------------------------------------------------------------------------------------------

void Site::wake() {
  if (fill_posted_) return;
  fill_posted_ = true;  // posted, so that all that arrived in one turn of the loop shares a batch
  asio::post(io_, [this, life = std::weak_ptr<int>(life_)] {
    if (life.expired()) return;
    fill_posted_ = false;
    fill();
    if (!in_flight_) work_.cancel();
  });
}

void Site::fill() {
  if (!leading_) return;
  watch_pause();
  const auto room = [this] {
    return filling_.steps < settings_.batch_steps_max && filling_.bytes < settings_.batch_bytes_max;
  };
  while (room() && (!agents_lane_.empty() || !intake_lane_.empty())) {
    auto& lane =
        agents_lane_.empty() ? intake_lane_ : agents_lane_;  // agents and timers first: a flood never stops an accept
    Item item = std::move(lane.front());
    lane.pop_front();
    apply(std::move(item));
    if (!leading_) return;
  }
  if (room() && engine_->next_due() <= now()) apply({engine::Tick{}, {}, {}});
}

void Site::apply(Item item) {
  const BatchNumber last{leadership_.batch.n + (in_flight_ ? 1U : 0U)};
  const BatchNumber next{last.n + 1};
  const Instant at = now();
  std::optional<rules::Outcome> outcome;
  engine::BodyRef body;
  if (!item.body.empty()) body = filling_.put(std::move(item.body));
  if (auto* e = std::get_if<engine::CustomerMessage>(&item.event)) {
    e->body = body;
    e->ref = ref(item.intake->asker, item.intake);
    // with something due, its contact may close in this very step and a new one begin
    if (!engine_->contact_of(e->visitor) || engine_->next_due() <= at) classify(*e, item.intake->message, at, outcome);
  } else if (auto* m = std::get_if<engine::AgentMessage>(&item.event)) {
    m->body = body;
  } else if (auto* n = std::get_if<engine::AgentNote>(&item.event)) {
    n->body = body;
  } else if (auto* r = std::get_if<engine::Resolve>(&item.event)) {
    r->text = body;
  }
  try {
    engine::Step step = engine_->apply(item.event, at, next, filling_.writes() ? next : last);
    const std::uint64_t sequence = step.sequence;
    if (const auto* r = std::get_if<engine::Roster>(&item.event); r && settings_.roster_taken)
      settings_.roster_taken(r->roster);
    if (sequence != 0)
      filling_.batch.events.push_back(
          {sequence, store::to_json(item.event), store::to_json(step.transitions), step.at, rules_.hash()});
    join(std::move(step), filling_, outcome ? &*outcome : nullptr);
  } catch (const std::logic_error& broken) {
    stand_down({store::Fail::refused, std::string("engine: ") + broken.what()});
  }
}

// The seam where bodies meet mutations (batch.hpp).
void Site::join(engine::Step step, Filling& filling, const rules::Outcome* outcome) {
  ++filling.steps;
  std::optional<ContactId> explained;  // the contact this step began: its facts carry their decisions already
  for (engine::Mutation& mutation : step.mutations) {
    if (auto* line = std::get_if<engine::AppendLine>(&mutation)) {
      if (line->line.kind == MessageKind::text) line->line.text = body(*filling.bodies, line->body);
      if (line->line.kind == MessageKind::greeting)
        if (const auto row = engine_->contact(line->contact))
          line->line.text = greeting(names(), *row, line->line.agent);
    } else if (auto* note = std::get_if<engine::AppendNote>(&mutation)) {
      note->note.text = body(*filling.bodies, note->body);
    } else if (const auto* facts = std::get_if<engine::PutFacts>(&mutation)) {
      filling.batch.facts.emplace_back(facts->contact, facts_json(facts->contact, outcome, step.decisions));
      explained = facts->contact;
    }
    filling.batch.mutations.push_back(std::move(mutation));
  }
  for (engine::Decision& decision : step.decisions)
    if (!decision.winner.empty() && decision.contact != explained) add_decision(std::move(decision), step.at);
  filling.batch.now = step.at;
  if (step.sequence != 0) filling.batch.sequence = step.sequence;
  held_.push_back({std::move(step.effects), filling.bodies});
}

// --- commit ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> Site::commit_loop() {
  while (leading_) {
    fill();
    if (!leading_) break;
    if (filling_.writes()) {
      Filling taken = std::exchange(filling_, Filling{});
      taken.batch.number = {leadership_.batch.n + 1};
      taken.batch.sequence = engine_->sequence();
      taken.batch.now = std::max(taken.batch.now, last_now_);  // it may hold explain data and no step
      in_flight_ = true;
      auto result = co_await store_.commit(std::move(taken.batch));
      in_flight_ = false;
      if (!result) {
        if (result.error().receipt) release_answers(*result.error().receipt);
        stand_down(result.error());
        break;
      }
      leadership_.batch = result->batch();
      receipt_ = *result;
      port_.committed(leadership_.batch.n);
    } else {
      filling_ = Filling{};
    }
    release(*receipt_);
    const bool idle = agents_lane_.empty() && intake_lane_.empty() && !filling_.writes();
    if (idle && stopping_) co_return;
    if (!idle) continue;
    boost::system::error_code ec;
    co_await work_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
}

asio::awaitable<bool> Site::barrier() {
  const BatchNumber last{leadership_.batch.n + (in_flight_ ? 1U : 0U)};
  const BatchNumber needed = filling_.writes() ? BatchNumber{last.n + 1} : last;
  if (!leading_ || (receipt_ && receipt_->batch() >= needed)) co_return leading_;
  auto timer = std::make_shared<asio::steady_timer>(io_, asio::steady_timer::time_point::max());
  waiters_.push_back(engine::Held<std::shared_ptr<asio::steady_timer>>(timer, needed));
  barriers_.push_back(timer);
  boost::system::error_code ec;
  co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ec));
  co_return leading_;
}

// A part of the invariants a second, while the product runs (design §5). What it finds is a bug of ours.
void Site::check_engine() {
  constexpr std::size_t objects = 1000, free_each = 8, said_most = 5;
  const auto wrong = engine_->self_check(objects, free_each);
  for (std::size_t i = 0; i < std::min(wrong.size(), said_most); ++i)
    spdlog::error("event=engine.inconsistent what=\"{}\" of={}", wrong[i], wrong.size());
}

asio::awaitable<void> Site::tick_loop() {
  std::weak_ptr<int> life = life_;
  while (!life.expired() && leading_ && !stopping_) {
    watch_pause();
    const Instant at = now();
    watch_clock();
    say_overdue(at);
    if (engine_->next_due() <= at) wake();
    const bool stuck = store_.trouble().has_value();  // what would be told waits for the batch in hand
    if (next_place_ <= at && !stuck) next_place_ = at + (place_pass() ? settings_.place_every : settings_.place_slice);
    if (next_wall_ <= at && !stuck) wall_pass(), check_engine(), next_wall_ = at + settings_.wall_every;
    const Instant next = std::min({engine_->next_due(), next_place_, next_wall_, at + std::chrono::milliseconds{1000}});
    tick_.expires_after(std::max(next - at, Duration{next <= at ? (stuck ? 200 : 20) : 1}));
    boost::system::error_code ec;
    co_await tick_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
}

}  // namespace fd::site
