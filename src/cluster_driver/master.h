// The control plane of one cluster: etcd, the API server and the controller, each a process of its own that outlives the
// driver, with the files that they read and those that the master's administrator sees. Threads: the loop's.
#pragma once

#include <string>
#include <vector>

#include "cluster_driver/host_service.h"
#include "cluster_driver/master_files.h"
#include "cluster_driver/state.h"

namespace fairway::cluster_driver {

// What a person's `service NAME ACTION` is answered.
struct ServiceAnswer {
  int exit_code = 0;
  std::string text;
};

class Master {
 public:
  // `changed` whenever a process starts or ends. `context` and `env` outlive it.
  Master(boost::asio::io_context& context, Env& env, std::function<void()> changed);

  // Certificates, logins and the administrator's files, those only when they are not there yet; a credential that
  // changed is entered. `addresses`: more that the API is reached at. Errors: files, the authority.
  [[nodiscard]] Result<> write_files(const MasterPlan& plan, const cluster_link::ClusterWish& wish,
                                     const std::vector<std::string>& addresses, ClusterState& state);
  // Of a cluster that is adopted: the controller's alone. Its login to the API is there already.
  [[nodiscard]] Result<> write_controller_files(const MasterPlan& plan, const cluster_link::ClusterWish& wish,
                                                ClusterState& state);
  // Level-based; after write_files. Errors: a program is not installed.
  Task<Result<>> run_etcd();
  Task<Result<>> run_api();
  // Those of a real control plane: controllers and scheduler. An embedded one has them in its API server.
  Task<Result<>> run_controllers();
  Task<Result<>> run_controller();

  // name: etcd, kube-apiserver, kube-controller-manager (which makes the load balancers) and, of a real control plane,
  // kubernetes-controllers and kube-scheduler; action: start, stop, restart, status.
  Task<ServiceAnswer> service(std::string name, std::string action);
  // The administrator's steps: files and restart. Error: not_found (the master has no files yet).
  Task<Result<>> set_load_balancers(bool on);
  // Why Services get no load balancer, when they do not.
  [[nodiscard]] Result<> load_balancers() const;

  // Ends all for good, those of an earlier driver too.
  Task<> remove(std::string folder);
  Task<> release();

 private:
  [[nodiscard]] std::string host_file(std::string_view path) const;
  [[nodiscard]] std::string file(std::string_view name) const { return plan_.folder + "/" + std::string(name); }
  Result<> write_certificates(const std::vector<std::string>& addresses);
  Result<> write_login(const std::string& name, std::uint16_t port, const net::CertificateSubject& subject);
  Result<> write_service_program();
  Result<> write_host_files(ClusterState& state);
  Result<> take_over_host_files();
  [[nodiscard]] ServiceSpec fairway_role(std::string name, std::string role, const std::string& yaml,
                                         std::string reads) const;
  [[nodiscard]] ServiceSpec real_program(std::string name, std::vector<std::string> argv, std::string reads) const;
  HostService* find(const std::string& name);

  Env& env_;
  MasterPlan plan_;
  cluster_link::ClusterWish wish_;
  HostService etcd_, api_, controller_;
  HostService kubernetes_controllers_, scheduler_;  // of a real control plane
};

}  // namespace fairway::cluster_driver
