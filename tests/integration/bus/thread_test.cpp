// libzmq's thread shows that it runs by carrying a frame; a context without one is the control.
#include "router/bus/zmq/thread.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/integration/bus/harness.hpp"

namespace fd::test {
namespace {

class BusThread : public testing::Test {
 protected:
  BusThread() { std::filesystem::create_directories(folder); }
  ~BusThread() override { std::filesystem::remove_all(folder); }
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("fd-thread-" + std::to_string(::getpid()));
  const std::string path = folder / "alive.ipc";
};

TEST_F(BusThread, TakesOneProbeAfterAnother) {
  zmq::context_t context{1};
  bus::ZmqThread thread(context, path);
  asio::io_context io;
  for (int n = 0; n < 3; ++n) EXPECT_TRUE(run_until(io, [&] { return thread.took(); })) << n;
}

TEST_F(BusThread, TakesOverWhatAKilledProcessLeft) {
  std::ofstream(path) << "";
  zmq::context_t context{1};
  bus::ZmqThread thread(context, path);
  asio::io_context io;
  EXPECT_TRUE(run_until(io, [&] { return thread.took(); }));
}

TEST_F(BusThread, WithoutOneNothingComesBack) {
  zmq::context_t context{0};
  EXPECT_THROW(bus::ZmqThread(context, path), zmq::error_t);
}

}  // namespace
}  // namespace fd::test
