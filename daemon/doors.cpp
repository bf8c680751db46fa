#include "daemon/doors.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <filesystem>

#include "daemon/version.hpp"
#include "router/store/record.hpp"

namespace fd {

namespace asio = boost::asio;

Doors::Doors(Around around)
    : around_(std::move(around)),
      bus_thread_(around_.zmq, (around_.options.run / "alive.ipc").string()),
      workers_("workers", around_.clock, admin::taken_by(worker_)),
      bus_("bus", around_.clock, [this]() -> asio::awaitable<bool> { co_return bus_thread_.took(); }),
      edge_(around_.io, around_.zmq, around_.clock, around_.c.bus_edge),
      chat_(around_.io, edge_, around_.clock, std::make_shared<const chat::Settings>(around_.c.chat)),
      walkin_(around_.io, edge_, around_.clock, std::make_shared<const walkin::Settings>(around_.c.walkin)),
      desk_(around_.c.desk, edge_, around_.clock, desk::verify_in(worker_),
            [](std::string_view what) { spdlog::warn("event=desk.failed what=\"{}\"", what); }),
      admin_(ports()),
      outboxes_(http::make_outboxes(around_.c.http_public.outbox_total_bytes_max)) {
  around_.spawn(workers_.run(), "probe of the workers");
  around_.spawn(bus_.run(), "probe of the bus");
  around_.spawn(edge_.run(), "bus edge");
  around_.spawn(chat_.run(), "chat");
  around_.spawn(walkin_.run(), "walk-in");
}

admin::Ports Doors::ports() {
  admin::Ports ports{edge_, {}, {}, {}, {}, version, {}};
  ports.patience = std::chrono::milliseconds{9'000};
  ports.ready = around_.ready;
  ports.alive = [this] { return std::vector{workers_.check(), bus_.check()}; };
  ports.reread = [this] { return reread(); };
  ports.roster_taken = [this] { take_accounts(); };
  return ports;
}

boost::system::result<boost::json::object, admin::ReadError> Doors::reread() {
  const auto path = around_.options.config.parent_path() / "agents.yaml";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return admin::ReadError{path.string() + ": no such file"};
  const auto read = config::read_accounts(path, config::Language::en, &around_.c.engine);
  if (!read.errors.empty()) return admin::ReadError{config::text(read.errors.front(), config::Language::en)};
  accounts_ = read.list;
  engine::Roster roster;
  roster.roster = config::roster(read.list);
  const auto written = boost::json::parse(store::to_json(engine::Event{roster}));
  const auto* accounts = written.as_object().if_contains("roster");  // an empty one is not written
  return accounts ? accounts->as_object() : boost::json::object{};
}

void Doors::take_accounts() {
  if (accounts_) around_.c.desk.accounts = config::desk_accounts(*accounts_);
  desk_.set_settings(around_.c.desk);
}

std::string Doors::open() {
  const auto& c = around_.c;
  const auto control_path = (around_.options.run / "control.sock").string();
  auto control = std::make_shared<http::Routes>();
  admin_.mount_control(*control);
  auto why = listen("unix:" + control_path, control, c.http_internal, around_.descriptors.control);
  if (!why.empty()) return why;
  using std::filesystem::perms;  // for who operates it: the group, where the run directory lets it through
  constexpr auto operators = perms::owner_read | perms::owner_write | perms::group_read | perms::group_write;
  std::error_code error;
  std::filesystem::permissions(control_path, operators, error);
  if (error) return control_path + ": " + error.message();
  if (around_.options.role == "router") return {};
  auto outside = std::make_shared<http::Routes>();
  chat_.add_routes(*outside);
  walkin_.add_routes(*outside);
  why = listen(c.public_listener.text, outside, c.http_public, around_.descriptors.customers);
  if (!why.empty()) return why;
  auto inside = std::make_shared<http::Routes>();
  desk_.mount(*inside);
  admin_.mount_health(*inside);
  return listen(c.internal_listener.text, inside, c.http_internal, around_.descriptors.desk);
}

std::string Doors::listen(const std::string& address, std::shared_ptr<const http::Routes> routes, http::Limits limits,
                          std::size_t connections) {
  limits.connections_max = std::min(limits.connections_max, connections);
  auto opened = http::listen(around_.io, address, std::move(routes), limits, outboxes_);
  if (auto* error = std::get_if<http::ListenError>(&opened)) return error->text;
  listeners_.push_back(std::move(std::get<0>(opened)));
  return {};
}

std::uint16_t Doors::public_port() const { return listeners_.size() > 1 ? listeners_[1]->port() : 0; }
std::uint16_t Doors::internal_port() const { return listeners_.size() > 2 ? listeners_[2]->port() : 0; }

asio::awaitable<void> Doors::drain() {
  constexpr std::chrono::milliseconds answers{5'000}, closing{2'000};
  for (const auto& listener : listeners_) listener->stop_accepting();
  co_await chat_.drain(answers);
  co_await walkin_.drain(answers);
  for (const auto& listener : listeners_) co_await listener->drain(closing);
}

}  // namespace fd
