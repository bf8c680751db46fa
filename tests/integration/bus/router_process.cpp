// A router in a process of its own, to be killed: binds argv[1], leads with epoch argv[2], and writes one line a
// request to argv[3] before it answers: "<epoch> <lane> <text>".

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/integration/bus/harness.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  using namespace fd;
  zmq::context_t context;
  test::asio::io_context io{1};
  bus::RouterSettings settings;
  settings.endpoints = {argv[1]};
  bus::ZmqRouter router(io, context, settings);
  test::Owner owner(router);
  const int ledger = ::open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (ledger < 0) return 66;
  const std::string epoch = argv[2];
  owner.answer_with = [&](const test::Owner::Got& g) -> std::optional<bus::Answer> {
    const auto answer = test::Owner::echo(g);
    const auto text = std::string(std::get<bus::Ack>(answer).body.at("text").as_string());
    const auto line = epoch + (bus::lane_of(g.request) == bus::Lane::intake ? " intake " : " agents ") + text + "\n";
    if (::write(ledger, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::abort();
    return answer;
  };
  router.set_sink(&owner);
  router.set_leading({true, std::stoull(epoch), 1024, 256, 0});
  test::spawn(io, router.run());
  io.run();
  return 0;
}
