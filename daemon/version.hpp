#pragma once

namespace fd {

inline constexpr const char* version = "0.1.0";

}  // namespace fd
