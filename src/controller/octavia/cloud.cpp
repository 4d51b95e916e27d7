#include "controller/octavia/cloud.h"

#include "base/strings.h"

namespace fairway::controller::octavia {

using openstack::Service;

Task<Result<Seen>> Cloud::load_balancer(std::string id) {
  FW_CO_TRY(const auto body,
            co_await send(Service::load_balancer, "GET", fmt::format("{}/{}", kLoadBalancers, percent_encode(id))));
  const auto* object = json::find(body, "loadbalancer");
  if (object == nullptr)
    co_return fail(Errc::unavailable, fmt::format("load balancer {}: an answer without one", id));
  co_return read_load_balancer(*object);
}

Task<Result<std::vector<Seen>>> Cloud::load_balancers(std::string query) {
  const auto path = std::string(kLoadBalancers) + (query.empty() ? "" : "?" + query);
  FW_CO_TRY(const auto items, co_await list(Service::load_balancer, path, "loadbalancers"));
  std::vector<Seen> all;
  for (const auto& item : items) all.push_back(read_load_balancer(item));
  co_return all;
}

Task<Result<>> Cloud::fill(Seen& seen) {
  FW_CO_TRY(const auto listeners,
            co_await list(Service::load_balancer, "/v2.0/lbaas/listeners?loadbalancer_id=" + seen.id, "listeners"));
  FW_CO_TRY(const auto pools,
            co_await list(Service::load_balancer, "/v2.0/lbaas/pools?loadbalancer_id=" + seen.id, "pools"));
  seen.listeners.clear();
  seen.pools.clear();
  for (const auto& item : listeners) seen.listeners.push_back(read_listener(item));
  for (const auto& item : pools) {
    auto pool = read_pool(item);
    FW_CO_TRY(const auto members,
              co_await list(Service::load_balancer, fmt::format("/v2.0/lbaas/pools/{}/members", pool.id), "members"));
    for (const auto& member : members) pool.members.push_back(read_member(member));
    if (!pool.monitor_id.empty()) {
      FW_CO_TRY(const auto body,
                co_await send(Service::load_balancer, "GET", "/v2.0/lbaas/healthmonitors/" + pool.monitor_id));
      if (const auto* monitor = json::find(body, "healthmonitor")) pool.monitor = read_monitor(*monitor);
    }
    seen.pools.push_back(std::move(pool));
  }
  co_return Result<>{};
}

Task<Result<Seen>> Cloud::wait_active(std::string id, std::string kind, SteadyTime since) {
  Seen last;
  const neutron::Look look = [&]() -> Task<Result<std::optional<std::string>>> {
    FW_CO_TRY(last, co_await load_balancer(id));
    if (last.provisioning_status == "ACTIVE") co_return std::nullopt;
    if (last.provisioning_status == "ERROR") {
      co_return fail(
          Errc::conflict,
          fmt::format(
              "load balancer {} has gone into ERROR state; the cloud's operator can say why (failover may help)",
              id));
    }
    if (last.provisioning_status == "DELETED" || last.provisioning_status == "PENDING_DELETE")
      co_return fail(Errc::not_found, fmt::format("load balancer {} is being deleted by somebody else", id));
    co_return last.provisioning_status;
  };
  FW_CO_TRY_DO(
      co_await neutron::look_until_done(env(), {"load balancer " + id, since, expectations_.of(kind)}, look));
  learn(kind, since);
  co_return last;
}

Task<Result<>> Cloud::wait_gone(std::string id, SteadyTime since) {
  const neutron::Look look = [&]() -> Task<Result<std::optional<std::string>>> {
    const auto seen = co_await load_balancer(id);
    if (!seen && seen.error().code == Errc::not_found) co_return std::nullopt;
    if (!seen) co_return std::unexpected(seen.error());
    if (seen->provisioning_status == "DELETED") co_return std::nullopt;
    if (seen->provisioning_status == "ERROR")
      co_return fail(Errc::conflict, fmt::format("load balancer {} went into ERROR while it was deleted", id));
    co_return "there, though its deletion was accepted,";
  };
  FW_CO_TRY_DO(
      co_await neutron::look_until_done(env(), {"load balancer " + id, since, expectations_.of("delete")}, look));
  learn("delete", since);
  co_return Result<>{};
}

void Cloud::learn(const std::string& kind, SteadyTime since) {
  const auto took = env().clock.steady() - since;
  expectations_.learn(kind, took);
  env()
      .metrics
      .histogram("fairway_controller_wait_seconds", "Waiting for the cloud to finish work on a load balancer",
                 {0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300}, {{"for", kind}})
      .observe(std::chrono::duration<double>(took).count());
}

}  // namespace fairway::controller::octavia
