#pragma once
// Strong names for the things of the system. Two ids of different tags never compare, convert or hash alike.

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fd {

// A name chosen by people or by an edge: queue "online", agent "a1024", visitor token id. Copies share the text, from
// any thread: the same few names stand in every row, and rows are copied at every step.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) {
    if (!value.empty()) text_ = new Text(std::move(value));
  }
  [[nodiscard]] const std::string& str() const noexcept {
    static const std::string none;
    return text_ ? text_->value : none;
  }
  [[nodiscard]] bool empty() const noexcept { return !text_; }
  friend bool operator==(const Id& a, const Id& b) noexcept { return a.text_ == b.text_ || a.str() == b.str(); }
  friend std::strong_ordering operator<=>(const Id& a, const Id& b) noexcept {
    return a.text_ == b.text_ ? std::strong_ordering::equal : a.str() <=> b.str();
  }

 private:
  struct Text : boost::intrusive_ref_counter<Text> {
    explicit Text(std::string v) : value(std::move(v)) {}
    const std::string value;
  };
  boost::intrusive_ptr<const Text> text_;
};

// A ULID (github.com/ulid/spec): 48 bit milliseconds, 40 bit event sequence, 40 bit keyed hash; text is 26 characters
// of Crockford base 32. Sorts by time, then by the order in which the engine made it. Never a capability.
struct Ulid {
  std::uint64_t hi = 0;  // ms (48) | upper 16 bits of the sequence
  std::uint64_t lo = 0;  // lower 24 bits of the sequence | hash (40)

  [[nodiscard]] static Ulid make(std::int64_t ms, std::uint64_t sequence, std::uint64_t hash40) noexcept;
  [[nodiscard]] static std::optional<Ulid> parse(std::string_view text) noexcept;
  [[nodiscard]] std::string str() const;
  [[nodiscard]] bool empty() const noexcept { return hi == 0 && lo == 0; }
  [[nodiscard]] std::uint64_t sequence() const noexcept { return (hi & 0xFFFF) << 24 | lo >> 40; }
  auto operator<=>(const Ulid&) const = default;
};

template <class Tag>
class UlidId {
 public:
  UlidId() = default;
  explicit UlidId(Ulid value) : value_(value) {}
  [[nodiscard]] static std::optional<UlidId> parse(std::string_view text) {
    auto u = Ulid::parse(text);
    if (!u) return std::nullopt;
    return UlidId(*u);
  }
  [[nodiscard]] const Ulid& ulid() const noexcept { return value_; }
  [[nodiscard]] std::string str() const { return value_.str(); }
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }
  auto operator<=>(const UlidId&) const = default;

 private:
  Ulid value_;
};

using SiteName = Id<struct SiteTag>;
using ChannelName = Id<struct ChannelTag>;
using QueueName = Id<struct QueueTag>;
using AgentId = Id<struct AgentTag>;
using VisitorId = Id<struct VisitorTag>;
using CustomerId = Id<struct CustomerTag>;
using CaseNumber = Id<struct CaseTag>;      // "20261124-000123"
using SessionHash = Id<struct SessionTag>;  // hex SHA-256 of a desk session's token
using ContactId = UlidId<struct ContactTag>;
using OfferId = UlidId<struct OfferTag>;

}  // namespace fd

template <class Tag>
struct std::hash<fd::Id<Tag>> {
  std::size_t operator()(const fd::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.str()); }
};
template <class Tag>
struct std::hash<fd::UlidId<Tag>> {
  std::size_t operator()(const fd::UlidId<Tag>& id) const noexcept {
    return static_cast<std::size_t>(id.ulid().hi * 0x9E3779B97F4A7C15ULL ^ id.ulid().lo);
  }
};
