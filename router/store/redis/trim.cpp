#include "router/store/redis/trim.hpp"

#include <algorithm>

#include "router/store/redis/values.hpp"

namespace fd::store::redis {
namespace {

struct Entry {
  std::uint64_t sequence = 0;
  Instant at;
};

std::optional<std::uint64_t> sequence_of(std::string_view id) {
  std::uint64_t n = 0;
  return values::parse_number(id.substr(0, id.find('-')), n) ? std::optional(n) : std::nullopt;
}

// The first entry of an XRANGE: [[id, [name, value, …]]].
std::optional<Entry> first_entry(const redisReply& reply) {
  if (size(reply) == 0 || size(at(reply, 0)) != 2) return std::nullopt;
  const auto& entry = at(reply, 0);
  const auto sequence = sequence_of(text(at(entry, 0)));
  const auto& fields = at(entry, 1);
  for (std::size_t i = 0; sequence && i + 1 < size(fields); i += 2)
    if (Instant at_; text(at(fields, i)) == "at" && values::parse(text(at(fields, i + 1)), at_))
      return Entry{*sequence, at_};
  return std::nullopt;
}

}  // namespace

void Trimmer::wake(Duration steady, Instant now, std::uint64_t last_sequence) {
  if (phase_ != Phase::idle || steady < next_) return;
  next_ = steady + every_;
  cutoff_ = now - kept_;
  low_ = 0;
  high_ = last_sequence;  // the newest entry always stays: the load compares it with the leader's record
  slowest_ = UINT64_MAX;
  if (high_ > 0) phase_ = Phase::cursors;
}

void Trimmer::ask(Request& request) const {
  if (phase_ == Phase::cursors) return request.command("HVALS", cursors_);
  const auto from = phase_ == Phase::oldest ? std::string("-") : std::to_string(low_ + (high_ - low_) / 2) + "-0";
  request.command("XRANGE", events_, from, "+", "COUNT", "1");
}

void Trimmer::take(const redisReply& reply) {
  if (phase_ == Phase::cursors) {
    if (!is_array(reply)) return done();
    for (std::size_t i = 0; i < size(reply); ++i)  // a cursor that cannot be read holds everything
      slowest_ = std::min(slowest_, sequence_of(text(at(reply, i))).value_or(0));
    phase_ = Phase::oldest;
    return;
  }
  const auto entry = first_entry(reply);
  if (!entry) return done();
  const bool old = entry->at < cutoff_;
  if (phase_ == Phase::oldest) {
    if (!old) return done();
    low_ = entry->sequence;
    phase_ = Phase::halves;
  } else if (old && entry->sequence < high_) {
    low_ = entry->sequence;
  } else {
    high_ = low_ + (high_ - low_) / 2;
  }
  narrow();
}

void Trimmer::narrow() {
  if (phase_ == Phase::halves && high_ <= low_ + 1) phase_ = Phase::ready;
}

std::optional<std::uint64_t> Trimmer::border() const {
  if (phase_ != Phase::ready) return std::nullopt;
  return std::min(high_, slowest_);
}

void Trimmer::add_trim(Request& request, bool exact) const {
  // `~` leaves whole nodes of the stream alone: cheap, and inside a batch it must be.
  request.command("XTRIM", events_, "MINID", exact ? "=" : "~", std::to_string(std::min(high_, slowest_)) + "-0");
}

}  // namespace fd::store::redis
