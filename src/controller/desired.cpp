#include "controller/desired.h"

#include "base/strings.h"
#include "controller/annotations.h"
#include "net/address.h"

namespace fairway::controller {
namespace {

// Octavia's limit for names, tags and descriptions; an OCCM cuts at the same place.
constexpr std::size_t kMaxText = 255;
constexpr std::string_view kIgnored = "LoadBalancerFieldIgnored";
// The API server's default for sessionAffinityConfig: nobody asked for it.
constexpr std::int64_t kDefaultAffinitySeconds = 10'800;

std::string cut(std::string text) {
  if (text.size() > kMaxText) text.resize(kMaxText);
  return text;
}

// One reading of one Service: what is common to all its ports.
class Build {
 public:
  explicit Build(const Inputs& in)
      : in_(in), service_(in.service), config_(in.config), annotations_(in.service), can_(in.facts.can) {}

  Result<Desired> run() {
    if (service_.ports.empty()) return fail(Errc::invalid, "no ports provided to the load balancer; give spec.ports");
    FW_TRY_DO(check_ports());
    FW_TRY_DO(choose_class());
    FW_TRY_DO(read_networks());
    FW_TRY_DO(read_source_ranges());
    FW_TRY_DO(read_protocols());
    read_limits();
    read_monitor();
    choose_nodes();
    annotations_.known(std::string(kAnnotationPrefix) + "hostname");
    lb_.name = load_balancer_name(config_, service_);
    lb_.description =
        cut(fmt::format("Kubernetes external service {} from cluster {}", service_.key(), config_.cluster_name));
    lb_.provider = config_.lb_provider;
    if (can_.tags) lb_.tags = {lb_.name, cluster_tag(in_.facts.cluster_id)};
    for (std::size_t i = 0; i < service_.ports.size(); ++i) lb_.listeners.push_back(listener(i));
    note_ignored_fields();
    return Desired{std::move(lb_), annotations_.finish()};
  }

 private:
  const Inputs& in_;
  const Service& service_;
  const ControllerConfig& config_;
  Annotations annotations_;
  const Abilities& can_;
  LoadBalancer lb_;

  NetworkClass class_;
  std::string member_subnet_;
  std::vector<std::string> cidrs_;
  std::vector<const Node*> nodes_;
  bool x_forwarded_for_ = false;
  std::string proxy_protocol_;  // of the pools: "", PROXY, PROXYV2
  std::string tls_ref_;
  bool monitor_ = false;
  Monitor monitor_values_;
  std::int64_t connection_limit_ = -1;
  Timeouts timeouts_;

  // What would have to be left out is refused before anything is made.
  Result<> check_ports() const {
    if (!can_.many_ports && service_.ports.size() > 1) {
      return fail(
          Errc::invalid,
          fmt::format("{} serves one port at an address, and the Service has {}; make a Service for each port, "
                      "or have the cluster's administrator choose the provider octavia",
                      can_.name, service_.ports.size()));
    }
    for (const auto& port : service_.ports) {
      if (can_.udp || port.protocol == "TCP") continue;
      return fail(Errc::invalid, fmt::format("{} does not serve {} (port {}); only TCP can be published", can_.name,
                                             port.protocol, port.port));
    }
    return {};
  }

  Result<> choose_class() {
    const auto name = annotations_.text("class");
    if (name.empty()) return {};
    const auto found = config_.classes.find(name);
    if (found == config_.classes.end()) {
      return fail(Errc::invalid,
                  fmt::format("invalid loadbalancer class \"{}\"; the configuration has {}", name,
                              config_.classes.empty()
                                  ? "none"
                                  : fmt::format("{}", fmt::join(std::views::keys(config_.classes), ", "))));
    }
    class_ = found->second;
    return {};
  }

  static std::string first_of(const std::string& a, const std::string& b, const std::string& c) {
    if (!a.empty()) return a;
    return b.empty() ? c : b;
  }

  Result<> read_networks() {
    lb_.ipv6 = !service_.ip_families.empty() && service_.ip_families.front() == "IPv6";
    const bool internal = annotations_.truth_of(kInternalAnnotation, config_.internal_lb) || config_.internal_lb;
    // An external Service's class wins over its annotations, an internal one's does not (as with an OCCM).
    const auto vip = [&](std::string_view key, const std::string& of_class, const std::string& of_config) {
      const auto own = annotations_.text(key);
      return internal ? first_of(own, of_class, of_config) : first_of(of_class, own, of_config);
    };
    lb_.vip_port_id = annotations_.text("port-id");
    if (!can_.chosen_port && !lb_.vip_port_id.empty())
      return fail(Errc::invalid, fmt::format("{} makes a VIP's port itself; take the annotation {}port-id away",
                                             can_.name, kAnnotationPrefix));
    lb_.vip_subnet_id = vip("subnet-id", class_.subnet_id, config_.subnet_id);
    lb_.vip_network_id = vip("network-id", class_.network_id, config_.network_id);
    if (lb_.vip_subnet_id.empty() && lb_.vip_network_id.empty()) lb_.vip_subnet_id = in_.facts.node_subnet_id;
    if (lb_.vip_subnet_id.empty() && lb_.vip_network_id.empty() && lb_.vip_port_id.empty()) {
      return fail(
          Errc::invalid,
          "no subnet known for the load balancer: none is configured (subnet-id), and none was found from the nodes' "
          "providerID; configure subnet-id or annotate the Service with loadbalancer.openstack.org/subnet-id");
    }
    if (!lb_.vip_port_id.empty()) lb_.vip_subnet_id = lb_.vip_network_id = "";
    member_subnet_ = annotations_.text_or(
        "member-subnet-id", first_of(class_.member_subnet_id, config_.member_subnet_id, config_.subnet_id));
    if (member_subnet_.empty())
      member_subnet_ = in_.facts.node_subnet_id.empty() ? lb_.vip_subnet_id : in_.facts.node_subnet_id;
    if (can_.flavors) lb_.flavor_id = annotations_.text("flavor-id", config_.flavor_id);
    read_availability_zone();
    read_floating_ip(internal);
    return {};
  }

  void read_availability_zone() {
    const auto zone = annotations_.text("availability-zone", config_.availability_zone);
    if (can_.zones) {
      lb_.availability_zone = zone;
    } else if (!zone.empty()) {
      annotations_.notice("LoadBalancerAvailabilityZonesIgnored",
                          fmt::format("Load Balancer Availability Zones aren't supported. {} for Service {}",
                                      can_.zones_remedy, service_.key()));
    }
  }

  void read_floating_ip(bool internal) {
    auto& wish = lb_.floating_ip;
    wish.keep = annotations_.truth("keep-floatingip", false);
    wish.description = floating_ip_description(config_, service_);
    const auto network = annotations_.text("floating-network-id", config_.floating_network_id);
    const auto subnet = annotations_.text("floating-subnet-id", config_.floating_subnet_id);
    wish.wanted = !internal && !lb_.ipv6;
    if (!wish.wanted) {
      lb_.vip_address = service_.load_balancer_ip;
      if (!internal) {
        annotations_.notice("LoadBalancerFloatingIPSkipped",
                            fmt::format("Floating IP not supported for IPv6 Service {}; its own IPv6 address is used",
                                        service_.key()));
      }
      return;
    }
    wish.network_id = class_.floating_network_id.empty() ? network : class_.floating_network_id;
    wish.subnet_id = class_.floating_subnet_id.empty() ? subnet : class_.floating_subnet_id;
    wish.address = service_.load_balancer_ip;
  }

  Result<> read_source_ranges() {
    auto wanted = service_.source_ranges;
    if (wanted.empty()) {
      const auto annotation = service_.annotation(kSourceRangesAnnotation);
      for (const auto item : split(annotation, ',')) {
        if (!trim(item).empty()) wanted.emplace_back(trim(item));
      }
    }
    annotations_.known(kSourceRangesAnnotation);
    const bool restricted = !wanted.empty();
    if (!restricted) wanted = {lb_.ipv6 ? "::/0" : "0.0.0.0/0"};
    std::set<std::string> normal;
    for (const auto& text : wanted) {
      const auto prefix = net::Prefix::parse(trim(text));
      if (!prefix)
        return fail(Errc::invalid,
                    fmt::format("\"{}\" in loadBalancerSourceRanges is not a CIDR such as 10.0.0.0/8", text));
      if (prefix->is_v4() == lb_.ipv6) {
        return fail(Errc::invalid, fmt::format("{} in loadBalancerSourceRanges is not of the Service's IP family; "
                                               "the address that it would admit is not served",
                                               text));
      }
      normal.insert(prefix->text());
    }
    cidrs_.assign(normal.begin(), normal.end());
    if (restricted && !can_.allowed_cidrs) {
      annotations_.notice(
          "LoadBalancerSourceRangesIgnored",
          fmt::format("LoadBalancerSourceRanges are ignored for Service {} because {} does not support it",
                      service_.key(), can_.name));
    }
    return {};
  }

  void read_limits() {
    connection_limit_ = annotations_.number("connection-limit", -1);
    if (!can_.timeouts) return;  // an annotation that asks for one is named as ignored
    timeouts_.client_data = annotations_.number("timeout-client-data", timeouts_.client_data);
    timeouts_.member_connect = annotations_.number("timeout-member-connect", timeouts_.member_connect);
    timeouts_.member_data = annotations_.number("timeout-member-data", timeouts_.member_data);
    timeouts_.tcp_inspect = annotations_.number("timeout-tcp-inspect", timeouts_.tcp_inspect);
  }

  Result<> read_protocols() {
    x_forwarded_for_ = annotations_.truth("x-forwarded-for", false);
    tls_ref_ = annotations_.text("default-tls-container-ref", config_.default_tls_container_ref);
    const auto proxy = annotations_.text("proxy-protocol");
    if (proxy == "true" || proxy == "v1") {
      proxy_protocol_ = "PROXY";
    } else if (proxy == "v2") {
      proxy_protocol_ = "PROXYV2";
    } else if (!proxy.empty() && proxy != "false") {
      annotations_.notice("LoadBalancerAnnotationInvalid",
                          fmt::format("Annotation {}proxy-protocol: \"{}\" is none of true, v1, v2, false; it is off",
                                      kAnnotationPrefix, proxy));
    }
    if (x_forwarded_for_ && !proxy_protocol_.empty()) {
      return fail(Errc::invalid,
                  "annotations proxy-protocol and x-forwarded-for cannot be used together; take one away");
    }
    if (!can_.tls && !tls_ref_.empty())
      return fail(Errc::invalid,
                  fmt::format("{} does not terminate TLS; take default-tls-container-ref away", can_.name));
    if (!can_.proxy_protocol && !proxy_protocol_.empty())
      return fail(
          Errc::invalid,
          fmt::format("{} does not speak the PROXY protocol; take the annotation proxy-protocol away", can_.name));
    if (!can_.x_forwarded_for && x_forwarded_for_) {
      annotations_.notice("LoadBalancerAnnotationIgnored",
                          fmt::format("x-forwarded-for has no effect: {} inserts no headers", can_.name));
      x_forwarded_for_ = false;
    }
    return {};
  }

  void read_monitor() {
    const auto seconds = [](std::chrono::milliseconds time) {
      return std::max<std::int64_t>(1, (time.count() + 500) / 1000);
    };
    monitor_ = annotations_.truth("enable-health-monitor", config_.create_monitor);
    monitor_values_.delay = annotations_.number("health-monitor-delay", seconds(config_.monitor_delay));
    monitor_values_.timeout = annotations_.number("health-monitor-timeout", seconds(config_.monitor_timeout));
    monitor_values_.max_retries = annotations_.number("health-monitor-max-retries", config_.monitor_max_retries);
    monitor_values_.max_retries_down =
        annotations_.number("health-monitor-max-retries-down", config_.monitor_max_retries_down);
  }

  // With externalTrafficPolicy Local only nodes with a ready endpoint of their own are members: others would drop
  // what they get, and only a health monitor would ever find out.
  void choose_nodes() {
    const auto selector = parse_node_selector(annotations_.text("node-selector", config_.node_selector));
    for (const auto& node : in_.nodes) {
      if (!node.eligible || !selects(selector, node)) continue;
      if (service_.local && !in_.nodes_with_endpoints.contains(node.name)) continue;
      if (node.member_address(lb_.ipv6).empty()) {
        annotations_.notice(
            "LoadBalancerNodeSkipped",
            fmt::format("Node {} has no {} address yet and is not a member", node.name, lb_.ipv6 ? "IPv6" : "IPv4"));
        continue;
      }
      nodes_.push_back(&node);
    }
    std::ranges::sort(nodes_, {}, &Node::name);
  }

  Listener listener(std::size_t index) {
    const auto& port = service_.ports[index];
    Listener to;
    to.name = cut(fmt::format("listener_{}_{}", index, lb_.name));
    to.port = port.port;
    to.protocol = !tls_ref_.empty() ? "TERMINATED_HTTPS" : x_forwarded_for_ ? "HTTP" : port.protocol;
    to.connection_limit = connection_limit_;
    to.x_forwarded_for = x_forwarded_for_;
    to.tls_container_ref = tls_ref_;
    if (can_.timeouts) to.timeouts = timeouts_;
    if (can_.allowed_cidrs) to.allowed_cidrs = cidrs_;
    to.pool = pool(index, to);
    return to;
  }

  Pool pool(std::size_t index, const Listener& listener) {
    const auto& port = service_.ports[index];
    Pool to;
    to.name = cut(fmt::format("pool_{}_{}", index, lb_.name));
    to.protocol = listener.protocol == "TERMINATED_HTTPS" ? "HTTP" : listener.protocol;
    if (!proxy_protocol_.empty()) {
      if (port.protocol == "TCP") {
        to.protocol = proxy_protocol_;
      } else {
        annotations_.notice("LoadBalancerAnnotationIgnored",
                            fmt::format("proxy-protocol has no effect on port {}/{}: only TCP can carry it",
                                        port.port, port.protocol));
      }
    }
    to.lb_algorithm = annotations_.text_or("lb-method", config_.lb_method);
    to.source_ip_persistence = service_.client_ip;
    const int health_port = monitor_ && service_.local ? service_.health_check_node_port : 0;
    const bool by_http = health_port > 0 && can_.http_monitor && (port.protocol != "UDP" || can_.http_monitor_on_udp);
    if (port.node_port > 0) {
      for (const auto* node : nodes_) {
        to.members.push_back({.name = node->name,
                              .address = node->member_address(lb_.ipv6),
                              .subnet_id = member_subnet_,
                              .port = port.node_port,
                              .monitor_port = by_http ? health_port : 0});
      }
    }
    if (monitor_) {
      to.monitor = monitor_values_;
      to.monitor->name = cut(fmt::format("monitor_{}_{}", index, lb_.name));
      to.monitor->http = by_http;
      to.monitor->type = by_http ? "HTTP" : port.protocol == "UDP" ? "UDP-CONNECT" : port.protocol;
    }
    return to;
  }

  // By name and by its whole path in the manifest, with what would help.
  void note_ignored_fields() {
    const auto ignored = [&](std::string message) { annotations_.notice(std::string(kIgnored), std::move(message)); };
    if (service_.client_ip && service_.affinity_seconds != 0 &&
        service_.affinity_seconds != kDefaultAffinitySeconds) {
      ignored(
          fmt::format("spec.sessionAffinityConfig.clientIP.timeoutSeconds ({}) is not honoured: a client keeps its "
                      "member without a limit of time",
                      service_.affinity_seconds));
    }
    if (service_.ip_families.size() > 1)
      ignored(fmt::format("spec.ipFamilies: only {} is served; make a second Service for {}", service_.ip_families[0],
                          service_.ip_families[1]));
    if (!service_.allocate_node_ports &&
        std::ranges::any_of(service_.ports, [](const auto& port) { return port.node_port == 0; })) {
      ignored(
          "spec.allocateLoadBalancerNodePorts is false: without node ports the load balancer has no members; set it "
          "to true");
    }
    for (const auto& port : service_.ports) {
      if (!port.app_protocol.empty())
        ignored(fmt::format("spec.ports[].appProtocol ({}) has no effect on the load balancer", port.app_protocol));
    }
    if (!lb_.vip_address.empty() && !lb_.vip_port_id.empty()) {
      ignored("spec.loadBalancerIP is not honoured: the annotation port-id decides the address");
      lb_.vip_address.clear();
    }
    for (const auto& what : config_.not_honoured)
      ignored(fmt::format("The configuration's {} is not supported and has no effect", what));
    if (nodes_.empty()) {
      annotations_.notice("UnAvailableLoadBalancer",
                          service_.local ? "There are no available nodes for LoadBalancer: externalTrafficPolicy is "
                                           "Local, and no node has a ready endpoint of the Service"
                                         : "There are no available nodes for LoadBalancer");
    }
  }
};

}  // namespace

Result<Desired> desired(const Inputs& inputs) { return Build(inputs).run(); }

std::string load_balancer_name(const ControllerConfig& config, const Service& service) {
  return cut(fmt::format("kube_service_{}_{}_{}", config.cluster_name, service.ns, service.name));
}

std::string uid_name(std::string_view uid) {
  constexpr std::size_t kLength = 32;
  std::string name = "a" + std::string(uid);
  std::erase(name, '-');
  if (name.size() > kLength) name.resize(kLength);
  return name;
}

std::string floating_ip_description(const ControllerConfig& config, const Service& service) {
  return cut(fmt::format("{}{} from cluster {}", kFloatingIpMark, service.key(), config.cluster_name));
}

std::string cluster_tag(std::string_view cluster_id) { return fmt::format("kube_cluster_id_{}", cluster_id); }

json::Value load_balancer_status(const ControllerConfig& config, const Service& service, const std::string& address) {
  const auto hostname = service.annotation(std::string(kAnnotationPrefix) + "hostname");
  const auto proxy = service.annotation(std::string(kAnnotationPrefix) + "proxy-protocol");
  const bool proxied = proxy == "true" || proxy == "v1" || proxy == "v2";
  json::Object ingress;
  if (!hostname.empty()) {
    ingress["hostname"] = hostname;
  } else if (proxied && config.enable_ingress_hostname) {
    ingress["hostname"] = fmt::format("{}.{}", address, config.ingress_hostname_suffix);
  } else {
    ingress["ip"] = address;
    ingress["ipMode"] = proxied ? "Proxy" : "VIP";
  }
  return json::Object{{"ingress", json::Array{std::move(ingress)}}};
}

bool needs_node_subnet(const ControllerConfig& config, const Service& service) {
  const auto annotated = [&](std::string_view key) {
    return !service.annotation(std::string(kAnnotationPrefix) + std::string(key)).empty();
  };
  NetworkClass of;
  if (const auto found = config.classes.find(service.annotation(std::string(kAnnotationPrefix) + "class"));
      found != config.classes.end())
    of = found->second;
  return config.subnet_id.empty() && config.network_id.empty() && of.subnet_id.empty() && of.network_id.empty() &&
         !annotated("subnet-id") && !annotated("network-id");
}

}  // namespace fairway::controller
