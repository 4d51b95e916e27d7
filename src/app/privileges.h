// Whether this process may do what the gateway and the lab do to the machine: namespaces, links, rules. Root may, and so may
// a process with the capabilities CAP_NET_ADMIN and CAP_SYS_ADMIN (capabilities(7)).
#pragma once

#include <string_view>

#include "base/result.h"

namespace fairway::app {

// Error: denied, with what is missing and how to get it.
[[nodiscard]] Result<> may_change_machine();

// The same for the text of /proc/PID/status. A text without capabilities is taken as one that has them.
[[nodiscard]] Result<> may_change_machine(std::string_view status);

}  // namespace fairway::app
