#pragma once
// The redis-server that the daemon starts for itself: configuration on its stdin, data in <state>/redis, a socket in
// the run directory, one writer by a lock that the child inherits. Restarted with back-off while it should run; stopped
// last. Strand: the io_context's single thread, which must be the process' main thread (PR_SET_PDEATHSIG fires when
// the *thread* that started the child ends). Linux only: pidfd_open(2).

#include <sys/types.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/model/ids.hpp"
#include "router/model/time.hpp"
#include "router/store/redis/settings.hpp"

namespace fd::store {

namespace managed {

struct Settings {
  std::string state;                // directory: `lock` and `redis/` live there; made 0700 when missing
  std::string run;                  // directory: `redis.sock` lives there; made 0700 when missing; <= 96 bytes
  std::string binary;               // empty: /usr/lib/frontdesk/redis-server, then redis-server, valkey-server in PATH
  std::uint64_t maxmemory = 0;      // bytes; 0 = none of its own
  Duration start_deadline{30'000};  // of silence before the first PONG; while it loads its log it is not silent
  Duration back_off_min{200}, back_off_max{10'000};
  Duration lock_wait{10'000};      // an orphan of a daemon that was killed ends by itself; then it is ended
  Duration hang_deadline{10'000};  // no PONG for so long: TERM, then KILL
  Duration term_wait{5'000};       // between TERM and KILL
  Duration watch_every{1'000};
  std::vector<std::string> extra;              // further lines of its configuration, said last
  std::function<void(std::string_view)> say;   // what happens to it, and its own warnings ("redis: …"). May be empty
  std::function<void(std::string_view)> note;  // its other log lines. May be empty
};

struct Failure {
  std::string text;  // names what, where, how to mend
};

// The file that is started, or empty. `path`: as the environment's PATH.
[[nodiscard]] std::string find_binary(const Settings& settings, std::string_view path);
// What goes to its stdin.
[[nodiscard]] std::string configuration(const Settings& settings);

// Whether Redis marks a line of its log as a warning. 7.0 marks each start and stop so, too: those are none.
[[nodiscard]] bool is_warning(std::string_view line);

}  // namespace managed

class ManagedRedis {
 public:
  ManagedRedis(boost::asio::io_context& io, managed::Settings settings);
  ~ManagedRedis();  // a child that still runs is killed; await stop() before
  ManagedRedis(const ManagedRedis&) = delete;
  ManagedRedis& operator=(const ManagedRedis&) = delete;

  // Takes the lock alone: from then on the state is ours.
  boost::asio::awaitable<boost::system::result<void, managed::Failure>> lock();
  // Takes the lock when it has not, starts the child, returns when it answers, however long it loads. From then on it
  // is kept running.
  boost::asio::awaitable<boost::system::result<void, managed::Failure>> start();
  // SIGTERM (redis syncs and ends), wait, SIGKILL. Returns when the child is gone; the lock is free then. Ends a
  // start(), too.
  boost::asio::awaitable<void> stop();

  [[nodiscard]] pid_t pid() const noexcept;  // 0: not running now
  [[nodiscard]] std::uint64_t restarts() const noexcept;
  [[nodiscard]] const std::string& awaited() const noexcept;  // why nobody can use it yet; empty: it has answered
  [[nodiscard]] const std::string& socket() const noexcept;
  // Settings of a store on it: the address, and a reader that may do nothing but read.
  [[nodiscard]] redis::Settings connection(const SiteName& site) const;

 private:
  class Child;
  std::shared_ptr<Child> child_;
};

}  // namespace fd::store
