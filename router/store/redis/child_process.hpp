#pragma once
// One started process with its stdin written and its output read by lines. Linux: pidfd_open(2), prctl(2).

#include <sys/types.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace fd::store::managed {

class ChildProcess {
 public:
  // `inherit`: a descriptor it keeps open. Own process group, PR_SET_PDEATHSIG TERM. Null when it cannot be started.
  static std::shared_ptr<ChildProcess> start(boost::asio::io_context& io, const std::string& file,
                                             const std::string& input, int inherit, std::string& error);
  ChildProcess(boost::asio::io_context& io, pid_t pid, int pidfd, int output);
  ~ChildProcess();  // killed and reaped when it still runs
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Every line of its output, until it closes it.
  static boost::asio::awaitable<void> read_lines(std::shared_ptr<ChildProcess> child,
                                                 std::function<void(std::string_view)> say);
  static boost::asio::awaitable<std::string> ended(std::shared_ptr<ChildProcess> child);  // "exit 0", "signal 9"
  void signal(int number) noexcept;
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] bool running() const noexcept { return running_; }
  [[nodiscard]] std::uint64_t bytes_read() const;  // ever, from files and sockets; 0 when the kernel does not say

 private:
  [[nodiscard]] std::string reap(bool block);
  pid_t pid_;
  bool running_ = true;
  boost::asio::posix::stream_descriptor pidfd_, output_;
};

}  // namespace fd::store::managed
