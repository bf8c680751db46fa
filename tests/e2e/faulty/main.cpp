// frontdeskd whose store breaks one promise, named by FD_TEST_FAULT:
//   early     the receipt comes before the commit (what leaves is not durable)
//   unfenced  refused as fenced, it writes to FD_TEST_REDIS (host:port) all the same and goes on
//   unseen    no duplicate is ever recognised
//   forgetful a job for an adapter is not stored
// The name of the program and its flags are frontdeskd's.

#include <hiredis/hiredis.h>
#include <sodium/core.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "daemon/options.hpp"
#include "daemon/wiring.hpp"
#include "router/store/redis/codec.hpp"
#include "tests/support/faulty_store.hpp"

namespace {

namespace asio = boost::asio;
using fd::store::Failure;
template <class T>
using Result = asio::awaitable<boost::system::result<T, Failure>>;

class UnfencedStore final : public fd::test::PassingStore {
 public:
  UnfencedStore(fd::store::Store& inner, std::string host, int port)
      : PassingStore(inner), host_(std::move(host)), port_(port) {}

  Result<fd::Receipt> commit(fd::store::Batch batch) override {
    const auto copy = batch;
    auto result = co_await inner_.commit(std::move(batch));
    if (result || result.error().code != fd::store::Fail::fenced) co_return result;
    write(copy);
    co_return receipt(copy.number);
  }

 private:
  void write(const fd::store::Batch& batch) {
    struct Close {
      void operator()(redisContext* c) const { redisFree(c); }
    };
    const std::unique_ptr<redisContext, Close> redis(redisConnect(host_.c_str(), port_));
    if (!redis || redis->err != 0) throw std::runtime_error("FD_TEST_REDIS does not answer");
    fd::store::redis::Encoder encoder(fd::SiteName("main"));
    fd::store::redis::Request request;
    encoder.encode(batch, request);
    for (const auto& command : fd::store::redis::commands_of(request.bytes())) {
      std::vector<const char*> text;
      std::vector<std::size_t> size;
      for (const auto& word : command) text.push_back(word.data()), size.push_back(word.size());
      freeReplyObject(redisCommandArgv(redis.get(), static_cast<int>(text.size()), text.data(), size.data()));
    }
  }

  std::string host_;
  int port_;
};

class UnseenStore final : public fd::test::PassingStore {
 public:
  using PassingStore::PassingStore;
  Result<fd::engine::Facts> look_up(fd::store::LookUp question) override {
    auto facts = co_await inner_.look_up(std::move(question));
    if (facts) facts->seen.reset();
    co_return facts;
  }
};

class ForgetfulStore final : public fd::test::PassingStore {
 public:
  using PassingStore::PassingStore;
  Result<fd::Receipt> commit(fd::store::Batch batch) override {
    std::erase_if(batch.mutations, [](const auto& m) { return std::holds_alternative<fd::engine::PutJob>(m); });
    auto result = co_await inner_.commit(std::move(batch));
    co_return result;
  }
};

std::unique_ptr<fd::store::Store> break_promise(asio::io_context& io, fd::store::Store& inner) {
  const char* fault = std::getenv("FD_TEST_FAULT");
  const std::string name = fault ? fault : "";
  if (name == "early") return std::make_unique<fd::test::EarlyReceiptStore>(io, inner);
  if (name == "unseen") return std::make_unique<UnseenStore>(inner);
  if (name == "forgetful") return std::make_unique<ForgetfulStore>(inner);
  if (name == "unfenced") {
    const std::string redis = std::getenv("FD_TEST_REDIS") ? std::getenv("FD_TEST_REDIS") : "";
    const auto colon = redis.find(':');
    if (colon == std::string::npos) throw std::runtime_error("FD_TEST_REDIS: host:port is missing");
    return std::make_unique<UnfencedStore>(inner, redis.substr(0, colon), std::stoi(redis.substr(colon + 1)));
  }
  throw std::runtime_error("FD_TEST_FAULT: early, unfenced, unseen or forgetful");
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  if (sodium_init() < 0) return 75;
  const auto parsed = fd::parse_options(argc, argv);
  if (parsed.exit) return *parsed.exit;
  try {
    return fd::run_daemon(parsed.options, break_promise);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "fd_faulty_daemon: %s\n", e.what());
    return 1;
  }
}
