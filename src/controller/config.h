// How the controller is set up: the `controller:` section of the configuration file, and the [LoadBalancer] section
// of an OCCM's cloud.conf, which it reads as it is (`cloud_config: /etc/kubernetes/cloud.conf`); what stands in both,
// the YAML wins.
//
//   controller:
//     enabled: true                   # false: Services are left alone until they are deleted, and an event says so
//     cluster_name: kubernetes        # part of every load balancer's name; keep an OCCM's --cluster-name when taking over
//     provider: octavia               # or lbaas_v1: Neutron's load balancing of old, one port a Service
//     load_balancer_class: ""         # also serve Services of this class; without it only those that name none
//     kubeconfig: ""                  # empty: inside a pod, as its service account
//     kube_context: ""
//     cloud_config: ""                # an OCCM's cloud.conf: credentials and [LoadBalancer] defaults
//     clouds_yaml: ""                 # or the login alone from this file,
//     cloud: ""                       # by this name in it; with neither, the feature is disabled
//     subnet_id, network_id, member_subnet_id, floating_network_id, floating_subnet_id: ""   # empty: found by itself
//     lb_method: ROUND_ROBIN
//     lb_provider: ""                 # empty: the cloud's own default
//     internal_lb: false              # true: no floating IPs; a person associates one
//     create_monitor: false
//     monitor_delay: 5s
//     monitor_timeout: 3s
//     monitor_max_retries: 1
//     monitor_max_retries_down: 3
//     node_selector: ""
//     flavor_id, availability_zone, default_tls_container_ref: ""
//     cascade_delete: true
//     provider_requires_serial_api_calls: false
//     max_shared_lb: 2
//     enable_ingress_hostname: false
//     ingress_hostname_suffix: nip.io
//     drift_interval: 30s             # how often the cloud is looked over for what others changed
//     retry_first: 1s
//     retry_limit: 2m
//     concurrent_requests: 16
//     lease: {enabled: true, name: fairway-controller, namespace: kube-system, identity: "", duration: 15s}
//     classes: {internal: {floating_network_id: "", floating_subnet_id: "", network_id: "", subnet_id: "", member_subnet_id: ""}}
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/reader.h"
#include "kube/lease.h"
#include "openstack/cloud_conf.h"

namespace fairway::controller {

// What the annotation loadbalancer.openstack.org/class chooses.
struct NetworkClass {
  std::string floating_network_id, floating_subnet_id, network_id, subnet_id, member_subnet_id;
};

enum class ProviderKind { octavia, lbaas_v1 };

struct ControllerConfig {
  bool enabled = true;
  std::string disabled_remedy;  // what to do about enabled: false, where a person does not edit this configuration
  ProviderKind provider = ProviderKind::octavia;
  std::string cluster_name = "kubernetes";
  std::string load_balancer_class;
  std::string kubeconfig, kube_context;
  std::string cloud_config, clouds_yaml, cloud;
  // From cloud_config or clouds_yaml; absent without either.
  std::optional<openstack::Credentials> credentials;

  std::string subnet_id, network_id, member_subnet_id, floating_network_id, floating_subnet_id;
  std::string lb_method = "ROUND_ROBIN";
  std::string lb_provider;
  std::string flavor_id, availability_zone, default_tls_container_ref;
  std::string node_selector;
  bool internal_lb = false;

  bool create_monitor = false;
  std::chrono::milliseconds monitor_delay{5'000};
  std::chrono::milliseconds monitor_timeout{3'000};
  std::int64_t monitor_max_retries = 1;
  std::int64_t monitor_max_retries_down = 3;

  bool cascade_delete = true;
  bool provider_requires_serial_api_calls = false;
  std::int64_t max_shared_lb = 2;
  bool enable_ingress_hostname = false;
  std::string ingress_hostname_suffix = "nip.io";
  std::map<std::string, NetworkClass> classes;

  std::chrono::milliseconds drift_interval{30'000};
  std::chrono::milliseconds retry_first{1'000};
  std::chrono::milliseconds retry_limit{120'000};
  std::size_t concurrent_requests = 16;

  bool lease_enabled = true;
  kube::LeaseConfig lease{.name = "fairway-controller"};

  // What cloud.conf asks for and is not honoured: said in the log at the start, and on every Service.
  std::vector<std::string> not_honoured;
};

// Problems go to the section's file. A cloud.conf that cannot be read is one of them.
[[nodiscard]] ControllerConfig read_controller_config(config::Section section);

// [LoadBalancer] and [LoadBalancerClass "…"] of a cloud.conf over `config`. Errors name section and key.
[[nodiscard]] Result<> apply_cloud_conf(const openstack::CloudConf& conf, ControllerConfig& config);

}  // namespace fairway::controller
