#include "controller/lbaas_v1/plan.h"

#include <algorithm>
#include <map>
#include <set>

namespace fairway::controller::lbaas_v1 {
namespace {

using json::Object;
using neutron::Step;

std::string path(std::string_view collection, std::string_view id) { return fmt::format("{}/{}", collection, id); }
std::string association(std::string_view pool_id, std::string_view monitor_id = "") {
  return fmt::format("{}/{}/health_monitors{}{}", kPools, pool_id, monitor_id.empty() ? "" : "/", monitor_id);
}

json::Value body(std::string_view root, Object attributes) { return Object{{root, std::move(attributes)}}; }

// v1 has one number of retries, which v2 calls max_retries_down; and it wants a delay that is not below the timeout.
Object monitor_values(const Monitor& wanted) {
  return {{"delay", wanted.delay},
          {"timeout", std::min(wanted.timeout, wanted.delay)},
          {"max_retries", wanted.max_retries_down}};
}

class Plan {
 public:
  Plan(const LoadBalancer& wanted, const std::string& name, const Seen& seen)
      : wanted_(wanted), listener_(wanted.listeners.front()), name_(name), seen_(seen) {
    choose();
  }

  std::vector<Step> run() {
    for (const auto& vip : seen_.vips) {
      if (&vip != vip_) remove_vip(vip);
    }
    make_pool();
    make_members();
    make_monitor();
    make_vip();
    if (pool_ != nullptr) remove_surplus_members();
    for (const auto& pool : seen_.pools) {
      if (&pool != pool_) remove_pool(pool);
    }
    return std::move(steps_);
  }

  std::vector<Step> removal() {
    for (const auto& vip : seen_.vips) remove_vip(vip);
    for (const auto& pool : seen_.pools) remove_pool(pool);
    return std::move(steps_);
  }
  // Of a removal, where nothing is wanted.
  explicit Plan(const Seen& seen) : wanted_(kNothing), listener_(kNoListener), name_(wanted_.name), seen_(seen) {}

 private:
  inline static const LoadBalancer kNothing{};
  inline static const Listener kNoListener{};
  const LoadBalancer& wanted_;
  const Listener& listener_;
  const std::string& name_;
  const Seen& seen_;
  const SeenPool* pool_ = nullptr;  // those that stay
  const SeenVip* vip_ = nullptr;
  std::map<std::string, std::set<std::string>> left_;  // by monitor, the pools that have it no more
  std::vector<Step> steps_;

  void add(std::string doing, std::string method, std::string where, json::Value what = nullptr,
           std::string makes = "") {
    steps_.push_back({std::move(doing), std::move(method), std::move(where), std::move(what), std::move(makes)});
  }

  // Of several pools the one with a VIP stays: it may serve.
  void choose() {
    for (const auto& pool : seen_.pools) {
      if (pool.subnet_id != wanted_.vip_subnet_id || pool.protocol != listener_.protocol) continue;
      const auto vip =
          std::ranges::find_if(seen_.vips, [&](const auto& item) { return item.pool_id == pool.id && fits(item); });
      if (vip == seen_.vips.end() && pool_ != nullptr) continue;
      pool_ = &pool;
      if (vip == seen_.vips.end()) continue;
      vip_ = &*vip;
      return;
    }
  }

  [[nodiscard]] bool fits(const SeenVip& vip) const {
    return vip.port == listener_.port && vip.protocol == listener_.protocol &&
           vip.subnet_id == wanted_.vip_subnet_id &&
           (wanted_.vip_address.empty() || vip.address == wanted_.vip_address);
  }

  [[nodiscard]] std::string pool_id() const { return pool_ == nullptr ? "$pool" : pool_->id; }

  void make_pool() {
    if (pool_ == nullptr) {
      add("create pool " + name_, "POST", std::string(kPools),
          body("pool", {{"name", name_},
                        {"description", wanted_.description},
                        {"protocol", listener_.protocol},
                        {"lb_method", listener_.pool.lb_algorithm},
                        {"subnet_id", wanted_.vip_subnet_id}}),
          "$pool");
    } else if (pool_->lb_method != listener_.pool.lb_algorithm) {
      add("change pool " + name_, "PUT", path(kPools, pool_->id),
          body("pool", {{"lb_method", listener_.pool.lb_algorithm}}));
    }
  }

  void make_members() {
    for (const auto& member : listener_.pool.members) {
      const bool there = pool_ != nullptr && std::ranges::any_of(pool_->members, [&](const auto& item) {
                           return item.address == member.address && item.port == member.port;
                         });
      if (there) continue;
      add(fmt::format("create member {}:{}", member.address, member.port), "POST", std::string(kMembers),
          body("member", {{"pool_id", pool_id()}, {"address", member.address}, {"protocol_port", member.port}}));
    }
  }

  void remove_surplus_members() {
    for (const auto& member : pool_->members) {
      const bool wanted = std::ranges::any_of(listener_.pool.members, [&](const auto& item) {
        return item.address == member.address && item.port == member.port;
      });
      if (!wanted) remove_member(member);
    }
  }

  // Makes the pool's monitor that can stay as it is wanted and removes the others. False: none can stay.
  bool keep_monitor() {
    if (pool_ == nullptr) return false;
    const auto& wanted = listener_.pool.monitor;
    bool there = false;
    for (const auto& monitor : pool_->monitors) {
      const bool usable = wanted && !there && monitor.type == wanted->type && monitor.pool_ids.size() == 1;
      if (!usable) {
        remove_monitor(*pool_, monitor);
        continue;
      }
      there = true;
      if (has_values(monitor, *wanted) && monitor.admin_state_up) continue;
      auto values = monitor_values(*wanted);
      values["admin_state_up"] = true;
      add("change health monitor " + monitor.id, "PUT", path(kMonitors, monitor.id),
          body("health_monitor", std::move(values)));
    }
    return there;
  }

  void make_monitor() {
    const auto& wanted = listener_.pool.monitor;
    if (keep_monitor() || !wanted) return;
    const std::string id = seen_.spare_monitor.empty() ? "$monitor" : seen_.spare_monitor;
    if (seen_.spare_monitor.empty()) {
      auto values = monitor_values(*wanted);
      values["type"] = wanted->type;
      values["admin_state_up"] = false;
      add("create health monitor", "POST", std::string(kMonitors), body("health_monitor", std::move(values)), id);
    }
    add("associate health monitor", "POST", association(pool_id()), body("health_monitor", {{"id", id}}));
    add("switch health monitor on", "PUT", path(kMonitors, id), body("health_monitor", {{"admin_state_up", true}}));
  }

  [[nodiscard]] json::Value persistence() const {
    if (!listener_.pool.source_ip_persistence) return nullptr;
    return Object{{"type", "SOURCE_IP"}};
  }

  void make_vip() {
    if (vip_ == nullptr) {
      Object vip{{"name", name_},
                 {"description", wanted_.description},
                 {"protocol", listener_.protocol},
                 {"protocol_port", listener_.port},
                 {"pool_id", pool_id()},
                 {"subnet_id", wanted_.vip_subnet_id},
                 {"connection_limit", listener_.connection_limit}};
      if (!wanted_.vip_address.empty()) vip["address"] = wanted_.vip_address;
      if (listener_.pool.source_ip_persistence) vip["session_persistence"] = persistence();
      add(fmt::format("create VIP {} with port {}", name_, listener_.port), "POST", std::string(kVips),
          body("vip", std::move(vip)), "$vip");
      return;
    }
    const std::string_view sticky = listener_.pool.source_ip_persistence ? "SOURCE_IP" : "";
    if (vip_->connection_limit == listener_.connection_limit && vip_->persistence == sticky) return;
    add("change VIP " + name_, "PUT", path(kVips, vip_->id),
        body("vip", {{"connection_limit", listener_.connection_limit}, {"session_persistence", persistence()}}));
  }

  void remove_vip(const SeenVip& vip) { add("delete VIP " + vip.id, "DELETE", path(kVips, vip.id)); }

  void remove_member(const SeenMember& member) {
    add(fmt::format("delete member {}:{}", member.address, member.port), "DELETE", path(kMembers, member.id));
  }

  void remove_monitor(const SeenPool& pool, const SeenMonitor& monitor) {
    add("disassociate health monitor " + monitor.id, "DELETE", association(pool.id, monitor.id));
    auto& left = left_[monitor.id];
    left.insert(pool.id);
    const bool nobodys = std::ranges::all_of(monitor.pool_ids, [&](const auto& id) { return left.contains(id); });
    if (nobodys) add("delete health monitor " + monitor.id, "DELETE", path(kMonitors, monitor.id));
  }

  void remove_pool(const SeenPool& pool) {
    for (const auto& monitor : pool.monitors) remove_monitor(pool, monitor);
    for (const auto& member : pool.members) remove_member(member);
    add("delete pool " + pool.id, "DELETE", path(kPools, pool.id));
  }
};

}  // namespace

std::vector<Step> plan(const LoadBalancer& wanted, const std::string& name, const Seen& seen) {
  return Plan(wanted, name, seen).run();
}

bool has_values(const SeenMonitor& seen, const Monitor& wanted) {
  return seen.delay == wanted.delay && seen.timeout == std::min(wanted.timeout, wanted.delay) &&
         seen.max_retries == wanted.max_retries_down;
}

bool makes_monitor(const std::vector<Step>& steps) {
  return std::ranges::any_of(steps, [](const Step& step) { return step.makes == "$monitor"; });
}

std::vector<Step> plan_removal(const Seen& seen) { return Plan(seen).removal(); }

}  // namespace fairway::controller::lbaas_v1
