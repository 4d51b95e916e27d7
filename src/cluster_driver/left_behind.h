// What could not be taken away with a cluster, in words, for who has to do it: a file for each such cluster in
// <state_directory>/left-behind (0700), shown by `fairway status` until `fairway cleanup --yes` has done its part.
#pragma once

#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "cluster_link/messages.h"

namespace fairway::cluster_driver {

struct LeftBehind {
  std::string cluster_id, name;
  std::string at;  // "2026-01-01T00:00:00Z"
  std::string text;
};
BOOST_DESCRIBE_STRUCT(LeftBehind, (), (cluster_id, name, at, text))

// A cluster that the cloud does not know and whose login it refuses: what it may still have there, and the commands.
// Pure. `why`: what the cloud said.
[[nodiscard]] std::string what_may_remain(const cluster_link::ClusterWish& wish, const std::string& why);
// An adopted cluster whose API could not be asked to give its Services back. Pure.
[[nodiscard]] std::string what_services_keep(const cluster_link::ClusterWish& wish, const std::string& why);

// Replaces an earlier note of the same cluster.
[[nodiscard]] Result<> note_left_behind(const std::string& state_directory, const Clock& clock,
                                        const cluster_link::ClusterWish& wish, std::string text);
[[nodiscard]] std::vector<LeftBehind> left_behind_in(const std::string& state_directory);
void forget_left_behind(const std::string& state_directory, const std::string& cluster_id);

}  // namespace fairway::cluster_driver
