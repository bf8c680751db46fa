// Tickets over HTTP: what the router hears, what the kiosk and the phone see, and what is refused.

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>

#include "channels/http/pages.hpp"
#include "channels/walkin/ticket_token.hpp"
#include "tests/unit/walkin/counter.hpp"

namespace fd::http {

// The pages of this test program, in place of the daemon's.
std::span<const Page> pages() noexcept {
  static constexpr std::array<Page, 5> all{
      Page{"/kiosk/index.html", "text/html; charset=utf-8", "0123456789abcdef", "kiosk", {}, {}, false},
      Page{"/kiosk/kiosk.js", "text/javascript; charset=utf-8", "0123456789abcdef", "kiosk.js", {}, {}, false},
      Page{"/display/index.html", "text/html; charset=utf-8", "0123456789abcdef", "display", {}, {}, false},
      Page{"/t/index.html", "text/html; charset=utf-8", "0123456789abcdef", "ticket", {}, {}, false},
      Page{"/t/ticket.js", "text/javascript; charset=utf-8", "0123456789abcdef", "ticket.js", {}, {}, false}};
  return all;
}

}  // namespace fd::http

namespace fd::walkin {
namespace {

class WalkinTickets : public testing::Test, public Counter {};

std::string code_of(const http::Response& response) {
  return std::string(boost::json::parse(response.body).at("error").at("code").as_string());
}

const std::string token = write_ticket("0123456789abcdef0123456789abcdef", *ContactId::parse(contact_id));

TEST_F(WalkinTickets, AKioskGetsANumberAndALink) {
  keep();
  const auto response = ticket();
  EXPECT_EQ(response.status, 201U);
  const auto body = object(response.body);
  EXPECT_EQ(body.at("number"), "A001");
  EXPECT_EQ(body.at("token"), boost::json::value(token));
  EXPECT_EQ(body.at("ahead"), 2);
  EXPECT_TRUE(body.at("est_wait_s").is_null());
  EXPECT_EQ(body.at("url"), boost::json::value("https://kf.example.cn/t/" + token));
  EXPECT_EQ(test::header_of(response, "Cache-Control"), "no-store");
  const auto message = edge.all<bus::Submit>().at(0).message;
  EXPECT_EQ(message.external_id, "kiosk-1:k1");
  EXPECT_EQ(message.attributes.at("service"), "repair");
  EXPECT_EQ(edge.patience.at(0), std::chrono::milliseconds(10'000));
}

TEST_F(WalkinTickets, TheSameKeyIsTheSameMessage) {
  keep();
  keep();
  const auto first = ticket(), second = ticket();
  EXPECT_EQ(first.body, second.body);
  const auto submits = edge.all<bus::Submit>();
  EXPECT_EQ(submits.at(0).message.external_id, submits.at(1).message.external_id);
  keep();
  (void)ticket("k2");  // control
  EXPECT_NE(edge.all<bus::Submit>().at(2).message.external_id, submits[0].message.external_id);
}

TEST_F(WalkinTickets, WithoutAnAnswerTheTicketMayHaveBeenKept) {
  edge.script(bus::Retry{1000, "deadline", {}});
  const auto response = ticket();
  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(code_of(response), "unknown");
  EXPECT_NE(response.body.find("may have been kept: repeat with the same key"), std::string::npos);
  EXPECT_EQ(test::header_of(response, "Retry-After"), "1");
}

TEST_F(WalkinTickets, ABusyRouterKeptNothing) {  // the control of the test above
  edge.script(bus::Retry{2500, "busy", {}});
  const auto response = ticket();
  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(code_of(response), "busy");
  EXPECT_EQ(test::header_of(response, "Retry-After"), "3");
}

TEST_F(WalkinTickets, TheRoutersRefusalIsPassedOn) {
  edge.script(bus::Reject{"closed", "the queue counter is closed until 09:00", {}});
  const auto closed = ticket();
  EXPECT_EQ(closed.status, 409U);
  EXPECT_NE(closed.body.find("closed until 09:00"), std::string::npos);
  edge.script(bus::Reject{"bad_request", "no", {}});
  EXPECT_EQ(ticket().status, 422U);
}

TEST_F(WalkinTickets, OnlyDevicesOfOursGetTickets) {
  for (const auto* device : {"", "kiosk-secre", "kiosk-secret ", "KIOSK-SECRET", "kiosk-1"}) {
    const auto response = ticket("k", device);
    EXPECT_EQ(response.status, 401U) << device;
    EXPECT_EQ(code_of(response), "no_device");
  }
  EXPECT_TRUE(edge.requests.empty());
  keep();
  const auto by_cookie =
      ask("POST", "/v1/walkin/tickets", {{"cookie", "a=b; fd_device=kiosk-secret"}, {"idempotency-key", "k"}},
          R"({"service":"repair"})");
  EXPECT_EQ(by_cookie.status, 201U);
  keep();
  EXPECT_EQ(ask("POST", "/v1/walkin/tickets?device=wall-secret", {{"idempotency-key", "k"}}, R"({"service":"repair"})")
                .status,
            201U);
  EXPECT_EQ(edge.all<bus::Submit>().at(1).message.external_id, "wall:k");
}

TEST_F(WalkinTickets, AKeyIsRequired) {
  const auto response =
      ask("POST", "/v1/walkin/tickets", {{"x-frontdesk-device", "kiosk-secret"}}, R"({"service":"repair"})");
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(code_of(response), "no_key");
  EXPECT_TRUE(edge.requests.empty());
}

TEST_F(WalkinTickets, ADeviceThatPrintsTooFastIsHeldBackAlone) {
  for (int i = 0; i < 20; ++i) {
    keep();
    ASSERT_EQ(ticket("k" + std::to_string(i)).status, 201U);
  }
  const auto response = ticket("k20");
  EXPECT_EQ(response.status, 429U);
  EXPECT_EQ(test::header_of(response, "Retry-After"), "2");
  keep();
  EXPECT_EQ(ticket("k21", "wall-secret").status, 201U);
  clock.advance(Duration{1001});
  keep();
  EXPECT_EQ(ticket("k20").status, 201U);
}

TEST_F(WalkinTickets, ThePhoneSeesItsTicket) {
  edge.script(bus::Ack{object(R"({"number":"A001","service":"repair","state":"connecting","ahead":0,"est_wait_s":0,)"
                              R"("counter":"3","missed":false,"at":1795507200000,"customer":"secret"})")});
  const auto response = ask("GET", "/v1/walkin/tickets/" + token);
  EXPECT_EQ(response.status, 200U);
  const auto body = object(response.body);
  EXPECT_EQ(body.at("counter"), "3");
  EXPECT_EQ(body.at("name").at("zh"), "维修");
  EXPECT_FALSE(body.contains("customer"));  // only what a ticket shows
  EXPECT_EQ(body.at("missed"), false);
  const auto asked = edge.all<bus::Ask>().at(0);
  EXPECT_EQ(asked.what, bus::What::ticket);
  EXPECT_EQ(asked.contact, ContactId::parse(contact_id));
}

TEST_F(WalkinTickets, ForgedAndForgottenTokensLookAlike) {
  auto forged = token;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  const auto first = ask("GET", "/v1/walkin/tickets/" + forged);
  EXPECT_TRUE(edge.requests.empty());  // the edge alone decides
  edge.script(bus::Reject{"not_found", "no contact 01KATJ3W00000000000000000A", {}});
  const auto second = ask("GET", "/v1/walkin/tickets/" + token);
  EXPECT_EQ(first.status, 404U);
  EXPECT_EQ(second.status, 404U);
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(ask("GET", "/v1/walkin/tickets/" + contact_id).status, 404U);
  EXPECT_EQ(ask("POST", "/v1/walkin/tickets/" + forged + "/cancel").status, 404U);
  EXPECT_EQ(ask("GET", "/t/" + forged + "/qr.svg").status, 404U);
  EXPECT_EQ(edge.requests.size(), 1U);
}

// What the holder is told when the ticket turns out to be in this state after the router was told to cancel it.
TEST_F(WalkinTickets, TheHolderCancelsAndIsToldWhatCameOfIt) {
  const std::tuple<const char*, const char*, unsigned, const char*> rows[] = {
      {"closed", "abandoned", 200, ""},
      {"closed", "canceled", 200, ""},
      {"closed", "ended", 200, ""},
      {"wrapup", "ended", 200, ""},
      {"wrapup", "resolved", 409, "served already"},
      {"closed", "resolved", 409, "served already"},
      {"closed", "no_show", 409, "over"},
      {"closed", "expired", 409, "over"}};
  for (const auto& [state, reason, status, why] : rows) {
    edge.requests.clear();
    edge.script(bus::Ack{});
    edge.script(bus::Ack{{{"number", "A001"}, {"service", "repair"}, {"state", state}, {"reason", reason}}});
    const auto response = ask("POST", "/v1/walkin/tickets/" + token + "/cancel");
    EXPECT_EQ(response.status, status) << state << " " << reason;
    const auto command = edge.all<bus::Command>().at(0);
    EXPECT_EQ(command.verb, bus::Verb::cancel);
    EXPECT_EQ(command.contact, ContactId::parse(contact_id));
    if (status == 200) {
      EXPECT_EQ(object(response.body), object(R"({"canceled":true})"));
    } else {
      EXPECT_EQ(code_of(response), "over");
      EXPECT_NE(response.body.find(why), std::string::npos) << response.body;
    }
  }
}

TEST_F(WalkinTickets, ACancelThatTheRouterDoesNotTakeIsNone) {
  const auto cancel = "/v1/walkin/tickets/" + token + "/cancel";
  edge.script(bus::Reject{"closed", "this line is closed", {}});
  EXPECT_EQ(ask("POST", cancel).status, 409U);
  edge.script(bus::Retry{1000, "deadline", {}});
  EXPECT_EQ(ask("POST", cancel).status, 503U);
  edge.script(bus::Ack{});
  edge.script(bus::Retry{1000, "deadline", {}});
  EXPECT_EQ(ask("POST", cancel).status, 503U) << "told to try again: a cancel may be said twice";
}

TEST_F(WalkinTickets, ServicesHaveNamesOfOursAndLinesOfTheRouter) {
  edge.script(bus::Ack{object(R"({"services":[{"id":"repair","waiting":4,"open":true},{"id":"old","waiting":9}],)"
                              R"("at":1795507200000,"zone":"Asia/Shanghai"})")});
  const auto response = ask("GET", "/v1/walkin/services");
  EXPECT_EQ(boost::json::parse(response.body),
            boost::json::parse(
                R"({"services":[{"id":"repair","name":{"zh":"维修","en":"Repair"},"prefix":"A","waiting":4,)"
                R"("open":true},{"id":"complaint","name":{"zh":"投诉"},"prefix":"B","waiting":0,"open":false}],)"
                R"("at":1795507200000,"zone":"Asia/Shanghai"})"));
}

TEST_F(WalkinTickets, ManyWhoAskForTheLinesAskTheRouterOnce) {
  edge.answer_with = [](const bus::Request&) -> bus::Answer { return bus::Ack{}; };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask("GET", "/v1/walkin/services").status, 200U);
  EXPECT_EQ(edge.requests.size(), 1U);
  clock.advance(Duration{1000});
  EXPECT_EQ(ask("GET", "/v1/walkin/services").status, 200U);
  EXPECT_EQ(edge.requests.size(), 2U);
}

TEST_F(WalkinTickets, AQrCodeLeadsToTheTicket) {
  const auto response = ask("GET", "/t/" + token + "/qr.svg");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.type, "image/svg+xml; charset=utf-8");
  EXPECT_EQ(response.body.find("<svg "), 0U);
}

TEST_F(WalkinTickets, WithoutPublicUrlTheLinkIsWhereTheKioskAsked) {
  auto settings = made();
  settings->public_url.clear();
  walkin.set_settings(settings);
  const auto url_for = [&](const std::string& host) {
    keep();
    const auto response = ask("POST", "/v1/walkin/tickets",
                              {{"x-frontdesk-device", "kiosk-secret"}, {"idempotency-key", "k"}, {"host", host}},
                              R"({"service":"repair"})");
    return std::string(object(response.body).at("url").as_string());
  };
  EXPECT_EQ(url_for("10.0.0.5:8080"), "http://10.0.0.5:8080/t/" + token);
  EXPECT_EQ(url_for("evil.example/x?"), "/t/" + token);
}

TEST_F(WalkinTickets, PagesAreServedAndADeviceKeepsItsToken) {
  const auto kiosk = ask("GET", "/kiosk/?device=kiosk-secret");
  EXPECT_EQ(kiosk.body, "kiosk");
  EXPECT_EQ(test::header_of(kiosk, "Set-Cookie"),
            "fd_device=kiosk-secret; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict");
  EXPECT_EQ(test::header_of(ask("GET", "/kiosk/?device=guess"), "Set-Cookie"), "");
  EXPECT_EQ(test::header_of(ask("GET", "/kiosk/"), "Set-Cookie"), "");
  EXPECT_EQ(ask("GET", "/kiosk/kiosk.js").body, "kiosk.js");
  EXPECT_EQ(ask("GET", "/display/").body, "display");
  EXPECT_EQ(ask("GET", "/kiosk/none").status, 404U);
}

TEST_F(WalkinTickets, AWrongLinkGetsThePageWithoutATicket) {
  EXPECT_EQ(ask("GET", "/t/" + token).status, 200U);
  EXPECT_EQ(ask("GET", "/t/ticket.js").body, "ticket.js");
  const auto wrong = ask("GET", "/t/nonsense");
  EXPECT_EQ(wrong.status, 404U);
  EXPECT_EQ(wrong.body, "ticket");
}

TEST_F(WalkinTickets, DrainWaitsForTheTicketOnItsWay) {
  edge.hold();
  auto request =
      test::request_for("POST", "/v1/walkin/tickets",
                        {{"x-frontdesk-device", "kiosk-secret"}, {"idempotency-key", "k"}}, R"({"service":"repair"})");
  std::string allow;
  const auto* found = routes.find("POST", request.path, request.params, allow);
  unsigned status = 0;
  bool drained = false;
  boost::asio::co_spawn(io, found->handler(request),
                        [&](std::exception_ptr, const http::Response& response) { status = response.status; });
  test::settle(io);
  boost::asio::co_spawn(io, walkin.drain(std::chrono::seconds(60)), [&](std::exception_ptr) { drained = true; });
  test::settle(io);
  EXPECT_FALSE(drained);
  edge.release(bus::Retry{1000, "deadline", {}});
  test::settle(io);
  EXPECT_EQ(status, 503U);
  EXPECT_TRUE(drained);
  const auto refused = ticket("k2");
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(code_of(refused), "restart");
}

TEST_F(WalkinTickets, WithoutAKeyNothingStarts) {
  auto settings = made();
  settings->ticket_key = "short";
  EXPECT_THROW(Walkin(io, edge, clock, settings), std::invalid_argument);
}

}  // namespace
}  // namespace fd::walkin
