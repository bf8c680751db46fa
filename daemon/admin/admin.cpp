#include "daemon/admin/admin.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "daemon/admin/peer.hpp"

namespace fd::admin {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr std::size_t reason_bytes_max = 1024;

http::Response body_response(const json::object& body) {
  json::object out;
  out["v"] = 1;
  for (const auto& [key, value] : body) out[key] = value;
  return http::json_response(200, json::serialize(out));
}

// Operators are no staff that is signed in: of what a customer said or is called they learn that it is there. A value
// is shown where the configuration knows it.
void hide_customer(json::object& body) {
  constexpr std::array<std::string_view, 5> known{"website", "service", "device", "lang", "consent"};
  if (auto* said = body.if_contains("attributes"); said != nullptr && said->is_object())
    for (auto& [name, value] : said->get_object())
      if (std::find(known.begin(), known.end(), name) == known.end()) value = "***";
  if (auto* customer = body.if_contains("customer"); customer != nullptr && customer->is_object())
    customer->get_object().erase("name");
}

unsigned status_of(std::string_view code) {
  if (code == "not_found") return 404;
  if (code == "forbidden") return 403;
  if (code == "bad_request") return 400;
  return 409;
}

// A change that met a deadline may have been kept: 504. A question, or a change that was not taken: 503.
http::Response retry_response(const bus::Retry& retry, bool change) {
  if (change && retry.reason == "deadline")
    return http::error_response(504, "outcome_unknown", "no answer in time; it may have been kept: repeat it");
  auto response = http::error_response(503, retry.reason.empty() ? "busy" : retry.reason,
                                       "no router answers now (" + retry.reason + "): see /readyz");
  const auto seconds = std::max<std::int64_t>(1, (retry.after_ms + 999) / 1000);
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

http::Response answer_response(const bus::Answer& answer, bool change) {
  if (const auto* ack = std::get_if<bus::Ack>(&answer)) return body_response(ack->body);
  if (const auto* reject = std::get_if<bus::Reject>(&answer))
    return http::error_response(status_of(reject->code), reject->code, reject->text);
  return retry_response(std::get<bus::Retry>(answer), change);
}

bus::Ask question(bus::What what) {
  bus::Ask out;
  out.what = what;
  out.agent = AgentId{std::string(operator_id)};
  return out;
}

// Contact id or case number; the router finds both by text.
bus::Ask question_about(bus::What what, const http::Request& request) {
  auto out = question(what);
  const auto id = request.params.find("id");
  if (id == request.params.end()) return out;
  out.text = id->second;
  out.id = id->second;
  if (const auto contact = ContactId::parse(id->second)) out.contact = *contact;
  return out;
}

std::string reason_of(const std::string& body) {
  json::error_code error;
  const auto value = json::parse(body, error);
  if (error || !value.is_object()) return {};
  const auto* reason = value.get_object().if_contains("reason");
  if (reason == nullptr || !reason->is_string()) return {};
  return std::string(reason->get_string());
}

// The socket's mode keeps others out; this does when the mode was changed.
http::Handler guarded(http::Handler handler) {
  return [handler = std::move(handler)](const http::Request& request) -> asio::awaitable<http::Response> {
    if (!may_operate(request.remote))
      co_return http::error_response(403, "forbidden", "only root, the daemon's user and its group may operate");
    co_return co_await handler(request);
  };
}

}  // namespace

Admin::Admin(Ports ports) : ports_(std::move(ports)) {}

void Admin::mount_control(http::Routes& routes) {
  using Request = http::Request;
  const auto add = [&routes](std::string_view method, std::string pattern, http::Handler handler) {
    routes.add(method, std::move(pattern), guarded(std::move(handler)));
  };
  add("GET", "/v1/status", [this](const Request&) { return ask(question(bus::What::status)); });
  add("GET", "/v1/queues", [this](const Request&) { return ask(question(bus::What::queues)); });
  add("GET", "/v1/agents", [this](const Request&) { return ask(question(bus::What::agents)); });
  add("GET", "/v1/contacts/{id}", [this](const Request& r) { return ask(question_about(bus::What::contact, r)); });
  add("GET", "/v1/explain/{id}", [this](const Request& r) { return ask(question_about(bus::What::explain, r)); });
  add("POST", "/v1/queues/{name}/pause", [this](const Request& r) { return pause(r, true); });
  add("POST", "/v1/queues/{name}/resume", [this](const Request& r) { return pause(r, false); });
  add("POST", "/v1/roster", [this](const Request&) { return read_roster(); });
  add("GET", "/v1/version", [this](const Request&) -> asio::awaitable<http::Response> {
    json::object body;
    body["version"] = ports_.version;
    co_return body_response(body);
  });
  mount_health(routes);
}

void Admin::mount_health(http::Routes& routes) {
  // Answered on the loop: a stuck loop shows as no answer.
  routes.add("GET", "/healthz", [this](const http::Request& r) -> asio::awaitable<http::Response> {
    ReadyReport report;
    report.checks.push_back({"loop", true, {}});
    if (ports_.alive)
      for (auto& check : ports_.alive()) report.checks.push_back(std::move(check));
    co_return health_response(std::move(report), r);
  });
  routes.add("GET", "/readyz", [this](const http::Request& r) -> asio::awaitable<http::Response> {
    auto report = co_await ports_.ready();
    co_return health_response(std::move(report), r);
  });
}

asio::awaitable<http::Response> Admin::ask(bus::Ask what) {
  auto answer = co_await ports_.edge.request(std::move(what), ports_.patience);
  if (auto* ack = std::get_if<bus::Ack>(&answer)) hide_customer(ack->body);
  co_return answer_response(answer, false);
}

asio::awaitable<http::Response> Admin::pause(const http::Request& request, bool paused) {
  const auto name = request.params.find("name");
  const auto reason = reason_of(request.body);
  if (reason.empty() || reason.size() > reason_bytes_max)
    co_return http::error_response(400, "bad_request", "send {\"reason\": text}, at most 1024 bytes");
  bus::Command command;
  command.verb = bus::Verb::queue;
  command.agent = AgentId{std::string(operator_id)};
  command.queue = name == request.params.end() ? std::string() : name->second;
  command.on = paused;
  command.reason = reason;
  const auto answer = co_await ports_.edge.request(std::move(command), ports_.patience);
  co_return answer_response(answer, true);
}

asio::awaitable<http::Response> Admin::read_roster() {
  auto roster = ports_.reread();
  if (roster.has_error()) co_return http::error_response(422, "bad_accounts", roster.error().text);
  bus::Command command;
  command.verb = bus::Verb::roster;
  command.roster = std::move(*roster);
  const auto answer = co_await ports_.edge.request(std::move(command), ports_.patience);
  // Without an answer it may have been committed: then who was disabled must not stay.
  if (!std::holds_alternative<bus::Reject>(answer) && ports_.roster_taken) ports_.roster_taken();
  co_return answer_response(answer, true);
}

}  // namespace fd::admin
