#include "router/engine/engine.hpp"

#include "router/engine/core.hpp"

namespace fd::engine {

Engine::Engine(Settings settings) : core_(std::make_unique<Core>(std::move(settings))) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

void Engine::restore(const Image& image) { core_->restore(image); }
Image Engine::image() const { return core_->image(); }
std::string Engine::derived() const { return core_->derived(); }
Step Engine::apply(const Event& event, Instant now, BatchNumber written, BatchNumber quiet) {
  return core_->apply(event, now, written, quiet);
}
Instant Engine::next_due() const { return core_->next_due(); }
const Settings& Engine::settings() const noexcept { return core_->settings; }
std::uint64_t Engine::sequence() const noexcept { return core_->sequence; }
std::size_t Engine::live() const noexcept { return core_->contacts.size(); }

}  // namespace fd::engine
