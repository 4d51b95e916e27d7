#include "controller/config.h"

#include "base/strings.h"

namespace fairway::controller {
namespace {

// cloud.conf's key; the YAML key is the same with underscores.
constexpr std::array<std::pair<std::string_view, std::string ControllerConfig::*>, 12> kTexts{{
    {"subnet-id", &ControllerConfig::subnet_id},
    {"network-id", &ControllerConfig::network_id},
    {"member-subnet-id", &ControllerConfig::member_subnet_id},
    {"floating-network-id", &ControllerConfig::floating_network_id},
    {"floating-subnet-id", &ControllerConfig::floating_subnet_id},
    {"lb-method", &ControllerConfig::lb_method},
    {"lb-provider", &ControllerConfig::lb_provider},
    {"flavor-id", &ControllerConfig::flavor_id},
    {"availability-zone", &ControllerConfig::availability_zone},
    {"default-tls-container-ref", &ControllerConfig::default_tls_container_ref},
    {"node-selector", &ControllerConfig::node_selector},
    {"ingress-hostname-suffix", &ControllerConfig::ingress_hostname_suffix},
}};
constexpr std::array<std::pair<std::string_view, bool ControllerConfig::*>, 6> kSwitches{{
    {"enabled", &ControllerConfig::enabled},
    {"internal-lb", &ControllerConfig::internal_lb},
    {"create-monitor", &ControllerConfig::create_monitor},
    {"cascade-delete", &ControllerConfig::cascade_delete},
    {"provider-requires-serial-api-calls", &ControllerConfig::provider_requires_serial_api_calls},
    {"enable-ingress-hostname", &ControllerConfig::enable_ingress_hostname},
}};
constexpr std::array<std::pair<std::string_view, std::int64_t ControllerConfig::*>, 3> kNumbers{{
    {"monitor-max-retries", &ControllerConfig::monitor_max_retries},
    {"monitor-max-retries-down", &ControllerConfig::monitor_max_retries_down},
    {"max-shared-lb", &ControllerConfig::max_shared_lb},
}};
constexpr std::array<std::pair<std::string_view, std::chrono::milliseconds ControllerConfig::*>, 2> kDurations{{
    {"monitor-delay", &ControllerConfig::monitor_delay},
    {"monitor-timeout", &ControllerConfig::monitor_timeout},
}};
constexpr std::array<std::pair<std::string_view, std::string NetworkClass::*>, 5> kClassKeys{{
    {"floating-network-id", &NetworkClass::floating_network_id},
    {"floating-subnet-id", &NetworkClass::floating_subnet_id},
    {"network-id", &NetworkClass::network_id},
    {"subnet-id", &NetworkClass::subnet_id},
    {"member-subnet-id", &NetworkClass::member_subnet_id},
}};
// Known there and not done here.
constexpr std::array<std::string_view, 3> kNotHonoured{"manage-security-groups", "floating-subnet",
                                                       "floating-subnet-tags"};

std::string yaml_key(std::string_view conf_key) {
  std::string key(conf_key);
  std::ranges::replace(key, '-', '_');
  return key;
}

std::unexpected<Error> wrong(std::string_view key, std::string_view value, std::string_view wanted) {
  return fail(Errc::invalid, fmt::format("[LoadBalancer] {}: \"{}\" is not {}", key, value, wanted));
}

void apply_classes(const openstack::CloudConf& conf, ControllerConfig& config) {
  for (const auto& name : conf.subsections("loadbalancerclass")) {
    auto& of = config.classes[name];
    for (const auto& [key, field] : kClassKeys) {
      if (auto value = conf.find("loadbalancerclass", key, name)) of.*field = std::move(*value);
    }
    for (const char* key : {"floating-subnet", "floating-subnet-tags"}) {
      if (!conf.find("loadbalancerclass", key, name)) continue;
      config.not_honoured.push_back(fmt::format("[LoadBalancerClass \"{}\"] {}", name, key));
    }
  }
}

void apply_defaults_of_cloud_conf(ControllerConfig& config, config::Section& section) {
  const auto conf = openstack::CloudConf::read(config.cloud_config);
  if (!conf) return section.problem("cloud_config", conf.error().what);
  if (const auto applied = apply_cloud_conf(*conf, config); !applied) {
    section.problem("cloud_config", config.cloud_config + ": " + applied.error().what);
  }
  auto credentials = openstack::credentials_from(*conf);
  if (!credentials) return section.problem("cloud_config", credentials.error().what);
  config.credentials = std::move(*credentials);
}

void read_login(ControllerConfig& config, config::Section& section) {
  section.read("kubeconfig", config.kubeconfig);
  section.read("kube_context", config.kube_context);
  if (!config.kubeconfig.empty()) {
    if (const auto login = kube::read_kubeconfig(config.kubeconfig, config.kube_context); !login)
      section.problem("kubeconfig", login.error().what);
  }
  section.read("clouds_yaml", config.clouds_yaml);
  section.read("cloud", config.cloud);
  if (config.clouds_yaml.empty()) return;
  auto credentials = openstack::read_clouds_yaml(config.clouds_yaml, config.cloud);
  if (!credentials) return section.problem("clouds_yaml", credentials.error().what);
  config.credentials = std::move(*credentials);
}

void read_provider(ControllerConfig& config, config::Section& section) {
  std::string name = config.provider == ProviderKind::lbaas_v1 ? "lbaas_v1" : "octavia";
  section.read("provider", name);
  if (name != "octavia" && name != "lbaas_v1")
    return section.problem("provider", fmt::format("\"{}\" is neither octavia nor lbaas_v1", name));
  config.provider = name == "lbaas_v1" ? ProviderKind::lbaas_v1 : ProviderKind::octavia;
}

void read_classes(config::Section& section, ControllerConfig& config) {
  for (auto& [name, entry] : section.entries("classes")) {
    auto& of = config.classes[name];
    for (const auto& [key, field] : kClassKeys) entry.read(yaml_key(key), of.*field);
    entry.finish();
  }
}

void read_lease(config::Section lease, ControllerConfig& config) {
  lease.read("enabled", config.lease_enabled);
  lease.read("name", config.lease.name);
  lease.read("namespace", config.lease.ns);
  lease.read("identity", config.lease.identity);
  lease.read("duration", config.lease.duration);
  if (config.lease.duration < std::chrono::seconds(3))
    lease.problem("duration", "shorter than 3s; a Lease needs time to be renewed");
  // client-go's proportions: 15 s, 10 s, 2 s.
  config.lease.renew_deadline = config.lease.duration * 2 / 3;
  config.lease.retry = config.lease.duration * 2 / 15;
  lease.finish();
}

}  // namespace

Result<> apply_cloud_conf(const openstack::CloudConf& conf, ControllerConfig& config) {
  const auto find = [&](std::string_view key) { return conf.find("loadbalancer", key); };
  // An OCCM always names a provider; without this its load balancers would come from another one.
  config.lb_provider = "amphora";
  for (const auto& [key, field] : kTexts) {
    if (auto value = find(key)) config.*field = std::move(*value);
  }
  if (config.lb_method.empty()) config.lb_method = "ROUND_ROBIN";
  for (const auto& [key, field] : kSwitches) {
    const auto value = find(key);
    if (!value) continue;
    const auto truth = openstack::parse_conf_bool(*value);
    if (!truth) return wrong(key, *value, "true or false");
    config.*field = *truth;
  }
  for (const auto& [key, field] : kNumbers) {
    const auto value = find(key);
    if (!value) continue;
    const auto number = parse_int(*value);
    if (!number || *number < 0) return wrong(key, *value, "a number");
    config.*field = *number;
  }
  for (const auto& [key, field] : kDurations) {
    const auto value = find(key);
    if (!value) continue;
    const auto time = openstack::parse_go_duration(*value);
    if (!time) return wrong(key, *value, "a duration such as 5s");
    config.*field = *time;
  }
  if (const auto version = find("lb-version"); version && !version->empty()) {
    if (*version != "v1" && *version != "v2") return wrong("lb-version", *version, "v1 or v2");
    config.provider = *version == "v1" ? ProviderKind::lbaas_v1 : ProviderKind::octavia;
  }
  for (const auto key : kNotHonoured) {
    const auto value = find(key);
    if (value && !value->empty() && openstack::parse_conf_bool(*value) != false)
      config.not_honoured.push_back(fmt::format("[LoadBalancer] {}", key));
  }
  apply_classes(conf, config);
  return {};
}

ControllerConfig read_controller_config(config::Section section) {
  ControllerConfig config;
  section.read("cloud_config", config.cloud_config);
  if (!config.cloud_config.empty()) apply_defaults_of_cloud_conf(config, section);
  read_login(config, section);
  read_provider(config, section);
  section.read("cluster_name", config.cluster_name);
  section.read("load_balancer_class", config.load_balancer_class);
  section.read("disabled_remedy", config.disabled_remedy);
  for (const auto& [key, field] : kTexts) section.read(yaml_key(key), config.*field);
  for (const auto& [key, field] : kSwitches) section.read(yaml_key(key), config.*field);
  section.read("monitor_max_retries", config.monitor_max_retries, {.min = 1, .max = 10});
  section.read("monitor_max_retries_down", config.monitor_max_retries_down, {.min = 1, .max = 10});
  section.read("max_shared_lb", config.max_shared_lb, {.min = 1, .max = 1000});
  for (const auto& [key, field] : kDurations) section.read(yaml_key(key), config.*field);
  section.read("drift_interval", config.drift_interval);
  section.read("retry_first", config.retry_first);
  section.read("retry_limit", config.retry_limit);
  section.read("concurrent_requests", config.concurrent_requests, {.min = 1, .max = 1000});
  if (config.cluster_name.empty()) section.problem("cluster_name", "empty; it is part of every load balancer's name");
  if (config.drift_interval < std::chrono::seconds(1))
    section.problem("drift_interval", "shorter than 1s would only burden the cloud");
  if (config.retry_first.count() <= 0 || config.retry_limit < config.retry_first)
    section.problem("retry_limit", "must not be below retry_first");
  read_classes(section, config);
  read_lease(section.section("lease"), config);
  section.finish();
  return config;
}

}  // namespace fairway::controller
