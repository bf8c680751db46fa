#pragma once
// The two connections of a store. The leading one carries the fence: before anything is sent on a new socket it is
// proved that MULTI and EXEC work there (an ACL user without +multi would run the mutations one by one) and the
// leader's record is watched and read. The second one reads beside it. Strand: the site's.

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <memory>
#include <string>
#include <vector>

#include "router/store/redis/keys.hpp"
#include "router/store/redis/link.hpp"
#include "router/store/redis/outcome.hpp"
#include "router/store/redis/settings.hpp"
#include "router/store/store.hpp"

namespace fd::store::redis {

class LeadConnection {
 public:
  explicit LeadConnection(const Settings& settings);
  // A new socket, the handshake, then WATCH and the leader's record. `unread` with the reason when it did not come to
  // that; then the connection is not up.
  boost::asio::awaitable<LeaderSeen> reach();
  boost::asio::awaitable<LeaderSeen> watch();  // WATCH · HMGET alone, on the socket there is
  boost::asio::awaitable<Answer> ask(const Request& request);
  void add_watch(Request& request) const;  // the same two commands at the end of another write
  [[nodiscard]] bool up() const noexcept { return link_ && link_->up(); }
  [[nodiscard]] std::uint64_t dialed() const noexcept { return dialed_; }
  void close(const std::string& why);

 private:
  boost::asio::awaitable<std::string> shake();  // empty, or what is wrong
  const Settings& settings_;
  std::string leader_key_;
  std::shared_ptr<Link> link_;
  std::uint64_t dialed_ = 0;
};

class ReadConnection {
 public:
  ReadConnection(const Settings& settings, boost::asio::any_io_executor executor);
  // Answers without an error among them; `unreachable` after a few tries. Repeating a read does no harm.
  boost::asio::awaitable<boost::system::result<Replies, Failure>> ask(const Request& request);
  void close(const std::string& why);

 private:
  boost::asio::awaitable<std::string> reach();
  boost::asio::awaitable<std::string> dial();
  const Settings& settings_;
  std::string schema_key_;
  std::shared_ptr<Link> link_;
  std::shared_ptr<boost::asio::steady_timer> dialing_;  // who comes meanwhile waits on it
  boost::asio::any_io_executor executor_;
  std::string failure_;
  bool closed_ = false;
};

}  // namespace fd::store::redis
