#include "app/role_files.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/strings.h"
#include "net/address.h"

namespace fairway::app {

namespace {

// A YAML double-quoted scalar.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string common(const Instance& instance, const std::string& role) {
  return fmt::format(
      "# Written by fairway up; changes are lost at its next start.\n"
      "log: {{format: json, level: info, file: {}}}\n"
      "health: {{bind: 127.0.0.1, port: {}}}\n"
      "stop_patience: 3s\n",
      quoted(instance.role_log(role)), instance.port("health-" + role));
}

// Each component's own login to the embedded Kubernetes API; to another cluster the one that was given.
std::string cluster_kubeconfig(const Instance& instance, const UpOptions& options, const std::string& component) {
  return options.kubeconfig.empty() ? instance.secret(component + ".kubeconfig") : instance.path("kubeconfig");
}

// The client host stands where the world beyond the public network begins: at its gateway address.
std::string client_address(const UpOptions& options) {
  const auto prefix = net::Prefix::parse(options.public_cidr);
  if (!prefix) return options.public_cidr;
  return fmt::format("{}/{}", prefix->network().plus(1).value_or(prefix->network()).text(), prefix->length());
}

bool says_something(std::string_view yaml_line) {
  const auto text = trim(yaml_line);
  return !text.empty() && !text.starts_with('#') && text != "---" && text != "...";
}

// A YAML map, however far its file indents it, as part of a section: two columns in.
std::string one_step_in(std::string_view yaml) {
  const auto lines = split(yaml, '\n');
  std::size_t least = std::string_view::npos;
  for (const auto line : lines) {
    if (says_something(line)) least = std::min(least, line.find_first_not_of(' '));
  }
  std::string text;
  for (const auto line : lines) {
    const auto blanks = std::min(line.find_first_not_of(' '), line.size());
    if (says_something(line) || blanks > least) text += fmt::format("  {}\n", line.substr(std::min(least, blanks)));
  }
  return text;
}

}  // namespace

std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string shell_word(std::string_view text) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || std::string_view("/._-+@%").contains(c); };
  return !text.empty() && std::ranges::all_of(text, plain) ? std::string(text) : shell_quoted(text);
}

std::string auth_url(const Instance& instance) {
  return fmt::format("http://127.0.0.1:{}/identity/v3", instance.port("cloud"));
}

std::string cloud_config(const Instance& instance) {
  return common(instance, "cloud") + fmt::format(R"(store: {{path: {}}}
cloud:
  bind: 127.0.0.1
  port: {}
  gateway_address: {}
  cluster_driver_address: {}
  secrets_directory: {}
)",
                                                 quoted(instance.path("cloud.db")), instance.port("cloud"),
                                                 quoted("unix:" + instance.gateway_socket()),
                                                 quoted("unix:" + instance.cluster_socket()),
                                                 quoted(instance.path("secrets")));
}

std::string kube_api_config(const Instance& instance) {
  return common(instance, "kube-api") +
         fmt::format(R"(store: {{path: {}}}
kube_api:
  bind: 127.0.0.1
  port: {}
  tls: {{certificate_file: {}, key_file: {}}}
  ca_file: {}
  tokens:
    - {{token_file: {}, user: admin, groups: ["system:masters"]}}
    - {{token_file: {}, user: "system:fairway-controller", groups: ["system:masters"]}}
    - {{token_file: {}, user: "system:fairway-lab", groups: ["system:masters", "system:nodes"]}}
  pod_log_dir: {}
)",
                     quoted(instance.path("kube.db")), instance.port("kube-api"),
                     quoted(instance.secret("kube-api.crt")), quoted(instance.secret("kube-api.key")),
                     quoted(instance.secret("ca.crt")), quoted(instance.secret("admin.token")),
                     quoted(instance.secret("controller.token")), quoted(instance.secret("lab.token")),
                     quoted(instance.path("logs/pods")));
}

std::string gateway_config(const Instance& instance) {
  return common(instance, "gateway") + fmt::format(R"(gateway:
  prefix: {}
  cloud_address: {}
  state_directory: {}
  run_directory: {}
)",
                                                   instance.prefix(), quoted("unix:" + instance.gateway_socket()),
                                                   quoted(instance.path("gateway")),
                                                   quoted(instance.machine_run_dir()));
}

std::string controller_config(const Instance& instance, const UpOptions& options) {
  return common(instance, "controller") + fmt::format(R"(controller:
  enabled: {}
  provider: {}
  cluster_name: {}
  kubeconfig: {}
  clouds_yaml: {}
  cloud: controller
  internal_lb: {}
  create_monitor: true
  monitor_delay: 5s
  monitor_timeout: 3s
  # There is one at a time: the next takes the Lease over at once when this one is killed.
  lease: {{identity: {}}}
)",
                                                      options.load_balancers, options.provider, instance.prefix(),
                                                      quoted(cluster_kubeconfig(instance, options, "controller")),
                                                      quoted(instance.secret("controller.clouds.yaml")),
                                                      options.internal_lb, instance.prefix());
}

std::string lab_config(const Instance& instance, const UpOptions& options, const std::string& images) {
  std::string publish;
  for (const std::string& one : options.publish) publish += (publish.empty() ? "" : ", ") + quoted(one);
  std::string text =
      common(instance, "lab") +
      fmt::format(R"(lab:
  prefix: {}
  state_dir: {}
  pod_log_dir: {}
  kubeconfig: {}
  clouds_yaml: {}
  cloud: lab
  public_network: public
  private_network: private
  client: {{address: {}}}
  nodes:
    - {{name: master, control_plane: true}}
    - {{name: minion-1}}
    - {{name: minion-2}}
  publish: [{}]
  bind_pods: {}
  api_port: {}
)",
                  instance.prefix(), quoted(instance.path("lab")), quoted(instance.path("logs/pods")),
                  quoted(cluster_kubeconfig(instance, options, "lab")), quoted(instance.secret("lab.clouds.yaml")),
                  client_address(options), publish, options.bind_pods, options.kubeconfig.empty() ? 6443 : 0);
  text += one_step_in(images);
  text += fmt::format(R"(clusters:
  address: {}
  state_directory: {}
  run_directory: {}
  heat_like: {}
)",
                      quoted("unix:" + instance.cluster_socket()), quoted(instance.path("clusters")),
                      quoted(instance.machine_run_dir()), options.heat_like);
  if (!options.kubernetes_programs.empty())
    text += fmt::format("  kubernetes_programs: {}\n", quoted(options.kubernetes_programs));
  return text;
}

std::string openrc(const Instance& instance, const Person& person) {
  return fmt::format(R"(# For a shell: . {0}
export FAIRWAY_DIR={1}
export KUBECONFIG={2}
export OS_AUTH_URL={3}
export OS_IDENTITY_API_VERSION=3
export OS_REGION_NAME=RegionOne
export OS_USERNAME={4}
export OS_USER_DOMAIN_ID=default
export OS_PROJECT_NAME={5}
export OS_PROJECT_DOMAIN_ID=default
export OS_PASSWORD={6}
unset OS_CLOUD OS_TOKEN OS_AUTH_TYPE OS_TENANT_NAME OS_TENANT_ID OS_PROJECT_ID OS_USER_ID
unset OS_USER_DOMAIN_NAME OS_PROJECT_DOMAIN_NAME OS_SYSTEM_SCOPE OS_CACERT
)",
                     shell_word(instance.path("openrc")), shell_quoted(instance.dir()),
                     shell_quoted(instance.path("kubeconfig")), auth_url(instance), shell_quoted(person.user),
                     shell_quoted(person.project), shell_quoted(person.password));
}

std::string clouds_yaml(const Instance& instance, const Person& demo, const Person& admin) {
  std::string text = "clouds:\n";
  for (const auto& [name, person] : {std::pair{"fairway", demo}, std::pair{"fairway-admin", admin}}) {
    text +=
        fmt::format(R"(  {}:
    auth:
      auth_url: {}
      username: {}
      password: {}
      project_name: {}
      user_domain_id: default
      project_domain_id: default
    region_name: RegionOne
    identity_api_version: 3
)",
                    name, auth_url(instance), quoted(person.user), quoted(person.password), quoted(person.project));
  }
  return text;
}

std::string component_clouds_yaml(const Instance& instance, const std::string& component,
                                  const ComponentLogin& login) {
  return fmt::format(R"(clouds:
  {}:
    auth_type: v3applicationcredential
    auth:
      auth_url: {}
      application_credential_id: {}
      application_credential_secret: {}
    region_name: RegionOne
    identity_api_version: 3
)",
                     component, auth_url(instance), quoted(login.credential_id), quoted(login.credential_secret));
}

std::string kubeconfig(const Instance& instance, const std::string& ca_pem, const std::string& user,
                       const std::string& token) {
  return fmt::format(R"(apiVersion: v1
kind: Config
clusters:
- name: fairway
  cluster:
    server: https://127.0.0.1:{0}
    certificate-authority-data: {1}
contexts:
- name: fairway
  context:
    cluster: fairway
    user: {2}
    namespace: default
current-context: fairway
users:
- name: {2}
  user:
    token: {3}
)",
                     instance.port("kube-api"), base64_encode(ca_pem), user, token);
}

}  // namespace fairway::app
