#pragma once
// The port to what survives. RedisStore (store/redis) and MemoryStore (store/memory) implement it; one contract suite
// runs on both. One commit is under way at a time; look-ups and histories run beside it on a second connection.
// Strand: the site's.

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "router/engine/event.hpp"
#include "router/engine/image.hpp"
#include "router/engine/step.hpp"
#include "router/model/receipt.hpp"

namespace fd::store {

using engine::Image;  // what `load` finds: no bodies, customers or resolved cases

struct Leadership {
  std::string router;  // random for each process start
  std::uint64_t epoch = 0;
  BatchNumber batch;  // last committed
  std::uint64_t sequence = 0;
  Instant now;  // stored site time
};

// One entry of the event stream, made by the shell from a Step; `input` is the event as JSON (store/record.hpp).
struct EventEntry {
  std::uint64_t sequence = 0;
  std::string input;
  std::string transitions;  // compact JSON
  Instant at;
  std::string rules;  // hash
};

struct Batch {
  BatchNumber number;          // leader.batch + 1
  std::uint64_t sequence = 0;  // last sequence in it
  Instant now;
  std::vector<engine::Mutation> mutations;  // bodies joined: Line.text and Note.text filled, PutFacts resolved below
  std::vector<std::pair<ContactId, std::string>> facts;  // explain JSON, <= 4 KiB each
  std::vector<EventEntry> events;
};

enum class Fail : std::uint8_t {
  fenced = 1,   // another router or epoch leads: drop the engine, no effects, stand down
  taken_over,   // committed, then taken over: acks may go out (`receipt` is set), drop the engine, stand down
  poisoned,     // an error inside EXEC; `leader poisoned` is written; nobody leads
  deleted,      // `leader` deleted or flushed
  rolled_back,  // the store is behind what was committed
  refused,      // will not lead: schema newer, poisoned, leader missing over data, wrong durability, shape mismatch
  unreachable   // not now; try again
};
struct Failure {
  Fail code = Fail::unreachable;
  std::string text;                     // names what, where, how to mend
  std::optional<Receipt> receipt = {};  // of the batch that came through before the lead was lost (taken_over)
};

struct LookUp {  // one intake's questions, answered in one round trip
  std::string channel, seen_digest;
  VisitorId visitor;
  std::string cid;                                              // asked only when n <= the stored counter: find its seq
  std::vector<std::pair<std::string, std::string>> identities;  // kind, digest
};

struct SignIn {  // a session of the desk
  AgentId agent;
  Instant until;  // it ends then, or sooner when nobody touches it
};

class Store {
 public:
  virtual ~Store() = default;

  // Takes the lead: raises the epoch (creates `leader` and `schema` on an empty store). Refuses honestly otherwise.
  virtual boost::asio::awaitable<boost::system::result<Leadership, Failure>> acquire(Instant wall) = 0;
  virtual boost::asio::awaitable<boost::system::result<Image, Failure>> load() = 0;

  // Durable when it returns a receipt. Holds on through lost connections, -LOADING, OOM … (the table of design §6) and
  // returns a Failure only when this router must stop leading. A batch without mutations and events costs no I/O.
  virtual boost::asio::awaitable<boost::system::result<Receipt, Failure>> commit(Batch) = 0;
  [[nodiscard]] virtual std::optional<std::string> trouble()
      const = 0;  // why the batch in hand is not through; for /readyz
  // Why a commit would fail now; nothing: it would not. Asked without writing; one question at a time.
  virtual boost::asio::awaitable<std::optional<std::string>> probe() = 0;

  virtual boost::asio::awaitable<boost::system::result<engine::Facts, Failure>> look_up(LookUp) = 0;
  virtual boost::asio::awaitable<boost::system::result<std::vector<Line>, Failure>> lines(ContactId, std::uint64_t from,
                                                                                          std::uint64_t to) = 0;
  virtual boost::asio::awaitable<boost::system::result<std::vector<Note>, Failure>> notes(ContactId) = 0;
  virtual boost::asio::awaitable<boost::system::result<std::optional<Contact>, Failure>> contact(ContactId) = 0;
  virtual boost::asio::awaitable<boost::system::result<std::optional<Case>, Failure>> find_case(CaseNumber) = 0;
  virtual boost::asio::awaitable<boost::system::result<std::vector<ContactId>, Failure>> contacts_of(
      CustomerId) = 0;  // newest first, <= 50
  virtual boost::asio::awaitable<boost::system::result<std::vector<ContactId>, Failure>> done_by(
      AgentId) = 0;  // closed ones it had last; newest first, <= 50
  virtual boost::asio::awaitable<boost::system::result<std::optional<Visitor>, Failure>> visitor(VisitorId) = 0;
  virtual boost::asio::awaitable<boost::system::result<std::optional<SignIn>, Failure>> session(SessionHash) = 0;
  virtual boost::asio::awaitable<boost::system::result<std::optional<std::string>, Failure>> facts(ContactId) = 0;
  // At most `count` entries of the event stream from sequence `from` on, oldest first; trimmed ones are passed over.
  virtual boost::asio::awaitable<boost::system::result<std::vector<EventEntry>, Failure>> events(std::uint64_t from,
                                                                                                 std::size_t count) = 0;

 protected:
  [[nodiscard]] static Receipt receipt(BatchNumber n) noexcept { return Receipt(n); }
};

}  // namespace fd::store
