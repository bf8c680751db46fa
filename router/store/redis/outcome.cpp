#include "router/store/redis/outcome.hpp"

#include <algorithm>
#include <array>

#include "router/store/redis/values.hpp"

namespace fd::store::redis {

bool passes(std::string_view cause) noexcept {
  static constexpr std::array<std::string_view, 9> codes{
      "OOM", "READONLY", "MISCONF", "LOADING", "NOREPLICAS", "MASTERDOWN", "BUSY", "CLUSTERDOWN", "TRYAGAIN"};
  const auto code = cause.substr(0, cause.find(' '));
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

Outcome judge(const ExecSeen& exec, const LeaderSeen& leader, const Expected& ours) noexcept {
  using K = ExecSeen::Kind;
  if (leader.kind == LeaderSeen::Kind::unread) return Outcome::read_leader;
  if (leader.kind == LeaderSeen::Kind::missing) return Outcome::deleted;
  if (leader.router != ours.router || leader.epoch != ours.epoch)
    return exec.kind == K::done ? Outcome::taken_over : Outcome::fenced;
  if (exec.kind == K::unfenced) return Outcome::poisoned;
  if (leader.batch == ours.batch) return exec.kind == K::failed ? Outcome::poisoned : Outcome::committed;
  // Behind what was committed, or ahead of what we ever sent: not the store we led.
  if (leader.batch + 1 != ours.batch || exec.kind == K::done || exec.kind == K::failed) return Outcome::rolled_back;
  if (exec.kind == K::aborted) return passes(exec.text) ? Outcome::passes : Outcome::unknown;
  return Outcome::again;
}

ExecSeen exec_seen(const Reply* replies, std::size_t count) {
  ExecSeen seen;
  if (count < 2) return seen;
  const auto& multi = *replies[0];
  const auto& exec = *replies[count - 1];
  if (is_error(multi)) {
    // While loading every command is refused, MULTI first: nothing ran. Else what followed did.
    const bool ran = std::any_of(replies + 1, replies + count - 1, [](const Reply& r) { return !is_error(*r); });
    seen.kind = ran ? ExecSeen::Kind::unfenced : ExecSeen::Kind::aborted;
    seen.text = std::string(text(multi));
    return seen;
  }
  if (is_nil(exec)) {
    seen.kind = ExecSeen::Kind::nil;
  } else if (is_array(exec)) {
    seen.kind = ExecSeen::Kind::done;
    for (std::size_t i = 0; i < size(exec); ++i) {
      if (!is_error(at(exec, i))) continue;
      seen = {ExecSeen::Kind::failed, i, std::string(text(at(exec, i)))};
      break;
    }
  } else {
    seen.kind = ExecSeen::Kind::aborted;
    seen.text = std::string(text(exec));
    static constexpr std::string_view because = "because of: ";
    const auto* refused = std::find_if(replies + 1, replies + count - 1, [](const Reply& r) { return is_error(*r); });
    if (refused != replies + count - 1) {
      seen.index = static_cast<std::size_t>(refused - replies) - 1;
      seen.text = std::string(text(**refused));
    } else if (const auto at = seen.text.find(because); at != std::string::npos) {
      seen.text.erase(0, at + because.size());
    }
  }
  return seen;
}

LeaderSeen leader_seen(const redisReply& hmget) {
  LeaderSeen seen;
  if (!is_array(hmget) || size(hmget) < 4) {
    seen.text = is_error(hmget) ? std::string(text(hmget)) : "no array in answer to HMGET leader";
    return seen;
  }
  if (std::all_of(hmget.element, hmget.element + 4, [](const redisReply* r) { return is_nil(*r); })) {
    seen.kind = LeaderSeen::Kind::missing;
    return seen;
  }
  seen.kind = LeaderSeen::Kind::read;
  seen.router = std::string(text(at(hmget, 0)));
  // What is no number reads as 0: then it is not ours, or behind; both stop us.
  if (!values::parse_number(text(at(hmget, 1)), seen.epoch)) seen.epoch = 0;
  if (!values::parse_number(text(at(hmget, 2)), seen.batch)) seen.batch = 0;
  if (!values::parse_number(text(at(hmget, 3)), seen.sequence)) seen.sequence = 0;
  return seen;
}

}  // namespace fd::store::redis
