#include "cluster_driver/own_services.h"

#include "controller/kube_writer.h"

namespace fairway::cluster_driver {

std::vector<std::string> ids_of(const cleanup::Belongings& belongings) {
  std::vector<std::string> ids;
  ids.reserve(belongings.balancers.size() + belongings.shares.size());
  for (const auto& one : belongings.balancers) ids.push_back(one.id);
  for (const auto& one : belongings.shares) ids.push_back(one.balancer.id);
  for (const auto& one : belongings.v1.pools) ids.push_back(one.id);
  for (const auto& one : belongings.v1.vips) ids.push_back(one.id);
  return ids;
}

bool is_ours(const controller::Service& service, const std::set<std::string>& balancers, bool served) {
  // One that names another class was never looked at.
  if (service.has_class) return false;
  const std::string id = service.annotation(controller::kIdAnnotation);
  if (!id.empty()) return balancers.contains(id);
  return served && service.has_finalizer && service.status_ip.empty() && service.status_hostname.empty();
}

Task<Result<>> clean_services(kube::Client& kube, std::vector<json::Value> services, std::set<std::string> balancers,
                              bool served) {
  controller::KubeWriter writer(kube);
  for (const json::Value& object : services) {
    const controller::Service service = controller::read_service(object);
    if (!is_ours(service, balancers, served)) continue;
    const auto cleaned = co_await writer.clean(object);
    if (!cleaned && cleaned.error().code != Errc::not_found)
      co_return std::unexpected(Error(cleaned.error()).within("give back Service " + service.key()));
  }
  co_return Result<>{};
}

}  // namespace fairway::cluster_driver
