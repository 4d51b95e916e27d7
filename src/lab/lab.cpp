#include "lab/lab.h"

#include <sys/prctl.h>

#include <filesystem>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/backoff.h"
#include "lab/api_forward.h"
#include "lab/kubelet.h"
#include "lab/kubelet_api.h"
#include "lab/node_agent.h"
#include "lab/node_removal.h"
#include "lab/overlay.h"
#include "lab/proxy.h"
#include "lab/publish.h"
#include "runtime/task_group.h"

namespace fairway::lab {

namespace {

class RunningLab final : public Lab {
 public:
  RunningLab(boost::asio::io_context& context, Env& env, LabConfig config, LabClients clients)
      : context_(context),
        env_(env),
        config_(std::move(config)),
        kube_(std::move(clients.kube)),
        cloud_(std::move(clients.cloud)),
        server_(std::move(clients.kube_server)),
        tasks_(context, env.log) {}

  Task<Result<>> begin() {
    // Containers whose starter has ended become our children, so that we learn how they end.
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) co_return fail_errno("become a subreaper", errno);
    FW_CO_TRY_DO(co_await stand_hosts());
    events_ = std::make_unique<kube::EventRecorder>(*kube_, env_, "fairway-lab");
    watch_services();
    watch_pods();
    tasks_.spawn("events", events_->run());
    FW_CO_TRY_DO(listen());
    co_await register_nodes();
    for (Node& node : hosts_.nodes) {
      if (node.leaving) tasks_.spawn("the end of a node", take_down(node));
    }
    co_return Result<>{};
  }

  Task<> stop(Duration patience) override {
    if (events_) co_await events_->flush(std::min<Duration>(patience, std::chrono::seconds(1)));
    co_await tasks_.stop();
    if (proxy_) co_await proxy_->stop();
    for (const auto& forwarder : forwarders_) co_await forwarder->stop();
    for (const auto& [node, server] : kubelet_servers_) co_await server->stop(std::chrono::milliseconds(100));
  }

  [[nodiscard]] std::size_t nodes_leaving() const override {
    return static_cast<std::size_t>(
        std::ranges::count_if(hosts_.nodes, [](const Node& node) { return node.leaving; }));
  }

 private:
  Task<Result<>> stand_hosts() {
    Backoff backoff(env_.random, std::chrono::milliseconds(100), std::chrono::seconds(5));
    for (;;) {
      auto hosts = co_await make_hosts(env_, *cloud_, config_);
      if (hosts) {
        hosts_ = *std::move(hosts);
        co_return Result<>{};
      }
      const Errc code = hosts.error().code;
      if (code != Errc::unavailable && code != Errc::timeout) co_return std::unexpected(hosts.error());
      env_.log.warn("the cloud is away; trying again", {{"why", hosts.error().what}});
      co_await env_.timers.sleep(backoff.next());
    }
  }

  void watch_services() {
    const auto changed = [this](const std::string&, const json::Value*) { proxy_->changed(); };
    const auto synced = [this] { proxy_->changed(); };
    services_ =
        std::make_unique<kube::Reflector>(*kube_, env_, kube::Collection{"services", kube::kServices.path(), ""},
                                          kube::Reflector::Callbacks{changed, synced});
    slices_ = std::make_unique<kube::Reflector>(*kube_, env_,
                                                kube::Collection{"endpointslices", kube::kEndpointSlices.path(), ""},
                                                kube::Reflector::Callbacks{changed, synced});
    proxy_ =
        std::make_unique<Proxy>(context_, env_, hosts_.nodes, config_.pod_cidr, ServiceSources{*services_, *slices_});
    tasks_.spawn("services", services_->run());
    tasks_.spawn("endpoint slices", slices_->run());
    tasks_.spawn("proxy", proxy_->run());
  }

  void watch_pods() {
    pod_context_ = std::make_unique<PodContext>(
        PodContext{tasks_, env_, *kube_, *events_, config_,
                   [this](json::Value pod, std::string address, Duration limit) {
                     return proxy_->wait_for_leave(std::move(pod), std::move(address), limit);
                   },
                   *services_});
    kubelet_ = std::make_unique<Kubelet>(*pod_context_, hosts_.nodes);
    pods_ = std::make_unique<kube::Reflector>(
        *kube_, env_, kube::Collection{"pods", kube::kPods.path(), ""},
        kube::Reflector::Callbacks{
            [this](const std::string& key, const json::Value* pod) { kubelet_->changed(key, pod); },
            [this] { kubelet_->synced(); }});
    tasks_.spawn("pods", pods_->run());
  }

  Result<> listen() {
    for (const Node& node : hosts_.nodes) {
      if (node.kubelet_port == 0) continue;
      const auto find_pod = [this](const std::string& key) {
        const auto found = pods_->items().find(key);
        return found == pods_->items().end() ? nullptr : &found->second;
      };
      const auto find_process = [this](const std::string& uid, const std::string& container) {
        return kubelet_->process_of(uid, container);
      };
      FW_TRY(kubelet_servers_[node.name], serve_kubelet(context_, env_, node, {config_, find_pod, find_process}));
    }
    for (const PublishConfig& one : config_.publish) {
      FW_TRY(auto forwarder, publish_service(context_, env_, one, {hosts_.client.ns, *services_, *cloud_}));
      forwarders_.push_back(std::move(forwarder));
    }
    const auto control_plane =
        std::ranges::find_if(hosts_.nodes, [](const Node& node) { return node.control_plane && !node.leaving; });
    if (config_.api_port == 0 || control_plane == hosts_.nodes.end()) return {};
    FW_TRY(auto forwarder, forward_api(context_, env_, *control_plane, config_.api_port, server_));
    forwarders_.push_back(std::move(forwarder));
    tasks_.spawn("the API's endpoints",
                 advertise_api(env_, *kube_, *slices_, control_plane->address, config_.api_port));
    return {};
  }

  Task<> register_nodes() {
    for (const Node& node : hosts_.nodes) {
      if (node.leaving) continue;
      agents_.push_back(std::make_unique<NodeAgent>(env_, *kube_, node, config_.heartbeat));
      Backoff backoff(env_.random, std::chrono::milliseconds(100), std::chrono::seconds(5));
      for (;;) {
        const Result<> registered = co_await agents_.back()->register_node();
        if (registered) break;
        env_.log.warn("a node could not be registered; trying again",
                      {{"node", node.name}, {"why", registered.error().what}});
        co_await env_.timers.sleep(backoff.next());
      }
      tasks_.spawn("node " + node.name, agents_.back()->run());
    }
  }

  Task<> take_down(Node& node) {
    co_await empty_node({env_, *kube_, *pods_, *kubelet_, config_.node_linger}, node.name);
    Backoff backoff(env_.random, std::chrono::milliseconds(100), std::chrono::seconds(5));
    for (;;) {
      const Result<> removed = co_await remove_all_of(node);
      if (removed) break;
      env_.log.warn("a node that leaves could not be taken down; trying again",
                    {{"node", node.name}, {"why", removed.error().what}});
      co_await env_.timers.sleep(backoff.next());
    }
    node.leaving = false;
    env_.log.info("a node was taken down", {{"node", node.name}});
  }

  Task<Result<>> remove_all_of(Node& node) {
    FW_CO_TRY_DO(co_await remove_node_objects(*kube_, node.name));
    if (const auto server = kubelet_servers_.find(node.name); server != kubelet_servers_.end()) {
      co_await server->second->stop(std::chrono::milliseconds(100));
      kubelet_servers_.erase(server);
    }
    node.gone = true;
    proxy_->forget_gone();
    FW_CO_TRY_DO(connect_overlay(hosts_.nodes));
    FW_CO_TRY_DO(co_await remove_host(*cloud_, config_, node.name));
    co_return Result<>{};
  }

  boost::asio::io_context& context_;
  Env& env_;
  LabConfig config_;
  std::unique_ptr<kube::Client> kube_;
  std::unique_ptr<openstack::Client> cloud_;
  std::string server_;
  Hosts hosts_;
  std::unique_ptr<kube::EventRecorder> events_;
  std::unique_ptr<kube::Reflector> services_, slices_, pods_;
  std::unique_ptr<Proxy> proxy_;
  std::unique_ptr<PodContext> pod_context_;
  std::unique_ptr<Kubelet> kubelet_;
  std::vector<std::unique_ptr<Forwarder>> forwarders_;
  std::map<std::string, std::unique_ptr<http::Server>> kubelet_servers_;  // by node
  std::vector<std::unique_ptr<NodeAgent>> agents_;
  TaskGroup tasks_;
};

Task<> stop_and_destroy(std::unique_ptr<RunningLab> lab) { co_await lab->stop(std::chrono::seconds(0)); }

// A lab whose start did not come to its end, even if that was cancelled: it is destroyed when nothing of it runs.
class Unfinished {
 public:
  Unfinished(boost::asio::io_context& context, std::unique_ptr<RunningLab> lab)
      : context_(context), lab_(std::move(lab)) {}
  ~Unfinished() {
    if (!lab_) return;
    try {
      boost::asio::co_spawn(context_, stop_and_destroy(std::move(lab_)), boost::asio::detached);
    } catch (const std::exception&) {
      // No memory for the task: what holds the lab by now destroys it at once.
      lab_.reset();
    }
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  RunningLab& operator*() { return *lab_; }
  std::unique_ptr<RunningLab> finish() { return std::move(lab_); }

 private:
  boost::asio::io_context& context_;
  std::unique_ptr<RunningLab> lab_;
};

}  // namespace

Task<Result<std::unique_ptr<Lab>>> Lab::start(boost::asio::io_context& context, Env& env, LabConfig config) {
  FW_CO_TRY(kube::Config kubeconfig, kube::read_kubeconfig(config.kubeconfig));
  LabClients clients;
  clients.kube_server = kubeconfig.server;
  FW_CO_TRY(clients.kube, kube::make_client(context, env, std::move(kubeconfig)));
  FW_CO_TRY(clients.cloud, openstack::make_client(context, env, config.cloud));
  auto lab = co_await start(context, env, std::move(config), std::move(clients));
  co_return lab;
}

Task<Result<std::unique_ptr<Lab>>> Lab::start(boost::asio::io_context& context, Env& env, LabConfig config,
                                              LabClients clients) {
  if (config.program.empty()) {
    std::error_code error;
    config.program = std::filesystem::read_symlink("/proc/self/exe", error).string();
    if (error) co_return fail_errno("find this program", error.value());
  }
  Unfinished lab(context, std::make_unique<RunningLab>(context, env, std::move(config), std::move(clients)));
  FW_CO_TRY_DO(co_await (*lab).begin());
  co_return lab.finish();
}

}  // namespace fairway::lab
