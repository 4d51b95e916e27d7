// Which node a pod goes to. Pure. A plain scheduler: ready nodes that are not cordoned, whose taints the pod
// tolerates and whose labels its nodeSelector and required node affinity want; among them the one with the fewest
// pods.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "kube_api/state/objects.h"

namespace fairway::kube_api {

// The node's name, or why there is none ("0/2 nodes are available: …").
[[nodiscard]] std::expected<std::string, std::string> choose_node(const json::Object& pod,
                                                                  const std::vector<Stored>& nodes,
                                                                  const std::vector<Stored>& pods);

[[nodiscard]] bool node_is_ready(const json::Object& node);

}  // namespace fairway::kube_api
