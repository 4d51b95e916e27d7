#include "cloud/container_infra/views.h"

#include <array>

#include <fmt/format.h>

#include "cloud/container_infra/labels.h"
#include "cloud/container_infra/lifecycle.h"
#include "cloud/container_infra/lookup.h"
#include "cloud/container_infra/microversion.h"
#include "json/described.h"

namespace fairway::cloud::container_infra {
namespace {

// What is the cloud's own business, or secret.
constexpr std::array<std::string_view, 8> kHidden{"stack_name", "generation", "deadline_unix", "deleting",
                                                  "adopted",    "ca_key",     "credential_id", "credential_secret"};

json::Value or_null(const std::string& text) { return text.empty() ? json::Value(nullptr) : json::Value(text); }

void add_facts(json::Object& shown, const ClusterFacts& facts, const Cluster& cluster) {
  shown["api_address"] = or_null(facts.api_address);
  shown["coe_version"] = or_null(facts.coe_version);
  shown["container_version"] = or_null(facts.container_version);
  shown["health_status"] = or_null(facts.health);
  shown["health_status_reason"] = json::encode(facts.health_reason);
  if (!cluster.fixed_network) shown["fixed_network"] = or_null(facts.fixed_network);
  if (!cluster.fixed_subnet) shown["fixed_subnet"] = or_null(facts.fixed_subnet);
}

void add_addresses(json::Array& to, const std::vector<ClusterNode>& nodes) {
  for (const auto& node : nodes) {
    if (!node.address.empty()) to.emplace_back(node.address);
  }
}

void add_groups(json::Object& shown, const State& state, const Cluster& cluster, const ClusterFacts& facts) {
  std::int64_t nodes = 0, masters = 0;
  json::Array node_addresses, master_addresses;
  json::Object faults;
  for (const auto* group : node_groups_of(state, cluster.id)) {
    const bool master = group->role == "master";
    if (!group->deleting) (master ? masters : nodes) += group->node_count;
    if (const auto at = facts.nodes.find(group->id); at != facts.nodes.end())
      add_addresses(master ? master_addresses : node_addresses, at->second);
    if (has_failed(group->status)) faults.emplace(group->name, group->status_reason);
  }
  shown["node_count"] = nodes;
  shown["master_count"] = masters;
  shown["node_addresses"] = std::move(node_addresses);
  shown["master_addresses"] = std::move(master_addresses);
  if (has_failed(cluster.status)) shown["faults"] = std::move(faults);
}

}  // namespace

std::string status_reason(const Cluster& cluster, const std::string& missing_driver) {
  if (missing_driver.empty() || !in_progress(cluster.status)) return cluster.status_reason;
  return "Waiting: " + missing_driver;
}

json::Object show_attributes(json::Object encoded) {
  json::Object shown;
  shown.emplace("uuid", encoded.at("id"));
  for (const auto& item : encoded) {
    const std::string_view key = item.key();
    if (key == "id") continue;
    const bool stamp = key == "created_at" || key == "updated_at";
    shown.emplace(key, stamp ? show_stamp(std::string(item.value().get_string())) : item.value());
  }
  return shown;
}

json::Object show(const InfraParts& parts, const ClusterTemplate& cluster_template) {
  auto shown = show_attributes(json::encode(cluster_template).as_object());
  shown["public"] = cluster_template.is_public;
  shown.erase("is_public");
  shown["links"] = links_to(parts, "clustertemplates/" + cluster_template.id);
  return shown;
}

json::Object show(const InfraParts& parts, const Cluster& cluster, std::int64_t minor) {
  static const ClusterFacts kNone;
  const auto& state = parts.state();
  auto shown = show_attributes(json::encode(cluster).as_object());
  for (const auto key : kHidden) shown.erase(key);
  shown.erase("ca_certificate");
  shown["status_reason"] = or_null(status_reason(cluster, parts.drivers.what_is_missing()));
  const auto* facts = state.find<ClusterFacts>(cluster.id);
  add_facts(shown, facts == nullptr ? kNone : *facts, cluster);
  add_groups(shown, state, cluster, facts == nullptr ? kNone : *facts);
  const auto* cluster_template = state.find<ClusterTemplate>(cluster.cluster_template_id);
  const auto diff = compare_labels(cluster_template == nullptr ? Labels{} : cluster_template->labels, cluster.labels);
  shown["labels_overridden"] = json::encode(diff.overridden);
  shown["labels_added"] = json::encode(diff.added);
  shown["labels_skipped"] = json::encode(diff.skipped);
  if (minor >= kSinceClusterId) {
    shown["cluster_id"] = cluster.stack_id;
    shown.erase("stack_id");
  }
  shown["links"] = links_to(parts, "clusters/" + cluster.id);
  return shown;
}

json::Object show(const InfraParts& parts, const Cluster& cluster, const NodeGroup& group, std::int64_t minor) {
  auto shown = show_attributes(json::encode(group).as_object());
  for (const auto* own : {"user_id", "deleting", "nodes_to_remove"}) shown.erase(own);
  if (minor < kSinceNodeLabels) {
    shown.erase("node_labels");
    shown.erase("node_taints");
  }
  shown["status_reason"] = or_null(group.status_reason);
  shown["stack_id"] = cluster.stack_id;
  shown["version"] = nullptr;
  json::Array addresses;
  const auto* facts = parts.state().find<ClusterFacts>(cluster.id);
  if (facts != nullptr && facts->nodes.contains(group.id)) {
    for (const auto& node : facts->nodes.at(group.id)) addresses.emplace_back(node.address);
  }
  shown["node_addresses"] = std::move(addresses);
  const auto diff = compare_labels(cluster.labels, group.labels);
  shown["labels_overridden"] = json::encode(diff.overridden);
  shown["labels_added"] = json::encode(diff.added);
  shown["labels_skipped"] = json::encode(diff.skipped);
  shown["links"] = links_to(parts, fmt::format("clusters/{}/nodegroups/{}", cluster.id, group.id));
  return shown;
}

json::Object show_briefly(const json::Object& cluster) {
  constexpr std::array<std::string_view, 16> kBrief{"uuid",
                                                    "name",
                                                    "cluster_template_id",
                                                    "keypair",
                                                    "docker_volume_size",
                                                    "labels",
                                                    "node_count",
                                                    "status",
                                                    "master_flavor_id",
                                                    "flavor_id",
                                                    "create_timeout",
                                                    "master_count",
                                                    "health_status",
                                                    "links",
                                                    "stack_id",
                                                    "cluster_id"};
  json::Object brief;
  for (const auto key : kBrief) {
    if (const auto* value = cluster.if_contains(key)) brief.emplace(key, *value);
  }
  return brief;
}

}  // namespace fairway::cloud::container_infra
