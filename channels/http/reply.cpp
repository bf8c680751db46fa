#include "channels/http/reply.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace fd::http {
namespace {

std::string_view reason(unsigned status) {
  switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Other";
  }
}

bool is_token(std::string_view name) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view value) {
  return std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool same_name(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// RFC 9110 §5.6.7; by hand, since strftime follows the locale.
std::string date_now() {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT", days[static_cast<unsigned>(utc.tm_wday)],
                utc.tm_mday, months[static_cast<unsigned>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  return text.data();
}

bool bodyless(unsigned status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

bool has_body(const Response& response, Framing framing) noexcept {
  return !framing.head && !bodyless(response.status) && !response.body.empty();
}

std::string head_of(const Response& response, Framing framing) {
  std::string head;
  head.reserve(256);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason(response.status));
  auto add = [&](std::string_view name, std::string_view value) {
    if (is_token(name) && is_value(value)) head.append("\r\n").append(name).append(": ").append(value);
  };
  auto missing = [&](std::string_view name) {
    return std::ranges::none_of(response.headers, [&](const auto& field) { return same_name(field.first, name); });
  };
  add("Date", date_now());
  for (const auto& [name, value] : response.headers) add(name, value);
  if (!bodyless(response.status)) {
    add("Content-Type", response.type);
    add("Content-Length", std::to_string(response.body.size()));
  }
  // Answers are for the one who asked; pages say themselves how long they keep.
  if (missing("Cache-Control")) add("Cache-Control", "no-store");
  if (missing("X-Content-Type-Options")) add("X-Content-Type-Options", "nosniff");
  if (!framing.keep_alive && missing("Connection")) add("Connection", "close");
  head.append("\r\n\r\n");
  return head;
}

}  // namespace fd::http
