#pragma once
// Who is at the other end of the control socket, by the kernel's word (SO_PEERCRED, unix(7)).

#include <string_view>

namespace fd::admin {

// `remote` of a request on a Unix socket: "unix:UID". Root, the daemon's own user and members of its group may operate.
[[nodiscard]] bool may_operate(std::string_view remote);

}  // namespace fd::admin
