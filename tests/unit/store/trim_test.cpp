#include "router/store/redis/trim.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace {

using namespace fd;
using store::redis::Replies;
using store::redis::ReplyReader;
using store::redis::Request;
using store::redis::Trimmer;

// A stream of which the first `old` entries are older than what is kept.
struct Stream {
  std::vector<std::uint64_t> ids;
  std::size_t old = 0;
  std::vector<std::string> cursors;
  Instant now{100'000};

  std::string answer(const std::vector<std::string>& command) const {
    if (command[0] == "HVALS") {
      std::string out = "*" + std::to_string(cursors.size()) + "\r\n";
      for (const auto& c : cursors) out += "$" + std::to_string(c.size()) + "\r\n" + c + "\r\n";
      return out;
    }
    const auto from = command[2] == "-" ? 0 : std::stoull(command[2]);
    const auto found = std::lower_bound(ids.begin(), ids.end(), from);
    if (found == ids.end()) return "*0\r\n";
    const auto id = std::to_string(*found) + "-0";
    const std::string at = static_cast<std::size_t>(found - ids.begin()) < old ? "10" : "99000";
    return "*1\r\n*2\r\n$" + std::to_string(id.size()) + "\r\n" + id +
           "\r\n*4\r\n$2\r\nin\r\n$2\r\n{}\r\n$2\r\nat\r\n$" + std::to_string(at.size()) + "\r\n" + at + "\r\n";
  }
};

std::optional<std::uint64_t> border(const Stream& stream, int* asked = nullptr) {
  Trimmer trimmer("events", "cursors", Duration{50'000}, Duration{60'000});
  trimmer.wake(Duration{1}, stream.now, stream.ids.empty() ? 0 : stream.ids.back());
  for (int i = 0; trimmer.searching(); ++i) {
    EXPECT_LT(i, 100);
    if (asked) *asked = i + 1;
    Request request;
    trimmer.ask(request);
    Replies replies;
    ReplyReader reader;
    EXPECT_TRUE(reader.feed(stream.answer(store::redis::commands_of(request.bytes()).at(0)), replies));
    trimmer.take(*replies.at(0));
  }
  return trimmer.border();
}

TEST(Trim, FindsTheBorderForEveryAge) {
  Stream stream;
  for (std::uint64_t i = 5; i < 205; i += 1 + i % 3) stream.ids.push_back(i);
  for (stream.old = 0; stream.old <= stream.ids.size(); ++stream.old) {
    const auto found = border(stream);
    if (stream.old == 0) {
      EXPECT_FALSE(found);
      continue;
    }
    ASSERT_TRUE(found) << stream.old;
    const auto left = std::count_if(stream.ids.begin(), stream.ids.end(), [&](auto id) { return id >= *found; });
    const auto kept = std::max<std::size_t>(1, stream.ids.size() - stream.old);  // the newest always stays
    EXPECT_EQ(static_cast<std::size_t>(left), kept) << stream.old;
  }
}

TEST(Trim, NeverPastTheSlowestReader) {
  Stream stream;
  for (std::uint64_t i = 1; i <= 100; ++i) stream.ids.push_back(i);
  stream.old = 80;
  EXPECT_EQ(border(stream), 81U);
  stream.cursors = {"90-0", "33-0"};
  EXPECT_EQ(border(stream), 33U);
  stream.cursors = {"90-0", "what"};
  EXPECT_EQ(border(stream), 0U);  // unreadable: nothing goes
}

TEST(Trim, AsksLittleAndSeldom) {
  Stream stream;
  for (std::uint64_t i = 1; i <= 100'000; ++i) stream.ids.push_back(i);
  stream.old = 77'777;
  int asked = 0;
  EXPECT_EQ(border(stream, &asked), 77'778U);
  EXPECT_LE(asked, 20);
  Trimmer trimmer("events", "cursors", Duration{50'000}, Duration{60'000});
  trimmer.wake(Duration{1}, stream.now, 100);
  EXPECT_TRUE(trimmer.searching());
  trimmer.done();
  trimmer.wake(Duration{59'000}, stream.now, 100);
  EXPECT_FALSE(trimmer.searching());
  trimmer.wake(Duration{60'001}, stream.now, 100);
  EXPECT_TRUE(trimmer.searching());
}

}  // namespace
