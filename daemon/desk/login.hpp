#pragma once
// Signing in and out, and who holds a cookie. A session's token is 32 random bytes which only the cookie carries; the
// router stores the SHA-256 of it and the account's password string. One sentence for any cause; an unknown staff
// number costs the same time as a known one. Sources: OWASP Session Management and Authentication Cheat Sheets; RFC
// 6265bis (cookies); RFC 6454 (Origin).

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "channels/http/http.hpp"
#include "daemon/desk/password.hpp"
#include "daemon/desk/session.hpp"
#include "daemon/desk/settings.hpp"
#include "daemon/desk/tries.hpp"
#include "router/bus/ports.hpp"

namespace fd::desk {

// Whether a request comes from our own page: Origin = public_url, or http(s)://Host when there is none.
[[nodiscard]] bool own_origin(const http::Request&, const Settings&);

class Login {
 public:
  Login(std::shared_ptr<const Settings>, bus::EdgePort&, const Clock&, Verify);

  boost::asio::awaitable<http::Response> sign_in(const http::Request&);
  boost::asio::awaitable<http::Response> sign_out(const http::Request&, std::function<void(const SessionHash&)> closed);
  boost::asio::awaitable<http::Response> session(const http::Request&);

  // Who holds the request's cookie; else the answer: 401, or 503 when the router cannot be asked.
  boost::asio::awaitable<std::variant<SignedIn, http::Response>> identify(const http::Request&);

  void set_settings(std::shared_ptr<const Settings>);

 private:
  [[nodiscard]] std::string cookie_name() const;
  [[nodiscard]] std::string cookie(const std::string& value, std::chrono::seconds life) const;
  [[nodiscard]] std::optional<http::Response> foreign(const http::Request&) const;
  boost::asio::awaitable<http::Response> open_session(const Account&);

  std::shared_ptr<const Settings> settings_;
  bus::EdgePort& edge_;
  const Clock& clock_;
  Verify verify_;
  Tries by_account_, by_address_;
};

}  // namespace fd::desk
