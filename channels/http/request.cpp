#include "channels/http/request.hpp"

#include <algorithm>
#include <boost/beast/src.hpp>  // Beast's own bodies, compiled once: here, where it costs least

#include "channels/http/target.hpp"

namespace fd::http {
namespace {

using boost::beast::http::error;
using boost::beast::http::field;

std::string text_of(boost::beast::string_view view) { return {view.data(), view.size()}; }

std::string lower(boost::beast::string_view view) {
  std::string text = text_of(view);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

// Fields of one name become one list (RFC 9110 §5.2); Cookie has its own separator (RFC 9113 §8.2.3).
void take_headers(const Message& message, std::map<std::string, std::string>& headers) {
  for (const auto& each : message) {
    auto [at, fresh] = headers.try_emplace(lower(each.name_string()), text_of(each.value()));
    if (fresh) continue;
    at->second += at->first == "cookie" ? "; " : ", ";
    at->second += text_of(each.value());
  }
}

std::optional<BadRequest> bad_framing(const Message& message) {
  if (message.count(field::transfer_encoding) > 0) {
    // Two readings of where a message ends are how requests are smuggled (RFC 9112 §6.1, §6.3).
    if (message.version() < 11) return BadRequest{400, "bad_transfer_encoding", "HTTP/1.0 knows no Transfer-Encoding"};
    if (!message.chunked() || !boost::beast::iequals(message[field::transfer_encoding], "chunked"))
      return BadRequest{501, "bad_transfer_encoding", "the only Transfer-Encoding taken is chunked"};
  }
  const auto hosts = message.count(field::host);
  if (hosts > 1 || (hosts == 0 && message.version() >= 11))
    return BadRequest{400, "bad_host", "HTTP/1.1 needs exactly one Host header"};
  const auto expect = message[field::expect];
  if (!expect.empty() && !boost::beast::iequals(expect, "100-continue"))
    return BadRequest{417, "bad_expect", "the only expectation met is 100-continue"};
  return std::nullopt;
}

}  // namespace

bool list_has(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto word = list.substr(0, comma);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    if (boost::beast::iequals({word.data(), word.size()}, {token.data(), token.size()})) return true;
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  return false;
}

BadRequest bad_request_of(error what) {
  switch (what) {
    case error::header_limit:
    case error::buffer_overflow:
      return {431, "header_too_large", "request line and headers are too large (limit header_bytes)", "header_bytes"};
    case error::body_limit: return {413, "body_too_large", "the body is too large (limit body_bytes)", "body_bytes"};
    case error::bad_line_ending: return {400, "bad_line_ending", "a line must end with CR LF"};
    case error::bad_method: return {400, "bad_method", "the method is not a token"};
    case error::bad_target: return {400, "bad_target", "the request target is malformed"};
    case error::bad_version:
      return {400, "bad_version", "the request line must end with HTTP/1.1 or HTTP/1.0, then CR LF"};
    case error::bad_field: return {400, "bad_header_name", "a header's name is not a token"};
    case error::bad_value: return {400, "bad_header_value", "a header's value holds a forbidden character"};
    case error::bad_content_length:
    case error::multiple_content_length:
      return {400, "bad_content_length", "Content-Length must be one number, without Transfer-Encoding"};
    case error::bad_transfer_encoding:
      return {400, "bad_transfer_encoding", "Transfer-Encoding is malformed, or comes with Content-Length"};
    case error::bad_chunk:
    case error::bad_chunk_extension: return {400, "bad_chunk", "the chunked body is malformed"};
    case error::bad_obs_fold: return {400, "bad_header_value", "a header's value is folded too long"};
    default: return {400, "bad_request", "this is not HTTP"};
  }
}

std::optional<BadRequest> take_request(const Message& message, const Limits& limits, Request& request,
                                       std::string& target) {
  request.method = text_of(message.method_string());
  request.secure = limits.secure;
  const auto count = std::distance(message.begin(), message.end());
  if (static_cast<std::size_t>(count) > limits.headers_max)
    return BadRequest{431, "too_many_headers",
                      "more than " + std::to_string(limits.headers_max) + " headers (limit headers)", "headers"};
  if (auto bad = bad_framing(message)) return bad;
  const auto parsed = parse_target({message.target().data(), message.target().size()});
  if (!parsed)
    return BadRequest{400, "bad_target", "path or query is malformed: a broken %XX, a dot segment, or not UTF-8"};
  target = parsed->encoded_path;
  request.path = parsed->path;
  request.query = parsed->query;
  take_headers(message, request.headers);
  return std::nullopt;
}

std::size_t skip_blank_lines(boost::asio::const_buffer buffer) noexcept {
  const std::string_view text{static_cast<const char*>(buffer.data()), buffer.size()};
  std::size_t skipped = 0;
  while (text.substr(skipped).starts_with("\r\n")) skipped += 2;
  return skipped;
}

bool wants_continue(const Message& message) {
  return message.version() >= 11 && boost::beast::iequals(message[field::expect], "100-continue");
}

bool asks_for_socket(const Request& request) {
  return request.method == "GET" && list_has(request.header("upgrade"), "websocket") &&
         list_has(request.header("connection"), "upgrade");
}

std::optional<BadRequest> bad_upgrade(const Request& request) {
  if (request.header("sec-websocket-version") != "13")
    return BadRequest{426, "bad_websocket_version", "Sec-WebSocket-Version must be 13"};
  const auto key = request.header("sec-websocket-key");
  if (key.size() != 24 || !key.ends_with("=="))
    return BadRequest{400, "bad_websocket_key", "Sec-WebSocket-Key must be 16 bytes in base64"};
  return std::nullopt;
}

}  // namespace fd::http
