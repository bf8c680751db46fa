#pragma once
// Passwords of agents: argon2id (RFC 9106) with 64 MiB and 3 passes, about 90 ms, as libsodium writes it.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "channels/http/worker.hpp"

namespace fd::desk {

[[nodiscard]] std::string hash_password(
    const std::string& password);  // throws std::bad_alloc when 64 MiB are not there
[[nodiscard]] bool password_fits(const std::string& password, const std::string& encoded) noexcept;

// Verified against when the staff number is unknown, so that it costs the same time. Nobody knows a password that fits.
extern const char* const unknown_account_hash;

enum class Verdict : std::uint8_t { right, wrong, busy };  // busy: the worker pool is full
using Verify = std::function<boost::asio::awaitable<Verdict>(std::string password, std::string encoded)>;

[[nodiscard]] Verify verify_in(http::Worker&);  // which must outlive it

}  // namespace fd::desk
