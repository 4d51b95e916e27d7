// A cluster that somebody else runs: Fairway's part of it is a controller with a login of its own to the cloud, and
// what that makes there. Its machines, its network and its control plane are never touched.
//
// Files of its folder beside those of state.h: pki/controller.kubeconfig (0600), by which the driver and the controller
// reach its API. It comes from the person, by way of the driver's socket. Threads: the loop's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cleanup/belongings.h"
#include "cluster_driver/cluster_parts.h"
#include "cluster_driver/network.h"
#include "cluster_driver/node_view.h"
#include "cluster_driver/placement.h"
#include "kube/client.h"

namespace fairway::cluster_driver {

class AdoptedParts final : public ClusterParts {
 public:
  // `changed` whenever another pass is worth it. What the context refers to outlives it.
  AdoptedParts(DriverContext driver, std::string cluster_id, std::function<void()> changed);

  Task<Result<>> build(cluster_link::ClusterWish wish, Say say) override;
  // Load balancers and what belongs to them, and what the controller wrote on Services, where the API answers.
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
  [[nodiscard]] std::string kubeconfig_file() const { return folder_.file("pki/controller.kubeconfig"); }
  Result<> load();
  Result<> log_in(const cluster_link::ClusterWish& wish);
  Result<> make_client();
  Task<Result<>> stand_network(cluster_link::ClusterWish wish);
  Task<Result<>> run_controller(cluster_link::ClusterWish wish);
  Result<> note_identity(const std::string& uid);
  Task<Result<>> give_services_back(cluster_link::ClusterWish wish, cleanup::Owner owner);

  DriverContext driver_;
  ClusterFolder folder_;
  ClusterState state_;
  bool loaded_ = false;
  std::unique_ptr<openstack::Client> cloud_;
  openstack::Credentials login_;
  std::unique_ptr<kube::Client> kube_;
  std::string server_, login_text_;
  std::optional<ClusterNetwork> network_;
  std::vector<SubnetView> subnets_;  // the project's
  SteadyTime compared_{};
  Master master_;
  std::string host_;  // what the controller is called in its Lease
  bool given_back_ = false;
  std::optional<SteadyTime> asked_since_;  // to give its Services back
  // As last seen.
  bool looked_ = false, api_answers_ = false;
  Error api_problem_{Errc::unavailable, "it was not asked yet"};
  std::string version_, holder_;
  std::vector<NodeView> nodes_;
};

}  // namespace fairway::cluster_driver
