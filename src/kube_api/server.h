// The embedded Kubernetes API: the part of it that Services need, for kubectl and client libraries, over one store.
//
// Reference: Kubernetes API v1.36 (kubernetes.io/docs/reference/kubernetes-api). Objects are validated, defaulted and
// refused in the words of the real server; what is not here is refused in words too.
//
// Besides answering requests it does what a control plane must so that Services work: allocates cluster IPs and node
// ports, binds pods to ready nodes, makes Endpoints and EndpointSlices, empties namespaces that are being deleted,
// keeps `default`, `kube-system`, `kube-public`, `kube-node-lease` and the `kubernetes` Service, lets Events expire.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "kube_api/state/config.h"
#include "runtime/env.h"
#include "store/store.h"

namespace fairway::kube_api {

class KubeApi {
 public:
  // Loads the store's content, writes what must always exist, begins to listen. `context`, `env` and `store` outlive
  // it. Errors: the port is taken, the store is broken, the cluster IP range is malformed.
  [[nodiscard]] static Task<Result<std::unique_ptr<KubeApi>>> start(boost::asio::io_context& context, Env& env,
                                                                    store::Store& store, KubeApiConfig config);
  virtual ~KubeApi() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  // Refuses new requests, ends watches, lets requests in flight end within `patience`.
  virtual Task<> stop(Duration patience) = 0;
};

}  // namespace fairway::kube_api
