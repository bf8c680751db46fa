#pragma once
// Private to router/engine: the order in which a waiting contact looks at agents.

#include <boost/container/small_vector.hpp>

#include "router/engine/nodes.hpp"

namespace fd::engine {

// A queue's agents with room for a channel, best first, those with capacity before those whom it would interrupt: a
// merge of the few lists. `after`: round robin goes on behind this agent, and then from the beginning.
class FreeWalk {
 public:
  FreeWalk(const QueueNode& queue, std::uint64_t channel, AgentNode* after)
      : queue_(queue), channel_(channel), after_(after) {}

  template <class Look>  // of an AgentNode&; true: found
  bool any_of(Look look) const {
    return part(false, look) || part(true, look);
  }

 private:
  struct Span {
    FreeList::const_iterator at, end;
  };
  using Spans = boost::container::small_vector<Span, 8>;

  template <class Look>
  bool part(bool full, Look& look) const {
    Spans behind, before;
    for (const auto& [room, list] : queue_.free) {
      if (room.full != full || (room.channels & channel_) == 0 || list.empty()) continue;
      const auto start = after_ ? list.upper_bound({0, 0, after_}) : list.begin();
      behind.push_back({start, list.end()});
      before.push_back({list.begin(), start});
    }
    return merge(behind, look) || merge(before, look);
  }
  template <class Look>
  static bool merge(Spans& spans, Look& look) {
    for (;;) {
      Span* best = nullptr;
      for (Span& span : spans)
        if (span.at != span.end && (!best || *span.at < *best->at)) best = &span;
      if (!best) return false;
      if (look(*(best->at++)->agent)) return true;
    }
  }

  const QueueNode& queue_;
  std::uint64_t channel_;
  AgentNode* after_;
};

}  // namespace fd::engine
