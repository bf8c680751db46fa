#pragma once
// The store in memory: what tests and the simulator run on. Same observable behaviour as RedisStore, fencing between
// several stores on one server included; time to live runs on site time (Batch::now). Its coroutines never suspend.

#include <memory>
#include <optional>
#include <string>

#include "router/store/memory/memory_server.hpp"
#include "router/store/store.hpp"

namespace fd::store {

class MemoryStore final : public Store {
 public:
  // `router`: as in Settings of RedisStore; two stores of one server need two names.
  MemoryStore(std::shared_ptr<MemoryServer> server, std::string router);

  boost::asio::awaitable<boost::system::result<Leadership, Failure>> acquire(Instant wall) override;
  boost::asio::awaitable<boost::system::result<Image, Failure>> load() override;
  boost::asio::awaitable<boost::system::result<Receipt, Failure>> commit(Batch batch) override;
  [[nodiscard]] std::optional<std::string> trouble() const override { return std::nullopt; }
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

  // The same without a coroutine, for loops that count every nanosecond.
  [[nodiscard]] boost::system::result<Receipt, Failure> commit_now(const Batch& batch);
  [[nodiscard]] engine::Facts look_up_now(const LookUp& question) const;

 private:
  [[nodiscard]] Failure stop(Fail code, std::string text);
  [[nodiscard]] std::optional<engine::Seen> find_cid(const Visitor& visitor, const std::string& cid) const;
  [[nodiscard]] CaseNumber number_of(ContactId id) const;

  std::shared_ptr<MemoryServer> server_;
  Leadership leadership_;
  std::optional<Failure> stopped_;
};

}  // namespace fd::store
