#include "cluster_driver/real_control_plane.h"

#include <unistd.h>

#include <filesystem>

#include <fmt/format.h>

#include "base/files.h"

namespace fairway::cluster_driver {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRemedy =
    "start Fairway with --kubernetes-programs DIR (clusters.kubernetes_programs of fairway lab), DIR holding "
    "kube-apiserver, kube-controller-manager and kube-scheduler, or make the cluster without the label";

Result<std::string> find_program(const std::string& folder, std::string_view name) {
  for (const std::string_view prefix : {"kube-", ""}) {
    std::error_code ignored;
    const std::string path = fs::absolute(fmt::format("{}/{}{}", folder, prefix, name), ignored).lexically_normal();
    if (fs::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0) return path;
  }
  return fail(Errc::not_found,
              fmt::format("the label control_plane asks for a real control plane, and {} has no program kube-{}: {}",
                          folder, name, kRemedy));
}

// What both clients of the API server are given.
std::vector<std::string> client_arguments(const MasterPlan& plan, const std::string& program,
                                          std::string_view kubeconfig) {
  const std::string login = fmt::format("{}/pki/{}.kubeconfig", plan.folder, kubeconfig);
  // One master: nobody else could be elected.
  return {program,
          "--kubeconfig=" + login,
          "--authentication-kubeconfig=" + login,
          "--authorization-kubeconfig=" + login,
          "--bind-address=127.0.0.1",
          "--leader-elect=false"};
}

}  // namespace

Result<RealControlPlane> real_control_plane(const cluster_link::ClusterWish& wish, const std::string& folder) {
  RealControlPlane programs;
  if (label_or(wish, "control_plane", "embedded") == "embedded") return programs;
  if (folder.empty())
    return fail(Errc::unsupported,
                fmt::format("the label control_plane asks for a real control plane, and this driver has no programs "
                            "of one: {}",
                            kRemedy));
  if (wish.tls_disabled)
    return fail(Errc::unsupported,
                "the label control_plane asks for a real control plane, and a real kube-apiserver serves TLS alone: "
                "make the cluster without --tls-disabled, or without the label");
  FW_TRY(programs.api_server, find_program(folder, "apiserver"));
  FW_TRY(programs.controllers, find_program(folder, "controller-manager"));
  FW_TRY(programs.scheduler, find_program(folder, "scheduler"));
  return programs;
}

Result<> ensure_account_key(const std::string& folder, const Clock& clock) {
  const std::string key = folder + "/service-accounts.key", certificate = folder + "/service-accounts.crt";
  if (fs::exists(key) && fs::exists(certificate)) return {};
  FW_TRY(const net::KeyPair pair, net::make_certificate_authority("service-accounts", clock));
  FW_TRY_DO(write_private_file(key, pair.key_pem));
  return write_private_file(certificate, pair.certificate_pem);
}

std::vector<std::string> api_server_arguments(const MasterPlan& plan) {
  const std::string pki = plan.folder + "/pki/";
  return {plan.real.api_server, "--etcd-servers=https://127.0.0.1:2379", "--etcd-cafile=" + pki + "ca.crt",
          "--etcd-certfile=" + pki + "etcd-client.crt", "--etcd-keyfile=" + pki + "etcd-client.key",
          "--bind-address=0.0.0.0", fmt::format("--secure-port={}", plan.api_port),
          "--advertise-address=" + plan.address, "--tls-cert-file=" + pki + "apiserver.crt",
          "--tls-private-key-file=" + pki + "apiserver.key", "--client-ca-file=" + pki + "ca.crt",
          "--service-account-key-file=" + pki + "service-accounts.crt",
          "--service-account-signing-key-file=" + pki + "service-accounts.key",
          "--service-account-issuer=https://kubernetes.default.svc",
          "--service-cluster-ip-range=" + plan.service_cidr, "--authorization-mode=RBAC",
          // For logs; nodes' names are known to no DNS.
          "--kubelet-client-certificate=" + pki + "kubelet-client.crt",
          "--kubelet-client-key=" + pki + "kubelet-client.key", "--kubelet-certificate-authority=" + pki + "ca.crt",
          "--kubelet-preferred-address-types=InternalIP"};
}

std::vector<std::string> controller_manager_arguments(const MasterPlan& plan) {
  std::vector<std::string> argv = client_arguments(plan, plan.real.controllers, "kubernetes-controllers");
  argv.push_back("--service-account-private-key-file=" + plan.folder + "/pki/service-accounts.key");
  argv.push_back("--root-ca-file=" + plan.folder + "/pki/ca.crt");
  argv.emplace_back("--use-service-account-credentials");
  return argv;
}

std::vector<std::string> scheduler_arguments(const MasterPlan& plan) {
  return client_arguments(plan, plan.real.scheduler, "kube-scheduler");
}

}  // namespace fairway::cluster_driver
