#pragma once
// The batch being filled, and the one seam where bodies meet mutations: an event carries a BodyRef, the text itself
// waits here until the engine has said where it goes.

#include <memory>
#include <string>
#include <vector>

#include "router/engine/step.hpp"
#include "router/store/store.hpp"

namespace fd::site {

using Bodies = std::vector<std::string>;

struct Filling {
  std::shared_ptr<Bodies> bodies = std::make_shared<Bodies>();
  store::Batch batch;
  std::size_t steps = 0;
  std::size_t bytes = 0;
  [[nodiscard]] bool writes() const noexcept { return !batch.mutations.empty() || !batch.events.empty(); }

  [[nodiscard]] engine::BodyRef put(std::string text) {
    bytes += text.size();
    bodies->push_back(std::move(text));
    return {bodies->size()};
  }
};

[[nodiscard]] inline std::string_view body(const Bodies& bodies, engine::BodyRef ref) noexcept {
  return ref.n == 0 || ref.n > bodies.size() ? std::string_view{} : std::string_view(bodies[ref.n - 1]);
}

struct HeldStep {  // effects of one step, and the bodies they speak of
  engine::Held<engine::Effects> effects;
  std::shared_ptr<Bodies> bodies;
};

}  // namespace fd::site
