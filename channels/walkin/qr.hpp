#pragma once
// A QR code (ISO/IEC 18004) as an SVG image; libqrencode chooses the smallest symbol.

#include <optional>
#include <string>

namespace fd::walkin {

// Error correction M, quiet zone of 4 modules, one path. Empty: the text is too long for any symbol.
[[nodiscard]] std::optional<std::string> qr_svg(const std::string& text);

}  // namespace fd::walkin
