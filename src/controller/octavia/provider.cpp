#include "controller/octavia/provider.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "base/strings.h"
#include "controller/neutron/busy.h"
#include "controller/neutron/floating_ips.h"
#include "controller/neutron/subnets.h"
#include "controller/octavia/cloud.h"
#include "controller/octavia/plan.h"

namespace fairway::controller::octavia {
namespace {

using boost::asio::experimental::awaitable_operators::operator&&;
using openstack::Service;

// Octavia's version is asked again after this, so that an upgrade is noticed.
constexpr std::chrono::minutes kRememberVersion{10};
constexpr int kMostPostponed = 4;
// A create whose answer was lost may land late; so long it is looked for before another is sent.
constexpr std::array kUnclearWaits{std::chrono::milliseconds(500), std::chrono::milliseconds(1'500),
                                   std::chrono::milliseconds(4'000), std::chrono::milliseconds(8'000)};

// What is known of one Service's load balancer. Shared with the coroutine that works on it.
struct Known {
  std::optional<Seen> seen;  // with all it holds
  bool owner = true;
  bool doubtful = false;  // somebody changed it: read it again
  bool unclear = false;   // a create may have been done
  bool busy = false;
  bool floating = false;  // the address is a floating IP
  std::string address;
  std::string waiting;  // for people
  std::vector<Notice> notices;
};

using Busy = neutron::Busy<Known>;

bool only_members(const std::vector<Step>& steps) {
  return std::ranges::all_of(steps, [](const auto& step) { return step.path.ends_with("/members"); });
}

std::string foreign_cluster_tag(const Seen& seen, std::string_view ours) {
  for (const auto& tag : seen.tags) {
    if (tag.starts_with(cluster_tag("")) && tag != ours) return tag;
  }
  return {};
}

class OctaviaProvider final : public Provider {
 public:
  OctaviaProvider(Env& env, openstack::Client& client, ControllerConfig config)
      : env_(env),
        client_(client),
        config_(std::move(config)),
        cloud_(env, client, config_.concurrent_requests),
        floating_ips_(cloud_) {}

  Task<Result<CloudFacts>> facts(bool with_subnet, std::vector<Node> nodes) override {
    if (!version_) FW_CO_TRY_DO(co_await read_version());
    if (with_subnet && node_subnet_.empty()) {
      FW_CO_TRY(node_subnet_, co_await neutron::subnet_of_nodes(cloud_, std::move(nodes)));
    }
    co_return CloudFacts{.can = octavia_abilities(*version_, config_.lb_provider),
                         .cluster_id = "",
                         .node_subnet_id = with_subnet ? node_subnet_ : ""};
  }

  Task<Result<Served>> ensure(LoadBalancer wanted, Claim claim, OnProgress progress) override {
    const auto known = entry(claim.uid);
    const Busy busy(*known);
    known->notices.clear();
    if (!known->seen || known->doubtful) FW_CO_TRY_DO(co_await find(*known, wanted, claim));
    auto served = known->seen ? co_await update(known, wanted, claim, progress)
                              : co_await create(known, wanted, claim, progress);
    // After a failure nothing that was remembered is to be trusted.
    if (!served) known->doubtful = true;
    co_return served;
  }

  Task<Result<>> remove(LoadBalancer wanted, Claim claim) override {
    const auto known = entry(claim.uid);
    const Busy busy(*known);
    known->unclear = true;  // what may have been made is looked for, whatever the last look over said
    const auto found = co_await find(*known, wanted, claim, false);
    // Another cluster's is not ours to delete, whatever the annotation says.
    if (!found && found.error().code == Errc::denied) known->seen.reset();
    if (!found && found.error().code != Errc::denied) co_return found;
    auto removed = co_await remove_found(known, wanted, claim);
    known->doubtful = true;  // half of it may be gone, and not all of it was read
    if (!removed) co_return removed;
    known_.erase(claim.uid);
    co_return Result<>{};
  }

  Task<Result<std::vector<std::string>>> look_over() override;

  [[nodiscard]] std::string waiting_for(const std::string& uid) const override {
    const auto found = known_.find(uid);
    return found == known_.end() ? std::string() : found->second->waiting;
  }

 private:
  using KnownPtr = std::shared_ptr<Known>;
  Env& env_;
  openstack::Client& client_;
  const ControllerConfig config_;
  Cloud cloud_;
  neutron::FloatingIps floating_ips_;
  std::optional<openstack::ApiVersion> version_;
  SteadyTime version_until_{};
  std::string node_subnet_;
  int postponed_ = 0;                                          // looks over, in a row
  std::map<std::string, KnownPtr> known_;                      // by the Service's UID
  std::optional<std::multimap<std::string, Seen>> inventory_;  // by name, as of the last look over

  KnownPtr entry(const std::string& uid) {
    auto& known = known_[uid];
    if (!known) known = std::make_shared<Known>();
    return known;
  }

  Task<Result<>> read_version();
  // `whole`: with all it holds; a deletion by cascade need not know.
  Task<Result<>> find(Known& known, LoadBalancer wanted, Claim claim, bool whole = true);
  // False: it is gone, or going.
  Task<Result<bool>> find_by_id(Known& known, LoadBalancer wanted, std::string id, bool whole);
  Task<Result<>> find_by_name(Known& known, LoadBalancer wanted, Claim claim, bool whole = true);
  Task<Result<Served>> create(KnownPtr known, LoadBalancer wanted, Claim claim, OnProgress progress);
  Task<Result<json::Value>> send_create(KnownPtr known, LoadBalancer wanted, Claim claim);
  Task<Result<Served>> update(KnownPtr known, LoadBalancer wanted, Claim claim, OnProgress progress);
  Task<Result<>> clear_error(KnownPtr known, Claim claim);
  Task<Result<>> make_mutable(KnownPtr known, Claim claim);
  Task<Result<>> apply(KnownPtr known, std::vector<Step> steps);
  Task<Result<json::Value>> apply_one(KnownPtr known, Step step);
  Task<Result<>> await_earlier_deletion(LoadBalancer wanted, std::string id);
  Task<Result<>> remove_found(KnownPtr known, LoadBalancer wanted, Claim claim);
  Task<Result<>> delete_load_balancer(KnownPtr known, std::string id);
  Task<Result<neutron::FloatingIps::Outcome>> give_address(KnownPtr known, FloatingIpWish wish, Claim claim,
                                                           OnProgress progress, bool fresh);
  Task<Result<>> remove_strays(std::string uid);
};

Task<Result<>> OctaviaProvider::read_version() {
  FW_CO_TRY(version_, within(co_await openstack::octavia_version(client_), "read Octavia's version"));
  version_until_ = env_.clock.steady() + kRememberVersion;
  co_return Result<>{};
}

// Fills known.seen with the Service's load balancer, or empties it. Order: what the Service names, then what carries
// our mark.
Task<Result<>> OctaviaProvider::find(Known& known, LoadBalancer wanted, Claim claim, bool whole) {
  const bool first = !known.seen && !known.unclear;
  std::string id = known.seen ? known.seen->id : claim.load_balancer_id;
  known.seen.reset();
  known.waiting = "reading the load balancer";
  if (!id.empty()) {
    FW_CO_TRY(const bool there, co_await find_by_id(known, wanted, id, whole));
    if (there) co_return Result<>{};
  }
  // A Service that we meet for the first time has none by its name if there was none when we last looked.
  const bool surely_none = first && id.empty() && inventory_ && !inventory_->contains(wanted.name);
  if (!surely_none) FW_CO_TRY_DO(co_await find_by_name(known, wanted, claim, whole));
  known.doubtful = false;
  co_return Result<>{};
}

Task<Result<bool>> OctaviaProvider::find_by_id(Known& known, LoadBalancer wanted, std::string id, bool whole) {
  auto seen = co_await cloud_.load_balancer(id);
  if (!seen && seen.error().code != Errc::not_found) co_return std::unexpected(std::move(seen).error());
  const bool there = seen && seen->provisioning_status != "PENDING_DELETE" && seen->provisioning_status != "DELETED";
  if (!there) co_return false;
  const auto foreign = wanted.tags.size() > 1 ? foreign_cluster_tag(*seen, wanted.tags[1]) : "";
  known.owner = seen->name == wanted.name;
  if (known.owner && !foreign.empty()) {
    co_return fail(Errc::denied, fmt::format("load balancer {} belongs to another cluster of the same name ({}); "
                                             "remove the annotation {} to get one of its own",
                                             id, foreign, kIdAnnotation));
  }
  if (whole) FW_CO_TRY_DO(co_await cloud_.fill(*seen));
  known.seen = std::move(*seen);
  known.doubtful = false;
  co_return true;
}

Task<Result<>> OctaviaProvider::find_by_name(Known& known, LoadBalancer wanted, Claim claim, bool whole) {
  FW_CO_TRY(auto found, co_await cloud_.load_balancers("name=" + percent_encode(wanted.name)));
  const auto named = [&](const Seen& seen) {
    return std::ranges::find(claim.addresses, seen.vip_address) != claim.addresses.end();
  };
  std::vector<Seen> ours;
  for (auto& seen : found) {
    if (seen.provisioning_status == "PENDING_DELETE" || seen.provisioning_status == "DELETED") continue;
    const bool marked = wanted.tags.size() > 1 && seen.tagged(wanted.tags[1]);
    if (marked || (foreign_cluster_tag(seen, "").empty() && named(seen))) {
      ours.push_back(std::move(seen));
    } else if (foreign_cluster_tag(seen, "").empty()) {
      known.notices.push_back(
          {"LoadBalancerForeign", fmt::format("Load balancer {} has this Service's name but no mark of this cluster, "
                                              "and is left alone; annotate the "
                                              "Service with {}: {} to take it over",
                                              seen.id, kIdAnnotation, seen.id)});
    }
  }
  if (ours.empty()) co_return Result<>{};
  // Of several the elder stays; the younger is what came of a create whose answer was lost.
  std::ranges::sort(ours, {}, [](const Seen& seen) { return std::pair(seen.created_at, seen.id); });
  for (std::size_t i = 1; i < ours.size(); ++i) {
    env_.log.warn("deleting a load balancer that was made twice",
                  {{"load_balancer", ours[i].id}, {"kept", ours[0].id}});
    auto deleted = co_await cloud_.send(Service::load_balancer, "DELETE",
                                        fmt::format("{}/{}?cascade=true", kLoadBalancers, ours[i].id));
    if (!deleted)
      env_.log.warn("a load balancer that was made twice is still there",
                    {{"load_balancer", ours[i].id}, {"error", deleted.error().what}});
  }
  if (whole) FW_CO_TRY_DO(co_await cloud_.fill(ours.front()));
  known.owner = true;
  known.unclear = false;
  known.seen = std::move(ours.front());
  co_return Result<>{};
}

Task<Result<json::Value>> OctaviaProvider::send_create(KnownPtr known, LoadBalancer wanted, Claim claim) {
  known->waiting = "the load balancer's creation";
  auto made = co_await cloud_.send(Service::load_balancer, "POST", std::string(kLoadBalancers),
                                   create_request(wanted, !config_.provider_requires_serial_api_calls));
  // A server that fails may have done it first; the next try looks before it asks again.
  const auto error = made ? Errc{} : made.error().code;
  if (!made) known->unclear = error == Errc::timeout || error == Errc::unavailable;
  if (made || error != Errc::timeout) co_return made;
  known->waiting = "whether the load balancer was made: the answer was lost";
  for (const auto wait : kUnclearWaits) {
    co_await env_.timers.sleep(wait);
    const auto found = co_await find_by_name(*known, wanted, claim);
    if (found && known->seen) co_return json::Value(nullptr);
  }
  co_return made;
}

Task<Result<Served>> OctaviaProvider::create(KnownPtr known, LoadBalancer wanted, Claim claim, OnProgress progress) {
  const auto began = env_.clock.steady();
  auto made = co_await send_create(known, wanted, claim);
  if (!made) co_return std::unexpected(std::move(made).error().within("create load balancer " + wanted.name));
  if (made->is_null()) co_return co_await update(known, wanted, claim, progress);
  const auto* object = json::find(*made, "loadbalancer");
  if (object == nullptr)
    co_return fail(Errc::unavailable, "create load balancer " + wanted.name + ": an answer without one");
  auto seen = read_created(*object);
  known->owner = true;
  known->unclear = false;
  known->waiting = "the load balancer to become ACTIVE";
  // Both at once: the VIP's port exists already, so its floating IP need not wait for the load balancer.
  known->seen = seen;
  auto [outcome, active] = co_await (give_address(known, wanted.floating_ip, claim, progress, true) &&
                                     cloud_.wait_active(seen.id, "create", began));
  if (!active) {
    auto error = std::move(active).error().within("create load balancer " + wanted.name);
    // One that never served is made anew.
    if (error.code == Errc::conflict) {
      const auto deleted = co_await delete_load_balancer(known, seen.id);
      if (deleted) known->seen.reset();
    }
    co_return std::unexpected(std::move(error));
  }
  known->seen->stamp = active->stamp;
  known->seen->provisioning_status = active->provisioning_status;
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  auto notices = std::move(outcome->notices);
  if (config_.provider_requires_serial_api_calls) {
    FW_CO_TRY(auto steps, plan(wanted, *known->seen, true));
    FW_CO_TRY_DO(co_await apply(known, std::move(steps)));
    FW_CO_TRY_DO(co_await cloud_.fill(*known->seen));
  }
  notices.insert(notices.end(), known->notices.begin(), known->notices.end());
  co_return Served{
      .load_balancer_id = seen.id, .address = known->address, .changed = true, .notices = std::move(notices)};
}

Task<Result<neutron::FloatingIps::Outcome>> OctaviaProvider::give_address(KnownPtr known, FloatingIpWish wish,
                                                                          Claim claim, OnProgress progress,
                                                                          bool fresh) {
  Result<neutron::FloatingIps::Outcome> outcome{neutron::FloatingIps::Outcome{}};
  if (known->owner) {
    outcome = co_await floating_ips_.ensure(known->seen->vip_port_id, wish, claim.addresses, fresh);
  } else if (wish.wanted) {
    // In a shared load balancer the owner's Service decides; whatever address it has is ours too.
    FW_CO_TRY(const auto addresses, co_await floating_ips_.addresses());
    if (const auto found = addresses.find(known->seen->vip_port_id); found != addresses.end())
      outcome->address = found->second;
  }
  known->floating = outcome && !outcome->address.empty();
  known->address = !outcome ? "" : known->floating ? outcome->address : known->seen->vip_address;
  co_await progress({.load_balancer_id = known->seen->id, .address = known->address});
  co_return outcome;
}

// One in ERROR that has never served is deleted, so that it is made anew.
Task<Result<>> OctaviaProvider::clear_error(KnownPtr known, Claim claim) {
  const auto id = known->seen->id;
  if (!claim.addresses.empty() || !known->owner) {
    co_return fail(Errc::conflict, fmt::format("load balancer {} is in ERROR and cannot be changed; it may still "
                                               "serve. Have the cloud's operator fail it over, or delete it: "
                                               "then it is made anew with the same floating IP",
                                               id));
  }
  FW_CO_TRY_DO(co_await delete_load_balancer(known, id));
  known->seen.reset();
  co_return Result<>{};
}

// Until it can be changed, or is no more.
Task<Result<>> OctaviaProvider::make_mutable(KnownPtr known, Claim claim) {
  const auto id = known->seen->id;
  if (known->seen->provisioning_status == "ACTIVE") co_return Result<>{};
  if (known->seen->provisioning_status == "ERROR") co_return co_await clear_error(known, claim);
  known->waiting = "the load balancer to become ACTIVE (it is " + known->seen->provisioning_status + ")";
  FW_CO_TRY(auto active, co_await cloud_.wait_active(id, "update", env_.clock.steady()));
  FW_CO_TRY_DO(co_await cloud_.fill(active));
  known->seen = std::move(active);
  co_return Result<>{};
}

std::vector<SeenMember> as_seen(const Pool& wanted) {
  std::vector<SeenMember> members;
  members.reserve(wanted.members.size());
  for (const auto& member : wanted.members) {
    members.push_back(
        {.name = member.name, .address = member.address, .port = member.port, .monitor_port = member.monitor_port});
  }
  return members;
}

// What a batch update has made of the members is what was asked for; no need to read it.
void settle_members(Seen& load_balancer, const LoadBalancer& wanted) {
  for (const auto& listener : wanted.listeners) {
    for (const auto& seen : load_balancer.listeners) {
      if (seen.port != listener.port || seen.protocol != listener.protocol) continue;
      const auto pool = std::ranges::find(load_balancer.pools, seen.default_pool_id, &SeenPool::id);
      if (pool != load_balancer.pools.end()) pool->members = as_seen(listener.pool);
    }
  }
}

Task<Result<Served>> OctaviaProvider::update(KnownPtr known, LoadBalancer wanted, Claim claim, OnProgress progress) {
  FW_CO_TRY_DO(co_await make_mutable(known, claim));
  if (!known->seen) co_return co_await create(known, wanted, claim, progress);
  const auto id = known->seen->id;
  if (!known->owner && !known->seen->tagged(wanted.name)) {
    const auto sharers =
        std::ranges::count_if(known->seen->tags, [](const auto& tag) { return tag.starts_with("kube_service_"); });
    if (sharers + 1 > config_.max_shared_lb)
      co_return fail(Errc::denied,
                     fmt::format("load balancer {} already shared with {} Services (max-shared-lb is {})", id,
                                 sharers, config_.max_shared_lb));
  }
  FW_CO_TRY(auto steps, plan(wanted, *known->seen, known->owner));
  Served served{.load_balancer_id = id, .address = "", .changed = !steps.empty(), .notices = known->notices};
  const bool members_alone = only_members(steps);
  FW_CO_TRY_DO(co_await apply(known, std::move(steps)));
  if (served.changed && members_alone) settle_members(*known->seen, wanted);
  if (served.changed && !members_alone) FW_CO_TRY_DO(co_await cloud_.fill(*known->seen));
  known->waiting = "the floating IP";
  FW_CO_TRY(auto outcome, co_await give_address(known, wanted.floating_ip, claim, progress, false));
  served.changed = served.changed || outcome.changed;
  served.address = known->address;
  served.notices.insert(served.notices.end(), outcome.notices.begin(), outcome.notices.end());
  co_return served;
}

Task<Result<>> OctaviaProvider::apply(KnownPtr known, std::vector<Step> steps) {
  std::map<std::string, std::string> made;
  for (auto& step : steps) {
    neutron::substitute(step, made);
    const auto began = env_.clock.steady();
    known->waiting = step.doing;
    FW_CO_TRY(const auto body, co_await apply_one(known, step));
    if (!step.makes.empty()) {
      made[step.makes] = neutron::made_id(body);
      if (made[step.makes].empty()) co_return fail(Errc::unavailable, step.doing + ": an answer without an id");
    }
    auto active = co_await cloud_.wait_active(known->seen->id, "update", began);
    if (!active) co_return std::unexpected(std::move(active).error().within(step.doing));
    known->seen->stamp = active->stamp;
    known->seen->tags = active->tags;
  }
  co_return Result<>{};
}

// One change; a load balancer that another is just changing is waited for.
Task<Result<json::Value>> OctaviaProvider::apply_one(KnownPtr known, Step step) {
  constexpr int kTries = 20;
  for (int tries = 1;; ++tries) {
    auto done = co_await cloud_.send(Service::load_balancer, step.method, step.path, step.body);
    if (done) co_return done;
    // Already gone is as good as deleted.
    if (step.method == "DELETE" && done.error().code == Errc::not_found) co_return json::Value(nullptr);
    const bool locked =
        done.error().code == Errc::conflict && (done.error().what.find("immutable") != std::string::npos ||
                                                done.error().what.find("PENDING_") != std::string::npos);
    if (!locked || tries == kTries) co_return std::unexpected(std::move(done).error().within(step.doing));
    known->waiting = step.doing + ": somebody else is changing the load balancer";
    FW_CO_TRY_DO(co_await cloud_.wait_active(known->seen->id, "update", env_.clock.steady()));
  }
}

Task<Result<>> OctaviaProvider::delete_load_balancer(KnownPtr known, std::string id) {
  const auto path = fmt::format("{}/{}?cascade=true", kLoadBalancers, percent_encode(id));
  known->waiting = "the load balancer's deletion";
  constexpr int kTries = 5;
  for (int tries = 1;; ++tries) {
    const auto began = env_.clock.steady();
    auto done = co_await cloud_.send(Service::load_balancer, "DELETE", path);
    if (!done && done.error().code == Errc::not_found) co_return Result<>{};
    if (done) co_return co_await cloud_.wait_gone(id, began);
    if (done.error().code != Errc::conflict || tries == kTries)
      co_return std::unexpected(std::move(done).error().within("delete load balancer " + id));
    // Something is under way on it: whatever comes of that, then it can be deleted.
    known->waiting = "the load balancer's deletion: it is being changed";
    auto settled = co_await cloud_.wait_active(id, "update", began);
    if (settled || settled.error().code == Errc::conflict) continue;
    if (settled.error().code != Errc::not_found) co_return std::unexpected(std::move(settled).error());
    co_return co_await cloud_.wait_gone(id, began);
  }
}

// Perhaps it is just being deleted: an earlier try of ours was cut short.
Task<Result<>> OctaviaProvider::await_earlier_deletion(LoadBalancer wanted, std::string id) {
  if (id.empty()) co_return Result<>{};
  const auto left = co_await cloud_.load_balancer(id);
  const bool going = left && left->provisioning_status == "PENDING_DELETE" && left->name == wanted.name;
  if (going) co_return co_await cloud_.wait_gone(id, env_.clock.steady());
  co_return Result<>{};
}

Task<Result<>> OctaviaProvider::remove_found(KnownPtr known, LoadBalancer wanted, Claim claim) {
  if (!known->seen) {
    FW_CO_TRY_DO(co_await await_earlier_deletion(wanted, claim.load_balancer_id));
    co_return co_await floating_ips_.release("", wanted.floating_ip, claim.addresses);
  }
  const auto id = known->seen->id;
  const bool others = std::ranges::any_of(
      known->seen->tags, [&](const auto& tag) { return tag.starts_with("kube_service_") && tag != wanted.name; });
  const bool whole = known->owner && !others;
  if (!whole || !config_.cascade_delete) {
    if (known->seen->provisioning_status != "ACTIVE" && known->seen->provisioning_status != "ERROR") {
      FW_CO_TRY(known->seen, co_await cloud_.wait_active(id, "update", env_.clock.steady()));
    }
    FW_CO_TRY_DO(co_await cloud_.fill(*known->seen));
    // Of a load balancer that others still use, the owner takes its name off as well.
    FW_CO_TRY_DO(co_await apply(known, plan_removal(wanted.name, *known->seen, whole)));
    if (!whole) co_return Result<>{};
  }
  auto [released, deleted] =
      co_await (floating_ips_.release(known->seen->vip_port_id, wanted.floating_ip, claim.addresses) &&
                delete_load_balancer(known, id));
  if (!deleted) co_return deleted;
  co_return released;
}

Task<Result<std::vector<std::string>>> OctaviaProvider::look_over() {
  // While the cloud works for us it is not asked for more than that; drift can wait a little.
  const auto busy = [&] { return std::ranges::any_of(known_, [](const auto& item) { return item.second->busy; }); };
  if (inventory_ && busy() && ++postponed_ <= kMostPostponed) co_return std::vector<std::string>{};
  postponed_ = 0;
  if (!version_ || env_.clock.steady() > version_until_) FW_CO_TRY_DO(co_await read_version());
  FW_CO_TRY(const auto all, within(co_await cloud_.load_balancers(""), "list load balancers"));
  FW_CO_TRY(const auto addresses, within(co_await floating_ips_.addresses(), "list floating IPs"));
  std::multimap<std::string, Seen> by_name;
  std::map<std::string, const Seen*> by_id;
  for (const auto& seen : all) {
    by_name.emplace(seen.name, seen);
    by_id[seen.id] = &seen;
  }
  if (!config_.internal_lb)
    FW_CO_TRY_DO(within(co_await floating_ips_.prepare(config_.floating_network_id), "find the external network"));
  std::vector<std::string> changed;
  for (const auto& [uid, known] : known_) {
    if (known->busy || !known->seen) continue;
    const auto now = by_id.find(known->seen->id);
    const auto address = addresses.find(known->seen->vip_port_id);
    const bool moved = known->floating && (address == addresses.end() || address->second != known->address);
    if (now != by_id.end() && now->second->stamp == known->seen->stamp && !moved) continue;
    known->doubtful = true;
    changed.push_back(uid);
  }
  inventory_ = std::move(by_name);
  // What a lost create has made after all, beside the one that the Service has.
  for (const auto& uid : std::vector<std::string>(std::views::keys(known_).begin(), std::views::keys(known_).end())) {
    const auto removed = co_await remove_strays(uid);
    if (!removed)
      env_.log.warn("a load balancer that was made twice is still there", {{"error", removed.error().what}});
  }
  co_return changed;
}

Task<Result<>> OctaviaProvider::remove_strays(std::string uid) {
  const auto found = known_.find(uid);
  if (found == known_.end() || found->second->busy || !found->second->seen || !found->second->owner)
    co_return Result<>{};
  const auto known = found->second;
  std::vector<Seen> strays;
  const auto [begin, end] = inventory_->equal_range(known->seen->name);
  for (auto at = begin; at != end; ++at) {
    const auto& seen = at->second;
    // Only what carries this very cluster's mark, like the one that is used.
    const bool marked = std::ranges::any_of(
        seen.tags, [&](const auto& tag) { return tag.starts_with(cluster_tag("")) && known->seen->tagged(tag); });
    const bool at_rest = seen.provisioning_status == "ACTIVE" || seen.provisioning_status == "ERROR";
    if (marked && at_rest && seen.id != known->seen->id) strays.push_back(seen);
  }
  for (const auto& stray : strays) {
    env_.log.warn("deleting a load balancer that was made twice",
                  {{"load_balancer", stray.id}, {"kept", known->seen->id}});
    auto deleted = co_await cloud_.send(Service::load_balancer, "DELETE",
                                        fmt::format("{}/{}?cascade=true", kLoadBalancers, stray.id));
    if (!deleted && deleted.error().code != Errc::conflict && deleted.error().code != Errc::not_found)
      co_return std::unexpected(std::move(deleted).error());
  }
  co_return Result<>{};
}

}  // namespace

std::unique_ptr<Provider> make_provider(Env& env, openstack::Client& client, ControllerConfig config) {
  return std::make_unique<OctaviaProvider>(env, client, std::move(config));
}

}  // namespace fairway::controller::octavia
