#include "cloud/container_infra/drivers.h"

#include <map>
#include <set>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>

#include "cloud/container_infra/lifecycle.h"
#include "cloud/container_infra/wishes.h"
#include "cluster_link/channel.h"

namespace fairway::cloud::container_infra {
namespace {

namespace link = cluster_link;

constexpr Duration kTick = std::chrono::seconds(1);

void end_of_task(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

class Drivers::Core final : public std::enable_shared_from_this<Core> {
 public:
  Core(boost::asio::io_context& context, ApiContext& api, DriversConfig config)
      : context_(context),
        api_(api),
        env_(api.env),
        config_(std::move(config)),
        connected_(env_.metrics.gauge("fairway_cloud_cluster_drivers", "Cluster drivers that are connected.")) {}

  Result<> start() {
    if (!config_.address.empty()) {
      auto serve = [core = shared_from_this()](std::unique_ptr<link::Channel> channel) {
        return serve_driver(core, std::move(channel));
      };
      FW_TRY(acceptor_, link::accept(context_, env_, config_.address, std::move(serve)));
    }
    api_.ledger.observe([core = weak_from_this()](store::Revision, const std::vector<ChangedObject>& changed) {
      if (const auto self = core.lock()) self->committed(changed);
    });
    boost::asio::co_spawn(context_, tick(shared_from_this()), end_of_task);
    return {};
  }

  void close() {
    stopped_ = true;
    if (acceptor_) acceptor_->stop();
    if (channel_) channel_->close();
  }

  [[nodiscard]] bool configured() const { return !config_.address.empty(); }
  [[nodiscard]] bool connected() const { return channel_ != nullptr; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t reports() const { return reports_; }

  [[nodiscard]] std::string what_is_missing() const {
    if (connected()) return "";
    if (!configured()) {
      return "no cluster driver is configured: set cluster_driver_address in the section cloud, and start `fairway "
             "lab` with it";
    }
    return fmt::format("no cluster driver is connected to {}; start `fairway lab` with this address",
                       config_.address);
  }

 private:
  [[nodiscard]] const State& state() const { return api_.ledger.state(); }
  [[nodiscard]] std::string auth_url() const { return api_.identity_url() + "/v3"; }

  // ---- wishes: each durable commit

  void committed(const std::vector<ChangedObject>& changed) {
    if (!channel_) return;
    std::set<std::string> clusters;
    for (const auto& object : changed) {
      if (object.kind == Cluster::kKind) clusters.insert(object.id);
      if (object.kind != NodeGroup::kKind) continue;
      if (const auto* group = state().find<NodeGroup>(object.id)) clusters.insert(group->cluster_id);
    }
    for (const auto& id : clusters) send_wish(id);
  }

  void send_wish(const std::string& id) {
    const auto* cluster = state().find<Cluster>(id);
    if (cluster == nullptr) {
      sent_.erase(id);
      return;
    }
    auto wish = wish_of(state(), *cluster, auth_url());
    auto& sent = sent_[id];
    if (sent == wish) return;
    sent = wish;
    // A peer that is gone is noticed by its reader.
    static_cast<void>(channel_->send(link::Wish{std::move(wish)}));
  }

  // ---- facts: what the driver says

  static Task<> serve_driver(std::shared_ptr<Core> core, std::unique_ptr<link::Channel> connected) {
    const std::shared_ptr<link::Channel> channel = std::move(connected);
    const auto first = co_await channel->receive();
    const auto* hello = first ? std::get_if<link::Hello>(&*first) : nullptr;
    if (hello == nullptr || core->stopped_) {
      core->env_.log.warn("a peer on the cluster link did not say hello",
                          {{"error", first ? "another message" : first.error().what}});
      co_return;
    }
    if (!core->welcome(*hello, channel)) co_return;
    while (true) {
      const auto message = co_await channel->receive();
      if (!message) {
        core->farewell(channel, message.error().what);
        co_return;
      }
      if (core->channel_ != channel) co_return;  // its successor has taken over
      ++core->reports_;
      co_await hear(core, *message);
    }
  }

  bool welcome(const link::Hello& hello, const std::shared_ptr<link::Channel>& channel) {
    if (channel_ && hello.driver != name_) {
      env_.log.warn("a second cluster driver is turned away; end the first one to use this",
                    {{"driver", hello.driver}, {"first", name_}});
      return false;
    }
    if (channel_) channel_->close();  // the same driver, again: its old connection is dead
    channel_ = channel;
    name_ = hello.driver;
    connected_.set(1);
    env_.log.info("a cluster driver is connected", {{"driver", name_}});
    sent_.clear();
    auto wishes = all_wishes(state(), auth_url());
    for (const auto& wish : wishes) sent_.emplace(wish.id, wish);
    static_cast<void>(channel->send(link::Wishes{std::move(wishes)}));
    return true;
  }

  void farewell(const std::shared_ptr<link::Channel>& channel, const std::string& why) {
    if (channel_ != channel) return;
    channel_.reset();
    connected_.set(0);
    if (!stopped_) env_.log.warn("the cluster driver has gone away", {{"driver", name_}, {"why", why}});
  }

  // In order: the next message waits until this one is durable.
  static Task<> hear(std::shared_ptr<Core> core, link::Message message) {
    const auto done = co_await core->api_.ledger.keep<bool>([&](Work& work) -> Result<bool> {
      if (const auto* facts = std::get_if<link::Facts>(&message)) take_facts(work, core->env_, *facts);
      if (const auto* gone = std::get_if<link::Gone>(&message)) take_gone(work, gone->id);
      return true;
    });
    // The store's failure is sticky and said there; nothing more is acknowledged, here neither.
    if (!done) core->env_.log.error("what the cluster driver said was not kept", {{"error", done.error().what}});
  }

  // ---- time

  static Task<> tick(std::shared_ptr<Core> core) {
    while (!core->stopped_) {
      co_await core->env_.timers.sleep(kTick);
      if (core->stopped_ || !any_overdue(core->state(), core->env_)) continue;
      const auto done = co_await core->api_.ledger.keep<bool>([&core](Work& work) -> Result<bool> {
        fail_overdue(work, core->env_, core->what_is_missing());
        return true;
      });
      if (!done) core->env_.log.error("clusters stay in progress", {{"error", done.error().what}});
    }
  }

  boost::asio::io_context& context_;
  ApiContext& api_;
  Env& env_;
  DriversConfig config_;
  Gauge& connected_;
  std::unique_ptr<link::Acceptor> acceptor_;
  std::shared_ptr<link::Channel> channel_;  // null: away
  std::string name_;
  std::map<std::string, link::ClusterWish> sent_;  // in this connection
  std::uint64_t reports_ = 0;
  bool stopped_ = false;
};

Result<std::unique_ptr<Drivers>> Drivers::start(boost::asio::io_context& context, ApiContext& api,
                                                DriversConfig config) {
  auto core = std::make_shared<Core>(context, api, std::move(config));
  FW_TRY_DO(core->start());
  return std::unique_ptr<Drivers>(new Drivers(std::move(core)));  // private constructor
}

Drivers::Drivers(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Drivers::~Drivers() { core_->close(); }

bool Drivers::configured() const { return core_->configured(); }
bool Drivers::connected() const { return core_->connected(); }
std::string Drivers::name() const { return core_->name(); }
std::uint64_t Drivers::reports() const { return core_->reports(); }
std::string Drivers::what_is_missing() const { return core_->what_is_missing(); }
void Drivers::stop() { core_->close(); }

}  // namespace fairway::cloud::container_infra
