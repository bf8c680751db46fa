#include "channels/http/routes.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "channels/http/target.hpp"

namespace fd::http {
namespace {

constexpr std::string_view socket_method = "SOCKET";

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool is_param(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

// 2 literal, 1 parameter, 0 rest: compared from the left, the greater is the closer match.
int rank(std::string_view segment) { return segment == "*" ? 0 : is_param(segment) ? 1 : 2; }

bool closer(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::lexicographical_compare(b, a, {}, rank, rank);
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "*") return i < path.size();
    if (i >= path.size()) return false;
    if (is_param(pattern[i])) {
      if (path[i].empty()) return false;
      continue;
    }
    const auto text = percent_decode(path[i], false);
    if (!text || *text != pattern[i]) return false;
  }
  return pattern.size() == path.size();
}

void fill(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path,
          std::map<std::string, std::string>& params) {
  params.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "*") {
      const auto rest = std::string_view{path[i].data(), static_cast<std::size_t>(path.back().end() - path[i].begin())};
      params["*"] = percent_decode(rest, false).value_or(std::string{});
    } else if (is_param(pattern[i])) {
      params[pattern[i].substr(1, pattern[i].size() - 2)] = percent_decode(path[i], false).value_or(std::string{});
    }
  }
}

bool serves(std::string_view route_method, std::string_view method) {
  return route_method == method || (route_method == "GET" && method == "HEAD");
}

std::string allow_list(const std::set<std::string>& methods) {
  std::string text;
  for (const auto& method : methods) text += (text.empty() ? "" : ", ") + method;
  return text;
}

std::vector<std::string> segments_of(std::string_view pattern) {
  if (!pattern.starts_with('/')) throw std::logic_error{"a route's pattern begins with /: " + std::string{pattern}};
  const auto views = split(pattern);
  std::vector<std::string> segments(views.begin(), views.end());
  const auto star = std::ranges::find(segments, "*");
  if (star != segments.end() && star + 1 != segments.end())
    throw std::logic_error{"* is the last segment of a pattern: " + std::string{pattern}};
  return segments;
}

}  // namespace

void Routes::add(std::string_view method, std::string pattern, Handler handler) {
  auto segments = segments_of(pattern);
  for (const auto& entry : entries_)
    if (entry->method == method && entry->found.pattern == pattern)
      throw std::logic_error{"two routes for " + std::string{method} + " " + pattern};
  Found found{std::move(pattern), std::move(handler), std::nullopt, std::nullopt};
  entries_.push_back(std::make_shared<Entry>(Entry{std::string{method}, std::move(segments), std::move(found)}));
}

void Routes::add(std::string_view method, std::string pattern, Handler handler, std::size_t body_bytes_max) {
  add(method, std::move(pattern), std::move(handler));
  entries_.back()->found.body_bytes_max = body_bytes_max;
}

void Routes::add_socket(std::string pattern, SocketRoute route) {
  add(socket_method, std::move(pattern), Handler{});
  entries_.back()->found.socket = std::move(route);
}

const Routes::Found* Routes::find(std::string_view method, std::string_view path,
                                  std::map<std::string, std::string>& params, std::string& allow) const {
  const auto segments = split(path);
  const Entry* best = nullptr;
  std::set<std::string> methods;
  for (const auto& entry : entries_) {
    if (!fits(entry->segments, segments)) continue;
    if (serves(entry->method, method)) {
      if (best == nullptr || closer(entry->segments, best->segments)) best = entry.get();
    } else if (entry->method == socket_method) {
      methods.insert("GET");
    } else {
      methods.insert(entry->method);
      if (entry->method == "GET") methods.insert("HEAD");
    }
  }
  if (best == nullptr) {
    allow = allow_list(methods);
    return nullptr;
  }
  fill(best->segments, segments, params);
  return &best->found;
}

}  // namespace fd::http
