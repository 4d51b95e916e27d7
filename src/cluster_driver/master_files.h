// The files by which a cluster's control plane runs, as texts: pure.
//
// Two of them belong to the cluster's administrator as soon as they are there (what the document that Fairway comes from
// tells one to do by hand): /etc/kubernetes/* and /etc/sysconfig/kube_openstack_config of the master.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cluster_driver/certificates.h"
#include "cluster_link/messages.h"

namespace fairway::cluster_driver {

// The programs of a real control plane, as paths (cluster_driver/real_control_plane.h).
struct RealControlPlane {
  std::string api_server, controllers, scheduler;
  [[nodiscard]] bool wanted() const { return !api_server.empty(); }
};

// Where things are for one master.
struct MasterPlan {
  std::string folder;              // the cluster's (cluster_driver/state.h)
  std::string host;                // "k8s-abc-master-0"
  std::string ns;                  // its network namespace
  std::string address;             // on the cluster's network
  std::string program;             // this program
  std::string run_directory = {};  // where the driver is asked (cluster_driver/requests.h)
  std::uint16_t api_port = 6443;
  std::string service_cidr = "10.96.0.0/16";
  bool tls = true;
  std::string subnet_id, external_network_id;
  std::uint16_t internal_port = 0;  // on the machine's loopback, to the API
  RealControlPlane real = {};       // its programs; all empty: the embedded Kubernetes API
};

[[nodiscard]] std::vector<std::string> etcd_arguments(const MasterPlan& plan);
[[nodiscard]] std::string kube_api_yaml(const MasterPlan& plan);
struct ControllerSwitch {
  bool load_balancers = true;  // whether they are made
  bool login = true;  // whether there is one: the load balancers of Services that are deleted go then in any case
};
[[nodiscard]] std::string controller_yaml(const MasterPlan& plan, const cluster_link::ClusterWish& wish,
                                          ControllerSwitch on);
// Without a certificate where the API asks for none.
[[nodiscard]] std::string kubeconfig_yaml(const std::string& server, const std::string& ca_pem,
                                          const std::string& certificate_pem, const std::string& key_pem);

// /etc/sysconfig/kube_openstack_config. Without `with_credential`: user and project filled in, and no password, as
// Magnum leaves it when the load balancer feature is disabled.
[[nodiscard]] std::string cloud_conf(const MasterPlan& plan, const cluster_link::ClusterWish& wish,
                                     bool with_credential);
// /etc/kubernetes/apiserver, /etc/kubernetes/controller-manager.
[[nodiscard]] std::string apiserver_file(bool cloud_provider);
[[nodiscard]] std::string controller_manager_file(bool cloud_provider);

// The administrator's steps, done for them: comments the one line and uncomments the other.
[[nodiscard]] std::string switch_cloud_provider(const std::string& file, bool on);
// The file with this credential in the place of the one that it has.
[[nodiscard]] std::string enter_credential(const std::string& conf, const cluster_link::CredentialWish& login);

// Whether the cloud configuration holds a whole credential; otherwise what is missing.
[[nodiscard]] Result<> login_entered(const std::string& conf);
// Whether an administrator's files switch the load balancers on: the last KUBE_CONTROLLER_MANAGER_ARGS that is no
// comment names the cloud provider, and a login is entered. Otherwise what is missing.
[[nodiscard]] Result<> load_balancers_enabled(const std::string& controller_manager, const std::string& conf);

// The label's value; absent or empty: `otherwise`.
[[nodiscard]] std::string label_or(const cluster_link::ClusterWish& wish, const std::string& key,
                                   std::string_view otherwise);
[[nodiscard]] bool label_switch(const cluster_link::ClusterWish& wish, const std::string& key, bool otherwise);

}  // namespace fairway::cluster_driver
