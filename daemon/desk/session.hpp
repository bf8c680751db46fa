#pragma once
// One WebSocket of a signed-in agent: frames in, commands in their order, notices out. Strand: the one io_context.
// Lives as long as its coroutines; the last thing it does is to tell the router that it is gone.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "channels/http/http.hpp"
#include "channels/rate.hpp"
#include "daemon/desk/protocol.hpp"
#include "daemon/desk/settings.hpp"
#include "router/bus/ports.hpp"

namespace fd::desk {

struct SignedIn {  // who holds the cookie
  AgentId agent;
  SessionHash session;
  Instant until;           // wall time; the sign-in is over then
  std::string password{};  // the account's, as agents.yaml has it; with another one the sign-in is over
};

struct SessionPorts {
  bus::EdgePort& edge;
  const Clock& clock;
  std::function<void(std::string_view)> report;  // what must not happen and did
};

inline constexpr std::uint16_t close_session_over = 4401;
inline constexpr std::uint16_t close_disabled = 4403;

class Session final : public bus::AttachmentSink, public std::enable_shared_from_this<Session> {
 public:
  Session(boost::asio::any_io_executor, SessionPorts, std::shared_ptr<const Settings>, SignedIn,
          std::shared_ptr<http::Socket>);

  // Returns when the socket has ended and the router knows it (or a minute was not enough to tell it).
  boost::asio::awaitable<void> run();

  void end_sign_in(std::string_view text);  // error{session_over}, close 4401
  void disable(std::string_view text);      // error{disabled}, close 4403
  [[nodiscard]] const SignedIn& who() const noexcept { return who_; }

  void on_notice(const boost::json::object& frame) override;
  void on_resync() override;
  void on_link(bool up) override;

 private:
  void handle(const std::string& text);
  void take(HelloFrame);
  void take(CommandFrame);
  void take(AskFrame);
  void take(TypingFrame);
  void take(ReadFrame);
  void take(AcknowledgeFrame);
  void take(ResyncFrame);
  void take(PingFrame);
  void take(BadFrame);

  boost::asio::awaitable<void> attach();
  boost::asio::awaitable<bool> attach_once();  // false: again, later
  boost::asio::awaitable<void> send_commands();
  boost::asio::awaitable<void> ask(AskFrame);
  boost::asio::awaitable<void> send_reads();
  boost::asio::awaitable<void> acknowledge(std::string queue);
  boost::asio::awaitable<void> detach(bool lost);
  boost::asio::awaitable<void> touch_sign_in();

  void attach_again();
  void welcome(boost::json::object body);
  [[nodiscard]] bool too_fast();
  void keep_read(ContactId, std::uint64_t seq);
  void flush_reads();
  void wait_for_reads();
  void watch_hello();
  void watch_sign_in();
  void end_with(std::uint16_t code, std::string_view error, std::string_view text);
  void send(const boost::json::object& frame);
  void spawn(boost::asio::awaitable<void> work, const char* what);
  [[nodiscard]] Instant site_time() const;

  boost::asio::any_io_executor executor_;
  SessionPorts ports_;
  std::shared_ptr<const Settings> settings_;
  SignedIn who_;
  std::shared_ptr<http::Socket> socket_;

  std::optional<HelloFrame> hello_;
  bus::AttachmentId attachment_;
  bus::Subscription subscription_;
  bool attaching_ = false;
  bool attach_wanted_ = false;
  bool welcomed_ = false;
  bool ended_ = false;
  std::uint64_t attached_epoch_ = 0;
  std::string role_;
  Instant welcome_at_;             // site time
  Duration welcome_at_steady_{0};  // the same moment on our own clock

  Rate frames_, excess_;
  std::vector<boost::json::object> early_;  // notices that came before the welcome was sent
  std::deque<CommandFrame> commands_;
  bool sending_ = false;
  std::size_t asks_ = 0;
  std::map<ContactId, std::uint64_t> reads_;  // to be sent next
  bool reads_waiting_ = false, reading_ = false;
  TypingFrame last_typing_;
  Duration last_typing_at_{0};

  boost::asio::steady_timer hello_timer_, sign_in_timer_, read_timer_, retry_timer_;
};

}  // namespace fd::desk
