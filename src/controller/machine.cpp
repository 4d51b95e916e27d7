#include "controller/machine.h"

#include <cstdlib>

namespace fairway::controller {

std::int64_t revision_of(const json::Value& object) {
  return std::strtoll(json::string_or(object, "metadata.resourceVersion", "0").c_str(), nullptr, 10);
}

std::string uid_of(const json::Value& object) { return json::string_or(object, "metadata.uid"); }

Claim claim_of(const Service& service) {
  Claim claim{.uid = service.uid, .load_balancer_id = service.annotation(kIdAnnotation), .addresses = {}};
  for (const auto& address : {service.status_ip, service.annotation(kAddressAnnotation)}) {
    if (!address.empty() && std::ranges::find(claim.addresses, address) == claim.addresses.end())
      claim.addresses.push_back(address);
  }
  return claim;
}

bool status_is(const Service& service, const json::Value& wanted) {
  const auto& ingress = json::array_or_empty(wanted, "ingress").front();
  return json::string_or(ingress, "ip") == service.status_ip &&
         json::string_or(ingress, "hostname") == service.status_hostname;
}

bool only_members_differ(const LoadBalancer& a, LoadBalancer b) {
  if (a.listeners.size() != b.listeners.size()) return false;
  for (std::size_t i = 0; i < a.listeners.size(); ++i) b.listeners[i].pool.members = a.listeners[i].pool.members;
  return a == b;
}

}  // namespace fairway::controller
