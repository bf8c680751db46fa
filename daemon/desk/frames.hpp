#pragma once
// The table of the desk's frames (docs/desk.md): what each must and may carry. The parser works from it; the document's
// examples and tests/golden/desk are checked against it. Fields of commands come from bus::verbs(), with the names
// agents' pages use.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "router/bus/tables.hpp"

namespace fd::desk {

struct FrameRow {
  std::string_view type;
  std::span<const std::string_view> required;  // beside `type`
  std::span<const std::string_view> optional;
};

[[nodiscard]] std::span<const FrameRow> frames_in() noexcept;   // session frames and asks; commands: verbs below
[[nodiscard]] std::span<const FrameRow> frames_out() noexcept;  // a `msg` line and a `note` carry what their kind needs
[[nodiscard]] const FrameRow* find_in(std::string_view type) noexcept;
[[nodiscard]] const FrameRow* find_out(std::string_view type) noexcept;

[[nodiscard]] bool is_command(bus::Verb) noexcept;  // an agent or supervisor may send it with an id

// The name of a command's field on the desk's wire: queue.on is `pause`, agent.target `agent`, agent.on `drain`,
// agent.state `force`; to_queue and to_agent are `to.queue` and `to.agent`.
[[nodiscard]] std::string_view wire_name(bus::Verb, std::string_view bus_field) noexcept;

}  // namespace fd::desk
