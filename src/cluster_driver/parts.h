// All that a cluster is made of that this driver makes, and the steps that make and unmake it.
//
// Every step finds what is there, of an earlier driver too, and completes it. Threads: the loop's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cluster_driver/balancers.h"
#include "cluster_driver/cluster_parts.h"
#include "cluster_driver/lab_runner.h"
#include "cluster_driver/master.h"
#include "cluster_driver/network.h"
#include "cluster_driver/node_view.h"
#include "kube/client.h"
#include "lab/forwarder.h"
#include "lab/hosts.h"

namespace fairway::cluster_driver {

class Parts final : public ClusterParts {
 public:
  // `changed` whenever another pass is worth it. What the context refers to outlives it.
  Parts(DriverContext driver, std::string cluster_id, std::function<void()> changed);

  // `say` is called with each step: "3 of 8: etcd on k8s-abc-master-0".
  Task<Result<>> build(cluster_link::ClusterWish wish, Say say) override;
  Task<Result<>> remove(cluster_link::ClusterWish wish, bool known, Say say) override;
  Task<> look() override;
  Task<> release(Duration patience) override;
  [[nodiscard]] const ClusterFolder& folder() const override { return folder_; }
  [[nodiscard]] cluster_link::Facts facts(const cluster_link::ClusterWish& wish) const override;
  [[nodiscard]] const std::vector<std::string>& identities() const override { return state_.identities; }
  Task<ServiceAnswer> service(cluster_link::ClusterWish wish, std::string host, std::string name,
                              std::string action) override;
  Task<Result<>> set_load_balancers(cluster_link::ClusterWish wish, bool on) override;
  Task<Result<>> take_kubeconfig(std::string text, CheckIdentity check) override;

 private:
  Task<Result<>> complete(cluster_link::ClusterWish wish, Say say);
  Task<Result<>> prepare(cluster_link::ClusterWish wish);
  Result<> log_in(const cluster_link::ClusterWish& wish);
  Task<> learn_identity();
  Task<Result<>> stand_hosts(cluster_link::ClusterWish wish);
  Task<Result<>> stand_balancers(cluster_link::ClusterWish wish);
  Task<Result<>> open_ways(cluster_link::ClusterWish wish);
  Result<> write_files(const cluster_link::ClusterWish& wish);
  Task<Result<>> run_control_plane(Say say);
  Task<Result<>> wait_balancers();
  Task<Result<>> wait_way_in();
  Result<> make_clients();
  Task<Result<>> nodes_ready(cluster_link::ClusterWish wish);
  Task<Result<>> take_from_cloud(cluster_link::ClusterWish wish, Say say);
  [[nodiscard]] lab::LabConfig lab_config(const cluster_link::ClusterWish& wish) const;
  [[nodiscard]] std::vector<lab::NodeConfig> nodes_of(const cluster_link::ClusterWish& wish) const;
  [[nodiscard]] MasterPlan master_plan(const cluster_link::ClusterWish& wish) const;
  [[nodiscard]] std::uint16_t api_port(const cluster_link::ClusterWish& wish) const;
  [[nodiscard]] std::string public_address() const;
  Task<Result<>> listen(std::string what, std::unique_ptr<lab::Forwarder>& way, std::uint16_t& port,
                        lab::ForwardTarget target);
  void forget_cloud();

  DriverContext driver_;
  std::function<void()> changed_;
  ClusterFolder folder_;
  ClusterState state_;
  bool loaded_ = false;
  std::unique_ptr<openstack::Client> cloud_;
  openstack::Credentials login_;
  std::optional<ClusterNetwork> network_;
  std::optional<lab::Node> master_host_;
  std::map<std::string, Balancer> balancers_;  // by role
  std::string floating_ip_;
  bool balancers_stand_ = false;
  SteadyTime compared_{};
  bool tls_ = true;
  RealControlPlane real_;
  std::unique_ptr<lab::Forwarder> way_in_, internal_way_;
  std::string way_in_target_;
  std::string login_text_;
  std::unique_ptr<kube::Client> kube_, public_kube_;
  Master master_;
  std::unique_ptr<LabRunner> lab_;
  bool identity_known_ = false;
  // As last seen.
  bool api_answers_ = false, way_in_answers_ = false;
  std::string api_problem_, version_;
  std::vector<NodeView> nodes_;
};

}  // namespace fairway::cluster_driver
