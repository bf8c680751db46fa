#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "daemon/cli/client.hpp"
#include "daemon/cli/command.hpp"

namespace fd::cli {
namespace {

int explain(const Command& command, const DeviceAsk& ask, const DeviceTrouble& trouble) {
  using Kind = DeviceTrouble::Kind;
  const auto& w = command.words;
  switch (trouble.kind) {
    case Kind::bad_config: return command.complain(fill(w.device_config, {ask.config_file}), failed);
    case Kind::unknown: return command.complain(fill(w.device_unknown, {ask.name, trouble.text}), not_found);
    case Kind::no_secret: return command.complain(fill(w.device_no_secret, {trouble.text}), failed);
    case Kind::unreadable: break;
  }
  return command.complain(fill(w.device_unreadable, {trouble.text}), not_permitted);
}

}  // namespace

// The token is data: it goes to stdout and nowhere else.
int show_device(const Command& command, const DeviceAsk& ask) {
  const auto found = command.context.device(ask.name, ask.config_file, ask.state);
  if (const auto* trouble = std::get_if<DeviceTrouble>(&found)) return explain(command, ask, *trouble);
  const auto& device = std::get<DeviceAccess>(found);
  std::string address;
  if (!ask.page.empty()) {
    address = ask.url.empty() ? device.base : ask.url;
    while (address.ends_with('/')) address.pop_back();
    address += "/" + ask.page + "/?device=" + percent_encode(device.token);
  }
  if (command.options.as_json) {
    boost::json::object out{{"v", 1}, {"name", ask.name}, {"token", device.token}};
    if (!address.empty()) out["url"] = address;
    command.streams.out << boost::json::serialize(out) << '\n';
  } else {
    command.streams.out << (address.empty() ? device.token : address) << '\n';
  }
  return done;
}

}  // namespace fd::cli
