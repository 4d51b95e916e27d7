#include "gateway/engine.h"

#include <pwd.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "dataplane/files.h"
#include "dataplane/haproxy/proxy.h"
#include "dataplane/nat/routers.h"
#include "dataplane/ping/pinger.h"
#include "gateway/probes.h"
#include "net/namespace.h"

namespace fairway::gateway {
namespace {

using dataplane::ApplyReport;
using dataplane::haproxy::Proxy;
using dataplane::ping::Pinger;
using forwarding::RouterTable;
using forwarding::Table;
using gateway_link::Health;
using gateway_link::MemberHealth;

// After a change new servers are checked within milliseconds, and HAProxy says nothing of one that simply is up.
constexpr std::array kLooks{std::chrono::milliseconds(10), std::chrono::milliseconds(40),
                            std::chrono::milliseconds(200), std::chrono::milliseconds(1000)};

// After which HAProxy is told again what it did not take of the probes.
constexpr auto kProbesAgain = std::chrono::seconds(2);

// Of a table that comes after `before`: what is unchanged is taken over, since rendering a thousand takes
// milliseconds.
Services to_services(const RouterTable& router, const RouterTable& before, Services made_before) {
  Services services;
  for (const auto& frontend : router.frontends) {
    const auto pool = router.pools.find(frontend.pool_id);
    if (pool == router.pools.end()) continue;
    const auto old =
        std::ranges::lower_bound(before.frontends, frontend.listener_id, {}, &forwarding::Frontend::listener_id);
    const auto old_pool = before.pools.find(frontend.pool_id);
    const bool same = old != before.frontends.end() && *old == frontend && old_pool != before.pools.end() &&
                      old_pool->second == pool->second;
    auto kept = same ? made_before.extract(frontend.listener_id) : Services::node_type{};
    if (kept.empty()) {
      services.emplace_hint(services.end(), frontend.listener_id,
                            dataplane::haproxy::to_service(frontend, pool->second));
    } else {
      services.insert(services.end(), std::move(kept));
    }
  }
  return services;
}

// 0: none.
std::int64_t open_files_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return 0;
  return static_cast<std::int64_t>(limit.rlim_max);
}

// A member of a pool that several listeners share is checked by each: the worst word counts.
int badness(const std::string& status) {
  constexpr std::array<std::string_view, 5> kOrder{"ONLINE", "NO_MONITOR", "DRAINING", "OFFLINE", "ERROR"};
  return static_cast<int>(std::ranges::find(kOrder, status) - kOrder.begin());
}

class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Env& env, EngineConfig config)
      : env_(env), config_(std::move(config)), routers_(env, net::Fabric(config_.prefix)) {
    const auto open = [&env](boost::asio::any_io_executor executor, const std::string& ns) {
      return dataplane::ping::open_asker(std::move(executor), env.random, ns);
    };
    // Ended by close(), before this goes.
    pinger_ = std::make_shared<Pinger>(env, open, [this](const std::string& ns) { hear_probes(ns); });
    if (config_.run_directory.empty()) config_.run_directory = "/run/fairway/" + config_.prefix;
  }

  Task<ApplyReport> apply(Table table) {
    const auto hold = co_await applying_.lock();
    ApplyReport report;
    for (const auto& refusal : table.refused) report.failed.push_back({refusal.kind, refusal.id, refusal.why});
    co_await remove_stale(table, report);
    bool changed = false;
    for (auto& [id, router] : table.routers) {
      auto& done = done_[id];
      if (done.good && done.table == router) {
        report.failed.insert(report.failed.end(), done.failed.begin(), done.failed.end());
        continue;
      }
      changed = true;
      done.good = false;
      done.failed.clear();
      co_await apply_router(router, done);
      report.failed.insert(report.failed.end(), done.failed.begin(), done.failed.end());
      done.table = std::move(router);
    }
    if (changed) look_again();
    co_return report;
  }

  Task<Result<Health>> health() {
    std::map<std::pair<std::string, std::string>, std::string> worst;
    for (const auto& proxy : proxies()) {
      auto members = co_await proxy->health();
      if (!members) continue;  // it is being started anew; the next look finds it
      for (const auto& member : *members) {
        auto [at, fresh] = worst.try_emplace({member.pool_id, member.member_id}, member.status);
        if (!fresh && badness(member.status) > badness(at->second)) at->second = member.status;
      }
    }
    Health health;
    health.whole = true;
    for (const auto& [key, status] : worst) health.members.push_back({key.first, key.second, status});
    co_return health;
  }

  Task<Result<gateway_link::Counters>> counters() {
    gateway_link::Counters counters;
    counters.epoch = epoch();
    for (const auto& proxy : proxies()) {
      auto listeners = co_await proxy->counters();
      if (listeners) counters.listeners.insert(counters.listeners.end(), listeners->begin(), listeners->end());
    }
    co_return counters;
  }

  void on_health(std::function<void(Health)> callback) { callback_ = std::move(callback); }

  Task<> remove_all() {
    const auto hold = co_await applying_.lock();
    removed_ = true;
    std::set<std::string> names = directories();
    for (auto& name : net::list_namespaces(config_.prefix + "-r-")) names.insert(name);
    for (const auto& ns : names) {
      if (pinger_) pinger_->forget(ns);
      co_await proxy_of(ns)->stop();
    }
    proxies_.clear();
    done_.clear();
    if (auto done = routers_.remove_all(); !done)
      env_.log.error("something of the gateway is left", {{"error", done.error().what}});
    std::error_code ignored;
    std::filesystem::remove_all(config_.run_directory, ignored);
  }

  void close() {
    callback_ = nullptr;
    removed_ = true;
    pinger_.reset();
  }

 private:
  struct Done {
    RouterTable table;      // the last that was tried
    Services services;      // of it
    bool prepared = false;  // its namespace, legs and addresses are there
    bool good = false;      // all of it is in force
    std::vector<gateway_link::Failure> failed;
  };

  Task<> apply_router(const RouterTable& router, Done& done) {
    done.services = to_services(router, done.table, std::exchange(done.services, {}));
    done.prepared = false;
    if (auto prepared = routers_.prepare(router); !prepared) {
      fail_all(router, prepared.error().what, done);
      co_return;
    }
    done.prepared = true;
    const auto ns = routers_.fabric().router_namespace(router.router_id);
    if (pinger_) co_await pinger_->watch(ns, to_targets(router));
    co_await serve(router, done);
  }

  // Members by HAProxy, and what leads to it.
  Task<> serve(const RouterTable& router, Done& done) {
    const auto ns = routers_.fabric().router_namespace(router.router_id);
    lay_over(done.services, router, health_in(ns));
    auto outcome = co_await proxy_of(ns)->apply(done.services);
    done.failed = std::move(outcome.failed);
    if (auto published = routers_.publish(router, outcome.ports); !published) {
      fail_all(router, published.error().what, done);
      co_return;
    }
    done.good = done.prepared && done.failed.empty();
  }

  // What the cloud waits for are load balancers and floating IPs, not routers.
  void fail_all(const RouterTable& router, const std::string& what, Done& done) {
    env_.log.error("a router cannot be made", {{"router", router.router_id}, {"error", what}});
    done.failed.push_back({"router", router.router_id, what});
    for (const auto& vip : router.vips) done.failed.push_back({"load_balancer", vip.load_balancer_id, what});
    for (const auto& pair : router.nat) done.failed.push_back({"floating_ip", pair.floating_ip_id, what});
  }

  Task<> remove_stale(const Table& table, ApplyReport& report) {
    std::set<std::string> wanted;
    for (const auto& [id, router] : table.routers) wanted.insert(routers_.fabric().router_namespace(id));
    std::set<std::string> names;
    for (auto& ns : routers_.stale(table)) names.insert(ns);
    if (!looked_) names.merge(directories());  // of an earlier life
    looked_ = true;
    for (const auto& ns : names) {
      if (wanted.contains(ns)) continue;
      if (pinger_) pinger_->forget(ns);
      co_await proxy_of(ns)->stop();
      proxies_.erase(ns);
      if (auto removed = routers_.remove(ns); !removed) report.failed.push_back({"router", ns, removed.error().what});
    }
    std::erase_if(done_, [&](const auto& entry) { return !table.routers.contains(entry.first); });
  }

  std::set<std::string> directories() const {
    std::set<std::string> names;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(config_.run_directory, ignored)) {
      if (entry.is_directory(ignored)) names.insert(entry.path().filename());
    }
    return names;
  }

  std::shared_ptr<Proxy> proxy_of(const std::string& ns) {
    auto& proxy = proxies_[ns];
    if (proxy) return proxy;
    dataplane::haproxy::ProxyConfig config;
    config.program = config_.haproxy;
    config.network_namespace = ns;
    config.globals.directory = config_.run_directory + "/" + ns;
    config.globals.max_connections = config_.max_connections;
    config.globals.descriptors = open_files_limit();
    config.globals.threads = config_.haproxy_threads;
    config.globals.user = config_.haproxy_user;
    config.globals.group = config_.haproxy_group;
    proxy = std::make_shared<Proxy>(env_, std::move(config), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->look();
    });
    return proxy;
  }

  ProbeHealth health_in(const std::string& ns) const {
    return [this, ns](const std::string& pool_id, const std::string& member_id) {
      return pinger_ ? pinger_->health(ns, pool_id, member_id) : dataplane::ping::Health::pending;
    };
  }

  // Several changes while one waits for its turn are served together.
  void hear_probes(const std::string& ns) {
    if (removed_ || !executor_ || !probed_.insert(ns).second) return;
    boost::asio::co_spawn(
        executor_,
        [](std::shared_ptr<Core> self, std::string there) -> Task<> {
          const auto hold = co_await self->applying_.lock();
          self->probed_.erase(there);
          if (!self->removed_) co_await self->serve_probed(std::move(there));
        }(shared_from_this(), ns),
        boost::asio::detached);
  }

  Task<> serve_probed(std::string ns) {
    const auto found = std::ranges::find_if(
        done_, [&](const auto& entry) { return routers_.fabric().router_namespace(entry.first) == ns; });
    if (found == done_.end()) co_return;
    auto& [id, done] = *found;
    co_await serve(done.table, done);
    for (const auto& failure : done.failed)
      env_.log.warn("a member's health is not in force", {{"object", failure.id}, {"error", failure.what}});
    if (done.prepared && !done.good) tell_probes_later(std::move(ns));
    look();
  }

  // The next change of the table may be far away. One wait for each router, however often it is asked for.
  void tell_probes_later(std::string ns) {
    if (!told_again_.insert(ns).second) return;
    boost::asio::co_spawn(
        executor_,
        [](std::weak_ptr<Core> weak, Timers& timers, std::string there) -> Task<> {
          co_await timers.sleep(kProbesAgain);
          const auto self = weak.lock();
          if (!self) co_return;
          self->told_again_.erase(there);
          self->hear_probes(there);
        }(weak_from_this(), env_.timers, std::move(ns)),
        boost::asio::detached);
  }

  std::vector<std::shared_ptr<Proxy>> proxies() const {
    std::vector<std::shared_ptr<Proxy>> all;
    all.reserve(proxies_.size());
    for (const auto& [ns, proxy] : proxies_) all.push_back(proxy);
    return all;
  }

  // Constant over reloads and our restarts, since the proxies keep their sums: new when the run directory is.
  std::string epoch() {
    if (!epoch_.empty()) return epoch_;
    const auto path = config_.run_directory + "/epoch";
    if (auto kept = dataplane::read_file(path)) return epoch_ = *kept;
    epoch_ = make_hex_id(env_.random);
    auto saved = dataplane::make_directory(config_.run_directory, 0755);
    if (saved) saved = dataplane::write_file(path, epoch_);
    if (!saved) env_.log.warn("counters will begin anew after a restart", {{"error", saved.error().what}});
    return epoch_;
  }

  // Several calls while a look is under way become one more look.
  void look() {
    look_wanted_ = true;
    if (looking_ || removed_ || !executor_) return;
    looking_ = true;
    boost::asio::co_spawn(
        executor_,
        [](std::shared_ptr<Core> self) -> Task<> {
          while (std::exchange(self->look_wanted_, false) && !self->removed_) co_await self->report_health();
          self->looking_ = false;
        }(shared_from_this()),
        boost::asio::detached);
  }

  Task<> report_health() {
    auto health = co_await this->health();
    if (!health || health->members == last_health_ || !callback_) co_return;
    last_health_ = health->members;
    callback_(*std::move(health));
  }

  // How long until the next look; nothing when there is none.
  static std::optional<Duration> next_look(const std::weak_ptr<Core>& weak) {
    const auto self = weak.lock();
    if (!self || self->removed_) return std::nullopt;
    if (self->looks_left_ < kLooks.size()) return kLooks[self->looks_left_++];
    self->waiting_ = false;
    return std::nullopt;
  }

  void look_again() {
    looks_left_ = 0;
    if (waiting_ || !executor_) return;
    waiting_ = true;
    boost::asio::co_spawn(
        executor_,
        [](std::weak_ptr<Core> weak, Timers& timers) -> Task<> {
          while (const auto wait = next_look(weak)) {
            co_await timers.sleep(*wait);
            if (const auto self = weak.lock()) self->look();
          }
        }(weak_from_this(), env_.timers),
        boost::asio::detached);
  }

 public:
  void use(boost::asio::any_io_executor executor) { executor_ = std::move(executor); }

 private:
  Env& env_;
  EngineConfig config_;
  dataplane::nat::Routers routers_;
  AsyncMutex applying_;
  std::shared_ptr<Pinger> pinger_;
  std::set<std::string> probed_;      // namespaces in which probes have said something new
  std::set<std::string> told_again_;  // of those the routers whose HAProxy will be told once more
  std::map<std::string, std::shared_ptr<Proxy>> proxies_;  // by namespace
  std::map<std::string, Done> done_;                       // by router
  std::vector<MemberHealth> last_health_;
  std::function<void(Health)> callback_;
  boost::asio::any_io_executor executor_;
  std::string epoch_;
  std::size_t looks_left_ = 0;
  bool looked_ = false, looking_ = false, look_wanted_ = false, waiting_ = false, removed_ = false;
};

class KernelEngine final : public dataplane::Engine {
 public:
  KernelEngine(Env& env, EngineConfig config) : core_(std::make_shared<Core>(env, std::move(config))) {}
  ~KernelEngine() override { core_->close(); }
  KernelEngine(const KernelEngine&) = delete;
  KernelEngine& operator=(const KernelEngine&) = delete;

  Task<ApplyReport> apply(const Table& table) override {
    core_->use(co_await boost::asio::this_coro::executor);
    co_return co_await core_->apply(table);
  }
  Task<Result<Health>> health() override { return core_->health(); }
  Task<Result<gateway_link::Counters>> counters() override { return core_->counters(); }
  void on_health(std::function<void(Health)> callback) override { core_->on_health(std::move(callback)); }
  Task<> remove_all() override { return core_->remove_all(); }

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<dataplane::Engine> make_engine(Env& env, EngineConfig config) {
  return std::make_unique<KernelEngine>(env, std::move(config));
}

bool user_exists(const std::string& name) { return ::getpwnam(name.c_str()) != nullptr; }

}  // namespace fairway::gateway
