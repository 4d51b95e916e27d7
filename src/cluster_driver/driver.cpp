#include "cluster_driver/driver.h"

#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/backoff.h"
#include "cluster_driver/cluster.h"
#include "cluster_driver/names.h"
#include "cluster_driver/requests.h"
#include "cluster_link/channel.h"

namespace fairway::cluster_driver {

namespace {

using cluster_link::ClusterWish;

// How long the cloud may take to tell of a cluster that it has just acknowledged.
constexpr std::chrono::seconds kTellPatience{5};

Result<> make_private_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail_errno("make " + path, error.value());
  if (::chmod(path.c_str(), 0700) != 0) return fail_errno("set the mode of " + path, errno);
  return {};
}

class RunningDriver final : public Driver {
 public:
  RunningDriver(boost::asio::io_context& context, Env& env, DriverConfig config)
      : context_(context), env_(env), config_(std::move(config)), tasks_(context, env.log) {}

  Result<> begin() {
    FW_TRY_DO(make_private_directory(config_.state_directory));
    std::error_code error;
    std::filesystem::create_directories(config_.run_directory, error);
    if (error) return fail_errno("make " + config_.run_directory, error.value());
    FW_TRY(acceptor_, messaging::accept<Request>(context_, env_, request_socket(config_.run_directory),
                                                 [this](auto channel) { return hear(std::move(channel)); }));
    for (const std::string& id : clusters_in(config_.state_directory)) {
      auto wish = ClusterFolder(config_.state_directory + "/" + id).load_wish();
      if (wish) {
        put(*std::move(wish));
      } else {
        env_.log.warn("a cluster's wish cannot be read; the cloud will tell it again",
                      {{"cluster", id}, {"why", wish.error().what}});
      }
    }
    tasks_.spawn("the link to the cloud", keep_link());
    return {};
  }

  Task<> stop(Duration patience) override {
    acceptor_->stop();
    if (channel_) channel_->close();
    co_await tasks_.stop();
    for (const auto& [id, cluster] : clusters_) co_await cluster->stop(patience);
  }

 private:
  Task<> keep_link() {
    Backoff backoff(env_.random, std::chrono::milliseconds(50), std::chrono::seconds(2));
    for (;;) {
      auto connected = co_await cluster_link::connect(config_.address);
      if (connected) {
        backoff.reset();
        channel_ = *std::move(connected);
        const Error why = co_await serve_link();
        channel_.reset();
        env_.log.warn("the link to the cloud ended", {{"why", why.what}});
      }
      co_await env_.timers.sleep(backoff.next());
    }
  }

  // Until it ends.
  Task<Error> serve_link() {
    const Result<> sent = channel_->send(cluster_link::Hello{.driver = config_.driver_name});
    if (!sent) co_return sent.error();
    env_.log.info("connected to the cloud", {{"address", config_.address}});
    for (const auto& [id, cluster] : clusters_) cluster->tell_again();
    for (;;) {
      auto message = co_await channel_->receive();
      if (!message) co_return message.error();
      if (auto* all = std::get_if<cluster_link::Wishes>(&*message)) {
        take(std::move(*all));
      } else if (auto* one = std::get_if<cluster_link::Wish>(&*message)) {
        put(std::move(one->cluster));
      }
    }
  }

  void take(cluster_link::Wishes wishes) {
    std::set<std::string> known;
    for (ClusterWish& wish : wishes.clusters) {
      known.insert(wish.id);
      put(std::move(wish));
    }
    for (const auto& [id, cluster] : clusters_) {
      if (!known.contains(id)) cluster->disown();
    }
  }

  void put(ClusterWish wish) {
    drop_gone();
    const std::string id = wish.id;
    const auto found = clusters_.find(id);
    if (found != clusters_.end()) {
      found->second->wish(std::move(wish));
      return;
    }
    clusters_.emplace(id, std::make_shared<Cluster>(DriverContext{context_, env_, config_}, std::move(wish),
                                                    [this](const cluster_link::Message& message) { tell(message); }));
    told_.notify_all();
  }

  void tell(const cluster_link::Message& message) {
    if (!channel_) return;
    const Result<> sent = channel_->send(message);
    if (!sent) env_.log.debug("the cloud was not told", {{"why", sent.error().what}});
  }

  // Those that have ended and were told: nothing of them runs any more.
  void drop_gone() {
    std::erase_if(clusters_, [this](const auto& entry) { return entry.second->gone() && channel_; });
  }

  // Answered by a task of ours, so that none is under way any more when stop() has ended.
  Task<> hear(std::unique_ptr<RequestChannel> channel) {
    tasks_.spawn("a question", answer(std::move(channel)));
    co_return;
  }

  Task<> answer(std::unique_ptr<RequestChannel> channel) {
    auto question = co_await channel->receive();
    if (!question) co_return;
    RequestAnswer given;
    if (const auto* service = std::get_if<ServiceRequest>(&*question)) {
      given = co_await answer_service(*service);
    } else if (const auto* switched = std::get_if<LoadBalancersRequest>(&*question)) {
      given = co_await answer_switch(*switched);
    } else if (const auto* handed = std::get_if<KubeconfigRequest>(&*question)) {
      given = co_await answer_kubeconfig(*handed);
    }
    (void)channel->send(given);
    // What was sent is on its way when the peer has closed.
    (void)co_await channel->receive();
  }

  Task<RequestAnswer> answer_service(ServiceRequest request) {
    for (const auto& entry : clusters_) {
      const std::shared_ptr<Cluster> cluster = entry.second;
      if (!request.host.starts_with(cluster->wished().stack_name + "-")) continue;
      ServiceAnswer answer = co_await cluster->service(request.host, request.name, request.action);
      co_return RequestAnswer{answer.exit_code, std::move(answer.text)};
    }
    co_return RequestAnswer{4, fmt::format("{} is the host of no cluster of this driver\n", request.host)};
  }

  Task<RequestAnswer> answer_switch(LoadBalancersRequest request) {
    std::vector<std::shared_ptr<Cluster>> meant;
    std::string names;
    for (const auto& [id, cluster] : clusters_) {
      const std::string& name = cluster->wished().name;
      names += (names.empty() ? "" : ", ") + name;
      if (name == request.cluster || id == request.cluster) meant.push_back(cluster);
    }
    if (meant.empty())
      co_return RequestAnswer{1, fmt::format("there is no cluster {}; there {}\n", request.cluster,
                                             names.empty() ? "is none" : "are: " + names)};
    if (meant.size() > 1)
      co_return RequestAnswer{1,
                              fmt::format("{} clusters are called {}; give the id\n", meant.size(), request.cluster)};
    const Result<> done = co_await meant.front()->set_load_balancers(request.enable);
    if (!done) co_return RequestAnswer{1, done.error().what + "\n"};
    co_return RequestAnswer{0, fmt::format("load balancers for Services of cluster {} are {}\n", request.cluster,
                                           request.enable ? "enabled" : "disabled")};
  }

  Task<RequestAnswer> answer_kubeconfig(KubeconfigRequest request) {
    const SteadyTime begun = env_.clock.steady();
    while (!clusters_.contains(request.cluster) && env_.clock.steady() - begun < kTellPatience)
      co_await told_.wait(kTellPatience);
    const auto found = clusters_.find(request.cluster);
    if (found == clusters_.end())
      co_return RequestAnswer{1, fmt::format("the cloud that this driver works for has told nothing of cluster {}; "
                                             "is the login that of another cloud?\n",
                                             request.cluster)};
    const std::shared_ptr<Cluster> cluster = found->second;
    // Two controllers must not serve one cluster, whoever made it.
    const auto check = [this, id = request.cluster](const std::string& identity) {
      return check_alone(id, identity);
    };
    const Result<> taken = co_await cluster->take_kubeconfig(request.kubeconfig, check);
    if (!taken) co_return RequestAnswer{1, taken.error().what + "\n"};
    co_return RequestAnswer{0, ""};
  }

  [[nodiscard]] Result<> check_alone(const std::string& id, const std::string& identity) const {
    for (const auto& [other_id, other] : clusters_) {
      if (other_id == id || std::ranges::find(other->identities(), identity) == other->identities().end()) continue;
      return fail(Errc::conflict,
                  fmt::format("it is the cluster {} ({}), which this driver {} already", other->wished().name,
                              other_id, other->wished().adopted ? "has adopted" : "makes"));
    }
    return {};
  }

  boost::asio::io_context& context_;
  Env& env_;
  DriverConfig config_;
  Notify told_;                                               // of one more cluster
  std::map<std::string, std::shared_ptr<Cluster>> clusters_;  // shared with questions that are being answered
  std::unique_ptr<cluster_link::Channel> channel_;
  std::unique_ptr<messaging::Acceptor> acceptor_;
  TaskGroup tasks_;
};

}  // namespace

Result<std::unique_ptr<Driver>> Driver::start(boost::asio::io_context& context, Env& env, DriverConfig config) {
  if (config.program.empty()) {
    std::error_code error;
    config.program = std::filesystem::read_symlink("/proc/self/exe", error).string();
    if (error) return fail_errno("find this program", error.value());
  }
  auto driver = std::make_unique<RunningDriver>(context, env, std::move(config));
  FW_TRY_DO(driver->begin());
  return driver;
}

}  // namespace fairway::cluster_driver
