#pragma once
// Records for the tests of the stores: random ones by seed, and the batches of a small made-up site.

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "router/store/store.hpp"

namespace fd::test {

// Every field of a record may be anything; half of them have their default.
class RandomRecords {
 public:
  explicit RandomRecords(std::uint64_t seed) : random_(seed) {}
  [[nodiscard]] Contact contact();
  [[nodiscard]] Contact changed(const Contact& before);  // some fields differ
  [[nodiscard]] Agent agent();
  [[nodiscard]] Agent changed(const Agent& before);
  [[nodiscard]] Case case_record();
  [[nodiscard]] Visitor visitor();
  [[nodiscard]] Customer customer();
  [[nodiscard]] QueueState queue_state();
  [[nodiscard]] Line line();
  [[nodiscard]] Note note();
  [[nodiscard]] std::string word();  // also empty, long, with spaces, percent, Chinese
  [[nodiscard]] std::string text();  // also control characters, quotes, broken UTF-8
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return random_() % n; }
  [[nodiscard]] Ulid ulid();
  [[nodiscard]] Instant instant();

 private:
  [[nodiscard]] bool half() { return below(2) == 0; }
  std::mt19937_64 random_;
  std::uint64_t made_ = 0;
};

// Batches that follow one another as a site's do: numbers, sequences, site time.
class Site {
 public:
  explicit Site(const store::Leadership& lead) : number_(lead.batch.n), sequence_(lead.sequence), now_(lead.now) {}
  // A queued contact with case, visitor, customer, first line, seen, counter, facts; live, in its queue.
  Contact arrive(store::Batch& batch, const std::string& visitor, const std::string& text);
  void change(store::Batch& batch, const Contact& before, Contact after);
  void close(store::Batch& batch, const Contact& before);
  void say(store::Batch& batch, Contact& contact, Line line);
  [[nodiscard]] store::Batch batch();                     // takes the next number; add mutations, then seal
  [[nodiscard]] store::Batch sealed(store::Batch batch);  // with one event
  [[nodiscard]] Instant now() const noexcept { return now_; }

 private:
  std::uint64_t number_, sequence_;
  std::uint64_t arrivals_ = 0;
  Instant now_;
};

}  // namespace fd::test
