#include "channels/chat/normalise.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "router/model/utf8.hpp"

namespace fd::chat {
namespace {

struct Cid {
  std::string page;
  std::uint64_t n = 0;
};

std::optional<Cid> split(std::string_view cid) {
  const auto colon = cid.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 64) return std::nullopt;
  const auto page = cid.substr(0, colon);
  const auto digits = cid.substr(colon + 1);
  const bool named = std::all_of(page.begin(), page.end(),
                                 [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
  std::uint64_t n = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  // One spelling a number: "1" and "01" would be two ids of one message.
  if (!named || failed != std::errc() || end != digits.data() + digits.size() || digits.front() == '0') return {};
  if (n == 0 || n > count_max) return std::nullopt;
  return Cid{std::string(page), n};
}

// One line end, and no control characters: terminals, logs and screen readers of the desk see this text.
std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\r') {
      if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
    } else if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7F)) {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::size_t characters(std::string_view utf8) noexcept {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](unsigned char c) { return (c & 0xC0U) != 0x80U; }));
}

boost::system::result<Message, FrameError> normalise(const Speaker& speaker, const Msg& msg, std::size_t chars_max,
                                                     Instant received) {
  auto cid = split(msg.cid);
  if (!cid)
    return FrameError{"bad_frame", std::string(cut_utf8(msg.cid, 100)),
                      "msg.cid must be PAGE:N, N = 1, 2, 3 … without leading zero, counted by the page"};
  Message out;
  out.text = plain(msg.text);
  if (out.text.find_first_not_of(" \t\n") == std::string::npos)
    return FrameError{"bad_frame", msg.cid, "msg.text is empty"};
  if (const auto length = characters(out.text); length > chars_max)
    return FrameError{
        "too_long", msg.cid,
        "the text has " + std::to_string(length) + " characters; at most " + std::to_string(chars_max) + " are taken"};
  out.channel = ChannelName("chat");
  out.external_id = msg.cid;
  out.visitor = speaker.visitor;
  out.page = std::move(cid->page);
  out.n = cid->n;
  out.identities.reserve(speaker.identities.size() + 1);
  out.identities = speaker.identities;
  out.identities.push_back({"visitor", speaker.visitor.str(), true});
  out.name = speaker.name;
  out.grade = speaker.grade;
  out.locale = speaker.locale;
  if (const auto page = speaker.url.substr(0, speaker.url.find_first_of("?#")); !page.empty())
    out.attributes["url"] = page;  // what follows may be a token of the customer's
  out.attributes["website"] = speaker.website;
  out.received = received;
  return out;
}

}  // namespace fd::chat
