// Goal: the bytes on the wire never change by accident. Method: every sample is encoded and compared with its golden
// file (header line, payload line); the golden bytes are decoded and must encode to themselves. After a change that is
// meant: FD_WRITE_GOLDEN=1 and a look at the diff.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "router/bus/codec.hpp"
#include "tests/unit/bus/samples.hpp"

namespace fd::test {
namespace {

const std::filesystem::path golden = std::filesystem::path(FD_SOURCE_DIR) / "tests/golden/bus";

bus::Frames read(const std::filesystem::path& file) {
  std::ifstream in(file);
  bus::Frames f;
  std::getline(in, f.header);
  std::getline(in, f.payload);
  return f;
}

TEST(BusGolden, EverySampleHasItsBytes) {
  for (const auto& [name, envelope] : samples()) {
    const auto file = golden / (name + ".txt");
    const auto frames = bus::encode(envelope);
    if (std::getenv("FD_WRITE_GOLDEN") != nullptr)
      std::ofstream(file) << frames.header << "\n" << frames.payload << "\n";
    ASSERT_TRUE(std::filesystem::exists(file)) << file;
    EXPECT_EQ(frames.header, read(file).header) << name;
    EXPECT_EQ(frames.payload, read(file).payload) << name;
  }
}

TEST(BusGolden, GoldenBytesDecodeToThemselves) {
  for (const auto& [name, envelope] : samples()) {
    const auto bytes = read(golden / (name + ".txt"));
    const auto back = bus::decode(bytes.header, bytes.payload);
    ASSERT_TRUE(back.has_value()) << name << ": " << back.error().text;
    EXPECT_EQ(back->body.index(), envelope.body.index()) << name;
    const auto again = bus::encode(*back);
    EXPECT_EQ(again.header, bytes.header) << name;
    EXPECT_EQ(again.payload, bytes.payload) << name;
  }
}

TEST(BusGolden, NoFileWithoutSample) {
  std::set<std::string> names;
  for (const auto& [name, envelope] : samples()) names.insert(name + ".txt");
  for (const auto& entry : std::filesystem::directory_iterator(golden))
    EXPECT_TRUE(names.contains(entry.path().filename().string())) << entry.path();
}

TEST(BusGolden, EveryTypeHasASample) {
  std::set<std::size_t> seen;
  for (const auto& [name, envelope] : samples()) seen.insert(envelope.body.index());
  EXPECT_EQ(seen.size(), bus::envelope_types().size());
}

// Control: the comparison notices a field that moved to another name.
TEST(BusGolden, ControlAChangedFieldShows) {
  const auto bytes = read(golden / "command.transfer.txt");
  auto other = sample_command(bus::Verb::transfer);
  other.to_agent = std::exchange(other.to_queue, "");
  EXPECT_NE(bus::encode(sample_request(other)).payload, bytes.payload);
}

}  // namespace
}  // namespace fd::test
