#include "router/model/words.hpp"

#include <array>
#include <cstddef>

namespace fd {
namespace {

template <class Enum>
struct Words;
template <>
struct Words<ContactState> {
  static constexpr std::array<std::string_view, 9> list{"scheduled", "queued", "offered",   "connecting", "active",
                                                        "paused",    "wrapup", "abandoned", "closed"};
};
template <>
struct Words<CloseReason> {
  static constexpr std::array<std::string_view, 10> list{
      "", "resolved", "ended", "abandoned", "no_show", "expired", "voicemail", "transferred_out", "merged", "canceled"};
};
template <>
struct Words<OfferState> {
  static constexpr std::array<std::string_view, 8> list{"pending", "accepting", "accepted", "declined",
                                                        "expired", "withdrawn", "canceled", "failed"};
};
template <>
struct Words<Presence> {
  static constexpr std::array<std::string_view, 5> list{"offline", "available", "away", "draining", "not_responding"};
};
template <>
struct Words<CaseState> {
  static constexpr std::array<std::string_view, 2> list{"open", "resolved"};
};
template <>
struct Words<Priority> {
  static constexpr std::array<std::string_view, 3> list{"high", "medium", "low"};
};
template <>
struct Words<Urgency> {
  static constexpr std::array<std::string_view, 3> list{"high", "medium", "low"};
};
template <>
struct Words<Author> {
  static constexpr std::array<std::string_view, 3> list{"customer", "agent", "system"};
};
template <>
struct Words<MessageKind> {
  static constexpr std::array<std::string_view, 3> list{"text", "greeting", "event"};
};

template <class Enum>
constexpr std::string_view at(Enum value) noexcept {
  return Words<Enum>::list[static_cast<std::size_t>(value)];
}

}  // namespace

std::string_view word(ContactState v) noexcept { return at(v); }
std::string_view word(CloseReason v) noexcept { return at(v); }
std::string_view word(OfferState v) noexcept { return at(v); }
std::string_view word(Presence v) noexcept { return at(v); }
std::string_view word(CaseState v) noexcept { return at(v); }
std::string_view word(Priority v) noexcept { return at(v); }
std::string_view word(Urgency v) noexcept { return at(v); }
std::string_view word(Author v) noexcept { return at(v); }
std::string_view word(MessageKind v) noexcept { return at(v); }

template <class Enum>
std::optional<Enum> parse_word(std::string_view text) noexcept {
  for (std::size_t i = 0; i < Words<Enum>::list.size(); ++i)
    if (Words<Enum>::list[i] == text) return static_cast<Enum>(i);
  return std::nullopt;
}

template std::optional<ContactState> parse_word(std::string_view) noexcept;
template std::optional<CloseReason> parse_word(std::string_view) noexcept;
template std::optional<OfferState> parse_word(std::string_view) noexcept;
template std::optional<Presence> parse_word(std::string_view) noexcept;
template std::optional<CaseState> parse_word(std::string_view) noexcept;
template std::optional<Priority> parse_word(std::string_view) noexcept;
template std::optional<Urgency> parse_word(std::string_view) noexcept;
template std::optional<Author> parse_word(std::string_view) noexcept;
template std::optional<MessageKind> parse_word(std::string_view) noexcept;

}  // namespace fd
