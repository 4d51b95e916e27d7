// A client of the Kubernetes API on JSON objects: get, list, create, replace, patch, delete, watch, logs of errors as
// Status.
//
// Errors carry the Status message; Errc by reason: NotFound not_found, AlreadyExists already_exists, Conflict
// conflict, Gone/Expired gone, Invalid/BadRequest invalid, Forbidden denied, Unauthorized unauthenticated,
// TooManyRequests and 5xx unavailable.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/client.h"
#include "json/value.h"
#include "kube/config.h"
#include "runtime/env.h"

namespace fairway::kube {

// "services" of the core group: {"", "v1", "services"}; endpoint slices: {"discovery.k8s.io", "v1",
// "endpointslices"}.
struct Resource {
  std::string group, version, plural;
  bool namespaced = true;
  // "/api/v1/namespaces/web/services/shop/status"; empty ns: all namespaces (or not namespaced).
  [[nodiscard]] std::string path(std::string_view ns = "", std::string_view name = "",
                                 std::string_view subresource = "") const;
};

extern const Resource kServices, kNodes, kPods, kEvents, kEndpoints, kEndpointSlices, kNamespaces, kSecrets,
    kConfigMaps, kLeases, kServiceAccounts;

enum class Patch { merge, json, strategic };

struct ListAnswer {
  std::vector<json::Value> items;
  std::string resource_version;
};

struct WatchEvent {
  enum class Type { added, modified, deleted, bookmark };
  Type type = Type::added;
  json::Value object;
};

class WatchStream {
 public:
  virtual ~WatchStream() = default;
  // Errors: gone (410: list again), unavailable (closed by the server or lost: resume from the last resourceVersion).
  virtual Task<Result<WatchEvent>> next() = 0;
};

class Client {
 public:
  virtual ~Client() = default;
  virtual Task<Result<json::Value>> get(std::string path) = 0;
  virtual Task<Result<ListAnswer>> list(std::string path, std::string query = "") = 0;  // all pages
  virtual Task<Result<json::Value>> create(std::string path, json::Value object) = 0;
  virtual Task<Result<json::Value>> replace(std::string path, json::Value object) = 0;
  virtual Task<Result<json::Value>> patch(std::string path, Patch kind, json::Value patch) = 0;
  virtual Task<Result<json::Value>> remove(std::string path, json::Value options = nullptr) = 0;
  // From `resource_version` on, with bookmarks.
  virtual Task<Result<std::unique_ptr<WatchStream>>> watch(std::string path, std::string resource_version,
                                                           std::string query = "") = 0;
};

[[nodiscard]] Result<std::unique_ptr<Client>> make_client(boost::asio::io_context& context, Env& env, Config config);
// Over a connection of the caller's own, to config.server.
[[nodiscard]] std::unique_ptr<Client> make_client(std::unique_ptr<http::Client> http, Config config);

}  // namespace fairway::kube
