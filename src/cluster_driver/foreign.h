// A cluster that somebody else runs, as its own API shows it: what must be known before Fairway serves it, and what
// keeps it from doing so.
#pragma once

#include <string>
#include <vector>

#include "cluster_driver/node_view.h"
#include "kube/client.h"
#include "runtime/env.h"

namespace fairway::cluster_driver {

struct ForeignCluster {
  std::string identity;  // the UID of its namespace kube-system, by which it is known again
  std::string version;
  std::vector<NodeView> nodes;
};

// Errors say the server, the cause and the remedy: unavailable, unauthenticated, denied, invalid (it is no Kubernetes
// API).
[[nodiscard]] Task<Result<ForeignCluster>> ask_foreign(kube::Client& kube, std::string server);

// Whether the login may do all that a controller does. An API without access reviews is taken at its word. Error:
// denied, with what is missing.
[[nodiscard]] Task<Result<>> check_rights(kube::Client& kube, std::string server);

// Whether nobody else makes load balancers there: no controller like ours holds the Lease and renews it, and no Service
// has a load balancer already. Waits a few seconds when there is a holder. Error: conflict, with who it is.
[[nodiscard]] Task<Result<>> check_unserved(kube::Client& kube, Env& env);

// Who holds the Lease of Fairway's controllers; empty: nobody. Errors: the API's own.
[[nodiscard]] Task<Result<std::string>> lease_holder(kube::Client& kube);

// Deletes that Lease when nobody holds it, or `holder`; somebody else's stays. Errors: the API's own; denied where the
// login may not delete it, which leaves an empty Lease.
[[nodiscard]] Task<Result<>> drop_lease(kube::Client& kube, std::string holder);

}  // namespace fairway::cluster_driver
