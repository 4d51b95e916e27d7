#include "controller/controller.h"

#include <unistd.h>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "controller/crew.h"
#include "controller/kube_writer.h"
#include "controller/machine.h"
#include "kube/events.h"
#include "kube/lease.h"
#include "kube/reflector.h"

namespace fairway::controller {
namespace {

using kube::EventType;

// Who speaks in events: the names that people and tools know from the incumbent.
constexpr std::string_view kServiceController = "service-controller";
constexpr std::string_view kCloudProvider = "cloud-provider-openstack";

std::string default_identity(Random& random) {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return fmt::format("{}_{}", host.data(), make_uuid(random));
}

class ServiceController final : public Controller {
 public:
  ServiceController(boost::asio::io_context& context, Env& env, kube::Client& kube, ProviderOrReason provider,
                    ControllerConfig config)
      : env_(env),
        kube_(kube),
        config_(std::move(config)),
        provider_(std::move(provider.provider)),
        disabled_reason_(std::move(provider.disabled_reason)),
        writer_(kube),
        events_(kube, env, default_identity(env.random)),
        always_(context, env.log),
        leading_crew_(context, env.log),
        services_(kube, env, {"services", kube::kServices.path(), ""},
                  {.changed = [this](const std::string& key, const json::Value* object) { on_service(key, object); },
                   .synced = [this] { on_synced(); }}),
        nodes_(kube, env, {"nodes", kube::kNodes.path(), ""},
               {.changed = [this](const std::string& key, const json::Value* object) { on_node(key, object); },
                .synced = [this] { on_synced(); }}),
        slices_(kube, env, {"endpointslices", kube::kEndpointSlices.path(), ""},
                {.changed = [this](const std::string& key, const json::Value* object) { on_slice(key, object); },
                 .synced = [this] { slices_synced_.notify_all(); }}),
        lease_(kube, env, lease_config(), [this](bool leading) { on_leading(leading); }),
        ready_seconds_(env.metrics.histogram("fairway_controller_ready_seconds",
                                             "From first sight of a Service to its address in the status",
                                             {0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300})),
        retries_(env.metrics.counter("fairway_controller_retries_total",
                                     "Passes that failed and are tried again after a back-off")) {}

  void begin() {
    for (const auto& what : config_.not_honoured) env_.log.warn("configuration is not honoured", {{"key", what}});
    if (!disabled_reason_.empty()) env_.log.warn("load balancers are disabled", {{"reason", disabled_reason_}});
    always_.spawn("services", services_.run());
    always_.spawn("nodes", nodes_.run());
    always_.spawn("events", events_.run());
    if (config_.lease_enabled) {
      always_.spawn("lease", lease_.run());
    } else {
      on_leading(true);
    }
  }

  Task<> stop(Duration patience) override {
    stopping_ = true;
    for (const auto& [key, machine] : machines_) machine->wake.notify_all();
    co_await passes_.close(patience);
    leading_crew_.cancel();
    co_await events_.flush(std::chrono::seconds(1));
    always_.cancel();
    // All that was cancelled lets go of us before we may go.
    for (int i = 0; i < 200 && !(always_.empty() && leading_crew_.empty()); ++i)
      co_await env_.timers.sleep(std::chrono::milliseconds(5));
    if (config_.lease_enabled) co_await lease_.release();
  }

  [[nodiscard]] std::vector<ServiceState> services() const override {
    std::vector<ServiceState> all;
    for (const auto& [key, machine] : machines_) {
      const auto service = read_service(machine->object);
      auto detail = machine->detail;
      if (provider_ && machine->running) detail = provider_->waiting_for(service.uid);
      all.push_back({key, machine->state, service.status_ip.empty() ? service.status_hostname : service.status_ip,
                     std::move(detail)});
    }
    return all;
  }

  [[nodiscard]] bool ready() const override { return trouble().empty(); }
  [[nodiscard]] std::string trouble() const override {
    if (!services_.synced() || !services_.trouble().empty()) return "services: " + services_.trouble();
    if (!nodes_.synced() || !nodes_.trouble().empty()) return "nodes: " + nodes_.trouble();
    if (!leading_) return fmt::format("lease {}: held by {}", config_.lease.name, lease_.holder());
    return {};
  }

 private:
  Env& env_;
  kube::Client& kube_;
  const ControllerConfig config_;
  std::unique_ptr<Provider> provider_;
  std::string disabled_reason_;
  KubeWriter writer_;
  kube::EventRecorder events_;
  Crew always_;        // watches, events, lease
  Crew leading_crew_;  // what only the leader does
  kube::Reflector services_, nodes_, slices_;
  kube::LeaderElection lease_;
  Histogram& ready_seconds_;
  Counter& retries_;

  std::map<std::string, MachinePtr> machines_;  // by "namespace/name"
  std::map<std::string, Node> node_views_;
  std::string cluster_id_;
  Gate passes_;
  Notify slices_synced_;
  bool slices_started_ = false;
  bool leading_ = false;
  bool acting_ = false;  // leads, and knows all Services and nodes
  bool stopping_ = false;

  [[nodiscard]] kube::LeaseConfig lease_config() {
    auto lease = config_.lease;
    if (lease.identity.empty()) lease.identity = default_identity(env_.random);
    return lease;
  }

  // ---- what the watches tell -------------------------------------------------------------------------------------

  void on_synced() {
    if (!acting_ && leading_ && services_.synced() && nodes_.synced()) act();
  }

  void on_leading(bool leading) {
    leading_ = leading;
    if (leading) {
      on_synced();
      return;
    }
    acting_ = false;
    leading_crew_.cancel();
    machines_.clear();
  }

  void act() {
    acting_ = true;
    leading_crew_.spawn("look over", look_over_for_ever());
  }

  void on_service(const std::string& key, const json::Value* object) {
    if (!acting_) return;
    const auto found = machines_.find(key);
    if (found == machines_.end()) {
      if (object != nullptr) adopt(key, *object);
      return;
    }
    auto& machine = *found->second;
    if (object == nullptr) {
      machine.present = false;
    } else {
      machine.present = true;
      if (revision_of(*object) >= revision_of(machine.object)) machine.object = *object;
    }
    if (!machine.running && (!machine.present || unsettled(machine))) wake(machine);
  }

  void adopt(const std::string& key, const json::Value& object) {
    const auto service = read_service(object);
    if (!wants_load_balancer(service, config_.load_balancer_class) &&
        !needs_cleanup(service, config_.load_balancer_class))
      return;
    auto machine = std::make_shared<Machine>(key, env_, config_);
    machine->object = object;
    machines_[key] = machine;
    if (service.local) start_slices();
    leading_crew_.spawn("service " + key, run(machine));
  }

  void on_node(const std::string& key, const json::Value* object) {
    if (object == nullptr) {
      node_views_.erase(key);
    } else {
      auto node = read_node(*object);
      const auto known = node_views_.find(key);
      // Heartbeats change nothing that matters here.
      if (known != node_views_.end() && known->second == node) return;
      node_views_[key] = std::move(node);
    }
    for (const auto& [name, machine] : machines_) wake(*machine);
  }

  void on_slice(const std::string& /*key*/, const json::Value* object) {
    // A slice that is gone does not say whose it was.
    const auto ns = object == nullptr ? "" : json::string_or(*object, "metadata.namespace");
    std::string service;
    if (object != nullptr) {
      const auto& labels = json::object_or_empty(*object, "metadata.labels");
      if (const auto* name = labels.if_contains("kubernetes.io/service-name"); name != nullptr && name->is_string())
        service = name->get_string();
    }
    for (const auto& [key, machine] : machines_) {
      const bool concerned = object == nullptr || key == ns + "/" + service;
      if (concerned && json::string_or(machine->object, "spec.externalTrafficPolicy") == "Local") wake(*machine);
    }
  }

  void start_slices() {
    if (slices_started_) return;
    slices_started_ = true;
    always_.spawn("endpointslices", slices_.run());
  }

  static void wake(Machine& machine) {
    machine.dirty = true;
    machine.wake.notify_all();
  }

  static bool unsettled(const Machine& machine) {
    return input_fingerprint(machine.object) != machine.settled_inputs ||
           output_fingerprint(machine.object) != machine.settled_outputs;
  }

  // ---- looking over ----------------------------------------------------------------------------------------------

  Task<> look_over_for_ever() {
    // First, so that a new Service need not ask what is there.
    if (provider_) {
      co_await look_over();
      const auto known =
          co_await provider_->facts(config_.subnet_id.empty() && config_.network_id.empty(), all_nodes());
      if (!known) env_.log.warn("the cloud cannot be asked yet", {{"error", known.error().what}});
      const auto identity = co_await read_cluster_id();
      if (!identity) env_.log.warn("the cluster cannot be asked yet", {{"error", identity.error().what}});
    }
    for (const auto& [key, object] : services_.items()) {
      if (!machines_.contains(key)) adopt(key, object);
    }
    for (;;) {
      co_await env_.timers.sleep(config_.drift_interval);
      if (provider_) co_await look_over();
    }
  }

  Task<> look_over() {
    const auto changed = co_await provider_->look_over();
    if (!changed) {
      env_.log.warn("looking over the cloud failed", {{"error", changed.error().what}});
      co_return;
    }
    for (const auto& uid : *changed) {
      for (const auto& [key, machine] : machines_) {
        if (uid_of(machine->object) != uid) continue;
        env_.log.info("load balancer was changed by somebody else", {{"service", key}});
        machine->drifted = true;
        wake(*machine);
      }
    }
  }

  // ---- the state machine -----------------------------------------------------------------------------------------

  Task<> run(MachinePtr machine) {
    while (!stopping_) {
      const bool due = machine->retry_at && env_.clock.steady() >= *machine->retry_at;
      if (!machine->dirty && !due) {
        co_await wait(machine);
        continue;
      }
      auto pass = passes_.try_enter();
      if (!pass) co_return;
      machine->dirty = false;
      machine->retry_at.reset();
      machine->running = true;
      const auto inputs = input_fingerprint(machine->object);
      const auto outcome = co_await one_pass(machine);
      machine->running = false;
      finish(*machine, inputs, outcome);
      const bool over = outcome && (!machine->present || idle(*machine));
      if (over && !machine->dirty) break;
    }
    const auto found = machines_.find(machine->key);
    if (found != machines_.end() && found->second == machine) machines_.erase(found);
  }

  Task<> wait(MachinePtr machine) {
    if (!machine->retry_at) co_return co_await machine->wake.wait();
    const auto left = std::max(*machine->retry_at - env_.clock.steady(), Duration(0));
    using namespace boost::asio::experimental::awaitable_operators;
    co_await (machine->wake.wait() || env_.timers.sleep(left));
  }

  // No load balancer, and none wanted.
  bool idle(const Machine& machine) const {
    const auto service = read_service(machine.object);
    return machine.owned.is_null() && !wants_load_balancer(service, config_.load_balancer_class) &&
           !needs_cleanup(service, config_.load_balancer_class);
  }

  void finish(Machine& machine, const std::string& inputs, const Result<>& outcome) {
    machine.settled_inputs = inputs;
    // What has come from the watch while the pass ran, and was not of its own making, is for the next one.
    if (machine.present && input_fingerprint(machine.object) != inputs) machine.dirty = true;
    // So is what the pass has made for a Service that went by force meanwhile.
    if (outcome && !machine.present && !machine.owned.is_null()) machine.dirty = true;
    if (outcome) {
      machine.backoff.reset();
      machine.detail.clear();
      return;
    }
    const auto& error = outcome.error();
    machine.settled_outputs = output_fingerprint(machine.object);
    const auto wait = machine.backoff.next();
    machine.retry_at = env_.clock.steady() + wait;
    machine.state = "waiting";
    machine.detail = fmt::format("{}; tried again in {} s", error.what,
                                 std::chrono::duration_cast<std::chrono::seconds>(wait).count());
    retries_.add();
    env_.log.warn(
        "service not in order yet",
        {{"service", machine.key},
         {"error", error.what},
         {"retry_in_ms", std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(wait).count())}});
  }

  Task<Result<>> one_pass(MachinePtr machine) {
    const auto began = env_.clock.steady();
    const auto object = machine->object;
    const auto service = read_service(object);
    const bool wanted = machine->present && wants_load_balancer(service, config_.load_balancer_class);
    Result<> outcome;
    // Deleted and made anew under the same name, without our finalizer: what was made for the former goes first.
    const bool another = !machine->owned.is_null() && uid_of(machine->owned) != service.uid;
    if (another || (!machine->present && !machine->owned.is_null()))
      outcome = co_await remove_for(machine, machine->owned);
    if (outcome && wanted) {
      outcome = disabled_reason_.empty() ? co_await ensure(machine, object) : leave_alone(*machine, object);
    } else if (outcome && machine->present && (service.has_finalizer || !machine->owned.is_null())) {
      outcome = provider_ ? co_await clean_up(machine, object) : leave_alone(*machine, object);
    }
    const std::string operation = wanted ? "ensure" : "delete";
    env_.metrics
        .histogram("fairway_controller_pass_seconds", "One pass over one Service, waiting included",
                   {0.001, 0.01, 0.1, 1, 10, 100, 1000}, {{"operation", operation}})
        .observe(std::chrono::duration<double>(env_.clock.steady() - began).count());
    env_.metrics
        .counter("fairway_controller_passes_total", "Passes over Services",
                 {{"operation", operation}, {"outcome", outcome ? "good" : "failed"}})
        .add();
    co_return outcome;
  }

  Result<> leave_alone(Machine& machine, const json::Value& object) {
    const auto service = read_service(object);
    machine.state = "disabled";
    machine.settled_outputs = output_fingerprint(object);
    say(machine, object,
        {"LoadBalancerDisabled",
         service.deleting ? fmt::format("The load balancer of this Service cannot be deleted: {}", disabled_reason_)
         : service.has_finalizer
             ? fmt::format("The load balancer of this Service is left as it is: {}", disabled_reason_)
             : fmt::format("No load balancer is made for this Service: {}", disabled_reason_)});
    return {};
  }

  // Each once; what is no longer so may be said again when it comes back.
  void say(Machine& machine, const json::Value& object, const Notice& notice) {
    if (machine.said.insert(notice.reason + notice.message).second)
      events_.note(object, EventType::warning, kCloudProvider, notice.reason, notice.message);
  }
  void say_all(Machine& machine, const json::Value& object, const std::vector<Notice>& notices) {
    std::set<std::string> now;
    for (const auto& notice : notices) {
      say(machine, object, notice);
      now.insert(notice.reason + notice.message);
    }
    machine.said = std::move(now);
  }

  void note(const json::Value& object, EventType type, std::string_view reason, std::string_view message) {
    events_.note(object, type, kServiceController, reason, message);
  }

  Task<Result<>> read_cluster_id() {
    if (!cluster_id_.empty()) co_return Result<>{};
    auto ns = co_await kube_.get(kube::kNamespaces.path("", "kube-system"));
    if (!ns)
      co_return std::unexpected(
          std::move(ns).error().within("read the cluster's identity (the UID of namespace kube-system)"));
    cluster_id_ = json::string_or(*ns, "metadata.uid");
    co_return Result<>{};
  }

  // ---- ensure ----------------------------------------------------------------------------------------------------

  Task<Result<>> ensure(MachinePtr machine, json::Value object) {
    auto done = co_await try_ensure(machine, object);
    // Gone meanwhile, perhaps with another in its place: the next pass sees to what was made.
    const bool gone = !machine->present || uid_of(machine->object) != uid_of(object);
    if (!done && done.error().code == Errc::not_found && gone) co_return Result<>{};
    if (!done)
      note(object, EventType::warning, "SyncLoadBalancerFailed", "Error syncing load balancer: " + done.error().what);
    co_return done;
  }

  Task<Result<Desired>> work_out(MachinePtr machine, json::Value object) {
    const auto service = read_service(object);
    FW_CO_TRY_DO(co_await read_cluster_id());
    FW_CO_TRY(auto facts, co_await provider_->facts(needs_node_subnet(config_, service), all_nodes()));
    facts.cluster_id = cluster_id_;
    std::set<std::string> with_endpoints;
    if (service.local) {
      start_slices();
      machine->detail = "the endpoint slices";
      while (!slices_.synced()) co_await slices_synced_.wait();
      with_endpoints = nodes_with_ready_endpoints(slices_of(service));
    }
    const auto nodes = all_nodes();
    co_return desired({.service = service,
                       .nodes = nodes,
                       .nodes_with_endpoints = with_endpoints,
                       .config = config_,
                       .facts = facts});
  }

  std::vector<Node> all_nodes() const {
    std::vector<Node> nodes;
    nodes.reserve(node_views_.size());
    for (const auto& [name, node] : node_views_) nodes.push_back(node);
    return nodes;
  }

  std::vector<const json::Value*> slices_of(const Service& service) const {
    std::vector<const json::Value*> found;
    for (const auto& [key, slice] : slices_.items()) {
      if (json::string_or(slice, "metadata.namespace") != service.ns) continue;
      const auto& labels = json::object_or_empty(slice, "metadata.labels");
      const auto* name = labels.if_contains("kubernetes.io/service-name");
      if (name != nullptr && name->is_string() && name->get_string() == service.name) found.push_back(&slice);
    }
    return found;
  }

  Task<Result<>> try_ensure(MachinePtr machine, json::Value object) {
    const auto service = read_service(object);
    FW_CO_TRY(auto wish, co_await work_out(machine, object));
    say_all(*machine, object, wish.notices);
    const bool as_before = machine->served && *machine->served == wish.load_balancer;
    if (as_before && !machine->drifted && output_fingerprint(object) == machine->settled_outputs)
      co_return Result<>{};
    const bool members = machine->served && !as_before && only_members_differ(*machine->served, wish.load_balancer);
    const bool news = !members && (!machine->served || !as_before);
    if (news && (service.status_ip.empty() || machine->served))
      note(object, EventType::normal, "EnsuringLoadBalancer", "Ensuring load balancer");
    machine->state = "working";

    FW_CO_TRY(object, co_await written(machine, co_await writer_.add_finalizer(object)));
    machine->owned = object;
    auto progress = [this, machine, uid = service.uid](Progress now) {
      return write_progress(machine, uid, std::move(now));
    };
    machine->served.reset();  // what is half done is neither what was nor what is wanted
    auto served = co_await provider_->ensure(wish.load_balancer, claim_of(service), progress);
    if (!served) co_return std::unexpected(std::move(served).error().within("failed to ensure load balancer"));
    machine->drifted = false;
    auto notices = std::move(wish.notices);
    notices.insert(notices.end(), served->notices.begin(), served->notices.end());
    say_all(*machine, object, notices);
    FW_CO_TRY_DO(co_await write_status(machine, service, served->address));
    machine->settled_outputs = output_fingerprint(machine->object);
    machine->served = std::move(wish.load_balancer);
    machine->state = "serving";
    if (members && served->changed) {
      note(object, EventType::normal, "UpdatedLoadBalancer", "Updated load balancer with new hosts");
    } else if (served->changed) {
      note(object, EventType::normal, "EnsuredLoadBalancer", "Ensured load balancer");
    }
    env_.log.info(
        "service is served",
        {{"service", machine->key}, {"load_balancer", served->load_balancer_id}, {"address", served->address}});
    co_return Result<>{};
  }

  // Keeps the newest object; one that an earlier write of ours returned is newer than what the watch has brought.
  Task<Result<json::Value>> written(MachinePtr machine, Result<json::Value> object) {
    if (!object) co_return object;
    if (revision_of(*object) >= revision_of(machine->object)) machine->object = *object;
    co_return object;
  }

  Task<> write_progress(MachinePtr machine, std::string uid, Progress now) {
    if (uid_of(machine->object) != uid) co_return;  // another has its name by now
    const auto annotated =
        co_await written(machine, co_await writer_.annotate(machine->object, now.load_balancer_id, now.address));
    if (!annotated)
      env_.log.warn("annotations not written; the load balancer is found again by its mark",
                    {{"service", machine->key}, {"error", annotated.error().what}});
  }

  Task<Result<>> write_status(MachinePtr machine, Service service, std::string address) {
    const auto status = load_balancer_status(config_, service, address);
    if (uid_of(machine->object) != service.uid)
      co_return fail(Errc::not_found, "the Service was deleted and made anew");
    if (status_is(read_service(machine->object), status)) co_return Result<>{};
    const bool first = service.status_ip.empty() && service.status_hostname.empty();
    FW_CO_TRY_DO(co_await written(machine, co_await writer_.set_status(machine->object, status)));
    if (first) ready_seconds_.observe(std::chrono::duration<double>(env_.clock.steady() - machine->seen_at).count());
    co_return Result<>{};
  }

  // ---- clean up --------------------------------------------------------------------------------------------------

  // Only the names; nothing of the Service need be valid any more.
  LoadBalancer names_of(const Service& service) const {
    LoadBalancer names;
    names.name = load_balancer_name(config_, service);
    names.tags = {names.name, cluster_tag(cluster_id_)};
    names.floating_ip.description = floating_ip_description(config_, service);
    names.floating_ip.keep = service.annotation(std::string(kAnnotationPrefix) + "keep-floatingip") == "true";
    return names;
  }

  Task<Result<>> clean_up(MachinePtr machine, json::Value object) {
    machine->state = "working";
    note(object, EventType::normal, "DeletingLoadBalancer", "Deleting load balancer");
    auto removed = co_await remove_for(machine, object);
    if (!removed) {
      note(object, EventType::warning, "SyncLoadBalancerFailed",
           "Error syncing load balancer: failed to delete load balancer: " + removed.error().what);
      co_return removed;
    }
    // The event first: with the finalizer the Service itself may go.
    note(object, EventType::normal, "DeletedLoadBalancer", "Deleted load balancer");
    auto cleaned = co_await written(machine, co_await writer_.clean(object));
    if (!cleaned && cleaned.error().code != Errc::not_found) co_return std::unexpected(std::move(cleaned).error());
    machine->settled_outputs = output_fingerprint(machine->object);
    co_return Result<>{};
  }

  Task<Result<>> remove_for(MachinePtr machine, json::Value object) {
    FW_CO_TRY_DO(co_await read_cluster_id());
    const auto service = read_service(object);
    FW_CO_TRY_DO(co_await provider_->remove(names_of(service), claim_of(service)));
    machine->owned = nullptr;
    machine->served.reset();
    env_.log.info("load balancer is gone", {{"service", machine->key}});
    co_return Result<>{};
  }
};

}  // namespace

std::string why_disabled(const ControllerConfig& config, bool has_cloud) {
  if (!config.enabled && !config.disabled_remedy.empty())
    return "load balancers are disabled in this cluster; " + config.disabled_remedy;
  if (!config.enabled) {
    return "load balancers are disabled in the controller's configuration; set enabled: true there (the cluster's "
           "administrator can)";
  }
  if (has_cloud) return {};
  return "the controller has no credential for OpenStack; the cluster's administrator can give it one (cloud_config)";
}

std::unique_ptr<Controller> Controller::start(boost::asio::io_context& context, Env& env, kube::Client& kube,
                                              ProviderOrReason provider, ControllerConfig config) {
  auto controller = std::make_unique<ServiceController>(context, env, kube, std::move(provider), std::move(config));
  controller->begin();
  return controller;
}

}  // namespace fairway::controller
