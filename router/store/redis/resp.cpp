#include "router/store/redis/resp.hpp"

#include <algorithm>
#include <charconv>
#include <new>

namespace fd::store::redis {

void Request::header(char mark, std::uint64_t n) {
  char text[24];
  text[0] = mark;
  auto* end = std::to_chars(text + 1, text + 22, n).ptr;
  *end++ = '\r';
  *end++ = '\n';
  bytes_.append(text, static_cast<std::size_t>(end - text));
}

void Request::begin(std::size_t arguments) {
  header('*', arguments);
  ++commands_;
}

void Request::arg(std::string_view text) {
  header('$', text.size());
  bytes_.append(text);
  bytes_.append("\r\n");
}

void Request::arg(std::int64_t number) {
  char text[24];
  arg(std::string_view(text, static_cast<std::size_t>(std::to_chars(text, text + 24, number).ptr - text)));
}

void Request::arg(std::uint64_t number) {
  char text[24];
  arg(std::string_view(text, static_cast<std::size_t>(std::to_chars(text, text + 24, number).ptr - text)));
}

void Request::append(const Request& other) {
  bytes_.append(other.bytes_);
  commands_ += other.commands_;
}

std::vector<std::vector<std::string>> commands_of(std::string_view bytes) {
  std::vector<std::vector<std::string>> commands;
  Replies replies;
  ReplyReader reader;  // a request is an array of bulk strings: the same grammar
  if (!reader.feed(bytes, replies)) return commands;
  for (const auto& reply : replies) {
    auto& command = commands.emplace_back();
    for (std::size_t i = 0; i < size(*reply); ++i) command.emplace_back(text(at(*reply, i)));
  }
  return commands;
}

ReplyReader::ReplyReader() : reader_(redisReaderCreate()) {
  if (!reader_) throw std::bad_alloc();
}

bool ReplyReader::feed(std::string_view bytes, Replies& out) {
  // In slices: the reader moves what is left of its buffer each time it has eaten 1 KiB.
  constexpr std::size_t slice = 16 * 1024;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, std::min(slice, bytes.size()));
    bytes.remove_prefix(part.size());
    if (redisReaderFeed(reader_.get(), part.data(), part.size()) != REDIS_OK) return false;
    for (;;) {
      void* reply = nullptr;
      if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) return false;
      if (reply == nullptr) break;
      out.emplace_back(static_cast<redisReply*>(reply));
    }
  }
  return true;
}

std::string ReplyReader::error() const { return reader_->err != 0 ? reader_->errstr : std::string{}; }

}  // namespace fd::store::redis
