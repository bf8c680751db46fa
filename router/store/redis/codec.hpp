#pragma once
// Mutations -> Redis commands, and the entries of lists and streams back. Pure. Absolute values only, one Redis type a
// key pattern: the same batch sent twice is the same state, and nothing inside EXEC can fail on sound data.

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "router/store/redis/fields.hpp"
#include "router/store/redis/keys.hpp"
#include "router/store/redis/resp.hpp"
#include "router/store/store.hpp"

namespace fd::store::redis {

inline constexpr std::int64_t visitor_s = 30 * 86'400;
inline constexpr std::int64_t seen_s = 14 * 86'400;
inline constexpr std::int64_t late_note_s = 30 * 86'400;  // first note on a contact that was closed before
inline constexpr std::int64_t contacts_kept = 50;         // of a customer

class Encoder {
 public:
  explicit Encoder(const SiteName& site) : keys_(site) {}
  [[nodiscard]] const Keys& keys() const noexcept { return keys_; }

  // Facts, mutations, events of a batch; MULTI, the leader's record and EXEC are the store's.
  void encode(const Batch& batch, Request& out);
  void encode(const engine::Mutation& mutation, Request& out);

  // Names that are in `agents` and `queues` already (found by load), so that no batch says them again.
  void know_agent(const AgentId& id) { agents_.insert(id.str()); }
  void know_queue(const QueueName& name) { queues_.insert(name.str()); }
  void forget_names();  // a batch that named one did not come through: say it again

 private:
  static void keep(const std::string& key, Duration, Request&);
  void put(const engine::PutContact&, Request&);
  void put(const engine::PutAgent&, Request&);
  void put(const engine::PutCase&, Request&);
  void put(const engine::PutVisitor&, Request&);
  void put(const engine::PutCustomer&, Request&);
  void put(const engine::PutIdentity&, Request&);
  void put(const engine::CustomerContact&, Request&);
  void put(const engine::PutQueueState&, Request&);
  void put(const engine::QueueAdd&, Request&);
  void put(const engine::QueueRemove&, Request&);
  void put(const engine::LiveAdd&, Request&);
  void put(const engine::LiveRemove&, Request&);
  void put(const engine::AppendLine&, Request&);
  void put(const engine::AppendNote&, Request&);
  void put(const engine::PutSeen&, Request&);
  void put(const engine::PutCounter&, Request&);
  void put(const engine::PutSession&, Request&);
  void put(const engine::DropSession&, Request&);
  void put(const engine::CaseExpire&, Request&);
  void put(const engine::CasePersist&, Request&);
  void put(const engine::PutJob&, Request&);
  void put(const engine::DropJob&, Request&);
  void put(const engine::AgentContact&, Request&);
  void put(const engine::PutFacts&, Request&);
  void name_queue(const QueueName&, Request&);

  Keys keys_;
  HashEdit edit_;
  std::string text_;
  std::unordered_set<std::string> agents_, queues_;
  struct Expire {
    ContactId contact;
    std::int64_t seconds = 0;
    bool notes_only = false;
  };
  std::vector<Expire> expire_;  // said last: a key made after its EXPIRE would stay for ever
};

// A message of `contact:<id>:messages`: {at, cid?, agent?, name?, by, kind, k, n, b}. k = key id, 0 = plain.
void print_line(std::string& out, const Line& line);
[[nodiscard]] Decoded<Line> line_from(std::uint64_t seq, std::string_view json);
void print_note(std::string& out, const Note& note);
[[nodiscard]] Decoded<Note> note_from(std::string_view json);

// An entry as XRANGE gives it: [id, [field, value, …]].
[[nodiscard]] Decoded<EventEntry> event_entry_from(const redisReply& entry);

struct SeenValue {
  ContactId contact;
  std::uint64_t seq = 0;
};
[[nodiscard]] Decoded<SeenValue> seen_from(std::string_view text);  // "<contact> <seq>"
[[nodiscard]] Decoded<SignIn> sign_in_from(std::string_view text);  // "<agent> <until>"

}  // namespace fd::store::redis
