#pragma once
// The operators' door: an API on the control socket for the command `frontdesk`, and health on the internal listener.
// Strand: the one io_context.
//
// Who may use the control socket is decided by the file system and by the kernel's word on the caller (SO_PEERCRED):
// root, the daemon's own user and members of its group pass (peer.hpp). Customers' texts are never given out here.

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/http/http.hpp"
#include "daemon/admin/health.hpp"
#include "router/bus/ports.hpp"

namespace fd::admin {

// Who speaks in commands of operators. No account can have this id: it begins with '@'.
inline constexpr std::string_view operator_id = "@operator";

struct ReadError {
  std::string text;  // file:line:column and what is wrong
};

struct Ports {
  bus::EdgePort& edge;
  // Reads agents.yaml again; the roster without passwords, as Command roster carries it.
  std::function<boost::system::result<boost::json::object, ReadError>()> reread{};
  // Takes what `reread` read, unless the router refused it: accounts of the desk. May be empty.
  std::function<void()> roster_taken{};
  std::function<boost::asio::awaitable<ReadyReport>()> ready{};
  std::function<std::vector<Check>()> alive{};  // stuck worker pool or bus thread; empty: the loop alone is asked
  std::string version{};
  std::chrono::milliseconds patience{9'000};
};

class Admin {
 public:
  explicit Admin(Ports);

  // GET /v1/status, /v1/queues, /v1/agents, /v1/contacts/{id}, /v1/explain/{id}, /v1/version;
  // POST /v1/queues/{name}/pause, /v1/queues/{name}/resume, /v1/roster. Also /healthz and /readyz.
  void mount_control(http::Routes&);
  void mount_health(http::Routes&);  // GET /healthz, /readyz

 private:
  boost::asio::awaitable<http::Response> ask(bus::Ask);
  boost::asio::awaitable<http::Response> pause(const http::Request&, bool paused);
  boost::asio::awaitable<http::Response> read_roster();

  Ports ports_;
};

}  // namespace fd::admin
