#pragma once
// Engine rows as the frames of chat and desk (docs/chat.md, docs/desk.md). Pure.

#include <boost/json/object.hpp>
#include <string_view>

#include "router/engine/engine.hpp"
#include "router/site/settings.hpp"

namespace fd::site {

namespace json = boost::json;

[[nodiscard]] std::string_view pick(const Words&, std::string_view locale);  // the language's text, else the other one

struct Names {  // who is who, as the frames show it
  const engine::Settings& engine;
  const Settings& site;
  [[nodiscard]] std::string name(const AgentId&, std::string_view locale) const;
  [[nodiscard]] json::object agent(const AgentId&, std::string_view locale) const;  // {name, no}
};

[[nodiscard]] json::object row(const Contact&, std::string_view preview);
[[nodiscard]] std::string_view preview_of(std::string_view text);  // its first 200 bytes, cut at a character
[[nodiscard]] json::object offer_frame(const Contact&, const Offer&, std::string_view why, int cost, Instant now);
[[nodiscard]] json::object transfer_failed_frame(const engine::TransferFailed&);
[[nodiscard]] json::object attributes(const Contact&);
[[nodiscard]] json::object state_frame(const Contact&, const Names&);
// `for_customer`: names by the customer's locale and no agent ids.
[[nodiscard]] json::object line_frame(ContactId, const Line&, const Names&, std::string_view locale, bool for_customer);
[[nodiscard]] json::object note_frame(ContactId, const Note&);
[[nodiscard]] json::object presence(const Agent&);
[[nodiscard]] std::string_view shown_state(const Contact&);

// The greeting at acceptance: company and staff number are what the rule books ask for.
[[nodiscard]] std::string greeting(const Names&, const Contact&, const AgentId&);

}  // namespace fd::site
