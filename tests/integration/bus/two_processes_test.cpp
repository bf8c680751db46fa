// Goal: a router that dies in the middle of its work costs an edge nothing but time. Method: a real router in a process
// of its own over ipc, killed with SIGKILL twice while 1,000 requests of both lanes run; then the ledgers of both
// sides.

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/integration/bus/harness.hpp"

extern char** environ;

namespace fd::test {
namespace {

class Process {  // killed when it goes out of scope
 public:
  Process(const std::string& program, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program);
    std::vector<char*> argv;
    for (auto& a : arguments) argv.push_back(a.data());
    argv.push_back(nullptr);
    if (::posix_spawn(&pid_, program.c_str(), nullptr, nullptr, argv.data(), environ) != 0) pid_ = -1;
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { kill(); }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  [[nodiscard]] bool started() const { return pid_ > 0; }

 private:
  pid_t pid_ = -1;
};

class Folder {
 public:
  Folder() {
    std::string name = "/tmp/fd-bus-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

struct Ledger {
  std::map<std::string, std::vector<int>> first;  // lane -> numbers in the order in which they were first handled
  std::map<std::string, int> times;               // text -> how often
  explicit Ledger(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string epoch;
    std::string lane;
    std::string text;
    while (in >> epoch >> lane >> text)
      if (++times[text] == 1) first[lane].push_back(std::stoi(text.substr(1)));
  }
};

asio::awaitable<void> work(bus::EdgePort& edge, int& next, int last, int& done) {
  while (next < last) {
    const int n = next++;
    const auto text = (n % 4 == 0 ? "n" : "s") + std::to_string(n);
    bus::Request r = n % 4 == 0 ? bus::Request(note(text)) : bus::Request(submit(text));
    const auto answer = co_await edge.request(std::move(r), 60s);
    const auto* ack = std::get_if<bus::Ack>(&answer);
    EXPECT_TRUE(ack != nullptr && ack->body.at("text").as_string() == text) << text;
    ++done;
  }
}

TEST(BusTwoProcesses, ARouterKilledTwiceLosesNoAnswerAndNoOrder) {
  const Folder folder;
  const auto endpoint = "ipc://" + (folder.path / "bus.ipc").string();
  const auto file = folder.path / "ledger";
  const auto start = [&](const std::string& epoch) {
    return std::make_unique<Process>(FD_ROUTER_PROCESS, std::vector<std::string>{endpoint, epoch, file.string()});
  };
  SystemClock clock;
  zmq::context_t context;
  asio::io_context io{1};
  bus::EdgeSettings s;
  s.endpoints = {endpoint};
  bus::ZmqEdge edge(io, context, clock, s);
  spawn(io, edge.run());
  Listener page;
  const auto guard = edge.subscribe(edge.new_attachment(), page);
  auto router = start("1");
  ASSERT_TRUE(router->started());
  int next = 0;
  int done = 0;
  for (int i = 0; i < 48; ++i) spawn(io, work(edge, next, 1000, done));
  ASSERT_TRUE(run_until(
      io, [&] { return done >= 300; }, 60s));
  router = nullptr;  // killed with requests under way
  ASSERT_TRUE(run_until(io, [&] { return !edge.up(); }));
  router = start("2");
  ASSERT_TRUE(run_until(
      io, [&] { return done >= 650; }, 60s));
  router->kill();  // and again, at once: the edge may not even notice the gap
  router = start("3");
  ASSERT_TRUE(run_until(
      io, [&] { return done == 1000; }, 60s));
  const Ledger ledger(file);
  EXPECT_EQ(ledger.times.size(), 1000U);
  for (const auto& [lane, numbers] : ledger.first)
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end())) << "order of lane " << lane;
  EXPECT_EQ(ledger.first.at("agents").size(), 250U);
  EXPECT_GT(edge.counters().resent, 0U);  // control: the deaths did hit requests under way
  EXPECT_EQ(edge.epoch(), 3U);
  EXPECT_EQ(page.resyncs, 2);
  edge.stop();
  run_until(io, [&] { return io.stopped(); });
}

// The other way round: an edge started anew under the same name is served, though its former self never said goodbye.
TEST(BusTwoProcesses, AnEdgeStartedAnewTakesItsNameBack) {
  const Folder folder;
  const auto endpoint = "ipc://" + (folder.path / "bus.ipc").string();
  const Process router(FD_ROUTER_PROCESS, {endpoint, "1", (folder.path / "ledger").string()});
  SystemClock clock;
  bus::EdgeSettings s;
  s.endpoints = {endpoint};
  zmq::context_t first_context;
  asio::io_context first_io{1};
  bus::ZmqEdge first(first_io, first_context, clock, s);
  spawn(first_io, first.run());
  ASSERT_TRUE(run_until(first_io, [&] { return first.up(); }));
  zmq::context_t context;  // the first one stands still now, its connection open
  asio::io_context io{1};
  bus::ZmqEdge second(io, context, clock, s);
  spawn(io, second.run());
  ASSERT_TRUE(run_until(io, [&] { return second.up(); }));
  const auto p = ask(io, second, submit("s1"));
  ASSERT_TRUE(run_until(io, [&] { return p->answer.has_value(); }));
  EXPECT_EQ(p->text(), "s1");
  second.stop();
  first.stop();
  run_until(io, [&] { return io.stopped(); });
  run_until(first_io, [&] { return first_io.stopped(); });
}

}  // namespace
}  // namespace fd::test
