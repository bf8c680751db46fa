#pragma once
// What edges and the router say to one another (docs/bus.md). Two ZeroMQ frames a message: header JSON, payload JSON.
// Everything here is a value; codec.hpp turns it into bytes and back.

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "router/model/contact.hpp"
#include "router/model/ids.hpp"
#include "router/model/message.hpp"
#include "router/model/time.hpp"

namespace fd::bus {

inline constexpr int version = 1;

using EdgeId = Id<struct EdgeTag>;              // stable name of an edge process, "edge-1"
using AttachmentId = Id<struct AttachmentTag>;  // one socket at an edge, unique within the edge for ever
using RequestId = std::uint64_t;                // counts within one run of an edge; a resend keeps it

enum class Lane : std::uint8_t { intake, agents };

// --- requests -------------------------------------------------------------------------------------------------------

struct Submit {  // a customer's message; ack body {contact, seq, case, duplicate, at} (+ {ticket, ahead, est_wait_s}
                 // for walk-in)
  Message message;
};

// Verbs of agents, supervisors, customers and operators. One flat record; tables.cpp says which fields each verb must
// and may carry, and that table is what docs/bus.md and docs/desk.md are checked against.
enum class Verb : std::uint8_t {
  // agents
  presence,
  accept,
  decline,
  msg,
  note,
  transfer,
  resolve,
  classify,
  extend,
  next,
  recall,
  serve,
  absent,
  done,
  read,
  // supervisors
  reassign,
  reprioritise,
  queue,
  agent,
  acknowledge,
  // sign-in
  session_open,
  session_close,
  session_touch,
  // customers
  end,
  customer_read,
  cancel,
  // operators
  roster,
  // adapters
  job_done
};

struct Command {
  Verb verb = Verb::presence;
  AgentId agent;     // who speaks; empty for a customer
  std::string page;  // with n the duplicate rule of design §8; empty: no duplicate rule
  std::uint64_t n = 0;
  std::optional<ContactId> contact;
  std::optional<OfferId> offer;
  std::optional<std::uint64_t> v;    // version of the contact the sender saw
  std::optional<std::uint64_t> seq;  // resolve: last line seen; read: line read
  std::optional<bool> on;            // queue: paused or not; agent drain: on or off
  std::optional<bool> force;         // reassign beyond capacity
  std::string state;                 // presence: target; agent: force target
  std::string reason;
  std::string counter;
  std::string text;                // msg, note, resolve
  std::string to_queue, to_agent;  // transfer, reassign
  std::string queue;               // next, queue, acknowledge
  std::string kind, disposition;   // resolve, classify
  std::string priority;            // reprioritise
  std::string target;              // agent: whom
  std::string job;                 // job_done: which; `reason` says why it failed
  VisitorId visitor;               // end, customer_read, cancel: whose
  SessionHash session;             // session_open, _close, _touch
  boost::json::object roster;      // roster: the accounts without passwords
};

enum class AttachKind : std::uint8_t { chat, desk, display, adapter };

struct Attach {  // a session is here. Ack body: what its `welcome` needs; then notices to this attachment
  AttachmentId attachment;
  AttachKind kind = AttachKind::chat;
  VisitorId visitor;    // chat
  AgentId agent;        // desk
  ChannelName channel;  // adapter: whose jobs it does
  std::string page;
  std::optional<ContactId> contact;  // chat: what the page shows
  std::uint64_t last_seq = 0;
  bool wall = false;  // desk: wall frames too
  std::string locale;
  std::string owner{};  // chat: mark of the signed id whose page it is; binds the visitor, opens a bound one
};

struct Detach {
  AttachmentId attachment;
  bool lost = false;  // no pong: the lease is over at once
};

// Questions. Answered from the state of the batch being filled, or from the store.
enum class What : std::uint8_t {
  history,
  customer,
  targets,
  find,
  explain,
  waiting,
  finished,
  contact,
  session,
  services,
  ticket,
  queues,
  agents,
  status
};

struct Ask {
  What what = What::status;
  AgentId agent;  // who asks, where rights matter
  std::optional<ContactId> contact;
  std::uint64_t before = 0;  // history: lines below this seq; 0 = newest
  std::string id;            // customer id, case number, queue, service
  SessionHash session;
  std::string text;  // explain: contact id or case number
};

using Request = std::variant<Submit, Command, Attach, Detach, Ask>;
[[nodiscard]] Lane lane_of(const Request&) noexcept;

struct Signal {             // never answered, never stored
  AttachmentId attachment;  // whose socket it came from
  ContactId contact;
  bool typing = false;
};

// --- answers --------------------------------------------------------------------------------------------------------

struct Ack {
  boost::json::object body;
};
struct Reject {             // final
  std::string code;         // stable: bad_request, not_found, offer_closed, unread, busy, …
  std::string text;         // English, for logs and developers; never shown to a customer
  boost::json::object now;  // the row as it is, where that helps
};
struct Retry {
  std::int64_t after_ms = 1000;
  std::string reason;        // busy, not_leading, fenced, store, gap
  boost::json::object body;  // gap: {next}
};
using Answer = std::variant<Ack, Reject, Retry>;

// --- router to edge, unasked ----------------------------------------------------------------------------------------

struct Hello {  // edge -> router: first on each connection
  EdgeId edge;
  std::string run;  // random for each start of the edge process
};
struct Leading {  // router -> edge: answer to hello, and whenever it changes
  bool leading = false;
  std::uint64_t epoch = 0;
  std::uint32_t window_intake = 1024;
  std::uint32_t window_agents = 256;
  std::uint64_t batch = 0;  // last committed batch
};
struct Notice {  // lossy; always rebuilt from state. `frame` is a frame of frames.md, ready for the socket
  AttachmentId attachment;
  boost::json::object frame;
};
struct Resync {
  std::vector<AttachmentId> attachments;
};            // attach these again; empty = all
struct Job {  // of the outbox, to be done outside; said again with the same id until `job_done` reports it
  AttachmentId attachment;
  std::string id;
  std::string kind;
  boost::json::object body;
};

// --- one message of either direction --------------------------------------------------------------------------------

struct Envelope {
  RequestId id = 0;              // requests and answers
  std::int64_t deadline_ms = 0;  // wall ms after which nobody waits for the answer; 0 = none
  std::variant<Hello, Submit, Command, Attach, Detach, Ask, Signal, Ack, Reject, Retry, Leading, Notice, Resync, Job>
      body;
  std::uint64_t batch = 0;  // answers: the last batch committed when it left; 0 = not said
};

}  // namespace fd::bus
