// The rules of each kind. Pure; references and texts: kubernetes.io API reference and the real server 1.36.
#pragma once

#include "kube_api/kinds/kinds.h"

namespace fairway::kube_api {

Rules namespace_rules();
Rules node_rules();
Rules pod_rules();
Rules service_rules();
Rules endpoints_rules();
Rules endpoint_slice_rules();
Rules event_rules();
Rules new_event_rules();
Rules lease_rules();
Rules secret_rules();
Rules config_map_rules();
Rules service_account_rules();
Rules deployment_rules();
Rules replica_set_rules();

}  // namespace fairway::kube_api
