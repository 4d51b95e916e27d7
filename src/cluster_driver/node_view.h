// A node as a cluster's API shows it. Pure.
#pragma once

#include <string>

#include "json/value.h"

namespace fairway::cluster_driver {

struct NodeView {
  std::string name, uuid, runtime;
  std::string address;  // its InternalIP, IPv4 where it has one
  bool ready = false, control_plane = false;
};

[[nodiscard]] NodeView view_of(const json::Value& node);

}  // namespace fairway::cluster_driver
