// Must not compile: effects are not to be had without the proof that they are durable.
#include "router/engine/step.hpp"
std::optional<int> open(fd::engine::Held<int> held) { return std::move(held).open(); }
