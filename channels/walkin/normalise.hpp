#pragma once
// What a kiosk asks for becomes THE message. Pure.

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "channels/walkin/settings.hpp"
#include "router/model/message.hpp"

namespace fd::walkin {

struct TicketError {
  unsigned status = 400;
  std::string code;
  std::string text;
};

// `key`: the request's Idempotency-Key, quoted (draft-ietf-httpapi-idempotency-key-header) or not; with the device it
// is the message's external id, so that a repeated request is the same ticket. `body`: {service, lang?}.
[[nodiscard]] boost::system::result<Message, TicketError> normalise(const Settings&, const std::string& device,
                                                                    std::string_view key, std::string_view body,
                                                                    Instant received);

[[nodiscard]] const Service* find_service(const Settings&, std::string_view id) noexcept;

// The word for a language tag: exact, then its first part, then whatever there is.
[[nodiscard]] std::string word_in(const std::map<std::string, std::string>& words, const std::string& lang);

}  // namespace fd::walkin
