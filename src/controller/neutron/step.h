// One call to the cloud out of a plan, and what a plan is to people and tests. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "json/value.h"

namespace fairway::controller::neutron {

struct Step {
  std::string doing;  // "create pool for port 80/TCP", for errors and people
  std::string method, path;
  json::Value body;
  // Under this name ("$pool 80/TCP") later steps speak of what it makes; it is replaced by the id in path and body.
  std::string makes;
};

// Fills in the ids of what was made.
void substitute(Step& step, const std::map<std::string, std::string>& made);
// The id in the answer to a create: that of the one object in it. Empty: there is none.
[[nodiscard]] std::string made_id(const json::Value& answer);

// "POST /v2.0/lbaas/pools {…}", one a line.
[[nodiscard]] std::string describe(const std::vector<Step>& steps);

}  // namespace fairway::controller::neutron
