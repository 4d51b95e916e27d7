// What an OpenStack API's error answer means to a caller. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace fairway::openstack {

// The message in the body, whichever service wrote it: Octavia's faultstring, NeutronError, Keystone's error, pecan's
// description; the status line when there is none.
[[nodiscard]] std::string fault_message(int status, std::string_view body);
[[nodiscard]] Error fault(int status, std::string_view body, std::string_view request);

}  // namespace fairway::openstack
