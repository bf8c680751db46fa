#pragma once
// Whether a part with a thread of its own still takes work (operations.md §5). Strand: the loop's.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string>

#include "channels/http/worker.hpp"
#include "daemon/admin/health.hpp"
#include "router/model/time.hpp"

namespace fd::admin {

class Probe {
 public:
  // `take` hands the part a probe: true once it has taken one, false when it took none yet.
  using Take = std::function<boost::asio::awaitable<bool>()>;
  static constexpr Duration stuck_after{10'000};

  // The clock outlives it.
  Probe(std::string name, const Clock&, Take);

  // Asks every 2 s, without end.
  boost::asio::awaitable<void> run();
  [[nodiscard]] Check check() const;  // fails when the oldest probe has been out for `stuck_after`

 private:
  std::string name_;
  const Clock& clock_;
  Take take_;
  std::optional<Duration> out_since_;
};

// The pool outlives what it returns.
[[nodiscard]] Probe::Take taken_by(http::Worker&);

}  // namespace fd::admin
