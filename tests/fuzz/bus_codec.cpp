// libFuzzer target: any bytes as header and payload. The first byte says where the header ends, in 256ths of the rest.
// What decodes must encode to something that decodes to the same bytes again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "router/bus/codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cut = rest.size() * data[0] / 256;
  const auto header = rest.substr(0, cut);
  (void)fd::bus::id_of(header);
  const auto got = fd::bus::decode(header, rest.substr(cut));
  if (!got) return 0;
  const auto frames = fd::bus::encode(*got);
  const auto again = fd::bus::decode(frames.header, frames.payload);
  if (!again) std::abort();
  const auto twice = fd::bus::encode(*again);
  if (twice.header != frames.header || twice.payload != frames.payload) std::abort();
  return 0;
}
