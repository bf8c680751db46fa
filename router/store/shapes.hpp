#pragma once
// What both stores hold a batch to before it is sent, and what was stored before anybody leads over it.

#include <optional>
#include <string>
#include <vector>

#include "router/store/store.hpp"

namespace fd::store {

// Why a batch must not be sent: nullopt when it is sound. `last` is the last committed number and sequence.
[[nodiscard]] std::optional<std::string> unsound(const Batch& batch, BatchNumber last, std::uint64_t last_sequence);

struct QueueEntry {
  ContactId contact;
  double score = 0;
};
struct QueueEntries {
  QueueName name;
  std::vector<QueueEntry> entries;
};

// Brings the image into its order (ids and names ascending), so that two loads of one state are equal.
void put_in_order(Image& image);

// Needs an image in order. nullopt: sound. Else a sentence that names the key, by `prefix` ("fd:{main}:").
[[nodiscard]] std::optional<std::string> mismatch(const Image& image, const std::vector<QueueEntries>& queues,
                                                  const std::string& prefix);

}  // namespace fd::store
