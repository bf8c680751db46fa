#pragma once
// THE message: one normalised inbound utterance of a customer, whatever way it came. Adapters translate into it
// (channels/*/normalise.cpp); rules read it; the bus carries it (bus/codec); the engine sees it without its text.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "router/model/ids.hpp"
#include "router/model/time.hpp"

namespace fd {

enum class Author : std::uint8_t { customer = 0, agent = 1, system = 2 };
enum class MessageKind : std::uint8_t { text = 0, greeting = 1, event = 2 };

// How a customer can be found again. `kind`: visitor, external (a website's own id), phone, email, device.
struct Identity {
  std::string kind;
  std::string value;      // personal data: crosses the bus, never a log or a key name (a keyed hash does)
  bool verified = false;  // signed by the website, or proved by the channel
  bool operator==(const Identity&) const = default;
};

struct Message {
  ChannelName channel;      // "chat", "walkin", … : a name of settings, no switch depends on it
  std::string external_id;  // unique within its scope; the same id again is the same message (chat: cid "page:n")
  VisitorId visitor;        // chat: who holds the token; else empty
  std::string page;         // chat: the tab; with n the duplicate rule of design §8
  std::uint64_t n = 0;      // chat: 1, 2, 3 … per page; 0 where there is no such counter
  std::vector<Identity> identities;               // best first
  std::string name;                               // display name, signed or typed
  std::string grade;                              // VIP, A, B, C; only from a signed identity or a list
  std::string locale;                             // zh-CN, en
  std::string text;                               // UTF-8, <= 4,000 characters from chat
  std::map<std::string, std::string> attributes;  // channel's own: url, service, …; rules may read them
  Instant received;                               // the edge's clock: information, never order
  bool operator==(const Message&) const = default;
};

// One line of a contact's transcript as it is kept and shown. `seq` counts 1, 2, 3 … within the contact.
struct Line {
  std::uint64_t seq = 0;
  Instant at;
  Author by = Author::customer;
  MessageKind kind = MessageKind::text;
  std::string cid;   // sender's id of a text, else empty
  AgentId agent;     // who wrote it, when by == agent
  std::string text;  // text, or for an event its name: joined, transferred, ended, …
  std::string name;  // an event's person as shown to the customer
  bool operator==(const Line&) const = default;
};

struct Note {
  Instant at;
  AgentId agent;
  std::string text;
  bool operator==(const Note&) const = default;
};

}  // namespace fd
