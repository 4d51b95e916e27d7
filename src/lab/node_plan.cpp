#include "lab/node_plan.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "json/described.h"

namespace fairway::lab {

namespace fs = std::filesystem;

namespace {

std::string file_of(const std::string& state_dir) { return state_dir + "/nodes.json"; }

const NodeRecord* find(const std::vector<NodeRecord>& known, const std::string& name) {
  const auto found = std::ranges::find(known, name, &NodeRecord::name);
  return found == known.end() ? nullptr : &*found;
}

}  // namespace

Result<std::vector<PlannedNode>> plan_nodes(const std::vector<NodeConfig>& wanted,
                                            const std::vector<NodeRecord>& known, std::size_t capacity) {
  std::set<std::size_t> taken;
  for (const NodeRecord& one : known) taken.insert(one.pod_index);
  std::vector<PlannedNode> plan;
  for (const NodeConfig& node : wanted) {
    if (const NodeRecord* record = find(known, node.name)) {
      plan.push_back({.record = {node.name, node.control_plane, record->pod_index}});
      continue;
    }
    std::size_t index = 0;
    while (taken.contains(index)) ++index;
    if (index >= capacity)
      return fail(Errc::exhausted,
                  fmt::format("node {} has no /24 of the pod network left: {} are taken; give a larger "
                              "pod_cidr or fewer nodes",
                              node.name, taken.size()));
    taken.insert(index);
    plan.push_back({.record = {node.name, node.control_plane, index}});
  }
  for (const NodeRecord& one : known) {
    if (std::ranges::find(wanted, one.name, &NodeConfig::name) == wanted.end())
      plan.push_back({.record = one, .leaving = true});
  }
  return plan;
}

Result<std::vector<NodeRecord>> load_nodes(const std::string& state_dir) {
  const std::string path = file_of(state_dir);
  if (!fs::exists(path)) return std::vector<NodeRecord>();
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  FW_TRY(const auto value, within(json::parse(text.str()), "read " + path));
  return within(json::decode<std::vector<NodeRecord>>(value), "read " + path);
}

Result<> save_nodes(const std::string& state_dir, const std::vector<NodeRecord>& nodes) {
  std::error_code error;
  fs::create_directories(state_dir, error);
  if (error) return fail_errno("make " + state_dir, error.value());
  const std::string path = file_of(state_dir);
  std::ofstream file(path + ".new", std::ios::trunc);
  file << json::write(json::encode(nodes)) << "\n";
  file.close();
  if (!file || std::rename((path + ".new").c_str(), path.c_str()) != 0) return fail_errno("write " + path, errno);
  return {};
}

}  // namespace fairway::lab
