#include "tests/support/redis_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace fd::test {
namespace {

// Free at this moment; redis-server takes it a few milliseconds later.
int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  ::close(fd);
  return ntohs(address.sin_port);
}

std::string printed(const redisReply* reply) {
  if (!reply) return "(no answer)";
  switch (reply->type) {
    case REDIS_REPLY_INTEGER: return std::to_string(reply->integer);
    case REDIS_REPLY_NIL: return "(nil)";
    case REDIS_REPLY_ARRAY: {
      std::string out;
      for (std::size_t i = 0; i < static_cast<std::size_t>(reply->elements); ++i)
        out.append(i > 0 ? "\n" : "").append(printed(reply->element[i]));
      return out;
    }
    default: return std::string(reply->str, static_cast<std::size_t>(reply->len));
  }
}

}  // namespace

RedisServer::RedisServer(Options options) : options_(std::move(options)) {
  auto name = (std::filesystem::temp_directory_path() / "fd-redis-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
  directory_ = name;
  start();
}

RedisServer::~RedisServer() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void RedisServer::start() {
  if (options_.tcp && port_ == 0) port_ = free_port();
  std::vector<std::string> words{"redis-server",
                                 "--port",
                                 std::to_string(port_),
                                 "--bind",
                                 "127.0.0.1",
                                 "--unixsocket",
                                 socket(),
                                 "--dir",
                                 directory_,
                                 "--save",
                                 "",
                                 "--appendonly",
                                 "yes",
                                 "--appendfsync",
                                 "always",
                                 "--maxmemory-policy",
                                 "noeviction"};
  for (const auto& [name, value] : options_.config) words.insert(words.end(), {"--" + name, value});
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves no server behind
    ::dup2(pipe[1], STDOUT_FILENO);
    ::dup2(pipe[1], STDERR_FILENO);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(pipe[1]);
  if (pid_ < 0) throw std::runtime_error("redis-server does not start");
  wait_until_ready(pipe[0]);
}

void RedisServer::wait_until_ready(int out) {
  std::string log;
  std::array<char, 4096> buffer{};
  while (log.find("eady to accept connections") == std::string::npos) {
    const auto n = ::read(out, buffer.data(), buffer.size());
    if (n <= 0) {
      ::close(out);
      throw std::runtime_error("redis-server ended at its start: " + log);
    }
    log.append(buffer.data(), static_cast<std::size_t>(n));
  }
  drain_ = std::jthread([out] {  // a full pipe would stop the server
    std::array<char, 4096> rest{};
    while (::read(out, rest.data(), rest.size()) > 0) continue;
    ::close(out);
  });
}

void RedisServer::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
  if (drain_.joinable()) drain_.join();
}

void RedisServer::flush_to_disk_and_stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
  if (drain_.joinable()) drain_.join();
}

std::string RedisServer::command(const std::vector<std::string>& arguments) const {
  const std::unique_ptr<redisContext, decltype(&redisFree)> context(redisConnectUnix(socket().c_str()), &redisFree);
  if (!context || context->err != 0) throw std::runtime_error("redis-server is not there");
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const auto& argument : arguments) {
    parts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  const std::unique_ptr<void, decltype(&freeReplyObject)> reply(
      redisCommandArgv(context.get(), static_cast<int>(parts.size()), parts.data(), sizes.data()), &freeReplyObject);
  return printed(static_cast<const redisReply*>(reply.get()));
}

std::string RedisServer::command(std::string_view line) const {
  std::vector<std::string> arguments;
  while (!line.empty()) {
    const auto end = line.find(' ');
    if (end != 0) arguments.emplace_back(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
  return command(arguments);
}

}  // namespace fd::test
