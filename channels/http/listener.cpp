#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

#include "channels/http/connection.hpp"
#include "channels/http/fault.hpp"
#include "channels/http/reply.hpp"

namespace fd::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<Protocol>;

constexpr std::chrono::milliseconds accept_pause{100};

// One descriptor kept for the day when there is none left, to say so instead of leaving callers in the backlog.
class Reserve {
 public:
  Reserve() { take(); }
  ~Reserve() { release(); }
  Reserve(const Reserve&) = delete;
  Reserve& operator=(const Reserve&) = delete;
  void take() {
    if (descriptor_ < 0) descriptor_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  }
  void release() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

 private:
  int descriptor_ = -1;
};

// Says 503 to a caller that gets no coroutine, in one write that fits any socket buffer.
void turn_away(Stream& stream, std::string_view limit) {
  auto response = error_response(503, "overloaded",
                                 "too many connections (limit " + std::string{limit} + "); come again in a moment");
  response.headers.emplace_back("Retry-After", "2");
  const std::string text = head_of(response, {false, false}) + response.body;
  error_code ignored;  // whether it arrives changes nothing here
  stream.non_blocking(true, ignored);
  stream.write_some(asio::buffer(text), ignored);
  stream.shutdown(Stream::shutdown_send, ignored);
  // Reading what is there keeps the kernel from answering with RST before the text is read.
  std::array<char, 4096> sink{};
  stream.read_some(asio::buffer(sink), ignored);
  stream.close(ignored);
}

class TcpListener final : public Listener {
 public:
  TcpListener(std::shared_ptr<Core> core, Acceptor acceptor, std::string unix_path)
      : core_{std::move(core)}, state_{std::make_shared<State>(std::move(acceptor), std::move(unix_path))} {
    asio::co_spawn(core_->loop, accept(core_, state_), [](const std::exception_ptr& thrown) {
      if (thrown) log_fault("http.listener.failed", "", thrown);
    });
  }
  ~TcpListener() override {
    stop_accepting();
    core_->cut_all();
  }

  [[nodiscard]] std::uint16_t port() const override { return state_->port; }
  [[nodiscard]] std::size_t connections() const override { return core_->seats(); }
  void stop_accepting() override { state_->stop(); }
  [[nodiscard]] std::map<std::string_view, std::uint64_t> refusals() const override { return core_->refusals(); }

  asio::awaitable<void> drain(std::chrono::milliseconds wait) override {
    stop_accepting();
    const auto core = core_;
    core->restart_all();
    co_await core->empty(wait);
    core->cut_all();
  }

 private:
  struct State {
    State(Acceptor acceptor_, std::string unix_path_)
        : acceptor{std::move(acceptor_)}, pause{acceptor.get_executor()}, unix_path{std::move(unix_path_)} {
      const auto local = acceptor.local_endpoint();
      if (!unix_path.empty()) return;
      asio::ip::tcp::endpoint tcp;
      std::memcpy(tcp.data(), local.data(), local.size());
      port = tcp.port();
    }
    void stop() {
      if (!acceptor.is_open()) return;
      error_code ignored;  // closing is all there is to do
      acceptor.close(ignored);
      pause.cancel();
      if (!unix_path.empty()) ::unlink(unix_path.c_str());
    }
    Acceptor acceptor;
    asio::steady_timer pause;
    std::string unix_path;
    std::uint16_t port = 0;
    Reserve reserve;
  };

  static asio::awaitable<void> accept(std::shared_ptr<Core> core, std::shared_ptr<State> state);
  static void admit(const std::shared_ptr<Core>& core, Stream stream);
  static bool turn_away_with_reserve(Core& core, State& state);

  std::shared_ptr<Core> core_;
  std::shared_ptr<State> state_;
};

// A caller is waited for before accept(2), which wants a descriptor first and so fails for the lack of one although
// nobody calls: asked again and again it would burn the loop.
asio::awaitable<void> TcpListener::accept(std::shared_ptr<Core> core, std::shared_ptr<State> state) {
  while (state->acceptor.is_open()) {
    auto [error] = co_await state->acceptor.async_wait(Acceptor::wait_read, asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    Stream stream{core->loop};
    state->acceptor.accept(stream, error);  // does not block: the acceptor is non-blocking
    if (!error) {
      admit(core, std::move(stream));
      continue;
    }
    if (error == asio::error::would_block || error == asio::error::connection_aborted) continue;
    if (error == asio::error::bad_descriptor) co_return;
    const bool full = error == asio::error::no_descriptors || error.value() == ENFILE;
    if (full && turn_away_with_reserve(*core, *state)) continue;
    // No memory, or the like: it passes, and a loop without pause would make it worse.
    spdlog::warn("event=http.accept.failed module=http err_code={} error=\"{}\"", error.value(), error.message());
    state->pause.expires_after(accept_pause);
    co_await state->pause.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

void TcpListener::admit(const std::shared_ptr<Core>& core, Stream stream) {
  auto remote = remote_of(stream);
  error_code ignored;  // a Unix socket has no such option
  stream.set_option(asio::ip::tcp::no_delay{true}, ignored);
  auto seat = core->seat(remote);
  if (const auto* limit = std::get_if<std::string_view>(&seat)) {
    core->count_refusal(*limit);
    return turn_away(stream, *limit);
  }
  start_connection(std::get<Seat>(std::move(seat)), std::move(stream), std::move(remote));
}

// False when even the reserve was not enough: someone else took the descriptor it gave back.
bool TcpListener::turn_away_with_reserve(Core& core, State& state) {
  core.count_refusal("descriptors");
  state.reserve.release();
  error_code error;
  {
    Stream stream{core.loop};
    state.acceptor.accept(stream, error);
    if (!error) turn_away(stream, "descriptors");
  }
  state.reserve.take();
  return error != asio::error::no_descriptors && error.value() != ENFILE;
}

// A socket file nobody listens at is left over from a daemon that was killed.
bool remove_stale(asio::io_context& loop, const ListenAddress& address) {
  struct stat found {};
  if (::lstat(address.unix_path.c_str(), &found) != 0) return true;
  if (!S_ISSOCK(found.st_mode)) return false;
  asio::local::stream_protocol::socket probe{loop};
  error_code error;
  probe.connect(asio::local::stream_protocol::endpoint{address.unix_path}, error);
  if (error != asio::error::connection_refused) return false;
  return ::unlink(address.unix_path.c_str()) == 0;
}

std::string mend(const error_code& error) {
  if (error == asio::error::address_in_use) return "another process listens there; stop it or choose another port";
  if (error == asio::error::access_denied) return "no permission; choose a port above 1023 or another folder";
  if (error.value() == EADDRNOTAVAIL) return "this machine has no such address";
  if (error.value() == ENOENT) return "the folder does not exist";
  return "check the address";
}

}  // namespace

std::variant<std::unique_ptr<Listener>, ListenError> listen(asio::io_context& loop, const std::string& address,
                                                            std::shared_ptr<const Routes> routes, Limits limits,
                                                            std::shared_ptr<Outboxes> outboxes) {
  std::string why;
  const auto parsed = parse_listen_address(address, why);
  if (!parsed) return ListenError{"cannot listen at \"" + address + "\": " + why};
  Networks trusted;
  for (const auto& network : limits.trusted_proxies)
    if (!trusted.add(network))
      return ListenError{"trusted_proxies: \"" + network + "\" is no address or network like 10.0.0.0/8"};
  if (!parsed->unix_path.empty() && !remove_stale(loop, *parsed))
    return ListenError{"cannot listen at " + address + ": another process listens there, or it is no socket"};

  Acceptor acceptor{loop};
  error_code error;
  acceptor.open(parsed->endpoint.protocol(), error);
  if (!error && parsed->unix_path.empty()) acceptor.set_option(Acceptor::reuse_address{true}, error);
  if (!error) acceptor.bind(parsed->endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error)
    return ListenError{"cannot listen at " + address + ": " + error.message() + " (errno " +
                       std::to_string(error.value()) + "); " + mend(error)};
  if (!outboxes) outboxes = make_outboxes(limits.outbox_total_bytes_max);
  auto core =
      std::make_shared<Core>(loop, std::move(routes), std::move(limits), std::move(trusted), std::move(outboxes));
  return std::make_unique<TcpListener>(std::move(core), std::move(acceptor), parsed->unix_path);
}

}  // namespace fd::http
