#pragma once
// The requests an edge has not got an answer to: in the order of the calls, counted by lane, and which of them the
// present leader has not been sent yet. Knows no socket.

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "router/bus/codec.hpp"

namespace fd::bus {

class Outstanding {
 public:
  struct Waiting {  // lives in the frame of its request()
    Lane lane;
    Frames frames;
    boost::asio::steady_timer timer;  // runs until patience is over, or is cancelled by the answer
    std::optional<Answer> answer;
    std::uint32_t times_sent = 0;
  };

  // Stands in the table while it lives. Owner: whatever keeps the table alive.
  class Place {
   public:
    Place(Outstanding& table, RequestId id, Waiting& w, std::shared_ptr<void> owner)
        : owner_(std::move(owner)), table_(table), id_(id), lane_(w.lane) {
      table_.waiting_.emplace(id, &w);
      table_.unsent_.push_back(id);
      ++table_.in_flight_[index(lane_)];
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      table_.waiting_.erase(id_);
      --table_.in_flight_[index(lane_)];
      table_.forget_gone();
    }

   private:
    std::shared_ptr<void> owner_;
    Outstanding& table_;
    RequestId id_;
    Lane lane_;
  };

  [[nodiscard]] std::uint32_t in_flight(Lane lane) const { return in_flight_[index(lane)]; }

  // The oldest request the leader has not got, or null. When it has been sent: next_is_sent.
  [[nodiscard]] Waiting* next() {
    for (; !unsent_.empty(); unsent_.pop_front())
      if (const auto at = waiting_.find(unsent_.front()); at != waiting_.end() && !at->second->answer)
        return at->second;
    return nullptr;
  }
  void next_is_sent(Waiting& w) {
    ++w.times_sent;
    unsent_.pop_front();
  }

  void all_again() {  // another leader, or the same one without memory of us
    unsent_.clear();
    for (const auto& [id, w] : waiting_) unsent_.push_back(id);
  }

  // False: nobody waits for it (any more).
  bool answer(RequestId id, Answer a) {
    const auto at = waiting_.find(id);
    if (at == waiting_.end() || at->second->answer) return false;
    at->second->answer = std::move(a);
    at->second->timer.cancel();
    return true;
  }

  void answer_all(const Answer& a) {
    for (const auto& [id, w] : waiting_) {
      if (!w->answer) w->answer = a;
      w->timer.cancel();
    }
  }

 private:
  static std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

  // While nobody leads, requests come and lose patience: their numbers must not pile up.
  void forget_gone() {
    if (unsent_.size() > 2 * waiting_.size() + 64)
      std::erase_if(unsent_, [this](RequestId id) { return !waiting_.contains(id); });
  }

  std::map<RequestId, Waiting*> waiting_;
  std::deque<RequestId> unsent_;  // in order; may name requests that are over
  std::array<std::uint32_t, 2> in_flight_{};
};

}  // namespace fd::bus
