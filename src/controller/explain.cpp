#include "controller/explain.h"

#include <array>
#include <ctime>

#include "base/strings.h"
#include "controller/nodes.h"
#include "controller/service.h"

namespace fairway::controller {
namespace {

using State = ExplainStep::State;

// "2026-11-24T03:00:01.000000Z" -> seconds since 1970; 0 when it is not a time.
std::int64_t seconds_of(const std::string& stamp) {
  std::tm parts{};
  return strptime(stamp.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr ? 0
                                                                         : static_cast<std::int64_t>(timegm(&parts));
}

bool running_out(const Gathered& gathered) {
  const auto renewed = seconds_of(json::string_or(*gathered.lease, "spec.renewTime"));
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(gathered.now.time_since_epoch()).count();
  return now - renewed > json::int_or(*gathered.lease, "spec.leaseDurationSeconds", 15);
}

// The newest Warning, which is what a person would look for next.
std::string last_warning(const Gathered& gathered) {
  std::string at, text;
  for (const auto& event : gathered.events) {
    const auto stamp = json::string_or(event, "lastTimestamp");
    if (json::string_or(event, "type") != "Warning" || stamp < at) continue;
    at = stamp;
    text = json::string_or(event, "message");
  }
  return text;
}

bool has_event(const Gathered& gathered, std::string_view reason) {
  return std::ranges::any_of(gathered.events,
                             [&](const auto& event) { return json::string_or(event, "reason") == reason; });
}

// Without a pod, or with members that are down, an address is given all the same.
bool keeps_address_away(const ExplainStep& step) { return step.what != "Pods" && step.what != "Members"; }

// What helps against what a cloud says again and again; empty: only its own words are known.
std::string_view remedy_of(std::string_view said) {
  struct Known {
    std::string_view words, remedy;
  };
  static constexpr std::array kKnown{
      Known{"uota",
            "delete what the project does not need any more, or have its administrator raise the quota "
            "(openstack quota set, openstack loadbalancer quota set)"},
      Known{"No more IP addresses",
            "release floating IPs that nobody uses (openstack floating ip list), or give the network a larger pool"},
      Known{"is not reachable from subnet",
            "connect that subnet with the external network: openstack router add subnet ROUTER SUBNET"},
      Known{"HTTP 401", "the login to the cloud is refused: renew it in the controller's configuration"},
  };
  for (const auto& known : kKnown) {
    if (said.contains(known.words)) return known.remedy;
  }
  return "";
}

class Explainer {
 public:
  explicit Explainer(const Gathered& gathered) : gathered_(gathered) {}

  std::vector<ExplainStep> run() {
    if (!service_step()) return std::move(steps_);
    service_ = read_service(*gathered_.service);
    if (!type_step() || !class_step() || !feature_step()) return std::move(steps_);
    controller_step();
    finalizer_step();
    endpoints_step();
    if (load_balancer_step()) tree_steps();
    floating_ip_step();
    status_step();
    return std::move(steps_);
  }

 private:
  const Gathered& gathered_;
  Service service_;
  std::vector<ExplainStep> steps_;
  bool has_pod_ = false;  // that is ready

  void add(State state, std::string what, std::string detail, std::string help = "") {
    steps_.push_back({state, std::move(what), std::move(detail), std::move(help)});
  }

  bool service_step() {
    if (gathered_.service) {
      add(State::done, "Service", gathered_.key + " is there");
      return true;
    }
    if (!gathered_.kubernetes_error.empty()) {
      add(State::failed, "Service", "the Kubernetes API cannot be read: " + gathered_.kubernetes_error,
          "see that the API server runs and that the kubeconfig is right");
    } else {
      add(State::failed, "Service", "there is no Service " + gathered_.key,
          "kubectl get services --all-namespaces shows those that are there");
    }
    return false;
  }

  bool type_step() {
    if (service_.deleting) {
      add(State::waiting, "Deletion",
          service_.has_finalizer ? "the controller takes the load balancer away first" : "the Service is going",
          warning_or("it goes by itself"));
      return false;
    }
    if (service_.type == "LoadBalancer") {
      add(State::done, "Type", "LoadBalancer");
      return true;
    }
    add(State::failed, "Type", "the Service is of type " + service_.type + ", which has no load balancer",
        fmt::format("kubectl patch service -n {} {} -p '{{\"spec\":{{\"type\":\"LoadBalancer\"}}}}'", service_.ns,
                    service_.name));
    return false;
  }

  bool class_step() {
    if (!service_.has_class || service_.load_balancer_class == gathered_.our_class) {
      add(State::done, "Class", service_.has_class ? service_.load_balancer_class : "none, so it is ours");
      return true;
    }
    add(State::failed, "Class",
        fmt::format("spec.loadBalancerClass is {}: another controller serves it, and we leave it alone",
                    service_.load_balancer_class),
        "the class cannot be changed; make the Service anew without it");
    return false;
  }

  bool feature_step() {
    if (gathered_.enabled && gathered_.has_login) {
      add(State::done, "Feature", "load balancers are enabled");
      return true;
    }
    std::string help = gathered_.enabled
                           ? "the cluster's administrator names one in the controller's configuration: cloud_config, "
                             "or clouds_yaml and cloud"
                           : "the cluster's administrator sets enabled: true in the controller's configuration";
    if (!gathered_.disabled_remedy.empty()) help = gathered_.disabled_remedy;
    add(State::failed, "Feature",
        gathered_.enabled ? "load balancers are disabled: the controller has no login to a cloud"
                          : "load balancers are disabled in this cluster",
        std::move(help));
    return false;
  }

  void controller_step() {
    if (!gathered_.lease_expected) {
      add(State::not_needed, "Controller", "works without a Lease");
    } else if (!gathered_.lease || json::string_or(*gathered_.lease, "spec.holderIdentity").empty()) {
      add(State::waiting, "Controller", "none holds the Lease",
          "start fairway controller, or see in its log why it does not lead");
    } else if (running_out(gathered_)) {
      add(State::waiting, "Controller",
          fmt::format("{} has not renewed the Lease in time",
                      json::string_or(*gathered_.lease, "spec.holderIdentity")),
          "start fairway controller; it takes the Lease over");
    } else {
      add(State::done, "Controller", json::string_or(*gathered_.lease, "spec.holderIdentity") + " leads");
    }
  }

  std::string warning_or(std::string otherwise) const {
    const auto warning = last_warning(gathered_);
    if (warning.empty()) return otherwise;
    const auto remedy = remedy_of(warning);
    return fmt::format("last said: {}{}{}", warning, remedy.empty() ? "" : "\n", remedy);
  }

  void finalizer_step() {
    if (service_.has_finalizer) {
      add(State::done, "Seen", "the controller has put its finalizer on the Service");
    } else {
      add(State::waiting, "Seen", "the controller has not taken the Service up yet",
          warning_or("a second or two is usual; its log says more"));
    }
  }

  void endpoints_step() {
    std::vector<const json::Value*> slices;
    std::size_t ready = 0, all = 0;
    for (const auto& slice : gathered_.slices) {
      slices.push_back(&slice);
      for (const auto& endpoint : json::array_or_empty(slice, "endpoints")) {
        ++all;
        ready += json::bool_or(endpoint, "conditions.ready", true) ? 1 : 0;
      }
    }
    has_pod_ = ready > 0;
    if (!has_pod_) return add(State::waiting, "Pods", why_no_pod(all), help_no_pod(all));
    const auto nodes = nodes_with_ready_endpoints(slices);
    add(State::done, "Pods",
        fmt::format("{} ready, on {}", ready,
                    nodes.empty() ? "no node of this cluster" : fmt::format("{}", fmt::join(nodes, ", "))));
  }

  // "app=web,tier=front"; empty: the Service selects nothing by itself.
  [[nodiscard]] std::string selector() const {
    std::vector<std::string> parts;
    for (const auto& [key, value] : json::object_or_empty(*gathered_.service, "spec.selector"))
      parts.push_back(fmt::format("{}={}", std::string_view(key), std::string_view(value.as_string())));
    return join(parts, ",");
  }

  [[nodiscard]] std::string why_no_pod(std::size_t all) const {
    if (all > 0) return fmt::format("{} {} selected, and none is ready", all, all == 1 ? "pod is" : "pods are");
    const auto wanted = selector();
    return wanted.empty() ? "the Service has no selector, and nobody has given it endpoints"
                          : fmt::format("no pod has the labels that the Service selects ({})", wanted);
  }

  [[nodiscard]] std::string help_no_pod(std::size_t all) const {
    const auto wanted = selector();
    if (wanted.empty())
      return fmt::format("kubectl patch service -n {} {} with spec.selector, or make an EndpointSlice for it",
                         service_.ns, service_.name);
    if (all > 0) return fmt::format("kubectl describe pods -n {} -l {}", service_.ns, wanted);
    return fmt::format("kubectl get pods -n {} --show-labels; the labels must match the Service's selector",
                       service_.ns);
  }

  // Whether it can be looked into.
  bool load_balancer_step() {
    if (!gathered_.cloud_error.empty()) {
      add(State::failed, "Load balancer", "the cloud cannot be read: " + gathered_.cloud_error, remedy_of_cloud());
      return false;
    }
    if (!gathered_.load_balancer) {
      add(State::waiting, "Load balancer", "there is none yet", warning_or("it waits for the controller"));
      return false;
    }
    const auto id = json::string_or(*gathered_.load_balancer, "id");
    const auto status = json::string_or(*gathered_.load_balancer, "provisioning_status");
    if (status == "ERROR") {
      add(State::failed, "Load balancer", id + " is in ERROR", remedy_of_error(id));
    } else if (status != "ACTIVE") {
      add(State::waiting, "Load balancer", fmt::format("{} is {}", id, status), remedy_of_pending());
    } else if (!json::bool_or(*gathered_.load_balancer, "admin_state_up", true)) {
      add(State::failed, "Load balancer", id + " is switched off (admin_state_up is false)",
          "openstack loadbalancer set --enable " + id);
      return false;
    } else if (unserved()) {
      add(State::waiting, "Load balancer", id + " is ACTIVE, and nothing serves it: its operating_status is OFFLINE",
          remedy_of_unserved(id));
      return false;
    } else {
      add(State::done, "Load balancer",
          fmt::format("{} is ACTIVE, VIP {}", id, json::string_or(*gathered_.load_balancer, "vip_address")));
    }
    return true;
  }

  // One without listeners is OFFLINE too, and that is for the next step to say.
  [[nodiscard]] bool unserved() const {
    return json::string_or(*gathered_.load_balancer, "operating_status") == "OFFLINE" &&
           !json::array_or_empty(gathered_.status_tree, "statuses.loadbalancer.listeners").empty();
  }

  [[nodiscard]] std::string remedy_of_pending() const {
    if (json::string_or(*gathered_.load_balancer, "provider") == "fairway")
      return "it waits for the gateway, milliseconds as a rule; when it lasts: fairway status; the gateway's log";
    return "the cloud is at work; with amphorae a minute or two is usual";
  }

  [[nodiscard]] std::string remedy_of_unserved(std::string_view id) const {
    if (json::string_or(*gathered_.load_balancer, "provider") == "fairway")
      return "is a gateway connected to the cloud (fairway status; its log), and has the VIP's subnet a router?";
    return fmt::format("openstack loadbalancer status show {}; the cloud's operator sees what its provider does", id);
  }

  [[nodiscard]] std::string remedy_of_cloud() const {
    const auto& file = gathered_.login_file;
    if (gathered_.cloud_error_code == Errc::unauthenticated)
      return fmt::format(
          "the login{} is wrong, or has been revoked: put a valid one there and restart the controller",
          file.empty() ? "" : " in " + file);
    if (gathered_.cloud_error_code == Errc::denied)
      return fmt::format(
          "the login{} may not do that: its user needs the role member (or load-balancer_member) on "
          "the project",
          file.empty() ? "" : " in " + file);
    return fmt::format("see that the cloud runs and is reached from here{}; what serves goes on without it",
                       file.empty() ? "" : " by the address in " + file);
  }

  [[nodiscard]] std::string remedy_of_error(const std::string& id) const {
    if (gathered_.provider == ProviderKind::lbaas_v1) {
      return fmt::format(
          "neutron lb-vip-show {0} says why (status_description); after neutron lb-vip-delete {0} it is "
          "made anew",
          id);
    }
    return fmt::format(
        "the cloud's operator can: openstack loadbalancer failover {0}; or openstack loadbalancer "
        "delete --cascade {0}: it is made anew",
        id);
  }

  void tree_steps() {
    const auto& listeners = json::array_or_empty(gathered_.status_tree, "statuses.loadbalancer.listeners");
    if (listeners.empty())
      return add(State::waiting, "Listeners", "the load balancer has none yet",
                 warning_or("they come with the next pass of the controller"));
    for (const auto& listener : listeners) {
      listener_step(listener);
      for (const auto& pool : json::array_or_empty(listener, "pools")) pool_step(pool);
    }
  }

  void listener_step(const json::Value& listener) {
    const auto name = json::string_or(listener, "name", json::string_or(listener, "id"));
    const auto status = json::string_or(listener, "provisioning_status");
    const auto operating = json::string_or(listener, "operating_status");
    const auto detail = fmt::format("{} is {}, {}", name, status, operating);
    if (status == "ERROR" || operating == "ERROR") {
      add(State::failed, "Listener", detail,
          gathered_.provider == ProviderKind::lbaas_v1
              ? "its members' health is below; neutron lb-vip-show says more"
              : "its members' health is below; openstack loadbalancer status show says more");
    } else {
      add(status == "ACTIVE" ? State::done : State::waiting, "Listener", detail);
    }
  }

  void pool_step(const json::Value& pool) {
    const auto& members = json::array_or_empty(pool, "members");
    if (members.empty()) {
      add(State::failed, "Members", "none: nobody answers behind this port",
          service_.local ? "externalTrafficPolicy is Local: a node with a ready pod of the Service is needed"
                         : "the cluster has no node that may be a member; kubectl get nodes");
      return;
    }
    std::vector<std::string> down;
    bool unmonitored = false;
    for (const auto& member : members) {
      const auto status = json::string_or(member, "operating_status");
      if (status == "ERROR" || status == "OFFLINE") {
        down.push_back(fmt::format("{}:{} {}", json::string_or(member, "address"),
                                   json::int_or(member, "protocol_port"), status));
      }
      unmonitored = unmonitored || status == "NO_MONITOR";
    }
    if (down.empty()) {
      add(State::done, "Members",
          fmt::format("{}{}", members.size(), unmonitored ? ", not monitored" : ", all healthy"));
      return;
    }
    const bool all = down.size() == members.size();
    add(all ? State::failed : State::done, "Members",
        fmt::format("{} of {} do not answer: {}", down.size(), members.size(), fmt::join(down, ", ")),
        has_pod_
            ? "is the node up, and does the node port answer there? A firewall or security group may stand between"
            : "they answer once a pod is ready");
  }

  void floating_ip_step() {
    if (!gathered_.load_balancer) return;
    if (!gathered_.floating_ips.empty()) {
      add(State::done, "Floating IP",
          json::string_or(gathered_.floating_ips.front(), "floating_ip_address") + " is associated with the VIP");
      return;
    }
    const auto port = json::string_or(*gathered_.load_balancer, "vip_port_id");
    if (gathered_.internal_lb || service_.annotation(kInternalAnnotation) == "true") {
      return add(State::not_needed, "Floating IP",
                 "the load balancer is internal; a person may associate one with port " + port);
    }
    const bool has_vip =
        !service_.status_ip.empty() && service_.status_ip == json::string_or(*gathered_.load_balancer, "vip_address");
    if (has_vip || has_event(gathered_, "LoadBalancerForcedInternal")) {
      return add(State::not_needed, "Floating IP",
                 "no external network was found, so the load balancer stays internal",
                 "make one (openstack network create --external), or name it as floating_network_id in the "
                 "controller's configuration; or associate an address with port " +
                     port);
    }
    add(State::waiting, "Floating IP", "none is associated yet", warning_or("the controller allocates one"));
  }

  void status_step() {
    const auto address = service_.status_ip.empty() ? service_.status_hostname : service_.status_ip;
    if (!address.empty()) {
      add(State::done, "Address", address + " stands in the Service's status");
      return;
    }
    const auto first = std::ranges::find_if(steps_, [](const auto& step) {
      return (step.state == State::waiting || step.state == State::failed) && keeps_address_away(step);
    });
    add(State::waiting, "Address",
        first == steps_.end() ? "the controller writes it next" : "waits for: " + first->what,
        first == steps_.end() ? warning_or("") : "");
  }
};

}  // namespace

std::vector<ExplainStep> explain(const Gathered& gathered) { return Explainer(gathered).run(); }

std::string render(const std::vector<ExplainStep>& steps) {
  static const std::map<State, std::string_view> kMarks{{State::done, "done   "},
                                                        {State::waiting, "waiting"},
                                                        {State::failed, "FAILED "},
                                                        {State::not_needed, "-      "}};
  std::string text;
  for (const auto& step : steps) {
    text += fmt::format("{}  {:<14} {}\n", kMarks.at(step.state), step.what, step.detail);
    if (step.help.empty()) continue;
    for (const auto line : split(step.help, '\n')) text += fmt::format("{:24} -> {}\n", "", line);
  }
  return text;
}

std::string summary(const std::vector<ExplainStep>& steps) {
  const auto open = [](const ExplainStep& step) {
    return step.state == State::failed || step.state == State::waiting;
  };
  // What keeps the address away comes before what only keeps it from answering.
  const auto blocks = [&](const ExplainStep& step) { return open(step) && keeps_address_away(step); };
  const bool pending =
      std::ranges::any_of(steps, [&](const auto& step) { return step.what == "Address" && open(step); });
  const auto blocker = pending ? std::ranges::find_if(steps, blocks) : steps.end();
  const auto first = blocker == steps.end() ? std::ranges::find_if(steps, open) : blocker;
  return first == steps.end() ? "serving" : fmt::format("{}: {}", first->what, first->detail);
}

bool all_done(const std::vector<ExplainStep>& steps) {
  return std::ranges::none_of(
      steps, [](const auto& step) { return step.state == State::failed || step.state == State::waiting; });
}

}  // namespace fairway::controller
