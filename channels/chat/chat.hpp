#pragma once
// The chat channel: its doors at the public listener. GET /chat (socket), /chat/settings, /chat/TOKEN, /widget.js,
// /demo/. What is said on the socket: session.hpp, docs/chat.md. Strand: the one io_context.

#include <boost/asio/io_context.hpp>
#include <memory>

#include "channels/adapter.hpp"
#include "channels/chat/session.hpp"
#include "channels/chat/settings.hpp"
#include "router/bus/ports.hpp"

namespace fd::chat {

class Chat final : public Adapter {
 public:
  // `edge` and `clock` outlive it; it outlives the listener that holds its routes.
  // Throws std::invalid_argument without a token_key.
  Chat(boost::asio::io_context&, bus::EdgePort& edge, const Clock& clock, std::shared_ptr<const Settings>);

  [[nodiscard]] std::string_view name() const noexcept override { return "chat"; }
  void add_routes(http::Routes&) override;
  [[nodiscard]] boost::asio::awaitable<void> run() override;
  [[nodiscard]] boost::asio::awaitable<void> drain(std::chrono::milliseconds wait) override;

  // For sockets opened from now on.
  void set_settings(std::shared_ptr<const Settings>);

 private:
  [[nodiscard]] boost::asio::awaitable<std::variant<http::Upgrade, http::Refusal>> handshake(const http::Request&);
  [[nodiscard]] std::variant<http::Upgrade, http::Refusal> judge(const http::Request&) const;
  [[nodiscard]] http::Response settings_for(const http::Request&) const;
  [[nodiscard]] http::Response page_for(const http::Request&) const;

  Surroundings around_;
  std::shared_ptr<const Settings> settings_;
};

}  // namespace fd::chat
