#pragma once
// A plain blocking connection to a redis-server, for denominators: recorded commands, sent as they were.

#include <hiredis/hiredis.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace fd::bench {

struct Recorded {  // one write of the daemon: MULTI … EXEC WATCH HMGET
  std::string bytes;
  std::uint32_t replies = 0;
  std::uint32_t contacts = 0;
};

// A file of records: a line "<bytes> <replies> <contacts>", then the bytes.
inline std::vector<Recorded> read_records(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<Recorded> list;
  std::size_t size = 0;
  Recorded r;
  while (in >> size >> r.replies >> r.contacts && in.get() == '\n') {
    r.bytes.resize(size);
    if (!in.read(r.bytes.data(), static_cast<std::streamsize>(size))) throw std::runtime_error(path + " is cut off");
    list.push_back(r);
  }
  if (list.empty()) throw std::runtime_error(path + " holds no record");
  return list;
}

class RedisLine {
 public:
  explicit RedisLine(const std::string& socket) : redis_(redisConnectUnix(socket.c_str())) {
    if (!redis_ || redis_->err != 0) throw std::runtime_error(socket + " does not answer");
  }

  void exchange(const Recorded& r) {
    redisAppendFormattedCommand(redis_.get(), r.bytes.data(), r.bytes.size());
    for (std::uint32_t i = 0; i < r.replies; ++i) {
      void* raw = nullptr;
      if (redisGetReply(redis_.get(), &raw) != REDIS_OK) throw std::runtime_error("redis-server went away");
      const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(raw), freeReplyObject);
      if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error(std::string("a recorded command: ") + reply->str);
      if (reply->type != REDIS_REPLY_ARRAY) continue;
      for (std::size_t k = 0; k < reply->elements; ++k)
        if (reply->element[k]->type == REDIS_REPLY_ERROR)
          throw std::runtime_error(std::string("inside EXEC: ") + reply->element[k]->str);
    }
  }
  void flush() {
    static const Recorded all{"*1\r\n$8\r\nFLUSHALL\r\n", 1, 0};
    exchange(all);
  }

 private:
  struct Close {
    void operator()(redisContext* c) const noexcept { redisFree(c); }
  };
  std::unique_ptr<redisContext, Close> redis_;
};

}  // namespace fd::bench
