#pragma once
// Which events may go. A binary search over the stream by age: one small read rides behind each batch until the border
// is known, then XTRIM rides inside one. At most once a minute; never past the slowest registered reader.

#include <cstdint>
#include <optional>
#include <string>

#include "router/model/time.hpp"
#include "router/store/redis/resp.hpp"

namespace fd::store::redis {

class Trimmer {
 public:
  Trimmer(std::string events_key, std::string cursors_key, Duration kept, Duration every)
      : events_(std::move(events_key)), cursors_(std::move(cursors_key)), kept_(kept), every_(every) {}

  // `steady`: time since some start, never backwards. Begins a search when one is due.
  void wake(Duration steady, Instant now, std::uint64_t last_sequence);
  void hurry() noexcept { next_ = Duration{0}; }  // memory is short
  [[nodiscard]] bool searching() const noexcept {
    return phase_ == Phase::cursors || phase_ == Phase::oldest || phase_ == Phase::halves;
  }
  void ask(Request& request) const;  // one command; only while searching()
  void take(const redisReply& reply);
  [[nodiscard]] std::optional<std::uint64_t> border() const;  // events below it may go
  void add_trim(Request& request, bool exact) const;          // XTRIM; only with a border
  void done() noexcept { phase_ = Phase::idle; }

 private:
  enum class Phase : std::uint8_t { idle, cursors, oldest, halves, ready };
  void narrow();
  std::string events_, cursors_;
  Duration kept_, every_;
  Duration next_{0};
  Phase phase_ = Phase::idle;
  Instant cutoff_;
  std::uint64_t low_ = 0, high_ = 0, slowest_ = 0;
};

}  // namespace fd::store::redis
