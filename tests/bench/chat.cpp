// Customers at the real daemon's chat socket. Every latency counts from the moment the message was due, not from when
// this process got round to sending it. One JSON line a round; LEDGER is held against the store by `run`.
//
// Usage: bench_chat PORT CUSTOMERS LEDGER idle                    each writes once; "held" when all is said; ends at
// EOF
//        bench_chat PORT CUSTOMERS LEDGER lone POSTS EVERY_US ROUNDS REDIS RECORD
//                                       one post at a time, and between two of them one raw commit of the same commands
//        bench_chat PORT CUSTOMERS LEDGER rate POSTS A_SECOND ROUNDS [SAMPLES]
//                                       open loop; SAMPLES gets a line a post: round, due and acked (us, steady clock)
//        bench_chat PORT CUSTOMERS LEDGER until-killed A_SECOND      writes the ledger when the daemon is gone

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "tests/bench/json_line.hpp"
#include "tests/bench/redis_line.hpp"
#include "tests/bench/sockets.hpp"

namespace {

using namespace fd::bench;
using std::chrono::microseconds;
using std::chrono::seconds;

double us(Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

long long us_of(Clock::time_point at) {
  return std::chrono::duration_cast<microseconds>(at.time_since_epoch()).count();
}

double quantile(std::vector<double> list, double q) {
  if (list.empty()) return 0;
  std::sort(list.begin(), list.end());
  return list[std::min(list.size() - 1, static_cast<std::size_t>(q * static_cast<double>(list.size())))];
}

class Program {
 public:
  explicit Program(Customers& customers) : customers_(customers) {}

  // Everybody is here and has a contact, so that what is timed is a line of a live conversation.
  void begin() {
    customers_.open();
    for (std::size_t i = 0; i < customers_.size(); ++i) {
      customers_.post(i, Clock::now());
      if (i % 256 == 255) customers_.until_all_acked(seconds{30});
    }
    customers_.until_all_acked(seconds{30});
  }

  void idle() {
    JsonLine().add("held", static_cast<double>(customers_.size())).print();
    pollfd in{STDIN_FILENO, POLLIN, 0};
    while (::poll(&in, 1, 0) == 0)
      customers_.poll(Clock::now() + std::chrono::milliseconds{200});  // pings are answered
  }

  void lone(std::size_t posts, microseconds every, const char* socket, const char* file) {
    RedisLine redis(socket);
    const Recorded record = read_records(file).front();
    std::vector<double> post, raw;
    const double cpu = cpu_seconds();
    auto due = Clock::now() + every;
    for (std::size_t k = 0; k < posts; ++k, due += every) {
      wait(due);
      const auto p = customers_.post(next_++ % customers_.size(), due);
      customers_.until_acked(p, seconds{30});
      post.push_back(us(customers_.posts()[p].acked - due));
      const auto between = std::max(due + every / 2, Clock::now());
      wait(between);
      redis.exchange(record);
      raw.push_back(us(Clock::now() - between));
      due = std::max(due, Clock::now() - every);  // one at a time: the next is due when this one is over
    }
    JsonLine()
        .add("post_p50", quantile(post, 0.5))
        .add("post_p99", quantile(post, 0.99))
        .add("raw_p50", quantile(raw, 0.5))
        .add("raw_p99", quantile(raw, 0.99))
        .add("generator_us", (cpu_seconds() - cpu) * 1e6 / static_cast<double>(posts))
        .print();
  }

  void rate(std::size_t posts, double a_second, std::ostream* samples) {
    const auto first = customers_.posts().size();
    const auto every = std::chrono::nanoseconds(static_cast<long long>(1e9 / a_second));
    const double cpu = cpu_seconds();
    const auto begin = Clock::now() + std::chrono::milliseconds{5};
    for (std::size_t k = 0; k < posts;) {
      const auto due = begin + every * static_cast<long long>(k);
      if (Clock::now() >= due)
        customers_.post(next_++ % customers_.size(), due), ++k;
      else
        customers_.poll(due);
    }
    customers_.until_all_acked(seconds{60});
    std::vector<double> list;
    for (auto i = first; i < customers_.posts().size(); ++i) {
      const Post& post = customers_.posts()[i];
      list.push_back(us(post.acked - post.due));
      if (samples) *samples << round_ << ' ' << us_of(post.due) << ' ' << us_of(post.acked) << '\n';
    }
    ++round_;
    JsonLine()
        .add("post_p50", quantile(list, 0.5))
        .add("post_p99", quantile(list, 0.99))
        .add("generator_us", (cpu_seconds() - cpu) * 1e6 / static_cast<double>(posts))
        .print();
  }

  void until_killed(double a_second) {
    JsonLine().add("held", static_cast<double>(customers_.size())).print();
    const auto end = Clock::now() + seconds{60};
    const auto every = std::chrono::nanoseconds(static_cast<long long>(1e9 / a_second));
    try {
      for (auto due = Clock::now(); Clock::now() < end; due += every) {
        wait(due);
        customers_.post(next_++ % customers_.size(), due);
      }
    } catch (const std::runtime_error&) {
      return;  // as asked: the daemon was killed
    }
    throw std::runtime_error("the daemon was never killed");
  }

 private:
  void wait(Clock::time_point due) {
    while (Clock::now() < due) customers_.poll(due);
  }

  Customers& customers_;
  std::size_t next_ = 0, round_ = 0;
};

int usage() { return std::fputs("usage: see the head of tests/bench/chat.cpp\n", stderr), 2; }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return usage();
  const auto number = [&](int i) { return i < argc ? std::strtoull(argv[i], nullptr, 10) : 0ULL; };
  const std::string mode = argv[4];
  try {
    Customers customers(static_cast<std::uint16_t>(number(1)), number(2));
    Program program(customers);
    program.begin();
    if (mode == "idle") {
      program.idle();
    } else if (mode == "lone" && argc == 10) {
      for (auto round = number(7); round > 0; --round)
        program.lone(number(5), microseconds(number(6)), argv[8], argv[9]);
    } else if (mode == "rate" && (argc == 8 || argc == 9)) {
      std::ofstream samples(argc == 9 ? argv[8] : "/dev/null");
      for (auto round = number(7); round > 0; --round)
        program.rate(number(5), static_cast<double>(number(6)), argc == 9 ? &samples : nullptr);
      if (!samples.flush()) throw std::runtime_error("the samples cannot be written");
    } else if (mode == "until-killed" && argc == 6) {
      program.until_killed(static_cast<double>(number(5)));
    } else {
      return usage();
    }
    customers.write_ledger(argv[3]);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_chat: %s\n", e.what());
    return 1;
  }
  return 0;
}
