// Goal: what docs/bus.md promises of requests, windows, leaders and attachments. Method: a real edge and real routers
// on one io_context over inproc; each promise beside the case in which it must not hold.

#include <time.h>

#include <algorithm>

#include "tests/integration/bus/harness.hpp"

namespace fd::test {
namespace {

class BusInproc : public testing::Test {
 protected:
  struct End {  // a router with its owner
    End(asio::io_context& io, zmq::context_t& context, bus::RouterSettings settings)
        : router(io, context, std::move(settings)), owner(router) {
      router.set_sink(&owner);
      spawn(io, router.run());
    }
    bus::ZmqRouter router;
    Owner owner;
  };

  End& start_router(const std::string& name = "inproc://one", std::chrono::milliseconds heartbeat = 2s) {
    bus::RouterSettings s;
    s.endpoints = {name};
    s.heartbeat = heartbeat;
    s.gone_after = 3 * heartbeat;
    return *ends.emplace_back(std::make_unique<End>(io, context, s));
  }
  bus::ZmqEdge& start_edge(std::vector<std::string> endpoints = std::vector<std::string>(1, "inproc://one"),
                           std::chrono::milliseconds heartbeat = 50ms) {
    bus::EdgeSettings s;
    s.endpoints = std::move(endpoints);
    s.heartbeat = heartbeat;
    s.gone_after = 3 * heartbeat;
    s.window_intake = 8;
    edge = std::make_unique<bus::ZmqEdge>(io, context, clock, s);
    spawn(io, edge->run());
    return *edge;
  }
  bool up() {
    return run_until(io, [&] { return edge->up(); });
  }
  bool answered(const std::shared_ptr<Pending>& p) {
    return run_until(io, [&] { return p->answer.has_value(); });
  }
  static bus::Leading leads(std::uint64_t epoch, std::uint64_t batch = 0) { return {true, epoch, 64, 32, batch}; }

  void TearDown() override {
    if (edge) edge->stop();
    for (auto& e : ends) e->router.stop();
    io.restart();
    io.run_for(20s);  // ends by itself when every coroutine has
    EXPECT_TRUE(io.stopped());
  }

  SystemClock clock;
  zmq::context_t context;
  asio::io_context io{1};
  std::vector<std::unique_ptr<End>> ends;
  std::unique_ptr<bus::ZmqEdge> edge;
};

std::chrono::nanoseconds cpu_time() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

asio::awaitable<void> one_by_one(bus::EdgePort& edge, int n, std::vector<std::chrono::nanoseconds>& took) {
  for (int i = 0; i < n; ++i) {
    const auto start = std::chrono::steady_clock::now();
    bus::Request request = submit(std::to_string(i));
    const auto answer = co_await edge.request(std::move(request), 20s);
    took.push_back(std::chrono::steady_clock::now() - start);
    EXPECT_EQ(std::get<bus::Ack>(answer).body.at("text").as_string(), std::to_string(i));
  }
}

// Both ends run on this thread, so its CPU time is the cost of the bus, however busy the machine is. The median of the
// wall clock is written down with the result; nothing waits for a timer in it.
TEST_F(BusInproc, OneRequestAtATimeIsQuick) {
  start_router().router.set_leading(leads(1));
  start_edge();
  ASSERT_TRUE(up());
  std::vector<std::chrono::nanoseconds> took;
  const auto before = cpu_time();
  spawn(io, one_by_one(*edge, 3000, took));
  ASSERT_TRUE(run_until(
      io, [&] { return took.size() == 3000; }, 60s));
  EXPECT_LT((cpu_time() - before) / 3000, 1ms);
  std::nth_element(took.begin(), took.begin() + 1500, took.end());
  RecordProperty("p50_us", static_cast<int>(took[1500].count() / 1000));
}

TEST_F(BusInproc, OrderOfEachLaneIsTheOrderOfTheCalls) {
  auto& end = start_router();
  start_edge();
  std::vector<std::shared_ptr<Pending>> open;
  for (int i = 0; i < 8; ++i) {  // before anybody leads: they wait
    open.push_back(ask(io, *edge, submit("s" + std::to_string(i))));
    open.push_back(ask(io, *edge, note("n" + std::to_string(i))));
  }
  run_until(io, [&] { return edge->in_flight(bus::Lane::agents) == 8; });
  EXPECT_TRUE(end.owner.got.empty());
  end.router.set_leading(leads(1));
  for (const auto& p : open) ASSERT_TRUE(answered(p));
  ASSERT_EQ(end.owner.got.size(), 16U);
  for (std::size_t i = 0; i < 16; ++i)
    EXPECT_EQ(std::get<bus::Ack>(Owner::echo(end.owner.got[i])).body.at("text").as_string(),
              (i % 2 == 0 ? "s" : "n") + std::to_string(i / 2));
}

TEST_F(BusInproc, FullWindowRefusesItsLaneOnly) {
  auto& end = start_router();
  end.router.set_leading({true, 1, 3, 2, 0});
  end.owner.answer_with = [](const Owner::Got&) { return std::nullopt; };
  start_edge();
  ASSERT_TRUE(up());
  EXPECT_EQ(edge->window(bus::Lane::intake), 3U);  // the router's word replaces the setting
  std::vector<std::shared_ptr<Pending>> open;
  for (int i = 0; i < 3; ++i) open.push_back(ask(io, *edge, submit(std::to_string(i))));
  const auto refused = ask(io, *edge, submit("x"));
  ASSERT_TRUE(answered(refused));
  EXPECT_EQ(refused->retry(), "busy");
  const auto agent = ask(io, *edge, note("accept passes"));
  ASSERT_TRUE(run_until(io, [&] { return end.owner.got.size() == 4; }));
  end.router.answer(end.owner.got[0].edge, end.owner.got[0].id, bus::Ack{{{"text", "0"}}});
  ASSERT_TRUE(answered(open[0]));
  end.owner.answer_with = Owner::echo;
  const auto after = ask(io, *edge, submit("room again"));
  ASSERT_TRUE(answered(after));
  EXPECT_EQ(after->text(), "room again");
  EXPECT_EQ(edge->counters().busy, 1U);
}

TEST_F(BusInproc, NobodyLeadsPatienceEnds) {
  start_router();
  start_edge();
  const auto p = ask(io, *edge, submit("x"), 80ms);
  ASSERT_TRUE(answered(p));
  EXPECT_EQ(p->retry(), "deadline");
  EXPECT_FALSE(edge->up());
  EXPECT_EQ(edge->in_flight(bus::Lane::intake), 0U);
}

TEST_F(BusInproc, FencedIsKeptForTheNextLeaderOtherRetriesAreTold) {
  auto& end = start_router();
  end.router.set_leading(leads(1));
  int asked = 0;
  end.owner.answer_with = [&](const Owner::Got& g) -> bus::Answer {
    return ++asked == 1 ? bus::Answer(bus::Retry{0, "fenced", {}}) : Owner::echo(g);
  };
  start_edge();
  ASSERT_TRUE(up());
  const auto p = ask(io, *edge, submit("kept"));
  ASSERT_TRUE(run_until(io, [&] { return asked == 1; }));
  end.router.set_leading({false, 1, 64, 32, 0});
  ASSERT_TRUE(run_until(io, [&] { return !edge->up(); }));
  EXPECT_FALSE(p->answer.has_value());
  end.router.set_leading(leads(2));
  ASSERT_TRUE(answered(p));
  EXPECT_EQ(p->text(), "kept");
  for (const auto* reason : {"store", "gap", "busy"}) {
    end.owner.answer_with = [&](const Owner::Got&) { return bus::Retry{5, reason, {{"next", 4}}}; };
    const auto told = ask(io, *edge, submit(reason));
    ASSERT_TRUE(answered(told));
    EXPECT_EQ(told->retry(), reason);
  }
}

TEST_F(BusInproc, HighestEpochLeadsAndATakeoverResendsAndResyncs) {
  auto& first = start_router("inproc://one");
  auto& second = start_router("inproc://two");
  first.router.set_leading(leads(4));
  second.router.set_leading({false, 4, 64, 32, 0});
  start_edge({"inproc://two", "inproc://one"});
  ASSERT_TRUE(up());
  Listener page;
  const auto id = edge->new_attachment();
  const auto guard = edge->subscribe(id, page);
  first.owner.answer_with = [](const Owner::Got&) { return std::nullopt; };  // takes, and falls silent
  const auto a = ask(io, *edge, submit("a"));
  const auto b = ask(io, *edge, submit("b"));
  ASSERT_TRUE(run_until(io, [&] { return first.owner.got.size() == 2; }));
  EXPECT_TRUE(second.owner.got.empty());
  second.router.set_leading(leads(5));
  ASSERT_TRUE(answered(a));
  ASSERT_TRUE(answered(b));
  EXPECT_EQ(a->text() + b->text(), "ab");
  EXPECT_EQ(edge->epoch(), 5U);
  EXPECT_EQ(page.resyncs, 1);
  EXPECT_EQ(page.links, std::vector<bool>());  // there was a leader all the time
  EXPECT_EQ(edge->counters().resent, 2U);
  // The old one still believes it leads: nothing goes there, and its notices are not heard.
  first.router.set_leading(leads(4));
  first.router.notice(bus::EdgeId("edge-1"), {id, {{"type", "state"}}});
  ASSERT_TRUE(answered(ask(io, *edge, submit("c"))));
  EXPECT_EQ(first.owner.got.size(), 2U);
  EXPECT_TRUE(page.notices.empty());
  // An answer to a copy comes late: nobody waits for it.
  first.router.answer(bus::EdgeId("edge-1"), first.owner.got[0].id, bus::Ack{{{"text", "late"}}});
  ASSERT_TRUE(run_until(io, [&] { return edge->counters().unknown == 1; }));
}

TEST_F(BusInproc, AStoreThatLostWhatWasAcknowledgedIsRefused) {
  auto& end = start_router();
  end.router.set_leading(leads(1, 10));
  start_edge();
  ASSERT_TRUE(up());
  end.router.committed(12);  // rides on answers
  ASSERT_TRUE(answered(ask(io, *edge, submit("kept in 12"))));
  end.router.set_leading(leads(2, 12));  // control: the same batch under a new epoch is fine
  ASSERT_TRUE(run_until(io, [&] { return edge->epoch() == 2; }));
  end.router.set_leading(leads(3, 11));
  ASSERT_TRUE(run_until(io, [&] { return !edge->up(); }));
  const auto p = ask(io, *edge, submit("x"), 100ms);
  ASSERT_TRUE(answered(p));
  EXPECT_EQ(p->retry(), "deadline");
  EXPECT_EQ(end.owner.got.size(), 1U);
  end.router.set_leading(leads(4, 13));
  EXPECT_TRUE(up());
}

TEST_F(BusInproc, NoticesSignalsAndSubscriptions) {
  auto& end = start_router();
  end.router.set_leading(leads(1));
  start_edge();
  Listener page;
  const auto id = edge->new_attachment();
  EXPECT_NE(id, edge->new_attachment());
  auto guard = edge->subscribe(id, page);
  ASSERT_TRUE(up());
  EXPECT_EQ(page.links, std::vector<bool>{true});
  EXPECT_EQ(page.resyncs, 0);  // it has not been attached before
  const bus::EdgeId name("edge-1");
  end.router.notice(name, {id, {{"type", "state"}, {"state", "queued"}}});
  ASSERT_TRUE(run_until(io, [&] { return page.notices.size() == 1; }));
  EXPECT_EQ(page.notices[0].at("state").as_string(), "queued");
  edge->signal({id, *ContactId::parse("01JD8M3K5T0000000000000001"), true});
  ASSERT_TRUE(run_until(io, [&] { return end.owner.signals.size() == 1; }));
  EXPECT_TRUE(end.owner.signals[0].typing);
  guard.reset();
  end.router.notice(name, {id, {{"type", "late"}}});
  ASSERT_TRUE(answered(ask(io, *edge, submit("behind the notice"))));
  EXPECT_EQ(page.notices.size(), 1U);
}

TEST_F(BusInproc, ARouterThatIsStartedAnewIsFoundAgain) {
  start_router("inproc://one", 50ms).router.set_leading(leads(1));
  start_edge();
  Listener page;
  const auto guard = edge->subscribe(edge->new_attachment(), page);
  ASSERT_TRUE(up());
  ends[0]->router.stop();
  const auto p = ask(io, *edge, submit("through the gap"));
  ASSERT_TRUE(run_until(io, [&] { return !edge->up(); }));
  ends.clear();
  start_router("inproc://one", 50ms).router.set_leading(leads(2));
  ASSERT_TRUE(answered(p));
  EXPECT_EQ(p->text(), "through the gap");
  EXPECT_EQ(page.links, (std::vector<bool>{true, false, true}));
  EXPECT_EQ(page.resyncs, 1);
}

TEST_F(BusInproc, StopAnswersWhatIsOpen) {
  auto& end = start_router();
  end.owner.answer_with = [](const Owner::Got&) { return std::nullopt; };
  end.router.set_leading(leads(1));
  start_edge();
  ASSERT_TRUE(up());
  const auto p = ask(io, *edge, submit("x"));
  ASSERT_TRUE(run_until(io, [&] { return end.owner.got.size() == 1; }));
  edge->stop();
  ASSERT_TRUE(answered(p));
  EXPECT_EQ(p->retry(), "stopping");
  const auto after = ask(io, *edge, submit("y"));
  ASSERT_TRUE(answered(after));
  EXPECT_EQ(after->retry(), "stopping");
  end.router.stop();
  run_until(
      io, [&] { return false; }, 20ms);
  end.router.answer(bus::EdgeId("edge-1"), end.owner.got[0].id, bus::Ack{});  // after the end: nothing happens
  end.router.notice(bus::EdgeId("edge-1"), {bus::AttachmentId("a"), {}});
}

TEST_F(BusInproc, WhatIsTooLongIsRefusedBeforeItIsSent) {
  start_router().router.set_leading(leads(1));
  start_edge();
  ASSERT_TRUE(up());
  bus::Command c;
  c.verb = bus::Verb::roster;
  c.roster = {{"x", std::string(bus::frame_bytes_max, 'x')}};
  const auto p = ask(io, *edge, c);
  ASSERT_TRUE(answered(p));
  EXPECT_EQ(std::get<bus::Reject>(*p->answer).code, "bad_request");
  ends[0]->owner.answer_with = [](const Owner::Got&) {
    return bus::Ack{{{"x", std::string(bus::frame_bytes_max, 'x')}}};
  };
  const auto q = ask(io, *edge, submit("asks for too much"));
  ASSERT_TRUE(answered(q));
  EXPECT_EQ(std::get<bus::Reject>(*q->answer).code, "too_large");
}

TEST(BusEndpoints, TcpIsRefused) {
  asio::io_context io;
  zmq::context_t context;
  const SystemClock clock;
  bus::EdgeSettings e;
  bus::RouterSettings r;
  for (const auto* endpoint : {"tcp://127.0.0.1:7000", "udp://127.0.0.1:7000", "frontdesk"}) {
    e.endpoints = r.endpoints = {endpoint};
    EXPECT_THROW(bus::ZmqEdge(io, context, clock, e), std::invalid_argument) << endpoint;
    EXPECT_THROW(bus::ZmqRouter(io, context, r), std::invalid_argument) << endpoint;
  }
  r.endpoints = {"ipc:///nonexistent/folder/bus.ipc"};
  try {
    const bus::ZmqRouter router(io, context, r);
    FAIL() << "bound";
  } catch (const std::runtime_error& refusal) {
    EXPECT_NE(std::string(refusal.what()).find("/nonexistent/folder/bus.ipc"), std::string::npos);
  }
}

}  // namespace
}  // namespace fd::test
