#include "kube_api/state/config.h"

#include "kube_api/state/service_allocation.h"

namespace fairway::kube_api {

KubeApiConfig read_kube_api_config(config::Section section) {
  KubeApiConfig kube;
  section.read("bind", kube.server.bind);
  section.read("port", kube.server.port);
  if (section.has("tls")) {
    auto tls = section.section("tls");
    http::TlsServerConfig server;
    tls.require("certificate_file", server.certificate_file);
    tls.require("key_file", server.key_file);
    tls.read("client_ca_file", server.client_ca_file);
    tls.finish();
    kube.server.tls = std::move(server);
  }
  for (auto& entry : section.list("tokens")) {
    BearerToken token;
    entry.read_secret_file("token_file", token.token);
    entry.read("user", token.user);
    entry.read("groups", token.groups);
    if (token.token.empty()) entry.problem("token_file", "there is no token in it");
    entry.finish();
    kube.tokens.push_back(std::move(token));
  }
  section.read("anonymous_admin", kube.anonymous_admin);
  if (kube.anonymous_admin && kube.server.tls)
    section.problem(
        "anonymous_admin",
        "is for an endpoint without tls, where nobody can be told from anybody else; leave one of the two "
        "out");
  section.read("service_cluster_ip_range", kube.service_cluster_ip_range);
  section.read("node_port_min", kube.node_port_min);
  section.read("node_port_max", kube.node_port_max);
  if (auto ranges = parse_ranges(kube.service_cluster_ip_range, kube.node_port_min, kube.node_port_max); !ranges) {
    section.problem("service_cluster_ip_range", ranges.error().what);
  }
  section.read("advertise_address", kube.advertise_address);
  section.read("advertise_port", kube.advertise_port);
  section.read("ca_file", kube.ca_file);
  section.read("pod_log_dir", kube.pod_log_dir);
  section.read("event_ttl", kube.event_ttl);
  section.read("node_grace", kube.node_grace);
  section.finish();
  return kube;
}

}  // namespace fairway::kube_api
