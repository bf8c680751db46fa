// What an idle WebSocket costs: resident memory of this process over some thousands of them. The clients are bare
// descriptors, so all that grows is the server. FD_HTTP_SOCKETS=10000 takes another number.

#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "server.hpp"

namespace fd::http::test {
namespace {

std::size_t resident_bytes() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;) {
    std::size_t kibibytes = 0;
    if (word == "VmRSS:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

TEST(Memory, IdleSocketAfterOneMessage) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const char* asked = std::getenv("FD_HTTP_SOCKETS");
  std::size_t count = asked != nullptr ? std::strtoul(asked, nullptr, 10) : 5000;
  count = std::min<std::size_t>(count, (limit.rlim_cur - 100) / 2);
  Server::listens = true;
  Server server;
  std::vector<Wire> wires;
  wires.reserve(count + 100);
  // A browser's header, and one message each, so that what is made once is made.
  const std::string browser =
      "Origin: https://shop.example\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
      "(KHTML, "
      "like Gecko) Chrome/130.0.0.0 Safari/537.36\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: "
      "zh-CN,zh;q=0.9\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nSec-WebSocket-Protocol: frontdesk.test.v1\r\n";
  auto open = [&] {
    wires.emplace_back(server.port());
    ASSERT_EQ(wires.back().upgrade("/socket?w=token", browser).status, 101U);
    wires.back().send_text("您好，我想问一下我的订单");
    ASSERT_EQ(wires.back().frame().opcode, 1);
  };
  for (int i = 0; i < 100; ++i) open();
  const auto before = resident_bytes();
  for (std::size_t i = 0; i < count; ++i) open();
  const auto after = resident_bytes();
  const double each = static_cast<double>(after - before) / static_cast<double>(count);
  std::cerr << count << " idle sockets: " << each / 1024 << " KiB each, the test's own ends included\n";
  RecordProperty("bytes_each", static_cast<int>(each));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(each, 4.5 * 1024);
#endif
  EXPECT_GT(each, 500) << "control: the measure sees the sockets at all";
}

}  // namespace
}  // namespace fd::http::test
