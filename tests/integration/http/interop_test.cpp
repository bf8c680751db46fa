// A client that nobody here wrote: Debian's python3-websockets, in a process of its own.

#include <cstdlib>

#include "server.hpp"

namespace fd::http::test {
namespace {

TEST(Interop, PythonWebsockets) {
  Server server;
  const std::string command =
      "/usr/bin/python3 " FD_SOURCE_DIR "/tests/integration/http/interop_test.py " + std::to_string(server.port());
  EXPECT_EQ(std::system(command.c_str()), 0);
  // Control: the same script against nobody fails, so its 0 above means something.
  const std::string nobody = "/usr/bin/python3 " FD_SOURCE_DIR "/tests/integration/http/interop_test.py 1 2>/dev/null";
  EXPECT_NE(std::system(nobody.c_str()), 0);
}

}  // namespace
}  // namespace fd::http::test
