#pragma once
// The three worlds the one contract runs in: memory, Redis on a Unix socket, Redis over TCP; and the hands that reach
// behind the store's back.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "router/store/memory/memory_store.hpp"
#include "router/store/redis/redis_store.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/running.hpp"

namespace fd::test {

// What a coroutine returned, whether or not its type has a default.
template <class T>
T finish(boost::asio::io_context& io, boost::asio::awaitable<T> work) {
  std::optional<T> result;
  std::exception_ptr failed;
  bool done = false;
  auto keep = [](boost::asio::awaitable<T> inner, std::optional<T>& out) -> boost::asio::awaitable<void> {
    out.emplace(co_await std::move(inner));
  };
  boost::asio::co_spawn(io, keep(std::move(work), result), [&](std::exception_ptr error) {
    failed = error;
    done = true;
  });
  if (!run_until(
          io, [&] { return done; }, std::chrono::seconds(30)))
    throw std::runtime_error("it did not end");
  if (failed) std::rethrow_exception(failed);
  return std::move(*result);
}

inline void finish(boost::asio::io_context& io, boost::asio::awaitable<void> work) {
  bool done = false;
  std::exception_ptr failed;
  boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr error) {
    failed = error;
    done = true;
  });
  if (!run_until(
          io, [&] { return done; }, std::chrono::seconds(30)))
    throw std::runtime_error("it did not end");
  if (failed) std::rethrow_exception(failed);
}

class Rig {
 public:
  virtual ~Rig() = default;
  virtual std::unique_ptr<store::Store> open(const std::string& router) = 0;
  virtual void close(store::Store& store) = 0;
  virtual void delete_leader() = 0;
  virtual void set_batch(std::uint64_t n) = 0;
  virtual void break_next(ContactId id) = 0;  // the next batch that appends a line to it meets an error inside
  virtual std::optional<Duration> keeps(ContactId id) = 0;
  [[nodiscard]] virtual std::string poisoned() = 0;
  boost::asio::io_context io{1};
};

class MemoryRig final : public Rig {
 public:
  std::unique_ptr<store::Store> open(const std::string& router) override {
    return std::make_unique<store::MemoryStore>(server, router);
  }
  void close(store::Store&) override {}
  void delete_leader() override { server->leader.reset(); }
  void set_batch(std::uint64_t n) override { server->leader->batch = n; }
  void break_next(ContactId) override { server->break_next = "WRONGTYPE"; }
  std::optional<Duration> keeps(ContactId id) override { return server->keeps(id); }
  std::string poisoned() override { return server->leader->poisoned; }
  std::shared_ptr<store::MemoryServer> server = std::make_shared<store::MemoryServer>();
};

// "frontdesk on >PASSWORD …" as docs/redis.md tells the operator of a server to write it.
inline std::string documented_user(const std::string& password) {
  std::ifstream in(std::string(FD_SOURCE_DIR) + "/docs/redis.md");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("user frontdesk ")) {
      const std::string word = "PASSWORD";
      line.replace(line.find(word), word.size(), password);
      return line.substr(5);
    }
  throw std::runtime_error("docs/redis.md has no line of the user");
}

class RedisRig final : public Rig {
 public:
  explicit RedisRig(bool over_tcp, RedisServer::Options options = {})
      : tcp(over_tcp), server(with(options, over_tcp)) {}
  std::unique_ptr<store::Store> open(const std::string& router) override { return open_redis(settings(router)); }
  std::unique_ptr<store::RedisStore> open_redis(store::redis::Settings s) {
    return std::make_unique<store::RedisStore>(io, std::move(s));
  }
  [[nodiscard]] store::redis::Settings settings(const std::string& router) const {
    store::redis::Settings s;
    s.address = tcp ? server.tcp() : server.socket();
    s.user = user;
    s.password = password;
    s.router = router;
    s.back_off_min = Duration{1};
    s.back_off_max = Duration{20};
    s.repeat_unknown = Duration{20};
    s.page = 7;
    return s;
  }
  void close(store::Store& s) override { finish(io, dynamic_cast<store::RedisStore&>(s).close()); }
  void delete_leader() override { server.command("DEL fd:{main}:leader"); }
  void set_batch(std::uint64_t n) override { server.command("HSET fd:{main}:leader batch " + std::to_string(n)); }
  void break_next(ContactId id) override {
    const auto key = "fd:{main}:contact:" + id.str() + ":messages";
    server.command("DEL " + key);
    server.command("SET " + key + " string");
  }
  std::optional<Duration> keeps(ContactId id) override {
    const auto ms = std::stoll(server.command("PTTL fd:{main}:contact:" + id.str()));
    return ms < 0 ? std::nullopt : std::optional(Duration{ms});
  }
  std::string poisoned() override { return server.command("HGET fd:{main}:leader poisoned"); }

  // From now on settings() come in as the user of docs/redis.md, with exactly the line that stands there.
  void use_documented_user() {
    user = "frontdesk";
    password = "geheim";
    server.command("ACL SETUSER " + documented_user(password));
  }

  bool tcp;
  std::string user, password;
  RedisServer server;

 private:
  static RedisServer::Options with(RedisServer::Options options, bool over_tcp) {
    options.tcp = over_tcp;
    return options;
  }
};

}  // namespace fd::test
