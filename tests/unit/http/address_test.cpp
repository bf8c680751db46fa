#include "channels/http/address.hpp"

#include <gtest/gtest.h>

namespace fd::http {
namespace {

using boost::asio::ip::make_address;

TEST(ListenAddress, TakesNumbersAndPaths) {
  std::string why;
  for (const char* good : {"127.0.0.1:8080", "[::1]:0", "0.0.0.0:1", "[::]:65535", "localhost:80", "unix:/run/x.sock"})
    EXPECT_TRUE(parse_listen_address(good, why)) << good;
  EXPECT_EQ(parse_listen_address("unix:/run/x.sock", why)->unix_path, "/run/x.sock");
}

TEST(ListenAddress, RefusesTheRestAndSaysHowToWriteIt) {
  for (const std::string& bad :
       {std::string{"8080"}, std::string{":8080"}, std::string{"host:80"}, std::string{"127.0.0.1"},
        std::string{"127.0.0.1:"}, std::string{"127.0.0.1:65536"}, std::string{"::1:80"}, std::string{"[127.0.0.1]:80"},
        std::string{"unix:relative"}, "unix:/" + std::string(107, 'x'), std::string{}}) {
    std::string why;
    EXPECT_FALSE(parse_listen_address(bad, why)) << bad;
    EXPECT_FALSE(why.empty()) << bad;
  }
  std::string why;
  EXPECT_TRUE(parse_listen_address("unix:/" + std::string(106, 'x'), why)) << "107 bytes fit";
}

TEST(Networks, ContainByPrefix) {
  Networks networks;
  for (const char* good : {"10.0.0.0/8", "192.0.2.7", "2001:db8::/33", "::1/128"}) EXPECT_TRUE(networks.add(good));
  for (const char* inside : {"10.255.0.1", "192.0.2.7", "2001:db8:7fff::1", "::1", "::ffff:10.1.1.1"})
    EXPECT_TRUE(networks.contains(make_address(inside))) << inside;
  for (const char* outside : {"11.0.0.1", "192.0.2.8", "2001:db8:8000::1", "::2"})
    EXPECT_FALSE(networks.contains(make_address(outside))) << outside;
  for (const char* bad : {"10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "x", "", "::/129", "1.2.3.4/-1"})
    EXPECT_FALSE(networks.add(bad)) << bad;
}

TEST(SeatKey, CountsIpv6ByItsNetwork) {
  EXPECT_EQ(seat_key(make_address("2001:db8::1")), seat_key(make_address("2001:db8::ffff:1")));
  EXPECT_NE(seat_key(make_address("2001:db8::1")), seat_key(make_address("2001:db8:0:1::1")));
  EXPECT_NE(seat_key(make_address("192.0.2.1")), seat_key(make_address("192.0.2.2")));
}

TEST(ForwardedClient, IsTheRightmostThatNoProxyOfOursIs) {
  Networks trusted;
  ASSERT_TRUE(trusted.add("10.0.0.0/8"));
  EXPECT_EQ(forwarded_client("203.0.113.9, 10.0.0.2", trusted), "203.0.113.9");
  EXPECT_EQ(forwarded_client("1.1.1.1, 203.0.113.9, 10.0.0.2, 10.0.0.1", trusted), "203.0.113.9")
      << "what the client itself wrote further left does not count";
  EXPECT_EQ(forwarded_client("10.0.0.3, 10.0.0.2", trusted), "10.0.0.3");
  EXPECT_EQ(forwarded_client("203.0.113.9, unknown", trusted), std::nullopt);
  EXPECT_EQ(forwarded_client("", trusted), std::nullopt);
}

}  // namespace
}  // namespace fd::http
