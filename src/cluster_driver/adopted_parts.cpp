#include "cluster_driver/adopted_parts.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/files.h"
#include "cleanup/removal.h"
#include "cluster_driver/cloud_calls.h"
#include "cluster_driver/foreign.h"
#include "cluster_driver/left_behind.h"
#include "cluster_driver/own_services.h"

namespace fairway::cluster_driver {

using cluster_link::ClusterWish;

namespace {

// A released cluster's API is asked for so long to give its Services back.
constexpr std::chrono::seconds kServicesPatience{10};

}  // namespace

AdoptedParts::AdoptedParts(DriverContext driver, std::string cluster_id, std::function<void()> changed)
    : driver_(driver),
      folder_(driver.config.state_directory + "/" + cluster_id),
      master_(driver.context, driver.env, std::move(changed)) {}

Result<> AdoptedParts::load() {
  if (loaded_) return {};
  FW_TRY(state_, folder_.load_state());
  loaded_ = true;
  return {};
}

Result<> AdoptedParts::log_in(const ClusterWish& wish) {
  return follow_credential(driver_.context, driver_.env, wish.credential, login_, cloud_);
}

Result<> AdoptedParts::make_client() {
  FW_TRY(const std::string text, read_whole_file(kubeconfig_file()));
  if (kube_ && text == login_text_) return {};
  FW_TRY(kube::Config config, kube::parse_kubeconfig(text, kubeconfig_file()));
  server_ = config.server;
  FW_TRY(kube_, kube::make_client(driver_.context, driver_.env, std::move(config)));
  login_text_ = text;
  api_answers_ = false;
  return {};
}

Task<Result<>> AdoptedParts::build(ClusterWish wish, Say say) {
  FW_CO_TRY_DO(folder_.make());
  FW_CO_TRY_DO(load());
  FW_CO_TRY_DO(log_in(wish));
  host_ = wish.stack_name + "-controller";
  say("1 of 4: its kubeconfig");
  if (!std::filesystem::exists(kubeconfig_file()))
    co_return fail(Errc::unavailable, fmt::format("it was not handed over yet; do: fairway cluster adopt {} "
                                                  "--kubeconfig FILE",
                                                  wish.name));
  FW_CO_TRY_DO(make_client());
  say("2 of 4: its API at " + server_);
  if (!api_answers_) co_await look();
  if (!api_answers_) co_return std::unexpected(api_problem_);
  say("3 of 4: its network");
  FW_CO_TRY_DO(co_await stand_network(wish));
  say("4 of 4: the controller");
  co_return co_await run_controller(wish);
}

Task<Result<>> AdoptedParts::stand_network(ClusterWish wish) {
  const SteadyTime now = driver_.env.clock.steady();
  if (network_ && now - compared_ <= driver_.config.drift_interval) co_return Result<>{};
  FW_CO_TRY(network_, co_await ensure_network(*cloud_, wish));
  FW_CO_TRY(const ProjectNetworks project, co_await read_subnets(*cloud_));
  subnets_ = project.subnets;
  compared_ = now;
  co_return Result<>{};
}

Task<Result<>> AdoptedParts::run_controller(ClusterWish wish) {
  const MasterPlan plan{.folder = folder_.path(),
                        .host = host_,
                        .ns = {},
                        .address = {},
                        .program = driver_.config.program,
                        .run_directory = driver_.config.run_directory,
                        .subnet_id = network_->subnet_id,
                        .external_network_id = network_->external_network_id};
  const std::string before = state_.credential_id;
  FW_CO_TRY_DO(master_.write_controller_files(plan, wish, state_));
  if (before != state_.credential_id) FW_CO_TRY_DO(folder_.save(state_));
  FW_CO_TRY_DO(co_await master_.run_controller());
  if (holder_ == host_) co_return Result<>{};
  FW_CO_TRY(holder_, co_await lease_holder(*kube_));
  if (holder_ == host_) co_return Result<>{};
  if (holder_.empty()) co_return fail(Errc::unavailable, "it does not hold its Lease yet");
  co_return fail(Errc::unavailable, fmt::format("it waits while {} holds the Lease kube-system/fairway-controller; "
                                                "when that is another Fairway controller, end it",
                                                holder_));
}

Task<> AdoptedParts::look() {
  if (!kube_) co_return;
  const auto found = co_await ask_foreign(*kube_, server_);
  api_answers_ = found.has_value();
  if (!found) api_problem_ = found.error();
  if (!found) co_return;
  looked_ = true;
  nodes_ = found->nodes;
  version_ = found->version;
  const Result<> noted = note_identity(found->identity);
  if (!noted) {
    api_answers_ = false;
    api_problem_ = noted.error();
    co_return;
  }
  if (auto holder = co_await lease_holder(*kube_)) holder_ = *std::move(holder);
}

// One cluster, and no other that has come to stand at its address.
Result<> AdoptedParts::note_identity(const std::string& uid) {
  if (std::ranges::find(state_.identities, uid) != state_.identities.end()) return {};
  if (!state_.identities.empty())
    return fail(
        Errc::conflict,
        fmt::format("another cluster answers than the one that was adopted: its namespace kube-system has the "
                    "UID {}, not {}. When it was made anew, release this one and adopt the new one",
                    uid, state_.identities.front()));
  state_.identities.push_back(uid);
  return folder_.save(state_);
}

Task<Result<>> AdoptedParts::take_kubeconfig(std::string text, CheckIdentity check) {
  FW_CO_TRY_DO(folder_.make());
  FW_CO_TRY_DO(load());
  FW_CO_TRY(kube::Config config, kube::parse_kubeconfig(text, "the kubeconfig"));
  const std::string server = config.server;
  FW_CO_TRY(const auto client, kube::make_client(driver_.context, driver_.env, std::move(config)));
  FW_CO_TRY(const ForeignCluster found, co_await ask_foreign(*client, server));
  FW_CO_TRY_DO(check(found.identity));
  FW_CO_TRY_DO(note_identity(found.identity));
  co_return write_private_file(kubeconfig_file(), text);
}

Task<ServiceAnswer> AdoptedParts::service(ClusterWish wish, std::string /*host*/, std::string name,
                                          std::string /*action*/) {
  co_return ServiceAnswer{
      4, fmt::format("{}: unrecognized service; the hosts of cluster {} are somebody else's\n", name, wish.name)};
}

Task<Result<>> AdoptedParts::set_load_balancers(ClusterWish wish, bool on) {
  if (!network_)
    co_return fail(Errc::unavailable,
                   fmt::format("cluster {} is not adopted yet; see status_reason of openstack coe cluster show {}",
                               wish.name, wish.name));
  FW_CO_TRY_DO(co_await master_.set_load_balancers(on));
  if (!on) co_return Result<>{};
  state_.credential_id = wish.credential.id;
  co_return folder_.save(state_);
}

Task<> AdoptedParts::release(Duration /*patience*/) { co_await master_.release(); }

// ---- the end of an adoption

Task<Result<>> AdoptedParts::remove(ClusterWish wish, bool known, Say say) {
  FW_CO_TRY_DO(load());
  say("1 of 3: its controller");
  co_await master_.remove(folder_.path());
  FW_CO_TRY_DO(log_in(wish));
  // By the name alone, which is this adoption's: by its identity the cluster may have others of before.
  const cleanup::Owner owner{.cluster_name = wish.id,
                             .identities = {},
                             .own_descriptions = {},
                             .host_prefix = {},
                             .network_id = {},
                             .network_is_own = false};
  say("2 of 3: what the controller wrote on its Services");
  const Result<> given_back = co_await give_services_back(wish, owner);
  say("3 of 3: the load balancers, floating IPs and security groups of its Services");
  const Result<> taken = co_await cleanup::remove_all_of(*cloud_, owner);
  const bool stranger =
      !taken && !known && (taken.error().code == Errc::unauthenticated || taken.error().code == Errc::not_found);
  if (!taken && !stranger) co_return taken;
  if (!given_back && driver_.env.clock.steady() - *asked_since_ < kServicesPatience)
    co_return fail(Errc::unavailable, "its Services are not given back yet: " + given_back.error().what);
  if (stranger || !given_back) {
    std::string text = stranger ? what_may_remain(wish, taken.error().what) : "";
    if (!given_back) text += (text.empty() ? "" : " ") + what_services_keep(wish, given_back.error().what);
    driver_.env.log.warn("a cluster was released, and something may be left",
                         {{"cluster", wish.name}, {"what", text}});
    FW_CO_TRY_DO(note_left_behind(driver_.config.state_directory, driver_.env.clock, wish, std::move(text)));
  }
  folder_.remove();
  co_return Result<>{};
}

// Finalizer, annotations and address of those Services whose load balancers go.
Task<Result<>> AdoptedParts::give_services_back(ClusterWish wish, cleanup::Owner owner) {
  if (!asked_since_) asked_since_ = driver_.env.clock.steady();
  if (given_back_ || !std::filesystem::exists(kubeconfig_file())) co_return Result<>{};
  FW_CO_TRY_DO(make_client());
  FW_CO_TRY(const auto services, co_await kube_->list(kube::kServices.path()));
  // Noted first: when the next pass asks, they are gone.
  if (const auto inventory = co_await cleanup::read_inventory(*cloud_, "")) {
    const std::size_t before = state_.balancers.size();
    for (std::string& id : ids_of(cleanup::belongings_of(owner, *inventory))) {
      if (std::ranges::find(state_.balancers, id) == state_.balancers.end())
        state_.balancers.push_back(std::move(id));
    }
    if (state_.balancers.size() != before) FW_CO_TRY_DO(folder_.save(state_));
  }
  const bool enabled = load_balancers_enabled(read_whole_file(folder_.file("etc/controller-manager")).value_or(""),
                                              read_whole_file(folder_.file("etc/cloud.conf")).value_or(""))
                           .has_value();
  FW_CO_TRY_DO(
      co_await clean_services(*kube_, services.items, {state_.balancers.begin(), state_.balancers.end()}, enabled));
  if (const auto dropped = co_await drop_lease(*kube_, wish.stack_name + "-controller"); !dropped)
    driver_.env.log.info("the Lease of a released cluster's controller stays, with no holder",
                         {{"cluster", wish.name}, {"why", dropped.error().what}});
  given_back_ = true;
  driver_.env.log.info("the Services of a cluster are its own again", {{"cluster", wish.name}});
  co_return Result<>{};
}

cluster_link::Facts AdoptedParts::facts(const ClusterWish& wish) const {
  cluster_link::Facts facts{.id = wish.id, .generation = wish.generation};
  if (looked_) facts.api_address = server_;
  facts.coe_version = version_;
  if (network_) {
    facts.fixed_network = network_->network_id;
    facts.fixed_subnet = network_->subnet_id;
  }
  for (const cluster_link::NodeGroupWish& group : wish.node_groups) {
    // What was not looked at is not none.
    if (!looked_) break;
    cluster_link::NodeGroupFact fact{.id = group.id, .nodes = {}};
    for (const NodeView& node : nodes_) {
      if (node.control_plane != (group.role == "master")) continue;
      fact.nodes.push_back({node.name, node.uuid, node.address});
      facts.container_version = node.runtime;
    }
    facts.node_groups.push_back(std::move(fact));
  }
  facts.health_reason = health_of(nodes_, network_ ? subnets_ : std::vector<SubnetView>());
  facts.health_reason["api"] = api_answers_ ? "ok" : api_problem_.what;
  const bool healthy = api_answers_ && std::ranges::all_of(facts.health_reason, [](const auto& entry) {
                         return entry.second == "ok" || entry.second == "True";
                       });
  facts.health = !kube_ ? "UNKNOWN" : healthy ? "HEALTHY" : "UNHEALTHY";
  return facts;
}

}  // namespace fairway::cluster_driver
