// The control of redis_codec.cpp: says of the first contact, line and leader that decode that they are a fault.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "router/store/redis/codec.hpp"
#include "router/store/redis/outcome.hpp"

namespace {

bool contact = false, line = false, leader = false;

void look(const redisReply& reply) {
  using namespace fd::store::redis;
  if (!is_array(reply)) {
    line = line || fd::store::redis::line_from(1, text(reply)).has_value();
    return;
  }
  contact = contact || contact_from(fd::ContactId{}, pairs_of(reply)).has_value();
  leader = leader || (leader_seen(reply).kind == LeaderSeen::Kind::read && leader_seen(reply).epoch > 0);
  for (std::size_t i = 0; i < size(reply); ++i) look(at(reply, i));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  fd::store::redis::ReplyReader reader;
  fd::store::redis::Replies replies;
  static_cast<void>(reader.feed({reinterpret_cast<const char*>(data), n}, replies));
  for (const auto& reply : replies) look(*reply);
  if (!contact || !line || !leader) return 0;
  std::puts("decoded, said to be a fault");
  std::exit(1);
}
