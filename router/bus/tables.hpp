#pragma once
// The tables the codec works from, and which the documents' examples are checked against.

#include <optional>
#include <span>
#include <string_view>

#include "router/bus/envelope.hpp"

namespace fd::bus {

struct VerbRow {
  Verb verb;
  std::string_view word;
  std::span<const std::string_view> required;  // field names as on the wire
  std::span<const std::string_view> optional;
  bool supervisor = false;                        // role supervisor or admin needed
  std::span<const std::string_view> one_of = {};  // exactly one of these must be there
  bool speaker = true;                            // `agent` (who speaks) must be there
};

[[nodiscard]] std::span<const VerbRow> verbs() noexcept;
[[nodiscard]] const VerbRow& row(Verb) noexcept;
[[nodiscard]] std::optional<Verb> parse_verb(std::string_view) noexcept;

[[nodiscard]] std::span<const std::string_view> whats() noexcept;  // in the order of What
[[nodiscard]] std::string_view word(What) noexcept;
[[nodiscard]] std::optional<What> parse_what(std::string_view) noexcept;
[[nodiscard]] std::string_view word(AttachKind) noexcept;
[[nodiscard]] std::optional<AttachKind> parse_attach_kind(std::string_view) noexcept;
[[nodiscard]] std::span<const std::string_view>
envelope_types() noexcept;  // header's "type", in the order of Envelope::body

}  // namespace fd::bus
