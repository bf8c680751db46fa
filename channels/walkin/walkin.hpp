#pragma once
// The walk-in channel: kiosk, ticket on the phone, call display. Doors: /v1/walkin/…, /kiosk/, /display/, /t/TOKEN and
// its QR code. Strand: the one io_context.

#include <boost/asio/io_context.hpp>
#include <memory>

#include "channels/adapter.hpp"
#include "channels/walkin/settings.hpp"
#include "channels/walkin/tickets.hpp"
#include "router/bus/ports.hpp"

namespace fd::walkin {

class Walkin final : public Adapter {
 public:
  // `edge` and `clock` outlive it; it outlives the listener that holds its routes.
  // Throws std::invalid_argument without a ticket_key.
  Walkin(boost::asio::io_context&, bus::EdgePort& edge, const Clock& clock, std::shared_ptr<const Settings>);

  [[nodiscard]] std::string_view name() const noexcept override { return "walkin"; }
  void add_routes(http::Routes&) override;
  [[nodiscard]] boost::asio::awaitable<void> run() override;
  [[nodiscard]] boost::asio::awaitable<void> drain(std::chrono::milliseconds wait) override;

  // For requests and sockets from now on.
  void set_settings(std::shared_ptr<const Settings>);

 private:
  void add_tickets(http::Routes&);
  void add_pages(http::Routes&);
  [[nodiscard]] std::variant<http::Upgrade, http::Refusal> judge(const http::Request&) const;
  [[nodiscard]] http::Response device_page(const http::Request&, const std::string& folder) const;
  [[nodiscard]] http::Response ticket_page(const http::Request&) const;

  boost::asio::io_context& io_;
  bus::EdgePort& edge_;
  std::shared_ptr<const Settings> settings_;
  Tickets tickets_;
  bool draining_ = false;
};

}  // namespace fd::walkin
