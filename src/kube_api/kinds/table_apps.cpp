// The rows of deployments, replica sets and scales.
#include <fmt/format.h>

#include "base/strings.h"
#include "kube_api/kinds/selectors.h"
#include "kube_api/kinds/table_cells.h"
#include "kube_api/object/object_access.h"

namespace fairway::kube_api {
namespace {

json::Value age_cell(const json::Object& object, WallTime now) {
  return json::Value(age_since(text_at(object, {"metadata", "creationTimestamp"}), now));
}

// "a,b" of one key of the template's containers.
json::Value joined_cell(const json::Object& object, std::string_view key) {
  std::vector<std::string> texts;
  for (const auto& container : list_at(object, {"spec", "template", "spec", "containers"}))
    texts.emplace_back(text_in(container, key));
  return json::Value(join(texts, ","));
}

std::string selector_text(const json::Object& object) {
  return LabelSelector::from_object(map_at(object, {"spec", "selector"})).text();
}

}  // namespace

json::Array deployment_cells(const json::Object& deployment, WallTime now) {
  return {json::Value(name_of(deployment)),
          json::Value(fmt::format("{}/{}", int_at(deployment, {"status", "readyReplicas"}),
                                  int_at(deployment, {"spec", "replicas"}))),
          int_at(deployment, {"status", "updatedReplicas"}),
          int_at(deployment, {"status", "availableReplicas"}),
          age_cell(deployment, now),
          joined_cell(deployment, "name"),
          joined_cell(deployment, "image"),
          json::Value(selector_text(deployment))};
}

json::Array replica_set_cells(const json::Object& set, WallTime now) {
  const auto selector = selector_text(set);
  return {json::Value(name_of(set)),
          int_at(set, {"spec", "replicas"}),
          int_at(set, {"status", "replicas"}),
          int_at(set, {"status", "readyReplicas"}),
          age_cell(set, now),
          joined_cell(set, "name"),
          joined_cell(set, "image"),
          json::Value(selector.empty() ? "<none>" : selector)};
}

json::Array scale_cells(const json::Object& scale, WallTime now) {
  return {json::Value(name_of(scale)), int_at(scale, {"spec", "replicas"}), int_at(scale, {"status", "replicas"}),
          age_cell(scale, now)};
}

}  // namespace fairway::kube_api
