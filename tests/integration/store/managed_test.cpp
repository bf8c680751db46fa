// The managed redis-server: what it is told, that it comes back, that it never has two of itself on one directory.

#include "router/store/redis/managed.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "router/store/redis/child_process.hpp"
#include "router/store/redis/lock_file.hpp"
#include "tests/integration/store/rig.hpp"
#include "tests/support/store_records.hpp"

namespace {

using namespace fd;
using namespace fd::store;
using test::finish;
namespace files = std::filesystem;

class Managed : public testing::Test {
 protected:
  void SetUp() override {
    auto name = (files::temp_directory_path() / "fd-m-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    base = name;
  }
  void TearDown() override { files::remove_all(base); }
  [[nodiscard]] managed::Settings settings() {
    managed::Settings s;
    s.state = base + "/state";
    s.run = base + "/run";
    s.lock_wait = Duration{200};
    s.back_off_min = Duration{1};
    s.say = [this](std::string_view line) { said.append(line).append("\n"); };
    s.note = [this](std::string_view line) { noted.append(line).append("\n"); };
    return s;
  }
  std::string ask(ManagedRedis& redis, std::initializer_list<std::string_view> words, const std::string& user = "") {
    store::redis::Request request;
    std::size_t at = 0;
    if (!user.empty()) request.command("AUTH", user, ""), at = 1;
    request.begin(words.size());
    for (const auto word : words) request.arg(word);
    auto work = [](std::string path, const store::redis::Request& r,
                   std::size_t i) -> boost::asio::awaitable<std::string> {
      auto link = co_await store::redis::Link::dial(path, Duration{1000}, Duration{1000});
      if (!link) co_return "unreachable: " + link.error().text;
      auto answer = co_await (*link)->ask(r);
      (*link)->close("asked");
      if (!answer) co_return "lost: " + answer.error().text;
      const auto& reply = *(*answer)[i];
      std::string out(store::redis::text(reply));
      for (std::size_t k = 0; k < store::redis::size(reply); ++k)
        out.append(k > 0 ? " " : "").append(store::redis::text(store::redis::at(reply, k)));
      co_return out;
    };
    return finish(io, work(redis.socket(), request, at));
  }
  bool comes_to(const std::function<bool()>& what) { return test::run_until(io, what, std::chrono::seconds(20)); }

  boost::asio::io_context io{1};
  std::string base, said, noted;
};

// Waits until a process that is not our child is gone.
bool gone(pid_t pid) {
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
  if (fd < 0) return true;
  pollfd waiting{fd, POLLIN, 0};
  const bool ended = ::poll(&waiting, 1, 10'000) == 1;
  ::close(fd);
  return ended;
}

TEST_F(Managed, RunsAsPromisedAndAStoreLeadsOverIt) {
  ManagedRedis redis(io, settings());
  const auto started = finish(io, redis.start());
  ASSERT_TRUE(started) << started.error().text;
  EXPECT_GT(redis.pid(), 0);
  struct stat run {};
  ASSERT_EQ(::stat((base + "/run").c_str(), &run), 0);
  EXPECT_EQ(run.st_mode & 0777U, 0700U);
  const std::vector<std::pair<std::string, std::string>> told{{"port", "0"},
                                                              {"appendonly", "yes"},
                                                              {"appendfsync", "always"},
                                                              {"no-appendfsync-on-rewrite", "no"},
                                                              {"save", ""},
                                                              {"maxmemory-policy", "noeviction"},
                                                              {"slowlog-log-slower-than", "-1"},
                                                              {"crash-log-enabled", "no"},
                                                              {"enable-debug-command", "no"},
                                                              {"dir", base + "/state/redis"}};
  for (const auto& [name, value] : told) EXPECT_EQ(ask(redis, {"CONFIG", "GET", name}), name + " " + value);
  EXPECT_EQ(::getpgid(redis.pid()), redis.pid());  // Ctrl-C does not reach it
  {
    RedisStore store(io, redis.connection(SiteName("main")));
    ASSERT_TRUE(finish(io, store.acquire(Instant{1'795'507'200'000})));
    ASSERT_TRUE(finish(io, store.session(SessionHash("x"))));  // as the reader
    finish(io, store.close());
  }
  EXPECT_NE(ask(redis, {"SET", "fd:{main}:x", "1"}, "reader").find("NOPERM"), std::string::npos);
  const auto pid = redis.pid();
  finish(io, redis.stop());
  EXPECT_EQ(redis.pid(), 0);
  EXPECT_EQ(::kill(pid, 0), -1);
  std::string error;
  managed::LockFile lock(base + "/state/lock");
  EXPECT_TRUE(lock.try_lock(error));
  for (const char* harmless : {"Redis is starting", "ready to accept connections", "bye bye"}) {
    EXPECT_NE(noted.find(harmless), std::string::npos) << harmless;
    EXPECT_EQ(said.find(harmless), std::string::npos) << harmless;
  }
}

TEST(ManagedLog, OnlyWhatRedisCallsAWarningIsOne) {
  const std::vector<std::pair<const char*, bool>> lines{
      {"1234:C 30 Nov 2026 12:55:03.822 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", false},
      {"1234:M 30 Nov 2026 12:55:03.823 # Server initialized", false},
      {"1234:M 30 Nov 2026 12:55:03.823 # WARNING Memory overcommit must be enabled!", true},
      {"1234:M 30 Nov 2026 12:55:03.839 * Ready to accept connections", false},
      {"1234:M 30 Nov 2026 12:55:03.839 - 1 clients connected", false},
      {"1234:M 30 Nov 2026 12:55:03.839 . DB 0: 1 keys # 2", false},
      {"1234:M 30 Nov 2026 12:55:05.849 # Error writing to the AOF file: No space left on device", true},
      {"1234:signal-handler (1796043305) Received SIGTERM scheduling shutdown...", false},
      {"                _._", false},
      {"", false}};
  for (const auto& [line, warning] : lines) EXPECT_EQ(managed::is_warning(line), warning) << line;
}

TEST_F(Managed, KilledItComesBackAndTheCommitInHandGoesThrough) {
  ManagedRedis redis(io, settings());
  ASSERT_TRUE(finish(io, redis.start()));
  auto connection = redis.connection(SiteName("main"));
  connection.back_off_min = Duration{1};
  RedisStore store(io, connection);
  test::Site site(*finish(io, store.acquire(Instant{1'795'507'200'000})));
  for (std::uint64_t i = 1; i <= 5; ++i) {
    const auto before = redis.pid();
    ::kill(before, SIGKILL);
    auto batch = site.batch();
    batch.mutations.push_back(engine::PutCounter{"x", i});
    const auto result = finish(io, store.commit(site.sealed(std::move(batch))));
    ASSERT_TRUE(result) << result.error().text;
    EXPECT_NE(redis.pid(), before);
  }
  EXPECT_EQ(ask(redis, {"HGET", "fd:{main}:counters", "x"}), "5");
  EXPECT_EQ(redis.restarts(), 5U);
  finish(io, store.close());
  finish(io, redis.stop());
}

TEST_F(Managed, AHungServerIsEndedAndStartedAgain) {
  auto s = settings();
  s.watch_every = Duration{20};
  s.hang_deadline = Duration{200};
  s.term_wait = Duration{50};
  ManagedRedis redis(io, s);
  ASSERT_TRUE(finish(io, redis.start()));
  const auto hung = redis.pid();
  ::kill(hung, SIGSTOP);
  EXPECT_TRUE(comes_to([&] { return redis.pid() > 0 && redis.pid() != hung; }));
  EXPECT_TRUE(comes_to([&] { return ask(redis, {"PING"}) == "PONG"; }));
  finish(io, redis.stop());
}

TEST_F(Managed, ASecondDaemonIsRefusedAndTheFirstLeftAlone) {
  ManagedRedis first(io, settings());
  ASSERT_TRUE(finish(io, first.start()));
  const auto pid = first.pid();
  ManagedRedis second(io, settings());
  const auto refused = finish(io, second.start());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find("lock is held by frontdeskd " + std::to_string(::getpid())), std::string::npos)
      << refused.error().text;
  EXPECT_EQ(first.pid(), pid);
  EXPECT_EQ(ask(first, {"PING"}), "PONG");
  finish(io, first.stop());
}

TEST_F(Managed, AnOrphanIsEndedAfterTheWait) {
  files::create_directories(base + "/state/redis");
  files::create_directories(base + "/run");
  std::shared_ptr<managed::ChildProcess> orphan;
  {
    managed::LockFile lock(base + "/state/lock");
    std::string error;
    ASSERT_TRUE(lock.try_lock(error)) << error;
    const auto file = managed::find_binary(settings(), "/usr/bin:/bin");
    orphan = managed::ChildProcess::start(io, file, managed::configuration(settings()), lock.fd(), error);
    ASSERT_TRUE(orphan) << error;
    lock.name(1, orphan->pid());  // pid 1 has no such file open: the daemon is gone
  }                               // our descriptor goes; the child's keeps the lock
  std::string error;
  EXPECT_FALSE(managed::LockFile(base + "/state/lock").try_lock(error));
  ManagedRedis redis(io, settings());
  const auto started = finish(io, redis.start());
  ASSERT_TRUE(started) << started.error().text;
  EXPECT_NE(said.find("ending redis-server " + std::to_string(orphan->pid())), std::string::npos);
  EXPECT_NE(redis.pid(), orphan->pid());
  finish(io, redis.stop());
}

TEST_F(Managed, ItEndsWithTheDaemon) {  // kill -9 of the daemon: PDEATHSIG
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const auto daemon = ::fork();
  if (daemon == 0) {
    boost::asio::io_context own{1};
    auto s = settings();
    s.say = nullptr;
    ManagedRedis redis(own, s);
    if (!finish(own, redis.start())) ::_exit(1);
    const auto pid = redis.pid();
    if (::write(pipe[1], &pid, sizeof pid) != sizeof pid) ::_exit(1);
    ::raise(SIGKILL);
  }
  ::close(pipe[1]);
  pid_t child = 0;
  ASSERT_EQ(::read(pipe[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  ::close(pipe[0]);
  ::waitpid(daemon, nullptr, 0);
  EXPECT_TRUE(gone(child));
  ManagedRedis redis(io, settings());
  ASSERT_TRUE(finish(io, redis.start()));
  finish(io, redis.stop());
}

TEST_F(Managed, LeftOversOfARewriteGo) {
  files::create_directories(base + "/state/redis/appendonlydir");
  for (const auto* name : {"temp-rewriteaof-5.aof", "appendonlydir/temp-appendonly.aof.incr"})
    std::ofstream(base + "/state/redis/" + name) << "x";
  std::ofstream(base + "/state/redis/kept") << "x";
  ManagedRedis redis(io, settings());
  ASSERT_TRUE(finish(io, redis.start()));
  EXPECT_FALSE(files::exists(base + "/state/redis/temp-rewriteaof-5.aof"));
  EXPECT_FALSE(files::exists(base + "/state/redis/appendonlydir/temp-appendonly.aof.incr"));
  EXPECT_TRUE(files::exists(base + "/state/redis/kept"));
  finish(io, redis.stop());
}

TEST_F(Managed, WhatCannotStartSaysWhy) {
  auto s = settings();
  s.binary = base + "/none";
  ManagedRedis none(io, s);
  EXPECT_NE(finish(io, none.start()).error().text.find("/none"), std::string::npos);
  s = settings();
  s.run = base + "/" + std::string(100, 'r');
  ManagedRedis far(io, s);
  EXPECT_NE(finish(io, far.start()).error().text.find("107"), std::string::npos);
  s = settings();
  s.extra = {"nonsense 5"};
  ManagedRedis wrong(io, s);
  const auto failed = finish(io, wrong.start());
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().text.find("did not start"), std::string::npos) << failed.error().text;
  ManagedRedis right(io, settings());  // and the lock is free again
  EXPECT_TRUE(finish(io, right.start()));
  finish(io, right.stop());
}

// Something in place of a redis-server: it runs `line` of sh.
std::string stand_in(const std::string& path, const std::string& line) {
  std::ofstream(path) << "#!/bin/sh\n" << line << "\n";
  files::permissions(path, files::perms::owner_all);
  return path;
}

// Puts commands at the end of the log that keep a redis-server busy for seconds when it loads them.
void lengthen(const std::string& redis) {
  std::string log;
  for (const auto& entry : files::directory_iterator(redis + "/appendonlydir"))
    if (entry.path().string().ends_with(".incr.aof")) log = entry.path();
  store::redis::Request work;
  work.command("SETRANGE", "big", "262143", "x");
  for (int i = 0; i < 40'000; ++i) work.command("BITCOUNT", "big");
  work.command("DEL", "big");
  std::ofstream(log, std::ios::app) << work.bytes();
}

TEST_F(Managed, ALogThatLoadsForLongIsWaitedForAndASilentServerIsNot) {
  auto s = settings();
  s.start_deadline = Duration{1'000};
  s.watch_every = Duration{20};
  {
    ManagedRedis redis(io, s);
    ASSERT_TRUE(finish(io, redis.start()));
    finish(io, redis.stop());
  }
  lengthen(s.state + "/redis");
  ManagedRedis redis(io, s);
  std::string awaited;
  bool done = false;
  const auto since = std::chrono::steady_clock::now();
  boost::asio::co_spawn(io, redis.start(), [&](const std::exception_ptr&, const auto& started) {
    EXPECT_TRUE(started) << started.error().text;
    done = true;
  });
  EXPECT_TRUE(test::run_until(
      io,
      [&] {
        if (redis.awaited().starts_with("LOADING")) awaited = redis.awaited();
        return done;
      },
      std::chrono::minutes(2)));
  EXPECT_GT(std::chrono::steady_clock::now() - since, s.start_deadline) << "it was no long load";
  EXPECT_NE(awaited, "") << "nobody could tell what is waited for";
  EXPECT_EQ(redis.awaited(), "");
  finish(io, redis.stop());

  s.binary = stand_in(base + "/silent", "exec tail -f /dev/null");
  ManagedRedis silent(io, s);
  const auto failed = finish(io, silent.start());
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().text.find("no answer in time"), std::string::npos) << failed.error().text;
}

TEST_F(Managed, AStartIsEndedByAStop) {
  auto s = settings();
  s.binary = stand_in(base + "/silent", "exec tail -f /dev/null");
  ManagedRedis redis(io, s);
  bool started = false, done = false;
  boost::asio::co_spawn(io, redis.start(), [&](const std::exception_ptr&, const auto& result) {
    started = result.has_value();
    done = true;
  });
  ASSERT_TRUE(comes_to([&] { return redis.pid() > 0; }));
  finish(io, redis.stop());
  EXPECT_TRUE(done);
  EXPECT_FALSE(started);
  EXPECT_EQ(redis.pid(), 0);
  std::string error;
  EXPECT_TRUE(managed::LockFile(base + "/state/lock").try_lock(error));
}

TEST(ManagedBinary, IsLookedForInOrder) {
  managed::Settings s;
  s.binary = "/usr/bin/redis-server";
  EXPECT_EQ(managed::find_binary(s, ""), "/usr/bin/redis-server");
  s.binary = "/nowhere/redis-server";
  EXPECT_EQ(managed::find_binary(s, "/usr/bin"), "");  // named wrong: not replaced in silence
  s.binary.clear();
  if (::access("/usr/lib/frontdesk/redis-server", X_OK) != 0) {
    EXPECT_EQ(managed::find_binary(s, "/nowhere:/usr/bin"), "/usr/bin/redis-server");
    EXPECT_EQ(managed::find_binary(s, "/nowhere"), "");
  }
}

}  // namespace
