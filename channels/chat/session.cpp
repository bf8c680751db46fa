#include "channels/chat/session.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "channels/chat/identity.hpp"
#include "channels/chat/token.hpp"

namespace fd::chat {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr double frames_factor = 5;     // any frames against messages: beyond it is abuse (security.md)
constexpr Duration typing_every{1000};  // the same `typing` again
constexpr std::uint16_t abuse = 1008, token_over = 4401;

}  // namespace

Session::Session(Surroundings& around, Visit visit, std::shared_ptr<http::Socket> socket)
    : around_(around),
      visit_(std::move(visit)),
      socket_(std::move(socket)),
      hello_timer_(around.io),
      wake_timer_(around.io),
      busy_timer_(around.io),
      retry_timer_(around.io),
      read_timer_(around.io),
      messages_(visit_.settings->rate_burst, visit_.settings->rate_per_s, around.clock.steady()),
      frames_(visit_.settings->rate_burst * frames_factor, visit_.settings->rate_per_s * frames_factor,
              around.clock.steady()) {}

asio::awaitable<void> Session::run() {
  using namespace asio::experimental::awaitable_operators;
  const auto alive = shared_from_this();
  hello_timer_.expires_after(visit_.settings->hello_within);
  hello_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
    const auto self = failed ? nullptr : weak.lock();
    if (self) self->refuse({"bad_frame", {}, "no hello came in time"}, abuse);
  });
  const bool greeted = co_await greet();
  hello_timer_.cancel();
  if (!greeted) {
    co_await listen();  // until our close went out
    co_return;
  }
  attachment_ = around_.edge.new_attachment();
  subscription_ = around_.edge.subscribe(attachment_, *this);
  co_await (listen() && work());
  subscription_.reset();
}

// --- what the page says ---------------------------------------------------------------------------------------------

asio::awaitable<bool> Session::greet() {
  auto in = co_await socket_->receive();
  if (std::holds_alternative<http::Close>(in)) {
    ended_ = true;
    co_return false;
  }
  if (closing_) co_return false;
  auto frame = parse_frame(std::get<std::string>(in));
  if (!frame) {
    refuse(frame.error(), abuse);
    co_return false;
  }
  const auto* hello = std::get_if<Hello>(&*frame);
  if (!hello) {
    refuse({"bad_frame", {}, "the first frame must be hello"}, abuse);
    co_return false;
  }
  co_return meet(*hello);
}

bool Session::meet(const Hello& hello) {
  page_ = hello.page;
  speaker_.locale = hello.locale;
  speaker_.url = hello.url;
  speaker_.website = visit_.website->token;
  if (!admit(hello) || !recognise(hello)) return false;
  speaker_.identities.push_back({"visitor", speaker_.visitor.str(), true});
  seen_ = Seen(hello.contact, hello.last_seq);
  return true;
}

// Someone whose website's signature does not hold is an anonymous visitor, and is never merged with anybody.
bool Session::admit(const Hello& hello) {
  if (!hello.identity.empty()) {
    auto signed_in = read_identity(visit_.website->secret, hello.identity, around_.clock.wall());
    if (const auto* fault = std::get_if<IdentityFault>(&signed_in)) {
      identity_fault_ = word(*fault);
    } else {
      auto& who = std::get<SignedIdentity>(signed_in);
      // An id means something at its own website only.
      speaker_.identities.push_back({"external", visit_.website->token + ":" + who.id, true});
      if (!who.phone.empty()) speaker_.identities.push_back({"phone", std::move(who.phone), true});
      if (!who.email.empty()) speaker_.identities.push_back({"email", std::move(who.email), true});
      speaker_.name = std::move(who.name);
      speaker_.grade = std::move(who.grade);
    }
  }
  if (!visit_.needs_identity || !speaker_.identities.empty()) return true;
  const std::string why = hello.identity.empty() ? "is missing" : "is " + identity_fault_;
  refuse({"refused", {}, "an app without an origin needs a signed identity in hello; it " + why}, abuse);
  return false;
}

bool Session::recognise(const Hello& hello) {
  const auto now = around_.clock.wall();
  const auto& settings = *visit_.settings;
  const auto life = std::chrono::duration_cast<Duration>(settings.token_life);
  VisitorToken mine{{}, now + life};
  if (hello.token.empty()) {
    mine.visitor = new_visitor();
    new_token_ = write_token(settings.token_key, mine);
  } else {
    const auto read = read_token(settings.token_key, hello.token, now);
    const auto* held = std::get_if<VisitorToken>(&read);
    if (!held) {  // expired or forged: which of them is nobody's business
      refuse({"expired", {}, "the visitor token is not valid any more; say hello without it"}, token_over);
      return false;
    }
    mine.visitor = held->visitor;
    if (held->expires - now < life / 2) new_token_ = write_token(settings.token_key, mine);
  }
  speaker_.visitor = mine.visitor;
  return true;
}

asio::awaitable<void> Session::listen() {
  while (!ended_) {
    auto in = co_await socket_->receive();
    if (const auto* close = std::get_if<http::Close>(&in)) {
      ended_ = true;
      lost_ = close->reason == "pong";
    } else if (!closing_) {
      take(std::get<std::string>(in));
    }
  }
  retry_timer_.cancel();
  wake();
}

void Session::take(const std::string& text) {
  if (frames_.take(around_.clock.steady()) > 0)
    return refuse({"refused", {}, "far too many frames; the socket is closed"}, abuse);
  const auto frame = parse_frame(text);
  if (!frame) return send(error_frame(frame.error()));
  std::visit([this](const auto& one) { take(one); }, *frame);
}

void Session::take(const Hello&) { send(error_frame({"bad_frame", {}, "hello was said already on this socket"})); }

void Session::take(const Msg& msg) {
  auto message = normalise(speaker_, msg, visit_.settings->text_chars_max, around_.clock.wall());
  if (!message) return send(error_frame(message.error()));
  if (const auto wait = messages_.take(around_.clock.steady()); wait > 0) return send(slow_down_frame(wait, "rate"));
  if (around_.draining || waiting_.size() >= visit_.settings->waiting_max)
    return send(slow_down_frame(visit_.settings->busy_every.count(), "busy"));
  queue(std::move(*message));
}

void Session::take(const Typing& typing) {
  const auto now = around_.clock.steady();
  if (holding_ || !seen_.contact()) return;
  if (typing.on == typing_ && now - typing_at_ < typing_every) return;
  typing_ = typing.on;
  typing_at_ = now;
  around_.edge.signal(bus::Signal{attachment_, *seen_.contact(), typing.on});
}

void Session::take(const Read& read) {
  const bool newer =
      !read_ || read_->contact < read.contact || (read_->contact == read.contact && read_->seq < read.seq);
  if (!newer) return;
  read_ = read;
  wake();
}

void Session::take(const End& end) {
  if (waiting_.size() >= visit_.settings->waiting_max)
    return send(slow_down_frame(visit_.settings->busy_every.count(), "busy"));
  queue(end);
}

void Session::take(const Ping&) { send(pong_frame()); }

void Session::queue(std::variant<Message, End> what) {
  waiting_.push_back({std::move(what), Taken(around_)});
  wake();
}

// --- the socket -----------------------------------------------------------------------------------------------------

void Session::send(const json::object& frame) {
  if (!closing_ && !ended_) socket_->send(json::serialize(frame));
}

void Session::refuse(FrameError error, std::uint16_t close_code) {
  if (closing_ || ended_) return;
  send(error_frame(error));
  closing_ = true;
  socket_->close(http::Close{close_code, error.code});
}

void Session::wake() { wake_timer_.cancel(); }

}  // namespace fd::chat
