#include "cloud/load_balancer/gateways.h"

#include <algorithm>
#include <ranges>
#include <set>

#include <boost/asio/co_spawn.hpp>

#include "cloud/load_balancer/counters.h"
#include "cloud/load_balancer/projection.h"
#include "cloud/load_balancer/transitions.h"
#include "gateway_link/channel.h"
#include "runtime/sync.h"

namespace fairway::cloud {
namespace {

namespace link = gateway_link;

constexpr Duration kTick = std::chrono::milliseconds(500);
constexpr Duration kKeepCountersEvery = std::chrono::seconds(30);

void end_of_task(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

using LbKinds = KindList<LoadBalancer, Listener, Pool, Member, HealthMonitor>;

// One gateway, by name: what it has said, also while it is away for a moment.
struct Source {
  std::shared_ptr<link::Channel> channel;      // null: away
  store::Revision sent = 0, acknowledged = 0;  // in this connection
  store::Revision in_force = 0;                // as far as its last word goes, over connections
  SteadyTime unanswered_since = {};            // of the oldest change that it has not acknowledged
  SteadyTime gone_at = {};
  bool silent = false;  // was cut off for that, and has not answered since: connected or not, it is away
  std::map<std::pair<std::string, std::string>, std::string> complaints;
  std::map<std::string, std::string> members;
};

}  // namespace

class Gateways::Core final : public Facts, public std::enable_shared_from_this<Core> {
 public:
  Core(boost::asio::io_context& context, Env& env, Ledger& ledger, GatewaysConfig config)
      : context_(context),
        env_(env),
        ledger_(ledger),
        config_(std::move(config)),
        projector_(ledger.state(), ledger.revision()),
        counters_(ledger.state()),
        connected_(env.metrics.gauge("fairway_cloud_gateways", "Gateways that are connected.")),
        settle_seconds_(env.metrics.histogram("fairway_load_balancer_settle_seconds",
                                              "From a durable change of a load balancer to the end of PENDING_*.",
                                              {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 2, 5, 30})),
        failures_(
            env.metrics.counter("fairway_gateway_failures_total", "Objects that a gateway could not put in force.")),
        away_since_(env.clock.steady()) {
    for (const auto& [id, balancer] : projector_.world().load_balancers) appeared_[id] = projector_.world().revision;
    for (const auto& [id, row] : ledger.state().table<LoadBalancer>().rows()) note_pending(id);
    LbKinds::for_each([&]<class T>() {
      for (const auto& [id, row] : ledger.state().table<T>().rows()) note_error<T>(id);
    });
  }

  Result<> start() {
    if (!config_.address.empty()) {
      auto serve = [core = shared_from_this()](std::unique_ptr<link::Channel> channel) {
        return serve_gateway(core, std::move(channel));
      };
      FW_TRY(acceptor_, link::accept(context_, env_, config_.address, std::move(serve)));
    }
    ledger_.observe([core = weak_from_this()](store::Revision revision, const std::vector<ChangedObject>& changed) {
      if (const auto self = core.lock()) self->committed(revision, changed);
    });
    boost::asio::co_spawn(context_, tick(shared_from_this()), end_of_task);
    settle_due();
    return {};
  }

  // ---- facts

  [[nodiscard]] bool serves(const std::string& load_balancer_id) const override {
    const auto at = appeared_.find(load_balancer_id);
    if (config_.noop || at == appeared_.end()) return false;
    const auto shown = projector_.world().load_balancers.find(load_balancer_id);
    if (shown == projector_.world().load_balancers.end() || shown->second.router_id.empty()) return false;
    return std::ranges::any_of(sources_ | std::views::values,
                               [&](const Source& source) { return source.in_force >= at->second; });
  }

  // Where one gateway reaches a member, it is up.
  [[nodiscard]] std::string_view member_status(const std::string& member_id) const override {
    std::string_view status;
    for (const auto& source : sources_ | std::views::values) {
      const auto at = source.members.find(member_id);
      if (at != source.members.end() && (status.empty() || at->second == "ONLINE")) status = at->second;
    }
    return status;
  }

  [[nodiscard]] std::string_view complaint(std::string_view kind, const std::string& id) const override {
    for (const auto& source : sources_ | std::views::values) {
      const auto at = source.complaints.find({std::string(kind), id});
      if (at != source.complaints.end()) return at->second;
    }
    return "";
  }

  [[nodiscard]] Statistics statistics(const std::string& listener_id) const override {
    return counters_.of(listener_id);
  }

  [[nodiscard]] std::size_t connected() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        sources_ | std::views::values, [](const Source& source) { return source.channel != nullptr; }));
  }

  // Of those, they that answer.
  [[nodiscard]] bool anybody_answers() const {
    return std::ranges::any_of(sources_ | std::views::values,
                               [](const Source& source) { return source.channel != nullptr && !source.silent; });
  }

  // ---- for the API

  void observe(std::function<void()> observer) { observers_.push_back(std::move(observer)); }

  void send_again(const std::string& load_balancer_id) { again_.insert(load_balancer_id); }

  [[nodiscard]] bool is_settled(const std::string& load_balancer_id) const {
    const auto* balancer = ledger_.state().find<LoadBalancer>(load_balancer_id);
    return balancer == nullptr || !is_pending(balancer->provisioning_status);
  }

  static Task<bool> wait_settled(std::shared_ptr<Core> core, std::string id, Duration limit) {
    return wait_for(core, core->settled_, limit, [core, id = std::move(id)] { return core->is_settled(id); });
  }

  static Task<bool> wait_in_force(std::shared_ptr<Core> core, Duration limit) {
    return wait_for(core, core->heard_, limit, [core, revision = core->packets_revision()] {
      return !core->anybody_answers() || core->in_force(revision);
    });
  }

  static Task<Result<>> keep_counters(std::shared_ptr<Core> core) {
    FW_CO_TRY_DO(core->ledger_.healthy());  // before they are taken: a later call keeps them
    const auto rows = core->counters_.take_changed();
    if (rows.empty()) co_return Result<>{};
    const auto kept = co_await core->ledger_.change<bool>([&rows](Work& work) -> Result<bool> {
      for (const auto& row : rows) {
        if (work.find<Listener>(row.id) != nullptr) work.put(row);
      }
      return true;
    });
    if (!kept) co_return std::unexpected(kept.error());
    co_return Result<>{};
  }

  static Task<> stop(std::shared_ptr<Core> core) {
    core->stopped_ = true;
    if (core->acceptor_) core->acceptor_->stop();
    for (auto& source : core->sources_ | std::views::values) {
      if (source.channel) source.channel->close();
    }
    const auto kept = co_await keep_counters(core);
    if (!kept) core->env_.log.warn("the last counters were not kept", {{"error", kept.error().what}});
  }

  void close() {
    stopped_ = true;
    acceptor_.reset();
    for (auto& source : sources_ | std::views::values) {
      if (source.channel) source.channel->close();
    }
  }

 private:
  // Each notification is a reason to look again.
  static Task<bool> wait_for(std::shared_ptr<Core> core, Notify& notify, Duration limit,
                             std::function<bool()> holds) {
    const auto deadline = core->env_.clock.steady() + limit;
    while (!holds()) {
      const auto left = deadline - core->env_.clock.steady();
      if (left <= Duration::zero()) co_return false;
      const bool notified = co_await notify.wait(left);
      if (!notified) co_return holds();
    }
    co_return true;
  }

  // What waits for a gateway.
  struct Pending {
    store::Revision waits_for = 0;
    SteadyTime since = {};
    bool settling = false;
  };

  // ---- wishes: each durable commit

  void committed(store::Revision revision, const std::vector<ChangedObject>& changed) {
    auto change = projector_.advance(ledger_.state(), revision, changed);
    for (const auto& object : changed) {
      if (object.kind == LoadBalancer::kKind) put_again(object.id, change);
    }
    if (!change.empty()) {
      note_appearances(change);
      send(change);
    }
    bool settled = false;
    for (const auto& object : changed) {
      LbKinds::for_each([&]<class T>() {
        if (T::kKind == object.kind) note_error<T>(object.id);
      });
      if (object.kind == LoadBalancer::kKind) settled |= !note_pending(object.id);
      if (object.deleted && object.kind == Listener::kKind) counters_.forget(object.id);
      if (object.deleted && object.kind == Member::kKind) forget_member(object.id);
    }
    if (settled) settled_.notify_all();
    settle_due();
  }

  void put_again(const std::string& id, link::ChangeSet& change) {
    if (again_.erase(id) == 0) return;
    const auto& world = projector_.world();
    if (const auto at = world.load_balancers.find(id); at != world.load_balancers.end()) {
      change.put.load_balancers.insert(*at);
    }
    for (const auto* listener : ledger_.state().table<Listener>().find_by("load_balancer_id", id)) {
      if (const auto at = world.listeners.find(listener->id); at != world.listeners.end())
        change.put.listeners.insert(*at);
    }
    for (const auto* pool : ledger_.state().table<Pool>().find_by("load_balancer_id", id)) {
      if (const auto at = world.pools.find(pool->id); at != world.pools.end()) change.put.pools.insert(*at);
    }
    repeated_ = change.revision;
  }

  void note_appearances(const link::ChangeSet& change) {
    for (const auto& [id, balancer] : change.put.load_balancers) appeared_.emplace(id, change.revision);
    for (const auto& gone : change.deleted) {
      if (gone.kind == LoadBalancer::kKind) appeared_.erase(gone.id);
    }
  }

  void forget_member(const std::string& id) {
    for (auto& source : sources_ | std::views::values) source.members.erase(id);
  }

  void send(const link::ChangeSet& change) {
    for (auto& [name, source] : sources_) {
      if (!source.channel) continue;
      if (source.acknowledged >= source.sent) source.unanswered_since = env_.clock.steady();
      source.sent = change.revision;
      // A peer that is gone is noticed by its reader.
      static_cast<void>(source.channel->send(change));
    }
  }

  // ---- facts: what one gateway says

  static Task<> serve_gateway(std::shared_ptr<Core> core, std::unique_ptr<link::Channel> connected) {
    const std::shared_ptr<link::Channel> channel = std::move(connected);
    const auto first = co_await channel->receive();
    const auto* hello = first ? std::get_if<link::Hello>(&*first) : nullptr;
    if (hello == nullptr || core->stopped_) {
      core->env_.log.warn("a peer on the gateway link did not say hello",
                          {{"error", first ? "another message" : first.error().what}});
      co_return;
    }
    const std::string name = hello->gateway;
    core->welcome(name, channel);
    while (true) {
      auto message = co_await channel->receive();
      if (!message) {
        core->farewell(name, channel, message.error().what);
        co_return;
      }
      core->hear(name, channel, *message);
    }
  }

  void welcome(const std::string& name, const std::shared_ptr<link::Channel>& channel) {
    auto& source = sources_[name];
    if (source.channel) source.channel->close();  // the same gateway, again: its old connection is dead
    source.channel = channel;
    source.sent = projector_.world().revision;
    source.acknowledged = 0;
    source.unanswered_since = env_.clock.steady();
    connected_.set(static_cast<double>(connected()));
    env_.log.info("a gateway is connected", {{"gateway", name}, {"revision", std::to_string(source.sent)}});
    static_cast<void>(channel->send(link::WholeWorld{projector_.world()}));
    tell_observers();
  }

  void farewell(const std::string& name, const std::shared_ptr<link::Channel>& channel, const std::string& why) {
    auto& source = sources_[name];
    if (source.channel != channel) return;
    source.channel.reset();
    source.gone_at = env_.clock.steady();
    heard_.notify_all();
    counters_.gateway_gone(name);
    connected_.set(static_cast<double>(connected()));
    if (!source.silent && !anybody_answers()) away_since_ = source.gone_at;
    if (!stopped_) env_.log.warn("a gateway has gone away", {{"gateway", name}, {"why", why}});
    tell_observers();
  }

  void hear(const std::string& name, const std::shared_ptr<link::Channel>& channel, const link::Message& message) {
    auto& source = sources_[name];
    if (source.channel != channel) return;
    if (const auto* applied = std::get_if<link::Applied>(&message)) hear_applied(name, source, *applied);
    if (const auto* health = std::get_if<link::Health>(&message)) hear_health(source, *health);
    if (const auto* counters = std::get_if<link::Counters>(&message)) {
      counters_.note(name, *counters);
    } else {
      tell_observers();
    }
  }

  void tell_observers() const {
    for (const auto& observer : observers_) observer();
  }

  void hear_applied(const std::string& name, Source& source, const link::Applied& applied) {
    source.acknowledged = std::min(applied.revision, source.sent);
    source.in_force = source.acknowledged;
    source.silent = false;
    heard_.notify_all();
    source.unanswered_since = env_.clock.steady();
    auto before = std::exchange(source.complaints, {});
    for (const auto& failure : applied.failed) {
      if (has_no_router(failure)) continue;  // nothing can serve it yet, and that is no error
      const std::pair key{failure.kind, failure.id};
      source.complaints[key] = failure.what;
      const auto at = before.find(key);
      if (at != before.end() && at->second == failure.what) continue;
      failures_.add();
      env_.log.warn("a gateway could not put an object in force",
                    {{"gateway", name}, {"kind", failure.kind}, {"id", failure.id}, {"why", failure.what}});
    }
    settle_due();
    if (!errors_.empty() && source.acknowledged >= source.sent) {
      boost::asio::co_spawn(context_, mend_all(shared_from_this(), std::exchange(errors_, {})), end_of_task);
    }
  }

  [[nodiscard]] bool has_no_router(const link::Failure& failure) const {
    const auto& world = projector_.world();
    std::string id = failure.kind == LoadBalancer::kKind ? failure.id : "";
    if (const auto at = world.listeners.find(failure.id); at != world.listeners.end())
      id = at->second.load_balancer_id;
    if (const auto at = world.pools.find(failure.id); at != world.pools.end()) id = at->second.load_balancer_id;
    const auto balancer = world.load_balancers.find(id);
    return balancer != world.load_balancers.end() && balancer->second.router_id.empty();
  }

  static void hear_health(Source& source, const link::Health& health) {
    if (health.whole) source.members.clear();
    for (const auto& member : health.members) source.members[member.member_id] = member.status;
  }

  // ---- settling

  // Says whether it is pending.
  bool note_pending(const std::string& id) {
    if (is_settled(id)) {
      if (const auto at = pending_.find(id); at != pending_.end()) {
        settle_seconds_.observe(std::chrono::duration<double>(env_.clock.steady() - at->second.since).count());
        pending_.erase(at);
      }
      return false;
    }
    auto& pending = pending_[id];
    if (pending.since == SteadyTime{}) pending.since = env_.clock.steady();
    pending.waits_for = packets_revision();
    return true;
  }

  // Of the last change that concerns packets.
  [[nodiscard]] store::Revision packets_revision() const { return std::max(projector_.world().revision, repeated_); }

  [[nodiscard]] bool nobody_answers() const {
    return !anybody_answers() && env_.clock.steady() - away_since_ >= config_.away_patience;
  }

  [[nodiscard]] bool is_due(const Pending& pending) const {
    return config_.noop || nobody_answers() || in_force(pending.waits_for);
  }

  [[nodiscard]] bool in_force(store::Revision revision) const {
    return std::ranges::any_of(sources_ | std::views::values, [revision](const Source& source) {
      return source.channel != nullptr && source.acknowledged != 0 && source.acknowledged >= revision;
    });
  }

  void settle_due() {
    std::vector<std::string> due;
    for (auto& [id, pending] : pending_) {
      if (pending.settling || !is_due(pending)) continue;
      pending.settling = true;
      due.push_back(id);
    }
    if (!due.empty()) boost::asio::co_spawn(context_, settle_all(shared_from_this(), std::move(due)), end_of_task);
  }

  static Task<> settle_all(std::shared_ptr<Core> core, std::vector<std::string> ids) {
    const auto failures = core->present_failures();
    const auto done = co_await core->ledger_.keep<bool>([&](Work& work) -> Result<bool> {
      for (const auto& id : ids) settle(work, core->env_, id, failures);
      return true;
    });
    // The store's failure is sticky and said there; nothing more is acknowledged, here neither.
    if (!done) core->env_.log.error("load balancers stay pending", {{"error", done.error().what}});
    if (done) core->settle_again(ids);
  }

  // One that was changed once more while it was being settled is pending still, and nobody else settles it.
  void settle_again(const std::vector<std::string>& ids) {
    for (const auto& id : ids) {
      if (pending_.contains(id) && note_pending(id)) pending_[id].settling = false;
    }
    settle_due();
  }

  // ---- mending: an object in ERROR that the gateway has in force after all

  template <class T>
  void note_error(const std::string& id) {
    const auto* object = ledger_.state().find<T>(id);
    if (object == nullptr || object->provisioning_status != kError || object->error_reason.empty()) return;
    errors_.insert(load_balancer_of(*object));
  }
  [[nodiscard]] static std::string load_balancer_of(const LoadBalancer& balancer) { return balancer.id; }
  [[nodiscard]] static std::string load_balancer_of(const Listener& listener) { return listener.load_balancer_id; }
  [[nodiscard]] static std::string load_balancer_of(const Pool& pool) { return pool.load_balancer_id; }
  [[nodiscard]] std::string load_balancer_of(const Member& member) const {
    const auto* pool = ledger_.state().find<Pool>(member.pool_id);
    return pool == nullptr ? "" : pool->load_balancer_id;
  }
  [[nodiscard]] std::string load_balancer_of(const HealthMonitor& monitor) const {
    const auto pools = ledger_.state().table<Pool>().find_by("health_monitor_id", monitor.id);
    return pools.empty() ? "" : pools.front()->load_balancer_id;
  }

  [[nodiscard]] Failures present_failures() const {
    Failures failures;
    for (const auto& source : sources_ | std::views::values) {
      failures.insert(source.complaints.begin(), source.complaints.end());
    }
    return failures;
  }

  static Task<> mend_all(std::shared_ptr<Core> core, std::set<std::string> ids) {
    const auto failures = core->present_failures();
    const auto done = co_await core->ledger_.keep<bool>([&](Work& work) -> Result<bool> {
      for (const auto& id : ids) mend(work, core->env_, id, failures);
      return true;
    });
    if (!done) core->env_.log.error("load balancers stay in ERROR", {{"error", done.error().what}});
    if (done) core->keep_errors(ids);
  }

  // What is still in ERROR is looked at again with the next word of a gateway.
  void keep_errors(const std::set<std::string>& ids) {
    for (const auto& id : ids) {
      note_error<LoadBalancer>(id);
      for (const auto* listener : ledger_.state().table<Listener>().find_by("load_balancer_id", id)) {
        note_error<Listener>(listener->id);
      }
      for (const auto* pool : ledger_.state().table<Pool>().find_by("load_balancer_id", id)) {
        note_error<Pool>(pool->id);
        for (const auto& monitor : pool->health_monitor_ids) note_error<HealthMonitor>(monitor);
        for (const auto* member : ledger_.state().table<Member>().find_by("pool_id", pool->id))
          note_error<Member>(member->id);
      }
    }
  }

  // ---- time

  static Task<> tick(std::shared_ptr<Core> core) {
    auto kept_at = core->env_.clock.steady();
    while (!core->stopped_) {
      co_await core->env_.timers.sleep(kTick);
      if (core->stopped_) co_return;
      core->cut_off_silent();
      core->forget_departed();
      core->settle_due();
      if (core->env_.clock.steady() - kept_at < kKeepCountersEvery) continue;
      kept_at = core->env_.clock.steady();
      const auto kept = co_await keep_counters(core);
      if (!kept) core->env_.log.warn("counters were not kept", {{"error", kept.error().what}});
    }
  }

  void cut_off_silent() {
    for (auto& [name, source] : sources_) {
      if (!source.channel || source.acknowledged >= source.sent) continue;
      if (env_.clock.steady() - source.unanswered_since < config_.silent_patience) continue;
      env_.log.error("a gateway does not answer and is cut off", {{"gateway", name}});
      const bool was_silent = std::exchange(source.silent, true);
      if (!was_silent && !anybody_answers()) away_since_ = env_.clock.steady();
      source.channel->close();
    }
  }

  void forget_departed() {
    const auto forgotten = std::erase_if(sources_, [&](const auto& entry) {
      return entry.second.channel == nullptr && env_.clock.steady() - entry.second.gone_at >= config_.facts_patience;
    });
    if (forgotten != 0) tell_observers();
  }

  boost::asio::io_context& context_;
  Env& env_;
  Ledger& ledger_;
  GatewaysConfig config_;
  Projector projector_;
  CounterBook counters_;
  Gauge& connected_;
  Histogram& settle_seconds_;
  Counter& failures_;
  std::unique_ptr<link::Acceptor> acceptor_;
  std::vector<std::function<void()>> observers_;
  std::map<std::string, Source> sources_;
  std::map<std::string, store::Revision> appeared_;  // when a load balancer entered the world
  std::map<std::string, Pending> pending_;
  std::set<std::string> again_;
  std::set<std::string> errors_;  // load balancers with an object in ERROR for a gateway's reason
  store::Revision repeated_ = 0;  // the last change that was sent although nothing differed
  SteadyTime away_since_;
  Notify settled_;
  Notify heard_;  // a gateway has acknowledged something, or went
  bool stopped_ = false;
};

Result<std::unique_ptr<Gateways>> Gateways::start(boost::asio::io_context& context, Env& env, Ledger& ledger,
                                                  GatewaysConfig config) {
  auto core = std::make_shared<Core>(context, env, ledger, std::move(config));
  FW_TRY_DO(core->start());
  return std::unique_ptr<Gateways>(new Gateways(std::move(core)));  // private constructor
}

Gateways::Gateways(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Gateways::~Gateways() { core_->close(); }

const Facts& Gateways::facts() const { return *core_; }
std::size_t Gateways::connected() const { return core_->connected(); }
void Gateways::observe(std::function<void()> observer) { core_->observe(std::move(observer)); }
void Gateways::send_again(const std::string& load_balancer_id) { core_->send_again(load_balancer_id); }
Task<bool> Gateways::wait_settled(std::string load_balancer_id, Duration limit) {
  return Core::wait_settled(core_, std::move(load_balancer_id), limit);
}
Task<bool> Gateways::wait_in_force(Duration limit) { return Core::wait_in_force(core_, limit); }
Task<Result<>> Gateways::keep_counters() { return Core::keep_counters(core_); }
Task<> Gateways::stop() { return Core::stop(core_); }

}  // namespace fairway::cloud
