#pragma once
// The link of a ticket: who holds it sees and cancels this ticket. Contact ids are hard to guess but no capability, so
// the token carries a MAC, which the edge verifies alone.
// base64url of: contact id (16 bytes, big endian) | first 16 bytes of HMAC-SHA-256(ticket key, contact id).
// 128 bits of MAC (RFC 2104 §5 allows half) keep the QR code readable on 58 mm paper.

#include <optional>
#include <string>
#include <string_view>

#include "router/model/ids.hpp"

namespace fd::walkin {

[[nodiscard]] std::string write_ticket(std::string_view key, const ContactId&);
[[nodiscard]] std::optional<ContactId> read_ticket(std::string_view key, std::string_view token);

}  // namespace fd::walkin
