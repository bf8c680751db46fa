#include "daemon/wiring.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <time.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <optional>
#include <zmq.hpp>

#include "channels/chat/chat.hpp"
#include "channels/http/crypto.hpp"
#include "channels/http/pages.hpp"
#include "channels/http/worker.hpp"
#include "channels/walkin/walkin.hpp"
#include "config/accounts.hpp"
#include "config/load.hpp"
#include "config/secrets.hpp"
#include "config/settle.hpp"
#include "daemon/admin/admin.hpp"
#include "daemon/admin/probe.hpp"
#include "daemon/desk/desk.hpp"
#include "daemon/version.hpp"
#include "router/bus/zmq/edge.hpp"
#include "router/bus/zmq/router.hpp"
#include "router/bus/zmq/thread.hpp"
#include "router/site/site.hpp"
#include "router/store/record.hpp"
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
  for (const auto& dir : {options.state, options.run}) {
    std::error_code error;
    std::filesystem::create_directories(dir, error);
    if (!error) std::filesystem::permissions(dir, std::filesystem::perms::owner_all, error);
    if (error) return config::SecretError{"directory " + dir.string() + ": " + error.message()};
  }
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  return config::RootSecret::open(options.state, credentials ? credentials : "");
}

// The process: what is built, in the order in which it depends on one another; taken down in reverse.
class Process {
 public:
  Process(Options options, config::Configuration configuration, const config::RootSecret& root, WrapStore wrap)
      : options_(std::move(options)),
        wrap_(std::move(wrap)),
        c_(std::move(configuration)),
        root_(root),
        outboxes_(http::make_outboxes(c_.http_public.outbox_total_bytes_max)),
        signals_(io_, SIGTERM, SIGINT) {
    config::fill_keys(c_, root_);
  }

  int run() {
    asio::co_spawn(io_, live(), [this](const std::exception_ptr& e) { failed(e, "main"); });
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
  [[nodiscard]] bool serves() const { return options_.role != "router"; }

  asio::awaitable<void> live() {
    if (routes()) {
      const bool started = co_await start_router();
      if (!started) {
        finish();
        co_return;
      }
    }
    if (serves() || routes()) start_edge();
    if (!listen()) {
      finish();
      co_return;
    }
    spdlog::info("event=start.ready version={} role={} public={} internal={}", version, options_.role, public_port(),
                 internal_port());
    co_await signals_.async_wait(asio::use_awaitable);
    spdlog::info("event=stop.begun");
    co_await drain();
    finish();
  }

  asio::awaitable<bool> start_router() {
    store::redis::Settings redis;
    redis.router = http::random_token(12);
    redis.say = [](std::string_view text) { spdlog::warn("event=store.said text=\"{}\"", text); };
    switch (c_.redis.kind) {
      case config::Redis::Kind::managed: {
        store::managed::Settings child;
        child.state = options_.state.string();
        child.run = options_.run.string();
        child.binary = c_.redis.binary;
        child.say = redis.say;
        child.note = [](std::string_view text) { spdlog::debug("event=store.noted text=\"{}\"", text); };
        managed_ = std::make_unique<store::ManagedRedis>(io_, child);
        auto started = co_await managed_->start();
        if (!started) {
          spdlog::critical("event=start.refused reason=\"{}\"", started.error().text);
          code_ = outside_missing;
          co_return false;
        }
        const std::string router = redis.router;
        const auto say = redis.say;
        redis = managed_->connection(c_.engine.site);
        redis.router = router;
        redis.say = say;
        break;
      }
      case config::Redis::Kind::unix_socket: redis.address = c_.redis.path; break;
      case config::Redis::Kind::tcp: redis.address = c_.redis.host + ":" + std::to_string(c_.redis.port); break;
    }
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
    co_return true;
  }

  void start_probes() {
    workers_.emplace("workers", clock_, admin::taken_by(worker_));
    bus_thread_.emplace(zmq_, (options_.run / "alive.ipc").string());
    bus_.emplace("bus", clock_, [this]() -> asio::awaitable<bool> { co_return bus_thread_->took(); });
    spawn(workers_->run(), "probe of the workers");
    spawn(bus_->run(), "probe of the bus");
  }

  void start_edge() {
    start_probes();
    edge_ = std::make_unique<bus::ZmqEdge>(io_, zmq_, clock_, c_.bus_edge);
    spawn(edge_->run(), "bus edge");
    chat_ = std::make_unique<chat::Chat>(io_, *edge_, clock_, std::make_shared<const chat::Settings>(c_.chat));
    walkin_ =
        std::make_unique<walkin::Walkin>(io_, *edge_, clock_, std::make_shared<const walkin::Settings>(c_.walkin));
    desk_ = std::make_unique<desk::Desk>(c_.desk, *edge_, clock_, desk::verify_in(worker_), [](std::string_view what) {
      spdlog::warn("event=desk.failed what=\"{}\"", what);
    });
    admin::Ports ports{*edge_, {}, {}, {}, {}, version, {}};
    ports.patience = std::chrono::milliseconds{9'000};
    ports.ready = [this] { return report(); };
    ports.alive = [this] { return std::vector{workers_->check(), bus_->check()}; };
    ports.reread = [this]() -> boost::system::result<boost::json::object, admin::ReadError> { return reread(); };
    ports.roster_taken = [this] {
      if (accounts_) c_.desk.accounts = config::desk_accounts(*accounts_);
      desk_->set_settings(c_.desk);
    };
    admin_ = std::make_unique<admin::Admin>(std::move(ports));
    if (chat_) spawn(chat_->run(), "chat");
    if (walkin_) spawn(walkin_->run(), "walk-in");
  }

  boost::system::result<boost::json::object, admin::ReadError> reread() {
    const auto read =
        config::read_accounts(options_.config.parent_path() / "agents.yaml", config::Language::en, &c_.engine);
    if (!read.errors.empty()) return admin::ReadError{config::text(read.errors.front(), config::Language::en)};
    accounts_ = read.list;
    engine::Roster roster;
    roster.roster = config::roster(read.list);
    return boost::json::parse(store::to_json(engine::Event{roster})).at("roster").as_object();
  }

  asio::awaitable<admin::ReadyReport> report() const {
    admin::ReadyReport r;
    if (site_) {
      const auto ready = co_await site_->check();
      r.checks.push_back({"leader", ready.leading, ready.text});
      r.checks.push_back({"store", ready.store.empty(), ready.store});
    }
    r.checks.push_back({"bus", edge_ && edge_->up(), edge_ && edge_->up() ? "" : "no leading router answers"});
    r.checks.push_back({"drain", !draining_, draining_ ? "stopping" : ""});
    co_return r;
  }

  bool listen() {
    auto control = std::make_shared<http::Routes>();
    admin_->mount_control(*control);
    if (!open("unix:" + (options_.run / "control.sock").string(), control, c_.http_internal)) return false;
    if (!serves()) return true;
    auto outside = std::make_shared<http::Routes>();
    chat_->add_routes(*outside);
    walkin_->add_routes(*outside);
    auto inside = std::make_shared<http::Routes>();
    desk_->mount(*inside);
    admin_->mount_health(*inside);
    return open(c_.public_listener.text, outside, c_.http_public) &&
           open(c_.internal_listener.text, inside, c_.http_internal);
  }

  bool open(const std::string& address, std::shared_ptr<const http::Routes> routes, const http::Limits& limits) {
    auto opened = http::listen(io_, address, std::move(routes), limits, outboxes_);
    if (auto* error = std::get_if<http::ListenError>(&opened)) {
      spdlog::critical("event=start.refused reason=\"{}\"", error->text);
      code_ = outside_missing;
      return false;
    }
    listeners_.push_back(std::move(std::get<0>(opened)));
    return true;
  }

  [[nodiscard]] std::uint16_t public_port() const { return listeners_.size() > 1 ? listeners_[1]->port() : 0; }
  [[nodiscard]] std::uint16_t internal_port() const { return listeners_.size() > 2 ? listeners_[2]->port() : 0; }

  // Nothing accepted is lost: doors close, what was taken is answered, the last batch is committed, Redis stops last.
  asio::awaitable<void> drain() {
    draining_ = true;
    constexpr std::chrono::milliseconds wait{5'000};
    for (const auto& listener : listeners_) listener->stop_accepting();
    if (chat_) co_await chat_->drain(wait);
    if (walkin_) co_await walkin_->drain(wait);
    for (const auto& listener : listeners_) co_await listener->drain(std::chrono::milliseconds{2'000});
    if (site_) co_await site_->stop();
    if (store_) co_await store_->close();
    if (managed_) co_await managed_->stop();
  }

  void finish() {
    if (edge_) edge_->stop();
    if (router_) router_->stop();
    io_.stop();
    spdlog::info("event=stop.drained");
  }

  Options options_;
  WrapStore wrap_;
  config::Configuration c_;
  config::RootSecret root_;
  SystemClock clock_;
  asio::io_context io_{1};
  zmq::context_t zmq_{1};
  std::shared_ptr<http::Outboxes> outboxes_;  // of all listeners
  asio::signal_set signals_;
  http::Worker worker_{1, 32};
  std::optional<bus::ZmqThread> bus_thread_;
  std::optional<admin::Probe> workers_, bus_;
  std::optional<std::vector<config::StoredAccount>> accounts_;
  std::unique_ptr<store::ManagedRedis> managed_;
  std::unique_ptr<store::RedisStore> store_;
  std::unique_ptr<store::Store> wrapped_;
  std::unique_ptr<bus::ZmqRouter> router_;
  std::unique_ptr<site::Site> site_;
  std::unique_ptr<bus::ZmqEdge> edge_;
  std::unique_ptr<chat::Chat> chat_;
  std::unique_ptr<walkin::Walkin> walkin_;
  std::unique_ptr<desk::Desk> desk_;
  std::unique_ptr<admin::Admin> admin_;
  std::vector<std::unique_ptr<http::Listener>> listeners_;
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
  if (!options.pages.empty()) {
    const auto missing = http::use_folder(options.pages.string());
    if (!missing.empty()) {
      spdlog::critical(
          "event=start.refused reason=\"--pages {}: {} of the pages are not there, the first is {}; the build "
          "leaves them all in pages/daemon/raw\"",
          options.pages.string(), missing.size(), missing.front());
      return configuration_wrong;
    }
  }
  const auto root = open_root(options);
  if (!root) {
    spdlog::critical("event=start.refused reason=\"{}\"", root.error().text);
    return configuration_wrong;
  }
  Process process(options, std::move(*loaded.configuration), *root, wrap);
  const int code = process.run();
  // All is committed and closed. Suspended coroutines refer to parts that refer to the loop: no order of destruction
  // suits both, so the process ends here instead of taking itself apart.
  spdlog::shutdown();
  std::quick_exit(code);
}

}  // namespace fd
