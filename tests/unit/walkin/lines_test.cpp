// Who asks for the lines at the same time, and how fast a device may ask for tickets.

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include "tests/unit/walkin/counter.hpp"

namespace fd::walkin {
namespace {

class WalkinLines : public testing::Test, public Counter {
 protected:
  void look(std::size_t& slot, boost::asio::cancellation_signal* stop = nullptr) {
    std::map<std::string, std::string> params;
    std::string allow;
    const auto* route = routes.find("GET", "/v1/walkin/services", params, allow);
    asked.push_back(std::make_unique<http::Request>(test::request_for("GET", "/v1/walkin/services")));
    slot = asked.size() - 1;
    answers.emplace_back();
    const auto done = [this, n = slot](const std::exception_ptr& thrown, http::Response response) {
      answers[n] = thrown ? 0U : response.status;
    };
    if (stop == nullptr)
      boost::asio::co_spawn(io, route->handler(*asked.back()), done);
    else
      boost::asio::co_spawn(io, route->handler(*asked.back()), boost::asio::bind_cancellation_slot(stop->slot(), done));
    test::settle(io);
  }

  std::vector<std::unique_ptr<http::Request>> asked;
  std::vector<std::optional<unsigned>> answers;
};

TEST_F(WalkinLines, ManyWhoAskWhileOneIsOutShareItsAnswer) {
  edge.hold();
  std::size_t n = 0;
  for (int i = 0; i < 5; ++i) look(n);
  EXPECT_EQ(edge.requests.size(), 1U);
  edge.release(bus::Ack{});
  test::settle(io);
  for (const auto& answer : answers) EXPECT_EQ(answer, 200U);
  clock.advance(Duration{1000});
  look(n);  // control: a moment later the router is asked again
  EXPECT_EQ(edge.requests.size(), 2U);
  edge.release(bus::Ack{});
  test::settle(io);
}

TEST_F(WalkinLines, AnAnswerThatIsNoneIsSharedToo) {
  edge.hold();
  std::size_t n = 0;
  for (int i = 0; i < 5; ++i) look(n);
  edge.release(bus::Retry{1000, "deadline", {}});
  test::settle(io);
  EXPECT_EQ(edge.requests.size(), 1U) << "one after the other they would wait for ever";
  for (const auto& answer : answers) EXPECT_EQ(answer, 503U);
  look(n);
  EXPECT_EQ(edge.requests.size(), 2U) << "who asks after it asks anew";
  edge.release(bus::Ack{});
  test::settle(io);
}

TEST_F(WalkinLines, WhoAskedFirstMayBeCutOff) {
  edge.hold();
  boost::asio::cancellation_signal stop;
  std::size_t first = 0, second = 0;
  look(first, &stop);
  look(second);
  stop.emit(boost::asio::cancellation_type::terminal);
  test::settle(io);
  while (edge.held() > 0) {
    edge.release(bus::Ack{});
    test::settle(io);
  }
  EXPECT_EQ(answers[second], 200U);
}

TEST_F(WalkinLines, ADevicesRateFollowsTheConfiguration) {
  edge.answer_with = [](const bus::Request&) -> bus::Answer { return bus::Retry{1000, "busy", {}}; };
  const auto taken = [&](int most) {
    int n = 0;
    while (n < most && ticket("k" + std::to_string(n)).status == 503U) ++n;
    return n;
  };
  auto settings = made();
  settings->rate_burst = 3;
  settings->rate_per_s = 1;
  walkin.set_settings(settings);
  EXPECT_EQ(taken(20), 3);
  walkin.set_settings(std::make_shared<Settings>(*settings));
  EXPECT_EQ(taken(20), 0) << "control: read again without a change, nothing is given back";
  settings = std::make_shared<Settings>(*settings);
  settings->rate_burst = 5;
  walkin.set_settings(settings);
  EXPECT_EQ(taken(20), 5);
}

}  // namespace
}  // namespace fd::walkin
