// The Services of an adopted cluster that Fairway has served: what its controller wrote on them goes when the cluster is
// released, so that they can be deleted, or served by another.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cleanup/belongings.h"
#include "controller/service.h"
#include "kube/client.h"

namespace fairway::cluster_driver {

// Of everything that a Service's annotation may name.
[[nodiscard]] std::vector<std::string> ids_of(const cleanup::Belongings& belongings);

// Whether our controller wrote on it. `balancers`: ids of the cluster's load balancers. `served`: load balancers were
// made, so that a Service which is marked and has none yet is ours as well. Pure.
[[nodiscard]] bool is_ours(const controller::Service& service, const std::set<std::string>& balancers, bool served);

// Takes finalizer, annotations and address off those that are ours. Errors: the API's own; a second time completes it.
[[nodiscard]] Task<Result<>> clean_services(kube::Client& kube, std::vector<json::Value> services,
                                            std::set<std::string> balancers, bool served);

}  // namespace fairway::cluster_driver
