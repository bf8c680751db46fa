// An edge process of its own: N customers write once each over the bus (ipc), agents wait at the other end. The frames
// are made before the clock runs and only counted while it does, so that the generator costs little; its own processor
// time is reported. Ends when every message is acknowledged and every contact has been offered to an agent.
//
// Usage: bench_routed ENDPOINT AGENTS CONTACTS LEDGER [WINDOW [--no-offers [WORD]]]
// WORD begins every text, so that a rule sends them elsewhere.
// LEDGER gets a line each: sent VISITOR TEXT, ack VISITOR PAYLOAD, offer PAYLOAD; `run` holds it against the store.

#include <chrono>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>
#include <zmq.hpp>

#include "tests/bench/json_line.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct Frame {
  std::string header, payload;
};

struct Plan {
  std::size_t agents = 0, contacts = 0, window = 960;
  bool offers = true;
  std::string word = {};
};

// About 300 bytes of text, as customers write.
std::string payload_of(std::size_t i, const std::string& word, std::string& text) {
  text = word + "客户" + std::to_string(i) +
         "：我上周下的订单一直没有发货，物流页面三天没有更新，请帮我查询一下到哪里了，谢谢。";
  while (text.size() < 300) text += "请尽快回复";
  const std::string visitor = "b" + std::to_string(i);
  return R"({"channel":"chat","external_id":"p)" + visitor + R"(:1","visitor":")" + visitor + R"(","page":"p)" +
         visitor + R"(","n":1,"identities":[{"kind":"visitor","value":")" + visitor +
         R"(","verified":true}],"locale":"zh-CN","text":")" + text +
         R"(","attributes":{"url":"https://shop.example.cn/orders","website":"demo"},"received":1790000000123})";
}

class Edge {
 public:
  Edge(const std::string& endpoint, Plan plan) : plan_(plan), socket_(context_, zmq::socket_type::dealer) {
    socket_.set(zmq::sockopt::routing_id, std::string("bench-1"));
    socket_.set(zmq::sockopt::immediate, 1);
    socket_.set(zmq::sockopt::linger, 500);
    socket_.set(zmq::sockopt::sndhwm, 8192);
    socket_.set(zmq::sockopt::rcvhwm, 1 << 20);
    socket_.connect(endpoint);
  }

  void prepare() {
    frames_.reserve(plan_.contacts);
    for (std::size_t i = 0; i < plan_.contacts; ++i) {
      std::string text;
      frames_.push_back({R"({"v":1,"type":"submit","id":)" + std::to_string(first_submit + i) + "}",
                         payload_of(i, plan_.word, text)});
      texts_.push_back(std::move(text));
    }
    acks_.resize(plan_.contacts);
    offers_.reserve(plan_.contacts);
  }

  void take_seats() {
    hello();
    until("a leading router", [this] { return leading_; });
    for (std::size_t i = 0; i < plan_.agents; ++i) {
      const std::string agent = "a" + std::to_string(i);
      request("attach", R"({"attachment":"bench.)" + std::to_string(i) + R"(","kind":"desk","agent":")" + agent +
                            R"(","page":"d1","locale":"zh-CN"})");
      request("command", R"({"verb":"presence","agent":")" + agent + R"(","page":"d1","n":1,"state":"available"})");
      until("room in the agents' window", [this] { return requests_ - answered_ < 200; });
    }
    until("all agents at their desks", [this] { return requests_ == answered_; });
  }

  double run() {
    const double cpu = fd::bench::cpu_seconds();
    const auto begin = Clock::now();
    std::size_t next = 0;
    while (acked_ < plan_.contacts || (plan_.offers && offers_.size() < plan_.contacts)) {
      while (next < plan_.contacts && next - acked_ < plan_.window) {
        if (!send(frames_[next])) break;
        ++next;
      }
      if (!take(20ms) && Clock::now() - last_heard_ > 30s)
        throw std::runtime_error("nothing came for 30 s: " + std::to_string(acked_) + " acknowledged, " +
                                 std::to_string(offers_.size()) + " offered");
    }
    seconds_ = std::chrono::duration<double>(Clock::now() - begin).count();
    cpu_ = fd::bench::cpu_seconds() - cpu;
    return seconds_;
  }

  void write(const std::string& path) const {
    std::ofstream out(path);
    for (std::size_t i = 0; i < plan_.contacts; ++i) {
      out << "sent b" << i << ' ' << texts_[i] << '\n';
      for (const std::string& ack : acks_[i]) out << "ack b" << i << ' ' << ack << '\n';
    }
    for (const std::string& offer : offers_) out << "offer " << offer << '\n';
    if (!out.flush()) throw std::runtime_error("the ledger cannot be written");
  }

  void print() const {
    const double n = static_cast<double>(plan_.contacts);
    fd::bench::JsonLine()
        .add("contacts", n)
        .add("seconds", seconds_)
        .add("contacts_s", n / seconds_)
        .add("generator_us", cpu_ * 1e6 / n)
        .add("offers", static_cast<double>(offers_.size()))
        .print();
  }

 private:
  static constexpr std::size_t first_submit = 1'000'000;

  bool send(const Frame& f) {
    if (!socket_.send(zmq::buffer(f.header), zmq::send_flags::sndmore | zmq::send_flags::dontwait)) return false;
    socket_.send(zmq::buffer(f.payload), zmq::send_flags::none);
    return true;
  }
  void hello() {
    said_hello_ = Clock::now();
    if (!send({R"({"v":1,"type":"hello"})", R"({"edge":"bench-1","run":"5f0c2a9e11d34b07"})"})) said_hello_ -= 1900ms;
  }
  void request(const char* type, std::string payload) {
    ++requests_;
    const Frame f{R"({"v":1,"type":")" + std::string(type) + R"(","id":)" + std::to_string(requests_) + "}",
                  std::move(payload)};
    while (!send(f)) take(5ms);
  }

  template <class Test>
  void until(const char* what, Test test) {
    const auto end = Clock::now() + 60s;
    while (!test()) {
      if (Clock::now() > end) throw std::runtime_error(std::string("never: ") + what);
      take(20ms);
    }
  }

  bool take(std::chrono::milliseconds patience) {
    if (Clock::now() - said_hello_ > 2s) hello();
    zmq::message_t header, payload;
    if (!socket_.recv(header, zmq::recv_flags::dontwait)) {
      zmq::pollitem_t item{socket_.handle(), 0, ZMQ_POLLIN, 0};
      zmq::poll(&item, 1, patience);
      if (!socket_.recv(header, zmq::recv_flags::dontwait)) return false;
    }
    if (!socket_.recv(payload, zmq::recv_flags::none)) return false;
    last_heard_ = Clock::now();
    hear(header.to_string_view(), payload.to_string_view());
    return true;
  }

  void hear(std::string_view header, std::string_view payload) {
    const auto is = [&](std::string_view type) { return header.find(type) != std::string_view::npos; };
    if (is(R"("type":"notice")")) {
      if (payload.find(R"("type":"offer")") != std::string_view::npos) offers_.emplace_back(payload);
      return;
    }
    if (is(R"("type":"leading")")) {
      leading_ = payload.find(R"("leading":true)") != std::string_view::npos;
      return;
    }
    if (!is(R"("type":"ack")"))
      throw std::runtime_error("unexpected: " + std::string(header) + " " + std::string(payload));
    const auto at = header.find(R"("id":)");
    const auto id = static_cast<std::size_t>(std::strtoull(header.data() + at + 5, nullptr, 10));
    if (id < first_submit) {
      ++answered_;
      return;
    }
    auto& list = acks_.at(id - first_submit);
    if (list.empty()) ++acked_;
    list.emplace_back(payload);
  }

  Plan plan_;
  zmq::context_t context_{1};
  zmq::socket_t socket_;
  std::vector<Frame> frames_;
  std::vector<std::string> texts_, offers_;
  std::vector<std::vector<std::string>> acks_;
  std::size_t requests_ = 0, answered_ = 0, acked_ = 0;
  bool leading_ = false;
  Clock::time_point said_hello_, last_heard_ = Clock::now();
  double seconds_ = 0, cpu_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5)
    return std::fputs("usage: bench_routed ENDPOINT AGENTS CONTACTS LEDGER [WINDOW [--no-offers [WORD]]]\n", stderr), 2;
  const auto number = [](const char* text) { return static_cast<std::size_t>(std::strtoull(text, nullptr, 10)); };
  Plan plan{number(argv[2]), number(argv[3])};
  if (argc > 5) plan.window = number(argv[5]);
  if (argc > 7) plan.word = argv[7];
  plan.offers = argc <= 6 || std::strcmp(argv[6], "--no-offers") != 0;
  try {
    Edge edge(argv[1], plan);
    edge.prepare();
    edge.take_seats();
    edge.run();
    edge.write(argv[4]);
    edge.print();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_routed: %s\n", e.what());
    return 1;
  }
  return 0;
}
