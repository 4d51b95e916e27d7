#include "lab/lab.h"

#include <sys/prctl.h>

#include <filesystem>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include "base/backoff.h"
#include "lab/kubelet.h"
#include "lab/node_agent.h"
#include "lab/proxy.h"
#include "lab/publish.h"

namespace fairway::lab {

namespace {

class RunningLab final : public Lab {
 public:
  RunningLab(boost::asio::io_context& context, Env& env, LabConfig config)
      : context_(context), env_(env), config_(std::move(config)) {}

  Task<Result<>> begin() {
    FW_CO_TRY(kube::Config kubeconfig, kube::read_kubeconfig(config_.kubeconfig));
    FW_CO_TRY(kube_, kube::make_client(context_, env_, std::move(kubeconfig)));
    FW_CO_TRY(cloud_, openstack::make_client(context_, env_, config_.cloud));
    // Containers whose starter has ended become our children, so that we learn how they end.
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) co_return fail_errno("become a subreaper", errno);
    FW_CO_TRY_DO(co_await stand_hosts());
    events_ = std::make_unique<kube::EventRecorder>(*kube_, env_, "fairway-lab");
    pod_context_ = std::make_unique<PodContext>(PodContext{
        context_, env_, *kube_, *events_, config_, [this](json::Value pod, std::string address, Duration limit) {
          return proxy_->wait_for_leave(std::move(pod), std::move(address), limit);
        }});
    kubelet_ = std::make_unique<Kubelet>(*pod_context_, hosts_.nodes);
    watch_services();
    watch_pods();
    spawn(events_->run());
    FW_CO_TRY_DO(publish());
    co_await register_nodes();
    co_return Result<>{};
  }

  Task<> stop(Duration patience) override {
    // What stop signals cancel ends at its next wait.
    for (const auto& signal : tasks_) signal->emit(boost::asio::cancellation_type::terminal);
    if (events_) co_await events_->flush(std::min<Duration>(patience, std::chrono::seconds(1)));
    if (proxy_) co_await proxy_->stop();
    for (const auto& forwarder : forwarders_) co_await forwarder->stop();
  }

 private:
  void spawn(Task<> task) {
    tasks_.push_back(std::make_unique<boost::asio::cancellation_signal>());
    boost::asio::co_spawn(
        context_, std::move(task),
        boost::asio::bind_cancellation_slot(tasks_.back()->slot(), [](const std::exception_ptr& thrown) {
          if (!thrown) return;
          try {
            std::rethrow_exception(thrown);
          } catch (const boost::system::system_error& error) {
            if (error.code() != boost::asio::error::operation_aborted) throw;
          }
        }));
  }

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
    services_ = std::make_unique<kube::Reflector>(*kube_, env_, "services", kube::kServices.path(), "",
                                                  kube::Reflector::Callbacks{changed, synced});
    slices_ = std::make_unique<kube::Reflector>(*kube_, env_, "endpointslices", kube::kEndpointSlices.path(), "",
                                                kube::Reflector::Callbacks{changed, synced});
    proxy_ = std::make_unique<Proxy>(context_, env_, hosts_.nodes, config_.pod_cidr, *services_, *slices_);
    spawn(services_->run());
    spawn(slices_->run());
    spawn(proxy_->run());
  }

  void watch_pods() {
    pods_ = std::make_unique<kube::Reflector>(
        *kube_, env_, "pods", kube::kPods.path(), "",
        kube::Reflector::Callbacks{
            [this](const std::string& key, const json::Value* pod) { kubelet_->changed(key, pod); },
            [this] { kubelet_->synced(); }});
    spawn(pods_->run());
  }

  Result<> publish() {
    for (const PublishConfig& one : config_.publish) {
      FW_TRY(auto forwarder, publish_service(context_, env_, one, hosts_.client.ns, *services_, *cloud_));
      forwarders_.push_back(std::move(forwarder));
    }
    return {};
  }

  Task<> register_nodes() {
    for (const Node& node : hosts_.nodes) {
      agents_.push_back(std::make_unique<NodeAgent>(env_, *kube_, node, config_.heartbeat));
      Backoff backoff(env_.random, std::chrono::milliseconds(100), std::chrono::seconds(5));
      for (;;) {
        const Result<> registered = co_await agents_.back()->register_node();
        if (registered) break;
        env_.log.warn("a node could not be registered; trying again",
                      {{"node", node.name}, {"why", registered.error().what}});
        co_await env_.timers.sleep(backoff.next());
      }
      spawn(agents_.back()->run());
    }
  }

  boost::asio::io_context& context_;
  Env& env_;
  LabConfig config_;
  std::unique_ptr<kube::Client> kube_;
  std::unique_ptr<openstack::Client> cloud_;
  Hosts hosts_;
  std::unique_ptr<kube::EventRecorder> events_;
  std::unique_ptr<kube::Reflector> services_, slices_, pods_;
  std::unique_ptr<Proxy> proxy_;
  std::unique_ptr<PodContext> pod_context_;
  std::unique_ptr<Kubelet> kubelet_;
  std::vector<std::unique_ptr<Forwarder>> forwarders_;
  std::vector<std::unique_ptr<NodeAgent>> agents_;
  std::vector<std::unique_ptr<boost::asio::cancellation_signal>> tasks_;
};

}  // namespace

Task<Result<std::unique_ptr<Lab>>> Lab::start(boost::asio::io_context& context, Env& env, LabConfig config) {
  if (config.program.empty()) {
    std::error_code error;
    config.program = std::filesystem::read_symlink("/proc/self/exe", error).string();
    if (error) co_return fail_errno("find this program", error.value());
  }
  auto lab = std::make_unique<RunningLab>(context, env, std::move(config));
  FW_CO_TRY_DO(co_await lab->begin());
  co_return std::move(lab);
}

}  // namespace fairway::lab
