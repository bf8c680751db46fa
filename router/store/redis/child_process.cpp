#include "router/store/redis/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace fd::store::managed {

namespace asio = boost::asio;

namespace {

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(0);
    close(1);
  }
  [[nodiscard]] bool open() { return ::pipe2(ends.data(), O_CLOEXEC) == 0; }
  void close(std::size_t i) {
    if (ends[i] >= 0) ::close(ends[i]);
    ends[i] = -1;
  }
  [[nodiscard]] int release(std::size_t i) {
    const int fd = ends[i];
    ends[i] = -1;
    return fd;
  }
};

// After fork only what is async-signal-safe.
[[noreturn]] void become(const char* file, int in, int out, int inherit, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(126);  // it died before the line above
  ::setpgid(0, 0);                          // Ctrl-C ends the daemon, which ends us in its order
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::fcntl(inherit, F_SETFD, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const char* name = "redis-server";  // the file may be redis-check-rdb: it is the server by this name
  char* argv[] = {const_cast<char*>(name), const_cast<char*>("-"), nullptr};
  ::execv(file, argv);
  ::_exit(127);
}

}  // namespace

std::shared_ptr<ChildProcess> ChildProcess::start(asio::io_context& io, const std::string& file,
                                                  const std::string& input, int inherit, std::string& error) {
  Pipe in, out;
  const pid_t parent = ::getpid();
  // Written before it starts: our configuration is far below what a pipe holds (64 KiB).
  const bool ready = in.open() && out.open() && input.size() < 32 * 1024 &&
                     ::write(in.ends[1], input.data(), input.size()) == static_cast<ssize_t>(input.size());
  const pid_t pid = ready ? ::fork() : -1;
  if (pid == 0) become(file.c_str(), in.ends[0], out.ends[1], inherit, parent);
  if (pid < 0) {
    error = "cannot start " + file + ": " + std::strerror(errno);
    return nullptr;
  }
  const auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
  if (pidfd < 0) {
    error = std::string("pidfd_open: ") + std::strerror(errno);
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return nullptr;
  }
  ::fcntl(out.ends[0], F_SETFL, O_NONBLOCK);
  return std::make_shared<ChildProcess>(io, pid, pidfd, out.release(0));
}

ChildProcess::ChildProcess(asio::io_context& io, pid_t pid, int pidfd, int output)
    : pid_(pid), pidfd_(io, pidfd), output_(io, output) {}

ChildProcess::~ChildProcess() {
  if (!running_) return;
  signal(SIGKILL);
  static_cast<void>(reap(true));
}

void ChildProcess::signal(int number) noexcept {
  if (running_) ::kill(pid_, number);
}

std::uint64_t ChildProcess::bytes_read() const {
  std::ifstream io("/proc/" + std::to_string(pid_) + "/io");
  std::string name;
  std::uint64_t count = 0;
  return io >> name >> count && name == "rchar:" ? count : 0;
}

std::string ChildProcess::reap(bool block) {
  int status = 0;
  ::kill(-pid_, SIGKILL);  // its own children: a rewrite outlives it and keeps the lock
  while (::waitpid(pid_, &status, block ? 0 : WNOHANG) < 0 && errno == EINTR) continue;
  running_ = false;
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit " + std::to_string(WEXITSTATUS(status));
}

asio::awaitable<std::string> ChildProcess::ended(std::shared_ptr<ChildProcess> child) {
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  if (child->running_) co_await child->pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, token);
  if (error || !child->running_) co_return "gone";
  co_return child->reap(true);  // readable: it has ended, this does not block
}

asio::awaitable<void> ChildProcess::read_lines(std::shared_ptr<ChildProcess> child,
                                               std::function<void(std::string_view)> say) {
  std::string line;
  std::array<char, 4096> buffer{};
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  constexpr std::size_t longest = 4096;
  for (;;) {
    const auto n = co_await child->output_.async_read_some(asio::buffer(buffer), token);
    if (error) co_return;
    for (const char c : std::string_view(buffer.data(), n)) {
      if (c != '\n') {
        if (line.size() < longest) line.push_back(c);
        continue;
      }
      if (say && !line.empty()) say(line);
      line.clear();
    }
  }
}

}  // namespace fd::store::managed
