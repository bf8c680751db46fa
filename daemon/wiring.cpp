#include "daemon/wiring.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <time.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <set>
#include <utility>
#include <zmq.hpp>

#include "channels/http/crypto.hpp"
#include "channels/http/pages.hpp"
#include "config/load.hpp"
#include "config/secrets.hpp"
#include "config/settle.hpp"
#include "daemon/descriptors.hpp"
#include "daemon/directories.hpp"
#include "daemon/doors.hpp"
#include "daemon/version.hpp"
#include "router/bus/zmq/router.hpp"
#include "router/site/site.hpp"
#include "router/store/redis/managed.hpp"
#include "router/store/redis/redis_store.hpp"

namespace fd {
namespace {

namespace asio = boost::asio;

constexpr int ended_well = 0, died = 1, outside_missing = 75, configuration_wrong = 78;

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant wall() const override { return {read(CLOCK_REALTIME)}; }
  [[nodiscard]] Duration steady() const override { return Duration{read(CLOCK_BOOTTIME)}; }

 private:
  static std::int64_t read(clockid_t id) {
    timespec t{};
    ::clock_gettime(id, &t);
    return static_cast<std::int64_t>(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000;
  }
};

site::Settings site_settings(const config::Configuration& c, const config::RootSecret& root, std::string router) {
  site::Settings s;
  s.router = std::move(router);
  s.company = c.company;
  s.greeting = c.greeting;
  for (const auto& phrase : c.phrases) s.phrases.emplace_back(phrase.id, phrase.text);
  s.grades = c.grades;
  s.pepper = root.key("pepper");
  s.long_wait = c.wall_long_wait;
  s.window_intake = c.bus.window_intake;
  s.window_agents = c.bus.window_agents;
  return s;
}

// The directories, made when they are not there, and the secret in one of them.
boost::system::result<config::RootSecret, config::SecretError> open_root(const Options& options) {
  for (const auto& dir : {options.state, options.run})
    if (auto why = own_directory(dir); !why.empty()) return config::SecretError{std::move(why)};
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  return config::RootSecret::open(options.state, credentials ? credentials : "");
}

// The process: what is built, in the order in which it depends on one another; taken down in reverse.
class Process {
 public:
  Process(Options options, config::Configuration configuration, const config::RootSecret& root,
          DescriptorShares descriptors, WrapStore wrap)
      : options_(std::move(options)),
        wrap_(std::move(wrap)),
        c_(std::move(configuration)),
        root_(root),
        descriptors_(descriptors),
        signals_(io_, SIGTERM, SIGINT, SIGHUP),
        asked_to_stop_(io_, asio::steady_timer::time_point::max()) {
    config::fill_keys(c_, root_);
  }

  int run() {
    spawn(hear(), "signals");
    spawn(live(), "main");
    io_.run();
    return code_;
  }

 private:
  void failed(const std::exception_ptr& e, const char* what) {
    if (!e) return;
    try {
      std::rethrow_exception(e);
    } catch (const std::exception& error) {
      spdlog::critical("event=process.failed what={} error=\"{}\"", what, error.what());
    }
    code_ = died;
    io_.stop();
  }

  void spawn(asio::awaitable<void> work, const char* what) {
    asio::co_spawn(io_, std::move(work), [this, what](const std::exception_ptr& e) { failed(e, what); });
  }

  [[nodiscard]] bool routes() const { return options_.role != "edge"; }

  // TERM and INT stop it, one of them a second time at once. Two of a kind: Ctrl-C reaches us and the script that
  // started us, which then passes on a TERM of its own.
  asio::awaitable<void> hear() {
    std::set<int> heard;
    for (;;) {
      const int number = co_await signals_.async_wait(asio::use_awaitable);
      if (number == SIGHUP) {
        spdlog::warn("event=reload.refused reason=\"this version reads its configuration at the start alone\"");
      } else if (!heard.insert(number).second) {
        spdlog::warn("event=stop.hurried");
        co_return finish();
      } else if (std::exchange(draining_, true)) {
        spdlog::info("event=stop.under_way");
      } else {
        spdlog::info("event=stop.begun");
        asked_to_stop_.cancel();
        if (managed_ && !site_) spawn(managed_->stop(), "redis");  // it may be loading for minutes
      }
    }
  }

  asio::awaitable<void> live() {
    const bool started = co_await start();
    if (started && !draining_) {
      spdlog::info("event=start.ready version={} role={} public={} internal={}", version, options_.role,
                   doors_->public_port(), doors_->internal_port());
      co_await asked_to_stop_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    draining_ = true;
    co_await drain();
    spdlog::info("event=stop.drained");
    finish();
  }

  // Whose state it is, then the doors, so that callers hear "later" while Redis loads; then who leads.
  asio::awaitable<bool> start() {
    if (routes() && c_.redis.kind == config::Redis::Kind::managed) {
      managed_ = std::make_unique<store::ManagedRedis>(io_, managed_settings());
      const auto locked = co_await managed_->lock();
      if (!locked) co_return refused(locked.error().text);
    }
    if (draining_) co_return false;
    Doors::Around around{io_, zmq_, clock_, options_, c_, descriptors_, {}, {}};
    around.ready = [this] { return report(); };
    around.spawn = [this](asio::awaitable<void> work, const char* what) { spawn(std::move(work), what); };
    doors_ = std::make_unique<Doors>(std::move(around));
    if (const auto why = doors_->open(); !why.empty()) co_return refused(why);
    if (managed_) {
      const auto started = co_await managed_->start();
      if (!started) co_return refused(started.error().text);
    }
    if (routes() && !draining_) start_router();
    co_return true;
  }

  bool refused(const std::string& why) {
    if (draining_) return false;
    spdlog::critical("event=start.refused reason=\"{}\"", why);
    code_ = outside_missing;
    return false;
  }

  store::managed::Settings managed_settings() const {
    store::managed::Settings child;
    child.state = options_.state.string();
    child.run = options_.run.string();
    child.binary = c_.redis.binary;
    child.say = say;
    child.note = [](std::string_view text) { spdlog::debug("event=store.noted text=\"{}\"", text); };
    return child;
  }

  static void say(std::string_view text) { spdlog::warn("event=store.said text=\"{}\"", text); }

  void start_router() {
    store::redis::Settings redis;
    if (managed_) redis = managed_->connection(c_.engine.site);
    if (c_.redis.kind == config::Redis::Kind::unix_socket) redis.address = c_.redis.path;
    if (c_.redis.kind == config::Redis::Kind::tcp) redis.address = c_.redis.host + ":" + std::to_string(c_.redis.port);
    redis.router = http::random_token(12);
    redis.say = say;
    auto rules = rules::RuleSet::compile(c_.rules);
    if (!rules) throw std::runtime_error("rules that were checked do not compile");
    const std::string name = redis.router;
    redis.site = c_.engine.site;
    redis.user = c_.redis.user;
    redis.password = c_.redis.password;
    redis.password_from = c_.redis.password_from;
    redis.database = c_.redis.database;
    redis.allow_weak = c_.redis.allow_weak;
    redis.config = c_.canonical;
    redis.config_hash = c_.hash;
    store_ = std::make_unique<store::RedisStore>(io_, std::move(redis));
    if (wrap_) wrapped_ = wrap_(io_, *store_);
    router_ = std::make_unique<bus::ZmqRouter>(io_, zmq_, c_.bus_router);
    auto shell = site_settings(c_, root_, name);
    shell.roster_taken = [this](const std::map<AgentId, engine::Account>& roster) {
      config::take_roster(c_, roster);
      store_->run_with(c_.canonical, c_.hash);
    };
    site_ = std::make_unique<site::Site>(io_, clock_, std::move(shell), c_.engine, std::move(*rules),
                                         wrapped_ ? *wrapped_ : *store_, *router_);
    spawn(router_->run(), "bus router");
    spawn(site_->run(), "site");
  }

  asio::awaitable<admin::ReadyReport> report() const {
    admin::ReadyReport r;
    if (managed_) r.checks.push_back({"redis", managed_->awaited().empty(), managed_->awaited()});
    if (site_) {
      const auto ready = co_await site_->check();
      r.checks.push_back({"leader", ready.leading, ready.text});
      r.checks.push_back({"store", ready.store.empty(), ready.store});
    }
    const bool heard = doors_->hears_router();
    r.checks.push_back({"bus", heard, heard ? "" : "no leading router answers"});
    r.checks.push_back({"drain", !draining_, draining_ ? "stopping" : ""});
    co_return r;
  }

  // Nothing accepted is lost: doors close, what was taken is answered, the last batch is committed, Redis stops last.
  asio::awaitable<void> drain() {
    if (doors_) co_await doors_->drain();
    if (site_) co_await site_->stop();
    if (store_) co_await store_->close();
    if (managed_) co_await managed_->stop();
  }

  void finish() {
    if (doors_) doors_->stop();
    if (router_) router_->stop();
    io_.stop();
  }

  Options options_;
  WrapStore wrap_;
  config::Configuration c_;
  config::RootSecret root_;
  SystemClock clock_;
  asio::io_context io_{1};
  zmq::context_t zmq_{1};
  DescriptorShares descriptors_;
  asio::signal_set signals_;
  asio::steady_timer asked_to_stop_;
  std::unique_ptr<store::ManagedRedis> managed_;
  std::unique_ptr<store::RedisStore> store_;
  std::unique_ptr<store::Store> wrapped_;
  std::unique_ptr<bus::ZmqRouter> router_;
  std::unique_ptr<site::Site> site_;
  std::unique_ptr<Doors> doors_;
  bool draining_ = false;
  int code_ = ended_well;
};

}  // namespace

int run_daemon(const Options& options, const WrapStore& wrap) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("frontdeskd"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  config::LoadOptions how;
  how.language = options.lang == "zh" ? config::Language::zh : config::Language::en;
  how.environment = config::process_environment();
  auto loaded = config::load(options.config, how);
  if (!loaded.configuration) {
    for (const auto& e : loaded.errors) std::fputs(config::text(e, how.language).c_str(), stderr);
    return configuration_wrong;
  }
  for (const auto& e : loaded.warnings) std::fputs(config::text(e, how.language).c_str(), stderr);
  static constexpr std::array levels{spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                                     spdlog::level::warn, spdlog::level::err};
  spdlog::set_level(levels[static_cast<std::size_t>(loaded.configuration->log_level)]);
  const auto refused = [](const std::string& why) {
    spdlog::critical("event=start.refused reason=\"{}\"", why);
    return configuration_wrong;
  };
  if (!options.pages.empty()) {
    const auto missing = http::use_folder(options.pages.string());
    if (!missing.empty())
      return refused("--pages " + options.pages.string() + ": " + std::to_string(missing.size()) +
                     " of the pages are not there, the first is " + missing.front() +
                     "; the build leaves them all in pages/daemon/raw");
  }
  if (options.role != "both" && loaded.configuration->bus.endpoint == "inproc")
    return refused("--role " + options.role + " needs a bus between processes; set bus.endpoint: ipc:/path");
  const auto files = raise_descriptor_limit();
  const auto descriptors = share_descriptors(files);
  if (!descriptors)
    return refused("it may open " + std::to_string(files) + " files and needs " + std::to_string(descriptors_least) +
                   "; raise ulimit -n, or LimitNOFILE= of the unit");
  ::umask(077);  // what it makes is its own: files, and the sockets of Redis and the bus
  const auto root = open_root(options);
  if (!root) return refused(root.error().text);
  Process process(options, std::move(*loaded.configuration), *root, *descriptors, wrap);
  const int code = process.run();
  // All is committed and closed. Suspended coroutines refer to parts that refer to the loop: no order of destruction
  // suits both, so the process ends here instead of taking itself apart.
  spdlog::shutdown();
  std::quick_exit(code);
}

}  // namespace fd
