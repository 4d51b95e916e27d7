#include "cluster_driver/master.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/files.h"
#include "cluster_driver/real_control_plane.h"
#include "lab/kubelet_api.h"
#include "net/address.h"

namespace fairway::cluster_driver {

namespace fs = std::filesystem;

namespace {

using cluster_link::ClusterWish;

constexpr std::chrono::seconds kEndPatience{2};
// They keep nothing that an end could tear.
constexpr std::chrono::milliseconds kRealPatience{500};
constexpr std::string_view kConf = "etc/sysconfig/kube_openstack_config";
constexpr std::string_view kControllerManager = "etc/kubernetes/controller-manager";
constexpr std::string_view kApiServer = "etc/kubernetes/apiserver";

std::string text_of(const std::string& path) { return read_whole_file(path).value_or(""); }

Result<> write_once(const std::string& path, const std::string& text) {
  if (fs::exists(path)) return {};
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  if (error) return fail_errno("make the folder of " + path, error.value());
  return write_private_file(path, text);
}

// The Service default/kubernetes has the network's first address.
std::string first_service_address(const std::string& cidr) {
  const auto prefix = net::Prefix::parse(cidr);
  const auto first = prefix ? prefix->network().plus(1) : std::nullopt;
  return first ? first->text() : "127.0.0.1";
}

std::string record_file(const std::string& folder, const std::string& service) {
  return fmt::format("{}/run/{}.json", folder, service);
}

}  // namespace

Master::Master(boost::asio::io_context& context, Env& env, std::function<void()> changed)
    : env_(env),
      etcd_(context, env, changed),
      api_(context, env, changed),
      controller_(context, env, changed),
      kubernetes_controllers_(context, env, changed),
      scheduler_(context, env, changed) {}

std::string Master::host_file(std::string_view path) const {
  return fmt::format("{}/hosts/{}/{}", plan_.folder, plan_.host, path);
}

Result<> Master::write_files(const MasterPlan& plan, const ClusterWish& wish,
                             const std::vector<std::string>& addresses, ClusterState& state) {
  plan_ = plan;
  wish_ = wish;
  if (plan_.tls) {
    FW_TRY_DO(write_certificates(addresses));
  } else {
    const std::string login = kubeconfig_yaml(fmt::format("http://127.0.0.1:{}", plan_.internal_port), "", "", "");
    for (const char* name : {"lab", "controller", "driver"})
      FW_TRY_DO(write_private_file(file(fmt::format("pki/{}.kubeconfig", name)), login));
  }
  return write_host_files(state);
}

Result<> Master::write_controller_files(const MasterPlan& plan, const ClusterWish& wish, ClusterState& state) {
  plan_ = plan;
  wish_ = wish;
  return write_host_files(state);
}

Result<> Master::write_certificates(const std::vector<std::string>& addresses) {
  const net::KeyPair authority{wish_.ca_certificate, wish_.ca_key};
  FW_TRY_DO(write_private_file(file("pki/ca.crt"), wish_.ca_certificate));
  net::CertificateSubject api{.common_name = "kube-apiserver",
                              .organizations = {},
                              .dns_names = {"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                                            "kubernetes.default.svc.cluster.local"},
                              .addresses = {"127.0.0.1", first_service_address(plan_.service_cidr), plan_.address}};
  api.addresses.insert(api.addresses.end(), addresses.begin(), addresses.end());
  const std::string folder = file("pki");
  FW_TRY_DO(ensure_certificate(folder, "apiserver", authority, {api, net::CertificateUse::server}, env_.clock));
  net::CertificateSubject etcd = api;
  etcd.common_name = "etcd";
  etcd.dns_names = {"localhost"};
  FW_TRY_DO(ensure_certificate(folder, "etcd", authority, {etcd, net::CertificateUse::both}, env_.clock));
  const net::CertificateSubject etcd_client{
      .common_name = "kube-apiserver-etcd-client", .organizations = {}, .dns_names = {}, .addresses = {}};
  FW_TRY_DO(
      ensure_certificate(folder, "etcd-client", authority, {etcd_client, net::CertificateUse::client}, env_.clock));
  std::uint16_t port = plan_.internal_port;
  const auto login = [&](const std::string& name, const std::string& user, std::vector<std::string> groups) {
    return write_login(name, port,
                       {.common_name = user, .organizations = std::move(groups), .dns_names = {}, .addresses = {}});
  };
  FW_TRY_DO(login("lab", "system:fairway-lab", {"system:masters", "system:nodes"}));
  if (plan_.real.wanted()) {
    // They run beside the API server, in its namespace.
    port = plan_.api_port;
    FW_TRY_DO(login("kubernetes-controllers", "system:kube-controller-manager", {"system:masters"}));
    FW_TRY_DO(login("kube-scheduler", "system:kube-scheduler", {"system:masters"}));
    port = plan_.internal_port;
    FW_TRY_DO(ensure_account_key(file("pki"), env_.clock));
    const net::CertificateSubject asks_nodes{
        .common_name = lab::kKubeletClient, .organizations = {}, .dns_names = {}, .addresses = {}};
    FW_TRY_DO(ensure_certificate(folder, "kubelet-client", authority, {asks_nodes, net::CertificateUse::client},
                                 env_.clock));
  }
  FW_TRY_DO(login("controller", "system:fairway-controller", {"system:masters"}));
  return login("driver", "system:fairway-driver", {"system:masters"});
}

Result<> Master::write_login(const std::string& name, std::uint16_t port, const net::CertificateSubject& subject) {
  const net::KeyPair authority{wish_.ca_certificate, wish_.ca_key};
  FW_TRY(const CertificateFiles files,
         ensure_certificate(file("pki"), name, authority, {subject, net::CertificateUse::client}, env_.clock));
  return write_private_file(file(fmt::format("pki/{}.kubeconfig", name)),
                            kubeconfig_yaml(fmt::format("https://127.0.0.1:{}", port), wish_.ca_certificate,
                                            text_of(files.certificate), text_of(files.key)));
}

// What `service` is on the host: bound over the machine's own for commands there.
Result<> Master::write_service_program() {
  return write_private_script(
      host_file("service"),
      fmt::format("#!/bin/sh\n"
                  "# The services of this host are kept by the cluster's driver.\n"
                  "[ $# -eq 2 ] || {{ echo 'usage: service NAME start|stop|restart|status' >&2; exit 2; }}\n"
                  "exec '{}' host-service '{}' '{}' \"$@\"\n",
                  plan_.program, plan_.run_directory, plan_.host));
}

Result<> Master::write_host_files(ClusterState& state) {
  const bool enabled = label_switch(wish_, "cloud_provider_enabled", true);
  const std::string conf = host_file(kConf);
  const bool fresh = !fs::exists(conf);
  FW_TRY_DO(write_once(conf, cloud_conf(plan_, wish_, enabled)));
  FW_TRY_DO(write_once(host_file(kControllerManager), controller_manager_file(enabled)));
  FW_TRY_DO(write_once(host_file(kApiServer), apiserver_file(enabled)));
  FW_TRY_DO(write_service_program());
  if (fresh) {
    if (enabled) state.credential_id = wish_.credential.id;
    return take_over_host_files();
  }
  // A credential that we entered is replaced by the next; one that a person entered is the person's.
  if (state.credential_id.empty() || state.credential_id == wish_.credential.id) return {};
  FW_TRY_DO(write_private_file(conf, enter_credential(text_of(conf), wish_.credential)));
  FW_TRY_DO(write_private_file(file("etc/cloud.conf"),
                               enter_credential(text_of(file("etc/cloud.conf")), wish_.credential)));
  state.credential_id = wish_.credential.id;
  env_.log.info("the cluster's credential was rotated", {{"host", plan_.host}});
  return {};
}

// What an administrator edits takes effect when the service is started, not while it is being written.
Result<> Master::take_over_host_files() {
  FW_TRY_DO(write_private_file(file("etc/cloud.conf"), text_of(host_file(kConf))));
  return write_private_file(file("etc/controller-manager"), text_of(host_file(kControllerManager)));
}

ServiceSpec Master::fairway_role(std::string name, std::string role, const std::string& yaml,
                                 std::string reads) const {
  const std::string config = file(fmt::format("etc/{}.yaml", name));
  ServiceSpec spec{.name = name,
                   .host = plan_.host,
                   .process = {},
                   .record_file = record_file(plan_.folder, name),
                   .reads = yaml + std::move(reads)};
  spec.process.argv = {plan_.program, std::move(role), "--config", config};
  spec.process.log_file = file(fmt::format("logs/{}.out", name));
  spec.process.own_session = true;
  return spec;
}

Task<Result<>> Master::run_etcd() {
  ServiceSpec spec{.name = "etcd",
                   .host = plan_.host,
                   .process = {},
                   .record_file = record_file(plan_.folder, "etcd"),
                   .reads = plan_.tls ? text_of(file("pki/etcd.crt")) + text_of(file("pki/ca.crt")) : ""};
  spec.process.argv = etcd_arguments(plan_);
  spec.process.network_namespace = plan_.ns;
  spec.process.log_file = file("logs/etcd.log");
  spec.process.own_session = true;
  co_return co_await etcd_.run(std::move(spec));
}

Task<Result<>> Master::run_api() {
  if (plan_.real.wanted()) {
    co_return co_await api_.run(real_program("kube-apiserver", api_server_arguments(plan_),
                                             text_of(file("pki/apiserver.crt")) + text_of(file("pki/ca.crt"))));
  }
  const std::string yaml = kube_api_yaml(plan_);
  FW_CO_TRY_DO(write_private_file(file("etc/kube-apiserver.yaml"), yaml));
  ServiceSpec spec = fairway_role("kube-apiserver", "kube-api", yaml,
                                  plan_.tls ? text_of(file("pki/apiserver.crt")) + text_of(file("pki/ca.crt")) : "");
  spec.process.network_namespace = plan_.ns;
  co_return co_await api_.run(std::move(spec));
}

ServiceSpec Master::real_program(std::string name, std::vector<std::string> argv, std::string reads) const {
  ServiceSpec spec{.name = name,
                   .host = plan_.host,
                   .process = {},
                   .record_file = record_file(plan_.folder, name),
                   .reads = std::move(reads)};
  spec.process.argv = std::move(argv);
  // All that they talk to is on this host.
  spec.process.env = {{"NO_PROXY", "*"}, {"no_proxy", "*"}};
  spec.process.network_namespace = plan_.ns;
  spec.process.log_file = file(fmt::format("logs/{}.log", name));
  spec.process.own_session = true;
  return spec;
}

Task<Result<>> Master::run_controllers() {
  if (!plan_.real.wanted()) co_return Result<>{};
  const std::string authority = text_of(file("pki/ca.crt"));
  FW_CO_TRY_DO(co_await kubernetes_controllers_.run(
      real_program("kubernetes-controllers", controller_manager_arguments(plan_),
                   text_of(file("pki/kubernetes-controllers.kubeconfig")) + authority)));
  co_return co_await scheduler_.run(
      real_program("kube-scheduler", scheduler_arguments(plan_), text_of(file("pki/kube-scheduler.kubeconfig"))));
}

Task<Result<>> Master::run_controller() {
  const std::string yaml = controller_yaml(
      plan_, wish_, {load_balancers().has_value(), login_entered(text_of(file("etc/cloud.conf"))).has_value()});
  FW_CO_TRY_DO(write_private_file(file("etc/kube-controller-manager.yaml"), yaml));
  ServiceSpec spec = fairway_role("kube-controller-manager", "controller", yaml,
                                  text_of(file("etc/cloud.conf")) + text_of(file("pki/controller.kubeconfig")));
  co_return co_await controller_.run(std::move(spec));
}

Result<> Master::load_balancers() const {
  return load_balancers_enabled(text_of(file("etc/controller-manager")), text_of(file("etc/cloud.conf")));
}

HostService* Master::find(const std::string& name) {
  if (name == "etcd") return &etcd_;
  if (name == "kube-apiserver") return &api_;
  if (name == "kube-controller-manager") return &controller_;
  if (!plan_.real.wanted()) return nullptr;
  if (name == "kubernetes-controllers") return &kubernetes_controllers_;
  if (name == "kube-scheduler") return &scheduler_;
  return nullptr;
}

Task<ServiceAnswer> Master::service(std::string name, std::string action) {
  HostService* service = find(name);
  if (service == nullptr)
    co_return ServiceAnswer{
        4, fmt::format("{}: unrecognized service; {} has etcd, kube-apiserver{} and "
                       "kube-controller-manager\n",
                       name, plan_.host, plan_.real.wanted() ? ", kubernetes-controllers, kube-scheduler" : "")};
  const bool begins = action == "start" || action == "restart";
  const bool is_controller = service == &controller_;
  if (begins && is_controller) {
    const Result<> taken = take_over_host_files();
    if (!taken) co_return ServiceAnswer{1, taken.error().what + "\n"};
  }
  Result<> done;
  if (action == "stop") {
    done = co_await service->stop(kEndPatience);
  } else if (begins) {
    const int before = service->pid();
    if (is_controller) done = co_await run_controller();
    if (done && action == "start") done = co_await service->start();
    if (done && action == "restart" && service->pid() == before) done = co_await service->restart(kEndPatience);
  } else if (action != "status") {
    co_return ServiceAnswer{2, fmt::format("Usage: service {} start|stop|restart|status\n", name)};
  }
  if (!done) co_return ServiceAnswer{1, done.error().what + "\n"};
  if (action != "status") co_return ServiceAnswer{};
  if (!service->running()) co_return ServiceAnswer{3, fmt::format("{} is stopped\n", name)};
  std::string text = fmt::format("{} (pid {}) is running\n", name, service->pid());
  if (is_controller) {
    const Result<> enabled = load_balancers();
    text += enabled ? "load balancers for Services are enabled\n"
                    : fmt::format("load balancers for Services are disabled: {}\n", enabled.error().what);
  }
  co_return ServiceAnswer{0, std::move(text)};
}

Task<Result<>> Master::set_load_balancers(bool on) {
  for (const std::string_view name : {kControllerManager, kApiServer}) {
    FW_CO_TRY(const std::string text, read_whole_file(host_file(name)));
    FW_CO_TRY_DO(write_private_file(host_file(name), switch_cloud_provider(text, on)));
  }
  FW_CO_TRY(const std::string conf, read_whole_file(host_file(kConf)));
  if (on && !load_balancers_enabled(controller_manager_file(true), conf))
    FW_CO_TRY_DO(write_private_file(host_file(kConf), enter_credential(conf, wish_.credential)));
  FW_CO_TRY_DO(take_over_host_files());
  co_return co_await run_controller();
}

Task<> Master::remove(std::string folder) {
  // The controller first, so that it does not bring back what is being taken away.
  co_await controller_.remove(record_file(folder, "kube-controller-manager"), kEndPatience);
  co_await kubernetes_controllers_.remove(record_file(folder, "kubernetes-controllers"), kRealPatience);
  co_await scheduler_.remove(record_file(folder, "kube-scheduler"), kRealPatience);
  co_await api_.remove(record_file(folder, "kube-apiserver"), kEndPatience);
  co_await etcd_.remove(record_file(folder, "etcd"), std::chrono::seconds(1));
}

Task<> Master::release() {
  for (HostService* service : {&etcd_, &api_, &controller_, &kubernetes_controllers_, &scheduler_})
    co_await service->release();
}

}  // namespace fairway::cluster_driver
