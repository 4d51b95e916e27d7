#include "controller/lbaas_v1/provider.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "base/strings.h"
#include "controller/lbaas_v1/plan.h"
#include "controller/lbaas_v1/spare_monitors.h"
#include "controller/neutron/busy.h"
#include "controller/neutron/floating_ips.h"
#include "controller/neutron/subnets.h"
#include "controller/neutron/wait.h"

namespace fairway::controller::lbaas_v1 {
namespace {

using neutron::Step;
using openstack::Service;

// While somebody else changes what we want to change.
constexpr std::chrono::milliseconds kLockedPause{500};
constexpr int kLockedTries = 40;

// What is known of one Service. Shared with the coroutine that works on it.
struct Known {
  std::optional<LoadBalancer> wanted;  // as it was left
  std::string port_id, address;
  bool floating = false;  // the address is a floating IP
  bool busy = false;
  std::string waiting;  // for people
};
using KnownPtr = std::shared_ptr<Known>;

using Busy = neutron::Busy<Known>;

class LbaasV1Provider final : public Provider {
 public:
  LbaasV1Provider(Env& env, openstack::Client& client, ControllerConfig config)
      : env_(env),
        config_(std::move(config)),
        calls_(env, client, config_.concurrent_requests),
        floating_ips_(calls_),
        spare_monitors_([this] { return list(kMonitors, "health_monitors"); }) {}

  Task<Result<CloudFacts>> facts(bool with_subnet, std::vector<Node> nodes) override {
    if (with_subnet && node_subnet_.empty()) {
      FW_CO_TRY(node_subnet_, co_await neutron::subnet_of_nodes(calls_, std::move(nodes)));
    }
    co_return CloudFacts{
        .can = lbaas_v1_abilities(), .cluster_id = "", .node_subnet_id = with_subnet ? node_subnet_ : ""};
  }

  Task<Result<Served>> ensure(LoadBalancer wanted, Claim claim, OnProgress progress) override {
    const auto known = entry(claim.uid);
    const Busy busy(*known);
    known->wanted.reset();  // after a failure nothing that was remembered is to be trusted
    auto served = co_await ensure_known(known, std::move(wanted), std::move(claim), std::move(progress));
    co_return served;
  }

  Task<Result<>> remove(LoadBalancer wanted, Claim claim) override {
    const auto known = entry(claim.uid);
    const Busy busy(*known);
    known->wanted.reset();
    auto removed = co_await remove_known(known, std::move(wanted), claim);
    if (removed) known_.erase(claim.uid);
    co_return removed;
  }

  Task<Result<std::vector<std::string>>> look_over() override;

  [[nodiscard]] std::string waiting_for(const std::string& uid) const override {
    const auto found = known_.find(uid);
    return found == known_.end() ? std::string() : found->second->waiting;
  }

 private:
  Env& env_;
  const ControllerConfig config_;
  neutron::Calls calls_;
  neutron::FloatingIps floating_ips_;
  SpareMonitors spare_monitors_;
  neutron::Expectations expectations_;
  std::string node_subnet_;
  std::map<std::string, std::string> subnets_;  // by network
  std::map<std::string, KnownPtr> known_;       // by the Service's UID

  KnownPtr entry(const std::string& uid) {
    auto& known = known_[uid];
    if (!known) known = std::make_shared<Known>();
    return known;
  }

  Task<Result<Served>> ensure_known(KnownPtr known, LoadBalancer wanted, Claim claim, OnProgress progress);
  Task<Result<>> remove_known(KnownPtr known, LoadBalancer wanted, Claim claim);
  // The one of the network, where only that is said.
  Task<Result<std::string>> subnet_for(LoadBalancer wanted);
  // What has the name in our project, with all it holds.
  Task<Result<Seen>> read(std::string name);
  // All that the project has, in four requests.
  Task<Result<Seen>> read_all();
  Task<Result<json::Array>> list(std::string_view collection, std::string key, std::string query = "");
  // What is not as wanted, made so. False: all was.
  Task<Result<bool>> make_true(KnownPtr known, LoadBalancer wanted, std::string name, Seen seen);
  Task<Result<>> remove_spare_monitors();
  Task<Result<>> apply(KnownPtr known, std::vector<Step> steps);
  Task<Result<json::Value>> apply_one(KnownPtr known, Step step);
  Task<Result<SeenVip>> read_one_vip(std::string id);
  Task<Result<>> wait_active(std::string vip_id, SteadyTime since);
  Task<Result<>> wait_gone(std::string vip_id);
  Task<Result<neutron::FloatingIps::Outcome>> give_address(KnownPtr known, SeenVip vip, FloatingIpWish wish,
                                                           Claim claim, OnProgress progress);
};

// ---- reading

Task<Result<json::Array>> LbaasV1Provider::list(std::string_view collection, std::string key, std::string query) {
  FW_CO_TRY(const auto project, co_await calls_.project());
  const auto path =
      fmt::format("{}?tenant_id={}{}{}", collection, percent_encode(project), query.empty() ? "" : "&", query);
  FW_CO_TRY(const auto all, within(co_await calls_.list(Service::network, path, key), "list " + key));
  // An administrator's login sees what others have.
  json::Array ours;
  for (const auto& object : all) {
    if (json::string_or(object, "tenant_id") == project) ours.push_back(object);
  }
  co_return ours;
}

Task<Result<Seen>> LbaasV1Provider::read(std::string name) {
  const auto query = "name=" + percent_encode(name);
  const auto add = [](json::Array& to, const json::Array& more) { to.insert(to.end(), more.begin(), more.end()); };
  Lists lists;
  FW_CO_TRY(lists.vips, co_await list(kVips, "vips", query));
  FW_CO_TRY(lists.pools, co_await list(kPools, "pools", query));
  for (const auto& object : lists.pools) {
    const SeenPool pool = read_pool(object);
    FW_CO_TRY(const auto members, co_await list(kMembers, "members", "pool_id=" + percent_encode(pool.id)));
    add(lists.members, members);
    for (const auto& id : pool.monitor_ids) {
      FW_CO_TRY(const auto monitors, co_await list(kMonitors, "health_monitors", "id=" + percent_encode(id)));
      add(lists.monitors, monitors);
    }
  }
  co_return assemble(lists);
}

Task<Result<Seen>> LbaasV1Provider::read_all() {
  Lists lists;
  FW_CO_TRY(lists.vips, co_await list(kVips, "vips"));
  FW_CO_TRY(lists.pools, co_await list(kPools, "pools"));
  FW_CO_TRY(lists.members, co_await list(kMembers, "members"));
  FW_CO_TRY(lists.monitors, co_await list(kMonitors, "health_monitors"));
  co_return assemble(lists);
}

Task<Result<std::string>> LbaasV1Provider::subnet_for(LoadBalancer wanted) {
  if (!wanted.vip_subnet_id.empty()) co_return wanted.vip_subnet_id;
  auto& subnet = subnets_[wanted.vip_network_id];
  if (subnet.empty()) {
    FW_CO_TRY(auto found, co_await neutron::subnet_of_network(calls_, wanted.vip_network_id));
    subnets_[wanted.vip_network_id] = found;
    co_return found;
  }
  co_return subnet;
}

// ---- changing

// One change. What another change holds up is waited for.
Task<Result<json::Value>> LbaasV1Provider::apply_one(KnownPtr known, Step step) {
  for (int tries = 1;; ++tries) {
    auto done = co_await calls_.send(Service::network, step.method, step.path, step.body);
    if (done) co_return done;
    // Already gone is as good as deleted.
    if (step.method == "DELETE" && done.error().code == Errc::not_found) co_return json::Value(nullptr);
    const bool held_up = done.error().code == Errc::conflict &&
                         (done.error().what.find("PENDING_") != std::string::npos ||
                          (step.method == "DELETE" && done.error().what.find("in use") != std::string::npos));
    if (!held_up || tries == kLockedTries) co_return std::unexpected(std::move(done).error().within(step.doing));
    known->waiting = step.doing + ": an earlier change is under way";
    co_await env_.timers.sleep(kLockedPause);
  }
}

Task<Result<>> LbaasV1Provider::apply(KnownPtr known, std::vector<Step> steps) {
  std::map<std::string, std::string> made;
  for (auto& step : steps) {
    neutron::substitute(step, made);
    known->waiting = step.doing;
    FW_CO_TRY(const auto answer, co_await apply_one(known, step));
    if (!step.makes.empty()) {
      made[step.makes] = neutron::made_id(answer);
      if (made[step.makes].empty()) co_return fail(Errc::unavailable, step.doing + ": an answer without an id");
    }
    const auto vip = std::string(kVips) + "/";
    const bool ends_vip = step.method == "DELETE" && step.path.starts_with(vip);
    if (ends_vip) FW_CO_TRY_DO(co_await wait_gone(step.path.substr(vip.size())));
  }
  co_return Result<>{};
}

Task<Result<SeenVip>> LbaasV1Provider::read_one_vip(std::string id) {
  FW_CO_TRY(const auto body,
            co_await calls_.send(Service::network, "GET", fmt::format("{}/{}", kVips, percent_encode(id))));
  const auto* object = json::find(body, "vip");
  if (object == nullptr) co_return fail(Errc::unavailable, fmt::format("VIP {}: an answer without one", id));
  co_return read_vip(*object);
}

Task<Result<>> LbaasV1Provider::wait_active(std::string vip_id, SteadyTime since) {
  const neutron::Look look = [&]() -> Task<Result<std::optional<std::string>>> {
    FW_CO_TRY(const auto vip, co_await read_one_vip(vip_id));
    if (vip.status.starts_with("PENDING_")) co_return vip.status;
    if (vip.status != "ERROR") co_return std::nullopt;
    co_return fail(Errc::conflict, fmt::format("VIP {} is in ERROR{}{}; the cloud's operator can say more", vip_id,
                                               vip.status_description.empty() ? "" : ": ", vip.status_description));
  };
  FW_CO_TRY_DO(co_await neutron::look_until_done(env_, {"VIP " + vip_id, since, expectations_.of("create")}, look));
  expectations_.learn("create", env_.clock.steady() - since);
  co_return Result<>{};
}

Task<Result<>> LbaasV1Provider::wait_gone(std::string vip_id) {
  const neutron::Look look = [&]() -> Task<Result<std::optional<std::string>>> {
    const auto vip = co_await read_one_vip(vip_id);
    if (vip) co_return "there, though its deletion was accepted,";
    if (vip.error().code == Errc::not_found) co_return std::nullopt;
    co_return std::unexpected(vip.error());
  };
  co_return co_await neutron::look_until_done(env_, {"VIP " + vip_id, env_.clock.steady(), std::nullopt}, look);
}

// ---- the calls of the contract

Task<Result<neutron::FloatingIps::Outcome>> LbaasV1Provider::give_address(KnownPtr known, SeenVip vip,
                                                                          FloatingIpWish wish, Claim claim,
                                                                          OnProgress progress) {
  auto outcome = co_await floating_ips_.ensure(vip.port_id, wish, claim.addresses, false);
  known->port_id = vip.port_id;
  known->floating = outcome && !outcome->address.empty();
  known->address = !outcome ? "" : known->floating ? outcome->address : vip.address;
  co_await progress({.load_balancer_id = vip.id, .address = known->address});
  co_return outcome;
}

Task<Result<bool>> LbaasV1Provider::make_true(KnownPtr known, LoadBalancer wanted, std::string name, Seen seen) {
  auto steps = plan(wanted, name, seen);
  if (steps.empty()) co_return false;
  if (!makes_monitor(steps)) {
    FW_CO_TRY_DO(co_await apply(known, std::move(steps)));
    co_return true;
  }
  FW_CO_TRY_DO(co_await spare_monitors_.learn());
  const SpareMonitors::Making making(spare_monitors_);
  seen.spare_monitor = spare_monitors_.take(*wanted.listeners.front().pool.monitor);
  if (!seen.spare_monitor.empty()) steps = plan(wanted, name, seen);
  const Result<> applied = co_await apply(known, std::move(steps));
  // It may be there all the same.
  if (!applied) spare_monitors_.forget();
  if (!applied) co_return std::unexpected(applied.error());
  co_return true;
}

// Those that a Service of this controller's usual settings would have had.
Task<Result<>> LbaasV1Provider::remove_spare_monitors() {
  FW_CO_TRY_DO(co_await spare_monitors_.learn());
  const auto seconds = [](std::chrono::milliseconds time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
  };
  const Monitor usual{.name = "",
                      .type = "TCP",
                      .delay = seconds(config_.monitor_delay),
                      .timeout = seconds(config_.monitor_timeout),
                      .max_retries_down = config_.monitor_max_retries_down};
  for (std::string id = spare_monitors_.take(usual); !id.empty(); id = spare_monitors_.take(usual)) {
    const auto gone = co_await calls_.send(Service::network, "DELETE", fmt::format("{}/{}", kMonitors, id));
    if (gone || gone.error().code == Errc::not_found || gone.error().code == Errc::conflict) continue;
    spare_monitors_.forget();
    co_return std::unexpected(Error(gone.error()).within("delete health monitor " + id));
  }
  co_return Result<>{};
}

Task<Result<Served>> LbaasV1Provider::ensure_known(KnownPtr known, LoadBalancer wanted, Claim claim,
                                                   OnProgress progress) {
  const auto began = env_.clock.steady();
  const auto name = uid_name(claim.uid);
  known->waiting = "reading what the cloud has";
  FW_CO_TRY(wanted.vip_subnet_id, co_await subnet_for(wanted));
  FW_CO_TRY(auto seen, co_await read(name));
  Served served;
  FW_CO_TRY(served.changed, co_await make_true(known, wanted, name, seen));
  if (served.changed) {
    FW_CO_TRY(seen, co_await read(name));
  }
  if (seen.vips.empty())
    co_return fail(Errc::unavailable, fmt::format("VIP {} is gone again: somebody else has deleted it", name));
  const auto vip = seen.vips.front();
  served.load_balancer_id = vip.id;
  known->waiting = "the VIP to become ACTIVE";
  using namespace boost::asio::experimental::awaitable_operators;
  // Both at once: the VIP's port exists already, so its floating IP need not wait.
  auto [outcome, active] =
      co_await (give_address(known, vip, wanted.floating_ip, claim, progress) && wait_active(vip.id, began));
  if (!active) co_return std::unexpected(std::move(active).error());
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  served.changed = served.changed || outcome->changed;
  served.address = known->address;
  served.notices = std::move(outcome->notices);
  known->wanted = std::move(wanted);
  co_return served;
}

Task<Result<>> LbaasV1Provider::remove_known(KnownPtr known, LoadBalancer wanted, Claim claim) {
  const auto name = uid_name(claim.uid);
  known->waiting = "reading what the cloud has";
  FW_CO_TRY(const auto seen, co_await read(name));
  if (seen.vips.empty()) {
    FW_CO_TRY_DO(co_await floating_ips_.release("", wanted.floating_ip, claim.addresses));
  }
  for (const auto& vip : seen.vips) {
    FW_CO_TRY_DO(co_await floating_ips_.release(vip.port_id, wanted.floating_ip, claim.addresses));
  }
  FW_CO_TRY_DO(co_await apply(known, plan_removal(seen)));
  FW_CO_TRY_DO(co_await remove_spare_monitors());
  if (seen.empty()) co_return Result<>{};
  // A create whose answer was lost may have landed meanwhile.
  FW_CO_TRY(const auto left, co_await read(name));
  co_return co_await apply(known, plan_removal(left));
}

Task<Result<std::vector<std::string>>> LbaasV1Provider::look_over() {
  FW_CO_TRY(const auto all, co_await read_all());
  FW_CO_TRY(const auto addresses, within(co_await floating_ips_.addresses(), "list floating IPs"));
  if (!config_.internal_lb)
    FW_CO_TRY_DO(within(co_await floating_ips_.prepare(config_.floating_network_id), "find the external network"));
  std::vector<std::string> changed;
  for (const auto& [uid, known] : known_) {
    if (known->busy || !known->wanted) continue;
    const auto address = addresses.find(known->port_id);
    const bool moved = known->floating && (address == addresses.end() || address->second != known->address);
    const auto name = uid_name(uid);
    if (moved || !plan(*known->wanted, name, named(all, name)).empty()) changed.push_back(uid);
  }
  co_return changed;
}

}  // namespace

std::unique_ptr<Provider> make_provider(Env& env, openstack::Client& client, ControllerConfig config) {
  return std::make_unique<LbaasV1Provider>(env, client, std::move(config));
}

}  // namespace fairway::controller::lbaas_v1
