#include "channels/walkin/qr.hpp"

#include <qrencode.h>

#include <memory>

namespace fd::walkin {
namespace {

constexpr int quiet = 4;  // modules, ISO/IEC 18004 §9.1

struct Free {
  void operator()(QRcode* code) const noexcept { QRcode_free(code); }
};

}  // namespace

std::optional<std::string> qr_svg(const std::string& text) {
  const std::unique_ptr<QRcode, Free> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
  if (!code) return std::nullopt;
  const int width = code->width;
  const auto dark = [&](int x, int y) { return x < width && (code->data[y * width + x] & 1U) != 0; };
  std::string path;
  for (int y = 0; y < width; ++y) {
    for (int x = 0; x < width; ++x) {
      const int start = x;
      while (dark(x, y)) ++x;
      if (x == start) continue;
      const auto run = std::to_string(x - start);
      path += "M" + std::to_string(start + quiet) + " " + std::to_string(y + quiet) + "h" + run + "v1h-" + run + "z";
    }
  }
  const auto side = std::to_string(width + 2 * quiet);
  return R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 )" + side + " " + side +
         R"(" shape-rendering="crispEdges"><rect width=")" + side + R"(" height=")" + side +
         R"(" fill="#fff"/><path d=")" + path + R"(" fill="#000"/></svg>)";
}

}  // namespace fd::walkin
