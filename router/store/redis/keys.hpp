#pragma once
// The names of our keys. All of a site carry its name as hash tag, `fd:{main}:…`: one site, one slot, one server.
// docs/redis.md is checked against `patterns()`.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "router/model/ids.hpp"

namespace fd::store::redis {

struct KeyPattern {
  std::string_view pattern;  // without the site's prefix; <word> stands for a name
  std::string_view type;     // as TYPE says it: string, hash, list, set, zset, stream
  std::string_view meaning;
};
[[nodiscard]] std::span<const KeyPattern> patterns() noexcept;

struct KeyMatch {
  const KeyPattern* pattern = nullptr;
  std::string site;
  std::string first, second;  // what stands for the pattern's names
};
[[nodiscard]] std::optional<KeyMatch> match(std::string_view key);  // nullopt: none of ours

class Keys {
 public:
  explicit Keys(const SiteName& site) : prefix_("fd:{" + site.str() + "}:") {}
  [[nodiscard]] const std::string& prefix() const noexcept { return prefix_; }
  [[nodiscard]] std::string plain(std::string_view name) const { return prefix_ + std::string(name); }
  [[nodiscard]] std::string contact(const ContactId& id) const { return prefix_ + "contact:" + id.str(); }
  [[nodiscard]] std::string messages(const ContactId& id) const { return contact(id) + ":messages"; }
  [[nodiscard]] std::string notes(const ContactId& id) const { return contact(id) + ":notes"; }
  [[nodiscard]] std::string facts(const ContactId& id) const { return contact(id) + ":facts"; }
  [[nodiscard]] std::string case_of(const CaseNumber& n) const { return prefix_ + "case:" + n.str(); }
  [[nodiscard]] std::string agent(const AgentId& id) const { return prefix_ + "agent:" + id.str(); }
  [[nodiscard]] std::string todo(const AgentId& id) const { return agent(id) + ":todo"; }
  [[nodiscard]] std::string done(const AgentId& id) const { return agent(id) + ":done"; }
  [[nodiscard]] std::string queue(const QueueName& q) const { return prefix_ + "queue:" + q.str(); }
  [[nodiscard]] std::string queue_state(const QueueName& q) const { return queue(q) + ":state"; }
  [[nodiscard]] std::string visitor(const VisitorId& id) const { return prefix_ + "visitor:" + id.str(); }
  [[nodiscard]] std::string customer(const CustomerId& id) const { return prefix_ + "customer:" + id.str(); }
  [[nodiscard]] std::string customer_contacts(const CustomerId& id) const { return customer(id) + ":contacts"; }
  [[nodiscard]] std::string session(const SessionHash& h) const { return prefix_ + "session:" + h.str(); }
  [[nodiscard]] std::string seen(std::string_view channel, std::string_view digest) const {
    return prefix_ + "seen:" + std::string(channel) + ":" + std::string(digest);
  }
  [[nodiscard]] std::string identity(std::string_view kind, std::string_view digest) const {
    return prefix_ + "identity:" + std::string(kind) + ":" + std::string(digest);
  }

 private:
  std::string prefix_;
};

}  // namespace fd::store::redis
