// Fairway's own cloud, put together: the ledger over a store, identity, networking, load balancing, container
// infrastructure, and one HTTP server for all of it (/identity, /network, /load-balancer, /container-infra; /livez and /readyz for whoever watches).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "config/reader.h"
#include "http/server.h"
#include "runtime/env.h"
#include "store/store.h"

namespace fairway::cloud {

namespace container_infra {
class KubernetesAccess;
}

// Networks that a new cloud is given: an external one, and a private one for the project demo behind a router.
struct NetworksConfig {
  bool make = false;
  std::string public_cidr = "172.24.4.0/24";
  std::string private_cidr = "10.0.0.0/24";
};

struct CloudConfig {
  http::ServerConfig http;
  std::string public_url;              // the catalogue's root; empty: http(s)://<bind>:<port>
  std::string gateway_address;         // "unix:/…/gateway.sock", where gateways connect; empty: no gateway
  bool noop_gateway = false;           // load balancers turn ACTIVE at once and nothing serves them
  std::string cluster_driver_address;  // "unix:/…/clusters.sock", where a cluster driver connects; empty: no clusters
  std::string secrets_directory;       // where the generated passwords of a new cloud are written (0600)
  std::chrono::milliseconds token_lifetime{std::chrono::hours(1)};
  NetworksConfig networks;
};

// The section "cloud" of the configuration file.
[[nodiscard]] CloudConfig read_cloud_config(config::Section section);

class Cloud {
 public:
  // Loads the state, makes what a new cloud starts with, and serves. context, env and store outlive it.
  // `kubernetes`: how clusters' own APIs are reached; null: they are not.
  // Errors name what failed: the store, the secrets' directory, the address.
  [[nodiscard]] static Task<Result<std::unique_ptr<Cloud>>> start(
      boost::asio::io_context& context, Env& env, store::Store& store, CloudConfig config,
      std::shared_ptr<container_infra::KubernetesAccess> kubernetes = nullptr);
  ~Cloud();
  Cloud(const Cloud&) = delete;
  Cloud& operator=(const Cloud&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] const std::string& public_url() const;
  // Ends requests in flight within the patience. Call it before destroying a cloud whose loop goes on.
  Task<> stop(Duration patience);

 private:
  struct Parts;
  explicit Cloud(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace fairway::cloud
