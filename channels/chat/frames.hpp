#pragma once
// The frames of `GET /chat`, subprotocol frontdesk.chat.v1 (docs/chat.md). Pure: text <-> values, by one table of types
// and fields, which the document's examples and the golden files are checked against.

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "router/model/ids.hpp"
#include "router/model/time.hpp"

namespace fd::chat {

inline constexpr int version = 1;
inline constexpr std::string_view subprotocol = "frontdesk.chat.v1";
inline constexpr std::uint64_t count_max = (1ULL << 53U) - 1;  // whole numbers stay exact in JavaScript

enum class Direction : std::uint8_t { in, out };  // in: from the page
enum class Shape : std::uint8_t { text, count, flag, object };

struct Field {
  std::string_view name;
  Shape shape;
  bool required = true;
  bool nullable = false;
};
struct FrameRow {
  Direction direction;
  std::string_view type;
  std::span<const Field> fields;  // beside `type`
};
[[nodiscard]] std::span<const FrameRow> frames() noexcept;
[[nodiscard]] const FrameRow* find_frame(Direction, std::string_view type) noexcept;

// What does not fit the table, naming frame and field; nothing: it fits. `strict` also names fields the table does not
// have (on the wire they are ignored, so that both sides can grow).
[[nodiscard]] std::optional<std::string> mismatch(Direction, const boost::json::object& frame, bool strict);

struct Hello {
  std::string page;
  std::string locale;
  std::string url;
  std::string token;
  std::string identity;
  std::optional<ContactId> contact;
  std::uint64_t last_seq = 0;
};
struct Msg {
  std::string cid;
  std::string text;
  std::string consent = {};                         // the version of the consent line in view
  std::map<std::string, std::string> prechat = {};  // what was filled in before the first message
};
struct Typing {
  bool on = false;
};
struct Read {
  ContactId contact;
  std::uint64_t seq = 0;
};
struct End {
  ContactId contact;
};
struct Ping {};
using Frame = std::variant<Hello, Msg, Typing, Read, End, Ping>;

struct FrameError {
  std::string code;  // bad_frame, bad_type, too_long, prechat, expired, refused, closed
  std::string cid;   // of the message that is refused, else empty
  std::string text;  // for developers: what, where, how to mend
};

[[nodiscard]] boost::system::result<Frame, FrameError> parse_frame(std::string_view text);

struct Limits {
  std::size_t chars = 4000;
  std::size_t bytes = 16384;
};

// `body` is what the router's answer to Attach carries under "welcome". Empty token, empty identity: absent.
[[nodiscard]] boost::json::object welcome_frame(const boost::json::object& body, const std::string& token,
                                                std::string_view identity, const Limits&);
[[nodiscard]] boost::json::object ack_frame(const std::string& cid, const boost::json::object& body);
[[nodiscard]] boost::json::object slow_down_frame(std::int64_t retry_ms, std::string_view reason,
                                                  std::optional<std::uint64_t> next = {});
[[nodiscard]] boost::json::object error_frame(const FrameError&);
[[nodiscard]] boost::json::object pong_frame(Instant at);

}  // namespace fd::chat
