// Must not compile: nobody but the store makes that proof.
#include "router/engine/step.hpp"
std::optional<int> open(fd::engine::Held<int> held) { return std::move(held).open(fd::Receipt(fd::BatchNumber{1})); }
