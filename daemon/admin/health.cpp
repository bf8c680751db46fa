#include "daemon/admin/health.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace fd::admin {
namespace json = boost::json;
namespace {

bool listed(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const auto comma = std::min(names.find(','), names.size());
    if (names.substr(0, comma) == name) return true;
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return false;
}

std::string as_json(const ReadyReport& report) {
  json::array checks;
  for (const auto& c : report.checks) {
    json::object one;
    one["name"] = c.name;
    one["ok"] = c.ok;
    if (!c.text.empty()) one["text"] = c.text;
    checks.push_back(std::move(one));
  }
  json::object out;
  out["v"] = 1;
  out["ready"] = report.ready();
  out["checks"] = std::move(checks);
  return json::serialize(out);
}

std::string as_lines(const ReadyReport& report) {
  std::string out;
  for (const auto& c : report.checks) {
    out += (c.ok ? "[+]" : "[-]") + c.name;
    out += c.ok ? " ok" : ": " + (c.text.empty() ? std::string("failed") : c.text);
    out += '\n';
  }
  return out;
}

}  // namespace

bool ReadyReport::ready() const noexcept {
  return std::all_of(checks.begin(), checks.end(), [](const Check& c) { return c.ok; });
}

http::Response health_response(ReadyReport report, const http::Request& request) {
  if (const auto exclude = request.query.find("exclude"); exclude != request.query.end())
    std::erase_if(report.checks, [&](const Check& c) { return listed(exclude->second, c.name); });
  http::Response response;
  response.status = report.ready() ? 200 : 503;
  response.headers.emplace_back("Cache-Control", "no-store");
  if (request.header("accept").find("application/json") != std::string_view::npos) {
    response.body = as_json(report);
    return response;
  }
  response.type = "text/plain; charset=utf-8";
  response.body = report.ready() && !request.query.contains("verbose") ? "ok\n" : as_lines(report);
  return response;
}

}  // namespace fd::admin
