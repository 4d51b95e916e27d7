// Load balancers: the way of each, from the floating IP to the members, and how many are in each condition.
#include <algorithm>
#include <array>
#include <map>
#include <ranges>
#include <tuple>

#include <fmt/format.h>

#include "cloud/api/policy.h"
#include "cloud/dashboard/names.h"
#include "cloud/dashboard/paging.h"
#include "cloud/dashboard/views.h"

namespace fairway::cloud::dashboard {
namespace {

constexpr std::size_t kPageSize = 20;
constexpr std::size_t kMembersInList = 5;

json::Object show(const Condition& condition) { return {{"tone", condition.tone}, {"text", condition.text}}; }

// What needs a person first.
int rank_of(std::string_view tone) {
  constexpr std::array<std::string_view, 5> kOrder{"bad", "warn", "pending", "off", "ok"};
  return static_cast<int>(std::ranges::find(kOrder, tone) - kOrder.begin());
}

std::string monitor_text(const State& state, const Pool& pool) {
  std::string text;
  for (const auto& id : pool.health_monitor_ids) {
    const auto* monitor = state.find<HealthMonitor>(id);
    if (monitor == nullptr) continue;
    text += fmt::format("{}{} check every {} s", text.empty() ? "" : ", ", monitor->type, monitor->delay);
  }
  return text.empty() ? "no health check" : text;
}

struct Builder {
  const Look& look;
  const LoadBalancer& balancer;
  std::size_t most_members;  // of each pool

  [[nodiscard]] const State& state() const { return look.world.state; }

  [[nodiscard]] json::Object show_member(const Member& member) const {
    const auto& subnet = member.subnet_id.empty() ? balancer.vip_subnet_id : member.subnet_id;
    auto name = name_at(state(), subnet, member.address);
    if (name.empty()) name = member.name;
    return {{"id", member.id},
            {"name", name},
            {"address", fmt::format("{}:{}", member.address, member.protocol_port)},
            {"weight", member.weight},
            {"backup", member.backup},
            {"condition", show(condition_of(look.world, member))}};
  }

  // The worst first where not all fit, else in the order of their names.
  [[nodiscard]] json::Array show_members(const std::vector<const Member*>& members) const {
    std::vector<std::pair<int, json::Object>> shown;
    for (const auto* member : members) {
      const int rank = members.size() > most_members ? rank_of(condition_of(look.world, *member).tone) : 0;
      shown.emplace_back(rank, show_member(*member));
    }
    std::ranges::sort(shown, {}, [](const auto& entry) {
      const auto text = [&](std::string_view key) { return json::string_or(entry.second, key); };
      return std::tuple(entry.first, text("name"), text("address"), text("id"));
    });
    json::Array array;
    for (auto& [rank, object] : shown | std::views::take(most_members)) array.push_back(std::move(object));
    return array;
  }

  [[nodiscard]] bool is_up(const Member& member) const { return condition_of(look.world, member).tone == "ok"; }

  [[nodiscard]] json::Value show_pool(std::string_view id) const {
    const auto* pool = state().find<Pool>(id);
    if (pool == nullptr) return nullptr;
    const auto members = state().table<Member>().find_by("pool_id", pool->id);
    return json::Object{{"id", pool->id},
                        {"name", pool->name},
                        {"label", pool->lb_algorithm},
                        {"monitor", monitor_text(state(), *pool)},
                        {"condition", show(condition_of(look.world, *pool))},
                        {"member_count", members.size()},
                        {"up", std::ranges::count_if(members, [&](const Member* m) { return is_up(*m); })},
                        {"members", show_members(members)}};
  }

  [[nodiscard]] json::Array show_listeners() const {
    auto listeners = state().table<Listener>().find_by("load_balancer_id", balancer.id);
    std::ranges::sort(listeners, {}, [](const Listener* l) { return std::pair(l->protocol_port, l->protocol); });
    json::Array array;
    for (const auto* listener : listeners) {
      array.push_back(json::Object{{"id", listener->id},
                                   {"label", fmt::format("{} {}", listener->protocol, listener->protocol_port)},
                                   {"condition", show(condition_of(look.world, *listener))},
                                   {"pool", show_pool(listener->default_pool_id)}});
    }
    return array;
  }

  [[nodiscard]] json::Array show_floating_ips() const {
    json::Array array;
    for (const auto* floating_ip : state().table<FloatingIp>().find_by("port_id", balancer.vip_port_id)) {
      array.push_back(json::Object{{"id", floating_ip->id}, {"address", floating_ip->floating_ip_address}});
    }
    return array;
  }

  [[nodiscard]] json::Object show_balancer(const Condition& condition) const {
    json::Array why;
    for (const auto& sentence : reasons(look.world, balancer)) why.emplace_back(sentence);
    const auto* network = state().find<Network>(balancer.vip_network_id);
    json::Object shown{{"id", balancer.id},
                       {"title", title_of(balancer)},
                       {"service", service_of(balancer)},
                       {"name", balancer.name},
                       {"condition", show(condition)},
                       {"why", std::move(why)},
                       {"vip", balancer.vip_address},
                       {"network", network == nullptr ? "" : title_of(*network)},
                       {"created_at", balancer.created_at},
                       {"provisioning_status", balancer.provisioning_status},
                       {"operating_status", operating_status(state(), look.world.facts, balancer)},
                       {"floating_ips", show_floating_ips()},
                       {"listeners", show_listeners()}};
    if (scope_for(look.caller, "load_balancer:read_all").all)
      shown.emplace("project", project_name(state(), balancer.project_id));
    return shown;
  }
};

struct Row {
  const LoadBalancer* balancer;
  std::string title;
  Condition condition;
};

bool is_shown(std::string_view show, const Condition& condition) {
  if (show == "attention") return condition.tone != "ok";
  return show.empty() || show == "all" || show == condition.tone;
}

bool is_found(const Look& look, const LoadBalancer& balancer, std::string_view title) {
  std::string floating;
  for (const auto* ip : look.world.state.table<FloatingIp>().find_by("port_id", balancer.vip_port_id))
    floating += ip->floating_ip_address + " ";
  return matches(look.query, {title, balancer.name, balancer.id, balancer.vip_address, floating});
}

std::vector<const LoadBalancer*> visible(const Look& look) {
  const auto scope = scope_for(look.caller, "load_balancer:read_all");
  std::vector<const LoadBalancer*> all;
  if (const auto id = look.query.find("id")) {
    const auto* one = look.world.state.find<LoadBalancer>(*id);
    if (one != nullptr && scope.sees(one->project_id)) all.push_back(one);
    return all;
  }
  for (const auto& [id, row] : look.world.state.table<LoadBalancer>().rows()) {
    if (scope.sees(row.object->project_id)) all.push_back(row.object.get());
  }
  return all;
}

}  // namespace

Result<json::Object> view_load_balancers(const Look& look) {
  const bool one = look.query.find("id").has_value();
  const auto show = look.query.find("show").value_or("");
  std::map<std::string, std::size_t> counts{{"ok", 0}, {"warn", 0}, {"bad", 0}, {"pending", 0}, {"off", 0}};
  std::vector<Row> rows;
  const auto all = visible(look);
  for (const auto* balancer : all) {
    Row row{balancer, title_of(*balancer), condition_of(look.world, *balancer)};
    ++counts[row.condition.tone];
    if (one || (is_shown(show, row.condition) && is_found(look, *balancer, row.title)))
      rows.push_back(std::move(row));
  }
  std::ranges::sort(rows, {}, [](const Row& row) { return std::tie(row.title, row.balancer->id); });
  const auto page = page_of(rows, look.query, kPageSize);
  json::Array items;
  for (const auto& row : page.items) {
    items.push_back(Builder{look, *row.balancer, one ? SIZE_MAX : kMembersInList}.show_balancer(row.condition));
  }
  json::Object counted;
  for (const auto& [tone, count] : counts) counted.emplace(tone, count);
  json::Object shown{{"items", std::move(items)},
                     {"counts", std::move(counted)},
                     {"all", all.size()},
                     {"gateways", look.world.gateways}};
  add_page(shown, page);
  return shown;
}

}  // namespace fairway::cloud::dashboard
