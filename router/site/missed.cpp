// What a chat page has missed, in shares: neither the bus nor the socket has to hold a whole history at once.
#include <algorithm>

#include "router/site/site.hpp"

namespace fd::site {
namespace {

constexpr std::size_t share_bytes = 64 * 1024;  // of text; one line has at most 16 KiB
constexpr std::uint64_t lines_a_look = 20;

}  // namespace

asio::awaitable<bool> Site::find_missed(const bus::Attach& request, engine::Row row, Missed& missed) {
  const bool other = request.contact && (!row || *request.contact != row->id);
  if (other) {  // what the page shows is no longer live: first its missing lines and its end
    auto stored = co_await store_.contact(*request.contact);
    if (!stored || !leading_) co_return false;
    if (*stored && (*stored)->visitor == request.visitor) {
      const auto old = std::make_shared<const Contact>(std::move(**stored));
      const bool found = co_await add_lines(missed, old, request.last_seq + 1);
      if (!found) co_return false;
      if (!missed.more) missed.frames.push_back(state_frame(*old, names()));
    }
  }
  if (!row) co_return true;
  if (request.contact && !other) {
    missed.reset = request.last_seq > row->seq;
    missed.from = missed.reset ? 1 : request.last_seq + 1;
  }
  if (missed.more) co_return true;
  co_return co_await add_lines(missed, row, missed.from);
}

// At least one line of those there are, so that each share gets further.
asio::awaitable<bool> Site::add_lines(Missed& missed, engine::Row of, std::uint64_t from) {
  const std::uint64_t epoch = leadership_.epoch;
  for (; from <= of->seq; from += lines_a_look) {
    const auto lines = co_await store_.lines(of->id, from, std::min(of->seq, from + lines_a_look - 1));
    if (!lines || !leading_ || epoch != leadership_.epoch) co_return false;
    for (const Line& line : *lines) {
      missed.frames.push_back(line_frame(of->id, line, names(), of->locale, true));
      missed.bytes += line.text.size();
      missed.more = missed.bytes >= share_bytes && line.seq < of->seq;
      if (missed.more) co_return true;
    }
  }
  co_return true;
}

}  // namespace fd::site
