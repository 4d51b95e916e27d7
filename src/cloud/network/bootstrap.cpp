#include "cloud/network/bootstrap.h"

#include <fmt/format.h>

#include "cloud/network/ports.h"
#include "cloud/network/routers.h"
#include "cloud/network/subnets.h"

namespace fairway::cloud::network {
namespace {

Result<std::string> project_named(const State& state, std::string_view name) {
  const auto found = state.table<Project>().find_by("name", name);
  if (found.empty())
    return fail(Errc::not_found, fmt::format("make the first networks: there is no project {}", name));
  return found.front()->id;
}

Network new_network(Env& env, const std::string& project, std::string_view name, bool external) {
  Network network;
  stamp_new(network, env);
  network.project_id = project;
  network.name = name;
  network.external = external;
  return network;
}

Subnet new_subnet(Env& env, const Network& network, const net::Prefix& cidr) {
  Subnet subnet;
  stamp_new(subnet, env);
  subnet.project_id = network.project_id;
  subnet.name = network.name + "-subnet";
  subnet.network_id = network.id;
  subnet.cidr = cidr.text();
  subnet.gateway_ip = default_gateway(cidr);
  subnet.allocation_pools = default_pools(cidr, subnet.gateway_ip);
  subnet.enable_dhcp = !network.external;
  return subnet;
}

Result<bool> make_networks(Work& work, Env& env, const net::Prefix& public_cidr, const net::Prefix& private_cidr) {
  FW_TRY(const auto admin, project_named(work.state(), "admin"));
  FW_TRY(const auto demo, project_named(work.state(), "demo"));
  const auto outside = new_network(env, admin, "public", true), inside = new_network(env, demo, "private", false);
  const auto private_subnet = new_subnet(env, inside, private_cidr);
  work.put(outside);
  work.put(inside);
  work.put(new_subnet(env, outside, public_cidr));
  work.put(private_subnet);
  Router router;
  stamp_new(router, env);
  router.project_id = demo;
  router.name = "router1";
  FW_TRY_DO(set_gateway(work, env, router, {.network_id = outside.id}));
  work.put(router);
  FW_TRY_DO(add_interface_of_subnet(work, env, router, private_subnet.id));
  return true;
}

}  // namespace

Task<Result<>> bootstrap(Ledger& ledger, Env& env, std::string public_cidr, std::string private_cidr) {
  if (!ledger.state().table<Network>().find_by("name", "public").empty()) co_return Result<>{};
  const auto outside = net::Prefix::parse(public_cidr), inside = net::Prefix::parse(private_cidr);
  if (!outside || !inside)
    co_return fail(Errc::invalid,
                   fmt::format("make the first networks: {} or {} is no CIDR", public_cidr, private_cidr));
  auto done = co_await ledger.change<bool>([&](Work& work) { return make_networks(work, env, *outside, *inside); });
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return Result<>{};
}

}  // namespace fairway::cloud::network
