#pragma once
// A chat frame becomes THE message. Pure.

#include <boost/system/result.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "channels/chat/frames.hpp"
#include "router/model/message.hpp"

namespace fd::chat {

struct Speaker {  // who a session talks with, fixed at hello
  VisitorId visitor;
  std::vector<Identity> identities;  // signed ones, best first; every message adds the visitor's own
  std::string name, grade;           // only from a signed identity
  std::string locale;
  std::string url;
  std::string website;
};

// `chars_max` counts Unicode code points. An error names the cid; its number is not consumed.
[[nodiscard]] boost::system::result<Message, FrameError> normalise(const Speaker&, const Msg&, std::size_t chars_max,
                                                                   Instant received);

// Code points of valid UTF-8.
[[nodiscard]] std::size_t characters(std::string_view utf8) noexcept;

}  // namespace fd::chat
