#pragma once
// The front end embedded in the binary (ui.md §3): made by fd_page() in CMake, table in a generated pages.S.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

// `frontdeskd --pages DIR`, for developers (the build leaves such a folder at pages/daemon/raw): from now on a page has
// the bytes of DIR/path as they are when it is asked for; the embedded ones where the file has gone. Returns the pages
// that DIR lacks: then nothing changes. Before the listeners open.
[[nodiscard]] std::vector<std::string> use_folder(const std::string& folder);

// What a page says now, for those who serve it inside of something else.
[[nodiscard]] std::string text_of(const Page&);

}  // namespace fd::http
