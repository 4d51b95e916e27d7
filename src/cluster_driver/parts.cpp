#include "cluster_driver/parts.h"

#include <utility>

#include <fmt/format.h>

#include "base/files.h"
#include "base/strings.h"
#include "cleanup/removal.h"
#include "cluster_driver/cloud_calls.h"
#include "cluster_driver/left_behind.h"
#include "cluster_driver/names.h"
#include "cluster_driver/ownership.h"
#include "cluster_driver/real_control_plane.h"
#include "net/address.h"

namespace fairway::cluster_driver {

using cluster_link::ClusterWish;

namespace {

constexpr const char* kDefaultPodNetwork = "10.100.0.0/16";
constexpr std::chrono::seconds kNodeLinger{6};
constexpr const char* kDefaultServiceNetwork = "10.96.0.0/16";

const cluster_link::NodeGroupWish* master_group(const ClusterWish& wish) {
  const auto found = std::ranges::find(wish.node_groups, "master", &cluster_link::NodeGroupWish::role);
  return found == wish.node_groups.end() ? nullptr : &*found;
}

// The driver's own word, then Magnum's.
std::string pod_cidr(const ClusterWish& wish) {
  return label_or(wish, "pod_cidr", label_or(wish, "flannel_network_cidr", kDefaultPodNetwork));
}

Result<> check(const ClusterWish& wish) {
  for (const std::string& cidr : {pod_cidr(wish), label_or(wish, "service_cidr", kDefaultServiceNetwork)}) {
    const auto prefix = net::Prefix::parse(cidr);
    if (!prefix || !prefix->is_v4() || prefix->length() > 24)
      return fail(Errc::invalid,
                  fmt::format("a label asks for the network {}; pods and services need an IPv4 network "
                              "of a /24 or more, such as {}",
                              cidr, kDefaultPodNetwork));
  }
  const auto* group = master_group(wish);
  if (group != nullptr && group->node_count != 1)
    return fail(Errc::unsupported,
                fmt::format("{} masters are asked for; this driver makes clusters with one", group->node_count));
  if (wish.stack_name.empty()) return fail(Errc::invalid, "the cluster has no stack name");
  return {};
}

}  // namespace

Parts::Parts(DriverContext driver, std::string cluster_id, std::function<void()> changed)
    : driver_(driver),
      changed_(changed),
      folder_(driver.config.state_directory + "/" + cluster_id),
      master_(driver.context, driver.env, changed) {}

std::uint16_t Parts::api_port(const ClusterWish& wish) const {
  if (wish.apiserver_port != 0) return static_cast<std::uint16_t>(wish.apiserver_port);
  return wish.tls_disabled ? 8080 : 6443;
}

std::vector<lab::NodeConfig> Parts::nodes_of(const ClusterWish& wish) const {
  const Names names(wish);
  std::vector<lab::NodeConfig> nodes{{.name = names.master(), .control_plane = true}};
  for (const cluster_link::NodeGroupWish& group : wish.node_groups) {
    const auto numbers = state_.members.find(group.id);
    if (numbers == state_.members.end()) continue;
    for (const std::int64_t number : numbers->second)
      nodes.push_back({.name = names.worker(group, static_cast<std::size_t>(number))});
  }
  return nodes;
}

lab::LabConfig Parts::lab_config(const ClusterWish& wish) const {
  lab::LabConfig config;
  config.prefix = driver_.config.prefix;
  config.cluster = wish.name;
  config.state_dir = folder_.file("lab");
  config.pod_log_dir = folder_.file("logs/pods");
  config.program = driver_.config.program;
  config.kubeconfig = folder_.file("pki/lab.kubeconfig");
  config.cloud = credentials_of(wish.credential);
  config.client_name.clear();
  if (network_) {
    config.public_network = network_->external_network_id;
    config.private_network = network_->network_id;
    config.private_subnet = network_->subnet_id;
  } else {
    config.private_network = state_.network_id.empty() ? Names(wish).network() : state_.network_id;
  }
  config.nodes = nodes_of(wish);
  config.pod_cidr = pod_cidr(wish);
  config.images = driver_.config.images;
  // A real API server asks the nodes for logs.
  if (real_.wanted()) config.kubelet_authority = {wish.ca_certificate, wish.ca_key};
  // Connections that clients keep go on through a node after load balancers have left it out.
  config.node_linger = kNodeLinger;
  return config;
}

MasterPlan Parts::master_plan(const ClusterWish& wish) const {
  return {.folder = folder_.path(),
          .host = master_host_->name,
          .ns = master_host_->ns,
          .address = master_host_->address,
          .program = driver_.config.program,
          .run_directory = driver_.config.run_directory,
          .api_port = api_port(wish),
          .service_cidr = label_or(wish, "service_cidr", kDefaultServiceNetwork),
          .tls = !wish.tls_disabled,
          .subnet_id = network_->subnet_id,
          .external_network_id = network_->external_network_id,
          .internal_port = state_.internal_port,
          .real = real_};
}

void Parts::forget_cloud() {
  network_.reset();
  balancers_stand_ = false;
}

Result<> Parts::log_in(const ClusterWish& wish) {
  return follow_credential(driver_.context, driver_.env, wish.credential, login_, cloud_);
}

Task<Result<>> Parts::prepare(ClusterWish wish) {
  FW_CO_TRY_DO(check(wish));
  FW_CO_TRY(real_, real_control_plane(wish, driver_.config.kubernetes_programs));
  FW_CO_TRY_DO(folder_.make());
  if (!loaded_) {
    FW_CO_TRY(state_, folder_.load_state());
    loaded_ = true;
  }
  tls_ = !wish.tls_disabled;
  FW_CO_TRY_DO(log_in(wish));
  const SteadyTime now = driver_.env.clock.steady();
  if (now - compared_ > driver_.config.drift_interval) {
    forget_cloud();
    compared_ = now;
  }
  std::map<std::string, std::string> uuids;
  for (const NodeView& node : nodes_) uuids.emplace(node.name, node.uuid);
  Members planned = plan_members(state_.members, wish, uuids);
  if (planned == state_.members) co_return Result<>{};
  state_.members = std::move(planned);
  co_return folder_.save(state_);
}

Task<Result<>> Parts::build(ClusterWish wish, Say say) {
  FW_CO_TRY_DO(co_await prepare(wish));
  say("1 of 8: the network");
  if (!network_) {
    FW_CO_TRY(network_, co_await ensure_network(*cloud_, wish));
    const bool news = std::exchange(state_.network_id, network_->network_id) != network_->network_id;
    if (news) FW_CO_TRY_DO(folder_.save(state_));
  }
  say("2 of 8: the hosts");
  if (!master_host_) FW_CO_TRY_DO(co_await stand_hosts(wish));
  if (!balancers_stand_) FW_CO_TRY_DO(co_await stand_balancers(wish));
  FW_CO_TRY_DO(co_await open_ways(wish));
  FW_CO_TRY_DO(write_files(wish));
  FW_CO_TRY_DO(co_await run_control_plane(say));
  co_return co_await complete(wish, say);
}

// What follows once the API answers.
Task<Result<>> Parts::complete(ClusterWish wish, Say say) {
  // Both take a while: what else is to be waited for is waited for beside them.
  lab_->want(lab_config(wish));
  FW_CO_TRY_DO(co_await master_.run_controller());
  say("5 of 8: the load balancers of the API and of etcd");
  FW_CO_TRY_DO(co_await wait_balancers());
  say("6 of 8: the way to the API from this machine");
  FW_CO_TRY_DO(co_await wait_way_in());
  say("7 of 8: the nodes");
  FW_CO_TRY_DO(lab_->settled());
  FW_CO_TRY_DO(co_await nodes_ready(wish));
  // Without it no pod can be created, and a real control plane makes it some time after it answers.
  const auto account = co_await kube_->get("/api/v1/namespaces/default/serviceaccounts/default");
  if (!account) co_return fail(Errc::unavailable, "the default service account: " + account.error().what);
  say("8 of 8: the controller");
  co_return co_await master_.run_controller();
}

Task<Result<>> Parts::stand_hosts(ClusterWish wish) {
  FW_CO_TRY(lab::Hosts hosts, co_await lab::make_hosts(driver_.env, *cloud_, lab_config(wish)));
  const std::string name = Names(wish).master();
  const auto found = std::ranges::find(hosts.nodes, name, &lab::Node::name);
  if (found == hosts.nodes.end()) co_return fail(Errc::internal, fmt::format("host {} was not made", name));
  master_host_ = *found;
  co_return Result<>{};
}

Task<Result<>> Parts::stand_balancers(ClusterWish wish) {
  std::string port_id = master_host_->port_id;
  if (wish.master_lb_enabled) {
    const BalancerPlan api{.role = "api_pool",
                           .protocol = wish.tls_disabled ? "HTTP" : "TCP",
                           .port = api_port(wish),
                           .member = master_host_->address,
                           .subnet_id = network_->subnet_id};
    BalancerPlan etcd = api;
    etcd.role = "etcd_pool";
    etcd.port = 2379;
    FW_CO_TRY(balancers_["api_pool"], co_await ensure_balancer(*cloud_, wish, api));
    FW_CO_TRY(balancers_["etcd_pool"], co_await ensure_balancer(*cloud_, wish, etcd));
    port_id = balancers_["api_pool"].vip_port_id;
  }
  floating_ip_.clear();
  if (wish.floating_ip_enabled) {
    FW_CO_TRY(floating_ip_, co_await ensure_floating_ip(*cloud_, wish, network_->external_network_id, port_id));
  }
  balancers_stand_ = true;
  co_return Result<>{};
}

// The same port as before, where it is still free.
Task<Result<>> Parts::listen(std::string what, std::unique_ptr<lab::Forwarder>& way, std::uint16_t& port,
                             lab::ForwardTarget target) {
  if (way) co_await way->stop();
  way.reset();
  lab::ForwarderConfig config{.name = std::move(what), .network_namespace = {}, .port = port};
  const auto choose = [target]() -> Task<Result<lab::ForwardTarget>> { co_return target; };
  auto made = lab::Forwarder::listen(driver_.context, driver_.env, config, choose);
  if (!made && port != 0) {
    driver_.env.log.warn("a port of a cluster is taken; another is used",
                         {{"port", std::to_string(port)}, {"why", made.error().what}});
    config.port = 0;
    made = lab::Forwarder::listen(driver_.context, driver_.env, config, choose);
  }
  if (!made) co_return std::unexpected(made.error());
  way = *std::move(made);
  if (port == way->port()) co_return Result<>{};
  port = way->port();
  co_return folder_.save(state_);
}

Task<Result<>> Parts::open_ways(ClusterWish wish) {
  const std::uint16_t port = api_port(wish);
  if (!internal_way_) {
    FW_CO_TRY_DO(co_await listen("the master of cluster " + wish.name, internal_way_, state_.internal_port,
                                 {master_host_->ns, master_host_->address, port}));
  }
  // As a person from outside would come; without a floating IP from the master, which is on the private network.
  lab::ForwardTarget target{master_host_->ns, master_host_->address, port};
  if (!floating_ip_.empty()) {
    target.network_namespace = driver_.config.client_namespace;
    target.address = floating_ip_;
  } else if (wish.master_lb_enabled) {
    target.address = balancers_["api_pool"].vip_address;
  }
  std::string mark = target.network_namespace + " " + target.address;
  if (way_in_ && mark == way_in_target_) co_return Result<>{};
  way_in_target_ = std::move(mark);
  co_return co_await listen("the API of cluster " + wish.name, way_in_, state_.public_port, std::move(target));
}

std::string Parts::public_address() const {
  return fmt::format("{}://127.0.0.1:{}", tls_ ? "https" : "http", state_.public_port);
}

Result<> Parts::write_files(const ClusterWish& wish) {
  std::vector<std::string> addresses;
  addresses.reserve(balancers_.size() + 1);
  for (const auto& [role, balancer] : balancers_) addresses.push_back(balancer.vip_address);
  if (!floating_ip_.empty()) addresses.push_back(floating_ip_);
  const std::string before = state_.credential_id;
  FW_TRY_DO(master_.write_files(master_plan(wish), wish, addresses, state_));
  if (before != state_.credential_id) FW_TRY_DO(folder_.save(state_));
  if (!lab_) lab_ = std::make_unique<LabRunner>(driver_.context, driver_.env, changed_);
  return make_clients();
}

Result<> Parts::make_clients() {
  FW_TRY(const std::string text, read_whole_file(folder_.file("pki/driver.kubeconfig")));
  const std::string mark = text + public_address();
  if (kube_ && mark == login_text_) return {};
  FW_TRY(kube::Config config, kube::read_kubeconfig(folder_.file("pki/driver.kubeconfig")));
  kube::Config through = config;
  through.server = public_address();
  FW_TRY(kube_, kube::make_client(driver_.context, driver_.env, std::move(config)));
  FW_TRY(public_kube_, kube::make_client(driver_.context, driver_.env, std::move(through)));
  login_text_ = mark;
  return {};
}

Task<Result<>> Parts::run_control_plane(Say say) {
  say(fmt::format("3 of 8: etcd on {}", master_host_->name));
  FW_CO_TRY_DO(co_await master_.run_etcd());
  say(fmt::format("4 of 8: the API server on {}", master_host_->name));
  FW_CO_TRY_DO(co_await master_.run_api());
  if (!api_answers_) co_await look();
  if (!api_answers_) co_return fail(Errc::unavailable, "it does not answer yet: " + api_problem_);
  co_return co_await master_.run_controllers();
}

Task<Result<>> Parts::wait_balancers() {
  for (auto& [role, balancer] : balancers_) {
    if (balancer.provisioning_status == "ACTIVE") continue;
    FW_CO_TRY(const auto now, co_await find_one(*cloud_, openstack::Service::load_balancer,
                                                "/v2.0/lbaas/loadbalancers?id=" + balancer.id, "loadbalancers"));
    if (!now) {
      balancers_stand_ = false;
      co_return fail(Errc::unavailable,
                     fmt::format("load balancer {} was deleted and is made anew", Names::vip(role)));
    }
    balancer.provisioning_status = json::string_or(*now, "provisioning_status");
    if (balancer.provisioning_status == "ERROR") balancers_stand_ = false;
    if (balancer.provisioning_status != "ACTIVE")
      co_return fail(Errc::unavailable,
                     fmt::format("load balancer {} is {}", Names::vip(role), balancer.provisioning_status));
  }
  co_return Result<>{};
}

Task<Result<>> Parts::wait_way_in() {
  if (way_in_answers_) co_return Result<>{};
  const auto answer = co_await public_kube_->get("/version");
  if (!answer)
    co_return fail(Errc::unavailable,
                   fmt::format("{} does not answer yet: {}", public_address(), answer.error().what));
  way_in_answers_ = true;
  co_return Result<>{};
}

Task<Result<>> Parts::nodes_ready(ClusterWish wish) {
  co_await look();
  for (const lab::NodeConfig& wanted : nodes_of(wish)) {
    const auto found = std::ranges::find(nodes_, wanted.name, &NodeView::name);
    if (found == nodes_.end() || !found->ready)
      co_return fail(Errc::unavailable, fmt::format("node {} is not ready yet", wanted.name));
  }
  co_return Result<>{};
}

Task<> Parts::look() {
  if (!kube_) co_return;
  const auto listed = co_await kube_->list(kube::kNodes.path());
  api_answers_ = listed.has_value();
  api_problem_ = listed ? "" : listed.error().what;
  if (!listed) co_return;
  nodes_.clear();
  for (const json::Value& node : listed->items) nodes_.push_back(view_of(node));
  co_await learn_identity();
  if (!version_.empty()) co_return;
  const auto version = co_await kube_->get("/version");
  if (version) version_ = json::string_or(*version, "gitVersion");
}

// For the cluster's end, when nobody can be asked any more.
Task<> Parts::learn_identity() {
  if (identity_known_) co_return;
  const auto space = co_await kube_->get("/api/v1/namespaces/kube-system");
  if (!space) co_return;
  const std::string uid = json::string_or(*space, "metadata.uid");
  if (uid.empty()) co_return;
  if (std::ranges::find(state_.identities, uid) == state_.identities.end()) {
    state_.identities.push_back(uid);
    const Result<> saved = folder_.save(state_);
    if (!saved) driver_.env.log.warn("a cluster's identity could not be noted", {{"why", saved.error().what}});
    if (!saved) co_return;
  }
  identity_known_ = true;
}

Task<Result<>> Parts::set_load_balancers(ClusterWish wish, bool on) {
  FW_CO_TRY_DO(co_await master_.set_load_balancers(on));
  if (!on) co_return Result<>{};
  state_.credential_id = wish.credential.id;
  co_return folder_.save(state_);
}

Task<ServiceAnswer> Parts::service(ClusterWish wish, std::string host, std::string name, std::string action) {
  if (host != Names(wish).master())
    co_return ServiceAnswer{4, fmt::format("{}: unrecognized service; they run on {}\n", name, Names(wish).master())};
  co_return co_await master_.service(std::move(name), std::move(action));
}

Task<Result<>> Parts::take_kubeconfig(std::string /*text*/, CheckIdentity /*check*/) {
  co_return fail(
      Errc::unsupported,
      "this cluster was made by Fairway, which has its own login there; only adopted ones take a kubeconfig");
}

Task<> Parts::release(Duration patience) {
  if (lab_) co_await lab_->stop(patience);
  for (auto* way : {&way_in_, &internal_way_}) {
    if (*way) co_await (*way)->stop();
    way->reset();
  }
  co_await master_.release();
}

// ---- the end of a cluster

Task<Result<>> Parts::remove(ClusterWish wish, bool known, Say say) {
  if (!loaded_) {
    FW_CO_TRY(state_, folder_.load_state());
    loaded_ = true;
  }
  say("1 of 4: its processes");
  if (lab_) co_await lab_->stop(std::chrono::milliseconds(200));
  lab_.reset();
  co_await master_.remove(folder_.path());
  for (auto* way : {&way_in_, &internal_way_}) {
    if (*way) co_await (*way)->stop();
    way->reset();
  }
  FW_CO_TRY_DO(log_in(wish));
  const Result<> taken = co_await take_from_cloud(wish, say);
  const bool stranger =
      !taken && !known && (taken.error().code == Errc::unauthenticated || taken.error().code == Errc::not_found);
  if (!taken && !stranger) co_return taken;
  if (stranger) {
    const std::string text = what_may_remain(wish, taken.error().what);
    driver_.env.log.warn("a cluster that the cloud does not know is removed from this machine alone",
                         {{"cluster", wish.name}, {"what", text}});
    const auto hosts = co_await lab::remove_all_hosts(driver_.env, *cloud_, lab_config(wish));
    if (!hosts) driver_.env.log.warn("its ports could not be removed", {{"why", hosts.error().what}});
    FW_CO_TRY_DO(note_left_behind(driver_.config.state_directory, driver_.env.clock, wish, text));
  }
  folder_.remove();
  co_return Result<>{};
}

Task<Result<>> Parts::take_from_cloud(ClusterWish wish, Say say) {
  say("2 of 4: its load balancers, floating IPs and ports, and those of its Services");
  const std::set<std::string> identities(state_.identities.begin(), state_.identities.end());
  FW_CO_TRY(const cleanup::Owner owner, co_await owner_of(*cloud_, wish, identities, !driver_.config.heat_like));
  const Result<> begun = co_await cleanup::remove_all_of(*cloud_, owner);
  if (!begun && begun.error().code != Errc::unavailable) co_return begun;
  // Beside the load balancers' own end.
  const Result<> hosts = co_await lab::remove_all_hosts(driver_.env, *cloud_, lab_config(wish));
  if (!begun) co_return begun;
  say("3 of 4: its hosts");
  FW_CO_TRY_DO(Result<>(hosts));
  // The controller may have asked for something just before it was ended.
  FW_CO_TRY_DO(co_await cleanup::remove_all_of(*cloud_, owner));
  say("4 of 4: its network");
  co_return co_await remove_network(*cloud_, wish);
}

cluster_link::Facts Parts::facts(const ClusterWish& wish) const {
  cluster_link::Facts facts{.id = wish.id, .generation = wish.generation};
  if (way_in_answers_) facts.api_address = public_address();
  facts.coe_version = version_;
  if (network_) {
    facts.fixed_network = network_->network_id;
    facts.fixed_subnet = network_->subnet_id;
  }
  const Names names(wish);
  const auto add = [&](cluster_link::NodeGroupFact& group, const std::string& name) {
    const auto view = std::ranges::find(nodes_, name, &NodeView::name);
    if (view == nodes_.end()) return;
    group.nodes.push_back({view->name, view->uuid, view->address});
    facts.container_version = view->runtime;
  };
  for (const cluster_link::NodeGroupWish& group : wish.node_groups) {
    cluster_link::NodeGroupFact fact{.id = group.id, .nodes = {}};
    if (group.role == "master") add(fact, names.master());
    if (const auto numbers = state_.members.find(group.id); numbers != state_.members.end()) {
      for (const std::int64_t number : numbers->second)
        add(fact, names.worker(group, static_cast<std::size_t>(number)));
    }
    facts.node_groups.push_back(std::move(fact));
  }
  bool healthy = api_answers_;
  facts.health_reason["api"] = api_answers_ ? "ok" : api_problem_;
  for (const NodeView& node : nodes_) {
    facts.health_reason[node.name + ".Ready"] = node.ready ? "True" : "False";
    healthy = healthy && node.ready;
  }
  facts.health = !kube_ ? "UNKNOWN" : healthy ? "HEALTHY" : "UNHEALTHY";
  return facts;
}

}  // namespace fairway::cluster_driver
