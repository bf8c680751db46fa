#pragma once
// The site over the real engine, the memory store behind FaultyStore, and a RouterPort that records: one process, one
// thread, a clock that moves when told. Agents a1 and a2 of both queues, c1 of the counter, supervisors s1 of no team
// and s2 of the counter; channel "chat" goes to the queue online, "walkin" with the services tax and passport to
// counter.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <vector>

#include "router/site/site.hpp"
#include "router/store/memory/memory_store.hpp"
#include "tests/support/faulty_store.hpp"
#include "tests/support/manual_clock.hpp"

namespace fd::site::test {

class RecordingRouter final : public bus::RouterPort {
 public:
  struct Notified {
    std::string attachment;
    json::object frame;
    bus::EdgeId edge;
  };
  std::map<bus::RequestId, bus::Answer> answers;
  std::vector<Notified> notices;
  std::vector<std::pair<bus::EdgeId, bus::Job>> jobs;
  std::vector<bus::Leading> leading;

  void set_sink(bus::RouterSink* sink) override { sink_ = sink; }
  void set_leading(const bus::Leading& l) override { leading.push_back(l); }
  void answer(const bus::EdgeId&, bus::RequestId id, bus::Answer a) override { answers[id] = std::move(a); }
  void notice(const bus::EdgeId& edge, bus::Notice n) override {
    notices.push_back({n.attachment.str(), std::move(n.frame), edge});
  }
  void job(const bus::EdgeId& edge, bus::Job j) override { jobs.emplace_back(edge, std::move(j)); }
  [[nodiscard]] bus::RouterSink& sink() const { return *sink_; }
  // Types of the frames one attachment got since the last clear, in order: "welcome state msg".
  [[nodiscard]] std::string types(const std::string& attachment) const;
  [[nodiscard]] bool told(const std::string& attachment, std::string_view text) const;  // in any frame

 private:
  bus::RouterSink* sink_ = nullptr;
};

// Look-ups and the reading of lines wait here when told to.
class GatedStore final : public fd::test::PassingStore {
 public:
  GatedStore(boost::asio::io_context& io, store::Store& inner) : PassingStore(inner), io_(io) {}
  void hold_next() { ++to_hold_; }
  void let_go();  // the one that has waited longest
  boost::asio::awaitable<boost::system::result<engine::Facts, store::Failure>> look_up(store::LookUp q) override;
  boost::asio::awaitable<boost::system::result<std::vector<Line>, store::Failure>> lines(ContactId id,
                                                                                         std::uint64_t from,
                                                                                         std::uint64_t to) override;

 private:
  boost::asio::awaitable<void> wait_here();
  boost::asio::io_context& io_;
  int to_hold_ = 0;
  std::deque<std::shared_ptr<boost::asio::steady_timer>> held_;
};

// The visitor's n-th line on the page "p" of the chat.
bus::Submit line(const std::string& visitor, std::uint64_t n, std::string text, std::vector<Identity> identities = {});

class SmallShell {
 public:
  using Change = std::function<void(engine::Settings&, Settings&)>;
  // Over what another shell left, if a server is given.
  explicit SmallShell(const Change& = {},
                      std::shared_ptr<store::MemoryServer> = std::make_shared<store::MemoryServer>());
  ~SmallShell();
  SmallShell(const SmallShell&) = delete;
  SmallShell& operator=(const SmallShell&) = delete;

  void run();                                                            // until nothing is ready
  bus::RequestId put(bus::Request, const std::string& edge = "edge-1");  // without a turn of the loop
  // Each returns what was answered: "ack", "reject CODE", "retry REASON", or "" when nothing has been yet.
  std::string ask(bus::Request, const std::string& edge = "edge-1");
  std::string answered(bus::RequestId) const;
  std::string write(const std::string& visitor, const std::string& text);  // the visitor's next line
  std::string write(const std::string& visitor, const std::string& text, std::uint64_t n);
  std::string attach_chat(const std::string& visitor);
  std::string attach_desk(const std::string& agent, const std::string& tab = "", const std::string& edge = "edge-1");
  std::string attach_display();
  std::string ticket(const std::string& service);
  bus::Command command(bus::Verb, const std::string& agent) const;
  void available(const std::string& agent);
  std::string accept(const std::string& agent);  // the offer this agent was last told of
  [[nodiscard]] ContactId contact() const;       // of the last Submit that was kept
  [[nodiscard]] const json::object& body(bus::RequestId) const;

  boost::asio::io_context io;
  fd::test::ManualClock clock;
  std::shared_ptr<store::MemoryServer> server;
  store::MemoryStore memory{server, "r1"};
  GatedStore gate{io, memory};
  fd::test::FaultyStore store{io, gate};
  RecordingRouter port;
  std::unique_ptr<Site> site;
  bus::RequestId last = 0;

 private:
  bool over_ = false;
  std::map<std::string, std::uint64_t> counters_;
  ContactId contact_;
};

}  // namespace fd::site::test
