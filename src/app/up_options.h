// What `fairway up` is asked for.
#pragma once

#include <string>
#include <vector>

namespace fairway::app {

struct UpOptions {
  std::string dir;
  std::vector<std::string> publish;  // "127.0.0.1:8080=default/nginxservice:80"
  bool internal_lb = false;          // no floating IPs by themselves: a person associates one
  std::string provider = "octavia";  // the controller's: octavia or lbaas_v1
  bool load_balancers = true;        // false: the controller's feature is disabled
  bool heat_like = false;            // clusters are deleted as Heat does it: what Kubernetes made is left
  bool demo_networks = true;         // make the networks, and the lab on them
  std::string kubeconfig;            // an existing cluster, instead of the embedded Kubernetes API
  bool bind_pods = false;            // that cluster has no scheduler: the lab gives pods their nodes
  std::string images_file;           // more images for the lab (YAML, lab/images.h)
  std::string kubernetes_programs;   // a folder with a real control plane, for clusters that ask for one
  std::string public_cidr = "172.24.4.0/24";
  std::string public_pool;  // "172.24.4.100-172.24.4.250"; empty: .100 to .250 of the range
  std::string private_cidr = "10.0.0.0/24";
};

}  // namespace fairway::app
