// The stream between a cloud and the drivers that make its clusters: messages (messaging/channel.h) over a unix socket
// of mode 0600, since they carry keys.
//
//   driver -> cloud   hello {driver, version}
//   cloud -> driver   wishes {clusters: [every cluster that there is]}     once, first
//   cloud -> driver   wish {cluster: one, new or changed}                  whenever one changes
//   driver -> cloud   facts {one cluster's}                                whenever they change, all of them after hello
//   driver -> cloud   gone {id}                                            a deleting cluster has left nothing behind
//
// Wishes go down, facts come up. A driver is level-based: what it does depends on the wish and on what it finds, and a
// cluster that the cloud does not know any more (a wishes message without it) is unmade like one that is being deleted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

namespace fairway::cluster_link {

constexpr int kVersion = 1;

struct Hello {
  static constexpr std::string_view kType = "hello";
  std::string driver;  // stable name of this driver
  int version = kVersion;
};
BOOST_DESCRIBE_STRUCT(Hello, (), (driver, version))

struct NodeGroupWish {
  std::string id, name;
  std::string role;  // "master" or "worker"
  std::int64_t node_count = 1;
  // Names, indexes ("2") or uuids of the nodes that go first when the group shrinks.
  std::vector<std::string> nodes_to_remove;
  std::map<std::string, std::string> labels;
  bool operator==(const NodeGroupWish&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeGroupWish, (), (id, name, role, node_count, nodes_to_remove, labels))

// What components of the cluster log in with: an application credential of the cluster's user, limited to the project.
struct CredentialWish {
  std::string auth_url, region, id, secret;
  // Whose it is, as names, for files in which a person would look for them.
  std::string user_name, project_name;
  bool operator==(const CredentialWish&) const = default;
};
BOOST_DESCRIBE_STRUCT(CredentialWish, (), (auth_url, region, id, secret, user_name, project_name))

struct ClusterWish {
  std::string id, name;
  std::string stack_name;  // "<name>-<12 letters and digits>": the first part of every name that the driver gives
  std::string project_id;
  std::int64_t generation = 0;  // grows with each change that concerns the driver
  bool deleting = false;
  // It is there already, and somebody else's: no machine of it is made, changed or taken away.
  bool adopted = false;
  // From the template and the cluster, merged.
  std::string external_network;             // id or name
  std::string fixed_network, fixed_subnet;  // id or name; empty: the driver makes its own, and a router
  std::string dns_nameserver;
  bool tls_disabled = false, master_lb_enabled = true, floating_ip_enabled = true;
  std::int64_t apiserver_port = 0;            // 0: 6443, or 8080 without TLS
  std::map<std::string, std::string> labels;  // what the driver knows: docs/clusters.md
  std::vector<NodeGroupWish> node_groups;
  // The cluster's certificate authority, PEM. The cloud signs users' requests with it, the driver its servers'
  // certificates.
  std::string ca_certificate, ca_key;
  CredentialWish credential;
  bool operator==(const ClusterWish&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterWish, (),
                      (id, name, stack_name, project_id, generation, deleting, adopted, external_network,
                       fixed_network, fixed_subnet, dns_nameserver, tls_disabled, master_lb_enabled,
                       floating_ip_enabled, apiserver_port, labels, node_groups, ca_certificate, ca_key, credential))

struct Wishes {
  static constexpr std::string_view kType = "wishes";
  std::vector<ClusterWish> clusters;
};
BOOST_DESCRIBE_STRUCT(Wishes, (), (clusters))

struct Wish {
  static constexpr std::string_view kType = "wish";
  ClusterWish cluster;
};
BOOST_DESCRIBE_STRUCT(Wish, (), (cluster))

struct NodeFact {
  std::string name, uuid, address;
  bool operator==(const NodeFact&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeFact, (), (name, uuid, address))

struct NodeGroupFact {
  std::string id;
  std::vector<NodeFact> nodes;
  bool operator==(const NodeGroupFact&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeGroupFact, (), (id, nodes))

struct Facts {
  static constexpr std::string_view kType = "facts";
  std::string id;
  std::int64_t generation = 0;  // of the wish that they are about
  std::string state;            // "working", "done", "failed"
  std::string reason;           // while working: what is being done or waited for; failed: what, why, and the remedy
  std::string api_address;      // "https://127.0.0.1:41235"; empty until the API answers
  std::string coe_version, container_version;
  std::string fixed_network, fixed_subnet;  // ids
  std::vector<NodeGroupFact> node_groups;
  std::string health;                                // "HEALTHY", "UNHEALTHY", "UNKNOWN"
  std::map<std::string, std::string> health_reason;  // {"api": "ok", "<node>.Ready": "True"}
  bool operator==(const Facts&) const = default;
};
BOOST_DESCRIBE_STRUCT(Facts, (),
                      (id, generation, state, reason, api_address, coe_version, container_version, fixed_network,
                       fixed_subnet, node_groups, health, health_reason))

struct Gone {
  static constexpr std::string_view kType = "gone";
  std::string id;
};
BOOST_DESCRIBE_STRUCT(Gone, (), (id))

using Message = std::variant<Hello, Wishes, Wish, Facts, Gone>;

}  // namespace fairway::cluster_link
