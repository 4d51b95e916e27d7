// Which nodes a lab is: those of its configuration, and those of an earlier one that are still to be taken down. What
// has been given to a node (its /24 of the pod network) stays its own for as long as it lives.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "lab/config.h"

namespace fairway::lab {

// In <state_dir>/nodes.json.
struct NodeRecord {
  std::string name;
  bool control_plane = false;
  std::size_t pod_index = 0;  // which /24 of the cluster's pod network
};
BOOST_DESCRIBE_STRUCT(NodeRecord, (), (name, control_plane, pod_index))

struct PlannedNode {
  NodeRecord record;
  bool leaving = false;  // no longer in the configuration
};

// The configured nodes in their order, then those that leave. A new node takes the first free /24 of `capacity`. Pure.
// Error: exhausted.
[[nodiscard]] Result<std::vector<PlannedNode>> plan_nodes(const std::vector<NodeConfig>& wanted,
                                                          const std::vector<NodeRecord>& known, std::size_t capacity);

// None when there is no file yet. Error: it cannot be read as one.
[[nodiscard]] Result<std::vector<NodeRecord>> load_nodes(const std::string& state_dir);
// Whole or not at all.
[[nodiscard]] Result<> save_nodes(const std::string& state_dir, const std::vector<NodeRecord>& nodes);

}  // namespace fairway::lab
