#pragma once
// The requests a router has taken and not answered. The owner never sees the edges' own ids: an edge that is started
// anew begins at 1 again, and an answer meant for its former life would be taken for another request's. Each request
// taken gets a token that is never used again; this table leads back. Knows no socket.

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "router/bus/envelope.hpp"

namespace fd::bus {

class Taken {
 public:
  [[nodiscard]] bool has(const EdgeId& edge, RequestId id) const {
    const auto at = edges_.find(edge);
    return at != edges_.end() && at->second.open.contains(id);
  }
  [[nodiscard]] std::uint32_t in_flight(const EdgeId& edge, Lane lane) const {
    const auto at = edges_.find(edge);
    return at == edges_.end() ? 0 : at->second.in_flight[index(lane)];
  }
  [[nodiscard]] std::size_t in_flight(const EdgeId& edge) const {
    const auto at = edges_.find(edge);
    return at == edges_.end() ? 0 : at->second.open.size();
  }

  RequestId take(const EdgeId& edge, RequestId id, Lane lane) {
    auto& e = edges_[edge];
    ++e.in_flight[index(lane)];
    e.open.emplace(id, ++last_);
    tokens_.emplace(last_, Entry{edge, id, lane});
    return last_;
  }

  // The edge's own id; nullopt: not taken, forgotten, or answered before.
  std::optional<RequestId> release(const EdgeId& edge, RequestId token) {
    const auto at = tokens_.find(token);
    if (at == tokens_.end() || at->second.edge != edge) return std::nullopt;
    const auto [of, id, lane] = at->second;
    tokens_.erase(at);
    auto& e = edges_[edge];
    --e.in_flight[index(lane)];
    e.open.erase(id);
    return id;
  }

  void forget(const EdgeId& edge) {
    const auto at = edges_.find(edge);
    if (at == edges_.end()) return;
    for (const auto& [id, token] : at->second.open) tokens_.erase(token);
    edges_.erase(at);
  }

 private:
  struct Entry {
    EdgeId edge;
    RequestId id;
    Lane lane;
  };
  struct OfEdge {
    std::unordered_map<RequestId, RequestId> open;  // its id -> token
    std::array<std::uint32_t, 2> in_flight{};
  };
  static std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

  RequestId last_ = 0;
  std::unordered_map<RequestId, Entry> tokens_;
  std::unordered_map<EdgeId, OfEdge> edges_;
};

}  // namespace fd::bus
