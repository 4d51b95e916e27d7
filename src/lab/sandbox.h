// A pod's place on its node: a network namespace with one address, routed by the node (no bridge, so that what a
// Service rewrites on the way there is rewritten back on the way home).
#pragma once

#include <string>

#include "lab/hosts.h"

namespace fairway::lab {

struct Sandbox {
  std::string ns;    // the pod's network namespace
  std::string link;  // the node's end of its cable
  std::string address;
};

// "fwabcd-p-…" and "pod…" from the pod's UID.
[[nodiscard]] Sandbox sandbox_for(const std::string& prefix, const std::string& uid, const std::string& address);

// Level-based: a second time it completes what is there.
[[nodiscard]] Result<> make_sandbox(const Node& node, const Sandbox& sandbox);
[[nodiscard]] Result<> remove_sandbox(const Node& node, const Sandbox& sandbox);

// The first free address of the node's pod network, or nothing when all are taken.
[[nodiscard]] std::optional<std::string> free_pod_address(const std::string& pod_cidr,
                                                          const std::vector<std::string>& taken);

}  // namespace fairway::lab
