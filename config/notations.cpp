#include "config/notations.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace fd::config {
namespace {

std::optional<std::uint16_t> port_of(std::string_view s) {
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (s.empty() || failed != std::errc{} || end != s.data() + s.size() || value > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

bool host_characters(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(),
                                      [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-'; });
}

// host, host:port or [v6]:port after the scheme; nothing behind.
bool authority(std::string_view s) {
  if (!s.empty() && s[0] == '[') {
    const auto close = s.find(']');
    in6_addr v6{};
    if (close == std::string_view::npos || ::inet_pton(AF_INET6, std::string(s.substr(1, close - 1)).c_str(), &v6) != 1)
      return false;
    return close + 1 == s.size() || (s[close + 1] == ':' && port_of(s.substr(close + 2)));
  }
  const auto colon = s.find(':');
  return host_characters(s.substr(0, colon)) && (colon == std::string_view::npos || port_of(s.substr(colon + 1)));
}

bool upper(std::string_view s) {
  return std::any_of(s.begin(), s.end(), [](unsigned char c) { return std::isupper(c) != 0; });
}

bool web(std::string_view s) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (s.substr(0, scheme.size()) == scheme) return authority(s.substr(scheme.size()));
  return false;
}

std::optional<std::string> percent_decoded(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '%') {
      out.push_back(s[i]);
      continue;
    }
    unsigned value = 0;
    const auto* first = s.data() + i + 1;
    if (i + 2 >= s.size() || std::from_chars(first, first + 2, value, 16).ptr != first + 2) return std::nullopt;
    out.push_back(static_cast<char>(value));
    i += 2;
  }
  return out;
}

bool unix_part(std::string_view rest, RedisAddress& out) {
  out.kind = RedisAddress::Kind::unix_socket;
  out.path = rest;
  return rest.starts_with('/') && rest.size() > 1 && rest.size() <= 107;  // sockaddr_un
}

bool tcp_part(std::string_view rest, RedisAddress& out) {
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos && slash + 1 < rest.size()) {
    const auto database = port_of(rest.substr(slash + 1));
    if (!database) return false;
    out.database = *database;
  }
  rest = rest.substr(0, slash);
  if (!authority(rest)) return false;
  const auto colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && rest.back() != ']';
  out.kind = RedisAddress::Kind::tcp;
  out.host = rest.substr(0, has_port ? colon : std::string_view::npos);
  if (has_port) out.port = port_of(rest.substr(colon + 1)).value_or(6379);
  return true;
}

}  // namespace

std::optional<Listener> parse_listener(Reader& r, const Node& n) {
  const auto s = r.text(n);
  if (!s) return std::nullopt;
  Listener out;
  out.text = *s;
  const auto colon = s->rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : port_of(std::string_view(*s).substr(colon + 1));
  std::string host = s->substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  in_addr v4{};
  in6_addr v6{};
  const bool is4 = !bracketed && ::inet_pton(AF_INET, host.c_str(), &v4) == 1;
  const bool is6 = bracketed && ::inet_pton(AF_INET6, host.c_str(), &v6) == 1;
  if (!port || (!is4 && !is6)) {
    r.error(Code::bad_address, n.at, {*s});
    return std::nullopt;
  }
  out.address = host;
  out.port = *port;
  out.loopback = is4 ? (ntohl(v4.s_addr) >> 24U) == 127U : IN6_IS_ADDR_LOOPBACK(&v6);
  return out;
}

std::optional<RedisAddress> parse_redis(Reader& r, const Node& n) {
  const auto s = r.text(n);
  if (!s) return std::nullopt;
  RedisAddress out;
  out.text = *s;
  if (*s == "managed") return out;
  const auto scheme = s->find(':');
  std::string_view rest = std::string_view(*s).substr(scheme == std::string::npos ? s->size() : scheme + 1);
  const bool slashes = rest.starts_with("//");
  if (slashes) rest.remove_prefix(2);
  const auto at = slashes ? rest.rfind('@') : std::string_view::npos;
  if (at != std::string_view::npos && rest.substr(0, at).find(':') != std::string_view::npos) {
    r.error(Code::password_in_address, n.at);  // and not a word of it
    return std::nullopt;
  }
  bool good = true;
  if (at != std::string_view::npos) {
    const auto user = percent_decoded(rest.substr(0, at));
    good = user.has_value() && !user->empty();
    out.user = user.value_or("");
    rest.remove_prefix(at + 1);
  }
  const auto name = s->substr(0, scheme);
  if (name == "unix")
    good = good && unix_part(rest, out);
  else
    good = good && name == "redis" && slashes && tcp_part(rest, out);
  if (good) return out;
  r.error(Code::bad_redis, n.at, {*s});
  return std::nullopt;
}

std::optional<calendar::Zone> parse_zone(Reader& r, const Node& n) {
  const auto s = r.text(n);
  if (!s) return std::nullopt;
  auto zone = calendar::Zone::find(*s);
  if (!zone) r.error(Code::unknown_zone, n.at, {*s});
  return zone;
}

std::optional<std::vector<std::string>> parse_origins(Reader& r, const Node& n) {
  auto list = r.texts(n);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    const std::string& origin = (*list)[i];  // browsers send it in lower case and without a default port
    if (!web(origin) || upper(origin)) {
      r.error(Code::bad_origin, n.kind == Node::Kind::list ? n.items[i].at : n.at, {origin});
      return std::nullopt;
    }
  }
  return list;
}

std::optional<std::string> parse_url(Reader& r, const Node& n) {
  auto s = r.text(n);
  if (!s || s->empty()) return s;
  if (s->back() == '/') s->pop_back();
  if (web(*s)) return s;
  r.error(Code::bad_url, n.at, {n.text});
  return std::nullopt;
}

std::optional<std::string> parse_endpoint(Reader& r, const Node& n) {
  auto s = r.text(n);
  if (!s || *s == "inproc" || (s->rfind("ipc:/", 0) == 0 && s->size() > 5 && s->size() <= 4 + 107)) return s;
  r.error(Code::bus_without_keys, n.at, {*s});
  return std::nullopt;
}

std::optional<std::vector<std::string>> parse_networks(Reader& r, const Node& n) {
  auto list = r.texts(n);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    const std::string& network = (*list)[i];
    const auto slash = network.find('/');
    const std::string host = network.substr(0, slash);
    in6_addr address{};
    const bool v4 = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
    const bool v6 = !v4 && ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
    const auto bits = slash == std::string::npos ? std::nullopt : port_of(std::string_view(network).substr(slash + 1));
    if ((v4 || v6) && bits && *bits <= (v4 ? 32 : 128)) continue;
    r.error(Code::wrong_unit, n.kind == Node::Kind::list ? n.items[i].at : n.at,
            {network, "a network", "10.0.0.0/8 or ::1/128"});
    return std::nullopt;
  }
  return list;
}

std::optional<std::string> parse_prefix(Reader& r, const Node& n) {
  auto s = r.text(n);
  if (!s) return std::nullopt;
  const bool good = !s->empty() && s->size() <= 3 &&
                    std::all_of(s->begin(), s->end(), [](unsigned char c) { return c >= 'A' && c <= 'Z'; });
  if (!good) {
    r.error(Code::bad_name, n.at, {*s, "a prefix of tickets", "1 … 3 of A-Z"});
    return std::nullopt;
  }
  if (!r.once("prefix", *s, n.at)) return std::nullopt;
  return s;
}

std::optional<std::map<std::string, std::string>> parse_greeting(Reader& r, const Node& n) {
  auto by_language = r.languages(n);
  if (!by_language) return std::nullopt;
  for (const auto& [language, text] : *by_language)
    for (auto open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
      const auto close = text.find('}', open);
      const std::string name = text.substr(open, close == std::string::npos ? close : close - open + 1);
      if (name == "{company}" || name == "{name}" || name == "{staff_no}") continue;
      const Entry* entry = n.find(language);
      r.error(Code::unknown_placeholder, entry ? entry->value.at : n.at, {name, "{company}, {name}, {staff_no}"});
      return std::nullopt;
    }
  return by_language;
}

}  // namespace fd::config
