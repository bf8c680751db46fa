#pragma once
// From Beast's parsed message to ours, with every check that HTTP asks for. Pure.

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "channels/http/http.hpp"
#include "channels/http/refusal.hpp"

namespace fd::http {

using Message = boost::beast::http::request<boost::beast::http::string_body>;

// Fills everything but body, params and remote; `target` is the path still encoded.
[[nodiscard]] std::optional<BadRequest> take_request(const Message&, const Limits&, Request&, std::string& target);

// Empty lines before a request line are skipped (RFC 9112 §2.2).
[[nodiscard]] std::size_t skip_blank_lines(boost::asio::const_buffer) noexcept;

[[nodiscard]] bool list_has(std::string_view list, std::string_view token);
[[nodiscard]] bool wants_continue(const Message&);
[[nodiscard]] bool asks_for_socket(const Request&);
// What the handshake of RFC 6455 §4.2.1 lacks.
[[nodiscard]] std::optional<BadRequest> bad_upgrade(const Request&);

}  // namespace fd::http
