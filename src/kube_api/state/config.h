// The section `kube_api` of the configuration file.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/reader.h"
#include "http/server.h"

namespace fairway::kube_api {

// Who presents a token, and what the API then knows about them. Every known user is an administrator; without a token
// or a verified client certificate (its CN is the user, its O are the groups) only /healthz, /readyz, /livez and
// /version answer. Not printable on purpose.
struct BearerToken {
  std::string token;
  std::string user = "admin";
  std::vector<std::string> groups = {"system:masters"};
};

struct KubeApiConfig {
  http::ServerConfig server;  // port 0: the kernel chooses; see KubeApi::port()
  std::vector<BearerToken> tokens;
  // Whoever reaches the port may do everything, with no token and no certificate: for a network that is trusted as a
  // whole. Only without TLS, where nobody can be known for sure anyway.
  bool anonymous_admin = false;
  std::string service_cluster_ip_range = "10.96.0.0/16";  // IPv4
  std::uint16_t node_port_min = 30000;
  std::uint16_t node_port_max = 32767;
  // What the endpoints of the Service default/kubernetes say; empty and 0: server.bind and the port that was bound. An
  // address that endpoints may not have (loopback, 0.0.0.0) is not published: the Service has no endpoints then.
  std::string advertise_address;
  std::uint16_t advertise_port = 0;
  std::string ca_file;  // published as the ConfigMap kube-root-ca.crt of each namespace; empty: not published
  std::string
      pod_log_dir;  // where node agents write pods' logs (pod_logs/pod_logs.h); empty: `kubectl logs` is refused in words
  std::chrono::milliseconds event_ttl{std::chrono::hours(1)};
  std::chrono::milliseconds node_grace{40'000};  // a node whose Lease is not renewed for so long is not ready
};

//   bind: 127.0.0.1          port: 6443
//   tls: {certificate_file: …, key_file: …, client_ca_file: …}
//   tokens: [{token_file: …, user: admin, groups: [system:masters]}]       anonymous_admin: false
//   service_cluster_ip_range: 10.96.0.0/16       node_port_min: 30000    node_port_max: 32767
//   advertise_address: …     advertise_port: …   ca_file: …              pod_log_dir: …
//   event_ttl: 1h            node_grace: 40s
// Problems are noted in the section's file.
[[nodiscard]] KubeApiConfig read_kube_api_config(config::Section section);

}  // namespace fairway::kube_api
