#include "channels/chat/form.hpp"

#include <algorithm>
#include <regex>

namespace fd::chat {
namespace {

// Every character is escaped that browsers reserve within a class (the `v` flag).
constexpr std::string_view phone = R"(\+?([ \(\)\.\/\-]*[0-9]){5,20}[ \(\)\.\/\-]*)";
constexpr std::string_view email = R"(\s*[^\s@]+@[^\s@.]+(\.[^\s@.]+)+\s*)";

std::regex compiled(std::string_view pattern) { return std::regex(pattern.begin(), pattern.end()); }

// At most answer_bytes_max long: the backtracking of std::regex is bounded.
bool fits(const Question& question, const std::string& answer) {
  static const std::regex phones = compiled(phone), emails = compiled(email);
  switch (question.type) {
    case Answer::phone: return std::regex_match(answer, phones);
    case Answer::email: return std::regex_match(answer, emails);
    case Answer::list:
      return std::any_of(question.options.begin(), question.options.end(),
                         [&](const Choice& choice) { return choice.id == answer; });
    case Answer::text: break;
  }
  return true;
}

// Without control characters and the spaces around it.
std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  text.erase(text.find_last_not_of(' ') + 1);
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

std::string attribute(const Question& question) { return "prechat." + question.key; }

FrameError refusal(const std::string& cid, const std::string& what) { return {"prechat", cid, "msg." + what}; }

}  // namespace

std::string_view pattern(Answer type) noexcept {
  if (type == Answer::phone) return phone;
  return type == Answer::email ? email : std::string_view();
}

std::optional<FrameError> fill_in(const Website& website, const Msg& msg, Message& message) {
  if (!msg.consent.empty() && msg.consent == website.consent.version) message.attributes["consent"] = msg.consent;
  for (const auto& [key, said] : msg.prechat) {
    const auto asked =
        std::find_if(website.prechat.begin(), website.prechat.end(),
                     [name = std::string_view(key)](const Question& question) { return question.key == name; });
    if (asked == website.prechat.end()) return refusal(msg.cid, "prechat has a field that this website does not ask");
    std::string answer = one_line(said);
    if (answer.empty()) continue;
    if (answer.size() > answer_bytes_max)
      return refusal(msg.cid, attribute(*asked) + " has " + std::to_string(answer.size()) + " bytes; at most " +
                                  std::to_string(answer_bytes_max) + " are taken");
    if (!fits(*asked, answer))
      return refusal(msg.cid, attribute(*asked) + " does not fit its type, " + std::string(word(asked->type)));
    message.attributes[attribute(*asked)] = std::move(answer);
  }
  return std::nullopt;
}

std::size_t form_bytes(const Website& website) noexcept {
  using namespace std::string_view_literals;
  constexpr std::size_t escaped = 2;  // of a byte that must be: a quote, a backslash
  std::size_t bytes = 0;
  if (const auto& consent = website.consent.version; !consent.empty())
    bytes += R"(,"consent":"")"sv.size() + escaped * consent.size();
  if (!website.prechat.empty()) bytes += R"(,"prechat":{})"sv.size();
  for (const auto& question : website.prechat)
    bytes += R"("":"",)"sv.size() + question.key.size() + escaped * answer_bytes_max;
  return bytes;
}

std::optional<FrameError> left_open(const Website& website, const Message& message) {
  for (const auto& question : website.prechat)
    if (question.required && !message.attributes.contains(attribute(question)))
      return refusal(message.external_id,
                     attribute(question) + " is missing; this website asks for it before the first message");
  return std::nullopt;
}

}  // namespace fd::chat
