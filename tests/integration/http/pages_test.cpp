// The pages of this folder, built by fd_page() and embedded: what is served is what was written, small and safe.

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "channels/http/pages.hpp"

namespace fd::http {
namespace {

Request asking(std::string encodings, std::string version = {}) {
  Request request;
  request.method = "GET";
  request.headers["accept-encoding"] = std::move(encodings);
  if (!version.empty()) request.query["v"] = std::move(version);
  return request;
}

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

const Page& page(std::string_view path) {
  const Page* found = find_page(path);
  EXPECT_NE(found, nullptr) << path;
  static const Page none{};
  return found == nullptr ? none : *found;
}

TEST(Pages, TableHoldsEveryRegisteredPageAndNoOther) {
  EXPECT_EQ(pages().size(), 5U);
  EXPECT_EQ(find_page("/t/page.tsx"), nullptr);
  for (const auto& each : pages()) {
    EXPECT_EQ(each.hash.size(), 16U) << each.path;
    EXPECT_FALSE(each.raw.empty()) << each.path;
    EXPECT_TRUE(each.gz.starts_with("\x1f\x8b")) << each.path;
    EXPECT_NE(each.type.find("charset=utf-8"), std::string_view::npos) << each.path;
  }
}

TEST(Pages, ScriptIsBundledWithPreactAndPureAscii) {
  const auto& script = page("/t/page.js");
  EXPECT_GT(script.raw.size(), 4000U) << "Preact is not in it";
  EXPECT_EQ(script.raw.find("greeting\""), std::string_view::npos);
  EXPECT_NE(script.raw.find("\\u60A8\\u597D"), std::string_view::npos) << "您好 escaped";
  EXPECT_TRUE(std::ranges::all_of(script.raw, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

TEST(Pages, StyleSheetOfTheWidgetIsMinifiedText) {
  const auto script = page("/embed.js").raw;
  EXPECT_NE(script.find("button{color:var(--ink)}"), std::string_view::npos) << script;
  EXPECT_NE(script.find("--ink: #123456"), std::string_view::npos) << script;
}

TEST(Pages, HtmlNamesItsAssetsByHash) {
  const auto html = page("/t/index.html").raw;
  EXPECT_NE(html.find("/t/page.js?v=" + std::string{page("/t/page.js").hash}), std::string_view::npos);
  EXPECT_NE(html.find("/t/page.css?v=" + std::string{page("/t/page.css").hash}), std::string_view::npos);
  EXPECT_EQ(html.find("{{"), std::string_view::npos);
}

TEST(Pages, EncodingIsWhatTheClientTakes) {
  const auto& script = page("/t/page.js");
  struct Row {
    const char* accept;
    const char* coding;
  };
  for (const Row& row : {Row{"gzip, deflate, br", "br"}, Row{"gzip", "gzip"}, Row{"GZIP", "gzip"}, Row{"", ""},
                         Row{"br;q=0, gzip;q=0.5", "gzip"}, Row{"*", "br"}, Row{"br;q=0.0, *", "gzip"}, Row{"brx", ""},
                         Row{"identity", ""}, Row{"*;q=0", ""}}) {
    const auto response = serve(script, asking(row.accept));
    EXPECT_EQ(header(response, "Content-Encoding"), row.coding) << row.accept;
    EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
    const auto& expected = *row.coding == 'b' ? script.br : *row.coding == 'g' ? script.gz : script.raw;
    EXPECT_EQ(response.body, expected) << row.accept;
  }
  EXPECT_EQ(header(serve(page("/t/mark.svg"), asking("br, gzip")), "Content-Encoding").empty(),
            page("/t/mark.svg").br.size() >= page("/t/mark.svg").raw.size());
}

TEST(Pages, CacheFollowsVersionAndKind) {
  const auto& script = page("/t/page.js");
  EXPECT_EQ(header(serve(script, asking("", std::string{script.hash})), "Cache-Control"),
            "max-age=31536000, immutable");
  EXPECT_EQ(header(serve(script, asking("", "0123456789abcdef")), "Cache-Control"), "no-cache")
      << "an old page asks for an old hash: what it gets must not stay under that address for a year";
  EXPECT_EQ(header(serve(script, asking("")), "Cache-Control"), "no-cache");
  EXPECT_EQ(header(serve(page("/t/index.html"), asking("", std::string{page("/t/index.html").hash})), "Cache-Control"),
            "no-cache");
  EXPECT_EQ(header(serve(page("/embed.js"), asking("")), "Cache-Control"), "max-age=300, stale-while-revalidate=86400");
}

TEST(Pages, TagIsWeakAndAnswers304) {
  const auto& script = page("/t/page.js");
  const std::string tag = "W/\"" + std::string{script.hash} + "\"";
  auto request = asking("br");
  EXPECT_EQ(header(serve(script, request), "ETag"), tag);
  for (const std::string& known : {tag, "\"" + std::string{script.hash} + "\"", "\"x\", " + tag, std::string{"*"}}) {
    request.headers["if-none-match"] = known;
    const auto response = serve(script, request);
    EXPECT_EQ(response.status, 304U) << known;
    EXPECT_TRUE(response.body.empty());
    EXPECT_EQ(header(response, "ETag"), tag);
    EXPECT_EQ(header(response, "Cache-Control"), "no-cache");
  }
  request.headers["if-none-match"] = "W/\"0123456789abcdef\"";
  EXPECT_EQ(serve(script, request).status, 200U);
}

TEST(Pages, PolicyOfOurPagesAndOfForeignOnes) {
  const auto own = serve(page("/t/index.html"), asking(""));
  EXPECT_EQ(own.type, "text/html; charset=utf-8");
  EXPECT_EQ(header(own, "Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
            "media-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; require-trusted-types-for "
            "'script'; trusted-types 'none'; frame-ancestors 'none'");
  EXPECT_EQ(header(own, "Referrer-Policy"), "same-origin");
  EXPECT_EQ(header(own, "Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_EQ(header(own, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(own, "Access-Control-Allow-Origin"), "");
  const auto foreign = serve(page("/embed.js"), asking(""));
  EXPECT_EQ(header(foreign, "Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_EQ(header(foreign, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(header(foreign, "X-Content-Type-Options"), "nosniff");
  Page embeddable = page("/t/index.html");
  embeddable.embeddable = true;
  EXPECT_EQ(header(serve(embeddable, asking("")), "Content-Security-Policy").find("frame-ancestors"),
            std::string::npos);
}

// Last: the folder stays in use.
TEST(Pages, FolderOfADeveloperTakesThePlaceOfTheEmbeddedOnes) {
  namespace files = std::filesystem;
  const auto& script = page("/t/page.js");
  const files::path folder = files::temp_directory_path() / ("fd-pages-" + std::to_string(::getpid()));
  files::copy(std::string{FD_BINARY_DIR} + "/pages/http_test/raw", folder, files::copy_options::recursive);
  files::rename(folder / "t/mark.svg", folder / "mark.svg");
  EXPECT_EQ(use_folder(folder), std::vector<std::string>{"/t/mark.svg"});
  EXPECT_EQ(use_folder("/nowhere").size(), pages().size());
  EXPECT_EQ(header(serve(script, asking("br")), "Content-Encoding"), "br") << "control: refused, so the embedded ones";
  files::rename(folder / "mark.svg", folder / "t/mark.svg");
  EXPECT_EQ(use_folder(folder), std::vector<std::string>{});
  const auto built = serve(script, asking("br"));
  EXPECT_EQ(built.body, script.raw);
  EXPECT_EQ(header(built, "ETag"), "W/\"" + std::string{script.hash} + "\"") << "the build names what it hashed";
  EXPECT_EQ(header(built, "Content-Encoding"), "");
  std::ofstream(folder / "t/page.js") << "changed";
  EXPECT_EQ(serve(script, asking("br")).body, "changed") << "as it is when it is asked for";
  EXPECT_EQ(text_of(script), "changed");
  files::remove_all(folder);
  EXPECT_EQ(serve(script, asking("br")).body, script.br) << "a build that removed it for a moment harms nobody";
}

}  // namespace
}  // namespace fd::http
