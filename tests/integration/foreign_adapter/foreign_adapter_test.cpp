// Goal: an adapter in another language, written after docs/bus.md, loses and doubles nothing. Method: adapter.py
// against a real router over ipc; the adapter is killed and started again in the middle, and so is the router; then its
// ledger is held against what the router kept.

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "tests/integration/bus/harness.hpp"

extern char** environ;

namespace fd::test {
namespace {

struct Kept {  // what a store would hold: the first copy of each message
  struct Row {
    std::string contact;
    std::uint64_t seq;
  };
  std::map<std::string, Row> rows;
  std::uint64_t handled = 0;
  bool forgets = false;  // the faulty twin: does not know a message again

  bus::Answer take(const Message& m) {
    ++handled;
    const auto key = forgets ? m.external_id + "#" + std::to_string(handled) : m.external_id;
    const bool duplicate = rows.contains(key);
    if (!duplicate) {
      const auto contact = UlidId<struct ContactTag>(Ulid::make(1, rows.size() + 1, 0));
      rows[key] = {contact.str(), 1};
    }
    return bus::Ack{{{"contact", rows[key].contact},
                     {"seq", rows[key].seq},
                     {"case", "20261124-000001"},
                     {"duplicate", duplicate},
                     {"at", 1}}};
  }
};

class ForeignAdapter : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/fd-adapter-XXXXXX";
    folder = ::mkdtemp(name.data());
    endpoint = "ipc://" + (folder / "bus.ipc").string();
  }
  void TearDown() override {
    kill_adapter();
    stop_router();
    std::filesystem::remove_all(folder);
  }

  void start_router(std::uint64_t epoch) {
    bus::RouterSettings s;
    s.endpoints = {endpoint};
    router = std::make_unique<bus::ZmqRouter>(io, context, s);
    owner = std::make_unique<Owner>(*router);
    owner->answer_with = [this](const Owner::Got& g) -> std::optional<bus::Answer> {
      return kept.take(std::get<bus::Submit>(g.request).message);
    };
    router->set_sink(owner.get());
    router->set_leading({true, epoch, 16, 8, 0});
    spawn(io, router->run());
  }
  void stop_router() {
    if (!router) return;
    router->stop();
    run_until(io, [&] { return io.stopped(); });
    router = nullptr;
  }

  void start_adapter() {
    std::vector<std::string> arguments{"/usr/bin/python3",
                                       std::string(FD_SOURCE_DIR) + "/tests/integration/foreign_adapter/adapter.py",
                                       endpoint,
                                       "qq",
                                       "200",
                                       (folder / "journal").string(),
                                       (folder / "ledger").string()};
    std::vector<char*> argv;
    for (auto& a : arguments) argv.push_back(a.data());
    argv.push_back(nullptr);
    ASSERT_EQ(::posix_spawn(&adapter, argv[0], nullptr, nullptr, argv.data(), environ), 0);
  }
  void kill_adapter() {
    if (adapter <= 0) return;
    ::kill(adapter, SIGKILL);
    ::waitpid(adapter, nullptr, 0);
    adapter = -1;
  }
  bool adapter_ended() {
    int status = 0;
    if (::waitpid(adapter, &status, WNOHANG) != adapter) return false;
    adapter = -1;
    EXPECT_EQ(status, 0);
    return true;
  }

  // external id -> the contacts it was told; every line counted.
  std::map<std::string, std::set<std::string>> ledger(std::size_t& lines) const {
    std::map<std::string, std::set<std::string>> told;
    std::ifstream in(folder / "ledger");
    std::string id;
    std::string contact;
    std::string rest;
    for (lines = 0; in >> id >> contact && std::getline(in, rest); ++lines) told[id].insert(contact);
    return told;
  }

  std::filesystem::path folder;
  std::string endpoint;
  zmq::context_t context;
  asio::io_context io{1};
  std::unique_ptr<bus::ZmqRouter> router;
  std::unique_ptr<Owner> owner;
  Kept kept;
  pid_t adapter = -1;
};

TEST_F(ForeignAdapter, KilledAndResumedItsLedgerAgreesWithTheRouter) {
  start_router(1);
  start_adapter();
  ASSERT_TRUE(run_until(
      io, [&] { return kept.handled >= 60; }, 60s));
  kill_adapter();
  start_adapter();
  ASSERT_TRUE(run_until(
      io, [&] { return kept.handled >= 140; }, 60s));
  stop_router();
  start_router(2);
  ASSERT_TRUE(run_until(
      io, [&] { return adapter_ended(); }, 60s));
  std::size_t lines = 0;
  const auto told = ledger(lines);
  EXPECT_EQ(told.size(), 200U);
  EXPECT_EQ(kept.rows.size(), 200U);
  EXPECT_GT(kept.handled, 220U);  // control: copies really were sent
  EXPECT_GE(lines, 220U);
  for (const auto& [id, contacts] : told) EXPECT_EQ(contacts, std::set<std::string>{kept.rows.at(id).contact}) << id;
}

// Control: with a router that does not know a message again the same ledger shows it.
TEST_F(ForeignAdapter, ControlARouterThatDoublesIsSeen) {
  kept.forgets = true;
  start_router(1);
  start_adapter();
  ASSERT_TRUE(run_until(
      io, [&] { return adapter_ended(); }, 60s));
  std::size_t lines = 0;
  const auto told = ledger(lines);
  EXPECT_TRUE(std::any_of(told.begin(), told.end(), [](const auto& entry) { return entry.second.size() > 1; }));
}

}  // namespace
}  // namespace fd::test
