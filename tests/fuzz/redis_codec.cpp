// Bytes as a server's answer: RESP, then whatever it decodes to as each of our records. Nothing may crash, and what
// decodes must come back the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "router/store/record.hpp"
#include "router/store/redis/codec.hpp"
#include "router/store/redis/outcome.hpp"

namespace {

using namespace fd;
using namespace fd::store::redis;

void decode(const redisReply& reply) {
  static_cast<void>(leader_seen(reply));
  if (is_array(reply)) {
    const auto fields = pairs_of(reply);
    if (const auto contact = contact_from(ContactId{}, fields)) {
      HashEdit edit;
      diff(nullptr, *contact, edit);
      Request request;
      edit.write("k", request);
    }
    static_cast<void>(agent_from(AgentId("a"), fields));
    static_cast<void>(case_from(CaseNumber("n"), fields));
    static_cast<void>(visitor_from(VisitorId("v"), fields));
    static_cast<void>(customer_from(CustomerId("c"), fields));
    static_cast<void>(queue_state_from(QueueName("q"), fields));
    for (std::size_t i = 0; i < size(reply); ++i) decode(at(reply, i));
    return;
  }
  const auto body = text(reply);
  if (const auto line = line_from(1, body)) {
    std::string again;
    print_line(again, *line);
    const auto same = line_from(1, again);
    if (!same || *same != *line) std::abort();
  }
  static_cast<void>(note_from(body));
  static_cast<void>(seen_from(body));
  if (const auto event = store::event_from(body)) {
    const auto written = store::to_json(*event);
    const auto same = store::event_from(written);
    if (!same || store::to_json(*same) != written) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  ReplyReader reader;
  Replies replies;
  static_cast<void>(reader.feed({reinterpret_cast<const char*>(data), n}, replies));
  for (const auto& reply : replies) decode(*reply);
  if (replies.size() > 1) static_cast<void>(exec_seen(replies.data(), replies.size()));
  static_cast<void>(match({reinterpret_cast<const char*>(data), n}));
  return 0;
}
