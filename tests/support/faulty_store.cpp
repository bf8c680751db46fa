#include "tests/support/faulty_store.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

namespace fd::test {

namespace asio = boost::asio;
using store::Fail;
using store::Failure;
template <class T>
using Result = asio::awaitable<boost::system::result<T, Failure>>;

Result<store::Leadership> PassingStore::acquire(Instant wall) { return inner_.acquire(wall); }
Result<store::Image> PassingStore::load() { return inner_.load(); }
Result<Receipt> PassingStore::commit(store::Batch batch) { return inner_.commit(std::move(batch)); }
Result<engine::Facts> PassingStore::look_up(store::LookUp q) { return inner_.look_up(std::move(q)); }
Result<std::vector<Line>> PassingStore::lines(ContactId id, std::uint64_t from, std::uint64_t to) {
  return inner_.lines(id, from, to);
}
Result<std::vector<Note>> PassingStore::notes(ContactId id) { return inner_.notes(id); }
Result<std::optional<Contact>> PassingStore::contact(ContactId id) { return inner_.contact(id); }
Result<std::optional<Case>> PassingStore::find_case(CaseNumber n) { return inner_.find_case(std::move(n)); }
Result<std::vector<ContactId>> PassingStore::contacts_of(CustomerId id) { return inner_.contacts_of(std::move(id)); }
Result<std::vector<ContactId>> PassingStore::done_by(AgentId id) { return inner_.done_by(std::move(id)); }
Result<std::optional<Visitor>> PassingStore::visitor(VisitorId id) { return inner_.visitor(std::move(id)); }
Result<std::optional<store::SignIn>> PassingStore::session(SessionHash h) { return inner_.session(std::move(h)); }
Result<std::optional<std::string>> PassingStore::facts(ContactId id) { return inner_.facts(id); }
Result<std::vector<store::EventEntry>> PassingStore::events(std::uint64_t from, std::size_t count) {
  return inner_.events(from, count);
}

void FaultyStore::seed(std::uint64_t seed, unsigned one_in, Duration hold_most) {
  random_.seed(seed);
  one_in_ = one_in;
  hold_most_ = hold_most;
}

Fault FaultyStore::next() {
  if (!script_.empty()) {
    const auto fault = script_.front();
    script_.pop_front();
    return fault;
  }
  if (one_in_ == 0 || random_() % one_in_ != 0) return {};
  using K = Fault::Kind;
  static constexpr std::array kinds{K::lost_reply, K::lost_reply, K::lost_reply, K::lost_reply, K::refused,
                                    K::refused,    K::refused,    K::refused,    K::stalled,    K::stalled,
                                    K::stalled,    K::stalled,    K::fenced,     K::taken_over, K::poisoned};
  const auto kind = kinds.at(random_() % kinds.size());
  return {kind, Duration{static_cast<Duration::rep>(random_() % static_cast<std::uint64_t>(hold_most_.count() + 1))}};
}

asio::awaitable<void> FaultyStore::pass(Duration d) {
  if (wait) {
    co_await wait(d);
  } else if (d.count() > 0) {
    asio::steady_timer timer(stall_.get_executor(), d);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

Failure FaultyStore::stop(Fail code, std::string text) {
  stopped_ = Failure{code, std::move(text)};
  return *stopped_;
}

asio::awaitable<std::optional<std::string>> FaultyStore::probe() {
  if (!unreachable_.empty()) co_return unreachable_;
  auto why = co_await inner_.probe();
  co_return why;
}

std::optional<std::string> FaultyStore::trouble() const { return trouble_ ? trouble_ : inner_.trouble(); }

Result<Receipt> FaultyStore::commit(store::Batch batch) {
  if (stopped_) co_return *stopped_;
  const bool empty = batch.mutations.empty() && batch.events.empty() && batch.facts.empty();
  const auto fault = empty ? Fault{} : next();
  if (drawn && fault.kind != Fault::Kind::none) drawn(fault.kind, batch.number.n);
  switch (fault.kind) {
    case Fault::Kind::fenced:
      if (fault.hold.count() > 0) co_await pass(fault.hold);
      co_return stop(Fail::fenced, "fenced by another router (FaultyStore)");
    case Fault::Kind::poisoned:
      if (!poison) co_return stop(Fail::poisoned, "poisoned (FaultyStore)");
      poison();
      break;
    case Fault::Kind::refused:
      trouble_ = "OOM command not allowed (FaultyStore)";
      co_await pass(fault.hold);
      trouble_.reset();
      break;
    case Fault::Kind::stalled: {
      is_stalled_ = true;
      stall_.expires_at(asio::steady_timer::time_point::max());
      boost::system::error_code woken;
      auto token = asio::redirect_error(asio::use_awaitable, woken);
      co_await stall_.async_wait(token);
      trouble_.reset();
      break;
    }
    default: break;
  }
  auto result = co_await inner_.commit(std::move(batch));
  if (result && !empty) ++committed_;
  if (result && fault.kind == Fault::Kind::lost_reply) {
    trouble_ = "connection lost (FaultyStore)";
    co_await pass(fault.hold);
    trouble_.reset();
  }
  if (result && fault.kind == Fault::Kind::taken_over) {
    auto failed = stop(Fail::taken_over, "committed, then taken over (FaultyStore)");
    failed.receipt = *result;
    co_return failed;
  }
  co_return result;
}

void FaultyStore::release() {
  is_stalled_ = false;
  stall_.cancel();
}

asio::awaitable<void> EarlyReceiptStore::commit_later(std::shared_ptr<Waiting> waiting) {
  co_await asio::post(io_, asio::use_awaitable);  // a spawn may run at once: the receipt must be out first
  while (!waiting->batches.empty()) {             // empty: dropped meanwhile
    auto batch = std::move(waiting->batches.front());
    waiting->batches.pop_front();
    static_cast<void>(co_await inner_.commit(std::move(batch)));
  }
  waiting->running = false;
}

Result<Receipt> EarlyReceiptStore::commit(store::Batch batch) {
  const auto early = receipt(batch.number);
  if (batch.mutations.empty() && batch.events.empty() && batch.facts.empty()) co_return early;
  waiting_->batches.push_back(std::move(batch));
  if (waiting_->running) co_return early;  // a store takes one commit at a time
  waiting_->running = true;
  asio::co_spawn(io_, commit_later(waiting_), [](std::exception_ptr failed) {
    if (failed) std::rethrow_exception(failed);
  });
  co_return early;
}

void EarlyReceiptStore::drop() { waiting_->batches.clear(); }

}  // namespace fd::test
