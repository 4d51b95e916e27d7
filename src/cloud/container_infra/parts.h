// What the handlers of this API work with, and what they share. By value; what it refers to outlives the routes.
#pragma once

#include <string>

#include "cloud/api/context.h"
#include "cloud/api/routes.h"
#include "cloud/container_infra/drivers.h"
#include "cloud/container_infra/kubernetes.h"
#include "cloud/identity/passwords.h"

namespace fairway::cloud::container_infra {

struct InfraParts {
  ApiContext& context;
  identity::Passwords& passwords;
  Drivers& drivers;
  KubernetesAccess* kubernetes = nullptr;  // null: clusters' own APIs are not reached from here

  [[nodiscard]] const State& state() const { return context.ledger.state(); }
  [[nodiscard]] std::string root_url() const { return context.public_url + "/container-infra"; }
  [[nodiscard]] std::string url() const { return root_url() + "/v1"; }
};

// 202 {"uuid": …}
[[nodiscard]] http::Response accepted(const std::string& uuid);
// The two links of an object at `path` ("clusters/3f…"): with the version, and without.
[[nodiscard]] json::Array links_to(const InfraParts& parts, std::string_view path);

void add_template_routes(Routes& routes, InfraParts parts);
void add_cluster_routes(Routes& routes, InfraParts parts);
void add_adoption_routes(Routes& routes, InfraParts parts);
void add_node_group_routes(Routes& routes, InfraParts parts);
void add_certificate_routes(Routes& routes, InfraParts parts);
void add_service_routes(Routes& routes, InfraParts parts);
void add_bay_routes(Routes& routes, InfraParts parts);
void add_kubernetes_routes(Routes& routes, InfraParts parts);

}  // namespace fairway::cloud::container_infra
