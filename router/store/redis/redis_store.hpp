#pragma once
// The store on Redis: docs/redis.md says what stands where and what a commit is. One leading connection for commits and
// the load, a second one for look-ups and histories, a third one while it is asked whether it would take a write.
// Strand: the site's; must outlive its coroutines (await close()).

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string>

#include "router/store/redis/codec.hpp"
#include "router/store/redis/connection.hpp"
#include "router/store/redis/outcome.hpp"
#include "router/store/redis/settings.hpp"
#include "router/store/redis/trim.hpp"
#include "router/store/store.hpp"

namespace fd::store {

class RedisStore final : public Store {
 public:
  struct Counts {  // since the start, for /metrics
    std::uint64_t batches = 0, sends = 0;
    std::uint64_t again = 0;    // sent anew: the leader's record said the batch before
    std::uint64_t nils = 0;     // EXEC nil though we lead: someone touched the leader's record
    std::uint64_t aborted = 0;  // EXECABORT
    std::uint64_t dialed = 0;   // leading connections
    std::uint64_t trims = 0;
  };

  RedisStore(boost::asio::io_context& io, redis::Settings settings);
  ~RedisStore() override;

  boost::asio::awaitable<boost::system::result<Leadership, Failure>> acquire(Instant wall) override;
  boost::asio::awaitable<boost::system::result<Image, Failure>> load() override;
  boost::asio::awaitable<boost::system::result<Receipt, Failure>> commit(Batch batch) override;
  [[nodiscard]] std::optional<std::string> trouble() const override { return trouble_; }
  boost::asio::awaitable<std::optional<std::string>> probe() override;

  boost::asio::awaitable<boost::system::result<engine::Facts, Failure>> look_up(LookUp question) override;
  boost::asio::awaitable<boost::system::result<std::vector<Line>, Failure>> lines(ContactId id, std::uint64_t from,
                                                                                  std::uint64_t to) override;
  boost::asio::awaitable<boost::system::result<std::vector<Note>, Failure>> notes(ContactId id) override;
  boost::asio::awaitable<boost::system::result<std::optional<Contact>, Failure>> contact(ContactId id) override;
  boost::asio::awaitable<boost::system::result<std::optional<Case>, Failure>> find_case(CaseNumber number) override;
  boost::asio::awaitable<boost::system::result<std::vector<ContactId>, Failure>> contacts_of(CustomerId id) override;
  boost::asio::awaitable<boost::system::result<std::vector<ContactId>, Failure>> done_by(AgentId id) override;
  boost::asio::awaitable<boost::system::result<std::optional<Visitor>, Failure>> visitor(VisitorId id) override;
  boost::asio::awaitable<boost::system::result<std::optional<SignIn>, Failure>> session(SessionHash hash) override;
  boost::asio::awaitable<boost::system::result<std::optional<std::string>, Failure>> facts(ContactId id) override;
  boost::asio::awaitable<boost::system::result<std::vector<EventEntry>, Failure>> events(std::uint64_t from,
                                                                                         std::size_t count) override;

  // What runs has changed: the next batch keeps it as config:<hash> and names it in the leader's record.
  void run_with(std::string config, std::string hash);

  // Both connections go; a commit still held back returns `unreachable`. Nobody is left waiting when it returns.
  boost::asio::awaitable<void> close();
  [[nodiscard]] Counts counts() const noexcept;

 private:
  boost::asio::awaitable<boost::system::result<std::vector<ContactId>, Failure>> listed(std::string key);
  struct Attempt;  // one try to raise the epoch
  boost::asio::awaitable<Attempt> try_acquire(Instant wall);
  boost::asio::awaitable<std::optional<Attempt>> check_server(bool has_leader);
  boost::asio::awaitable<redis::Outcome> carry_through(const redis::Request& head, redis::ExecSeen& exec,
                                                       redis::LeaderSeen& leader, std::uint64_t number);
  boost::asio::awaitable<redis::LeaderSeen> read_leader();
  boost::asio::awaitable<void> send(const redis::Request& head, redis::ExecSeen& exec, redis::LeaderSeen& leader);
  boost::asio::awaitable<void> make_room();  // out of memory: trim outside of MULTI
  boost::asio::awaitable<void> mark_poisoned(std::string text);
  boost::asio::awaitable<void> pause(Duration d);
  [[nodiscard]] Failure stop(Fail code, std::string text);
  [[nodiscard]] Failure failure(redis::Outcome outcome, const redis::ExecSeen& exec, const redis::LeaderSeen& leader,
                                std::uint64_t number);
  [[nodiscard]] Duration steady() const;
  void say(std::string_view text) const;
  void hold(std::string why);

  redis::Settings settings_;
  boost::asio::steady_timer timer_;
  redis::Encoder encoder_;
  redis::LeadConnection lead_;
  redis::ReadConnection reads_;
  redis::LeadConnection probe_;  // up only while probe() asks
  redis::Trimmer trimmer_;
  Leadership leadership_;
  std::optional<Failure> stopped_;
  std::optional<std::string> trouble_;
  bool config_changed_ = false;
  Counts counts_;
  bool closing_ = false;
  int busy_ = 0;  // coroutines of ours under way, look-ups aside
};

}  // namespace fd::store
