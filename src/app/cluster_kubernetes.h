// How the cloud's oldest endpoints reach a cluster's own API: by the program's client of Kubernetes.
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "cloud/container_infra/kubernetes.h"
#include "runtime/env.h"

namespace fairway::app {

// context and env outlive it.
[[nodiscard]] std::shared_ptr<cloud::container_infra::KubernetesAccess> make_cluster_kubernetes(
    boost::asio::io_context& context, Env& env);

}  // namespace fairway::app
