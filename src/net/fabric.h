// Names on the machine: where the networks of one Fairway instance live, so that gateway and lab meet without
// talking.
//
// One instance has one prefix ("fw" + 4 letters, kept in its directory). Its fabric namespace carries one bridge for
// each Neutron network; routers, nodes and the client host are namespaces that plug a veth into those bridges.
// Whoever comes first makes a bridge; making it twice is no error.
//
//   namespace  <prefix>-fabric            bridge in it  br-<first 11 of the network id, dashes dropped>
//   namespace  <prefix>-r-<first 8 of the router id>    a router with its HAProxy
//   namespace  <prefix>-h-<name>          a host of the lab: client, master, minion-1
//   namespace  <prefix>-p-<first 8 of the pod's UID>    a pod
#pragma once

#include <string>
#include <string_view>

namespace fairway::net {

class Fabric {
 public:
  explicit Fabric(std::string prefix) : prefix_(std::move(prefix)) {}

  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  [[nodiscard]] std::string fabric_namespace() const { return prefix_ + "-fabric"; }
  [[nodiscard]] std::string router_namespace(std::string_view router_id) const {
    return prefix_ + "-r-" + short_id(router_id, 8);
  }
  [[nodiscard]] std::string host_namespace(std::string_view name) const {
    return prefix_ + "-h-" + std::string(name);
  }
  [[nodiscard]] std::string pod_namespace(std::string_view uid) const { return prefix_ + "-p-" + short_id(uid, 8); }
  // An interface name (15 characters at most), unique in its namespace.
  [[nodiscard]] static std::string bridge(std::string_view network_id) { return "br-" + short_id(network_id, 11); }
  // The fabric's end of a veth into the namespace of what has this id (a port, mostly).
  [[nodiscard]] static std::string tap(std::string_view port_id) { return "tap" + short_id(port_id, 11); }

 private:
  [[nodiscard]] static std::string short_id(std::string_view id, std::size_t length) {
    std::string text;
    for (const char c : id) {
      if (c != '-' && text.size() < length) text += c;
    }
    return text;
  }
  std::string prefix_;
};

}  // namespace fairway::net
