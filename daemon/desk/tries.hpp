#pragma once
// Counts tries to sign in: at most `tries_max` of a key (account, address) in a window. A try is charged before the
// password is looked at, so that parallel guesses count too, and given back when it was right or never judged.

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "router/model/time.hpp"

namespace fd::desk {

class Tries {
 public:
  // keys_max bounds the memory: the key whose newest try is oldest is forgotten first.
  Tries(std::size_t tries_max, Duration window, std::size_t keys_max = 20'000);

  // Charges one try at `now` (steady time). When none is left: how long until one is, and nothing is charged.
  [[nodiscard]] std::optional<Duration> charge(const std::string& key, Duration now);
  void give_back(const std::string& key);  // the newest one
  void forget(const std::string& key);     // all: the right password was given
  [[nodiscard]] std::size_t keys() const noexcept { return tries_.size(); }

 private:
  void make_room(Duration now);

  std::size_t tries_max_;
  Duration window_;
  std::size_t keys_max_;
  std::map<std::string, std::deque<Duration>> tries_;
};

}  // namespace fd::desk
