#include "channels/walkin/tickets.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cctype>
#include <utility>

#include "channels/walkin/device.hpp"
#include "channels/walkin/normalise.hpp"
#include "channels/walkin/qr.hpp"
#include "channels/walkin/ticket_token.hpp"

namespace fd::walkin {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

http::Response answer(unsigned status, const json::object& body) {
  auto response = http::json_response(status, json::serialize(body));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

http::Response refused(unsigned status, std::string_view code, std::string_view text) {
  auto response = http::error_response(status, code, text);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

http::Response no_ticket() { return refused(404, "no_ticket", "there is no such ticket"); }

http::Response later(unsigned status, std::string_view code, std::string_view text, std::int64_t after_ms) {
  auto response = refused(status, code, text);
  const auto seconds = std::max<std::int64_t>(1, (after_ms + 999) / 1000);
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

http::Response busy(const bus::Retry& retry) {
  return later(503, "busy", "the service desk does not answer at the moment (" + retry.reason + "); try again",
               retry.after_ms);
}

http::Response rejected(const bus::Reject& reject) {
  if (reject.code == "not_found") return no_ticket();
  return refused(reject.code == "closed" ? 409 : 422, reject.code, reject.text);
}

std::string token_of(const http::Request& request) {
  const auto at = request.params.find("token");
  return at == request.params.end() ? std::string() : at->second;
}

std::string text_of(const json::object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

void copy(const json::object& from, std::string_view name, json::object& into) {
  if (const auto* value = from.if_contains(name)) into[name] = *value;
}

json::object by_language(const std::map<std::string, std::string>& words) {
  json::object out;
  for (const auto& [language, text] : words) out[language] = text;
  return out;
}

// The router knows lines, the edge names and prefixes. A service the router does not speak of is not open.
json::object merged(const Settings& settings, const json::object& body) {
  json::array list;
  const auto* rows = body.if_contains("services");
  for (const auto& service : settings.services) {
    json::object one;
    one["id"] = service.id;
    one["name"] = by_language(service.name);
    one["prefix"] = service.prefix;
    one["waiting"] = 0;
    one["open"] = false;
    if (rows && rows->is_array())
      for (const auto& row : rows->get_array()) {
        if (!row.is_object() || text_of(row.get_object(), "id") != service.id) continue;
        for (const auto name : {"waiting", "open"}) copy(row.get_object(), name, one);
      }
    list.push_back(std::move(one));
  }
  json::object out;
  out["services"] = std::move(list);
  for (const auto name : {"at", "zone"}) copy(body, name, out);
  return out;
}

// Why this ticket was over before its holder canceled it; empty: it was not.
std::string_view not_canceled(const json::object& ticket) {
  const auto reason = text_of(ticket, "reason");
  if (reason == "abandoned" || reason == "canceled" || reason == "ended") return {};
  if (reason == "no_show" || reason == "expired") return "this ticket is over: its number was not answered in time";
  return "this ticket was served already; there is nothing to cancel";
}

// Counts what is on its way, also when the handler is cut off.
class OnTheWay {
 public:
  OnTheWay(std::size_t& count, const std::function<void()>& quiet) : count_(count), quiet_(quiet) { ++count_; }
  OnTheWay(const OnTheWay&) = delete;
  OnTheWay& operator=(const OnTheWay&) = delete;
  ~OnTheWay() {
    if (--count_ == 0 && quiet_) quiet_();
  }

 private:
  std::size_t& count_;
  const std::function<void()>& quiet_;
};

}  // namespace

bool Tickets::holds(const std::string& token) const { return read_ticket(settings_->ticket_key, token).has_value(); }

// Anybody may ask: one question to the router a moment serves all of them, also those who come while it is out.
asio::awaitable<http::Response> Tickets::services(const http::Request& /*request*/) {
  while (lines_.empty() || clock_.steady() - lines_at_ >= settings_->services_max_age) {
    const auto out = flight_;
    if (!out) {
      auto failed = co_await ask_lines();
      if (failed) co_return *std::move(failed);
      break;
    }
    co_await out->landed.async_wait(asio::as_tuple(asio::use_awaitable));
    if (out->failed) co_return *out->failed;
    if (out->told) break;  // else whoever asked was cut off
  }
  auto response = http::json_response(200, lines_);
  response.headers.emplace_back("Cache-Control", "no-store");
  co_return response;
}

asio::awaitable<std::optional<http::Response>> Tickets::ask_lines() {
  const auto flight = std::make_shared<Flight>(co_await asio::this_coro::executor);
  flight_ = flight;
  struct Landing {  // also when the handler is cut off
    Tickets& tickets;
    ~Landing() { std::exchange(tickets.flight_, nullptr)->landed.cancel(); }
  };
  const Landing landing{*this};
  bus::Ask ask;
  ask.what = bus::What::services;
  bus::Request request = std::move(ask);
  const auto said = co_await edge_.request(std::move(request), settings_->request_patience);
  const auto cut = co_await asio::this_coro::cancellation_state;
  if (cut.cancelled() != asio::cancellation_type::none) co_return refused(503, "busy", "cut off");  // heard by nobody
  if (const auto* retry = std::get_if<bus::Retry>(&said)) flight->failed = busy(*retry);
  if (const auto* reject = std::get_if<bus::Reject>(&said)) flight->failed = rejected(*reject);
  if (const auto* ack = std::get_if<bus::Ack>(&said)) {
    lines_ = json::serialize(merged(*settings_, ack->body));
    lines_at_ = clock_.steady();
    flight->told = true;
  }
  co_return flight->failed;
}

// As many tickets may come at once as the configuration says now.
void Tickets::set_settings(std::shared_ptr<const Settings> settings) {
  const auto before = std::exchange(settings_, std::move(settings));
  if (before->rate_burst != settings_->rate_burst || before->rate_per_s != settings_->rate_per_s) rates_.clear();
}

std::optional<http::Response> Tickets::too_fast(const std::string& device) {
  const auto now = clock_.steady();
  auto& rate = rates_.try_emplace(device, settings_->rate_burst, settings_->rate_per_s, now).first->second;
  const auto wait = rate.take(now);
  if (wait == 0) return std::nullopt;
  return later(429, "rate", "this device asks for tickets too fast", wait);
}

asio::awaitable<http::Response> Tickets::issue(const http::Request& request) {
  const auto device = device_of(*settings_, request);
  if (device.empty()) co_return no_device();
  if (stopped_) co_return later(503, "restart", "this server is about to restart; nothing was kept, try again", 1000);
  auto message = normalise(*settings_, device, request.header("idempotency-key"), request.body, clock_.wall());
  if (!message) co_return refused(message.error().status, message.error().code, message.error().text);
  if (auto slow = too_fast(device)) co_return *std::move(slow);
  const OnTheWay counted(issuing_, quiet_);
  bus::Request submit = bus::Submit{std::move(*message)};
  const auto said = co_await edge_.request(std::move(submit), settings_->request_patience);
  if (const auto* reject = std::get_if<bus::Reject>(&said)) co_return rejected(*reject);
  if (const auto* retry = std::get_if<bus::Retry>(&said)) {
    // Only an answer that never came leaves the question open; every other retry says that nothing was kept.
    if (retry->reason != "deadline") co_return busy(*retry);
    co_return later(503, "unknown", "the ticket may have been kept: repeat with the same key", retry->after_ms);
  }
  co_return issued(request, std::get<bus::Ack>(said).body);
}

http::Response Tickets::issued(const http::Request& request, const json::object& ack) const {
  const auto contact = ContactId::parse(text_of(ack, "contact"));
  if (!contact) return refused(502, "bad_answer", "the router answered without a contact id");
  const auto token = write_ticket(settings_->ticket_key, *contact);
  json::object body;
  body["number"] = text_of(ack, "ticket");
  body["token"] = token;
  body["ahead"] = nullptr;
  body["est_wait_s"] = nullptr;
  for (const auto name : {"ahead", "est_wait_s", "case", "at"}) copy(ack, name, body);
  body["url"] = link(request, token);
  auto response = answer(201, body);
  response.headers.emplace_back("Location", "/v1/walkin/tickets/" + token);
  return response;
}

asio::awaitable<bus::Answer> Tickets::state_of(ContactId contact) {
  bus::Ask ask;
  ask.what = bus::What::ticket;
  ask.contact = contact;
  bus::Request question = std::move(ask);
  co_return co_await edge_.request(std::move(question), settings_->request_patience);
}

asio::awaitable<http::Response> Tickets::look(const http::Request& request) {
  const auto contact = read_ticket(settings_->ticket_key, token_of(request));
  if (!contact) co_return no_ticket();
  const auto said = co_await state_of(*contact);
  if (const auto* retry = std::get_if<bus::Retry>(&said)) co_return busy(*retry);
  if (const auto* reject = std::get_if<bus::Reject>(&said)) co_return rejected(*reject);
  const auto& row = std::get<bus::Ack>(said).body;
  json::object body;
  for (const auto name : {"number", "service", "state", "missed", "ahead", "est_wait_s", "counter", "reason", "at"})
    copy(row, name, body);
  if (const auto* service = find_service(*settings_, text_of(row, "service")))
    body["name"] = by_language(service->name);
  co_return answer(200, body);
}

asio::awaitable<http::Response> Tickets::cancel(const http::Request& request) {
  const auto contact = read_ticket(settings_->ticket_key, token_of(request));
  if (!contact) co_return no_ticket();
  bus::Command command;
  command.verb = bus::Verb::cancel;
  command.contact = *contact;
  bus::Request verb = std::move(command);
  auto said = co_await edge_.request(std::move(verb), settings_->request_patience);
  // The router ends what can be ended and takes it well when nothing can: how it stands now is the answer.
  if (std::holds_alternative<bus::Ack>(said)) said = co_await state_of(*contact);
  if (const auto* retry = std::get_if<bus::Retry>(&said)) co_return busy(*retry);
  if (const auto* reject = std::get_if<bus::Reject>(&said)) co_return rejected(*reject);
  if (const auto why = not_canceled(std::get<bus::Ack>(said).body); !why.empty()) co_return refused(409, "over", why);
  json::object body;
  body["canceled"] = true;
  co_return answer(200, body);
}

http::Response Tickets::qr(const http::Request& request) const {
  const auto token = token_of(request);
  if (!holds(token)) return no_ticket();
  const auto url = link(request, token);
  auto image = qr_svg(url);
  if (!image) return refused(500, "no_qr", "public_url is too long for a QR code");
  http::Response response;
  response.type = "image/svg+xml; charset=utf-8";
  response.body = *std::move(image);
  response.headers.emplace_back("Cache-Control", "private, max-age=43200");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'");
  return response;
}

std::string Tickets::link(const http::Request& request, const std::string& token) const {
  std::string base = settings_->public_url;
  if (base.empty()) {
    const std::string host(request.header("host"));
    const bool plain = std::all_of(host.begin(), host.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
    });
    // A printed code must not carry what a forged header says beyond a name and a port.
    if (plain && !host.empty()) base = (request.secure ? "https://" : "http://") + host;
  }
  while (!base.empty() && base.back() == '/') base.pop_back();
  return base + "/t/" + token;
}

}  // namespace fd::walkin
