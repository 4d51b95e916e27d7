#include "cloud/dashboard/names.h"

#include <fmt/format.h>

namespace fairway::cloud::dashboard {
namespace {

constexpr std::size_t kShownOfId = 8;

std::string beginning(std::string_view id) { return std::string(id.substr(0, kShownOfId)); }

std::string on_network(const State& state, std::string_view network_id) {
  const auto* network = state.find<Network>(network_id);
  return network == nullptr ? "" : " on the network " + title_of(*network);
}

}  // namespace

std::string service_of(const LoadBalancer& balancer) {
  constexpr std::string_view kBefore = "Kubernetes external service ", kAfter = " from cluster ";
  std::string_view text = balancer.description;
  if (!text.starts_with(kBefore)) return "";
  text.remove_prefix(kBefore.size());
  return std::string(text.substr(0, text.find(kAfter)));
}

std::string title_of(const LoadBalancer& balancer) {
  auto service = service_of(balancer);
  if (!service.empty()) return service;
  return balancer.name.empty() ? beginning(balancer.id) : balancer.name;
}

std::string title_of(const Network& network) { return network.name.empty() ? beginning(network.id) : network.name; }

const LoadBalancer* balancer_of_port(const State& state, std::string_view port_id) {
  const auto found = state.table<LoadBalancer>().find_by("vip_port_id", port_id);
  return found.empty() ? nullptr : found.front();
}

PortName name_of(const State& state, const Port& port) {
  if (const auto* balancer = balancer_of_port(state, port.id)) {
    const bool for_service = !service_of(*balancer).empty();
    return {"vip", fmt::format("VIP of {}{}", for_service ? "Service " : "load balancer ", title_of(*balancer)),
            for_service ? "load balancer " + (balancer->name.empty() ? beginning(balancer->id) : balancer->name)
                        : "load balancer" + on_network(state, port.network_id)};
  }
  const auto name = port.name.empty() ? "port " + beginning(port.id) : port.name;
  if (port.device_owner.starts_with("compute:")) return {"node", name, "node" + on_network(state, port.network_id)};
  if (port.device_owner.starts_with("network:"))
    return {"own", name, port.device_owner.substr(8) + on_network(state, port.network_id)};
  return {"port", name, "port" + on_network(state, port.network_id)};
}

std::string name_at(const State& state, std::string_view subnet_id, std::string_view address) {
  for (const auto* port : state.table<Port>().find_by("subnet_address", fmt::format("{}/{}", subnet_id, address))) {
    if (!port->name.empty()) return port->name;
  }
  return "";
}

std::string project_name(const State& state, std::string_view project_id) {
  const auto* project = state.find<Project>(project_id);
  return project == nullptr ? beginning(project_id) : project->name;
}

}  // namespace fairway::cloud::dashboard
