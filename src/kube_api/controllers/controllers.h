// What a control plane does beside answering: each a loop over the history of changes, level-based, started with the
// server and ended with it. Running one twice changes nothing.
#pragma once

#include "kube_api/state/api.h"

namespace fairway::kube_api {

// Writes what must always exist: namespaces, their default service account and CA, the `kubernetes` Service.
Task<Result<>> bootstrap(Api& api, std::string address, std::uint16_t port);

// Each runs until api.objects.stopping().
Task<> keep_endpoints(Api& api);     // Endpoints and EndpointSlices from Services and Pods
Task<> bind_pods(Api& api);          // pods to ready nodes
Task<> keep_namespaces(Api& api);    // default content of new ones, end of those being deleted
Task<> keep_nodes(Api& api);         // readiness by Lease, taints by readiness
Task<> expire_events(Api& api);      // events older than their time
Task<> keep_replica_sets(Api& api);  // as many pods as each wants
Task<> keep_deployments(Api& api);   // replica sets: rollouts, scaling, history
Task<> collect_garbage(Api& api);    // what belonged to something that is gone

}  // namespace fairway::kube_api
