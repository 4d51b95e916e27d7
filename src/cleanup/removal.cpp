#include "cleanup/removal.h"

#include <algorithm>
#include <set>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "controller/lbaas_v1/plan.h"

namespace fairway::cleanup {

namespace {

using openstack::Service;

// So many requests are under way at once.
constexpr std::size_t kSideBySide = 12;
constexpr std::size_t kNamed = 3;
constexpr std::string_view kBalancers = "/v2.0/lbaas/loadbalancers";

// One object's end: what is still waited for, or why it does not go. Neither: it is gone.
struct End {
  std::string waiting;
  std::optional<Error> refused;
};

End waiting(std::string what) { return {.waiting = std::move(what), .refused = {}}; }

// What an API says to a change: gone is gone, and whoever is busy now will not be so for ever.
End end_of(const Result<openstack::Answer>& answer, const std::string& what) {
  if (answer || answer.error().code == Errc::not_found) return {};
  const Errc code = answer.error().code;
  if (code == Errc::conflict || code == Errc::unavailable || code == Errc::timeout)
    return waiting(fmt::format("{}: {}", what, answer.error().what));
  return {.waiting = {}, .refused = Error(answer.error()).within("delete " + what)};
}

using Work = std::vector<Task<End>>;

Task<> in_halves(Work& work, std::size_t begin, std::size_t end, std::vector<End>& ends) {
  if (begin == end) co_return;
  if (end - begin == 1) {
    ends[begin] = co_await std::move(work[begin]);
    co_return;
  }
  using namespace boost::asio::experimental::awaitable_operators;
  const std::size_t middle = begin + (end - begin) / 2;
  co_await (in_halves(work, begin, middle, ends) && in_halves(work, middle, end, ends));
}

Task<std::vector<End>> side_by_side(Work work) {
  std::vector<End> ends(work.size());
  for (std::size_t begin = 0; begin < work.size(); begin += kSideBySide)
    co_await in_halves(work, begin, std::min(begin + kSideBySide, work.size()), ends);
  co_return ends;
}

bool is_busy(const Balancer& balancer) { return balancer.provisioning_status.starts_with("PENDING_"); }

std::string name_of(const Balancer& balancer) {
  return fmt::format("load balancer {} ({})", balancer.name, balancer.id);
}

Task<End> end_balancer(openstack::Client& cloud, Balancer balancer) {
  const std::string what = name_of(balancer);
  if (is_busy(balancer)) co_return waiting(fmt::format("{} is {}", what, balancer.provisioning_status));
  const End end = end_of(co_await cloud.send(Service::load_balancer, "DELETE",
                                             fmt::format("{}/{}?cascade=true", kBalancers, balancer.id)),
                         what);
  if (!end.waiting.empty() || end.refused) co_return end;
  const std::string_view again = balancer.provisioning_status == "ERROR" ? ", from the state ERROR" : "";
  co_return waiting(fmt::format("{} is being deleted{}", what, again));
}

// One change at a time: each makes the load balancer busy, and the next pass goes on.
Task<End> end_share(openstack::Client& cloud, Share share) {
  const std::string what = fmt::format("this cluster's part of {}", name_of(share.balancer));
  if (is_busy(share.balancer))
    co_return waiting(fmt::format("{}: it is {}", what, share.balancer.provisioning_status));
  if (!share.listener_ids.empty()) {
    const std::string path = "/v2.0/lbaas/listeners/" + share.listener_ids.front();
    const End end = end_of(co_await cloud.send(Service::load_balancer, "DELETE", path), what);
    co_return end.refused ? end : waiting(what + " is being deleted");
  }
  json::Array tags;
  for (const std::string& tag : share.tags) tags.emplace_back(tag);
  json::Object body{{"loadbalancer", json::Object{{"tags", std::move(tags)}}}};
  co_return end_of(
      co_await cloud.send(Service::load_balancer, "PUT", fmt::format("{}/{}", kBalancers, share.balancer.id),
                          json::Value(std::move(body))),
      what);
}

Task<End> end_floating_ip(openstack::Client& cloud, FloatingIp one, bool keep) {
  const std::string path = "/v2.0/floatingips/" + one.id;
  json::Object nowhere{{"floatingip", json::Object{{"port_id", nullptr}}}};
  const auto answer = keep ? co_await cloud.send(Service::network, "PUT", path, json::Value(std::move(nowhere)))
                           : co_await cloud.send(Service::network, "DELETE", path);
  co_return end_of(answer, fmt::format("floating IP {} ({})", one.address, one.id));
}

// Ports that others keep do without it first.
Task<End> end_security_group(openstack::Client& cloud, SecurityGroup group) {
  const std::string what = fmt::format("security group {} ({})", group.name, group.id);
  const auto users =
      co_await openstack::list_all(cloud, Service::network, "/v2.0/ports?security_groups=" + group.id, "ports");
  if (!users) co_return end_of(std::unexpected(users.error()), what);
  for (const json::Value& port : *users) {
    json::Array kept;
    bool has = false;
    for (const json::Value& id : json::array_or_empty(port, "security_groups")) {
      const bool this_one = id.is_string() && id.get_string() == group.id;
      has = has || this_one;
      if (!this_one) kept.push_back(id);
    }
    if (!has) continue;
    json::Object body{{"port", json::Object{{"security_groups", std::move(kept)}}}};
    const End without =
        end_of(co_await cloud.send(Service::network, "PUT", "/v2.0/ports/" + json::string_or(port, "id"),
                                   json::Value(std::move(body))),
               what);
    if (without.refused || !without.waiting.empty()) co_return without;
  }
  co_return end_of(co_await cloud.send(Service::network, "DELETE", "/v2.0/security-groups/" + group.id), what);
}

Task<End> end_port(openstack::Client& cloud, Port port) {
  co_return end_of(co_await cloud.send(Service::network, "DELETE", "/v2.0/ports/" + port.id),
                   fmt::format("port {} ({})", port.name, port.id));
}

// In the order in which LBaaS v1 lets them go.
Task<End> end_v1(openstack::Client& cloud, controller::lbaas_v1::Seen seen) {
  for (const auto& vip : seen.vips) {
    if (vip.status.starts_with("PENDING_"))
      co_return waiting(fmt::format("VIP {} ({}) is {}", vip.name, vip.id, vip.status));
  }
  for (const auto& step : controller::lbaas_v1::plan_removal(seen)) {
    const std::string what = step.doing.substr(step.doing.find(' ') + 1);
    const End end = end_of(co_await cloud.send(Service::network, step.method, step.path), what);
    if (end.refused || !end.waiting.empty()) co_return end;
  }
  co_return End{};
}

// The ports to which floating IPs lead that are still there. `ends`: theirs, in the same order, and others'.
std::set<std::string> still_led_to(const std::vector<FloatingIp>& ips, const std::vector<End>& ends) {
  std::set<std::string> ports;
  for (std::size_t i = 0; i < ips.size(); ++i) {
    if (!ends[i].waiting.empty()) ports.insert(ips[i].port_id);
  }
  return ports;
}

Result<> sum_up(const std::vector<End>& ends) {
  std::vector<std::string> left;
  for (const End& end : ends) {
    if (end.refused) return std::unexpected(*end.refused);
    if (!end.waiting.empty()) left.push_back(end.waiting);
  }
  if (left.empty()) return {};
  const std::size_t more = left.size() > kNamed ? left.size() - kNamed : 0;
  left.resize(left.size() - more);
  std::string text = fmt::format("{}", fmt::join(left, "; "));
  if (more != 0) text += fmt::format("; and {} more", more);
  return fail(Errc::unavailable, std::move(text));
}

}  // namespace

std::vector<std::string> describe(const Belongings& belongings) {
  std::vector<std::string> lines;
  const auto add = [&](std::string_view what, std::string text) {
    lines.push_back(fmt::format("{:<8} {}", what, text));
  };
  for (const Balancer& one : belongings.balancers)
    add("delete", fmt::format("{}, {}", name_of(one), one.provisioning_status));
  for (const Share& one : belongings.shares)
    add("change", fmt::format("{}: {} listeners of this cluster go", name_of(one.balancer), one.listener_ids.size()));
  for (const auto& vip : belongings.v1.vips) add("delete", fmt::format("VIP {} ({})", vip.name, vip.id));
  for (const auto& pool : belongings.v1.pools)
    add("delete", fmt::format("pool {} ({}) with {} members", pool.name, pool.id, pool.members.size()));
  for (const FloatingIp& one : belongings.floating_ips)
    add("delete", fmt::format("floating IP {} ({})", one.address, one.id));
  for (const FloatingIp& one : belongings.disassociated)
    add("release", fmt::format("floating IP {} ({}) from port {}", one.address, one.id, one.port_id));
  for (const SecurityGroup& one : belongings.security_groups)
    add("delete", fmt::format("security group {} ({})", one.name, one.id));
  for (const Port& one : belongings.ports) add("delete", fmt::format("port {} ({})", one.name, one.id));
  return lines;
}

Task<Result<>> remove(openstack::Client& cloud, Belongings belongings) {
  // Floating IPs first: some are known to be the cluster's only by the VIP to which they lead.
  Work addresses;
  for (const FloatingIp& one : belongings.floating_ips) addresses.push_back(end_floating_ip(cloud, one, false));
  for (const FloatingIp& one : belongings.disassociated) addresses.push_back(end_floating_ip(cloud, one, true));
  std::vector<End> ends = co_await side_by_side(std::move(addresses));
  const std::set<std::string> kept = still_led_to(belongings.floating_ips, ends);
  Work work;
  for (const Balancer& one : belongings.balancers) {
    if (!kept.contains(one.vip_port_id)) work.push_back(end_balancer(cloud, one));
  }
  for (const Share& one : belongings.shares) work.push_back(end_share(cloud, one));
  if (!belongings.v1.empty()) work.push_back(end_v1(cloud, belongings.v1));
  for (const End& end : co_await side_by_side(std::move(work))) ends.push_back(end);
  Work rest;
  for (const Port& one : belongings.ports) rest.push_back(end_port(cloud, one));
  for (const End& end : co_await side_by_side(std::move(rest))) ends.push_back(end);
  Work groups;
  for (const SecurityGroup& one : belongings.security_groups) groups.push_back(end_security_group(cloud, one));
  for (const End& end : co_await side_by_side(std::move(groups))) ends.push_back(end);
  co_return sum_up(ends);
}

Task<Result<>> remove_all_of(openstack::Client& cloud, Owner owner) {
  FW_CO_TRY(const Inventory inventory, co_await read_inventory(cloud, owner.network_id));
  co_return co_await remove(cloud, belongings_of(owner, inventory));
}

}  // namespace fairway::cleanup
