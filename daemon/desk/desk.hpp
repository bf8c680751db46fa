#pragma once
// The agents' gateway: page, sign-in and WebSocket of the internal listener. An edge module like a channel. Strand: the
// one io_context. Contract: docs/desk.md.

#include <functional>
#include <memory>
#include <set>
#include <string_view>

#include "channels/http/http.hpp"
#include "daemon/desk/login.hpp"
#include "daemon/desk/session.hpp"
#include "daemon/desk/settings.hpp"

namespace fd::desk {

class Desk {
 public:
  // `verify` judges passwords (see Verify); `report` hears what must not happen and did. The EdgePort and the Clock
  // must outlive the desk, the desk its listener.
  Desk(Settings, bus::EdgePort&, const Clock&, Verify, std::function<void(std::string_view)> report);

  // POST /desk/login, /desk/logout; GET /desk/session; the pages below /desk; the WebSocket GET /desk.
  void mount(http::Routes&);

  // New accounts: sockets of disabled and removed ones close with 4403, of those with another password with 4401.
  // Limits act on new sockets.
  void set_settings(Settings);

  [[nodiscard]] std::size_t sockets() const noexcept { return sessions_.size(); }

 private:
  boost::asio::awaitable<std::variant<http::Upgrade, http::Refusal>> handshake(const http::Request&);
  boost::asio::awaitable<void> serve(SignedIn, std::shared_ptr<http::Socket>);
  void close_session(const SessionHash&);
  void judge(Session&) const;  // whether its account may still be signed in

  std::shared_ptr<const Settings> settings_;
  SessionPorts ports_;
  Login login_;
  std::set<std::shared_ptr<Session>> sessions_;
};

}  // namespace fd::desk
