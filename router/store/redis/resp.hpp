#pragma once
// RESP2 (redis.io/docs/reference/protocol-spec): requests into one contiguous buffer, replies by hiredis' reader.
// Pure: no socket here.

#include <hiredis/hiredis.h>

#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace fd::store::redis {

// Commands one behind the other, as they go onto the wire.
class Request {
 public:
  void begin(std::size_t arguments);  // the next command has so many arguments
  void arg(std::string_view text);
  void arg(std::int64_t number);
  void arg(std::uint64_t number);
  void arg(const char* text) { arg(std::string_view(text)); }
  void arg(const std::string& text) { arg(std::string_view(text)); }
  template <class... Parts>
  void joined(const Parts&... parts) {  // one argument of several pieces
    header('$', (std::string_view(parts).size() + ... + 0U));
    (bytes_.append(std::string_view(parts)), ...);
    bytes_.append("\r\n");
  }
  template <class... Args>
  void command(const Args&... args) {
    begin(sizeof...(Args));
    (arg(args), ...);
  }
  void append(const Request& other);
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t commands() const noexcept { return commands_; }
  void clear() noexcept {
    bytes_.clear();
    commands_ = 0;
  }

 private:
  void header(char mark, std::uint64_t n);
  std::string bytes_;
  std::size_t commands_ = 0;
};

// The inverse of Request, for tests and tools; what is cut off at the end is left out.
[[nodiscard]] std::vector<std::vector<std::string>> commands_of(std::string_view bytes);

struct FreeReply {
  void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;
using Replies = std::vector<Reply>;

[[nodiscard]] inline std::string_view text(const redisReply& r) noexcept {
  return r.str ? std::string_view(r.str, static_cast<std::size_t>(r.len)) : std::string_view{};
}
[[nodiscard]] inline bool is_error(const redisReply& r) noexcept { return r.type == REDIS_REPLY_ERROR; }
[[nodiscard]] inline bool is_nil(const redisReply& r) noexcept { return r.type == REDIS_REPLY_NIL; }
[[nodiscard]] inline bool is_array(const redisReply& r) noexcept { return r.type == REDIS_REPLY_ARRAY; }
[[nodiscard]] inline bool is_text(const redisReply& r) noexcept {
  return r.type == REDIS_REPLY_STRING || r.type == REDIS_REPLY_STATUS;
}
[[nodiscard]] inline std::size_t size(const redisReply& r) noexcept {
  return is_array(r) ? static_cast<std::size_t>(r.elements) : 0;
}
[[nodiscard]] inline const redisReply& at(const redisReply& r, std::size_t i) noexcept { return *r.element[i]; }

// Bytes in, whole replies out. A protocol error is final: the connection has to go.
class ReplyReader {
 public:
  ReplyReader();
  // Replies completed by these bytes are appended; false: not RESP2, see error().
  [[nodiscard]] bool feed(std::string_view bytes, Replies& out);
  [[nodiscard]] std::string error() const;

 private:
  struct Free {
    void operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }
  };
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace fd::store::redis
