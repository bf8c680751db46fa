#include "daemon/desk/password.hpp"

#include <sodium.h>

#include <new>
#include <stdexcept>
#include <utility>

namespace fd::desk {
namespace {

constexpr unsigned long long passes = 3;
constexpr std::size_t memory_bytes = 64U * 1024 * 1024;

void start_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
}

}  // namespace

const char* const unknown_account_hash =
    "$argon2id$v=19$m=65536,t=3,p=1$1oTPS83Pz3k03dKb+gUAhA$Lm78wJbj83QJMBWiJoHUO/Vnem8sWTl/eCUUU9QpPuY";

std::string hash_password(const std::string& password) {
  start_sodium();
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(out, password.data(), password.size(), passes, memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();
  return out;
}

bool password_fits(const std::string& password, const std::string& encoded) noexcept {
  if (sodium_init() < 0) return false;
  return crypto_pwhash_str_verify(encoded.c_str(), password.data(), password.size()) == 0;
}

Verify verify_in(http::Worker& worker) {
  return [&worker](std::string password, std::string encoded) -> boost::asio::awaitable<Verdict> {
    auto work = [password = std::move(password), encoded = std::move(encoded)] {
      return password_fits(password, encoded);
    };
    const auto result = co_await worker.run(work);
    if (std::holds_alternative<http::WorkerBusy>(result)) co_return Verdict::busy;
    co_return std::get<bool>(result) ? Verdict::right : Verdict::wrong;
  };
}

}  // namespace fd::desk
