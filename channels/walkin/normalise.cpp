#include "channels/walkin/normalise.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cctype>

namespace fd::walkin {
namespace json = boost::json;
namespace {

constexpr std::size_t key_max = 128;

std::string_view unquoted(std::string_view key) {
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') return key.substr(1, key.size() - 2);
  return key;
}

bool all(std::string_view text, std::string_view besides) {
  return std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || besides.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

TicketError bad(unsigned status, std::string code, std::string text) {
  return {status, std::move(code), std::move(text)};
}

std::string text_of(const json::object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

}  // namespace

const Service* find_service(const Settings& settings, std::string_view id) noexcept {
  const auto& list = settings.services;
  const auto at = std::find_if(list.begin(), list.end(), [&](const Service& one) { return one.id == id; });
  return at == list.end() ? nullptr : &*at;
}

std::string word_in(const std::map<std::string, std::string>& words, const std::string& lang) {
  if (words.empty()) return {};
  auto at = words.find(lang);
  if (at == words.end()) at = words.find(lang.substr(0, lang.find('-')));
  return at == words.end() ? words.begin()->second : at->second;
}

boost::system::result<Message, TicketError> normalise(const Settings& settings, const std::string& device,
                                                      std::string_view key, std::string_view body, Instant received) {
  const auto plain_key = unquoted(key);
  if (plain_key.empty())
    return bad(400, "no_key",
               "the header Idempotency-Key is missing: one new value a ticket, the same one when the request is "
               "repeated");
  if (plain_key.size() > key_max || !all(plain_key, "-_.:"))
    return bad(400, "bad_key", "Idempotency-Key must be at most 128 of A-Z a-z 0-9 - _ . :");
  boost::system::error_code failed;
  json::parse_options options;
  options.max_depth = 4;
  const auto value = json::parse(body, failed, {}, options);
  if (failed) return bad(400, "bad_json", "the body is not JSON: " + failed.message());
  const auto* asked = value.if_object();
  if (!asked || text_of(*asked, "service").empty())
    return bad(400, "no_service", "the body must be {\"service\": ID, \"lang\": TAG}; service is missing");
  const auto* service = find_service(settings, text_of(*asked, "service"));
  if (!service)
    return bad(404, "unknown_service", "no service has the id of \"service\"; GET /v1/walkin/services lists them");
  auto lang = text_of(*asked, "lang");
  if (lang.empty()) lang = "zh-CN";
  if (lang.size() > 35 || !all(lang, "-")) return bad(400, "bad_lang", "lang must be a language tag: zh-CN, en");
  Message out;
  out.channel = ChannelName("walkin");
  out.external_id = device + ":" + std::string(plain_key);
  out.locale = lang;
  out.text = word_in(service->name, lang);
  out.attributes["service"] = service->id;
  out.attributes["lang"] = lang;
  out.attributes["device"] = device;
  out.received = received;
  return out;
}

}  // namespace fd::walkin
