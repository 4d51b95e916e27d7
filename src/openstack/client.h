// A client of OpenStack's APIs: logs in, keeps its token fresh, finds each service in the catalog, sends JSON.
//
// Works against any Keystone v3: Fairway's own or the real one. A 401 logs in again once; 429 and 503 are retried
// with back-off that honours Retry-After, within the request's deadline. Errors carry the API's own message, and Errc
// by status: 400 invalid, 401 unauthenticated, 403 denied (a quota text: exhausted), 404 not_found, 409 conflict, 413
// too_large, 429/5xx unavailable, 501 unsupported. After a POST whose answer was lost the error is Errc::timeout: it
// may have been done.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"
#include "json/value.h"
#include "openstack/credentials.h"
#include "runtime/env.h"

namespace fairway::openstack {

enum class Service { identity, network, load_balancer, container_infra };

struct Answer {
  int status = 0;
  json::Value body;  // null when there was none
};

class Client {
 public:
  virtual ~Client() = default;
  // `path` begins at the service's versioned root: "/v2.0/networks", "/v2.0/lbaas/loadbalancers", "/v3/projects",
  // "/v1/clusters".
  virtual Task<Result<Answer>> send(Service service, std::string method, std::string path,
                                    json::Value body = nullptr) = 0;
  // The project that the token is scoped to; logs in if need be.
  virtual Task<Result<std::string>> project_id() = 0;
};

[[nodiscard]] Result<std::unique_ptr<Client>> make_client(boost::asio::io_context& context, Env& env,
                                                          Credentials credentials);

// With connections of the caller's own making: called once for each origin (Keystone, then what its catalog names).
using Connect = std::function<Result<std::unique_ptr<http::Client>>(http::ClientConfig)>;
[[nodiscard]] std::unique_ptr<Client> make_client(Env& env, Credentials credentials, Connect connect);

// All pages of a collection: list_all(client, Service::network, "/v2.0/ports?device_id=x", "ports").
Task<Result<json::Array>> list_all(Client& client, Service service, std::string path, std::string key);

// The newest API version that Octavia offers, {2, 26} for "v2.26", from its discovery document.
struct ApiVersion {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const ApiVersion&, const ApiVersion&) = default;
};
Task<Result<ApiVersion>> octavia_version(Client& client);

}  // namespace fairway::openstack
