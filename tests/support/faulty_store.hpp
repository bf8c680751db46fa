#pragma once
// Wrappers of any store. FaultyStore: what a store may do to a router, by script or by seed. EarlyReceiptStore: the
// store that breaks promise 1, as the control of every test that claims output waits for the commit.
// Strand: the site's. A wrapper must outlive its coroutines.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "router/store/store.hpp"

namespace fd::test {

// Everything goes to the inner store.
class PassingStore : public store::Store {
 public:
  explicit PassingStore(store::Store& inner) : inner_(inner) {}
  boost::asio::awaitable<boost::system::result<store::Leadership, store::Failure>> acquire(Instant wall) override;
  boost::asio::awaitable<boost::system::result<store::Image, store::Failure>> load() override;
  boost::asio::awaitable<boost::system::result<Receipt, store::Failure>> commit(store::Batch batch) override;
  [[nodiscard]] std::optional<std::string> trouble() const override { return inner_.trouble(); }
  boost::asio::awaitable<std::optional<std::string>> probe() override { return inner_.probe(); }
  boost::asio::awaitable<boost::system::result<engine::Facts, store::Failure>> look_up(store::LookUp q) override;
  boost::asio::awaitable<boost::system::result<std::vector<Line>, store::Failure>> lines(ContactId id,
                                                                                         std::uint64_t from,
                                                                                         std::uint64_t to) override;
  boost::asio::awaitable<boost::system::result<std::vector<Note>, store::Failure>> notes(ContactId id) override;
  boost::asio::awaitable<boost::system::result<std::optional<Contact>, store::Failure>> contact(ContactId id) override;
  boost::asio::awaitable<boost::system::result<std::optional<Case>, store::Failure>> find_case(CaseNumber n) override;
  boost::asio::awaitable<boost::system::result<std::vector<ContactId>, store::Failure>> done_by(AgentId id) override;
  boost::asio::awaitable<boost::system::result<std::vector<ContactId>, store::Failure>> contacts_of(
      CustomerId id) override;
  boost::asio::awaitable<boost::system::result<std::optional<Visitor>, store::Failure>> visitor(VisitorId id) override;
  boost::asio::awaitable<boost::system::result<std::optional<store::SignIn>, store::Failure>> session(
      SessionHash h) override;
  boost::asio::awaitable<boost::system::result<std::optional<std::string>, store::Failure>> facts(
      ContactId id) override;
  boost::asio::awaitable<boost::system::result<std::vector<store::EventEntry>, store::Failure>> events(
      std::uint64_t from, std::size_t count) override;

 protected:
  store::Store& inner_;
};

struct Fault {
  enum class Kind : std::uint8_t {
    none,
    lost_reply,  // committed; the caller waits `hold`, then gets its receipt as after a re-send
    refused,     // nothing committed for `hold` (out of memory, loading): trouble() says why; then committed
    stalled,     // nothing happens until release(); then committed
    fenced,      // not committed, after `hold`; every later call is fenced too
    taken_over,  // committed, then fenced
    poisoned     // an error inside: with `poison` the inner store breaks, without it nothing is committed
  };
  Kind kind = Kind::none;
  Duration hold{0};
};

class FaultyStore final : public PassingStore {
 public:
  FaultyStore(boost::asio::io_context& io, store::Store& inner) : PassingStore(inner), stall_(io) {}

  void script(Fault fault) { script_.push_back(fault); }  // one for each following commit that carries something
  // From now on one in `one_in` commits meets a fault, by seed: of 15, four each lost replies, refusals and stalls, one
  // each of what ends the lead. What holds does so for up to `hold_most`.
  void seed(std::uint64_t seed, unsigned one_in, Duration hold_most);
  void release();                                                       // ends a stall
  void unreachable(std::string why) { unreachable_ = std::move(why); }  // what a probe is told; empty: nothing is wrong
  // Called in the place of waiting, so that simulated time can pass; without it the io_context's timers are used.
  std::function<boost::asio::awaitable<void>(Duration)> wait;
  std::function<void()> poison;                           // makes the inner store's next batch meet an error
  std::function<void(Fault::Kind, std::uint64_t)> drawn;  // told each fault and the batch it befalls

  [[nodiscard]] std::uint64_t committed() const noexcept { return committed_; }
  [[nodiscard]] bool stalled() const noexcept { return is_stalled_; }
  [[nodiscard]] std::optional<std::string> trouble() const override;
  boost::asio::awaitable<boost::system::result<Receipt, store::Failure>> commit(store::Batch batch) override;
  boost::asio::awaitable<std::optional<std::string>> probe() override;

 private:
  [[nodiscard]] Fault next();
  boost::asio::awaitable<void> pass(Duration d);
  [[nodiscard]] store::Failure stop(store::Fail code, std::string text);

  boost::asio::steady_timer stall_;
  std::deque<Fault> script_;
  std::mt19937_64 random_;
  unsigned one_in_ = 0;
  Duration hold_most_{0};
  std::uint64_t committed_ = 0;
  bool is_stalled_ = false;
  std::optional<std::string> trouble_;
  std::optional<store::Failure> stopped_;
  std::string unreachable_;
};

// Gives the receipt at once and commits afterwards: a crash between the two loses what was acknowledged. The commits
// under way are run by `io`; drop() forgets those that have not begun, as a crash does.
class EarlyReceiptStore final : public PassingStore {
 public:
  EarlyReceiptStore(boost::asio::io_context& io, store::Store& inner) : PassingStore(inner), io_(io) {}
  boost::asio::awaitable<boost::system::result<Receipt, store::Failure>> commit(store::Batch batch) override;
  void drop();  // the batches not yet begun never happen
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_->batches.size(); }

 private:
  struct Waiting {
    std::deque<store::Batch> batches;
    bool running = false;
  };
  boost::asio::awaitable<void> commit_later(std::shared_ptr<Waiting> waiting);

  boost::asio::io_context& io_;
  std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>();
};

}  // namespace fd::test
