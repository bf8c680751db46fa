#pragma once
// Envelope <-> two byte frames (header JSON, payload JSON). Pure; fuzzed; golden files in tests/golden/bus.
// Sizes: a frame above 1 MiB is refused before parsing. Depth <= 32. Unknown fields are ignored, unknown types refused.

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "router/bus/envelope.hpp"

namespace fd::bus {

inline constexpr std::size_t frame_bytes_max = std::size_t{1024} * 1024;  // also ZMQ_MAXMSGSIZE
inline constexpr std::size_t text_bytes_max = std::size_t{256} * 1024;  // longer text becomes an attachment at the edge
inline constexpr std::size_t word_bytes_max = 4096;                     // every other string
inline constexpr std::uint64_t count_max = (1ULL << 53U) - 1;           // counts are exact in every language's JSON

struct Frames {
  std::string header;
  std::string payload;
};

struct CodecError {
  std::string text;  // names the field and what is wrong with it
};

[[nodiscard]] Frames encode(const Envelope&);
[[nodiscard]] bool fits(const Frames&) noexcept;  // no frame above frame_bytes_max
[[nodiscard]] boost::system::result<Envelope, CodecError> decode(std::string_view header, std::string_view payload);
// The id of a header that may be wrong otherwise, so that a refusal finds its request. 0: none can be read.
[[nodiscard]] RequestId id_of(std::string_view header) noexcept;

// A Message or Command on its own, for the event record and tests.
[[nodiscard]] boost::json::object to_json(const Message&);
[[nodiscard]] boost::json::object to_json(const Command&);
[[nodiscard]] boost::system::result<Message, CodecError> message_from(const boost::json::object&);
[[nodiscard]] boost::system::result<Command, CodecError> command_from(const boost::json::object&);

}  // namespace fd::bus
