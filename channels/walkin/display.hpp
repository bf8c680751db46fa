#pragma once
// The socket of a call display: attaches, then shows what the router sends. In: hello, ping. Out: welcome{v}, pong,
// slow_down{busy}, error, and display{at, calls, waiting} whole at each change. Strand: the one io_context.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "channels/http/http.hpp"
#include "channels/walkin/settings.hpp"
#include "router/bus/ports.hpp"

namespace fd::walkin {

inline constexpr std::string_view display_subprotocol = "frontdesk.display.v1";

class Display final : public bus::AttachmentSink, public std::enable_shared_from_this<Display> {
 public:
  Display(boost::asio::io_context&, bus::EdgePort&, std::shared_ptr<const Settings>, std::string locale,
          std::shared_ptr<http::Socket>);

  [[nodiscard]] boost::asio::awaitable<void> run();  // until the socket has ended

  void on_notice(const boost::json::object& frame) override;
  void on_resync() override;
  void on_link(bool up) override;

 private:
  [[nodiscard]] boost::asio::awaitable<void> listen();
  void take(const std::string& text);
  [[nodiscard]] boost::asio::awaitable<void> work();
  [[nodiscard]] boost::asio::awaitable<void> attach();
  [[nodiscard]] boost::asio::awaitable<std::optional<bus::Answer>> attach_until_answered();
  [[nodiscard]] boost::asio::awaitable<void> tell_busy();
  void send(const boost::json::object& frame);

  bus::EdgePort& edge_;
  std::shared_ptr<const Settings> settings_;
  std::string locale_;
  std::shared_ptr<http::Socket> socket_;
  boost::asio::steady_timer wake_timer_, busy_timer_, retry_timer_;
  bus::AttachmentId attachment_;
  bus::Subscription subscription_;
  boost::json::object held_;  // newest display before our welcome: each is whole
  bool holding_ = true;
  bool attach_due_ = true;
  bool ended_ = false;
  bool lost_ = false;
};

}  // namespace fd::walkin
