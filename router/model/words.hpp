#pragma once
// The words of the enums, as they stand in Redis, on the bus and in frames. Never renamed.

#include <optional>
#include <string_view>

#include "router/model/contact.hpp"

namespace fd {

[[nodiscard]] std::string_view word(ContactState) noexcept;
[[nodiscard]] std::string_view word(CloseReason) noexcept;
[[nodiscard]] std::string_view word(OfferState) noexcept;
[[nodiscard]] std::string_view word(Presence) noexcept;
[[nodiscard]] std::string_view word(CaseState) noexcept;
[[nodiscard]] std::string_view word(Priority) noexcept;
[[nodiscard]] std::string_view word(Urgency) noexcept;
[[nodiscard]] std::string_view word(Author) noexcept;
[[nodiscard]] std::string_view word(MessageKind) noexcept;

template <class Enum>
[[nodiscard]] std::optional<Enum> parse_word(std::string_view text) noexcept;  // nullopt: no such word

}  // namespace fd
