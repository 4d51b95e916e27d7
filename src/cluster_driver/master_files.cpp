#include "cluster_driver/master_files.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "kube/config.h"
#include "openstack/cloud_conf.h"

namespace fairway::cluster_driver {

namespace {

using cluster_link::ClusterWish;

// The place that both the document and Magnum's templates name.
constexpr std::string_view kCloudArguments =
    "--cloud_config=/etc/sysconfig/kube_openstack_config --cloud_provider=openstack";

constexpr std::string_view kEnterPassword =
    "# Enter the password of this user above, then restart kube-controller-manager.";

// A YAML double-quoted scalar.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string common(const MasterPlan& plan, std::string_view role, std::uint16_t health_port) {
  return fmt::format(
      "# Written by the cluster's driver; changes are lost.\n"
      "log: {{format: json, level: info, file: {}}}\n"
      "health: {{bind: 127.0.0.1, port: {}}}\n"
      "stop_patience: 1s\n",
      quoted(fmt::format("{}/logs/{}.log", plan.folder, role)), health_port);
}

std::string pki(const MasterPlan& plan, std::string_view file) {
  return quoted(fmt::format("{}/pki/{}", plan.folder, file));
}

// The value of the last assignment that is no comment, without its quotes.
std::string last_assignment(const std::string& text, std::string_view key) {
  std::string value;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view content = trim(line);
    if (!content.starts_with(key)) continue;
    const std::string_view after = trim(content.substr(key.size()));
    if (!after.starts_with('=')) continue;
    value.clear();
    for (const char c : trim(after.substr(1))) {
      if (c != '"' && c != '\'') value += c;
    }
  }
  return value;
}

std::string sysconfig(std::string_view about, std::string_view key, std::string_view plain, bool cloud_provider) {
  std::string cloud(plain);
  if (!cloud.empty()) cloud += ' ';
  cloud += kCloudArguments;
  return fmt::format(
      "###\n# {}\n#\n# With load balancers for Services: comment out the first line, uncomment the second.\n"
      "{}{}=\"{}\"\n{}{}=\"{}\"\n",
      about, cloud_provider ? "#" : "", key, plain, cloud_provider ? "" : "#", key, cloud);
}

}  // namespace

std::vector<std::string> etcd_arguments(const MasterPlan& plan) {
  const std::string scheme = plan.tls ? "https" : "http";
  const std::string peer = "http://127.0.0.1:2380";
  std::vector<std::string> argv{
      "etcd", "--name", plan.host, "--data-dir", plan.folder + "/etcd", "--listen-client-urls",
      fmt::format("{0}://{1}:2379,{0}://127.0.0.1:2379", scheme, plan.address), "--advertise-client-urls",
      fmt::format("{}://{}:2379", scheme, plan.address), "--listen-peer-urls", peer, "--initial-advertise-peer-urls",
      peer, "--initial-cluster", fmt::format("{}={}", plan.host, peer),
      // One member needs no patience to elect itself.
      "--heartbeat-interval", "10", "--election-timeout", "100", "--logger", "zap"};
  if (plan.tls) {
    const std::string folder = plan.folder + "/pki/";
    for (const auto& [option, file] : {std::pair{"--cert-file", "etcd.crt"}, std::pair{"--key-file", "etcd.key"},
                                       std::pair{"--trusted-ca-file", "ca.crt"}}) {
      argv.emplace_back(option);
      argv.push_back(folder + file);
    }
    argv.emplace_back("--client-cert-auth");
  }
  return argv;
}

std::string kube_api_yaml(const MasterPlan& plan) {
  std::string text = common(plan, "kube-apiserver", 8085);
  text += fmt::format("store:\n  etcd:\n    endpoints: [\"{}://{}:2379\"]\n    lease: 5s\n",
                      plan.tls ? "https" : "http", plan.address);
  if (plan.tls) {
    text += fmt::format("    ca_file: {}\n    certificate_file: {}\n    key_file: {}\n", pki(plan, "ca.crt"),
                        pki(plan, "etcd-client.crt"), pki(plan, "etcd-client.key"));
  }
  text += fmt::format(
      "kube_api:\n"
      "  bind: 0.0.0.0\n"
      "  port: {}\n"
      "  advertise_address: {}\n"
      "  advertise_port: {}\n"
      "  service_cluster_ip_range: {}\n"
      "  pod_log_dir: {}\n",
      plan.api_port, plan.address, plan.api_port, plan.service_cidr, quoted(plan.folder + "/logs/pods"));
  if (plan.tls) {
    text += fmt::format(
        "  tls: {{certificate_file: {}, key_file: {}, client_ca_file: {}}}\n"
        "  ca_file: {}\n",
        pki(plan, "apiserver.crt"), pki(plan, "apiserver.key"), pki(plan, "ca.crt"), pki(plan, "ca.crt"));
  } else {
    text += "  anonymous_admin: true\n";
  }
  return text;
}

std::string controller_yaml(const MasterPlan& plan, const ClusterWish& wish, ControllerSwitch on) {
  std::string text = common(plan, "kube-controller-manager", 0);
  text += fmt::format(
      "controller:\n"
      "  enabled: {}\n"
      "  cluster_name: {}\n"
      "  kubeconfig: {}\n"
      "  lease: {{identity: {}}}\n",
      on.load_balancers, quoted(wish.id), pki(plan, "controller.kubeconfig"), quoted(plan.host));
  if (label_or(wish, "load_balancer_api", "octavia") == "lbaas_v1") text += "  provider: lbaas_v1\n";
  text += fmt::format(
      "  disabled_remedy: {}\n",
      quoted(fmt::format("its administrator can enable them: fairway cluster enable-load-balancers {}{}", wish.name,
                         // The files of an adopted cluster's masters are somebody else's.
                         wish.adopted ? ""
                                      : ", or /etc/kubernetes/controller-manager and "
                                        "/etc/sysconfig/kube_openstack_config on " +
                                            plan.host)));
  if (on.login) text += fmt::format("  cloud_config: {}\n", quoted(plan.folder + "/etc/cloud.conf"));
  return text;
}

std::string kubeconfig_yaml(const std::string& server, const std::string& ca_pem, const std::string& certificate_pem,
                            const std::string& key_pem) {
  kube::Config config{.server = server};
  config.tls.ca_pem = ca_pem;
  config.tls.certificate_pem = certificate_pem;
  config.tls.key_pem = key_pem;
  return kube::to_kubeconfig(config);
}

std::string cloud_conf(const MasterPlan& plan, const ClusterWish& wish, bool with_credential) {
  const cluster_link::CredentialWish& login = wish.credential;
  std::string text = fmt::format("[Global]\nauth-url={}\nregion={}\n", login.auth_url, login.region);
  if (with_credential) {
    text = enter_credential(text, login);
  } else {
    text += fmt::format(
        "username={}\npassword=\ntenant-name={}\ndomain-id=default\n"
        "{}\n",
        login.user_name, login.project_name, kEnterPassword);
  }
  text += fmt::format(
      "\n[LoadBalancer]\nsubnet-id={}\nfloating-network-id={}\ncreate-monitor=true\nmonitor-delay=5s\n"
      "monitor-timeout=3s\nlb-provider={}\nlb-method={}\n",
      plan.subnet_id, plan.external_network_id, label_or(wish, "octavia_provider", "amphora"),
      label_or(wish, "octavia_lb_algorithm", "ROUND_ROBIN"));
  if (label_switch(wish, "internal_lb", false)) text += "internal-lb=true\n";
  return text;
}

std::string apiserver_file(bool cloud_provider) {
  return sysconfig("kubernetes system config: kube-apiserver", "KUBE_API_ARGS", "--runtime_config=api/all=true",
                   cloud_provider);
}

std::string controller_manager_file(bool cloud_provider) {
  return sysconfig("kubernetes system config: kube-controller-manager", "KUBE_CONTROLLER_MANAGER_ARGS", "",
                   cloud_provider);
}

std::string switch_cloud_provider(const std::string& file, bool on) {
  std::string out;
  for (const std::string_view line : split(file, '\n')) {
    std::string_view content = trim(line);
    const bool comment = content.starts_with('#');
    if (comment) content = trim(content.substr(1));
    const bool assignment = content.starts_with("KUBE_") && content.contains("_ARGS=");
    if (!assignment) {
      out += std::string(line) + "\n";
      continue;
    }
    const bool wanted = content.contains("cloud_provider=openstack") == on;
    out += (wanted ? "" : "#") + std::string(content) + "\n";
  }
  out.pop_back();  // that of the empty text after the last line break
  return out;
}

std::string enter_credential(const std::string& conf, const cluster_link::CredentialWish& login) {
  static constexpr std::array<std::string_view, 6> kReplaced{"username",
                                                             "password",
                                                             "tenant-name",
                                                             "domain-id",
                                                             "application-credential-id",
                                                             "application-credential-secret"};
  std::string out;
  for (const std::string_view line : split(conf, '\n')) {
    const std::string key = to_lower(trim(line.substr(0, line.find('='))));
    if (line.contains('=') && std::ranges::find(kReplaced, key) != kReplaced.end()) continue;
    if (line == kEnterPassword) continue;
    out += std::string(line) + "\n";
    if (to_lower(trim(line)) != "[global]") continue;
    out += fmt::format("application-credential-id={}\napplication-credential-secret={}\n", login.id, login.secret);
  }
  out.pop_back();
  return out;
}

Result<> login_entered(const std::string& conf) {
  const auto parsed = openstack::CloudConf::parse(conf, "/etc/sysconfig/kube_openstack_config");
  if (!parsed) return std::unexpected(parsed.error());
  const bool credential = !parsed->value("global", "application-credential-secret").empty();
  if (!credential && parsed->value("global", "password").empty())
    return fail(Errc::unauthenticated,
                "/etc/sysconfig/kube_openstack_config has no password: enter that of the user it names");
  const auto login = openstack::credentials_from(*parsed);
  if (!login) return std::unexpected(login.error());
  return {};
}

Result<> load_balancers_enabled(const std::string& controller_manager, const std::string& conf) {
  const std::string arguments = last_assignment(controller_manager, "KUBE_CONTROLLER_MANAGER_ARGS");
  if (!arguments.contains("cloud_provider=openstack") && !arguments.contains("cloud-provider=openstack"))
    return fail(Errc::unsupported,
                "/etc/kubernetes/controller-manager does not name the cloud provider: uncomment the line with "
                "--cloud_provider=openstack");
  return login_entered(conf);
}

std::string label_or(const ClusterWish& wish, const std::string& key, std::string_view otherwise) {
  const auto found = wish.labels.find(key);
  return found == wish.labels.end() || found->second.empty() ? std::string(otherwise) : found->second;
}

bool label_switch(const ClusterWish& wish, const std::string& key, bool otherwise) {
  const std::string text = to_lower(label_or(wish, key, otherwise ? "true" : "false"));
  return text == "true" || text == "1" || text == "yes" || text == "on" || text == "t";
}

}  // namespace fairway::cluster_driver
