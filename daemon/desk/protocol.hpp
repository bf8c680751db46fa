#pragma once
// Frames of the desk <-> what the bus says. Pure: no socket, no clock, no port. The contract is docs/desk.md.

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "router/bus/envelope.hpp"

namespace fd::desk {

inline constexpr int version = 1;
inline constexpr std::string_view subprotocol = "frontdesk.desk.v1";
inline constexpr std::size_t text_chars_max = 4000;  // characters (code points) of one message or note
inline constexpr std::size_t word_bytes_max = 1024;  // every other text field
inline constexpr std::size_t page_bytes_max = 64;

struct HelloFrame {
  std::string page;
  bool wall = false;
};
struct CommandFrame {
  std::string id;  // "page:counter", as the page wrote it
  bus::Command command;
};
struct AskFrame {
  std::string type;
  std::string id;  // echoed; empty: none was given
  bus::Ask ask;
};
struct TypingFrame {
  ContactId contact;
  bool on = false;
};
struct ReadFrame {
  ContactId contact;
  std::uint64_t seq = 0;
};
struct AcknowledgeFrame {  // without a number: said twice it is the same
  std::string queue;
};
struct ResyncFrame {};
struct PingFrame {};
struct BadFrame {
  boost::json::object answer;  // error{…} or, where the frame had an id of a command, refused{…}
};
using Incoming = std::variant<HelloFrame, CommandFrame, AskFrame, TypingFrame, ReadFrame, AcknowledgeFrame, ResyncFrame,
                              PingFrame, BadFrame>;

// Never throws for what a page can send. Unknown fields are ignored; wrong or missing ones are named in the answer.
[[nodiscard]] Incoming parse(std::string_view text, const AgentId& speaker);

// --- frames out ---
// The router's welcome (the object of the Attach's ack) with what the edge knows: type, v, session_until, limits.
[[nodiscard]] boost::json::object welcome_frame(const boost::json::object& from_router, Instant session_until,
                                                std::size_t frame_bytes_max);
[[nodiscard]] boost::json::object answer_frame(const std::string& id, const bus::Answer&);  // done, refused, slow_down
[[nodiscard]] boost::json::object answer_frame(const AskFrame&, const bus::Answer&);        // its type, or refused
[[nodiscard]] boost::json::object refused_frame(const std::string& id, std::string_view code, std::string_view why);
[[nodiscard]] boost::json::object slow_down_frame(std::int64_t retry_ms);
[[nodiscard]] boost::json::object error_frame(std::string_view code, std::string_view text);
[[nodiscard]] boost::json::object pong_frame(Instant at);

}  // namespace fd::desk
