// A client of OpenStack's APIs: logs in, keeps its token fresh, finds each service in the catalog, sends JSON.
//
// Works against any Keystone v3: Fairway's own or the real one. A 401 logs in again once; 429 and 503 are retried
// with back-off that honours Retry-After, within the request's deadline. Errors carry the API's own message, and Errc
// by status: 400 invalid, 401 unauthenticated, 403 denied (a quota text: exhausted), 404 not_found, 409 conflict, 413
// too_large, 429/5xx unavailable, 501 unsupported. After a POST whose answer was lost the error is Errc::timeout: it
// may have been done.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"
#include "openstack/credentials.h"
#include "runtime/env.h"

namespace fairway::openstack {

enum class Service { identity, network, load_balancer };

struct Answer {
  int status = 0;
  json::Value body;  // null when there was none
};

class Client {
 public:
  virtual ~Client() = default;
  // `path` begins at the service's versioned root: "/v2.0/networks", "/v2.0/lbaas/loadbalancers", "/v3/projects".
  virtual Task<Result<Answer>> send(Service service, std::string method, std::string path,
                                    json::Value body = nullptr) = 0;
  // The project that the token is scoped to; logs in if need be.
  virtual Task<Result<std::string>> project_id() = 0;
};

[[nodiscard]] Result<std::unique_ptr<Client>> make_client(boost::asio::io_context& context, Env& env,
                                                          Credentials credentials);

}  // namespace fairway::openstack
