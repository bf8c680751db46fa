#pragma once
// One chat socket, from hello to its end (docs/chat.md). It hears the socket; while there is something to say to the
// router, a coroutine says it, one request at a time, so that messages arrive in the order written. What an idle
// session need not hold, it does not hold: there are tens of thousands. Strand: the one io_context.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "channels/chat/frames.hpp"
#include "channels/chat/normalise.hpp"
#include "channels/chat/seen.hpp"
#include "channels/chat/settings.hpp"
#include "channels/http/http.hpp"
#include "channels/rate.hpp"
#include "router/bus/ports.hpp"

namespace fd::chat {

// What all sessions of the edge share. Outlives them.
struct Surroundings {
  boost::asio::io_context& io;
  bus::EdgePort& edge;
  const Clock& clock;
  boost::asio::steady_timer quiet{io};  // canceled when the last taken message is answered
  bool draining = false;
  std::size_t unanswered = 0;
};

// One message taken from a socket and not yet answered; drain waits for these.
class Taken {
 public:
  explicit Taken(Surroundings& around) : around_(&around) { ++around.unanswered; }
  Taken(Taken&& other) noexcept : around_(std::exchange(other.around_, nullptr)) {}
  Taken& operator=(Taken&& other) noexcept {
    std::swap(around_, other.around_);
    return *this;
  }
  ~Taken() {
    if (around_ && --around_->unanswered == 0) around_->quiet.cancel();
  }

 private:
  Surroundings* around_;
};

// What the handshake found; a reload of settings does not touch sockets that are open.
struct Visit {
  std::shared_ptr<const Settings> settings;
  const Website* website = nullptr;  // in `settings`
  bool needs_identity = false;       // Origin null: only with a signed identity
};

class Session final : public bus::AttachmentSink, public http::Hearer, public std::enable_shared_from_this<Session> {
 public:
  Session(Surroundings&, Visit, std::shared_ptr<http::Socket>);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Returns at once. The socket keeps it until its end, then what it has still to say to the router does.
  [[nodiscard]] static boost::asio::awaitable<void> start(std::shared_ptr<Session>);
  [[nodiscard]] bool over() const noexcept { return ended_ && !working_; }

  void hear(std::string text) override;
  void end(const http::Close&) override;
  void on_notice(const boost::json::object& frame) override;
  void on_resync() override;
  void on_link(bool up) override;

 private:
  struct Work {
    std::variant<Message, End> what;
    Taken taken;
  };

  void wait_for_hello();
  void greet(const std::string& text);
  [[nodiscard]] bool meet(const Hello&);
  [[nodiscard]] bool recognise(const Hello&);
  [[nodiscard]] bool admit(const Hello&);
  void take(const std::string& text);
  void take(const Hello&);
  void take(const Msg&);
  void take(const Typing&);
  void take(const Read&);
  void take(const End&);
  void take(const Ping&);
  void queue(std::variant<Message, End>);
  [[nodiscard]] Instant site_time() const;

  [[nodiscard]] boost::asio::awaitable<void> work();
  [[nodiscard]] boost::asio::awaitable<void> attach();
  [[nodiscard]] boost::asio::awaitable<std::optional<bus::Answer>>
  attach_until_answered();  // none: the socket ended first
  [[nodiscard]] boost::asio::awaitable<void> tell_busy();
  [[nodiscard]] boost::asio::awaitable<void> hand_over();
  [[nodiscard]] boost::asio::awaitable<void> send_read();
  [[nodiscard]] boost::asio::awaitable<void> detach();
  [[nodiscard]] bus::Request attach_request() const;
  [[nodiscard]] bus::Request request_for(const Work&) const;
  [[nodiscard]] bus::Request request_for(const Read&) const;
  void welcome(const bus::Ack&);
  [[nodiscard]] bool lacks_answers(const Work&);  // told
  void settle(const Work&, const bus::Answer&);
  void postpone(const bus::Retry&);

  void pass(const boost::json::object& frame);
  void more();
  void send(const boost::json::object& frame);
  void refuse(FrameError, std::uint16_t close_code);
  void fail(const std::exception_ptr& thrown);
  void wake();  // there may be something to do

  // Of an attach under way: how long its answer is waited for, and how often the page is told to.
  struct Patience {
    boost::asio::steady_timer retry, busy;
  };

  struct FirstWords {  // what the next welcome says of the visitor
    std::string token, identity_fault;
    std::string signed_id;  // not said: whom the website signed in, also if that has expired
  };
  FirstWords& first_words();

  Surroundings& around_;
  Visit visit_;
  std::shared_ptr<http::Socket> socket_;
  std::unique_ptr<boost::asio::steady_timer> timer_;       // hello's deadline
  std::unique_ptr<boost::asio::steady_timer> read_timer_;  // once it has read something
  std::unique_ptr<Patience> patience_;

  Speaker speaker_;
  std::string page_;
  std::unique_ptr<FirstWords> first_words_;
  std::string owner_;  // mark of the signed id whose page it is
  Seen seen_;
  std::optional<ContactId> live_;  // the chat under way, as far as we were told
  Rate messages_, frames_;

  bus::AttachmentId attachment_;
  bus::Subscription subscription_;
  std::list<Work> waiting_;
  std::vector<boost::json::object> held_;  // notices before our welcome
  std::optional<Read> read_;               // newest, not yet sent
  bool holding_ = true;
  bool attach_due_ = true;
  bool attach_sent_ = false;
  bool more_ = false;  // the router holds lines back until the page has taken those it got
  bool read_allowed_ = true;
  bool closing_ = false;  // we said close; what still comes in is not looked at
  bool ended_ = false;
  bool lost_ = false;
  bool working_ = false;
  bool finished_ = false;  // nothing more is said to the router
  bool typing_ = false;
  std::optional<Instant> site_base_;  // the site's time when our steady clock stood at 0; since the welcome
  Duration typing_at_{-1'000'000};
};

}  // namespace fd::chat
