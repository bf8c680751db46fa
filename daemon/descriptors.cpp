#include "daemon/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace fd {
namespace {

constexpr std::size_t of_its_own = 64;     // the loop, the bus, the store, listeners
constexpr rlim_t raised_most = 1'048'576;  // the kernel's own limit where nobody raised it (fs.nr_open)

}  // namespace

std::optional<DescriptorShares> share_descriptors(std::size_t limit) {
  if (limit < descriptors_least) return std::nullopt;
  // Half of these for the operator, half for what is opened now and then: another Redis, another link to it.
  const auto kept = std::max<std::size_t>(limit / 50, 32);
  const auto rest = limit - of_its_own - kept;
  const auto customers = rest / 5 * 4;
  return DescriptorShares{customers, rest - customers, kept / 2};
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  rlimit raised{std::max(limit.rlim_cur, std::min(limit.rlim_max, raised_most)), limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &raised) != 0) raised = limit;
  return static_cast<std::size_t>(std::min(raised.rlim_cur, raised_most));
}

}  // namespace fd
