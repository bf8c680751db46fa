#pragma once
// Both ends of the bus on one io_context, and a plain DEALER that says whatever a test wants. Waits for conditions,
// never for time.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "router/bus/codec.hpp"
#include "router/bus/tables.hpp"
#include "router/bus/zmq/edge.hpp"
#include "router/bus/zmq/router.hpp"

namespace fd::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant wall() const override { return {since_epoch<std::chrono::system_clock>()}; }
  [[nodiscard]] Duration steady() const override { return Duration{since_epoch<std::chrono::steady_clock>()}; }

 private:
  template <class C>
  static std::int64_t since_epoch() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(C::now().time_since_epoch()).count();
  }
};

// Runs handlers until the condition holds. False: `within` is over.
inline bool run_until(asio::io_context& io, const std::function<bool()>& holds,
                      std::chrono::milliseconds within = 20s) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    io.restart();
    io.run_one_for(5ms);
  }
  return true;
}

inline void spawn(asio::io_context& io, asio::awaitable<void> what) {
  asio::co_spawn(io, std::move(what), [](std::exception_ptr e) {
    if (e) std::rethrow_exception(e);
  });
}

// A router's owner: notes everything, answers a Submit with its text and a Command with its verb, unless told
// otherwise.
class Owner final : public bus::RouterSink {
 public:
  struct Got {
    bus::EdgeId edge;
    bus::RequestId id;
    bus::Request request;
  };
  explicit Owner(bus::RouterPort& port) : port_(port) {}

  std::vector<Got> got;
  std::vector<bus::Signal> signals;
  std::vector<std::string> hellos;
  std::vector<std::string> gone;
  std::function<std::optional<bus::Answer>(const Got&)> answer_with = [](const Got& g) { return echo(g); };

  static bus::Answer echo(const Got& g) {
    if (const auto* s = std::get_if<bus::Submit>(&g.request)) return bus::Ack{{{"text", s->message.text}}};
    if (const auto* c = std::get_if<bus::Command>(&g.request)) return bus::Ack{{{"text", c->text}}};
    return bus::Ack{};
  }

  void on_request(const bus::EdgeId& edge, bus::RequestId id, bus::Request r) override {
    got.push_back({edge, id, std::move(r)});
    if (auto answer = answer_with(got.back())) port_.answer(edge, id, std::move(*answer));
  }
  void on_signal(const bus::EdgeId&, bus::Signal s) override { signals.push_back(std::move(s)); }
  void on_hello(const bus::EdgeId& edge, const std::string& run) override { hellos.push_back(edge.str() + " " + run); }
  void on_edge_gone(const bus::EdgeId& edge) override { gone.push_back(edge.str()); }

 private:
  bus::RouterPort& port_;
};

class Listener final : public bus::AttachmentSink {
 public:
  std::vector<boost::json::object> notices;
  int resyncs = 0;
  std::vector<bool> links;
  void on_notice(const boost::json::object& frame) override { notices.push_back(frame); }
  void on_resync() override { ++resyncs; }
  void on_link(bool up) override { links.push_back(up); }
};

inline bus::Submit submit(const std::string& text) {
  Message m;
  m.channel = ChannelName("chat");
  m.external_id = text;
  m.text = text;
  return {m};
}

inline bus::Command note(const std::string& text) {
  bus::Command c;
  c.verb = bus::Verb::note;
  c.agent = AgentId("a1");
  c.contact = ContactId::parse("01JD8M3K5T0000000000000001");
  c.text = text;
  return c;
}

struct Pending {  // a request under way
  std::optional<bus::Answer> answer;
  [[nodiscard]] std::string text() const {
    const auto* ack = answer ? std::get_if<bus::Ack>(&*answer) : nullptr;
    return ack == nullptr ? "no ack" : std::string(ack->body.at("text").as_string());
  }
  [[nodiscard]] std::string retry() const {
    const auto* r = answer ? std::get_if<bus::Retry>(&*answer) : nullptr;
    return r == nullptr ? "no retry" : r->reason;
  }
};

inline asio::awaitable<void> ask_into(bus::EdgePort& edge, bus::Request r, std::chrono::milliseconds patience,
                                      std::shared_ptr<Pending> into) {
  into->answer = co_await edge.request(std::move(r), patience);
}

inline std::shared_ptr<Pending> ask(asio::io_context& io, bus::EdgePort& edge, bus::Request r,
                                    std::chrono::milliseconds patience = 20s) {
  auto pending = std::make_shared<Pending>();
  spawn(io, ask_into(edge, std::move(r), patience, pending));
  return pending;
}

// What an adapter in another language would hold: a DEALER and two frames a message.
class RawEdge {
 public:
  RawEdge(zmq::context_t& context, const std::string& name, const std::string& endpoint, int hwm = 1000)
      : socket_(context, zmq::socket_type::dealer) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvhwm, hwm);
    socket_.set(zmq::sockopt::routing_id, name);
    socket_.connect(endpoint);
  }
  void say(const std::string& header, const std::string& payload) {
    socket_.send(zmq::buffer(header), zmq::send_flags::sndmore);
    socket_.send(zmq::buffer(payload), zmq::send_flags::none);
  }
  void hello(const std::string& name, const std::string& run) {
    say(R"({"v":1,"type":"hello"})", R"({"edge":")" + name + R"(","run":")" + run + "\"}");
  }
  // "type id payload" of the next message, or "" when there is none now.
  std::string hear() {
    zmq::message_t header;
    zmq::message_t payload;
    if (!socket_.recv(header, zmq::recv_flags::dontwait)) return "";
    if (!socket_.recv(payload, zmq::recv_flags::none)) return "";
    const auto e = bus::decode(header.to_string_view(), payload.to_string_view());
    if (!e) return "undecodable: " + e.error().text;
    return std::string(bus::envelope_types()[e->body.index()]) + " " + std::to_string(e->id) + " " +
           payload.to_string();
  }
  std::string wait(asio::io_context& io) {
    std::string heard;
    run_until(io, [&] { return !(heard = hear()).empty(); });
    return heard;
  }

 private:
  zmq::socket_t socket_;
};

}  // namespace fd::test
