#pragma once
// The front end embedded in the binary (ui.md §3): made by fd_page() in CMake, table in a generated pages.S.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "channels/http/http.hpp"

namespace fd::http {

struct Page {
  std::string_view path;  // "/widget.js", "/desk/index.html"
  std::string_view type;  // content type with charset
  std::string_view hash;  // first 16 hex of SHA-256
  std::string_view raw, gz, br;
  bool embeddable = false;  // served to foreign pages: cross-origin headers, no frame-ancestors
};

[[nodiscard]] std::span<const Page> pages() noexcept;
[[nodiscard]] const Page* find_page(std::string_view path) noexcept;

// Answer for a page: encoding by Accept-Encoding, weak ETag, 304, cache and security headers of ui.md §3.
// `immutable` when the request carries ?v=HASH.
[[nodiscard]] Response serve(const Page&, const Request&);

// `frontdeskd --pages DIR`, for developers: the same page with the bytes of DIR/path as they are now (the build leaves
// such a folder at pages/daemon/raw); the embedded ones where there is no such file.
[[nodiscard]] Response serve_from(const std::string& folder, const Page&, const Request&);

}  // namespace fd::http
