// The control of bus_codec.cpp: says of the first bytes that decode that they are a fault.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "router/bus/codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cut = rest.size() * data[0] / 256;
  if (!fd::bus::decode(rest.substr(0, cut), rest.substr(cut))) return 0;
  std::puts("decoded, said to be a fault");
  std::exit(1);
}
