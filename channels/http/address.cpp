#include "channels/http/address.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <charconv>

namespace fd::http {
namespace {

namespace ip = boost::asio::ip;

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<ip::address> address_of(std::string_view text) {
  boost::system::error_code error;
  auto address = ip::make_address(std::string{text}, error);
  if (error) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

ip::address_v6::bytes_type wide(const ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  return ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<ListenAddress> parse_listen_address(std::string_view text, std::string& why) {
  constexpr std::string_view unix_prefix = "unix:";
  if (text.starts_with(unix_prefix)) {
    const auto path = text.substr(unix_prefix.size());
    if (!path.starts_with('/') || path.size() >= sizeof(sockaddr_un::sun_path)) {
      why = "unix: takes an absolute path of at most 107 bytes";
      return std::nullopt;
    }
    const std::string name{path};
    return ListenAddress{boost::asio::local::stream_protocol::endpoint{name}, name};
  }
  const auto colon = text.rfind(':');
  const auto port = colon == std::string_view::npos ? std::nullopt : number<std::uint16_t>(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = address_of(host);
  if (!port || !address || (host.find(':') != std::string_view::npos) != bracketed) {
    why = "write it as 127.0.0.1:8080, [::1]:8080 or unix:/run/frontdesk/http.sock";
    return std::nullopt;
  }
  return ListenAddress{ip::tcp::endpoint{*address, *port}, {}};
}

bool Networks::add(std::string_view cidr) {
  const auto slash = cidr.find('/');
  const auto address = address_of(cidr.substr(0, slash));
  if (!address) return false;
  const unsigned width = address->is_v4() ? 32 : 128;
  const auto bits = slash == std::string_view::npos ? width : number<unsigned>(cidr.substr(slash + 1));
  if (!bits || *bits > width) return false;
  networks_.push_back({wide(*address), *bits + 128 - width});
  return true;
}

bool Networks::contains(const ip::address& address) const {
  const auto bytes = wide(address);
  return std::ranges::any_of(networks_, [&](const Network& network) {
    const unsigned whole = network.bits / 8;
    if (!std::equal(bytes.begin(), bytes.begin() + whole, network.prefix.begin())) return false;
    const unsigned rest = network.bits % 8;
    return rest == 0 || (bytes[whole] ^ network.prefix[whole]) >> (8 - rest) == 0;
  });
}

Remote remote_of(Stream& stream) {
  boost::system::error_code error;
  const auto endpoint = stream.remote_endpoint(error);
  if (error) return {};
  const int family = endpoint.data()->sa_family;
  if (family == AF_UNIX) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(stream.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {{}, "unix:?"};
    return {{}, "unix:" + std::to_string(peer.uid)};
  }
  ip::tcp::endpoint tcp;
  if (endpoint.size() > tcp.capacity()) return {};
  std::copy_n(reinterpret_cast<const char*>(endpoint.data()), endpoint.size(), reinterpret_cast<char*>(tcp.data()));
  tcp.resize(endpoint.size());
  const auto address = address_of(tcp.address().to_string());
  if (!address) return {};
  return {address, address->to_string()};
}

std::string seat_key(const ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.begin() + 8};
}

std::optional<std::string> forwarded_client(std::string_view list, const Networks& trusted) {
  while (!list.empty()) {
    const auto comma = list.rfind(',');
    const auto last = trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
    const auto address = address_of(last);
    if (!address) return std::nullopt;
    if (!trusted.contains(*address) || list.empty()) return address->to_string();
  }
  return std::nullopt;
}

}  // namespace fd::http
