#pragma once
// Envelope <-> two byte frames (header JSON, payload JSON). Pure; fuzzed; golden files in tests/golden/bus.
// Sizes: a frame above 1 MiB is refused before parsing. Depth <= 32. Unknown fields are ignored, unknown types refused.

#include <boost/system/result.hpp>
#include <span>
#include <string>
#include <string_view>

#include "router/bus/envelope.hpp"

namespace fd::bus {

struct Frames {
  std::string header;
  std::string payload;
};

struct CodecError {
  std::string text;  // names the field and what is wrong with it
};

[[nodiscard]] Frames encode(const Envelope&);
[[nodiscard]] boost::system::result<Envelope, CodecError> decode(std::string_view header, std::string_view payload);

// A Message or Command on its own, for the event record and tests.
[[nodiscard]] boost::json::object to_json(const Message&);
[[nodiscard]] boost::json::object to_json(const Command&);
[[nodiscard]] boost::system::result<Message, CodecError> message_from(const boost::json::object&);
[[nodiscard]] boost::system::result<Command, CodecError> command_from(const boost::json::object&);

}  // namespace fd::bus
