#pragma once
// What a website asks before the first message (docs/chat.md): the version of its consent line that the customer saw,
// and its form. Typed, not proved: it becomes attributes of the message, never an identity. Pure.

#include <optional>
#include <string_view>

#include "channels/chat/frames.hpp"
#include "channels/chat/settings.hpp"
#include "router/model/message.hpp"

namespace fd::chat {

// An ECMAScript pattern for the whole of an answer, which browsers know as <input pattern>; empty: any text.
[[nodiscard]] std::string_view pattern(Answer) noexcept;

// Puts what `msg` says into attributes: `consent`, `prechat.KEY`. A version that is not the website's is not taken. An
// error: something was said that is not asked, or not so.
[[nodiscard]] std::optional<FrameError> fill_in(const Website&, const Msg&, Message&);

// An error: a required answer is missing, so the message may not begin a chat.
[[nodiscard]] std::optional<FrameError> left_open(const Website&, const Message&);

// What both add at most to the frame of the first message, as JSON that escapes only what it must. A frame may be so
// much longer on this website: a form that is accepted never keeps the longest text from being taken.
[[nodiscard]] std::size_t form_bytes(const Website&) noexcept;

}  // namespace fd::chat
