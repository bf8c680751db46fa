// Must not compile: what is held is held once.
#include "router/engine/step.hpp"
fd::engine::Held<int> twice(const fd::engine::Held<int>& held) { return held; }
