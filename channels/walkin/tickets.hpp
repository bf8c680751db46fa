#pragma once
// The HTTP interface of tickets, /v1/walkin/… (docs/walkin.md). Each answer comes from the router; this only
// translates. Forged tokens and tickets that are gone get the same 404. Strand: the one io_context.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "channels/http/http.hpp"
#include "channels/rate.hpp"
#include "channels/walkin/settings.hpp"
#include "router/bus/ports.hpp"

namespace fd::walkin {

class Tickets {
 public:
  Tickets(bus::EdgePort& edge, const Clock& clock, std::shared_ptr<const Settings> settings)
      : edge_(edge), clock_(clock), settings_(std::move(settings)) {}

  [[nodiscard]] boost::asio::awaitable<http::Response> services(const http::Request&);
  [[nodiscard]] boost::asio::awaitable<http::Response> issue(const http::Request&);
  [[nodiscard]] boost::asio::awaitable<http::Response> look(const http::Request&);
  [[nodiscard]] boost::asio::awaitable<http::Response> cancel(const http::Request&);
  [[nodiscard]] http::Response qr(const http::Request&) const;
  [[nodiscard]] bool holds(const std::string& token) const;  // the token is one of ours

  void set_settings(std::shared_ptr<const Settings>);
  void stop_issuing() { stopped_ = true; }
  [[nodiscard]] std::size_t issuing() const noexcept { return issuing_; }
  void when_quiet(std::function<void()> told) { quiet_ = std::move(told); }  // the last ticket on its way is answered

 private:
  struct Flight {  // a question about the lines that is out
    explicit Flight(const boost::asio::any_io_executor& executor)
        : landed(executor, boost::asio::steady_timer::time_point::max()) {}
    boost::asio::steady_timer landed;  // canceled when it is over
    std::optional<http::Response> failed;
    bool told = false;
  };
  [[nodiscard]] boost::asio::awaitable<std::optional<http::Response>> ask_lines();

  [[nodiscard]] boost::asio::awaitable<bus::Answer> state_of(ContactId);
  [[nodiscard]] std::optional<http::Response> too_fast(const std::string& device);
  [[nodiscard]] http::Response issued(const http::Request&, const boost::json::object& ack) const;
  [[nodiscard]] std::string link(const http::Request&, const std::string& token) const;

  bus::EdgePort& edge_;
  const Clock& clock_;
  std::shared_ptr<const Settings> settings_;
  std::map<std::string, Rate> rates_;  // by device name: as many as settings have
  std::string lines_;                  // the last answer about services, shared for services_max_age
  Duration lines_at_{0};
  std::shared_ptr<Flight> flight_;
  std::size_t issuing_ = 0;
  bool stopped_ = false;
  std::function<void()> quiet_;
};

}  // namespace fd::walkin
