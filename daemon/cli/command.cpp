#include "daemon/cli/command.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <ostream>

#include "daemon/cli/client.hpp"
#include "daemon/cli/table.hpp"

namespace fd::cli {
namespace json = boost::json;
namespace {

struct Trouble {
  std::string code, message;
};
Trouble trouble_of(const json::value& body, unsigned status) {
  Trouble out{"HTTP " + std::to_string(status), {}};
  const auto* o = body.if_object();
  const auto* error = o == nullptr ? nullptr : o->if_contains("error");
  if (error == nullptr || !error->is_object()) return out;
  const auto text = [&](std::string_view key) {
    const auto* v = error->get_object().if_contains(key);
    return v != nullptr && v->is_string() ? printable(v->get_string()) : std::string();
  };
  if (const auto code = text("code"); !code.empty()) out.code = code;
  out.message = text("message");
  return out;
}

}  // namespace

int code_of(unsigned status) {
  switch (status) {
    case 400: return wrong_usage;
    case 401:
    case 403: return not_permitted;
    case 404: return not_found;
    case 504: return outcome_unknown;
    default: return failed;
  }
}

Style Command::style() const {
  const char* no_color = std::getenv("NO_COLOR");
  const bool wanted = options.color == "always" ||
                      (options.color == "auto" && streams.terminal_out && (no_color == nullptr || *no_color == '\0'));
  return {words, wanted};
}

std::chrono::milliseconds Command::timeout() const {
  return std::chrono::milliseconds(static_cast<std::int64_t>(options.timeout_s * 1000));
}

void Command::say(const std::string& text) const {
  if (!options.quiet) streams.err << text << '\n';
}

int Command::complain(const std::string& text, int code) const {
  streams.err << text << '\n';
  return code;
}

std::optional<json::object> Command::ask(const std::string& method, const std::string& path, const std::string& body,
                                         int& code) const {
  const auto answer = call(options.socket, method, path, body, timeout());
  if (const auto* error = std::get_if<CallError>(&answer)) {
    if (error->kind == CallError::Kind::forbidden) {
      code = complain(fill(words.not_permitted, {error->text}), not_permitted);
    } else if (error->kind == CallError::Kind::absent) {
      code = complain(fill(words.unreachable, {error->text}), unreachable);
    } else {
      code = complain(fill(words.lost, {error->text}), method == "GET" ? unreachable : outcome_unknown);
      if (code == outcome_unknown) complain(words.outcome_unknown.str(), code);
    }
    return std::nullopt;
  }
  const auto& reply = std::get<Reply>(answer);
  json::error_code error;
  auto value = json::parse(reply.body, error);
  if (reply.status == 200 && !error && value.is_object()) return value.get_object();
  if (reply.status == 200) {
    code = complain(fill(words.bad_answer, {error ? error.message() : "?"}), failed);
    return std::nullopt;
  }
  const auto trouble = trouble_of(value, reply.status);
  code = complain(fill(words.refused, {trouble.message, trouble.code}), code_of(reply.status));
  if (code == outcome_unknown) complain(words.outcome_unknown.str(), code);
  return std::nullopt;
}

int Command::show(json::object body, const std::function<std::string(const json::object&, const Style&)>& print) const {
  if (!options.as_json) {
    streams.out << print(body, style());
    return done;
  }
  body["v"] = 1;
  json::value value(std::move(body));
  times_to_utc(value);
  streams.out << json::serialize(value) << '\n';
  return done;
}

}  // namespace fd::cli
