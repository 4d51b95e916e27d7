// What the driver remembers of one cluster, in a folder of its own (0700), so that after kill -9 it goes on from there.
//
//   wish.json      the last wish, with its keys: the cluster is kept while the cloud is away
//   state.json     what was chosen once: ports on the machine's loopback, the nodes' numbers
//   pki/           certificates by the cluster's authority
//   etc/           configuration of processes
//   hosts/<host>/  what that host sees as its own: etc/sysconfig, etc/kubernetes
//   etcd/  lab/  run/  logs/
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/result.h"
#include "cluster_driver/members.h"
#include "cluster_link/messages.h"

namespace fairway::cluster_driver {

struct ClusterState {
  std::uint16_t public_port = 0;    // the person's way in
  std::uint16_t internal_port = 0;  // the driver's own, to the master
  Members members;
  std::string credential_id;  // that of the credential which the master's file holds by our writing
  std::string network_id;     // where its hosts stand
  // UIDs of the namespace kube-system that it had: the controller's mark on what it makes in the cloud.
  std::vector<std::string> identities;
  // Of an adopted cluster that is being released: ids of what its Services' annotations name.
  std::vector<std::string> balancers;
};
BOOST_DESCRIBE_STRUCT(ClusterState, (),
                      (public_port, internal_port, members, credential_id, network_id, identities, balancers))

class ClusterFolder {
 public:
  explicit ClusterFolder(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
  // Makes it with what it holds.
  [[nodiscard]] Result<> make() const;
  [[nodiscard]] Result<> save(const cluster_link::ClusterWish& wish) const;
  [[nodiscard]] Result<> save(const ClusterState& state) const;
  // A fresh one when there is none yet. Error: invalid.
  [[nodiscard]] Result<ClusterState> load_state() const;
  [[nodiscard]] Result<cluster_link::ClusterWish> load_wish() const;
  [[nodiscard]] bool exists() const;
  void remove() const;

 private:
  std::string path_;
};

// Ids of clusters that have a folder.
[[nodiscard]] std::vector<std::string> clusters_in(const std::string& state_directory);

}  // namespace fairway::cluster_driver
