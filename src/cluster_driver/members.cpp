#include "cluster_driver/members.h"

#include <algorithm>

#include "cluster_driver/names.h"

namespace fairway::cluster_driver {

namespace {

bool is_named(const std::vector<std::string>& wanted, const std::string& name, std::int64_t number,
              const std::map<std::string, std::string>& uuids) {
  const auto uuid = uuids.find(name);
  return std::ranges::any_of(wanted, [&](const std::string& one) {
    return one == name || one == std::to_string(number) || (uuid != uuids.end() && one == uuid->second);
  });
}

// The numbers of one group, as its wish has it.
void fit(std::vector<std::int64_t>& numbers, const cluster_link::NodeGroupWish& group, const Names& names,
         const std::map<std::string, std::string>& uuids) {
  const auto count = static_cast<std::size_t>(std::max<std::int64_t>(group.node_count, 0));
  while (numbers.size() > count) {
    const auto first = std::ranges::find_if(numbers, [&](std::int64_t number) {
      return is_named(group.nodes_to_remove, names.worker(group, static_cast<std::size_t>(number)), number, uuids);
    });
    numbers.erase(first == numbers.end() ? numbers.end() - 1 : first);
  }
  while (numbers.size() < count) numbers.push_back(numbers.empty() ? 0 : numbers.back() + 1);
}

}  // namespace

Members plan_members(const Members& now, const cluster_link::ClusterWish& wish,
                     const std::map<std::string, std::string>& uuids) {
  const Names names(wish);
  Members planned;
  for (const cluster_link::NodeGroupWish& group : wish.node_groups) {
    if (group.role == "master") continue;
    std::vector<std::int64_t>& numbers = planned[group.id];
    if (const auto known = now.find(group.id); known != now.end()) numbers = known->second;
    fit(numbers, group, names, uuids);
  }
  return planned;
}

}  // namespace fairway::cluster_driver
