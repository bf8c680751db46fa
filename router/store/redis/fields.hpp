#pragma once
// Records <-> fields of a Redis hash. Pure. A field that is absent has the default of model/contact.hpp; words stand
// for enums, milliseconds for times. The tables in fields.cpp are the one list of field names.

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/model/contact.hpp"
#include "router/store/redis/resp.hpp"

namespace fd::store::redis {

// What one HSET and one HDEL have to say. Kept and cleared by the encoder: no allocation once it has grown.
class HashEdit {
 public:
  template <class Print>
  void set(std::string_view prefix, std::string_view name, const Print& print) {
    Slot slot{arena_.size(), prefix.size() + name.size(), 0, 0};
    arena_.append(prefix).append(name);
    slot.value = arena_.size();
    print(arena_);
    slot.value_size = arena_.size() - slot.value;
    sets_.push_back(slot);
  }
  void del(std::string_view prefix, std::string_view name) {
    dels_.push_back({arena_.size(), prefix.size() + name.size(), 0, 0});
    arena_.append(prefix).append(name);
  }
  void clear() noexcept {
    arena_.clear();
    sets_.clear();
    dels_.clear();
  }
  [[nodiscard]] bool empty() const noexcept { return sets_.empty() && dels_.empty(); }
  void write(const std::string& key, Request& out) const;  // HSET, then HDEL; nothing when empty

 private:
  struct Slot {
    std::size_t name, name_size, value, value_size;
  };
  [[nodiscard]] std::string_view part(std::size_t at, std::size_t n) const {
    return std::string_view(arena_).substr(at, n);
  }
  std::string arena_;
  std::vector<Slot> sets_, dels_;
};

// `before` null: a new record. Only what differs is written.
void diff(const Contact* before, const Contact& after, HashEdit& edit);
void diff(const Agent* before, const Agent& after, HashEdit& edit);  // without `todo`, which has its own key
void diff(const Case* before, const Case& after, HashEdit& edit);
void all(const Visitor& visitor, HashEdit& edit);  // every field, also the empty ones: nothing stale stays
void all(const Customer& customer, HashEdit& edit);
void all(const QueueState& state, HashEdit& edit);

struct BadField {
  std::string text;  // names the field and what it holds
};
using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;
template <class T>
using Decoded = boost::system::result<T, BadField>;

[[nodiscard]] Pairs pairs_of(const redisReply& hash);  // of HGETALL
[[nodiscard]] Decoded<Contact> contact_from(ContactId id, const Pairs& fields);
[[nodiscard]] Decoded<Agent> agent_from(AgentId id, const Pairs& fields);  // `todo` empty
[[nodiscard]] Decoded<Case> case_from(CaseNumber number, const Pairs& fields);
[[nodiscard]] Decoded<Visitor> visitor_from(VisitorId id, const Pairs& fields);
[[nodiscard]] Decoded<Customer> customer_from(CustomerId id, const Pairs& fields);
[[nodiscard]] Decoded<QueueState> queue_state_from(QueueName name, const Pairs& fields);

}  // namespace fd::store::redis
