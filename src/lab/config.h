// What the lab is told: which networks to plug into, which nodes to be, where its state lies.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/reader.h"
#include "lab/images.h"
#include "net/pki.h"
#include "openstack/credentials.h"

namespace fairway::lab {

struct NodeConfig {
  std::string name;
  bool control_plane = false;
};

// Lets the person's own browser in: a listener on the machine's loopback whose connections go on, from the client
// host, to the address of a Service.
struct PublishConfig {
  std::string bind;
  std::uint16_t port = 0;
  std::string service;  // "default/nginxservice"
  std::uint16_t service_port = 0;
};

struct LabConfig {
  std::string prefix;     // of namespaces on the machine: "fwabcd" (net/fabric.h)
  std::string cluster;    // whose nodes these are, where one process has several labs: a label of the metrics
  std::string state_dir;  // what runs, so that a new lab adopts it
  std::string pod_log_dir;
  std::string program;  // this program, for starting containers; empty: /proc/self/exe
  std::string kubeconfig;
  openstack::Credentials cloud;
  // By name or id.
  std::string public_network = "public";
  std::string private_network = "private";
  std::string private_subnet;          // empty: the network's first
  std::string client_name = "client";  // empty: no client host, and nothing is published
  std::string client_address;          // "172.24.4.1/24"; empty: the public subnet's gateway address
  std::vector<NodeConfig> nodes = {{"master", true}, {"minion-1"}, {"minion-2"}};
  std::string pod_cidr = "10.100.0.0/16";  // each node has a /24 of it
  bool bind_pods = false;                  // give pods a node where the cluster has no scheduler
  // The API listens on this machine's loopback only: the control plane's node takes connections on this port and
  // carries them on, and the endpoints of default/kubernetes say so. 0: the API does all that itself.
  std::uint16_t api_port = 0;
  // Signs what the nodes show to a real API server that asks them for logs (lab/kubelet_api.h). Without: they serve none.
  net::KeyPair kubelet_authority;
  std::vector<PublishConfig> publish;
  Catalogue images = builtin_images();
  std::chrono::milliseconds heartbeat{10'000};
  // Between telling load balancers that a node leaves and taking it down.
  std::chrono::milliseconds node_linger{2'000};
};

//   prefix: fwabcd        state_dir: …       pod_log_dir: …      kubeconfig: …
//   clouds_yaml: …        cloud: lab         which login of that file is ours
//   public_network: public                   private_network: private     private_subnet: …
//   client: {name: client, address: 172.24.4.1/24}
//   nodes: [{name: master, control_plane: true}, {name: minion-1}]
//   pod_cidr: 10.100.0.0/16                  bind_pods: false    heartbeat: 10s    node_linger: 2s
//   api_port: 6443
//   publish: ["127.0.0.1:8080=default/nginxservice:80"]
//   images: …                                see lab/images.h
[[nodiscard]] LabConfig read_lab_config(config::Section section);

// "127.0.0.1:8080=default/nginxservice:80"; only loopback addresses are taken.
[[nodiscard]] Result<PublishConfig> parse_publish(std::string_view text);

}  // namespace fairway::lab
