#include "channels/http/pages.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "channels/http/crypto.hpp"

namespace fd::http {
namespace {

// Preact renders through text nodes only, so trusted-types 'none' holds; 'self' covers our own WebSocket (CSP 3
// §6.7.2).
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "media-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the next element of a comma list off `rest`.
std::string_view next_element(std::string_view& rest) {
  const auto comma = rest.find(',');
  const auto element = rest.substr(0, comma);
  rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  return trim(element);
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + 32 : x) == y; });
}

// RFC 9110 §12.5.3: named with a weight above 0, or covered by * and not named.
bool accepts(std::string_view accept_encoding, std::string_view coding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::string_view element = next_element(accept_encoding);
    const auto semicolon = element.find(';');
    const auto name = trim(element.substr(0, semicolon));
    bool wanted = true;
    if (semicolon != std::string_view::npos) {
      const auto weight = trim(element.substr(semicolon + 1));
      wanted = weight.size() < 3 || weight.find_first_of("123456789") != std::string_view::npos;
    }
    if (same_word(name, coding)) return wanted;
    if (name == "*") any = wanted;
  }
  return any;
}

// RFC 9110 §13.1.2: weak comparison.
bool matches(std::string_view if_none_match, std::string_view hash) {
  while (!if_none_match.empty()) {
    std::string_view tag = next_element(if_none_match);
    if (tag == "*") return true;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() == hash.size() + 2 && tag.front() == '"' && tag.substr(1, hash.size()) == hash) return true;
  }
  return false;
}

std::string cache_of(const Page& page, const Request& request, bool html) {
  const auto version = request.query.find("v");
  if (!html && version != request.query.end() && version->second == page.hash) return "max-age=31536000, immutable";
  if (!html && page.embeddable) return "max-age=300, stale-while-revalidate=86400";
  return "no-cache";
}

// Of --pages; empty: the embedded bytes.
std::string& folder_in_use() {
  static std::string folder;
  return folder;
}

std::optional<std::string> bytes_in(const std::string& folder, const Page& page) {
  if (folder.empty()) return std::nullopt;
  std::ifstream file{folder + std::string{page.path}, std::ios::binary};
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

Response answer(const Page& page, const Request& request) {
  const bool html = page.type.starts_with("text/html");
  Response response;
  response.type = page.type;
  auto add = [&](std::string_view name, std::string_view value) { response.headers.emplace_back(name, value); };
  std::string tag{"W/\""};
  add("ETag", tag.append(page.hash).append("\""));
  add("Vary", "Accept-Encoding");
  add("Cache-Control", cache_of(page, request, html));
  add("X-Content-Type-Options", "nosniff");
  if (html) {
    std::string policy{page_policy};
    if (!page.embeddable) policy += "; frame-ancestors 'none'";
    add("Content-Security-Policy", policy);
    add("Referrer-Policy", "same-origin");
    add("Cross-Origin-Opener-Policy", "same-origin");
  }
  if (page.embeddable) {
    add("Cross-Origin-Resource-Policy", "cross-origin");
    add("Access-Control-Allow-Origin", "*");
  }
  if (matches(request.header("if-none-match"), page.hash)) {
    response.status = 304;
    return response;
  }
  const auto accept = request.header("accept-encoding");
  std::string_view body = page.raw;
  std::string_view coding;
  if (!page.gz.empty() && page.gz.size() < body.size() && accepts(accept, "gzip")) body = page.gz, coding = "gzip";
  if (!page.br.empty() && page.br.size() < body.size() && accepts(accept, "br")) body = page.br, coding = "br";
  if (!coding.empty()) add("Content-Encoding", std::string{coding});
  response.body = body;
  return response;
}

}  // namespace

// A program without fd_embed_pages() has no pages; the generated table is the strong definition.
[[gnu::weak]] std::span<const Page> pages() noexcept { return {}; }

const Page* find_page(std::string_view path) noexcept {
  const auto all = pages();
  const auto found = std::ranges::find(all, path, &Page::path);
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> use_folder(const std::string& folder) {
  std::vector<std::string> missing;
  for (const Page& page : pages())
    if (!bytes_in(folder, page)) missing.emplace_back(page.path);
  if (missing.empty()) folder_in_use() = folder;
  return missing;
}

std::string text_of(const Page& page) { return bytes_in(folder_in_use(), page).value_or(std::string{page.raw}); }

Response serve(const Page& page, const Request& request) {
  const auto bytes = bytes_in(folder_in_use(), page);
  if (!bytes) return answer(page, request);
  const std::string hash = sha256_hex(*bytes).substr(0, page.hash.size());
  return answer(Page{page.path, page.type, hash, *bytes, {}, {}, page.embeddable}, request);
}

}  // namespace fd::http
