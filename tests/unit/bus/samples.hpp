#pragma once
// One envelope of every type, verb, question and kind of attachment, with every field that it can carry. Goal: what
// crosses the wire is fixed, byte for byte, by tests/golden/bus.

#include <string>
#include <utility>
#include <vector>

#include "router/bus/envelope.hpp"
#include "router/bus/tables.hpp"

namespace fd::test {

inline const ContactId sample_contact = *ContactId::parse("01JD8M3K5T0000000000000001");
inline const OfferId sample_offer = *OfferId::parse("01JD8M3K5T0000000000000002");

inline Message sample_message() {
  Message m;
  m.channel = ChannelName("chat");
  m.external_id = "p7f3:4";
  m.visitor = VisitorId("v-51c0");
  m.page = "p7f3";
  m.n = 4;
  m.identities = {{"visitor", "v-51c0", true}, {"phone", "+8613800138000", false}};
  m.name = "王芳";
  m.grade = "VIP";
  m.locale = "zh-CN";
  m.text = "我的订单一直没有发货 \"A-17\"";
  m.attributes = {{"url", "https://www.example.cn/order"}, {"service", "orders"}};
  m.received = Instant{1790000000123};
  return m;
}

// Every field that any verb can carry; the codec writes those of the verb.
inline bus::Command sample_command(bus::Verb verb) {
  bus::Command c;
  c.verb = verb;
  const auto& r = bus::row(verb);
  if (r.speaker) {
    c.agent = AgentId("a1024");
    c.page = "d1";
    c.n = 17;
  }
  c.contact = sample_contact;
  c.offer = sample_offer;
  c.v = 3;
  c.seq = 12;
  c.on = true;
  c.force = true;
  c.state = verb == bus::Verb::agent ? "" : "away";
  c.reason = "lunch";
  c.counter = "3";
  c.text = "您好";
  c.to_queue = verb == bus::Verb::transfer ? "complaints" : "";
  c.to_agent = verb == bus::Verb::transfer ? "" : "a1025";
  c.queue = "online";
  c.kind = "delivery";
  c.disposition = "solved";
  c.priority = "high";
  c.target = "a1025";
  c.job = "j-17";
  const bool customers = verb != bus::Verb::roster && verb != bus::Verb::job_done;
  if (!r.speaker && customers) c.visitor = VisitorId("v-51c0");
  c.session = SessionHash("9f86d081884c7d65");
  c.roster = {{"a1024",
               {{"id", "a1024"},
                {"staff_no", "1024"},
                {"name", {{"en", "Chen Jing"}, {"zh", "陈静"}}},
                {"role", "supervisor"},
                {"teams", boost::json::array{{{"queue", "vip"}, {"rank", 2}, {"delay", 5000}}}},
                {"skills", {{"zh", 3}}}}}};
  return c;
}

using Named = std::pair<std::string, bus::Envelope>;

inline bus::Envelope sample_request(decltype(bus::Envelope::body) body) {
  return {.id = 7, .deadline_ms = 1790000020123, .body = std::move(body), .batch = 0};
}

inline void add_attachments(std::vector<Named>& list) {
  const bus::AttachmentId id("5f0c2a9e11d34b07.1");
  bus::Attach chat{id, bus::AttachKind::chat, VisitorId("v-51c0"), {}, {}, "p7f3", sample_contact, 11, false, "zh-CN"};
  bus::Attach desk{id, bus::AttachKind::desk, {}, AgentId("a1024"), {}, "d1", {}, 0, true, "zh-CN"};
  bus::Attach display{id, bus::AttachKind::display, {}, {}, {}, "", {}, 0, false, ""};
  bus::Attach adapter{id, bus::AttachKind::adapter, {}, {}, ChannelName("sms"), "", {}, 0, false, ""};
  list.emplace_back("attach.chat", sample_request(chat));
  list.emplace_back("attach.desk", sample_request(desk));
  list.emplace_back("attach.display", sample_request(display));
  list.emplace_back("attach.adapter", sample_request(adapter));
  list.emplace_back("detach", sample_request(bus::Detach{id, true}));
  list.emplace_back("signal", bus::Envelope{.body = bus::Signal{id, sample_contact, true}});
  list.emplace_back("notice", bus::Envelope{.body = bus::Notice{id, {{"type", "state"}, {"state", "queued"}}}});
  list.emplace_back("resync", bus::Envelope{.body = bus::Resync{{id, bus::AttachmentId("5f0c2a9e11d34b07.2")}}});
}

inline void add_answers(std::vector<Named>& list) {
  bus::Ack ack{{{"contact", sample_contact.str()}, {"seq", 5}, {"case", "20261124-000123"}, {"duplicate", false}}};
  bus::Reject reject{"unread", "the customer wrote line 13", {{"id", sample_contact.str()}, {"v", 4}}};
  bus::Retry retry{500, "gap", {{"next", 5}}};
  list.emplace_back("ack", bus::Envelope{.id = 7, .body = ack, .batch = 4711});
  list.emplace_back("reject", bus::Envelope{.id = 7, .body = reject, .batch = 4711});
  list.emplace_back("retry", bus::Envelope{.id = 7, .body = retry, .batch = 4711});
}

inline std::vector<Named> samples() {
  std::vector<Named> list;
  list.emplace_back("hello", bus::Envelope{.body = bus::Hello{bus::EdgeId("edge-1"), "5f0c2a9e11d34b07"}});
  list.emplace_back("submit", sample_request(bus::Submit{sample_message()}));
  for (const auto& r : bus::verbs())
    list.emplace_back("command." + std::string(r.word), sample_request(sample_command(r.verb)));
  for (std::size_t i = 0; i < bus::whats().size(); ++i) {
    bus::Ask ask{static_cast<bus::What>(i), AgentId("a1024"), sample_contact, 51, "c-9", SessionHash("9f86"), "T"};
    list.emplace_back("ask." + std::string(bus::whats()[i]), sample_request(ask));
  }
  add_attachments(list);
  add_answers(list);
  list.emplace_back("leading", bus::Envelope{.body = bus::Leading{true, 9, 1024, 256, 4711}});
  list.emplace_back(
      "job",
      bus::Envelope{.body = bus::Job{bus::AttachmentId("5f0c2a9e11d34b07.3"), "j-1", "deliver", {{"channel", "sms"}}}});
  return list;
}

}  // namespace fd::test
