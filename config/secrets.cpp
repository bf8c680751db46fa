#include "config/secrets.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "config/file.hpp"

namespace fd::config {
namespace {

constexpr std::size_t root_bytes = 32;

SecretError failure(const std::filesystem::path& path, const std::string& what) {
  return {"root secret " + path.string() + ": " + what};
}

boost::system::result<RootSecret, SecretError> read_root(const std::filesystem::path& path) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) return failure(path, std::strerror(errno));
  if (exposed(info)) return failure(path, "other users of the machine may read or change it; chmod 600");
  std::array<std::uint8_t, root_bytes> bytes{};
  const auto n = ::read(fd.get(), bytes.data(), bytes.size());
  if (n != static_cast<ssize_t>(root_bytes) || info.st_size != static_cast<off_t>(root_bytes))
    return failure(path, "must hold exactly 32 bytes, has " + std::to_string(info.st_size));
  RootSecret secret(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  return secret;
}

}  // namespace

void throw_exception_from_error(const SecretError& e, const boost::source_location&) {
  throw std::runtime_error(e.text);
}

RootSecret::~RootSecret() { sodium_memzero(bytes_.data(), bytes_.size()); }

boost::system::result<RootSecret, SecretError> RootSecret::open(const std::filesystem::path& state,
                                                                const std::string& credentials) {
  if (!credentials.empty()) {
    for (const char* name : {"frontdesk_root-secret", "root-secret"})
      if (const auto path = std::filesystem::path(credentials) / name; ::access(path.c_str(), F_OK) == 0)
        return read_root(path);
  }
  const auto path = state / "root-secret";
  if (::access(path.c_str(), F_OK) == 0) return read_root(path);
  // Made only where nothing was made with another one: customers known by their names would never be found again.
  std::error_code no_data;
  if (const auto data = state / "redis"; !std::filesystem::is_empty(data, no_data) && !no_data)
    return failure(path, "is missing, and " + data.string() + " holds data made with it; put it back from a backup");
  if (sodium_init() < 0) return failure(path, "no source of random bytes");
  std::string bytes(root_bytes, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  // Created, never replaced: of two processes that start at once, the second reads what the first made.
  if (const auto failed = write_new(path, bytes, 0600); failed && *failed != std::strerror(EEXIST))
    return failure(path, *failed);
  sodium_memzero(bytes.data(), bytes.size());
  return read_root(path);
}

std::string RootSecret::key(std::string_view label) const {
  static_assert(crypto_auth_hmacsha256_BYTES == 32 && crypto_auth_hmacsha256_KEYBYTES == root_bytes);
  std::string out(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256(reinterpret_cast<unsigned char*>(out.data()),
                         reinterpret_cast<const unsigned char*>(label.data()), label.size(), bytes_.data());
  return out;
}

std::string RootSecret::device_token(const std::string& name) const {
  const std::string k = key("device:" + name);
  std::string out(2 * 16 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), reinterpret_cast<const unsigned char*>(k.data()), 16);
  out.pop_back();
  return out;
}

void fill_keys(Configuration& c, const RootSecret& root) {
  c.chat.token_key = root.key("visitor");
  c.walkin.ticket_key = root.key("ticket");
  c.engine.id_key = root.key("id").substr(0, 16);
  for (auto& [name, token] : c.walkin.devices)
    if (token.empty()) token = root.device_token(name);
}

}  // namespace fd::config
