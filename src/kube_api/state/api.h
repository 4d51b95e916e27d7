// What the parts of the API share: time and log, the objects, the allocators, the configuration. Threads: the loop's.
#pragma once

#include <string>
#include <vector>

#include "kube_api/state/config.h"
#include "kube_api/state/objects.h"
#include "kube_api/state/service_allocation.h"

namespace fairway::kube_api {

struct Api {
  Env& env;
  const KubeApiConfig& config;
  Objects& objects;
  ServiceAllocation& allocation;
};

// The answer to a write: the object (as stored) and what its author should know.
struct Written {
  int code = 200;
  ObjectPtr object;
  json::Value status;  // instead of the object, when not null
  std::vector<std::string> warnings;
};

}  // namespace fairway::kube_api
