// Container infrastructure's objects (Magnum v1): plain values.
//
// Templates, clusters and node groups are wishes; what a cluster driver reports is in ClusterFacts, which is durable as
// well, since `cluster show` needs it after a restart.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "cloud/model/network.h"

namespace fairway::cloud {

using Labels = std::map<std::string, std::string>;

// What every object of this API has. Stamps as Neutron's.
struct InfraAttributes {
  std::string id, project_id, user_id, name, created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(InfraAttributes, (), (id, project_id, user_id, name, created_at, updated_at))

// Members bear the API's own names, but for id (uuid) and is_public (public).
struct ClusterTemplate : InfraAttributes {
  static constexpr std::string_view kKind = "cluster_template";
  std::string coe = "kubernetes", server_type = "vm", image_id, external_network_id;
  std::optional<std::string> flavor_id, master_flavor_id, dns_nameserver, keypair_id, fixed_network, fixed_subnet,
      network_driver, cluster_distro, http_proxy, https_proxy, no_proxy, volume_driver, insecure_registry,
      docker_storage_driver, tags, driver;
  std::optional<std::int64_t> apiserver_port, docker_volume_size;
  Labels labels;
  bool registry_enabled = false, tls_disabled = false, is_public = false, hidden = false, master_lb_enabled = false,
       floating_ip_enabled = true;
  [[nodiscard]] Indexed indexed() const { return {{"project_id", project_id}, {"name", name}}; }
};
BOOST_DESCRIBE_STRUCT(ClusterTemplate, (InfraAttributes),
                      (coe, server_type, image_id, external_network_id, flavor_id, master_flavor_id, dns_nameserver,
                       keypair_id, fixed_network, fixed_subnet, network_driver, cluster_distro, http_proxy,
                       https_proxy, no_proxy, volume_driver, insecure_registry, docker_storage_driver, tags, driver,
                       apiserver_port, docker_volume_size, labels, registry_enabled, tls_disabled, is_public, hidden,
                       master_lb_enabled, floating_ip_enabled))

struct Cluster : InfraAttributes {
  static constexpr std::string_view kKind = "cluster";
  std::string cluster_template_id;
  std::optional<std::string> keypair, flavor_id, master_flavor_id, fixed_network, fixed_subnet, discovery_url;
  std::optional<std::int64_t> docker_volume_size;
  std::int64_t create_timeout = 60;  // minutes; 0: no limit
  Labels labels;
  bool floating_ip_enabled = true, master_lb_enabled = false;
  std::string stack_id, stack_name;  // "<name>-<12 letters and digits>": what hosts are named after
  std::string status, status_reason;
  std::int64_t generation = 1;     // grows with each change that concerns the driver
  std::int64_t deadline_unix = 0;  // seconds; when the operation in progress fails; 0: never
  bool deleting = false;
  bool adopted = false;                          // somebody else's, and there before: container_infra/adoption.h
  std::string ca_certificate, ca_key;            // PEM
  std::string credential_id, credential_secret;  // the cluster's own application credential; never shown
  [[nodiscard]] Indexed indexed() const {
    return {{"project_id", project_id},
            {"name", name},
            {"cluster_template_id", cluster_template_id},
            {"credential_id", credential_id}};
  }
};
BOOST_DESCRIBE_STRUCT(Cluster, (InfraAttributes),
                      (cluster_template_id, keypair, flavor_id, master_flavor_id, fixed_network, fixed_subnet,
                       discovery_url, docker_volume_size, create_timeout, labels, floating_ip_enabled,
                       master_lb_enabled, stack_id, stack_name, status, status_reason, generation, deadline_unix,
                       deleting, adopted, ca_certificate, ca_key, credential_id, credential_secret))

struct NodeGroup : InfraAttributes {
  static constexpr std::string_view kKind = "node_group";
  std::string cluster_id, role = "worker";
  std::int64_t node_count = 1, min_node_count = 0;
  std::optional<std::int64_t> max_node_count, docker_volume_size;
  std::optional<std::string> flavor_id, image_id;
  Labels labels, node_labels;
  std::vector<std::map<std::string, std::string>> node_taints;
  bool is_default = false, deleting = false;
  std::vector<std::string> nodes_to_remove;  // names, indexes or ids of the nodes that go first
  std::string status, status_reason;
  [[nodiscard]] Indexed indexed() const { return {{"cluster_id", cluster_id}}; }
};
BOOST_DESCRIBE_STRUCT(NodeGroup, (InfraAttributes),
                      (cluster_id, role, node_count, min_node_count, max_node_count, docker_volume_size, flavor_id,
                       image_id, labels, node_labels, node_taints, is_default, deleting, nodes_to_remove, status,
                       status_reason))

struct ClusterNode {
  std::string name, uuid, address;
  bool operator==(const ClusterNode&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterNode, (), (name, uuid, address))

// The last that a driver has said of a cluster.
struct ClusterFacts {
  static constexpr std::string_view kKind = "cluster_facts";
  std::string id;               // the cluster's
  std::int64_t generation = 0;  // of the wish that they are about
  std::string api_address, coe_version, container_version, fixed_network, fixed_subnet;
  std::string health;  // HEALTHY, UNHEALTHY, UNKNOWN; empty: nobody has looked
  std::map<std::string, std::string> health_reason;
  std::map<std::string, std::vector<ClusterNode>> nodes;  // by node group
  bool operator==(const ClusterFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterFacts, (),
                      (id, generation, api_address, coe_version, container_version, fixed_network, fixed_subnet,
                       health, health_reason, nodes))

// A project's own limit; without one the default holds.
struct ClusterQuota {
  static constexpr std::string_view kKind = "cluster_quota";
  std::string id;  // the project's
  std::int64_t hard_limit = 1;
  std::string created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(ClusterQuota, (), (id, hard_limit, created_at, updated_at))

}  // namespace fairway::cloud
