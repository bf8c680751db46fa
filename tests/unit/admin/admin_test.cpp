// The operators' routes and health, against a recorded bus.

#include "daemon/admin/admin.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/value_from.hpp>
#include <memory>

#include "channels/http/routes.hpp"
#include "daemon/admin/peer.hpp"
#include "tests/support/recording_edge.hpp"
#include "tests/support/running.hpp"

namespace fd::admin {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

class AdminTest : public ::testing::Test {
 protected:
  AdminTest() {
    Ports ports{edge};
    ports.reread = [this]() -> boost::system::result<json::object, ReadError> {
      if (!broken.empty()) return ReadError{broken};
      return json::object{{"a1024", {{"staff_no", "1024"}}}};
    };
    ports.roster_taken = [this] { ++taken; };
    ports.ready = [this]() -> boost::asio::awaitable<ReadyReport> { co_return report; };
    ports.alive = [this] { return alive; };
    ports.version = "1.2.3";
    admin = std::make_unique<Admin>(std::move(ports));
    admin->mount_control(routes);
  }

  http::Response call(const std::string& method, const std::string& path, const std::string& body = {},
                      const std::map<std::string, std::string>& headers = {},
                      const std::map<std::string, std::string>& query = {}) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.headers = headers;
    request.query = query;
    request.remote = remote;
    std::string allow;
    const auto* found = routes.find(method, path, request.params, allow);
    if (found == nullptr) return http::error_response(allow.empty() ? 404 : 405, "no_route", path);
    return fd::test::result_of(context, found->handler(request));
  }
  static json::object body_of(const http::Response& response) { return json::parse(response.body).as_object(); }

  asio::io_context context{1};
  fd::test::RecordingEdge edge;
  http::Routes routes;
  std::unique_ptr<Admin> admin;
  ReadyReport report{{{"redis", true, {}}, {"leader", true, {}}}};
  std::vector<Check> alive;
  std::string broken;
  std::string remote = "unix:" + std::to_string(::geteuid());
  int taken = 0;
};

TEST_F(AdminTest, QuestionsGoToTheRouterAndComeBackWithAVersion) {
  const std::vector<std::pair<std::string, bus::What>> questions{
      {"/v1/status", bus::What::status},
      {"/v1/queues", bus::What::queues},
      {"/v1/agents", bus::What::agents},
      {"/v1/contacts/01KATJ3W00000000000000000A", bus::What::contact},
      {"/v1/explain/20261124-000123", bus::What::explain}};
  for (const auto& [path, what] : questions) {
    edge.script(bus::Ack{{{"x", 1}}});
    const auto response = call("GET", path);
    EXPECT_EQ(response.status, 200U) << path;
    EXPECT_EQ(response.body, R"({"v":1,"x":1})");
    EXPECT_EQ(edge.all<bus::Ask>().back().what, what);
    EXPECT_EQ(edge.all<bus::Ask>().back().agent.str(), operator_id);
  }
  const auto asks = edge.all<bus::Ask>();
  ASSERT_TRUE(asks[3].contact);
  EXPECT_EQ(asks[3].contact->str(), "01KATJ3W00000000000000000A");
  EXPECT_FALSE(asks[4].contact) << "a case number is no contact";
  EXPECT_EQ(asks[4].text, "20261124-000123");
}

TEST_F(AdminTest, WhatACustomerSaidIsNotGivenOut) {
  const std::map<std::string, std::string> said{{"prechat.phone", "13800138000"},
                                                {"url", "https://shop.example/reset?token=geheim"},
                                                {"caller", "+8613800138000"},
                                                {"website", "demo"},
                                                {"service", "repair"}};
  for (const auto* path : {"/v1/contacts/01KATJ3W00000000000000000A", "/v1/explain/01KATJ3W00000000000000000A"}) {
    json::object row{{"id", "01KATJ3W00000000000000000A"},
                     {"customer", json::object{{"id", "c-1"}, {"name", "王芳"}, {"masked", "138****8000"}}}};
    row["attributes"] = json::value_from(said);
    edge.script(bus::Ack{std::move(row)});
    const auto body = body_of(call("GET", path));
    const auto& shown = body.at("attributes").as_object();
    for (const auto* name : {"prechat.phone", "url", "caller"}) EXPECT_EQ(shown.at(name), "***") << name;
    EXPECT_EQ(shown.at("website"), "demo") << "control: what the configuration knows";
    EXPECT_EQ(shown.at("service"), "repair");
    EXPECT_FALSE(body.at("customer").as_object().contains("name"));
    EXPECT_EQ(body.at("customer").at("masked"), "138****8000");
  }
}

TEST_F(AdminTest, RefusalsHaveTheirStatus) {
  edge.script(bus::Reject{"not_found", "no such contact", {}});
  EXPECT_EQ(call("GET", "/v1/contacts/x").status, 404U);
  edge.script(bus::Reject{"forbidden", "no", {}});
  EXPECT_EQ(call("GET", "/v1/contacts/x").status, 403U);
  edge.script(bus::Reject{"offer_closed", "no", {}});
  EXPECT_EQ(call("GET", "/v1/contacts/x").status, 409U);
  edge.script(bus::Retry{2500, "not_leading", {}});
  const auto busy = call("GET", "/v1/status");
  EXPECT_EQ(busy.status, 503U);
  EXPECT_EQ(busy.headers.at(0), (std::pair<std::string, std::string>{"Retry-After", "3"}));
}

TEST_F(AdminTest, PauseAndResumeNeedAReason) {
  EXPECT_EQ(call("POST", "/v1/queues/phone/pause").status, 400U);
  EXPECT_EQ(call("POST", "/v1/queues/phone/pause", R"({"reason":""})").status, 400U);
  EXPECT_TRUE(edge.requests.empty());
  edge.script(bus::Ack{});
  edge.script(bus::Ack{});
  EXPECT_EQ(call("POST", "/v1/queues/phone/pause", R"({"reason":"line test"})").status, 200U);
  EXPECT_EQ(call("POST", "/v1/queues/phone/resume", R"({"reason":"over"})").status, 200U);
  const auto commands = edge.all<bus::Command>();
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(commands[0].verb, bus::Verb::queue);
  EXPECT_EQ(commands[0].queue, "phone");
  EXPECT_EQ(commands[0].on, true);
  EXPECT_EQ(commands[0].reason, "line test");
  EXPECT_EQ(commands[1].on, false);
}

TEST_F(AdminTest, AChangeWithoutAnswerMayHaveBeenKept) {
  edge.script(bus::Retry{1000, "deadline", {}});
  EXPECT_EQ(call("POST", "/v1/queues/phone/pause", R"({"reason":"r"})").status, 504U);
  edge.script(bus::Retry{1000, "busy", {}});
  EXPECT_EQ(call("POST", "/v1/queues/phone/pause", R"({"reason":"r"})").status, 503U) << "this one was not taken";
}

TEST_F(AdminTest, TheRosterIsReadAndTakenUnlessItWasRefused) {
  edge.script(bus::Ack{{{"agents", 1}}});
  EXPECT_EQ(call("POST", "/v1/roster").status, 200U);
  EXPECT_EQ(edge.all<bus::Command>().at(0).verb, bus::Verb::roster);
  EXPECT_TRUE(edge.all<bus::Command>().at(0).roster.contains("a1024"));
  EXPECT_EQ(taken, 1);
  edge.script(bus::Reject{"bad_request", "no", {}});
  EXPECT_EQ(call("POST", "/v1/roster").status, 400U);
  EXPECT_EQ(taken, 1);
  edge.script(bus::Retry{1000, "deadline", {}});
  EXPECT_EQ(call("POST", "/v1/roster").status, 504U);
  EXPECT_EQ(taken, 2) << "it may have been committed: who was disabled must not stay";
  broken = "agents.yaml:3:5: unknown queue";
  const auto response = call("POST", "/v1/roster");
  EXPECT_EQ(response.status, 422U);
  EXPECT_EQ(body_of(response).at("error").at("message"), broken.c_str());
  EXPECT_EQ(edge.all<bus::Command>().size(), 3U);
}

TEST_F(AdminTest, OnlyOperatorsPass) {
  for (const auto* who : {"10.0.0.1", "unix:", "unix:x", "unix:4000000000", "unix:12 ", ""}) {
    remote = who;
    EXPECT_EQ(call("GET", "/v1/status").status, 403U) << who;
    EXPECT_EQ(call("POST", "/v1/roster").status, 403U) << who;
  }
  EXPECT_TRUE(edge.requests.empty());
  EXPECT_EQ(call("GET", "/healthz").status, 200U) << "health is no secret";
  EXPECT_TRUE(may_operate("unix:0"));
  EXPECT_TRUE(may_operate("unix:" + std::to_string(::geteuid())));
}

TEST_F(AdminTest, ReadyNamesWhatIsWrong) {
  auto ready = call("GET", "/readyz");
  EXPECT_EQ(ready.status, 200U);
  EXPECT_EQ(ready.body, "ok\n");
  EXPECT_EQ(call("GET", "/readyz", {}, {}, {{"verbose", ""}}).body, "[+]redis ok\n[+]leader ok\n");
  report.checks[0] = {"redis", false, "no answer for 4 s"};
  ready = call("GET", "/readyz");
  EXPECT_EQ(ready.status, 503U);
  EXPECT_EQ(ready.body, "[-]redis: no answer for 4 s\n[+]leader ok\n");
  EXPECT_EQ(call("GET", "/readyz", {}, {}, {{"exclude", "disk,redis"}}).status, 200U);
  EXPECT_EQ(call("GET", "/readyz", {}, {}, {{"exclude", "red"}}).status, 503U);
  const auto as_json = call("GET", "/readyz", {}, {{"accept", "application/json"}});
  EXPECT_EQ(as_json.status, 503U);
  EXPECT_EQ(as_json.body, R"({"v":1,"ready":false,"checks":[{"name":"redis","ok":false,"text":"no answer for 4 s"},)"
                          R"({"name":"leader","ok":true}]})");
}

TEST_F(AdminTest, HealthAsksNoDependency) {
  report.checks[0].ok = false;
  EXPECT_EQ(call("GET", "/healthz").status, 200U) << "Redis down does not restart the daemon";
  alive.push_back({"workers", false, "took no probe for 12 s"});
  EXPECT_EQ(call("GET", "/healthz").status, 503U);
}

}  // namespace
}  // namespace fd::admin
