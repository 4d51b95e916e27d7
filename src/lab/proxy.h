// Cluster IPs, node ports and health-check node ports on every node: what kube-proxy is to a real one.
//
// The Services and EndpointSlices come from the reflectors that the lab owns; changed() is called at each change, and
// each node's rules follow in one transaction of the kernel, some milliseconds later at most. What is in the kernel
// outlives this.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "http/server.h"
#include "kube/reflector.h"
#include "lab/hosts.h"
#include "lab/proxy_rules.h"
#include "runtime/sync.h"

namespace fairway::lab {

// The Services and their slices, as the API tells them.
struct ServiceSources {
  const kube::Reflector& services;
  const kube::Reflector& slices;
};

class Proxy {
 public:
  // All outlive this.
  Proxy(boost::asio::io_context& context, Env& env, const std::vector<Node>& nodes, std::string cluster_cidr,
        ServiceSources sources);
  ~Proxy();

  void changed() {
    ++wanted_;
    changed_.notify_all();
    applied_.notify_all();
  }
  // Until no node sends new connections to this address any more, of a pod that is being deleted, and those on their
  // way have arrived; at most `limit`. At once where no Service chooses the pod.
  Task<> wait_for_leave(json::Value pod, std::string address, Duration limit);
  // Until cancelled.
  Task<> run();
  Task<> stop();
  // Forgets nodes that are gone: whatever of ours is open in their namespaces is closed.
  void forget_gone();

 private:
  struct NodeState;
  [[nodiscard]] bool program_all();
  Result<> program(NodeState& state);
  Result<> listen_for_health(NodeState& state, std::uint16_t port);
  void serve_health(NodeState& state);
  Task<http::Response> answer_health(const NodeState& state, std::uint16_t port) const;

  boost::asio::io_context& context_;
  Env& env_;
  std::string cluster_cidr_;
  const kube::Reflector& services_;
  const kube::Reflector& slices_;
  std::vector<std::unique_ptr<NodeState>> nodes_;
  std::uint64_t wanted_ = 1, done_ = 0;
  Notify changed_;
  Notify applied_;
  Counter& transactions_;
  Counter& failures_;
  Histogram& seconds_;
};

}  // namespace fairway::lab
