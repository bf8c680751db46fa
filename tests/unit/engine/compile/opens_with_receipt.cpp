// The control: with the store's receipt it compiles.
#include "router/engine/step.hpp"
std::optional<int> open(fd::engine::Held<int> held, const fd::Receipt& receipt) {
  return std::move(held).open(receipt);
}
