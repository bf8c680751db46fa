// L: the batches a daemon sent, recorded, replayed raw over one connection, one after the other, as the daemon does.
//
// Usage: bench_replay SOCKET RECORDS PASSES

#include <chrono>
#include <cstdlib>

#include "tests/bench/json_line.hpp"
#include "tests/bench/redis_line.hpp"

int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  if (argc < 4) return std::fputs("usage: bench_replay SOCKET RECORDS PASSES\n", stderr), 2;
  try {
    const auto records = fd::bench::read_records(argv[2]);
    fd::bench::RedisLine redis(argv[1]);
    double seconds = 0, contacts = 0, bytes = 0;
    for (long pass = std::strtol(argv[3], nullptr, 10); pass > 0; --pass) {
      redis.flush();  // event ids of the stream come once only
      const auto begin = Clock::now();
      for (const auto& record : records) redis.exchange(record), contacts += record.contacts;
      seconds += std::chrono::duration<double>(Clock::now() - begin).count();
    }
    for (const auto& record : records) bytes += static_cast<double>(record.bytes.size());
    fd::bench::JsonLine()
        .add("contacts_s", contacts / seconds)
        .add("batches", static_cast<double>(records.size()))
        .add("bytes_a_batch", bytes / static_cast<double>(records.size()))
        .print();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_replay: %s\n", e.what());
    return 1;
  }
  return 0;
}
