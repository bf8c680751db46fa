#pragma once
// The daemon's answers as text for people. Pure: object in, text out. What is missing shows as "-", what is unknown is
// left out.

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "daemon/cli/words.hpp"

namespace fd::cli {

struct Style {
  const Words& words;
  bool bold = false;
};

[[nodiscard]] std::string print_status(const boost::json::object&, const Style&);
[[nodiscard]] std::string print_queues(const boost::json::object&, const Style&);
[[nodiscard]] std::string print_agents(const boost::json::object&, const Style&);
[[nodiscard]] std::string print_contact(const boost::json::object&, const Style&);
[[nodiscard]] std::string print_explain(const boost::json::object&, const Style&);

// Keeps of body[list] the rows with this id; false: there is none.
[[nodiscard]] bool keep_only(boost::json::object& body, std::string_view list, std::string_view id);

// Instants (ms since 1970) become RFC 3339 UTC, as --json promises.
void times_to_utc(boost::json::value&);

}  // namespace fd::cli
