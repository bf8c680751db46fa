#pragma once
// Addresses: where to listen, who calls, and whose word about the caller is believed.

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fd::http {

// TCP and Unix sockets behind one type, so that Beast is instantiated once.
using Protocol = boost::asio::generic::stream_protocol;
// The loop's own executor: every pending operation holds some copies of it, and any_io_executor is four times as large.
using Stream = boost::asio::basic_stream_socket<Protocol, boost::asio::io_context::executor_type>;

struct ListenAddress {
  Protocol::endpoint endpoint;
  std::string unix_path;  // empty of TCP
};

// "127.0.0.1:8080", "[::1]:0", "localhost:8080" or "unix:/path" (≤ 107 bytes); `why` says how to mend what is not.
[[nodiscard]] std::optional<ListenAddress> parse_listen_address(std::string_view text, std::string& why);

// A set of networks in CIDR form.
class Networks {
 public:
  // False for text that is not an address or a network.
  [[nodiscard]] bool add(std::string_view cidr);
  [[nodiscard]] bool contains(const boost::asio::ip::address&) const;

 private:
  struct Network {
    boost::asio::ip::address_v6::bytes_type prefix;
    unsigned bits;
  };
  std::vector<Network> networks_;
};

struct Remote {
  std::optional<boost::asio::ip::address> address;  // of TCP; IPv4-mapped ones are IPv4
  std::string text;                                 // "192.0.2.7", "2001:db8::1", "unix:1000"
};
[[nodiscard]] Remote remote_of(Stream& stream);

// What connections are counted by: the IPv4 address, or the /64 of an IPv6 one.
[[nodiscard]] std::string seat_key(const boost::asio::ip::address&);

// The rightmost address of X-Forwarded-For outside the trusted networks; nothing when there is none or it is garbage.
[[nodiscard]] std::optional<std::string> forwarded_client(std::string_view x_forwarded_for, const Networks& trusted);

}  // namespace fd::http
