#pragma once
// Up to which line a page has seen its contact, without holes. Notices may be lost, so the highest seq alone would skip
// the lines before it when the session attaches again. Contact ids sort by time: a newer one is the live one.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "router/model/ids.hpp"

namespace fd::chat {

class Seen {
 public:
  Seen() = default;
  Seen(std::optional<ContactId> contact, std::uint64_t seq) : contact_(contact), seq_(contact ? seq : 0) {}

  [[nodiscard]] const std::optional<ContactId>& contact() const noexcept { return contact_; }
  [[nodiscard]] std::uint64_t seq() const noexcept { return seq_; }

  // The router's view at Attach: it sends this contact's lines from `from` on. Of a newer contact than ours the lines
  // of ours come first; then the first line of the newer one changes over.
  void welcome(const ContactId& contact, std::uint64_t from) {
    if (contact_ && *contact_ != contact) return;
    contact_ = contact;
    seq_ = from > 0 ? from - 1 : 0;
    above_.clear();
  }

  void line(const ContactId& contact, std::uint64_t seq) {
    if (!contact_ || *contact_ < contact) {
      contact_ = contact;
      seq_ = 0;
      above_.clear();
    }
    if (*contact_ != contact || seq <= seq_) return;
    const auto at = std::lower_bound(above_.begin(), above_.end(), seq);
    if (above_.size() < above_max && (at == above_.end() || *at != seq)) above_.insert(at, seq);
    auto whole = above_.begin();
    for (; whole != above_.end() && *whole == seq_ + 1; ++whole) ++seq_;
    above_.erase(above_.begin(), whole);
  }

 private:
  static constexpr std::size_t above_max = 1000;  // beyond: those lines are sent again, which the page ignores
  std::optional<ContactId> contact_;
  std::uint64_t seq_ = 0;
  std::vector<std::uint64_t> above_;  // ascending
};

}  // namespace fd::chat
