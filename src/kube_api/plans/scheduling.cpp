#include "kube_api/plans/scheduling.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/kinds/selectors.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

bool tolerates(const json::Object& pod, const json::Value& taint) {
  return std::ranges::any_of(list_at(pod, {"spec", "tolerations"}), [&](const json::Value& toleration) {
    const auto key = text_in(toleration, "key"), effect = text_in(toleration, "effect");
    if (!effect.empty() && effect != text_in(taint, "effect")) return false;
    if (!key.empty() && key != text_in(taint, "key")) return false;
    if (text_in(toleration, "operator") == "Exists") return true;
    return !key.empty() && text_in(toleration, "value") == text_in(taint, "value");
  });
}

bool holds(const json::Value& requirement, const json::Object& labels) {
  const auto how = text_in(requirement, "operator");
  const auto* label = labels.if_contains(text_in(requirement, "key"));
  const auto& values = json::array_or_empty(requirement, "values");
  const bool listed = label != nullptr && std::ranges::find(values, *label) != values.end();
  if (how == "In") return listed;
  if (how == "NotIn") return !listed;
  if (how == "Exists") return label != nullptr;
  if (how == "DoesNotExist") return label == nullptr;
  const auto number =
      label != nullptr && label->is_string() ? parse_int(std::string_view(label->get_string())) : std::nullopt;
  const auto bound = values.size() == 1 ? parse_int(std::string_view(values[0].as_string())) : std::nullopt;
  if (!number || !bound) return false;
  return how == "Gt" ? *number > *bound : *number < *bound;
}

bool affinity_allows(const json::Object& pod, const json::Object& node) {
  const auto* terms = at(pod, {"spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution",
                               "nodeSelectorTerms"});
  if (terms == nullptr || !terms->is_array()) return true;
  const auto& labels = map_at(node, {"metadata", "labels"});
  const json::Object fields{{"metadata.name", name_of(node)}};
  return std::ranges::any_of(terms->get_array(), [&](const json::Value& term) {
    return std::ranges::all_of(json::array_or_empty(term, "matchExpressions"),
                               [&](const auto& wanted) { return holds(wanted, labels); }) &&
           std::ranges::all_of(json::array_or_empty(term, "matchFields"),
                               [&](const auto& wanted) { return holds(wanted, fields); });
  });
}

// Why the pod cannot go there; empty when it can.
std::string obstacle(const json::Object& pod, const json::Object& node) {
  const json::Value cordon = json::Object{{"key", "node.kubernetes.io/unschedulable"}, {"effect", "NoSchedule"}};
  if (bool_at(node, {"spec", "unschedulable"}) && !tolerates(pod, cordon)) return "node(s) were unschedulable";
  for (const auto& taint : list_at(node, {"spec", "taints"})) {
    const auto effect = text_in(taint, "effect");
    if ((effect == "NoSchedule" || effect == "NoExecute") && !tolerates(pod, taint)) {
      return fmt::format("node(s) had untolerated taint {{{}: {}}}", text_in(taint, "key"), text_in(taint, "value"));
    }
  }
  if (!node_is_ready(node)) return "node(s) were not ready";
  const bool selected = has_labels(map_at(node, {"metadata", "labels"}), map_at(pod, {"spec", "nodeSelector"}));
  if (!selected || !affinity_allows(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
  return "";
}

std::string explain(const std::map<std::string, int>& obstacles, std::size_t nodes) {
  std::vector<std::string> parts;
  parts.reserve(obstacles.size());
  for (const auto& [why, count] : obstacles) parts.push_back(fmt::format("{} {}", count, why));
  std::ranges::sort(parts);
  return fmt::format(
      "0/{0} nodes are available: {1}. no new claims to deallocate, preemption: 0/{0} nodes are available: {0} "
      "Preemption is not helpful for "
      "scheduling.",
      nodes, join(parts, ", "));
}

}  // namespace

bool node_is_ready(const json::Object& node) {
  return std::ranges::any_of(list_at(node, {"status", "conditions"}), [](const auto& condition) {
    return text_in(condition, "type") == "Ready" && text_in(condition, "status") == "True";
  });
}

std::expected<std::string, std::string> choose_node(const json::Object& pod, const std::vector<Stored>& nodes,
                                                    const std::vector<Stored>& pods) {
  if (nodes.empty()) return std::unexpected("no nodes available to schedule pods");
  std::map<std::string, int> load, obstacles;
  for (const auto& other : pods) ++load[std::string(text_at(*other.object, {"spec", "nodeName"}))];
  std::string best;
  for (const auto& node : nodes) {
    const auto why = obstacle(pod, *node.object);
    if (!why.empty()) {
      ++obstacles[why];
      continue;
    }
    const std::string name(name_of(*node.object));
    if (best.empty() || load[name] < load[best]) best = name;
  }
  if (best.empty()) return std::unexpected(explain(obstacles, nodes.size()));
  return best;
}

}  // namespace fairway::kube_api
