#pragma once
// What a commit came to: the outcome table of docs/redis.md as one pure function of two replies, EXEC's and the
// leader's record read after it in the same write.

#include <cstdint>
#include <string>
#include <string_view>

#include "router/store/redis/resp.hpp"

namespace fd::store::redis {

struct ExecSeen {
  enum class Kind : std::uint8_t {
    none,     // connection lost, or not sent on this one
    done,     // array, no error inside
    failed,   // array with an error inside: partly applied
    nil,      // the leader's record was touched since it was watched
    aborted,  // EXECABORT: nothing applied
    unfenced  // MULTI itself was refused: what followed ran one by one
  };
  Kind kind = Kind::none;
  std::size_t index = 0;  // of the first failed command
  std::string text;       // of the error, or the cause of the abort
};

struct LeaderSeen {
  enum class Kind : std::uint8_t { unread, missing, read };
  Kind kind = Kind::unread;
  std::string router;
  std::uint64_t epoch = 0, batch = 0, sequence = 0;
  std::string text;  // why it is unread
};

enum class Outcome : std::uint8_t {
  committed,    // by this send or an earlier one: release
  taken_over,   // committed, then another router took the lead
  again,        // not applied: send the same batch again
  passes,       // not applied, the cause passes: back off and repeat
  unknown,      // not applied, cause unknown: repeat slowly
  read_leader,  // WATCH · HMGET alone, then judge again
  poisoned,
  fenced,
  deleted,
  rolled_back
};

struct Expected {
  std::string_view router;
  std::uint64_t epoch = 0;
  std::uint64_t batch = 0;  // the number being committed
};

[[nodiscard]] Outcome judge(const ExecSeen& exec, const LeaderSeen& leader, const Expected& ours) noexcept;

// Causes of an EXECABORT that go away without us: OOM, READONLY, LOADING, …
[[nodiscard]] bool passes(std::string_view cause) noexcept;

// `replies`: MULTI's, the queued commands', EXEC's.
[[nodiscard]] ExecSeen exec_seen(const Reply* replies, std::size_t count);
[[nodiscard]] LeaderSeen leader_seen(const redisReply& hmget);  // of router epoch batch seq

}  // namespace fd::store::redis
