// What the simulated site does with its store: batches on their way, what may befall them, routers that follow another.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/simulation/now.hpp"
#include "tests/simulation/world.hpp"

namespace fd::simulation {

namespace asio = boost::asio;
using store::Fail;
using namespace std::chrono_literals;

// A router takes the lead, at the start and after another.
void World::lead() {
  io_ = std::make_unique<asio::io_context>(1);
  memory_ = std::make_unique<store::MemoryStore>(server_, "router " + std::to_string(++routers_));
  hold_ = std::make_unique<asio::steady_timer>(*io_);
  store_ = std::make_unique<fd::test::FaultyStore>(*io_, *memory_);
  store_->wait = [this](Duration d) -> asio::awaitable<void> {
    hold_until_ = now_ + d;
    hold_->expires_at(asio::steady_timer::time_point::max());
    boost::system::error_code woken;
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await hold_->async_wait(token);
    hold_until_ = never;
  };
  store_->poison = [this] { server_->break_next = "WRONGTYPE (simulated)"; };
  store_->drawn = [this](fd::test::Fault::Kind kind, std::uint64_t) { ++report_.faults[kind]; };
  early_ = std::make_unique<fd::test::EarlyReceiptStore>(*io_, *store_);
  const auto lead = run(*io_, store_->acquire(now_));
  const auto image = run(*io_, store_->load());
  if (!lead || !image) {
    report_.wrong.push_back("load: " + (lead ? image.error().text : lead.error().text));
    return;
  }
  store_->seed(random_(), 8, 20s);
  batch_ = lead->batch.n;
  receipt_ = *run(*io_, store_->commit({lead->batch, lead->sequence, lead->now, {}, {}, {}}));
  engine_.emplace(settings_);
  engine_->restore(*image);
  if (checker_)
    checker_->reset(engine_->image());
  else
    checker_.emplace(engine_->image());
  apply(engine::Lead{});
}

void World::send_batch() {
  if (under_way_) return;
  if (filling_.number.n == 0) return release();
  under_way_ = std::make_shared<UnderWay>(UnderWay{std::exchange(filling_, {}), {}});
  checker_->sent();
  const auto commit = [](store::Store& store, std::shared_ptr<UnderWay> one) -> asio::awaitable<void> {
    one->result.emplace(co_await store.commit(one->batch));
  };
  store::Store& store = control_ == Control::early ? static_cast<store::Store&>(*early_) : *store_;
  asio::co_spawn(*io_, commit(store, under_way_), [](const std::exception_ptr& failed) {
    if (failed) std::rethrow_exception(failed);
  });
  store_goes_on();
}

void World::store_goes_on() {
  if (now_ >= hold_until_) hold_->cancel();
  if (store_->stalled() && one_in(15)) store_->release();
  io_->restart();
  io_->poll();
  take_outcome();
}

void World::take_outcome() {
  if (!under_way_ || !under_way_->result) return;
  const auto done = std::exchange(under_way_, {});
  if (!*done->result) return stand_down(done->result->error());
  batch_ = done->batch.number.n;
  receipt_ = **done->result;
  checker_->committed();
  release();
}

void World::release() {
  while (!held_.empty() && held_.front().batch() <= receipt_->batch()) {
    const auto effects = std::move(held_.front()).open(*receipt_);
    held_.pop_front();
    if (effects)
      hear(*effects);
    else
      report_.wrong.push_back("effects did not open for their own batch");
  }
}

void World::settle_writes() {
  for (int i = 0; i < 200; ++i) {
    if (under_way_ || early_->waiting() > 0) {
      if (hold_until_ != never) now_ = std::max(now_, hold_until_);
      store_->release();
      store_goes_on();
    } else if (filling_.number.n > 0) {
      send_batch();
    } else {
      return release();
    }
  }
  report_.wrong.push_back("the store never came to rest");
}

bool World::waits(const std::string& key) const {
  const auto sent = lines_.find(key);
  return sent != lines_.end() && sent->second.n > batch_;
}

// What was acknowledged is what customers and agents rely on.
void World::hear(const engine::Effects& effects) {
  for (const auto& e : effects) {
    engine::RequestRef ref = 0;
    if (const auto* kept = std::get_if<engine::Kept>(&e)) {
      ref = kept->ref;
      believed_.insert(kept->contact);
      if (ref > 100 && ref <= 100 + customers_.size() && customers_[ref - 101].open) {
        Customer& c = customers_[ref - 101];
        c.n = *c.open;
        c.acked.insert(c.n);
        c.open.reset();
      }
    } else if (const auto* gap = std::get_if<engine::Gap>(&e)) {
      ref = gap->ref;
      if (ref > 100 && ref <= 100 + customers_.size())
        customers_[ref - 101].open = gap->next;
      else if (ref > 0 && ref <= desks_.size())
        desks_[ref - 1].n = gap->next - 1;
    } else if (const auto* done = std::get_if<engine::Done_>(&e)) {
      ref = done->ref;
      if (ref > 0 && ref <= desks_.size()) ++desks_[ref - 1].n;
    } else if (const auto* no = std::get_if<engine::Refused>(&e)) {
      ref = no->ref;
    }
    if (ref > 0 && ref <= desks_.size()) desks_[ref - 1].waiting = false;
  }
}

// `committed`: what was under way, or would have been sent next, comes through; only its reply is lost.
void World::crash(bool committed) {
  ++report_.crashes;
  if (!under_way_ && committed && filling_.number.n > 0) {
    under_way_ = std::make_shared<UnderWay>(UnderWay{std::exchange(filling_, {}), {}});
    checker_->sent();
  }
  auto late = under_way_ ? under_way_->batch : filling_;
  const bool through = under_way_ && server_->leader->batch >= late.number.n;
  if (under_way_ && committed && !through && !memory_->commit_now(late))
    report_.wrong.push_back("the leader's own batch was refused");
  if (under_way_ && (committed || through)) {
    ++report_.lost_replies;
    checker_->committed();
    late = filling_;
  }
  const auto old = std::move(memory_);
  next_router();
  if (late.number.n == 0) return;  // else what the dead router still had under way arrives too late
  const auto refused = old->commit_now(late);
  if (refused || refused.error().code != Fail::fenced)
    report_.wrong.push_back("a write of the old epoch: " + (refused ? "was taken" : refused.error().text));
}

// A fault ended the lead: what is not durable is forgotten, and nothing of it was said.
void World::stand_down(const store::Failure& failure) {
  if (failure.code == Fail::poisoned) {
    store::MemoryStore other(server_, "router nobody");
    if (run(*io_, other.acquire(now_))) report_.wrong.push_back("somebody leads over a poisoned store");
    server_->leader->poisoned.clear();  // the operator has repaired the key
  } else if (failure.code != Fail::fenced && failure.code != Fail::taken_over) {
    report_.wrong.push_back("commit: " + failure.text);
  }
  if (failure.code != Fail::fenced) checker_->committed();
  next_router();
}

void World::next_router() {
  under_way_.reset();
  filling_ = {};
  held_.clear();
  lines_.clear();
  hold_until_ = never;
  early_.reset();
  store_.reset();
  hold_.reset();
  for (Desk& d : desks_) d.waiting = false;
  if (one_in(3)) now_ = now_ + Duration{static_cast<std::int64_t>(below(600'000))};  // nobody leads
  lead();
  if (!report_.wrong.empty()) return;
  check_kept();
  for (Customer& c : customers_)
    if (c.attached && !one_in(4))
      if (const auto contact = engine_->contact_of(c.id)) apply(engine::CustomerAttached{*contact});
  for (Desk& d : desks_)
    if (!one_in(4)) apply(engine::AgentAttached{d.id});
}

// Nothing acknowledged is lost, nothing is there twice.
void World::check_kept() {
  for (const ContactId id : believed_) {
    const auto c = run(*io_, memory_->contact(id));
    if (!*c) report_.wrong.push_back(id.str() + " was acknowledged and is gone");
  }
  if (believed_.size() > 400) believed_.clear();
}

void World::compare_with_store() {
  ++report_.reloads;
  settle_writes();
  check_kept();
  auto stored = run(*io_, memory_->load());
  if (!stored) {
    report_.wrong.push_back("load: " + stored.error().text);
    return;
  }
  stored->now = engine_->image().now;
  engine::Engine again(settings_);
  again.restore(*stored);
  const auto a = engine_->image(), b = again.image();
  const auto differ = [&](bool same, const char* what) {
    if (!same) report_.wrong.push_back(std::string("a reload gives other ") + what);
  };
  differ(a.contacts == b.contacts, "contacts");
  differ(a.agents.size() == b.agents.size(), "agents");
  for (std::size_t i = 0; i < std::min(a.agents.size(), b.agents.size()); ++i) {
    const Agent &x = a.agents[i], &y = b.agents[i];
    const std::string who = x.id.str() + ": other ";
    const auto of = [&](bool same, const char* what) { differ(same, (who + what).c_str()); };
    of(x.presence == y.presence && x.reason == y.reason && x.since == y.since && x.next == y.next, "presence");
    of(x.attached == y.attached && x.lease == y.lease && x.before == y.before && x.lost_at == y.lost_at, "lease");
    of(x.missed == y.missed && x.connect_failed == y.connect_failed, "misses");
    of(x.idle_since == y.idle_since && x.today == y.today && x.day == y.day, "idle time");
    of(x.pages == y.pages && x.todo == y.todo && x.counter == y.counter, "pages, list or counter");
    of(x == y, "fields");
  }
  differ(a.cases == b.cases, "cases");
  differ(a.visitors == b.visitors, "visitors");
  differ(a.counters == b.counters, "counters");
  differ(a.jobs == b.jobs, "jobs");
  differ(a.queues == b.queues, "queue states");
  differ(a.sequence == b.sequence && a.batch == b.batch, "numbers");
  if (engine_->derived() != again.derived())
    report_.wrong.push_back("derived differs:\n" + engine_->derived() + "--- reloaded\n" + again.derived());
}

}  // namespace fd::simulation
