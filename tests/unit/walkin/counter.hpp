#pragma once
// The walk-in doors with a recording router behind them.

#include <boost/json/parse.hpp>

#include "channels/walkin/walkin.hpp"
#include "tests/support/asking.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/recording_edge.hpp"

namespace fd::walkin {

inline const std::string contact_id = "01KATJ3W00000000000000000A";

inline boost::json::object object(const std::string& text) { return boost::json::parse(text).as_object(); }

class Counter {
 public:
  Counter() { walkin.add_routes(routes); }

  static std::shared_ptr<Settings> made() {
    auto settings = std::make_shared<Settings>();
    settings->services = {{"repair", "A", {{"zh", "维修"}, {"en", "Repair"}}, "counter"},
                          {"complaint", "B", {{"zh", "投诉"}}, "counter"}};
    settings->devices = {{"kiosk-1", "kiosk-secret"}, {"wall", "wall-secret"}, {"unset", ""}};
    settings->ticket_key = "0123456789abcdef0123456789abcdef";
    settings->public_url = "https://kf.example.cn/";
    settings->busy_every = std::chrono::milliseconds(5);
    settings->sockets.ping_every = std::chrono::seconds(7);
    settings->sockets.handshake_time_max = std::chrono::seconds(3);
    return settings;
  }
  http::Response ask(std::string method, const std::string& target, test::Headers headers = {}, std::string body = {}) {
    auto request = test::request_for(std::move(method), target, std::move(headers), std::move(body));
    return test::ask(io, routes, request);
  }
  http::Response ticket(const std::string& key = "k1", const std::string& device = "kiosk-secret") {
    return ask("POST", "/v1/walkin/tickets", {{"x-frontdesk-device", device}, {"idempotency-key", key}},
               R"({"service":"repair","lang":"zh-CN"})");
  }
  void keep() {  // the router takes the next ticket
    edge.script(bus::Ack{object(R"({"contact":")" + contact_id +
                                R"(","seq":1,"case":"20261124-000001","ticket":"A001","ahead":2,"est_wait_s":null,)" +
                                R"("duplicate":false,"at":1795507200000})")});
  }

  boost::asio::io_context io{1};
  test::RecordingEdge edge;
  test::ManualClock clock;
  http::Routes routes;
  Walkin walkin{io, edge, clock, made()};
};

}  // namespace fd::walkin
