#include "router/store/redis/managed.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <utility>

#include "router/store/redis/back_off.hpp"
#include "router/store/redis/child_process.hpp"
#include "router/store/redis/link.hpp"
#include "router/store/redis/lock_file.hpp"

namespace fd::store {

namespace asio = boost::asio;
namespace files = std::filesystem;
using managed::ChildProcess;
using StartFailure = managed::Failure;
using Started = boost::system::result<void, StartFailure>;

namespace {

constexpr std::size_t socket_path_most = 107;  // sun_path of sockaddr_un

// Ours is 0700; one that is there already is the operator's business.
std::string make_directory(const std::string& path) {
  std::error_code error;
  if (files::is_directory(path, error)) return {};
  files::create_directories(files::path(path).parent_path(), error);
  if (::mkdir(path.c_str(), 0700) != 0) return "cannot make directory " + path;
  return {};
}

// What a rewrite leaves when both are killed: Redis never removes it.
void remove_left_overs(const std::string& directory) {
  std::error_code error;
  std::vector<files::path> left;
  for (const auto& sub : {directory, directory + "/appendonlydir"})
    for (const auto& entry : files::directory_iterator(sub, error))
      if (entry.path().filename().string().starts_with("temp-")) left.push_back(entry.path());
  for (const auto& path : left) files::remove(path, error);
}

// A pid may have gone to somebody else since it was written: whoever has the file open is who holds the lock.
bool has_open(pid_t pid, const std::string& path) {
  std::error_code error;
  const auto wanted = files::weakly_canonical(path, error);
  for (const auto& entry : files::directory_iterator("/proc/" + std::to_string(pid) + "/fd", error)) {
    std::error_code gone;
    if (files::read_symlink(entry.path(), gone) == wanted) return true;
  }
  return false;
}

// A rewrite of a redis-server that is dead itself: in its group, without use, and it keeps the lock for as long as it
// runs.
void end_left_rewrites(pid_t server, const std::string& lock) {
  if (has_open(server, lock)) return;
  std::error_code error;
  for (const auto& entry : files::directory_iterator("/proc", error)) {
    const auto pid = static_cast<pid_t>(std::atoi(entry.path().filename().c_str()));
    if (pid > 1 && ::getpgid(pid) == server && has_open(pid, lock)) ::kill(pid, SIGKILL);
  }
}

}  // namespace

class ManagedRedis::Child : public std::enable_shared_from_this<Child> {
 public:
  Child(asio::io_context& io, managed::Settings s)
      : io_(io),
        settings(std::move(s)),
        socket(settings.run + "/redis.sock"),
        lock_(settings.state + "/lock"),
        timer_(io),
        over_(io, asio::steady_timer::time_point::max()),
        back_off_(settings.back_off_min, settings.back_off_max) {}

  asio::awaitable<Started> lock();
  asio::awaitable<Started> start();
  asio::awaitable<void> stop();
  void abandon() {  // the owner goes without stop()
    stopping_ = true;
    timer_.cancel();
    if (process_) process_->signal(SIGKILL);
  }
  [[nodiscard]] pid_t pid() const noexcept { return process_ && process_->running() ? process_->pid() : 0; }
  [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_; }
  [[nodiscard]] const std::string& awaited() const noexcept { return awaited_; }

 private:
  asio::awaitable<std::string> take_lock();
  asio::awaitable<std::string> wait_for_lock();
  asio::awaitable<std::string> launch();
  asio::awaitable<std::string> first_answer();
  asio::awaitable<void> pong();
  asio::awaitable<void> silence();
  asio::awaitable<void> supervise();
  asio::awaitable<void> watch();
  asio::awaitable<void> end_process();
  asio::awaitable<void> pause(Duration d);
  void spawn(asio::awaitable<void> work);
  void say(const std::string& text) const {
    if (settings.say) settings.say(text);
  }

  asio::io_context& io_;

 public:
  const managed::Settings settings;
  const std::string socket;

 private:
  managed::LockFile lock_;
  asio::steady_timer timer_, over_;
  redis::BackOff back_off_;
  std::shared_ptr<ChildProcess> process_;
  std::string last_line_, awaited_ = "not started yet";
  std::uint64_t restarts_ = 0, answers_ = 0;
  bool stopping_ = false, busy_ = false;  // busy: starting or supervising
};

void ManagedRedis::Child::spawn(asio::awaitable<void> work) {
  asio::co_spawn(io_, std::move(work), [self = shared_from_this()](std::exception_ptr failed) {
    if (!failed) return;
    try {
      std::rethrow_exception(failed);
    } catch (const std::exception& error) {
      self->say(std::string("managed redis: ") + error.what());
    }
  });
}

asio::awaitable<void> ManagedRedis::Child::pause(Duration d) {
  timer_.expires_after(d);
  boost::system::error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  co_await timer_.async_wait(token);
}

// flock has no asynchronous wait: it is tried again until the deadline.
asio::awaitable<std::string> ManagedRedis::Child::wait_for_lock() {
  const auto until = std::chrono::steady_clock::now() + settings.lock_wait;
  std::string error;
  while (!lock_.try_lock(error) && error.empty()) {
    if (stopping_ || std::chrono::steady_clock::now() >= until) co_return "held";
    co_await pause(Duration{20});
  }
  co_return error;
}

asio::awaitable<std::string> ManagedRedis::Child::take_lock() {
  if (const auto server = lock_.redis()) end_left_rewrites(*server, lock_.path());
  auto why = co_await wait_for_lock();
  if (why != "held") co_return why;
  const auto daemon = lock_.daemon();
  const auto orphan = lock_.redis();
  const bool led = daemon && has_open(*daemon, lock_.path());
  if (!led && orphan && has_open(*orphan, lock_.path())) {
    say("ending redis-server " + std::to_string(*orphan) + ": its daemon is gone");
    ::kill(*orphan, SIGTERM);
    why = co_await wait_for_lock();
    if (why != "held") co_return why;
  }
  const auto who = led ? "frontdeskd " + std::to_string(*daemon) : "redis-server " + std::to_string(orphan.value_or(0));
  co_return lock_.path() + " is held by " + who + ": stop it, or choose another --state";
}

asio::awaitable<Started> ManagedRedis::Child::lock() {
  if (socket.size() > socket_path_most)
    co_return StartFailure{socket + " is longer than a socket path may be (107 bytes): choose a shorter --run"};
  for (const auto& directory : {settings.state, settings.state + "/redis", settings.run})
    if (auto why = make_directory(directory); !why.empty()) co_return StartFailure{why};
  if (auto why = co_await take_lock(); !why.empty()) co_return StartFailure{why};
  lock_.name(::getpid(), 0);
  co_return Started{};
}

asio::awaitable<Started> ManagedRedis::Child::start() {
  busy_ = true;
  auto started = co_await lock();
  if (started && !stopping_)
    if (auto why = co_await launch(); !why.empty()) started = StartFailure{why};
  if (started && !stopping_) {
    spawn(supervise());
    co_return started;
  }
  if (started) started = StartFailure{"stopped before redis-server ran"};
  co_await end_process();
  lock_.unlock();
  busy_ = false;
  over_.cancel();
  co_return started;
}

// From the file to the first PONG.
asio::awaitable<std::string> ManagedRedis::Child::launch() {
  const auto* path = std::getenv("PATH");
  const auto file = managed::find_binary(settings, path ? path : "/usr/bin:/bin");
  if (file.empty())
    co_return settings.binary.empty() ? "no redis-server found: install redis-tools or set redis.managed.binary"
                                      : settings.binary + " cannot be started";
  remove_left_overs(settings.state + "/redis");
  std::string error;
  process_ = ChildProcess::start(io_, file, managed::configuration(settings), lock_.fd(), error);
  if (!process_) co_return error;
  lock_.name(::getpid(), process_->pid());
  spawn(ChildProcess::read_lines(process_, [self = shared_from_this()](std::string_view line) {
    self->last_line_ = "redis: " + std::string(line);
    const auto& tell = managed::is_warning(line) ? self->settings.say : self->settings.note;
    if (tell) tell(self->last_line_);
  }));
  co_return co_await first_answer();
}

asio::awaitable<std::string> ManagedRedis::Child::first_answer() {
  using asio::experimental::awaitable_operators::operator||;
  awaited_ = "does not answer yet";
  auto process = process_;
  auto first = co_await (pong() || ChildProcess::ended(process) || silence());
  if (first.index() == 0) {
    awaited_.clear();
    co_return std::string{};
  }
  awaited_ = "not running";
  const auto what = first.index() == 1 ? std::get<1>(first) : std::string("no answer in time");
  co_return "redis-server did not start (" + what + "): " + (last_line_.empty() ? "see its log" : last_line_);
}

asio::awaitable<void> ManagedRedis::Child::pong() {
  redis::Request ping;
  ping.command("PING");
  asio::steady_timer timer(io_);
  for (auto wait = Duration{1};; wait = std::min(wait * 2, Duration{50})) {
    auto link = co_await redis::Link::dial(socket, Duration{1000}, Duration{1000});
    if (link) {
      auto answer = co_await (*link)->ask(ping);
      (*link)->close("asked");
      if (answer) {
        ++answers_;
        awaited_ = redis::text(*(*answer)[0]);
        if (awaited_ == "PONG") co_return;
      }
    }
    timer.expires_after(wait);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// Returns when it has done nothing for too long. A log of any length is loaded to its end: while it is, Redis reads,
// and now and then answers LOADING.
asio::awaitable<void> ManagedRedis::Child::silence() {
  const auto life = [this] { return std::pair(answers_, process_->bytes_read()); };
  asio::steady_timer timer(io_);
  auto seen = life();
  auto since = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - since < settings.start_deadline) {
    timer.expires_after(std::min(settings.watch_every, settings.start_deadline));
    co_await timer.async_wait(asio::use_awaitable);
    const auto now = life();
    if (now == seen) continue;
    seen = now;
    since = std::chrono::steady_clock::now();
  }
}

asio::awaitable<void> ManagedRedis::Child::supervise() {
  using asio::experimental::awaitable_operators::operator||;
  auto self = shared_from_this();
  while (!stopping_) {
    auto process = process_;
    auto first = co_await (ChildProcess::ended(process) || watch());
    if (first.index() == 0) {
      if (stopping_) break;
      awaited_ = "not running";
      say("redis-server ended: " + std::get<0>(first));
    } else if (process->running()) {
      say("redis-server does not answer: it is ended and started again");
      co_await end_process();
    }
    while (!stopping_) {
      co_await pause(std::max(back_off_.next(), settings.back_off_min));
      if (stopping_) break;
      ++restarts_;
      const auto why = co_await launch();
      if (why.empty()) break;
      say(why);
      co_await end_process();
    }
  }
  if (process_ && process_->running()) co_await end_process();
  lock_.unlock();
  busy_ = false;
  over_.cancel();
}

// Returns when it hung for too long. An error is an answer too (LOADING).
asio::awaitable<void> ManagedRedis::Child::watch() {
  redis::Request ping;
  ping.command("PING");
  std::shared_ptr<redis::Link> link;
  const auto since = std::chrono::steady_clock::now();
  auto answered = since;
  asio::steady_timer timer(io_);
  while (std::chrono::steady_clock::now() - answered < settings.hang_deadline) {
    timer.expires_after(settings.watch_every);
    co_await timer.async_wait(asio::use_awaitable);
    if (!link || !link->up()) {
      auto dialed = co_await redis::Link::dial(socket, settings.watch_every, settings.hang_deadline);
      if (!dialed) continue;
      link = *dialed;
    }
    const auto answer = co_await link->ask(ping);
    if (!answer) continue;
    answered = std::chrono::steady_clock::now();
    if (answered - since > std::chrono::minutes(1))
      back_off_.reset();  // it ran for a while: the next fall is a first one
  }
}

// TERM (Redis syncs and ends), then KILL.
asio::awaitable<void> ManagedRedis::Child::end_process() {
  using asio::experimental::awaitable_operators::operator||;
  auto process = process_;
  if (!process || !process->running()) co_return;
  process->signal(SIGTERM);
  asio::steady_timer deadline(io_, settings.term_wait);
  boost::system::error_code late;
  auto token = asio::redirect_error(asio::use_awaitable, late);
  const auto first = co_await (ChildProcess::ended(process) || deadline.async_wait(token));
  if (first.index() == 0) co_return;
  process->signal(SIGKILL);
  static_cast<void>(co_await ChildProcess::ended(process));
}

asio::awaitable<void> ManagedRedis::Child::stop() {
  stopping_ = true;
  timer_.cancel();
  if (!busy_) {
    lock_.unlock();
    co_return;
  }
  if (process_) process_->signal(SIGTERM);
  asio::steady_timer deadline(io_, settings.term_wait);
  deadline.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (!error && self->process_) self->process_->signal(SIGKILL);
  });
  boost::system::error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  while (busy_) co_await over_.async_wait(token);
}

ManagedRedis::ManagedRedis(asio::io_context& io, managed::Settings settings)
    : child_(std::make_shared<Child>(io, std::move(settings))) {}
ManagedRedis::~ManagedRedis() { child_->abandon(); }

asio::awaitable<Started> ManagedRedis::lock() { return child_->lock(); }
asio::awaitable<Started> ManagedRedis::start() { return child_->start(); }
asio::awaitable<void> ManagedRedis::stop() { return child_->stop(); }
pid_t ManagedRedis::pid() const noexcept { return child_->pid(); }
std::uint64_t ManagedRedis::restarts() const noexcept { return child_->restarts(); }
const std::string& ManagedRedis::awaited() const noexcept { return child_->awaited(); }
const std::string& ManagedRedis::socket() const noexcept { return child_->socket; }

redis::Settings ManagedRedis::connection(const SiteName& site) const {
  redis::Settings settings;
  settings.address = child_->socket;
  settings.reader_user = "reader";
  settings.site = site;
  settings.say = child_->settings.say;
  return settings;
}

}  // namespace fd::store
