// Runs a fuzz target without libFuzzer: each seed of the folders given, each of its prefixes, and mutations of it drawn
// by a fixed seed. What goes wrong aborts, or is a sanitizer's to see. replay FOLDER…

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int mutations = 400;

// A copy of exactly its size: one byte further is no longer ours.
void feed(const std::string& bytes) {
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
  static_cast<void>(LLVMFuzzerTestOneInput(exact.data(), exact.size()));
}

std::string mutated(std::string bytes, std::mt19937_64& random) {
  static constexpr std::string_view likely("{}[]\",:\\*$-+0123456789\r\n\0\xff\xc3", 28);
  for (auto edits = 1 + random() % 4; edits > 0; --edits) {
    const auto at = bytes.empty() ? 0 : random() % bytes.size();
    const char other = random() % 2 == 0 ? likely[random() % likely.size()] : static_cast<char>(random() & 0xffU);
    switch (random() % 4) {
      case 0: bytes.insert(at, 1, other); break;
      case 1: bytes.erase(at, 1 + random() % 8); break;
      case 2: bytes.insert(at, bytes.substr(random() % (bytes.size() + 1), 16)); break;
      default:
        if (!bytes.empty()) bytes[at] = other;
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  std::mt19937_64 random(20261124);
  std::size_t seeds = 0, fed = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string seed{std::istreambuf_iterator<char>(file), {}};
      ++seeds;
      feed(seed);
      for (std::size_t n = 0; n < seed.size(); ++n) feed(seed.substr(0, n));
      for (int n = 0; n < mutations; ++n) feed(mutated(seed, random));
      fed += 1 + seed.size() + mutations;
    }
  }
  std::printf("%zu seeds, %zu inputs\n", seeds, fed);
  return seeds == 0 ? 1 : 0;
}
