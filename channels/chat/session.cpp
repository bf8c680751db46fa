#include "channels/chat/session.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <optional>

#include "channels/chat/form.hpp"
#include "channels/chat/identity.hpp"
#include "channels/chat/token.hpp"
#include "channels/http/crypto.hpp"
#include "channels/http/fault.hpp"

namespace fd::chat {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr double frames_factor = 5;     // any frames against messages: beyond it is abuse (security.md)
constexpr Duration typing_every{1000};  // the same `typing` again
constexpr std::uint16_t abuse = 1008, internal = 1011, token_over = 4401;

}  // namespace

Session::Session(Surroundings& around, Visit visit, std::shared_ptr<http::Socket> socket)
    : around_(around),
      visit_(std::move(visit)),
      socket_(std::move(socket)),
      messages_(visit_.settings->rate_burst, visit_.settings->rate_per_s, around.clock.steady()),
      frames_(visit_.settings->rate_burst * frames_factor, visit_.settings->rate_per_s * frames_factor,
              around.clock.steady()) {}

asio::awaitable<void> Session::start(std::shared_ptr<Session> self) {
  self->wait_for_hello();
  self->socket_->listen(self);
  co_return;
}

// --- what the page says ---------------------------------------------------------------------------------------------

void Session::wait_for_hello() {
  timer_ = std::make_unique<asio::steady_timer>(around_.io, visit_.settings->hello_within);
  timer_->async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
    const auto self = failed ? nullptr : weak.lock();
    if (self) self->refuse({"bad_frame", {}, "no hello came in time"}, abuse);
  });
}

void Session::hear(std::string text) {
  if (closing_) return;
  if (attachment_.empty())
    greet(text);
  else
    take(text);
}

void Session::end(const http::Close& close) {
  ended_ = true;
  lost_ = close.reason == "pong";
  timer_.reset();
  if (patience_) patience_->retry.cancel();
  if (!attachment_.empty()) wake();
  if (over()) subscription_.reset();
}

void Session::greet(const std::string& text) {
  timer_.reset();
  const auto frame = parse_frame(text);
  if (!frame) return refuse(frame.error(), abuse);
  const auto* hello = std::get_if<Hello>(&*frame);
  if (!hello) return refuse({"bad_frame", {}, "the first frame must be hello"}, abuse);
  if (!meet(*hello)) return;
  attachment_ = around_.edge.new_attachment();
  subscription_ = around_.edge.subscribe(attachment_, *this);
  wake();
}

bool Session::meet(const Hello& hello) {
  page_ = hello.page;
  speaker_.locale = hello.locale;
  speaker_.url = hello.url;
  speaker_.website = visit_.website->token;
  return admit(hello) && recognise(hello);
}

// Someone whose website's signature does not hold is an anonymous visitor, and is never merged with anybody.
bool Session::admit(const Hello& hello) {
  if (!hello.identity.empty()) {
    // An id means something at its own website only.
    const auto external = [this](const SignedIdentity& who) { return visit_.website->token + ":" + who.id; };
    auto signed_in = read_identity(visit_.website->secret, hello.identity, around_.clock.wall());
    if (const auto* fault = std::get_if<IdentityFault>(&signed_in)) {
      first_words().identity_fault = word(*fault);
      const auto once = read_identity(visit_.website->secret, hello.identity, {});
      if (const auto* who = std::get_if<SignedIdentity>(&once)) first_words().signed_id = external(*who);
    } else {
      auto& who = std::get<SignedIdentity>(signed_in);
      first_words().signed_id = external(who);
      speaker_.identities.push_back({"external", external(who), true});
      if (!who.phone.empty()) speaker_.identities.push_back({"phone", std::move(who.phone), true});
      if (!who.email.empty()) speaker_.identities.push_back({"email", std::move(who.email), true});
      speaker_.name = std::move(who.name);
      speaker_.grade = std::move(who.grade);
    }
  }
  if (!visit_.needs_identity || !speaker_.identities.empty()) return true;
  const std::string why = hello.identity.empty() ? "is missing" : "is " + first_words().identity_fault;
  refuse({"refused", {}, "an app without an origin needs a signed identity in hello; it " + why}, abuse);
  return false;
}

Session::FirstWords& Session::first_words() {
  if (!first_words_) first_words_ = std::make_unique<FirstWords>();
  return *first_words_;
}

// Whose visitor it is, once a website has signed somebody in: nobody else at the same browser takes up the chat,
// neither another signed id nor a page without one. An identity that has expired still says whose page it is, and no
// more.
bool Session::recognise(const Hello& hello) {
  const auto now = around_.clock.wall();
  const auto& settings = *visit_.settings;
  const auto life = std::chrono::duration_cast<Duration>(settings.token_life);
  const auto who = first_words_ && !first_words_->signed_id.empty()
                       ? owner_of(settings.token_key, first_words_->signed_id)
                       : std::string();
  VisitorToken mine{{}, now + life, speaker_.identities.empty() ? std::string() : who};
  std::optional<VisitorToken> held;
  if (!hello.token.empty()) {
    const auto read = read_token(settings.token_key, hello.token, now);
    if (!std::holds_alternative<VisitorToken>(read)) {  // expired or forged: which of them is nobody's business
      refuse({"expired", {}, "the visitor token is not valid any more; say hello without it"}, token_over);
      return false;
    }
    held = std::get<VisitorToken>(read);
    if (!held->owner.empty() && !http::equal_constant_time(held->owner, who)) held.reset();
  }
  const bool bound = held && !held->owner.empty();
  if (bound) mine.owner = held->owner;
  mine.visitor = held ? held->visitor : new_visitor();
  if (!held || bound != !mine.owner.empty() || held->expires - now < life / 2)
    first_words().token = write_token(settings.token_key, mine);
  if (held || hello.token.empty()) seen_ = Seen(hello.contact, hello.last_seq);
  speaker_.visitor = mine.visitor;
  if (!mine.owner.empty()) owner_ = http::base64url(mine.owner);
  return true;
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
  if (const auto wrong = fill_in(*visit_.website, msg, *message)) return send(error_frame(*wrong));
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

void Session::take(const Ping&) { send(pong_frame(site_time())); }

Instant Session::site_time() const {
  const auto steady = around_.clock.steady();
  return site_base_ ? *site_base_ + steady : around_.clock.wall();
}

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

void Session::wake() {
  if (working_ || finished_) return;
  working_ = true;
  asio::co_spawn(around_.io, work(), [self = shared_from_this()](const std::exception_ptr& thrown) {
    if (thrown) self->fail(thrown);
    if (self->over()) self->subscription_.reset();
  });
}

void Session::fail(const std::exception_ptr& thrown) {
  http::log_fault("chat.session.failed", "/chat", thrown);
  waiting_.clear();
  read_.reset();
  attach_due_ = false;
  working_ = false;  // the end of the socket wakes it once more, to detach
  closing_ = true;
  socket_->close(http::Close{internal, "internal error"});
}

}  // namespace fd::chat
